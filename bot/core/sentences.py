"""Sentences, and whether one of them says a thing. For the sender's own remarks, not for recognising errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.model import Passage

_END = re.compile(r"[.!?;](?=\s|$)|\n")
_NEGATED = re.compile(
    r"(?:\b(?:not|no|never|without|cannot|nor|neither)|n't)(?: [\w']+){0,3} ?\Z"
)  # just before, in one clause
_SPACES = re.compile(r"\s+")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, trimmed; a line end ends one too."""
    for sentence in _END.split(text):
        if trimmed := sentence.strip():
            yield trimmed


def folded(text: str) -> str:
    """Case, curly quotes and runs of white space evened out."""
    return _SPACES.sub(" ", text.replace("’", "'").casefold()).strip()


def said(parts: Sequence[Passage], wordings: Sequence[str], *, negatable: bool = True) -> bool:
    """Whether a sentence holds one of the wordings as whole words; one that is negated does not count if `negatable`."""
    return any(_holds(sentence, wordings, negatable=negatable) for part in parts for sentence in sentences(part.text))


def saying(parts: Sequence[Passage], wordings: Sequence[str]) -> tuple[str, ...]:
    """The sentences that hold one of the wordings, as they were written, each once."""
    held = (s for part in parts for s in sentences(part.text) if _holds(s, wordings, negatable=False))
    return tuple(dict.fromkeys(held))


def _holds(sentence: str, wordings: Sequence[str], *, negatable: bool) -> bool:
    text = folded(sentence)
    for wording in wordings:
        plain = folded(wording)
        for found in re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", text) if plain in text else ():
            if not (negatable and _NEGATED.search(text[: found.start()])):
                return True
    return False
