"""Sentences, and whether one of them says a thing. For the sender's own remarks, not for recognising errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.model import Passage

_END = re.compile(r"(?<=[?])\s|[.!;](?=\s|$)|\n")  # the question mark stays: it tells what kind of sentence it is
_NEGATED = re.compile(
    r"(?:\b(?:not|no|never|without|cannot|nor|neither|none)|n't)(?: [\w']+){0,3} ?\Z"
)  # just before, in one clause
_SUPPOSED = re.compile(r"(?:if|should|shall|would|could|can|do|does|did|when|unless|in case|once|suppose)\b")
_UNSURE = re.compile(
    r"\b(?:whether|if|unless|supposed|should|unclear|wonder(?:ing)?|not sure|unsure|no idea|(?:do not|don't|cannot|can't) "
    r"(?:know|tell|say|see)|another (?:client|importer|customer)|other (?:client|importer|customer)s?|will check)\b"
)
_ASKS_WHETHER = re.compile(r"\b(?:should|shall|do|must|may|can|could|would) (?:we|i)\b|\b(?:worth|whether|if)\b")
_ANOTHERS = re.compile(
    r"\b(?:another|(?:a )?different) (?:client|importer|customer)\b|\bother (?:client|importer|customer)s?\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, trimmed, questions with their mark; a line end ends one too."""
    for sentence in _END.split(text):
        if trimmed := sentence.strip():
            yield trimmed


def folded(text: str) -> str:
    """Case, curly quotes and runs of white space evened out."""
    return _SPACES.sub(" ", text.replace("’", "'").casefold()).strip()


def said(parts: Sequence[Passage], wordings: Sequence[str]) -> bool:
    """Whether a sentence holds one of the wordings as whole words, not negated."""
    return any(_holds(folded(sentence), wordings) for sentence in _all(parts))


def requested(parts: Sequence[Passage], wordings: Sequence[str]) -> bool:
    """As `said`, but a sentence that asks whether to do it is no request for it."""
    texts = (folded(sentence) for sentence in _all(parts))
    return any(_holds(text, wordings) and not _ASKS_WHETHER.search(text) for text in texts)


def happened(parts: Sequence[Passage], wordings: Sequence[str]) -> tuple[str, ...]:
    """The sentences that tell that it happened, as they were written, each once; not "if it fails again".

    A wording that begins with a deed ("resubmitted") can be negated; one that tells a state ("still rejected") cannot.
    """
    deeds = [wording for wording in wordings if folded(wording).partition(" ")[0].endswith("ed")]
    states = [wording for wording in wordings if wording not in deeds]

    def tells(sentence: str) -> bool:
        text = folded(sentence)
        return not _SUPPOSED.match(text) and (_holds(text, deeds) or _holds(text, states, negatable=False))

    return tuple(dict.fromkeys(sentence.rstrip("?") for sentence in _all(parts) if tells(sentence)))


def affirmed(parts: Sequence[Passage], wordings: Sequence[str]) -> tuple[str, ...]:
    """The sentences by which the sender vouches for a thing: no question, no doubt, nothing negated; each once."""

    def vouches(sentence: str) -> bool:
        text = folded(sentence)
        return not text.endswith("?") and not _UNSURE.search(text) and _holds(text, wordings)

    return tuple(dict.fromkeys(sentence for sentence in _all(parts) if vouches(sentence)))


def of_another_client(sentence: str) -> bool:
    """Whether it speaks of somebody whose matter this is not."""
    return _ANOTHERS.search(sentence) is not None


def _all(parts: Sequence[Passage]) -> Iterator[str]:
    return (sentence for part in parts for sentence in sentences(part.text))


def _holds(text: str, wordings: Sequence[str], *, negatable: bool = True) -> bool:
    for wording in wordings:
        plain = folded(wording)
        for found in re.finditer(rf"(?<!\w){re.escape(plain)}(?!\w)", text) if plain in text else ():
            if not (negatable and _NEGATED.search(text[: found.start()])):
                return True
    return False
