"""Rows of text -> the bytes of a CSV or of an XLSX. No cell of either is taken for a formula or a number.

The XLSX is written here: openpyxl writes through temporary files and stamps the clock into the file, and the same rows
must give the same bytes. It has one sheet, a header row that stays in view, and text cells alone, so that a spreadsheet
eats no leading zero.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html import escape
from typing import TYPE_CHECKING

from bot.core.sheets.annotated import defuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_ROWS = 20_000  # of an XLSX: a larger one takes a spreadsheet minutes to open
_CELL = 32_767  # characters that Excel takes in a cell
_HARMLESS = re.compile(r"[A-Za-z0-9][^\x00-\x1f\x7f-\x9f;]*")  # nearly all cells of ours: nothing in them to defuse
_FOREIGN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Report" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Format 49 is text: a cell stays text when somebody edits it. Style 1 is for rows, style 2 for the header.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ),
}  # fmt: skip
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads it as such; every cell defused."""
    out = io.BytesIO()
    text = io.TextIOWrapper(
        out, encoding="utf-8-sig", errors="replace", newline=""
    )  # a StringIO takes four times as much
    csv.writer(text).writerows(map(_defused, row) for row in rows)
    text.flush()
    return out.getvalue()


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of text cells, the first row as its header; nothing for none, or for more than MOST_ROWS below it."""
    if not 0 < len(rows) <= MOST_ROWS + 1:
        return b""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (*_PARTS.items(), ("xl/worksheets/sheet1.xml", "".join(_sheet(rows)))):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), _DECLARED + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def packed(name: str, content: bytes) -> bytes:
    """A zip that holds one file. The same file gives the same bytes."""
    return packed_all({name: content})


def packed_all(files: Mapping[str, bytes]) -> bytes:
    """A zip that holds files, by name. The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV of ours; none when they are too many for a workbook, or a cell longer than the csv module takes."""
    if content.count(b"\n") > MOST_ROWS + 1:
        return []
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except csv.Error:
        return []


def _sheet(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    width = max(map(len, rows), default=1)
    last = f"{_column(width)}{max(len(rows), 1)}"
    yield (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
    )
    for column in range(width):
        yield f'<col min="{column + 1}" max="{column + 1}" width="{_width(rows, column)}" customWidth="1"/>'
    yield "</cols><sheetData>"
    letters = [_column(column + 1) for column in range(width)]
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{letter}{number}" s="{1 if number > 1 else 2}" t="inlineStr"><is><t xml:space="preserve">'
            f"{_text(cell)}</t></is></c>"
            for letter, cell in zip(letters, row, strict=False)
            if cell
        )
        yield f'<row r="{number}">{cells}</row>'
    # The little green triangles of "number stored as text" are meant here.
    yield (
        f'</sheetData><autoFilter ref="A1:{last}"/>'
        f'<ignoredErrors><ignoredError sqref="A1:{last}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _defused(cell: str) -> str:
    return cell if _HARMLESS.fullmatch(cell) else defuse(cell)


def _text(cell: str) -> str:
    return escape(_defused(_FOREIGN.sub("", cell))[:_CELL], quote=False)


def _width(rows: Sequence[Sequence[str]], column: int) -> int:
    """Wide enough for what the first rows hold, within reason."""
    return min(60, 2 + max((len(row[column]) for row in rows[:200] if column < len(row)), default=8))


def _column(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
