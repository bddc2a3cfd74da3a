"""Table files: bytes -> rows, and rows -> findings.

A new file format is one reader in READERS; a new kind of table is one entry in JUDGES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.model import Attachment, Sheet, Table
from bot.core.sheets import declaration, delimited, foreign

if TYPE_CHECKING:
    from collections.abc import Callable

# Each looks at the bytes: a table, a sentence why it cannot be read, or None: not its format.
READERS: tuple[Callable[[bytes], Table | str | None], ...] = (foreign.read, delimited.read)

# Tables of ours that are told by their header and not read row by row yet.
_NAMED = (
    ("claim-details", {"entrynumber", "claimnumber", "status", "errordescription"}, "a Claim Details file"),
    ("es-003", {"entrysummarynumber", "tariffordinalnumber"}, "an ES-003 export"),
    ("es-003", {"entrysummarynumber", "htsnumberfull"}, "an ES-003 export"),
)
_HEADER_WITHIN = 30  # rows of prompts and titles that a report has above its header at the most


def read(file: Attachment, filer_codes: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()) -> Sheet:
    """Take a file as it came; give what was found in it. Never raises: a file that cannot be read says why."""
    if file.problem:
        return _refused(file, file.problem)
    if not file.content:
        return _refused(file, "The file is empty (0 bytes). Attach it again.")
    for reader in READERS:
        table = reader(file.content)
        if isinstance(table, str):
            return _refused(file, table)
        if table is not None:
            return _judged(file, table, filer_codes, confirmed)
    return _refused(file, "I cannot tell what this file is. Paste the message as text, or attach a CSV.")


def _judged(file: Attachment, table: Table, filer_codes: tuple[str, ...], confirmed: tuple[str, ...]) -> Sheet:
    kind, title = _named(table)
    if kind:
        sentence = (
            f"This is {title}. I cannot work through it row by row yet. Paste the error texts with their entry numbers,"
            " or attach the CAPE Declaration CSV."
        )
        return _refused(file, sentence, kind)
    if declaration.is_declaration(table):
        return declaration.judge(file, table, filer_codes, confirmed)
    return _refused(
        file,
        "I do not know this kind of table. I read CAPE Declaration CSVs (one column, header Entry Number);"
        " paste what ACE says as text.",
    )


def _named(table: Table) -> tuple[str, str]:
    for row in table.rows[:_HEADER_WITHIN]:
        names = {"".join(filter(str.isalnum, cell.lower())) for cell in row.cells}
        for kind, needed, title in _NAMED:
            if needed <= names:
                return kind, title
    return "", ""


def _refused(file: Attachment, why: str, kind: str = "other") -> Sheet:
    return Sheet(name=file.name, kind=kind, path_in=file.path_in, refused=why)
