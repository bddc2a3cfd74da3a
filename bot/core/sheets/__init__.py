"""Table files: bytes -> rows, and rows -> findings.

A new file format is one reader (`bot.opening`, or `delimited` for text); a new kind of table is one entry in `kinds` and
a module that judges it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.confirmed import vouched
from bot.core.model import Attachment, Fault, Row, Sheet, Table
from bot.core.sheets import claim_details, declaration, delimited, es003, foreign, kinds
from bot.core.sheets.grid import Grid, Unreadable
from bot.core.sheets.layout import filled, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from bot.core.eligibility import Judge
    from bot.core.sheets.claim_details import Answer, Records
    from bot.core.sheets.grid import Inside
    from bot.core.sheets.kinds import Kind

MAX_BYTES = 200_000_000  # the contract's limit for a file
_SHOWS = re.compile(rb"\S")
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # workbooks and archives
_DEEPEST = 3  # archives within archives that are opened
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


def read(attachments: Sequence[Attachment], reading: Reading) -> tuple[Sheet, ...]:
    """Take the files of a message; give what was found in each table. Never raises: what cannot be read says why.

    Claim Details are read first: what is accepted in one of them is never offered for upload by another file.
    """
    opened = [part for file in attachments for part in _opened(file, reading.open_file, _DEEPEST)]
    own = (*reading.by_file, *(reading.confirmed,) * (len(opened) - len(reading.by_file)))
    parts = [_with_records(replace(part, confirmed=said)) for part, said in zip(opened, own, strict=True)]
    accepted = frozenset(entry for part in parts if part.records for entry in part.records.accepted())
    return tuple(_judged(part, reading, accepted) for part in parts)


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


def _opened(file: Attachment, open_file: Callable[[Attachment], Inside], deepest: int) -> Iterator[_Part]:
    """The tables of a file: itself, the worksheets of a workbook, what an archive holds."""
    if why := _unusable(file):
        yield _Part(file, why)
        return
    inside = open_file(file)
    if inside is None:
        yield _text(file)
    elif isinstance(inside, str):
        yield _Part(file, inside)
    elif not inside:
        yield _Part(file, "There is nothing in this file. Attach the table itself.")
    elif deepest == 0:
        yield _Part(file, "These are archives within archives. Attach the table itself.")
    else:
        yield from _contents(file, inside, open_file, deepest)


def _contents(
    file: Attachment,
    inside: tuple[Grid, ...] | tuple[Attachment, ...],
    open_file: Callable[[Attachment], Inside],
    deepest: int,
) -> Iterator[_Part]:
    tables = []
    for one in inside:
        if isinstance(one, Attachment):
            for part in _opened(one, open_file, deepest - 1):
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


def _judged(part: _Part, reading: Reading, accepted: Collection[str]) -> Sheet:
    file, kind = part.file, part.kind
    if part.refused:
        return _refused(file, part.refused, kind.name if kind else "other")
    try:
        if part.records is not None and kind is not None:
            return claim_details.judge(file, kind, part.records, accepted, reading.answers)
        if part.grid is not None and kind is not None:
            return es003.audit(file, part.grid, kind, es003.Context(reading.judge, accepted), vouched(part.confirmed))
        return _declaration(part, reading, accepted)
    except Unreadable as why:
        return _refused(file, str(why), kind.name if kind else "other")


def _declaration(part: _Part, reading: Reading, accepted: Collection[str]) -> Sheet:
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
    return declaration.judge(file, noted, where, reading.filer_codes, part.confirmed, accepted)


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
