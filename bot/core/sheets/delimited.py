"""Delimited text -> a table, from the bytes alone: encoding, delimiter and row numbers as a spreadsheet shows them."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from typing import TYPE_CHECKING, Any

from bot.core.model import Fault, Row, Table
from bot.core.sheets.grid import Grid, Unreadable
from bot.core.sheets.layout import is_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ROWS = 1_048_576  # what a spreadsheet can hold
MAX_CELLS = 4_000_000  # in memory at once: some 300 MB
MAX_LINE = 1_000_000  # characters; ten times what the widest report has
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DELIMITERS = ",;\t|"
_ENTRY_LIKE = re.compile(r"\W{0,4}[A-Za-z0-9]{2,3}\W{0,3}\d{5,7}\W{0,3}\d\W{0,3}")
_FORMULA = re.compile(r'\s*"?[=+@](?!")')  # `="B76…"` is a number that is kept as text
_SAMPLE = 40  # lines looked at for the delimiter
_SHOWN = 10  # rows among which a header may stand, so that its line is kept
_PIECE = 1 << 20  # bytes decoded at a time where only the encoding is wanted
_HEAD = 65_536  # bytes looked at for encoding, delimiter and header
_SEP = re.compile(r'"?sep=(.)"?,*\Z', re.IGNORECASE)
_BINARY = 0.02  # share of control characters from which it is no text
_SOME = (
    0.1  # share of zero bytes at even or odd places, and none at the others, from which it is UTF-16 without its mark
)


class _TooLarge(Exception):  # noqa: N818 - it carries the sentence for the reader
    """More than can be a table of ours."""


def read(content: bytes) -> Table | str | None:
    """The rows; a sentence when it is text too large for a table; None when it is no text."""
    encoding, mark = _encoding(content)
    if encoding is None:
        return None
    sample = _sample(content, encoding, mark)
    try:
        rows, delimiter, sep = _parsed(content[mark:], encoding, sample)
    except _TooLarge as error:
        return str(error)
    notes = []
    if sep:
        notes.append(Fault(None, sep, "header", repaired=True, proposal="Entry Number"))
    if encoding.startswith("utf-16") or (delimiter != "," and any(len(row.cells) > 1 for row in rows)):
        notes.append(Fault(None, "", "not-csv", repaired=True))
    return Table(rows, tuple(notes))


def grid(content: bytes) -> Grid | None:
    """The table read row by row, however long; None when it is no text."""
    encoding, mark = _encoding(content)
    if encoding is None:
        return None
    delimiter = _delimiter(_sample(content, encoding, mark))

    tame = not encoding.startswith("utf-16") and b"\0" not in content and _has_short_lines(content)
    quoted = b'"' in content

    def rows() -> Iterator[tuple[int, list[str]]]:
        raw = io.BytesIO(content)
        raw.seek(mark)
        text = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
        lines, mark_of, _ = _after_sep(iter(text), delimiter)
        reader = csv.reader(lines if tame else _bearable(lines), delimiter=mark_of)
        return _watched(reader) if quoted else iter(enumerate(reader, 1))

    return Grid(rows)


def _watched(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a csv.reader, where a quote mark that nobody closed may swallow others."""
    lines = 0
    try:
        for number, cells in enumerate(reader, 1):
            if reader.line_num != lines + 1 and _has_swallowed([Row(number, tuple(cells))]):
                raise Unreadable(f"In row {number:,} a quote mark is opened and never closed. Export the file again.")
            lines = reader.line_num
            yield number, cells
    except csv.Error as error:
        raise Unreadable(_TOO_LONG) from error


def _has_short_lines(content: bytes) -> bool:
    """Whether every piece of half the longest cell has a line end: then no line is too long, and none need be measured."""
    half = csv.field_size_limit() // 2
    return all(
        content.find(b"\n", start, start + half) >= 0 or content.find(b"\r", start, start + half) >= 0
        for start in range(0, len(content) - half, half)
    )


_TOO_LONG = "This file has a cell longer than a spreadsheet can hold. Export it again as CSV."


def _bearable(lines: Iterator[str]) -> Iterator[str]:
    """Lines of a bearable length. A NUL becomes an invisible space."""
    for line in lines:
        if len(line) > MAX_LINE:
            raise Unreadable("This file has a line longer than any table has. Export it again as CSV.")
        yield line.replace("\0", "\u200b") if "\0" in line else line


def head(content: bytes, most: int) -> Table | None:
    """The first rows, as far as the first 64 kB go: enough to tell what kind of table it is."""
    encoding, mark = _encoding(content[:_HEAD])
    if encoding is None:
        return None
    sample = _sample(content, encoding, mark)
    lines, delimiter, _ = _after_sep(iter(io.StringIO(sample, newline="")), _delimiter(sample))
    try:
        cells = list(itertools.islice(csv.reader(_marked(lines, []), delimiter=delimiter), most))
    except (csv.Error, _TooLarge):
        return None
    return Table(tuple(Row(number, tuple(row)) for number, row in enumerate(cells, 1)))


