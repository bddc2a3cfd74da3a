"""`capebot learn`: knowledge/paraphrases/ -> knowledge/learned.bin, the model behind `bot.core.meaning`.

Needs scikit-learn (the extra `learn`); running the bot does not. The same texts give the same model.

Paraphrases hold one matter each, mail often two or three, with talk between. So mixtures of the texts are learnt too:
each class learns to know its own matter beside another one.
"""

from __future__ import annotations

import random
from array import array
from typing import TYPE_CHECKING

from bot.core.meaning import Meaning, pieces_of, tokens, words_of
from bot.core.problems import Mendable
from bot.knowledge import KnowledgeError, load
from bot.knowledge.learned import LEARNED, texts_to_learn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.knowledge import Problem

_RARE = 2  # texts a feature must stand in: one that stands in a single text is learnt by heart
_STRICTNESS = 0.5  # scikit-learn's C: found by cross-validation, flat between 0.2 and 2
_EVENNESS = 0.5  # 0: a situation with more paraphrases is found more readily; 1: each alike, ordinary talk too
_LEAST = 0.03  # weights below this change no answer, and make most of the file
_STEPS = 127  # of a weight on either side of 0: one byte
_MIXED = ((2, 2_500), (3, 700))  # matters in a mixture, and how many: more of them teach that half a matter is enough
_LISTED = ((2, 1_500), (3, 1_500))  # the same of short texts alone: one's on drawback, two have a protest
_SHORT = 9  # words of such a text
_AMONG_TALK = 1_000  # mixtures of one matter with other talk about CAPE
_TALK = ("_vague", "_cape-talk")
_JOINTS = ("\n", "\n\n", " ", " Also, ", ", and ", "; ", " And ", "\n- ", " Besides, ", " Second: ", "\n2) ", " | ")
_LIST_JOINTS = (
    ", ",
    "; ",
    "\n",
    " and ",
    ", the other ",
    ". Then ",
    ". Another one: ",
    ", 3 with ",
    "\n- ",
    ", and two ",
)


def learn_folder(folder: Path) -> str:
    """Learn a knowledge folder anew and keep its model there; give one line that says so. Raises Mendable."""
    catalogue = load(folder)
    problems: list[Problem] = []
    texts, made_from = texts_to_learn(catalogue, folder, problems)
    if problems:
        raise KnowledgeError(tuple(problems))
    if len({name for _, name in texts}) < 3:  # noqa: PLR2004 - two situations and ordinary talk: one against all needs it
        raise Mendable(f"{folder}: there is too little to learn from: paraphrases/ID.txt of two, and _ordinary.txt")
    model = learn([text for text, _ in texts], [name for _, name in texts], made_from)
    path = folder / LEARNED
    try:
        path.write_bytes(model.to_bytes())
    except OSError as error:
        raise Mendable(f"{path} cannot be written ({error.strerror})") from error
    return f"{path}: {len(model.classes)} situations and kinds of other talk learnt from {len(texts):,} texts"


def mixed(texts: Sequence[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    """Texts of two matters and three, and of one among other talk, each with all the matters it holds."""
    chance = random.Random(0)  # noqa: S311 - the same mixtures each time; no secret
    of: dict[str, list[str]] = {}
    for text, name in texts:
        of.setdefault(name, []).append(text)
    ids = sorted(name for name in of if not name.startswith("_"))
    talk = [text for name in _TALK for text in of.get(name, ())]
    made = []
    for matters, count in _MIXED:
        for _ in range(count if len(ids) >= matters else 0):
            names, joint = chance.sample(ids, matters), chance.choice(_JOINTS)
            made.append((joint.join(chance.choice(of[name]) for name in names), frozenset(names)))
    short = {name: [text for text in of[name] if len(text.split()) <= _SHORT] for name in ids}
    told = [name for name in ids if short[name]]
    for matters, count in _LISTED:
        for _ in range(count if len(told) >= matters else 0):
            names, joint = chance.sample(told, matters), chance.choice(_LIST_JOINTS)
            made.append((joint.join(chance.choice(short[name]) for name in names), frozenset(names)))
    for _ in range(_AMONG_TALK if talk and ids else 0):
        name = chance.choice(ids)
        parts = [chance.choice(of[name]), *(chance.choice(talk) for _ in range(chance.choice((1, 1, 2))))]
        chance.shuffle(parts)
        made.append((chance.choice(("\n", " ")).join(parts), frozenset({name})))
    return made


def learn(texts: Sequence[str], names: Sequence[str], made_from: str) -> Meaning:
    """Give the model for texts and the classes they belong to: each class against all others."""
    try:
        import numpy as np  # noqa: PLC0415 - an extra
        from scipy.sparse import hstack, vstack  # noqa: PLC0415
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
        from sklearn.svm import LinearSVC  # noqa: PLC0415
    except ImportError as error:
        raise Mendable("capebot learn needs an extra: pip install -c deploy/constraints.txt '.[learn]'") from error
    mixtures = mixed(list(zip(texts, names, strict=True)))
    words, more = [tokens(text) for text in texts], [tokens(text) for text, _ in mixtures]
    blocks = [TfidfVectorizer(analyzer=made, binary=True, min_df=_RARE) for made in (words_of, pieces_of)]
    table = hstack([block.fit_transform(words) for block in blocks]).tocsr()
    if mixtures:  # they have no words of their own
        table = vstack([table, hstack([block.transform(more) for block in blocks])]).tocsr()
    classes = sorted(set(names))
    holds = [frozenset({name}) for name in names] + [matters for _, matters in mixtures]
    machines = []
    for name in classes:
        weight = (len(classes) * names.count(name) / len(names)) ** -_EVENNESS
        machine = LinearSVC(C=_STRICTNESS, class_weight={True: weight, False: 1.0}, random_state=0)
        machines.append(machine.fit(table, np.array([name in matters for matters in holds])))
    found = np.array([machine.coef_[0] for machine in machines])
    rarity = np.concatenate([block.idf_ for block in blocks])
    weights = found.T * rarity[:, None]
    weights[np.abs(found.T) < _LEAST] = 0
    scale = float(np.abs(weights).max()) / _STEPS
    steps = np.rint(weights / scale).astype("int8")
    rows, at = np.nonzero(steps)
    starts = np.searchsorted(rows, np.arange(steps.shape[0] + 1))
    features = [name for block in blocks for name in block.get_feature_names_out()]
    return Meaning(
        classes=tuple(classes),
        bias=tuple(round(float(machine.intercept_[0]), 5) for machine in machines),
        scale=scale,
        made_from=made_from,
        rows={name: row for row, name in enumerate(features)},
        rarity=array("f", rarity.tolist()),
        starts=array("I", starts.tolist()),
        at=bytes(at.tolist()),
        weights=array("b", steps[rows, at].tolist()),
    )
