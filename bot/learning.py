"""`capebot learn`: knowledge/paraphrases/ -> knowledge/learned.bin, the model behind `bot.core.meaning`.

Needs scikit-learn (the extra `learn`); running the bot does not. The same texts give the same model.
"""

from __future__ import annotations

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


def learn(texts: Sequence[str], names: Sequence[str], made_from: str) -> Meaning:
    """Give the model for texts and the classes they belong to."""
    try:
        import numpy as np  # noqa: PLC0415 - an extra
        from scipy.sparse import hstack  # noqa: PLC0415
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
        from sklearn.svm import LinearSVC  # noqa: PLC0415
    except ImportError as error:
        raise Mendable("capebot learn needs an extra: pip install -c deploy/constraints.txt '.[learn]'") from error
    words = [tokens(text) for text in texts]
    blocks = [TfidfVectorizer(analyzer=made, binary=True, min_df=_RARE) for made in (words_of, pieces_of)]
    table = hstack([block.fit_transform(words) for block in blocks]).tocsr()
    shares = {name: names.count(name) / len(names) for name in set(names)}
    weight = {name: (len(shares) * share) ** -_EVENNESS for name, share in shares.items()}
    machine = LinearSVC(C=_STRICTNESS, class_weight=weight, random_state=0).fit(table, np.array(names))
    rarity = np.concatenate([block.idf_ for block in blocks])
    weights = machine.coef_.T * rarity[:, None]
    weights[np.abs(machine.coef_.T) < _LEAST] = 0
    scale = float(np.abs(weights).max()) / _STEPS
    steps = np.rint(weights / scale).astype("int8")
    rows, at = np.nonzero(steps)
    starts = np.searchsorted(rows, np.arange(steps.shape[0] + 1))
    features = [name for block in blocks for name in block.get_feature_names_out()]
    return Meaning(
        classes=tuple(str(name) for name in machine.classes_),
        bias=tuple(round(float(one), 5) for one in machine.intercept_),
        scale=scale,
        made_from=made_from,
        rows={name: row for row, name in enumerate(features)},
        rarity=array("f", rarity.tolist()),
        starts=array("I", starts.tolist()),
        at=bytes(at.tolist()),
        weights=array("b", steps[rows, at].tolist()),
    )
