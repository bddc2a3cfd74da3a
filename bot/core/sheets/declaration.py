"""A CAPE Declaration judged row by row, by the rules that ACE applies to the file (cape-facts 1A, 2 and 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core import entry_number
from bot.core.model import Attachment, Fault, Row, Sheet, Table, Type06
from bot.core.sheets.annotated import annotate

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = "Entry Number"
MAX_ENTRIES = 9_999  # K1: the page says 9,999, the error text 10,000; the safe one
MAX_BYTES = 1_000_000  # 1 MB, the smaller reading of it
_HEADER_WITHIN = 10  # rows in which a header is looked for; ACE wants it in the first
_NAMES = {"entrynumber", "entrynumbers", "entryno", "entrynum", "entrysummarynumber", "entry"}
_TYPE_NAMES = {"entrytype", "entrytypecode", "type"}
_SCIENTIFIC = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*")
_MOST_SAID = 20_000  # faults kept; a file with more is a wrong file, and the count of rows says so


@dataclass(slots=True)
class _Tally:
    """What a pass over the rows gathers."""

    rows: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def say(self, row: int | None, value: str, reason: str, proposal: str = "", *, repaired: bool = False) -> None:
        if len(self.faults) < _MOST_SAID:
            self.faults.append(Fault(row, value, reason, repaired, proposal))


def is_declaration(table: Table) -> bool:
    """A header that names entry numbers, or most rows begin with something of an entry number's shape."""
    if _header(table.rows) is not None:
        return True
    filled = [row for row in table.rows if any(cell.strip() for cell in row.cells)]
    alike = sum(_looks_like_entry(row.cells[0]) for row in filled)
    return bool(filled) and alike * 2 > len(filled)


def judge(file: Attachment, table: Table, filer_codes: tuple[str, ...], confirmed: tuple[str, ...]) -> Sheet:
    """Every row judged; what is certain is repaired and said, what is not is proposed and kept out of the entries."""
    tally = _Tally()
    header = _header(table.rows)
    _judge_form(file, table, header, tally)
    column, kind_column = _columns(header)
    codes = tuple(code.upper() for code in filer_codes)
    vouched = _vouched(confirmed)
    last = max((row.number for row in table.rows if _filled(row)), default=0)
    for row in table.rows:
        if header is not None and row.number <= header.number:
            continue
        if not _filled(row):
            tally.say(row.number, "", "blank-row", repaired=True)
            tally.rows += row.number < last
            continue
        tally.rows += 1
        _judge_row(row, column, codes, vouched, tally)
    if len(tally.entries) > MAX_ENTRIES:
        tally.say(None, str(len(tally.entries)), "too-many-entries")
    return Sheet(
        name=file.name,
        kind="declaration",
        path_in=file.path_in,
        rows=tally.rows,
        entries=tuple(tally.entries),
        faults=tuple(tally.faults),
        type06=_type06(table.rows, header, kind_column),
        annotated=annotate(table.rows, tally.faults, header.number if header else 0),
    )


def _judge_form(file: Attachment, table: Table, header: Row | None, tally: _Tally) -> None:
    """The file as a whole: its header, its size."""
    first = table.rows[0].cells if table.rows else ()
    if header is None or header.number != 1 or [cell for cell in first if cell] != [HEADER]:
        shown = ",".join(header.cells) if header else ""
        tally.say(header.number if header else None, shown, "header", HEADER, repaired=True)
    if header is not None and sum(bool(cell.strip()) for cell in header.cells) > 1:
        tally.say(header.number, ",".join(header.cells), "extra-columns", repaired=True)
    if len(file.content) > MAX_BYTES:
        tally.say(None, f"{len(file.content):,} bytes", "file-too-large")


def _judge_row(row: Row, column: int, codes: Sequence[str], vouched: dict[str, str], tally: _Tally) -> None:
    value = row.cells[column] if column < len(row.cells) else ""
    if entry_number.is_checked(value):
        number = value
    else:
        found = _mended(row, value, vouched, tally)
        if found is None:
            return
        number = found
    if codes and number[: entry_number.FILER] not in codes:
        tally.say(row.number, value, "filer-code")
        return
    if number in tally.entries:
        tally.say(row.number, value, "duplicate", repaired=True)
        return
    tally.entries[number] = row.number


def _mended(row: Row, value: str, vouched: dict[str, str], tally: _Tally) -> str | None:
    """The valid number that a cell stands for, each repair said; None when a person must look."""
    if _SCIENTIFIC.fullmatch(value):
        tally.say(row.number, value, "scientific-notation")
        return None
    number, reasons = entry_number.repair(value)
    number = vouched.get(value, vouched.get(number, number))
    accepted = entry_number.is_checked(number) or (
        value in vouched and entry_number.SHAPE.fullmatch(number) is not None
    )
    for reason in reasons:
        tally.say(row.number, value, reason, number if accepted else "", repaired=accepted)
    if accepted:
        return number
    tally.say(row.number, value, _why(number), entry_number.propose(number))
    return None


def _why(number: str) -> str:
    """The contract's word for what is wrong with a mended value."""
    proposal = entry_number.propose(number)
    if proposal and len(number) < entry_number.LENGTH:
        return "lost-leading-zero"
    try:
        entry_number.validate(number)
    except entry_number.InvalidEntryNumber as error:
        return error.reason
    return "bad-format"  # unreachable for an invalid number; a valid one never comes here


def _vouched(confirmed: tuple[str, ...]) -> dict[str, str]:
    """`VALUE` or `VALUE=PROPOSAL` -> what a person wants read for a value."""
    pairs = (one.partition("=") for one in confirmed)
    return {value.strip(): entry_number.compact(wanted or value) for value, _, wanted in pairs}


def _header(rows: Sequence[Row]) -> Row | None:
    return next((row for row in rows[:_HEADER_WITHIN] if any(_name(cell) in _NAMES for cell in row.cells)), None)


def _columns(header: Row | None) -> tuple[int, int | None]:
    """Where the entry numbers stand, and the entry types if there is such a column."""
    if header is None:
        return 0, None
    names = [_name(cell) for cell in header.cells]
    entry = next(index for index, name in enumerate(names) if name in _NAMES)
    return entry, next((index for index, name in enumerate(names) if name in _TYPE_NAMES), None)


def _type06(rows: Sequence[Row], header: Row | None, column: int | None) -> Type06:
    if column is None or header is None:
        return Type06.UNKNOWN
    cells = (
        row.cells[column].strip().strip("'=\"")
        for row in rows
        if row.number > header.number and column < len(row.cells)
    )
    types = {cell.zfill(2)[:2] == "06" for cell in cells if cell}
    if len(types) != 1:
        return Type06.MIXED if types else Type06.UNKNOWN
    return Type06.YES if types.pop() else Type06.NO


def _looks_like_entry(cell: str) -> bool:
    if _SCIENTIFIC.fullmatch(cell):
        return True
    number, _ = entry_number.repair(cell)
    return 9 <= len(number) <= 12 and sum(map(str.isdigit, number)) >= 7  # noqa: PLR2004 - lost zeros to one too many


def _name(cell: str) -> str:
    return "".join(filter(str.isalnum, cell.lower()))


def _filled(row: Row) -> bool:
    return any(cell.strip(" \t\u00a0\u200b") for cell in row.cells)
