"""ACE's own texts in a cell: which known messages it holds, to the letter or with a slip, and what of it nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.core.hinges import Hinges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.catalogue import Catalogue

# Kinds of known errors whose texts stand in the files of CAPE; what ABI or a screen says does not.
_KINDS = ("entry", "file", "upload", "claim")
_BETWEEN = re.compile(
    r"\s*(?:[;|\n]|\s/\s|\s&\s|<br ?/?>)\s*", re.IGNORECASE
)  # what stands between two messages in one cell
_COMMAS = re.compile(r"\s*,\s*")
_TOKEN = re.compile(r"[a-z0-9]+")
_NEAR = 92  # of 100, and the same hinge words: "VALUE ALLOWED ON HTS" is 91 to its opposite
_SHORTEST_NEAR = 10  # letters; in a shorter text a slip makes another word
_BESIDE = 3  # words that may stand beside a message in its part ("Error:", "line 2"); more make another message
_LONGEST = 10_000  # characters of a cell; all of ACE's messages together have some 3,000
_VARIABLE = r"[a-z0-9 ]{0,12}?"


class Messages:
    """The texts of a catalogue, cleaned. Built once."""

    def __init__(self, catalogue: Catalogue) -> None:
        known = [(text, error.id) for error in catalogue.errors if error.kind in _KINDS for text in error.messages]
        patterns = sorted(((_pattern(text), named) for text, named in known), key=lambda one: -len(one[0]))
        self._ids = [named for _, named in patterns]
        self._any = re.compile("|".join(rf"\b({pattern})\b" for pattern, _ in patterns) or r"(?!)")
        self._texts = [(_clean(text.replace("{", "").replace("}", "")), named) for text, named in known]
        self._hinges = Hinges(catalogue.hinge_words)

    def within(self, text: str) -> tuple[tuple[str, str], ...]:
        """(id, part of the text) for each message in it, in their order; the id is empty for a part that nobody knows."""
        return tuple(dict.fromkeys(self._parts(text))) if len(text) <= _LONGEST else (("", text),)

    def _parts(self, text: str) -> Iterator[tuple[str, str]]:
        for part in filter(None, (one.strip() for one in _BETWEEN.split(text))):
            by_comma = [(one, self._in(one)) for one in _COMMAS.split(part) if one]
            odd = [one for one, found in by_comma if not found and " " in one]
            if odd and len(odd) < len(by_comma):  # no message of ACE holds a comma
                yield from (pair for one, found in by_comma for pair in found or [("", one)])
            else:
                yield from self._in(part) or [("", part)]

    def _in(self, part: str) -> list[tuple[str, str]]:
        """(id, words) of the messages that a part consists of; none when it says more than they do."""
        tokens = list(_TOKEN.finditer(part.lower()))
        starts, cleaned = {}, ""
        for token in tokens:
            cleaned += " " if cleaned else ""
            starts[len(cleaned)] = token
            cleaned += token[0]
        found = [one for one in self._any.finditer(cleaned) if one.lastindex]
        if not found:
            near = self._near(cleaned)
            return [(near, part)] if near else []
        words = [word for word in self._any.sub(" ", cleaned).split() if not word.isdigit()]
        if len(words) > _BESIDE or self._hinges.of(" ".join(words)):
            return []
        if len(found) == 1:
            return [(self._ids[(found[0].lastindex or 1) - 1], part)]
        ends = {at + len(token[0]): token for at, token in starts.items()}
        return [
            (self._ids[(one.lastindex or 1) - 1], part[starts[one.start()].start() : ends[one.end()].end()])
            for one in found
        ]

    def _near(self, cleaned: str) -> str:
        if len(cleaned) < _SHORTEST_NEAR:
            return ""
        hinges = self._hinges.of(cleaned)
        alike = [(fuzz.ratio(cleaned, text), known) for text, known in self._texts if self._hinges.of(text) == hinges]
        score, best = max(alike, default=(0.0, ""))
        return best if score >= _NEAR else ""


def _clean(text: str) -> str:
    return " ".join(_TOKEN.findall(text.lower()))


def _pattern(text: str) -> str:
    """A message as a pattern over cleaned text; `{X}` stands for what ACE puts there."""
    parts = re.split(r"\{[^}]*\}", text)
    cleaned = [re.escape(_clean(part)).replace(r"\ ", " ") for part in parts]
    return rf" ?{_VARIABLE} ?".join(cleaned)
