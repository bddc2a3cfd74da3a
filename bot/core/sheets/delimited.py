"""Delimited text -> a table, from the bytes alone: encoding, delimiter and row numbers as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from bot.core.model import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ROWS = 1_048_576  # what a spreadsheet can hold
MAX_CELL = 32_767  # characters of a cell, likewise; longer ones are no table of ours
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DELIMITERS = ",;\t|"
_ENTRY_LIKE = re.compile(r"\W{0,4}[A-Za-z0-9]{2,3}\W{0,3}\d{5,7}\W{0,3}\d\W{0,3}")
_SAMPLE = 40  # lines looked at for the delimiter
_SEP = re.compile(r"sep=(.)\Z")
_BINARY = 0.02  # share of control characters from which it is no text


def read(content: bytes) -> Table | str | None:
    """The rows; a sentence when it is text too odd for a table; None when it is no text."""
    text = _decoded(content)
    if text is None:
        return None
    lines = io.StringIO(text, newline="")
    first = text.split("\n", 1)[0].rstrip("\r")
    delimiter = _delimiter(text)
    offset = 0
    if sep := _SEP.match(first.strip('"').strip()):
        delimiter, offset = sep[1], 1
        lines.readline()
    csv.field_size_limit(MAX_CELL * 4)  # bytes are not characters; still bounded
    reader = csv.reader(_without_nul(lines), delimiter=delimiter)
    rows = []
    try:
        for number, cells in enumerate(reader, 1 + offset):
            if number > MAX_ROWS:
                return "This table has more rows than a spreadsheet can hold (1,048,576). Split it."
            rows.append(Row(number, tuple(cells)))
    except csv.Error:
        return "This file has a cell longer than a spreadsheet can hold. Export it again as CSV."
    return Table(tuple(rows))


def _decoded(content: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, errors="replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = text[:8_192]
    odd = sum(character < " " and character not in "\t\r\n\f\0" for character in head)
    return None if odd > _BINARY * len(head) or head.count("\0") > len(head) // 4 else text


def _without_nul(lines: Iterable[str]) -> Iterable[str]:
    return (line.replace("\0", "") for line in lines)


def _delimiter(text: str) -> str:
    """The one of `, ; tab |` that sets something of an entry number's shape on its own most often; then the commonest."""
    sample = text[:65_536].splitlines()[:_SAMPLE]

    def isolated(delimiter: str) -> tuple[int, int]:
        cells = [cell for line in sample for cell in line.split(delimiter)]
        whole = sum(bool(_ENTRY_LIKE.fullmatch(cell.strip('"= '))) for cell in cells)
        return whole, sum(line.count(delimiter) for line in sample)

    return max(_DELIMITERS, key=isolated)
