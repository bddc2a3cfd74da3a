"""Table files: bytes -> rows, and rows -> findings.

A new file format is one reader (`bot.opening`, or `delimited` for text); a new kind of table is one entry in `kinds` and
a module that judges it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core import entry_number
from bot.core.confirmed import vouched
from bot.core.model import Attachment, Fault, Row, Sheet, Table
from bot.core.sheets import claim_details, declaration, delimited, es003, es003_facts, foreign, kinds
from bot.core.sheets.claims import Claims
from bot.core.sheets.grid import Grid, Unreadable
from bot.core.sheets.layout import Layout, filled, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.core.judging import Judge
    from bot.core.sheets.claim_details import Answer, Records
    from bot.core.sheets.grid import Inside
    from bot.core.sheets.kinds import Kind

MAX_BYTES = 200_000_000  # the contract's limit for a file
_SHOWS = re.compile(rb"\S")
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # workbooks and archives
_DEEPEST = 3  # archives within archives that are opened
_MOST_TABLES = 1_000  # of a message: a mail has at most 300 files, an archive and a workbook may each hold 200 more
_MOST_UNPACKED = 200_000_000  # bytes that the archives of a message may hold together
_TOO_MANY = "There is more packed in what you sent than I open at once. Attach the files that have the entry numbers on their own."
_UNKNOWN = (
    "I do not know this kind of table. I read CAPE Declarations (one column, header Entry Number), Claim Details and"
    " ES-003 exports; paste what ACE says as text."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading files needs besides the files.

    `filer_codes` are the brokerage's own; `confirmed` are `VALUE` or `VALUE=PROPOSAL` that a person vouches for; where
    `by_file` has any, it says so for the first tables (in the order of the sheets) instead. `judge` judges entry summaries as of the day; `answers` looks up what a text of ACE asks for; `open_file` says what is inside
    a workbook or an archive.
    """

    judge: Judge
    answers: Callable[[str], tuple[Answer, ...]]
    open_file: Callable[[Attachment], Inside]
    filer_codes: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    by_file: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of a file before it is judged: `refused` and nothing else, or a grid and what kind it is, if it is one."""

    file: Attachment
    refused: str = ""
    grid: Grid | None = None
    kind: Kind | None = None
    records: Records | None = None
    notes: tuple[Fault, ...] = field(default=())
    confirmed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Room:
    """How much of a message may still be opened: what is packed in it may be a thousand times its size."""

    open_file: Callable[[Attachment], Inside]
    tables: int = _MOST_TABLES
    unpacked: int = _MOST_UNPACKED

    def inside(self, file: Attachment) -> Inside:
        """What is inside a file, as far as there is room for it."""
        if self.tables <= 0 or self.unpacked <= 0:
            return _TOO_MANY if file.content.startswith(_PACKED) else None
        inside = self.open_file(file)
        if isinstance(inside, tuple):
            self.tables -= len(inside)
            self.unpacked -= sum(len(one.content) for one in inside if isinstance(one, Attachment))
        return _TOO_MANY if inside and (self.tables < 0 or self.unpacked < 0) else inside


def read(attachments: Sequence[Attachment], reading: Reading) -> tuple[Sheet, ...]:
    """Take the files of a message; give what was found in each table. Never raises: what cannot be read says why.

    What one file says of an entry counts for the others: what is accepted, refused or too late is never offered by another.
    """
    room = _Room(reading.open_file)
    opened = [part for file in attachments for part in _opened(file, room, _DEEPEST)]
    own = (*reading.by_file, *(reading.confirmed,) * (len(opened) - len(reading.by_file)))
    parts = [_with_records(replace(part, confirmed=said)) for part, said in zip(opened, own, strict=True)]
    history = claim_details.History(part.records for part in parts if part.records)
    sheets: dict[int, Sheet] = {}
    claims = Claims(history)
    for at in sorted(range(len(parts)), key=lambda at: _turn(parts[at])):
        sheets[at] = _judged(parts[at], reading, history, claims)
        claims.learn(sheets[at])
    return tuple(sheets[at] for at in range(len(parts)))


def _turn(part: _Part) -> int:
    """Claim Details first: what they say decides about an ES-003; and both about a Declaration."""
    return 0 if part.records else 1 if part.kind else 2


def may_be_table(file: Attachment) -> bool:
    """Whether a file holds a table of ours, or may: one that is packed is not opened to tell."""
    return bool(file.problem) or file.content.startswith(_PACKED) or kind_of(file) != "other"


def kind_of(file: Attachment) -> str:
    """The contract's word for a text file's kind, told by its first rows; `other` for what is no table of ours."""
    if _unusable(file) or foreign.read(file.content):
        return "other"
    head = delimited.head(file.content, kinds.HEADER_WITHIN)
    told = kinds.told(head) if head is not None else None
    if told is not None:
        return told.name
    table = delimited.read(file.content)
    return "declaration" if isinstance(table, Table) and layout(table) is not None else "other"


def _unusable(file: Attachment) -> str:
    """Why there is nothing to look at, with what to do, or empty."""
    if file.problem:
        return file.problem
    if not file.content:
        return "The file is empty (0 bytes). Attach it again."
    if len(file.content) > MAX_BYTES:
        return "This file is larger than 200 MB. Split it, or export fewer rows."
    if not _SHOWS.search(file.content):
        return "The file holds nothing but blank lines. Attach the one that has the entry numbers."
    return ""


def _opened(file: Attachment, room: _Room, deepest: int) -> Iterator[_Part]:
    """The tables of a file: itself, the worksheets of a workbook, what an archive holds."""
    if why := _unusable(file):
        yield _Part(file, why)
        return
    inside = room.inside(file)
    if inside is None:
        yield _text(file)
    elif isinstance(inside, str):
        yield _Part(file, inside)
    elif not inside:
        yield _Part(file, "There is nothing in this file. Attach the table itself.")
    elif deepest == 0:
        yield _Part(file, "These are archives within archives. Attach the table itself.")
    else:
        yield from _contents(file, inside, room, deepest)


def _contents(
    file: Attachment,
    inside: tuple[Grid, ...] | tuple[Attachment, ...],
    room: _Room,
    deepest: int,
) -> Iterator[_Part]:
    tables = []
    for one in inside:
        if isinstance(one, Attachment):
            for part in _opened(one, room, deepest - 1):
                packed = Fault(None, file.name, "not-csv", repaired=True)
                yield replace(part, notes=(packed,)) if part.kind is None else part
        else:
            tables.append(_worksheet(file, one, alone=len(inside) == 1))
    ours = [part for part in tables if not part.refused]
    yield from ours or tables[:1]


def _worksheet(file: Attachment, grid: Grid, *, alone: bool) -> _Part:
    named = file if alone or not grid.title else replace(file, name=f"{file.name} - {grid.title}")
    head = grid.head(kinds.HEADER_WITHIN)
    kind = kinds.told(head)
    if kind is None and layout(_table(grid, most=_SAMPLED)) is None:
        return _Part(named, _UNKNOWN)
    return _Part(
        named, grid=grid, kind=kind, notes=(Fault(None, "", "not-csv", repaired=True),) if grid.foreign else ()
    )


_SAMPLED = 1_000  # rows of a worksheet from which its layout is told
_NOT_TEXT = "I cannot tell what this file is. Paste the message as text, or attach a CSV."


def _text(file: Attachment) -> _Part:
    if why := foreign.read(file.content):
        return _Part(file, why)
    head = delimited.head(file.content, kinds.HEADER_WITHIN)
    kind = kinds.told(head) if head is not None else None
    if kind is None:
        return _Part(file)
    return _Part(file, grid=delimited.grid(file.content), kind=kind)


def _with_records(part: _Part) -> _Part:
    if part.grid is None or part.kind is None or part.kind.name == "es-003":
        return part
    try:
        return replace(part, records=claim_details.records(part.grid, part.kind, vouched(part.confirmed)))
    except Unreadable as why:
        return _Part(part.file, str(why), kind=part.kind)


def _judged(part: _Part, reading: Reading, history: claim_details.History, claims: Claims) -> Sheet:
    file, kind = part.file, part.kind
    if part.refused:
        return _refused(file, part.refused, kind.name if kind else "other")
    try:
        if part.records is not None and kind is not None:
            judged = claim_details.Judged(kind, part.records, history, reading.answers)
            claims.refuse(judged.of_entry, whole_file=kind.name == "validation-result")
            return judged.sheet(file)
        if part.grid is not None and kind is not None:
            return es003.audit(file, part.grid, kind, es003.Context(reading.judge, claims), vouched(part.confirmed))
        return _declaration(part, reading, claims.barred)
    except Unreadable as why:
        return _refused(file, str(why), kind.name if kind else "other")


def _declaration(part: _Part, reading: Reading, barred: Mapping[str, str]) -> Sheet:
    file = part.file
    table = _table(part.grid) if part.grid is not None else delimited.read(file.content)
    if table is None:
        return _refused(file, _NOT_TEXT)
    if isinstance(table, str):
        return _refused(file, table)
    where = layout(table)
    if where is None:
        return _refused(file, _UNKNOWN)
    if why := declaration.unusable(table, where):
        return _refused(file, why, "declaration")
    noted = replace(table, notes=(*table.notes, *part.notes))
    barred = {**_types_barred(table, where, reading.judge), **barred}
    return declaration.judge(file, noted, where, reading.filer_codes, part.confirmed, barred)


def _types_barred(table: Table, where: Layout, judge: Judge) -> dict[str, str]:
    """The entries whose type, in a column of the Declaration, CAPE does not take on the day."""
    at = where.type_column
    barred = {}
    for row in table.rows if at is not None and where.header is not None else ():
        kind = es003_facts.type_of(row.cells[at]) if at is not None and at < len(row.cells) else ""
        rule = judge.rules.entry_type(kind, judge.today) if kind else None
        if rule is not None and rule.cape != "yes" and where.column < len(row.cells):
            barred[entry_number.compact(row.cells[where.column])] = f"CAPE does not take entry type {kind} now"
    return barred


def _table(grid: Grid, most: int = declaration.MAX_ROWS + 1) -> Table:
    """The rows of a worksheet, blank ones put in where its numbers leave a gap."""
    rows: list[Row] = []
    for number, cells in itertools.islice(grid.rows(), most):
        gap = range((rows[-1].number if rows else 0) + 1, min(number, (rows[-1].number if rows else 0) + _BLANKS))
        rows += (Row(blank, ()) for blank in gap)
        row = Row(number, tuple(cells))
        rows.append(replace(row, line=",".join(cells)) if len(rows) < _SHOWN and filled(row) else row)
    return Table(tuple(rows), grid.notes)


_BLANKS = 1_000  # blank rows of a gap that are named; a worksheet may leave a million
_SHOWN = 10  # rows among which a header may stand, so that its line is kept


def _refused(file: Attachment, why: str, kind: str = "other") -> Sheet:
    return Sheet(name=file.name, kind=kind, path_in=file.path_in, refused=why)
