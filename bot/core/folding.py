"""Text evened out for comparing, with the place of every character in what it came from.

Two layers. `fold` evens out what never matters: case, kinds of quotes, dashes and white space. `scanned` makes equal
what scanning and retyping confuse (0 and o, 1 and l, rn and m); it is for likeness only, never for codes.
Both are linear, and keep runs rather than an index for each character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_SAME = str.maketrans({
    **dict.fromkeys('’‘‛`´ʼ′＇“”„‟«»″＂"', "'"),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("⁄∕／", "/"),
    **dict.fromkeys("*_~", " "),  # marks of emphasis in chats and plain-text mail
    "\0": " ",
    "İ": "I",  # its lower case would be two characters
})  # fmt: skip
_WIDE = {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "…": "..."}  # what a PDF copies as one character
_NO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_ODD = _NO_WIDTH + "".join(_WIDE)
_GAP = rf"[ \t\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000{_NO_WIDTH}]"
# Plain runs, with the single spaces, slashes and dashes in them; a slash or dash with spaces round it ("a / b" and
# "a/b" are one, and so is a line broken behind it); white space; one wide character. What has no width falls between the runs.
_RUN = re.compile(
    rf"(?P<tight>{_GAP}*(?P<mark>[/\\-])(?:(?<=\w[/-]){_GAP}*\n{_GAP}*(?=[\w'])|{_GAP}*))"
    rf"|(?P<plain>(?:[^\s{_ODD}/\\-]++|[/\\-](?=[^\s{_ODD}])| (?=[^\s{_ODD}/\\-]))+)"
    rf"|(?P<space>\s[\s{_NO_WIDTH}]*)|(?P<wide>[{''.join(_WIDE)}])"
)
_SLIPS = str.maketrans("01!|i5$8", "ollllssb")
_JOINED = re.compile(r"rn|vv|cl")  # two letters that a scan shows as one
_JOINS = {"rn": "m", "vv": "w", "cl": "d"}


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. In `lines` a line end stands as one; in `text`, of the same length, only the end of a paragraph."""

    text: str
    lines: str
    _starts: tuple[int, ...]  # where runs begin in `text`, ascending
    _sources: tuple[int, ...]  # and where in the source
    _lengths: tuple[int, ...]  # and how long they are there

    def at(self, index: int) -> int:
        """The index in the source of `text[index]`."""
        run = bisect_right(self._starts, index) - 1
        return self._sources[run] + min(index - self._starts[run], self._lengths[run] - 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span in the source of `text[start:end]`; for an empty one, an empty one."""
        return (self.at(start), self.at(end - 1) + 1) if start < end else (0, 0)


class _Writer:
    """Collects runs; one object for one text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.sources: list[int] = []
        self.lengths: list[int] = []
        self.length = 0

    def put(self, text: str, source: int, length: int) -> None:
        if text:
            self.pieces.append(text)
            self.starts.append(self.length)
            self.sources.append(source)
            self.lengths.append(length)
            self.length += len(text)


def fold(source: str) -> Folded:
    """Even out `source`. White space becomes one space, or one line end, or, for a paragraph, two line ends."""
    out = _Writer()
    for run in _RUN.finditer(source.translate(_SAME)):
        start, stood = run.start(), run[0]
        if run["plain"]:
            out.put(stood.lower(), start, len(stood))
        elif run["tight"]:
            out.put(run["mark"], run.start("mark"), 1)
        elif run["space"]:
            ends = stood.count("\n")
            out.put("\n\n" if ends > 1 else "\n" if ends else " ", start, len(stood))
        else:
            out.put(_WIDE[stood], start, 1)
    lines = "".join(out.pieces)
    text = lines.replace("\n\n", "\0\0").replace("\n", " ").replace("\0", "\n")
    return Folded(text, lines, tuple(out.starts), tuple(out.sources), tuple(out.lengths))


def folded(source: str) -> str:
    """Only the text of `fold`, trimmed."""
    return fold(source).text.strip()


@dataclass(frozen=True, slots=True)
class Scanned:
    """Text with confusable characters made equal. `_joined` are the places in `text` where one stands for two."""

    text: str
    _joined: tuple[int, ...]

    def at(self, index: int) -> int:
        """The index in what was scanned of `text[index]`."""
        return index + bisect_right(self._joined, index - 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span in what was scanned of `text[start:end]`."""
        return self.at(start), self.at(end)


def scanned(text: str) -> Scanned:
    """Make equal what scanning confuses. Give folded text."""
    joined: list[int] = []
    pieces: list[str] = []
    last = length = 0
    for found in _JOINED.finditer(text):
        pieces.append(text[last : found.start()])
        length += found.start() - last
        joined.append(length)
        pieces.append(_JOINS[found[0]])
        length += 1
        last = found.end()
    pieces.append(text[last:])
    return Scanned("".join(pieces).translate(_SLIPS), tuple(joined))
