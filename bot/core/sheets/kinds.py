"""Which of our tables it is, told by its header: names as letters and digits, in lower case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.model import Table

HEADER_WITHIN = 30  # rows of prompts and titles that a report has above its header at the most
_ENTRY = {"entrynumber", "entrysummarynumber", "entryno", "entry"}
_TARIFF = {"tariffordinalnumber", "htsnumberfull", "htsnumber", "htscode", "linetariffdutyamount"}
_LINE = {"entrysummarylinenumber", "linenumber", "linetariffgoodsvalueamount", "linetariffdutyamount", "dutyamount",
         "tariffordinalnumber", "htsnumberfull"}  # fmt: skip
_ERROR = {"error", "errors", "errormessage", "errordescription", "validationmessage", "validationerror",
          "validationresult"}  # fmt: skip
# A kind, how the reply names it, and sets of names: the header row has one of each. The first that fits decides.
_KINDS: tuple[tuple[str, str, tuple[set[str], ...]], ...] = (
    ("claim-details", "a Claim Details file", (_ENTRY, {"claimnumber"}, {"status"}, {"errordescription"})),
    ("es-003", "an ES-003 export", (_ENTRY, _TARIFF, _LINE)),
    ("validation-result", "a Validation Result file", (_ENTRY, _ERROR)),
)


def named(table: Table) -> tuple[str, str]:
    """The kind and how to name it in a sentence; two empty strings when it is none of these."""
    for row in table.rows[:HEADER_WITHIN]:
        names = {plain(cell) for cell in row.cells}
        for kind, title, needed in _KINDS:
            if all(names & group for group in needed):
                return kind, title
    return "", ""


def plain(cell: str) -> str:
    """A column's name without what varies: `ENTRY_NUMBER`, `Entry Number ` and `entry number` are one."""
    return "".join(filter(str.isalnum, cell.lower()))
