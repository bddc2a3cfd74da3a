"""Where the entry numbers stand in a table: by its header, or, without one, by what the cells look like."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.core import entry_number
from bot.core.sheets.columns import NAMES, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.core.model import Row, Table

SCIENTIFIC = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*")
_HEADER_WITHIN = 10  # rows in which a header is looked for; ACE wants it in the first
_ENTRY_NAMES, _TYPE_NAMES, _IMPORTER_NAMES = (NAMES[key][1] for key in ("entry", "type", "importer"))
_MISSPELT = 85  # of 100: "Enrty Nubmer" is 91, "Importer Number" 77
_SAMPLE = 200  # filled rows looked at when there is no header
_TOTAL = re.compile(
    r"\W*(?:grand |sub)?-?totals?\b|[\s*#:-]*(?:count|sum|end of report|rows? returned|records?)\b", re.IGNORECASE
)
_WORDS = 3  # words in a cell of the entry column from which it is none
_PROSE = 4  # words in a cell from which it is a sentence, and the file somebody's message


@dataclass(frozen=True, slots=True)
class Layout:
    """Where to look: `header` is None when there is none, `column` holds the entry numbers, the others what they say."""

    header: Row | None
    column: int
    type_column: int | None = None
    importer_column: int | None = None


def layout(table: Table) -> Layout | None:
    """Where to look; None when the table does not hold entry numbers."""
    for row in table.rows[:_HEADER_WITHIN]:
        names = [plain(cell) for cell in row.cells]
        entry = next((index for index, name in enumerate(names) if name in _ENTRY_NAMES), None)
        if entry is not None and not _is_message(table, row, entry):
            return Layout(row, entry, _column(names, _TYPE_NAMES), _column(names, _IMPORTER_NAMES))
    return _by_content([row for row in table.rows[: 4 * _SAMPLE] if filled(row)][:_SAMPLE])


def _column(names: Sequence[str], wanted: Collection[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in wanted), None)


def _is_message(table: Table, header: Row, column: int) -> bool:
    """Whether what stands below a header is somebody's words: pasted from a screen, not exported."""
    below = [
        row.cells[column] for row in table.rows[:_SAMPLE] if row.number > header.number and column < len(row.cells)
    ]
    alike = sum(map(looks_like_entry, below))
    return sum(len(cell.split()) >= _WORDS and not looks_like_entry(cell) for cell in below) > alike // 2


def _by_content(rows: Sequence[Row]) -> Layout | None:
    alike = Counter(at for row in rows for at, cell in enumerate(row.cells) if looks_like_entry(cell))
    if not alike:
        return None
    column, count = max(alike.items(), key=lambda pair: (pair[1], -pair[0]))
    first = rows[0].cells[column] if column < len(rows[0].cells) else ""
    header = rows[0] if fuzz.ratio(plain(first), "entrynumber") >= _MISSPELT else None
    if 2 * count <= len(rows) or (column and count == 1):
        return None
    if len(rows) == 1 and sum(" " in cell.strip() for at, cell in enumerate(rows[0].cells) if at != column) > 1:
        return None  # "B76-…, type 01, liquidated 9/18/2026": a sentence with commas
    if any(len(cell.split()) >= _PROSE or cell.rstrip().endswith(":") for row in rows for cell in row.cells):
        return None
    return Layout(header, column)


def is_header(cell: str) -> bool:
    """Whether a cell further down is a header again: two files pasted together."""
    return plain(cell) in _ENTRY_NAMES


def is_total(cell: str) -> bool:
    """Whether a cell begins the line with which a report ends: a total, a count of rows."""
    return _TOTAL.match(cell) is not None


def looks_like_entry(cell: str) -> bool:
    """Something of an entry number's length, mostly digits; or what Excel makes of a long number."""
    if SCIENTIFIC.fullmatch(cell):
        return True
    number, _ = entry_number.repair(cell) if len(cell) < 40 else ("", ())  # noqa: PLR2004 - longer is no number, however wrapped
    return 9 <= len(number) <= 12 and sum(map(str.isdigit, number)) >= 7  # noqa: PLR2004 - lost zeros to one too many


def filled(row: Row) -> bool:
    """Whether any cell shows something; delimiters of another kind than the file's (";;;") show nothing."""
    return any(not all(map(entry_number.is_invisible, cell.strip(";|,"))) for cell in row.cells)
