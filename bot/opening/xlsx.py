"""XLSX and XLSM: the cells of each worksheet, in one pass that keeps value and formula together.

Not through openpyxl: it gives either a formula or its value, so that a formula without a value can only be found in a second
pass; it refuses whole workbooks for a colour or a property that it does not like; and it pads rows to the sheet's stated size.
Macros, charts, pictures and links to other workbooks are parts that nobody asks for here.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.opening import sentences, values
from bot.opening.limits import Limits, Refused
from bot.opening.package import Package, local
from bot.opening.written import LAST_COLUMN, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree import ElementTree as ET

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # a character that XML cannot hold, or an underscore that means itself
_FRACTION = re.compile("[.eE]")
_SURROGATES = range(0xD800, 0xE000)
_BUILT_IN = {  # the formats that a workbook need not spell out, as far as they matter: dates and times
    **dict.fromkeys((*range(14, 18), *range(27, 32), 34, *range(35, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), "h:mm:ss"),
    22: "yyyy-mm-dd h:mm",
    46: "[h]:mm:ss",
}


def workbook_part(package: Package) -> str | None:
    """The name of the part that is the workbook; None where the package is something else, such as a document.

    Raises Refused where it would unpack to too much.
    """
    package.guard()
    if "_rels/.rels" not in package:
        return None
    part = next((target for kind, target in _relations(package, "").values() if kind == "officeDocument"), None)
    if part is None or part not in package or part.lower().endswith(".bin"):
        return None
    return part if local(package.root(part).tag) == "workbook" else None


def read(package: Package, part: str, tables: Tables, limits: Limits) -> None:
    """Every worksheet's rows, hidden ones too, in the workbook's order."""
    book = package.root(part)
    relations = _relations(package, part)
    by_kind = {kind: target for kind, target in relations.values() if target in package}
    texts = _texts(package, by_kind["sharedStrings"], limits) if "sharedStrings" in by_kind else []
    shapes = _shapes(package.root(by_kind["styles"])) if "styles" in by_kind else []
    since_1904 = any(
        one.get("date1904") in {"1", "true", "on"} for one in book.iter() if local(one.tag) == "workbookPr"
    )
    for sheet in (one for one in book.iter() if local(one.tag) == "sheet"):
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        kind, target = relations.get(key, ("", ""))
        if kind == "worksheet" and target in package:
            _Sheet(tables, texts, shapes, limits, since_1904=since_1904).read(package.pieces(target, 2))
            tables.end(sheet.get("name", ""))


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Id -> (last word of the kind, name of the part) of what a part points to inside the package."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    if listed not in package:
        return {}
    return {
        one.get("Id", ""): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in package.root(listed)
        if one.get("TargetMode") != "External"
    }


def _texts(package: Package, part: str, limits: Limits) -> list[str]:
    """The texts that cells share."""
    texts: list[str] = []
    total = 0
    for element in package.pieces(part, 1):
        if element.tag.endswith("si"):
            texts.append(_text(element))
            total += len(texts[-1])
            if total > limits.texts:
                raise Refused(sentences.TOO_LARGE)
    return texts


def _text(element: ET.Element) -> str:
    """The words of a shared or inline text: its runs, without the pronunciation that East Asian programs add."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return _unescaped(element[0].text or "")
    pieces = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += (piece.text or "" for piece in child if local(piece.tag) == "t")
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code in _SURROGATES else chr(code)


def _shapes(styles: ET.Element) -> list[values.Shape]:
    """What each cell style does to a number."""
    codes = dict(_BUILT_IN)
    listed: list[values.Shape] = []
    for group in styles:
        if local(group.tag) == "numFmts":
            codes |= {int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in group}
        elif local(group.tag) == "cellXfs":
            listed = [values.shape(codes.get(int(one.get("numFmtId", 0)), "")) for one in group]
    return listed


