"""Which of our tables it is: told by its header, or, where a Claim Details file has lost its own, by what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.sheets import columns
from bot.core.sheets.layout import looks_like_entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Row, Table

HEADER_WITHIN = 40  # rows of prompts and titles that a report has above its header at the most
_CLAIM_KEYS = ("entry", "claim", "claim-status", "error", "importer", "type")
_ES_KEYS = (
    "entry", "type", "importer", "importer-name", "entered", "liquidated", "scheduled", "status", "recon", "recon-filed",
    "control", "summary", "protest-number", "protest", "drawback", "cape", "reason", "line", "spi", "ordinal", "hts",
    "goods", "duty",
)  # fmt: skip
_OF_AN_EXPORT = ("entered", "type", "importer", "goods", "duty", "line", "recon", "control", "liquidated", "status")
_ENOUGH = 3  # columns of an export that make a list one even without its tariff numbers
_STATUS = re.compile(r"\W*(?:accepted\W+)?(?:entry summary updated|failed)\W*", re.IGNORECASE)
_MOST_ARE = 0.6  # of the rows that must look alike where no header names the columns
_FEW = 2  # rows that are enough to tell


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is the contract's word. `places` is key -> column (see `columns.NAMES`); `header` None where there is none."""

    name: str
    header: Row | None = None
    places: Mapping[str, int] = field(default_factory=dict)


def told(head: Table) -> Kind | None:
    """The kind of the table whose first rows these are; None when it is a Declaration or no table of ours."""
    for row in head.rows[:HEADER_WITHIN]:
        claim = columns.found(row.cells, _CLAIM_KEYS)
        if "entry" not in claim:
            continue
        if "claim-status" in claim and ("error" in claim or "claim" in claim):
            return Kind("claim-details", row, claim)
        export = columns.found(row.cells, _ES_KEYS)
        if "hts" in export or _is_an_export(export):
            return Kind("es-003", row, export)
        if "error" in claim:
            return Kind("validation-result", row, claim)
    return _by_content(head)


def _is_an_export(places: Mapping[str, int]) -> bool:
    dated = "liquidated" in places or "status" in places
    return dated and sum(key in places for key in _OF_AN_EXPORT) >= _ENOUGH


def _by_content(head: Table) -> Kind | None:
    """Claim Details without a header: an entry number and one of ACE's two statuses in most rows."""
    rows = [row for row in head.rows if any(cell.strip() for cell in row.cells)]
    if len(rows) < _FEW:
        return None
    width = max(len(row.cells) for row in rows)
    cells = [[row.cells[at] if at < len(row.cells) else "" for row in rows] for at in range(width)]
    least = _MOST_ARE * len(rows)
    entry = next((at for at in range(width) if sum(map(looks_like_entry, cells[at])) >= least), None)
    status = next(
        (at for at in range(width) if sum(bool(_STATUS.fullmatch(cell)) for cell in cells[at]) >= least), None
    )
    if entry is None or status is None:
        return None
    places = {"entry": entry, "claim-status": status}
    worded = [at for at in range(status + 1, width) if any(" " in cell.strip() for cell in cells[at])]
    return Kind("claim-details", None, places | ({"error": worded[0]} if worded else {}))
