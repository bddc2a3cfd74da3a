"""A CAPE Declaration judged row by row, by the rules that ACE applies to the file (cape-facts 1A, 2 and 3)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core import entry_number, masking
from bot.core.confirmed import NOTE, vouched
from bot.core.model import Attachment, Fault, Ready, Row, Sheet, Table, Type06
from bot.core.sheets.annotated import annotate
from bot.core.sheets.layout import SCIENTIFIC, Layout, filled, is_header, is_total, looks_like_entry
from bot.core.sheets.numbers import why_wrong
from bot.core.words import TOTAL_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HEADER = "Entry Number"
MAX_ENTRIES = 9_999  # K1: the page says 9,999, the error text 10,000; the safe one
MAX_BYTES = 1_000_000  # 1 MB, the smaller reading of it
MAX_ROWS = 250_000  # twenty-five Declarations; a longer list is an export of something else
_TRAILING = 1_000  # blank rows after the last filled one that are named; Excel may leave a million
_NAMED = 6  # filer codes in a sentence
_WRAPPED = 40  # characters of a cell that may hold an entry number, however wrapped
_ALIKE = "it stands in more than one row, so nobody can confirm it by its value"
_FTZ = re.compile(r"\W*0?6(?!\d)|.*\bFTZ\b", re.IGNORECASE)


@dataclass(slots=True)
class _Tally:
    """What a pass over the rows gathers."""

    vouched: Mapping[str, str]
    codes: frozenset[str]
    rounded: frozenset[str]  # what stands in several rows for several numbers
    rows: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)  # of another filer code

    def say(
        self, row: int | None, value: str, reason: str, proposal: str = "", *, repaired: bool = False, note: str = ""
    ) -> None:
        self.faults.append(Fault(row, value, reason, repaired, proposal, note))


def unusable(table: Table, where: Layout) -> str:
    """Why its rows are not judged, with what to do, or empty: too many of them, or none."""
    many = len(table.rows) > MAX_ROWS and sum(map(filled, table.rows)) > MAX_ROWS
    if many:
        return (
            f"This file has more than {MAX_ROWS:,} rows, and a Declaration takes {MAX_ENTRIES:,}. Take out repeated entry"
            " numbers and split it."
        )
    if not any(row is not where.header and filled(row) for row in table.rows):
        return "This Declaration has its header and no entry number. Put one on each row below it, and attach it again."
    return ""


def judge(
    file: Attachment,
    table: Table,
    where: Layout,
    filer_codes: tuple[str, ...],
    confirmed: tuple[str, ...],
    barred: Mapping[str, str] = MappingProxyType({}),
) -> Sheet:
    """Every row judged; what is certain is repaired and said, what is not is proposed and kept out of the entries.

    An entry of another filer code is a valid entry number and stays among them: its row says that ACE refuses it here,
    and it is not ready. Nor is one of `barred` (entry -> why), by what else was sent.
    """
    rows = _without_tail(table.rows)
    values = [_value(row, where) for row in rows]
    tally = _Tally(vouched(confirmed), frozenset(code.upper() for code in filer_codes), _rounded_alike(values))
    tally.faults += table.notes
    _judge_form(file, rows, where, tally)
    for row, value in zip(rows, values, strict=True):
        if entry_number.is_checked(value):  # the quick way: nothing else needs looking at
            tally.rows += 1
            _take(row, value, value, tally)
        elif not filled(row):
            tally.say(row.number, "", "blank-row", repaired=True)
        elif is_total(value or next(filter(None, row.cells), "")):
            tally.rows += 1
            tally.say(row.number, value, "bad-format", repaired=True, note=TOTAL_NOTE)
        elif not _is_heading(row, value, where, tally):
            tally.rows += 1
            number = _mended(row, value, tally)
            if number:
                _take(row, value, number, tally)
    _judge_whole(tally)
    _judge_other_columns(rows, where, tally)
    listed = tuple(_listed(tally, rows, where))
    return Sheet(
        name=file.name,
        kind="declaration",
        path_in=file.path_in,
        rows=tally.rows,
        entries=tuple(tally.entries),
        faults=tuple(tally.faults),
        type06=_type06(rows, where),
        listed=listed,
        ready=tuple(one for one in listed if one.entry not in barred and one.entry not in tally.foreign),
        notes=tuple(_notes(tally)),
        barred=tuple((number, barred[number]) for number in tally.entries if number in barred),
        annotated=annotate(
            _shown(rows, where),
            tally.faults,
            where.header.number if where.header else 0,
            {row: f"do not upload: {barred[number]}" for number, row in tally.entries.items() if number in barred},
        ),
    )


def _shown(rows: Sequence[Row], where: Layout) -> Sequence[Row]:
    """The rows with importer numbers as they may be shown."""
    at = where.importer_column
    if at is None:
        return rows
    return [
        replace(row, cells=(*row.cells[:at], masking.importer_shown(row.cells[at]), *row.cells[at + 1 :]))
        if at < len(row.cells) else row
        for row in rows
    ]  # fmt: skip


def _listed(tally: _Tally, rows: Sequence[Row], where: Layout) -> Iterator[Ready]:
    """The entries, with their importer and type where a column names it."""
    importers, types = _cells(rows, where.importer_column), _cells(rows, where.type_column)
    for number, row in tally.entries.items():
        type_ = types.get(row, "")
        yield Ready(number, importers.get(row, ""), type=type_.zfill(2) if type_.isdigit() else "")


def _cells(rows: Sequence[Row], column: int | None) -> dict[int, str]:
    """The cells of a column, by row."""
    if column is None:
        return {}
    return {row.number: row.cells[column].strip(" '=\"") for row in rows if column < len(row.cells)}


def _notes(tally: _Tally) -> Iterator[str]:
    filers = sorted({number[: entry_number.FILER] for number in tally.entries})
    if not tally.codes and len(filers) > 1:
        yield (
            f"{len(filers)} filer codes ({', '.join(filers[:_NAMED])}): a Filer or Organizational Broker account takes its own"
            " alone (“Filer Code not matching”). There is an upload file for each."
        )


def _judge_form(file: Attachment, rows: Sequence[Row], where: Layout, tally: _Tally) -> None:
    """The file as a whole: its header, its columns, its size."""
    header = where.header
    first = rows[0].cells if rows else ()
    if header is None or header.number != 1 or first[:1] != (HEADER,):
        shown = (header.line or ",".join(header.cells)) if header else ""
        tally.say(header.number if header else None, shown, "header", HEADER, repaired=True)
    wide = next((row for row in rows if len(row.cells) > 1 and sum(bool(cell.strip()) for cell in row.cells) > 1), None)
    if wide is not None:
        tally.say(wide.number, wide.line or ",".join(wide.cells), "extra-columns", repaired=True)
    _, dot, suffix = file.name.rpartition(".")
    refused_form = any(fault.reason == "not-csv" for fault in tally.faults)
    if dot and suffix.strip().lower() != "csv" and not refused_form and " " not in suffix.strip():
        tally.say(None, file.name, "not-csv", repaired=True)
    if len(file.content) > MAX_BYTES:
        tally.say(None, f"{len(file.content):,} bytes", "file-too-large")


def _judge_whole(tally: _Tally) -> None:
    """What only shows when all rows are known."""
    if tally.rows > MAX_ENTRIES:
        tally.say(None, f"{tally.rows:,}", "too-many-entries")
    present = sorted({number[: entry_number.FILER] for number in tally.entries} & tally.codes)
    if len(present) > 1:
        tally.say(None, ", ".join(present), "filer-code")


def _judge_other_columns(rows: Sequence[Row], where: Layout, tally: _Tally) -> None:
    """Entry numbers in another column that holds little else are not taken, and each is said: it may be half of a list."""
    below = where.header.number if where.header else 0
    filled_in: Counter[int] = Counter()
    valid: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        if row.number > below and len(row.cells) > 1:
            for at, cell in enumerate(row.cells):
                if cell.strip() and at not in (where.column, where.importer_column):
                    filled_in[at] += 1
                    if entry_number.LENGTH <= len(cell) <= _WRAPPED and entry_number.is_valid(cell):
                        valid[at].append((row.number, cell))
    for at, several in valid.items():
        for number, cell in several if 2 * len(several) > filled_in[at] else ():
            if entry_number.compact(cell) not in tally.entries:
                tally.say(number, cell, "extra-columns", note="an entry number in another column, not taken")


def _is_heading(row: Row, value: str, where: Layout, tally: _Tally) -> bool:
    """The header, a title above it (its fault says so already), or a header once more further down."""
    if where.header is not None and row.number <= where.header.number:
        return row.number == where.header.number or not looks_like_entry(value)
    if is_header(value):
        tally.say(row.number, value, "header", repaired=True)
        return True
    return False


def _take(row: Row, value: str, number: str, tally: _Tally) -> None:
    if tally.codes and number[: entry_number.FILER] not in tally.codes:
        tally.say(row.number, value, "filer-code")
        tally.foreign.add(number)
    if number in tally.entries:
        tally.say(row.number, value, "duplicate", repaired=True)
        return
    tally.entries[number] = row.number


def _mended(row: Row, value: str, tally: _Tally) -> str:
    """The number that a cell stands for, each repair said; empty when a person must look."""
    mended, reasons = entry_number.repair(value)
    sure = entry_number.is_checked(mended)
    alike = mended in tally.rounded
    number = mended if sure else "" if alike else tally.vouched.get(value.strip()) or tally.vouched.get(mended) or ""
    hopeless = not number and len(mended) != entry_number.LENGTH  # then capitals are nobody's concern
    if SCIENTIFIC.fullmatch(value):
        reasons = ()
    for reason in (reason for reason in reasons if not (hopeless and reason == "lower-case")):
        tally.say(row.number, value, reason, number, repaired=bool(number))
    if not sure:  # what a person vouched for is said like every other repair
        proposal = number or ("" if masking.is_number(value) else entry_number.propose(value))
        note = NOTE if number else _ALIKE if alike else ""
        tally.say(row.number, value, why_wrong(value, mended), proposal, repaired=bool(number), note=note)
    return number


def _value(row: Row, where: Layout) -> str:
    return row.cells[where.column] if where.column < len(row.cells) else ""


def _rounded_alike(values: Sequence[str]) -> frozenset[str]:
    """Values in scientific notation, mended, that stand in more than one row: two numbers may round to one of them."""
    rounded = Counter(entry_number.compact(cell) for cell in values if "E" in cell or "e" in cell)
    return frozenset(value for value, count in rounded.items() if count > 1 and SCIENTIFIC.fullmatch(value))


def _without_tail(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Without the blank rows beyond the first thousand after the last filled one."""
    last = len(rows)
    while last and not filled(rows[last - 1]):
        last -= 1
    return rows[: last + _TRAILING]


def _type06(rows: Sequence[Row], where: Layout) -> Type06:
    column, header = where.type_column, where.header
    if column is None or header is None:
        return Type06.UNKNOWN
    cells = (row.cells[column].strip(" ='\"") for row in rows if row.number > header.number and column < len(row.cells))
    types = {_FTZ.match(cell) is not None for cell in cells if cell}
    if len(types) != 1:
        return Type06.MIXED if types else Type06.UNKNOWN
    return Type06.YES if types.pop() else Type06.NO
