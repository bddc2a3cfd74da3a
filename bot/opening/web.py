"""HTML tables, which programs save under the name .xls: rows and cells as they stand, merged ones taken apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from bot.opening import sentences, values
from bot.opening.limits import Refused
from bot.opening.xlsx import stored

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from bot.opening.limits import Limits
    from bot.opening.written import Tables

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SCIENTIFIC = re.compile(r"[-+]?\d(?:[.,]\d+)?E[-+]?\d+", re.IGNORECASE)
_HEAD = 4_096  # bytes in which the character set is named
_UNSEEN = "script, style"
# Everything but a table's own tags is taken out before a tree is made: a tree costs the square of its depth.
_TAG = re.compile(
    r"</?(?!(?:table|caption|thead|tbody|tfoot|tr|td|th|script|style)[\s/>])([a-zA-Z][^\s/<>]*+)[^<>]*+>", re.IGNORECASE
)
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "hr"}  # words on either side are two
_TABLE = re.compile(r"<(/?)table[\s>]", re.IGNORECASE)
_DEEP = 50  # tables in tables; pages laid out with them reach ten


def decoded(content: bytes) -> str:
    """The text of a web page: by its mark, by the character set that it names, else UTF-8 or Windows-1252."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    named = _CHARSET.search(content[:_HEAD])
    stated = named[1].decode("ascii").lower() if named else "utf-8"
    for encoding in (stated if not stated.startswith("utf-16") else "utf-8", "utf-8"):  # UTF-16 would have its mark
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")


def read(text: str, tables: Tables, limits: Limits) -> None:
    """The rows of every table. A table within a table is one of its own. Raises Refused."""
    _guard(text)
    tree = LexborHTMLParser(_TAG.sub(_kept, text))
    for node in tree.css(_UNSEEN):
        node.decompose()
    found = tree.css("table")
    own: dict[int, list[LexborNode]] = {node.mem_id: [] for node in found}
    for row in tree.css("tr"):
        table = _table_of(row)
        if table is not None and table.mem_id in own:
            own[table.mem_id].append(row)
    for number, node in enumerate(found, 1):
        _rows(own[node.mem_id], tables, limits)
        tables.end(f"table {number}")


def _guard(text: str) -> None:
    depth = 0
    for tag in _TABLE.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEEP:
            raise Refused(sentences.BOMB)


def _kept(tag: re.Match[str]) -> str:
    return " " if tag[1].lower() in _BREAKS else ""


def _table_of(node: LexborNode) -> LexborNode | None:
    above = node.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above


def _rows(rows: list[LexborNode], tables: Tables, limits: Limits) -> None:
    hanging: dict[int, int] = {}  # column -> rows below that a merged cell still covers
    for number, row in enumerate(rows, 1):
        cells: list[str] = []
        covered = {column for column, left in hanging.items() if left}
        hanging = {column: left - 1 for column, left in hanging.items() if left > 1}
        for cell in row.iter(include_text=False):
            if cell.tag not in {"td", "th"}:
                continue
            while len(cells) in covered:
                cells.append("")
            wide, deep = _span(cell, "colspan"), _span(cell, "rowspan")
            if len(cells) + wide > limits.columns:
                far = sentences.FAR_RIGHT.format(most=limits.columns)
                tables.note(number, _shown(cell), "extra-columns", far)
                break
            if deep > 1:
                hanging |= dict.fromkeys(range(len(cells), len(cells) + wide), deep - 1)
            cells += [_shown(cell), *[""] * (wide - 1)]
        tables.row(number, cells)


def _span(cell: LexborNode, name: str) -> int:
    stated = cell.attributes.get(name) or ""
    return int(stated) if stated.isdecimal() and stated.isascii() and 0 < len(stated) < 6 and int(stated) else 1  # noqa: PLR2004 - digits


def _shown(cell: LexborNode) -> str:
    """The words of a cell, without those of a table in it. Excel keeps the whole number beside one that it shortened."""
    if cell.css_first("table") is not None:
        return ""
    text = _SPACES.sub(" ", cell.text(deep=True)).strip(" ")
    whole = cell.attributes.get("x:num")
    return stored(whole, values.PLAIN) if whole and _SCIENTIFIC.fullmatch(text) else text
