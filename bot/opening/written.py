"""What the child writes: tables as JSON lines into the file of rows, and what there is to say about them.

A line is `[number, ["cell", …]]`. Everything is counted here, so that no reader of a format has to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

from bot.opening import sentences
from bot.opening.limits import Limits, Refused

if TYPE_CHECKING:
    from typing import BinaryIO

_TITLE, _VALUE = 100, 200  # characters of a sheet's name and of a note's value that are told; Excel allows 31
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of a worksheet
_encode = json.JSONEncoder(separators=(",", ":")).encode  # ASCII: a line break in a cell is no line break here


class Told(TypedDict):
    """A table, for the parent: where its lines stand in the file, and its notes (row, value, reason, note)."""

    title: str
    start: int
    end: int
    notes: list[tuple[int | None, str, str, str]]


class Tables:
    """Takes a file's tables one after the other, row after row, and drops those without a filled cell."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self.told: list[Told] = []
        self._file = file
        self._at = 0
        self._cells = 0
        self._begin()

    def _begin(self) -> None:
        self._start = self._at
        self._next = 1
        self._blanks = 0
        self._notes: list[tuple[int | None, str, str, str]] = []

    def row(self, number: int, cells: list[str]) -> None:
        """Write a row with the number that a spreadsheet shows. Blank rows before it are made up as far as allowed."""
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return  # told from the numbers, once a filled row follows
        if not 1 <= number <= LAST_ROW:
            raise Refused(sentences.DAMAGED)
        self._cells += len(cells)
        if self._cells > self.limits.cells:
            raise Refused(sentences.TOO_LARGE)
        if number > self._next:
            self._blank(number)
        self._line(number, cells)
        self._next = number + 1

    def note(self, row: int | None, value: str, reason: str, note: str) -> None:
        """A fault of the form; of very many the last says that there are more."""
        if len(self._notes) < self.limits.notes:
            self._notes.append((row, value[:_VALUE], reason, note))
        elif len(self._notes) == self.limits.notes:
            self._notes.append((None, "", reason, sentences.AND_MORE))

    def end(self, title: str) -> None:
        """The table is complete."""
        if self._at > self._start or self._notes:
            self.told.append({"title": title[:_TITLE], "start": self._start, "end": self._at, "notes": self._notes})
        if len(self.told) > self.limits.sheets:
            raise Refused(sentences.TOO_LARGE)
        self._begin()

    def _blank(self, until: int) -> None:
        made_up = min(until, self._next + self.limits.blank_rows - self._blanks)
        for number in range(self._next, made_up):
            self._line(number, [])
        self._blanks += max(0, made_up - self._next)

    def _line(self, number: int, cells: list[str]) -> None:
        line = _encode((number, cells)).encode("ascii")
        if len(line) > self.limits.text and any(len(cell) > self.limits.text for cell in cells):
            raise Refused(sentences.LONG_CELL)
        self._at += len(line) + 1
        if self._at > self.limits.written:
            raise Refused(sentences.TOO_LARGE)
        self._file.write(line + b"\n")
