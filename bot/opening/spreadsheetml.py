"""SpreadsheetML 2003, "XML Spreadsheet", which programs save under the name .xls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.opening import sentences, values
from bot.opening.package import local, parsed, refuse_entities
from bot.opening.written import LAST_COLUMN, LAST_ROW, Tables
from bot.opening.xlsx import stored

if TYPE_CHECKING:
    from typing import BinaryIO
    from xml.etree import ElementTree as ET

    from bot.opening.limits import Limits

_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
SIGN = "urn:schemas-microsoft-com:office:spreadsheet"  # in the first bytes of a file of this kind


def read(file: BinaryIO, tables: Tables, limits: Limits) -> None:
    """Every worksheet's rows. Raises Refused where entities are declared."""
    refuse_entities(file)
    file.seek(0)
    reader = _Reader(tables, limits)
    sheet: ET.Element | None = None
    for event, element in parsed(file):
        name = local(element.tag)
        if event == "start":
            if name == "Worksheet":
                sheet = element
                reader.begin()
            elif name == "Table":
                reader.table = element
        elif name == "Style":
            reader.style(element)
        elif name == "Column":
            reader.column(element)
        elif name == "Row":
            reader.row(element)
        elif name == "Worksheet" and sheet is not None:
            tables.end(_get(sheet, "Name"))
            element.clear()


class _Reader:
    """Rows of one worksheet after the other; styles are shared by all."""

    def __init__(self, tables: Tables, limits: Limits) -> None:
        self._tables, self._limits = tables, limits
        self._shapes: dict[str, values.Shape] = {}
        self.table: ET.Element | None = None
        self.begin()

    def begin(self) -> None:
        """A new worksheet."""
        self._row = self._column = 0
        self._styles: dict[int, str] = {}

    def style(self, element: ET.Element) -> None:
        """Note what a style does to a number."""
        form = element.find(f"{_SPACE}NumberFormat")
        if form is not None:
            self._shapes[_get(element, "ID")] = values.shape(_get(form, "Format"))

    def column(self, element: ET.Element) -> None:
        """Note the style of a column, or of several alike."""
        self._column = _whole(element, "Index", self._column + 1)
        last = min(self._column + _whole(element, "Span", 0), LAST_COLUMN)
        self._styles |= dict.fromkeys(range(self._column, last + 1), _get(element, "StyleID"))
        self._column = last

    def row(self, element: ET.Element) -> None:
        """Hand on a row."""
        self._row = _whole(element, "Index", self._row + 1)
        self._tables.row(self._row, self._cells(element))
        self._row = min(self._row + _whole(element, "Span", 0), LAST_ROW)
        element.clear()
        if self.table is not None:
            self.table.clear()  # else each row leaves its empty element behind

    def _cells(self, row: ET.Element) -> list[str]:
        cells: list[str] = []
        column = 0
        for cell in row.iterfind(f"{_SPACE}Cell"):
            column = _whole(cell, "Index", column + 1)
            text = self._shown(cell, _get(cell, "StyleID") or _get(row, "StyleID") or self._styles.get(column, ""))
            if text and column > self._limits.columns:
                self._tables.note(
                    self._row, text, "extra-columns", sentences.FAR_RIGHT.format(most=self._limits.columns)
                )
            elif text:
                cells += [""] * (column - len(cells))
                cells[column - 1] = text
            column += _whole(cell, "MergeAcross", 0)
        return cells

    def _shown(self, cell: ET.Element, style: str) -> str:
        data = cell.find(f"{_SPACE}Data")
        text = "".join(data.itertext()) if data is not None else ""
        kind = _get(data, "Type") if data is not None else ""
        formula = _get(cell, "Formula")
        if formula and not text and kind != "String":
            self._tables.note(self._row, formula, "bad-format", sentences.NO_VALUE)
        if kind == "Number":
            return stored(text, self._shapes.get(style, values.PLAIN))
        if kind == "DateTime":
            return values.iso(text)
        return values.truth(value=text != "0") if kind == "Boolean" and text else text


def _get(element: ET.Element, name: str) -> str:
    return element.get(_SPACE + name, "") or element.get(name, "")


def _whole(element: ET.Element, name: str, otherwise: int) -> int:
    text = _get(element, name)
    return int(text) if text.isdecimal() and text.isascii() and int(text) <= LAST_ROW else otherwise
