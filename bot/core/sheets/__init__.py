"""Table files: bytes -> rows, and rows -> findings.

A new file format is one reader in READERS; a new kind of table is one entry in `kinds` and a module that judges it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.model import Attachment, Sheet, Table
from bot.core.sheets import declaration, delimited, foreign, kinds
from bot.core.sheets.layout import layout

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 200_000_000  # the contract's limit for a file
# Each looks at the bytes: a table, a sentence why it cannot be read, or None: not its format.
READERS: tuple[Callable[[bytes], Table | str | None], ...] = (foreign.read, delimited.read)


def read(attachment: Attachment, filer_codes: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()) -> Sheet:
    """Take a file as it came; give what was found in it. Never raises: a file that cannot be read says why.

    `filer_codes` are the brokerage's own; `confirmed` are `VALUE` or `VALUE=PROPOSAL` that a person vouches for.
    """
    if why := _unusable(attachment):
        return _refused(attachment, why)
    for reader in READERS:
        kind, title = _kind(attachment.content) if reader is delimited.read else ("", "")
        if kind:  # before all of it is read: an ES-003 may have a million rows
            return _refused(attachment, _NOT_YET.format(title=title), kind)
        table = reader(attachment.content)
        if isinstance(table, str):
            return _refused(attachment, table)
        if table is not None:
            return _judged(attachment, table, filer_codes, confirmed)
    return _refused(attachment, "I cannot tell what this file is. Paste the message as text, or attach a CSV.")


def _unusable(file: Attachment) -> str:
    """Why there is nothing to look at, with what to do, or empty."""
    if file.problem:
        return file.problem
    if not file.content:
        return "The file is empty (0 bytes). Attach it again."
    if len(file.content) > MAX_BYTES:
        return "This file is larger than 200 MB. Split it, or export fewer rows."
    if not file.content.strip():
        return "The file holds nothing but blank lines. Attach the one that has the entry numbers."
    return ""


_NOT_YET = (
    "This is {title}. I cannot work through it row by row yet. Paste the error texts with their entry numbers,"
    " or attach the CAPE Declaration CSV."
)


def _kind(content: bytes) -> tuple[str, str]:
    head = delimited.head(content, kinds.HEADER_WITHIN)
    return kinds.named(head) if head is not None else ("", "")


def _judged(file: Attachment, table: Table, filer_codes: tuple[str, ...], confirmed: tuple[str, ...]) -> Sheet:
    where = layout(table)
    if where is None:
        return _refused(
            file,
            "I do not know this kind of table. I read CAPE Declaration CSVs (one column, header Entry Number);"
            " paste what ACE says as text.",
        )
    if why := declaration.unusable(table, where):
        return _refused(file, why, "declaration")
    return declaration.judge(file, table, where, filer_codes, confirmed)


def _refused(file: Attachment, why: str, kind: str = "other") -> Sheet:
    return Sheet(name=file.name, kind=kind, path_in=file.path_in, refused=why)
