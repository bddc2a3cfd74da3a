"""What `capebot learn` learns from, the model it made, and whether that is still the model of those texts."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from bot.knowledge.problems import KnowledgeError, Problem, complainer
from bot.knowledge.source_text import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from bot.core.catalogue import Catalogue
    from bot.core.meaning import Meaning

LEARNED = "learned.bin"
PARAPHRASES = "paraphrases"
OTHER_TALK = ("_ordinary", "_vague", "_cape-talk")  # files of what is none of the situations
_VARIABLE = re.compile(r"[{}]")


def load_meaning(folder: Path) -> Meaning | None:
    """The folder's model; None when it has none, and wordings alone decide. Raises KnowledgeError when it is damaged."""
    from bot.core.meaning import from_bytes  # noqa: PLC0415 - `explain` needs no model

    path = folder / LEARNED
    if not path.exists():
        return None
    try:
        return from_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KnowledgeError((Problem(str(path), 1, str(error)),)) from error


def texts_to_learn(catalogue: Catalogue, folder: Path, problems: list[Problem]) -> tuple[list[tuple[str, str]], str]:
    """Each text with the class it belongs to, and a hash of them all: the paraphrases, and what the files quote."""
    texts = [
        (_VARIABLE.sub("", text), error.id)
        for error in catalogue.errors
        for text in (*error.messages, *error.wordings, *error.matches)
    ]
    for path in sorted((folder / PARAPHRASES).glob("*.txt")):
        lines = (text_of(path, complainer(path, problems)) or "").splitlines()
        texts += [(line.strip(), path.stem) for line in lines if line.strip() and not line.startswith("#")]
    digest = hashlib.sha256("\n".join(f"{name}\t{text}" for text, name in texts).encode()).hexdigest()
    return texts, digest[:32]


def check_learned(catalogue: Catalogue, ids: Collection[str], folder: Path) -> Iterator[Problem]:
    """A model that is missing, damaged or older than its texts; paraphrases of nothing; situations without any."""
    problems: list[Problem] = []
    _, fresh = texts_to_learn(catalogue, folder, problems)
    yield from problems
    files = {path.stem: path for path in (folder / PARAPHRASES).glob("*.txt")}
    for name, path in sorted(files.items()):
        if name not in ids and name not in OTHER_TALK:
            yield Problem(str(path), 1, f"“{name}” is no id in ids.toml")
    for error in catalogue.errors if files else ():
        if error.id not in files:
            what = f"no {PARAPHRASES}/{error.id}.txt: it is found by its wordings alone"
            yield Problem(error.path, 1, what, "warning")
    try:
        meaning = load_meaning(folder)
    except KnowledgeError as error:
        yield from error.problems
        return
    if meaning is None and files:
        yield Problem(str(folder / LEARNED), 1, "there is no model yet: run capebot learn", "warning")
    elif meaning is not None and meaning.made_from != fresh:
        what = "wordings or paraphrases were changed since: run capebot learn"
        yield Problem(str(folder / LEARNED), 1, what, "warning")
