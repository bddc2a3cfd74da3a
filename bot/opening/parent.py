"""The parent's side: which form a file has, and what the child answered, as values of the core."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.model import Attachment, Fault
from bot.core.sheets.grid import Grid
from bot.opening import process, sentences

if TYPE_CHECKING:
    from bot.core.sheets.grid import Inside
    from bot.opening.limits import Limits
    from bot.opening.spool import Spool

_SIGNS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),  # one without a file in it
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x09\x08\x10\0\0\x06", "xls"),  # records without the container around them, of Excel 97, 95, 4, 3 and 2
    (b"\x09\x08\x08\0\0\x05", "xls"),
    (b"\x09\x04\x06\0", "xls"),
    (b"\x09\x02\x06\0", "xls"),
    (b"\x09\0\x04\0", "xls"),
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s|!--|\?xml\s|(?:html|head|body|meta|title|style|table|div|center|font|form|p|br|b"
    rb"|h\d|workbook|ss:workbook)[\s/>])",
    re.IGNORECASE,
)
_HEAD = 1_024  # bytes in which mark-up begins


def opened(attachment: Attachment, limits: Limits) -> Inside:
    """See `bot.opening.open_file`."""
    form = _form(attachment.content)
    if form is None:
        return None
    around = _path(attachment)
    archives = attachment.path_in.count("/") + bool(attachment.path_in) < limits.depth
    if form == "gzip" and not archives:
        return sentences.ZIP_TOO_DEEP.format(most=limits.depth)
    order = {"form": form, "name": attachment.name, "archives": archives}
    answer, spool = process.opened(attachment.content, order, limits)
    if "tables" in answer:
        return _grids(answer["tables"], spool)
    try:
        if "files" in answer:
            return tuple(
                Attachment(one["name"], spool.part(one["start"], one["end"]), path_in=around) for one in answer["files"]
            )
        return answer.get("why")
    finally:
        spool.close()


def _form(content: bytes) -> str | None:
    for sign, form in _SIGNS:
        if content.startswith(sign):
            return form
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16: enough to see a tag
        head = head[2:].replace(b"\0", b"")
    return "markup" if _MARKUP.match(head) else None


def _path(attachment: Attachment) -> str:
    name = attachment.name.replace("/", "-")  # a path is counted by its strokes
    return f"{attachment.path_in}/{name}" if attachment.path_in else name


def _grids(tables: list[dict[str, Any]], spool: Spool) -> tuple[Grid, ...]:
    """A worksheet's name is told where there are several."""
    return tuple(
        Grid(
            partial(spool.rows, table["start"], table["end"]),
            title=table["title"] if len(tables) > 1 else "",
            foreign=True,
            notes=tuple(Fault(row, value, reason, note=note) for row, value, reason, note in table["notes"]),
        )
        for table in tables
    )
