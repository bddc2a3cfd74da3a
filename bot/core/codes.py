"""Bare codes ("864", "42") in folded text: only near a word such as "error", and never a part of anything else."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from bot.core.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.catalogue import Catalogue

_NEAR = 40  # characters between the code and its word
_MOST = 2_000  # places of one code that are looked at; more is a hostile text, and says nothing new
_WORDS = ("error", "err", "code")  # when the knowledge file names none
_PLACE = re.compile(
    r"\b(?:(?:rows?|lines?|pages?|items?|steps?|suite|room|port|box|section|sec|chapter|ch|cfr|usc|form|csms|version"
    r"|invoice|inv|po|order|bond|flight|truck|container|ticket|case|hts|entry|entries)(?: (?:no|number|nr))?"
    r"|about|over|some|all|only|another|for|these|those|(?:area|zip|postal|country|filer|promo) code) ?[#:.]? ?\Z"
)
_COUNTED = re.compile(
    r" (?:of|times|more|other|entr(?:y|ies)|errors|lines?|rows?|files?|claims?|declarations?|shipments?|items?|pieces"
    r"|pcs|units?|days?|hours?|hrs|minutes?|mins?|seconds?|weeks?|months?|years?|usd|eur|dollars?|kg|lbs?|cents?"
    r"|percent|cfr|usc|rejections|messages|records|importers|containers|cartons|pallets)\b"
)
_PHONE = re.compile(r"\)? ?\d{3}[ .-]?\d{4}\b|[ .]\d{3,}")


class Codes:
    """The codes of a catalogue, as one expression for each. Built once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._codes = tuple(
            (error.id, re.compile(rf"(?<![\w.,/#$€£:%@+-])(?:#)?(?P<code>{re.escape(folded(code))})(?![\w/%@-]|[.,:]\d)"),
             _near(error.near or _WORDS))
            for error in catalogue.errors
            for code in error.codes
        )  # fmt: skip

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The id and the span of each code that stands near one of its words, in one sentence with it."""
        for id_, pattern, near in self._codes:
            for found in islice(pattern.finditer(text), _MOST):
                start, end = found.span("code")
                if not _is_other(text, start, end) and _in_company(text, start, end, near):
                    yield id_, start, end


def _near(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(folded(word)) for word in words)})(?!\w)")


def _is_other(text: str, start: int, end: int) -> bool:
    """Whether the number counts or numbers something, or is the beginning of a telephone number."""
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    return bool(_PLACE.search(before) or _COUNTED.match(after) or _PHONE.match(after))


def _in_company(text: str, start: int, end: int, near: re.Pattern[str]) -> bool:
    """Whether a word that makes it a code stands near, with no end of a sentence between."""
    before = re.split(r"[.!?;\n](?=\s)", text[max(0, start - _NEAR) : start])[-1]
    after = re.split(r"[.!?;\n](?=\s|\Z)", text[end : end + _NEAR])[0]
    return bool(near.search(before) or near.search(after))
