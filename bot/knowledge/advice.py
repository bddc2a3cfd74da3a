"""The prose of a knowledge file: dated advice in parts of a fixed order. A small, closed piece of Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.core.catalogue import SECTIONS, Advice
from bot.core.model import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ADVICE = re.compile(r"#\s+advice\s+(\S+)\s*\Z")
_SECTION = re.compile(r"##\s+(.+?)\s*\Z")
_BULLET = re.compile(r"-\s+(.*)\Z")
_STEP = re.compile(r"\d{1,2}\.\s+(.*)\Z")
_MARKUP = re.compile(r"\*\*|__|`|\]\(|<[a-zA-Z/]|^#{3,}|^\s*>|^\s*\|")
_REQUIRED = ("What it means", "Do now")


@dataclass(slots=True)
class _Part:
    name: str
    line: int
    paragraphs: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    numbered: bool = False
    open: str = ""  # paragraph or item: what the next line goes on with

    def section(self) -> Section:
        return Section(self.name, tuple(self.paragraphs), tuple(self.items), self.numbered)


def parse(text: str, first_line: int, complain: Callable[[int, str], None]) -> tuple[Advice, ...]:
    """Give the dated advice in `text`, which begins on line `first_line` of its file; each problem goes to `complain`."""
    advice: list[Advice] = []
    for day, line, parts in _dated(text, first_line, complain):
        names = [part.name for part in parts]
        for part in parts:
            if part.name not in SECTIONS:
                complain(part.line, f"“{part.name}” is no section; use one of: {', '.join(SECTIONS)}")
            elif not part.paragraphs and not part.items:
                complain(part.line, f"the section “{part.name}” is empty")
        known = [name for name in names if name in SECTIONS]
        if known != sorted(set(known), key=SECTIONS.index):
            complain(line, f"the sections stand in this order, each once: {', '.join(SECTIONS)}")
        for name in _REQUIRED:
            if name not in names:
                complain(line, f"this advice has no section “{name}”")
        advice.append(Advice(day, tuple(part.section() for part in parts)))
    if not advice:
        complain(first_line, "there is no “# advice YYYY-MM-DD”")
    if [one.start for one in advice] != sorted({one.start for one in advice}):
        complain(first_line, "the advice stands in the order of its days, each once")
    return tuple(advice)


def _dated(text: str, first_line: int, complain: Callable[[int, str], None]) -> Iterator[tuple[date, int, list[_Part]]]:
    """Each `# advice DAY` with its parts."""
    current: tuple[date, int, list[_Part]] | None = None
    for number, raw in enumerate(text.splitlines(), first_line):
        line = raw.rstrip()
        if heading := _ADVICE.match(line):
            if current:
                yield current
            current = (_day(heading[1], number, complain), number, [])
        elif section := _SECTION.match(line):
            if current:
                current[2].append(_Part(section[1], number))
            else:
                complain(number, "a section stands before the first “# advice YYYY-MM-DD”")
        elif current and current[2]:
            _line(current[2][-1], line, number, complain)
        elif line.strip():
            complain(
                number, "text stands outside of a section; begin with “# advice YYYY-MM-DD” and “## What it means”"
            )
    if current:
        yield current


def _line(part: _Part, line: str, number: int, complain: Callable[[int, str], None]) -> None:
    """Add a line to a section: a new item, a new paragraph, or the next line of the one before."""
    if _MARKUP.search(line):
        complain(number, "only paragraphs and one list (- or 1.) stand here; quote messages in double quotes")
        return
    bullet, step = _BULLET.match(line), _STEP.match(line)
    if bullet or step:
        if part.items and part.numbered != bool(step):
            complain(number, "one section has one kind of list, - or 1.")
        part.numbered = bool(step)
        part.items.append((bullet or step)[1].strip())  # type: ignore[index]  # one of the two matched
        part.open = "item"
    elif not line.strip():
        part.open = ""
    elif part.open == "item":
        part.items[-1] += f" {line.strip()}"
    elif part.open == "paragraph":
        part.paragraphs[-1] += f" {line.strip()}"
    elif part.items:
        complain(number, "a paragraph stands behind the list; put it before")
    else:
        part.paragraphs.append(line.strip())
        part.open = "paragraph"


def _day(text: str, number: int, complain: Callable[[int, str], None]) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        complain(number, f"“{text}” is no day; write it like 2026-06-25")
        return date(1900, 1, 1)