def _parsed(content: bytes, encoding: str, sample: str) -> tuple[tuple[Row, ...], str, str]:
    """The rows, the delimiter, and the `sep=` line if there is one (which a spreadsheet reads and does not show)."""

    def rows(quoting: int) -> tuple[tuple[Row, ...], str, str]:
        stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")
        lines, delimiter, sep = _after_sep(iter(stream), _delimiter(sample))
        return tuple(_rows(lines, delimiter, quoting)), delimiter, sep

    try:
        found = rows(csv.QUOTE_MINIMAL)
    except csv.Error:  # a cell longer than 131,072 characters: a quote mark that nobody closed
        found = None
    if found is not None and not (b'"' in content and _has_swallowed(found[0])):
        return found
    try:
        return rows(csv.QUOTE_NONE)
    except csv.Error as error:
        raise _TooLarge(_TOO_LONG) from error


def _rows(lines: Iterator[str], delimiter: str, quoting: int) -> Iterator[Row]:
    total = 0
    read: list[str] = []  # the lines of the row in hand
    reader = csv.reader(_marked(lines, read), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]  # a literal of csv's
    wide = False
    for number, row in enumerate(reader, 1):
        cells = row if quoting == csv.QUOTE_MINIMAL else [_unquoted(cell) for cell in row]
        total += len(cells)
        if number > MAX_ROWS:
            raise _TooLarge("This table has more rows than a spreadsheet can hold (1,048,576). Split it.")
        if total > MAX_CELLS:
            raise _TooLarge("This table has more than four million cells. Split it, or export fewer columns.")
        shown = len(cells) > 1 and (number <= _SHOWN or (not wide and _is_wide(cells)))
        wide = wide or _is_wide(cells)
        yield Row(number, tuple(cells), "".join(read).rstrip("\r\n") if shown else "")
        read.clear()


def _is_wide(cells: list[str]) -> bool:
    return len(cells) > 1 and sum(bool(cell.strip()) for cell in cells) > 1


def _after_sep(lines: Iterator[str], delimiter: str) -> tuple[Iterator[str], str, str]:
    """Past Excel's `sep=;` line: what is left, the delimiter, and that line."""
    first = next(lines, "")
    found = _SEP.match(first.rstrip("\r\n"))
    if found and found[1] in _DELIMITERS:
        return lines, found[1], first.strip()
    return itertools.chain([first] if first else [], lines), delimiter, ""


def _has_swallowed(rows: Iterable[Row]) -> bool:
    """Whether one cell holds several lines that look like entries: then a quote mark was opened and never closed."""
    cells = (cell for row in rows for cell in row.cells if "\n" in cell or "\r" in cell)
    return any(sum(bool(_ENTRY_LIKE.search(line)) for line in cell.splitlines()) > 1 for cell in cells)


def _unquoted(cell: str) -> str:
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _marked(lines: Iterable[str], read: list[str]) -> Iterator[str]:
    """Lines of a bearable length, noted in `read`. A NUL becomes an invisible space: it is reported and can be stored."""
    for line in lines:
        if len(line) > MAX_LINE:
            raise _TooLarge("This file has a line longer than any table has. Export it again as CSV.")
        marked = line.replace("\0", "\u200b") if "\0" in line else line
        read.append(marked)
        yield marked


def _encoding(content: bytes) -> tuple[str | None, int]:
    """The encoding and the length of the byte order mark; None when it is no text."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding, len(bom)
    start = content[:_HEAD]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[offset::2].count(0) > _SOME * len(start) and not start[1 - offset :: 2].count(0):
            return encoding, 0
    odd = sum(start.count(code) for code in range(32) if code not in b"\t\r\n\f\0\x1a")
    if odd > _BINARY * len(start) or start.count(0) > len(start) // 4:
        return None, 0
    return ("utf-8" if _is_utf8(content) else "cp1252"), 0


def _is_utf8(content: bytes) -> bool:
    """Whether all of it is UTF-8, looked at piece by piece: a file may have 200 MB."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(view[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(content: bytes, encoding: str, mark: int) -> str:
    return content[mark : mark + _HEAD].decode(encoding, errors="replace")


def _delimiter(sample: str) -> str:
    """The one of `, ; tab |` that sets something of an entry number's shape on its own most often; then the commonest.

    Another one than the comma must stand in the header or in most filled lines: a remark behind one number, or a
    formula with a `|` in it, does not make another form of the file.
    """
    lines = [line for line in sample.splitlines()[:_SAMPLE] if line.strip()]

    def meant(delimiter: str) -> bool:
        heads = any(delimiter in line and any(map(is_header, line.split(delimiter))) for line in lines)
        return heads or 2 * sum(delimiter in line and not _FORMULA.match(line) for line in lines) > len(lines)

    def isolated(delimiter: str) -> tuple[int, int]:
        cells = (cell for line in lines for cell in line.split(delimiter))
        whole = sum(bool(_ENTRY_LIKE.fullmatch(cell.strip('"= '))) for cell in cells)
        return whole, sum(line.count(delimiter) for line in lines)

    return max((one for one in _DELIMITERS if one == "," or meant(one)), key=isolated)
