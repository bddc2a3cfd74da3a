"""Legacy .xls (BIFF): cells through xlrd. Its formulas always carry a value, so there is nothing to say of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlrd
from xlrd.compdoc import SIGNATURE, CompDoc, CompDocError

from bot.opening import sentences, values
from bot.opening.limits import Refused

if TYPE_CHECKING:
    from bot.opening.limits import Limits
    from bot.opening.written import Tables

_CELLS = {"Workbook", "Book"}  # the streams of a workbook since Excel 97, and before


def is_workbook(content: bytes) -> bool:
    """Whether an OLE container holds a workbook, and not a mail or a document. Raises Refused where it is locked.

    A bare stream of records, as some programs write it, is one.
    """
    if not content.startswith(SIGNATURE):
        return True
    try:
        names = {entry.name for entry in CompDoc(content, io.StringIO()).dirlist}
    except (CompDocError, RecursionError) as error:
        raise Refused(sentences.DAMAGED) from error
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise Refused(sentences.LOCKED)
    return bool(names & _CELLS)


def read(content: bytes, tables: Tables, limits: Limits) -> None:
    """Every worksheet's rows, hidden ones too; one sheet is in memory at a time."""
    try:
        # With formats, for dates and zeros; ragged, so that no row is padded.
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
        )
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            _rows(book, sheet, tables, limits)
            tables.end(sheet.name)
            book.unload_sheet(index)
    except xlrd.XLRDError as error:
        raise Refused(sentences.LOCKED if "encrypted" in str(error) else sentences.DAMAGED) from error


def _rows(book: Any, sheet: Any, tables: Tables, limits: Limits) -> None:
    shapes: dict[int, values.Shape] = {}
    for number in range(sheet.nrows):
        cells = []
        for column in range(sheet.row_len(number)):
            kind = sheet.cell_type(number, column)
            if kind in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                cells.append("")
                continue
            style = sheet.cell_xf_index(number, column)
            if style not in shapes:
                shapes[style] = _shape(book, style)
            cells.append(_shown(book, kind, sheet.cell_value(number, column), shapes[style]))
        tables.row(number + 1, cells[: limits.columns])  # a sheet of this age has 256 columns


def _shape(book: Any, style: int) -> values.Shape:
    if style >= len(book.xf_list):  # some programs write no styles at all
        return values.PLAIN
    known = book.format_map.get(book.xf_list[style].format_key)
    return values.shape(known.format_str) if known is not None else values.PLAIN


def _shown(book: Any, kind: int, value: Any, how: values.Shape) -> str:
    if kind == xlrd.XL_CELL_TEXT:
        return str(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return values.truth(value=bool(value))
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    return values.number(float(value), how, since_1904=book.datemode == 1)