class _Sheet:
    """One worksheet, read from its elements."""

    def __init__(
        self, tables: Tables, texts: list[str], shapes: list[values.Shape], limits: Limits, *, since_1904: bool
    ) -> None:
        self._tables, self._texts, self._shapes, self._limits = tables, texts, shapes, limits
        self._since_1904 = since_1904
        self._columns: dict[str, int] = {}  # letters -> number: there are few, and each comes a million times
        self._row = 0

    def read(self, elements: Iterator[ET.Element]) -> None:
        """Hand on each row; what is not a row of cells (widths, filters, drawings) passes by."""
        for element in elements:
            if element.tag.endswith("row") and local(element.tag) == "row":
                self._row = _numbered(element.get("r"), self._row)
                self._tables.row(self._row, self._cells(element))

    def _cells(self, row: ET.Element) -> list[str]:
        space = row.tag[:-3]
        tag, value_tag = space + "c", space + "v"
        cells: list[str] = []
        column = 0
        for cell in row:
            if cell.tag != tag:
                continue
            place = cell.get("r")
            column = self._column(place) if place else column + 1
            value = cell.findtext(value_tag)
            if not value:
                text = self._without_value(cell, space, value)
                if not text:
                    continue
            else:
                text = self._shown(cell, value)
            if column > self._limits.columns:
                self._tables.note(
                    self._row, text, "extra-columns", sentences.FAR_RIGHT.format(most=self._limits.columns)
                )
                continue
            missing = column - len(cells)
            if missing == 1:
                cells.append(text)
            elif missing > 1:
                cells += [""] * (missing - 1)
                cells.append(text)
            else:  # a place that comes twice, or out of order
                cells[column - 1] = text
        return cells

    def _column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            known = self._columns[letters] = _column_number(letters)
        return known

    def _without_value(self, cell: ET.Element, space: str, value: str | None) -> str:
        """An inline text; else nothing, and a formula that was never computed is told of."""
        if cell.get("t") == "inlineStr":
            inline = cell.find(space + "is")
            return _text(inline) if inline is not None else ""
        formula = cell.find(space + "f")
        computed = value is not None and cell.get("t") == "str"  # to an empty text
        if formula is not None and not computed:
            self._tables.note(self._row, f"={formula.text or ''}", "bad-format", sentences.NO_VALUE)
        return ""

    def _shown(self, cell: ET.Element, value: str) -> str:
        kind = cell.get("t", "n")
        if kind == "s":
            return self._texts[int(value)]
        if kind == "n":
            style = cell.get("s")
            how = self._shapes[int(style)] if style and int(style) < len(self._shapes) else values.PLAIN
            return stored(value, how, since_1904=self._since_1904)
        if kind == "b":
            return values.truth(value=value.strip() not in {"0", "false"})
        if kind == "d":
            return values.iso(value)
        return _unescaped(value)  # the text that a formula gave, or an error such as #N/A


def stored(value: str, how: values.Shape, *, since_1904: bool = False) -> str:
    """A number as XML holds it, in its format; what is no number is given as it stands."""
    if how is values.PLAIN and value.isdecimal() and value.isascii() and value[0] != "0":
        return value
    return _formatted(value, how, since_1904=since_1904)


@lru_cache(maxsize=50_000)  # dates and amounts repeat: a report of a year has 365 days
def _formatted(value: str, how: values.Shape, *, since_1904: bool) -> str:
    try:
        return values.number(float(value) if _FRACTION.search(value) else int(value), how, since_1904=since_1904)
    except (ValueError, OverflowError):
        return value


def _numbered(stated: str | None, before: int) -> int:
    """A row's number: as stated, else the next."""
    if stated is None:
        return before + 1
    return int(stated) if stated.isdecimal() else int(float(stated))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise Refused(sentences.DAMAGED)
        number = number * 26 + ord(letter) - 64
        if number > LAST_COLUMN:
            raise Refused(sentences.DAMAGED)
    if not number:
        raise Refused(sentences.DAMAGED)
    return number
