"""The catalogue's messages and wordings as folded phrases, ready for the matchers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.catalogue import Catalogue, KnownError

# Phrases of only such words ("Not Started", "Duplicate Entry") are said of anything: they need company.
_EVERYDAY = frozenset({
    "a", "accepted", "an", "at", "duplicate", "entry", "error", "errors", "failed", "in", "internal", "invalid", "is",
    "not", "of", "on", "pending", "rejected", "review", "started", "status", "still", "the", "under", "updated", "was",
    "with",
})  # fmt: skip
_STATUS_WORDS = ("claim", "claims", "status", "declaration", "cape", "error", "message", "says", "shows", "upload")
_SHORT = 2  # words; a knowledge file says by `near` that its short messages need company
_VARIABLE = re.compile(r"\{[^}]*\}")
_GAP = r"\W{1,4}(?:\w[\w./-]{0,23}\W{1,4}){0,4}?"  # a variable part: up to four words
_EDGE = " '\"-/.,:;!?()"
_VARIANTS = (("/", " "), ("/", "-"), ("/", " and "), ("/", " or "), ("/", " & "), ("/", "\\"), ("-", " "), ("'", ""))
_PUNCTUATION = re.compile(r"[.,:;](?= )")
LONGEST_GAP = 140  # characters that four words of a variable part may take


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a known error. `text` is folded; of a phrase with a variable part it is the longest fixed part.

    `official`: CBP's words to the letter. `whole` finds all of a phrase with a variable part; `exact` too, with CBP's
    punctuation. `tail` is the full stop or the like that ends an official message. `everyday`: counts only in company,
    near one of `near`; `stood` is how it stands in the catalogue. `coded`: its error has a code, so that without
    the code another error of the same text is meant. `printed`: one of CBP's messages, perhaps retyped.
    """

    id: str
    text: str
    official: bool
    whole: re.Pattern[str] | None = None
    exact: re.Pattern[str] | None = None
    tail: str = ""
    everyday: bool = False
    stood: str = ""
    near: re.Pattern[str] | None = None
    coded: bool = False
    printed: bool = False


def phrases_of(catalogue: Catalogue) -> tuple[Phrase, ...]:
    """All phrases, in the catalogue's order, each text once for an error; CBP's own before what people say."""
    found: dict[tuple[str, str, str], Phrase] = {}
    for error in catalogue.errors:
        for phrase in _of(error):
            found.setdefault((phrase.id, phrase.text, phrase.whole.pattern if phrase.whole else ""), phrase)
    return tuple(found.values())


def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of the words or phrases, whole, in folded text; without words, nothing."""
    if not words:
        return re.compile(r"(?!)")
    ways = "|".join(re.escape(folded(word)) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{ways})(?!\w)")


def _of(error: KnownError) -> Iterator[Phrase]:
    near = any_of(error.near or _STATUS_WORDS)
    coded = bool(error.codes)
    for texts, official in ((error.messages, True), (error.wordings, False)):
        for text in texts:
            if not folded(_VARIABLE.sub("", text)).strip(_EDGE):
                continue  # nothing fixed in it to find it by
            if _VARIABLE.search(text):
                yield _variable(error.id, text, coded=coded, official=official)
                continue
            base = folded(text)
            core = base.rstrip(".!? ")
            for way in _ways(core):
                words = re.findall(r"[\w']+", way)
                everyday = set(words) <= _EVERYDAY or bool(error.near and len(words) <= _SHORT)
                to_the_letter = official and way == core
                tail = base[len(core) :] if to_the_letter else ""
                yield Phrase(
                    error.id, way, to_the_letter, tail=tail, everyday=everyday, stood=text, near=near, coded=coded,
                    printed=official,
                )  # fmt: skip


def _ways(core: str) -> Iterator[str]:
    """A phrase and how people change it in retyping: slashes, dashes, quotes and stops."""
    yield core
    for mark, instead in _VARIANTS:
        if mark in core:
            yield core.replace(mark, instead)
    if _PUNCTUATION.search(core):
        yield _PUNCTUATION.sub("", core)


def _variable(id_: str, text: str, *, official: bool, coded: bool) -> Phrase:
    """A phrase with {…} in it: found by its longest fixed part, then checked as a whole."""
    fixed = _VARIABLE.split(folded(text))
    parts = [core for part in fixed if (core := part.strip(_EDGE))]
    whole = re.compile(_GAP.join(re.escape(part) for part in parts))
    exact = re.compile(r"[^\n]{1,60}?".join(re.escape(part) for part in fixed)) if official else None
    return Phrase(id_, max(parts, key=len), official, whole, exact, coded=coded)
