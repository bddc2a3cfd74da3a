"""The prose of a knowledge file: dated advice in parts of a fixed order. A small, closed piece of Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.core.catalogue import SECTIONS, Advice
from bot.core.model import Section
from bot.knowledge.fields import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    Complain = Callable[[int, str], None]

REQUIRED = ("What it means", "Do now")
_ADVICE = re.compile(r"# advice (\S+)(?P<type06> type 06)?\Z")
_SECTION = re.compile(r"## (\S.*)\Z")
_BULLET = re.compile(r"- +(\S.*)\Z")
_STEP = re.compile(r"(\d{1,2})\. +(\S.*)\Z")
# The reply is plain text, HTML and Slack blocks alike: marks that only one of them understands would show in the others.
_MARKUP = re.compile(r"\*\w|\w\*|__|\b_\w|`|\]\(|\]\[|<[a-zA-Z/!]|&[a-z]+;|&#\d|\{\{|\{%|\||~~|https?://|\bwww\.")
_BLOCK = re.compile(r"\s*(?:>|[-*_=]{3,}\s*\Z|```)")
_OTHER_LIST = re.compile(r"\s+(?:[-*+•–]|\d{1,2}[.)])\s|[*+•–]\s|\d{1,2}\)\s")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


@dataclass(slots=True)
class _Part:
    """A section being read. `open` says what the next line goes on with: paragraph, item, or nothing."""

    name: str
    line: int
    paragraphs: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    numbered: bool = False
    open: str = ""

    def section(self) -> Section:
        return Section(self.name, tuple(self.paragraphs), tuple(self.items), self.numbered)


@dataclass(slots=True)
class _Dated:
    """An advice being read."""

    day: date
    line: int
    type06: str
    parts: list[_Part] = field(default_factory=list)


def parse(text: str, first_line: int, complain: Complain) -> tuple[Advice, ...]:
    """Give the dated advice in `text`, which begins on line `first_line` of its file; each problem goes to `complain`."""
    dated = _read(text, first_line, complain)
    if not dated:
        complain(first_line, "there is no advice: a line “# advice YYYY-MM-DD”, and its sections below")
    for one in dated:
        _check_parts(one, complain)
    for before, after in pairwise(dated):
        if after.day > NEVER and (after.day, after.type06 != "any") <= (before.day, before.type06 != "any"):
            complain(after.line, "advice stands in the order of its days, the oldest first, each day once")
    if dated and dated[0].type06 != "any":
        complain(dated[0].line, "the first advice is for everybody: leave out “type 06”")
    return tuple(Advice(one.day, tuple(part.section() for part in one.parts), one.type06) for one in dated)


def _check_parts(advice: _Dated, complain: Complain) -> None:
    """The names of the sections, their order, and that none is empty or missing."""
    seen: list[str] = []
    for part in advice.parts:
        if part.name not in SECTIONS:
            complain(part.line, f"“{part.name}” is no section; use one of: {', '.join(SECTIONS)}")
            continue
        if part.name in seen:
            complain(part.line, f"the section “{part.name}” stands here twice")
        elif any(SECTIONS.index(part.name) < SECTIONS.index(name) for name in seen):
            complain(part.line, f"the section “{part.name}” is out of order; the order is: {', '.join(SECTIONS)}")
        seen.append(part.name)
        if not part.paragraphs and not part.items:
            complain(part.line, f"the section “{part.name}” is empty")
    for name in REQUIRED:
        if name not in seen:
            complain(advice.line, f"this advice has no section “{name}”")


def _read(text: str, first_line: int, complain: Complain) -> list[_Dated]:
    """Each `# advice DAY` with its parts."""
    found: list[_Dated] = []
    for number, raw in enumerate(text.splitlines(), first_line):
        line = raw.rstrip()
        if line.startswith("#"):
            _heading(line, number, found, complain)
        elif found and found[-1].parts:
            _line(found[-1].parts[-1], line, number, complain)
        elif line:
            complain(number, "text stands outside of a section; begin with “# advice YYYY-MM-DD”, “## What it means”")
    return found


def _heading(line: str, number: int, found: list[_Dated], complain: Complain) -> None:
    advice, section = _ADVICE.match(line), _SECTION.match(line)
    if advice:
        found.append(_Dated(_day(advice[1], number, complain), number, "yes" if advice["type06"] else "any"))
    elif section and found:
        found[-1].parts.append(_Part(section[1], number))
    elif section:
        complain(number, "a section stands before the first “# advice YYYY-MM-DD”")
    else:
        complain(
            number,
            f"“{line}” is no heading here; there are “# advice YYYY-MM-DD” (behind it “type 06”, if it is for those alone) and “## Section”",
        )


def _line(part: _Part, line: str, number: int, complain: Complain) -> None:
    """Add a line to a section: a new item, a new paragraph, or the next line of the one before."""
    if _MARKUP.search(line) or _BLOCK.match(line):
        complain(number, "only plain words stand here: no bold, code, links, tables; quote a message in double quotes")
        return
    if _OTHER_LIST.match(line):
        complain(number, "a list is written “- ” or “1. ” at the very start of the line, one level deep")
        return
    bullet, step = _BULLET.match(line), _STEP.match(line)
    if step:
        _item(part, step[2], int(step[1]), number, complain)
    elif bullet:
        _item(part, bullet[1], 0, number, complain)
    else:
        _words(part, line.strip(), number, complain)


def _item(part: _Part, text: str, step: int, number: int, complain: Complain) -> None:
    """Add an item to the section's one list; `step` is its number, 0 for a bullet."""
    if part.items and part.numbered != bool(step):
        complain(number, "one section has one kind of list, - or 1.")
    elif step and step != len(part.items) + 1:
        complain(number, f"this is step {len(part.items) + 1} and says {step}")
    part.numbered = bool(step)
    part.items.append(text)
    part.open = "item"


def _words(part: _Part, text: str, number: int, complain: Complain) -> None:
    """Go on with the paragraph or item above, or begin a paragraph."""
    if not text:
        part.open = ""
    elif part.open:
        lines = part.items if part.open == "item" else part.paragraphs
        lines[-1] += f" {text}"
    elif part.items:
        complain(number, "a paragraph stands behind the list; put it before, or join it to an item")
    else:
        part.paragraphs.append(text)
        part.open = "paragraph"


def _day(text: str, number: int, complain: Complain) -> date:
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # no such day, as in 2026-02-30
    complain(number, f"“{text}” is no day; write it like 2026-06-25")
    return NEVER
