"""What the cells of an ES-003 say of an entry summary: type, dates, statuses, read into `Facts`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import days
from bot.core.eligibility import Duty, Facts, Standing
from bot.core.masking import mask
from bot.core.sheets.columns import title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

# The columns that hold for a whole entry summary, though they stand in each of its rows, and decide about it.
OF_ENTRY = (
    "type", "entered", "liquidated", "scheduled", "status", "recon", "recon-filed", "control", "summary",
    "protest-number", "protest", "drawback", "cape", "reason",
)  # fmt: skip
DATES = ("entered", "liquidated", "scheduled")
_STRICT = ("type", "entered", "liquidated", "status")  # in which its rows must not contradict each other
_NO = frozenset({"", "n", "no", "0", "00", "000", "none", "false", "n/a", "na", "-", "not flagged", "no recon", "null"})
_YES = frozenset({"y", "p", "yes", "true", "1"})
_TRIM = " '=\"\u00a0\ufeff\u200b\t"
_HELD = re.compile(r"suspen|extend|extension|review")
_OPEN = re.compile(r"\bnot\b|\bun-?liq|pending|schedul|\bopen\b|\bnon\b")
_STATUS_CODES = {
    "l": Standing.LIQUIDATED, "u": Standing.OPEN, "n": Standing.OPEN, "s": Standing.HELD, "e": Standing.HELD,
}  # fmt: skip
_TYPE = re.compile(r"(\d{1,2})(?:\.0+)?(?!\d)")
_CAPE_REASON = re.compile(r"0*36(?:\.0+)?(?!\d)|.*\bcape\b", re.IGNORECASE)
_OPEN_PROTEST = re.compile(
    r"open|suspend|pending|filed|received|accepted|review|afr|in process|active|submitted|assigned"
)
_CREDIT = re.compile(r"\D*[-(−–]|.*\d\s*-\s*\Z|.*\bcr\b")  # an amount below zero
_DENIED = re.compile(r"den(?:y|ied)")
_FURTHER = re.compile(r"afr|further review")


class FactReader:
    """Cells -> Facts. `at` is key -> place among the cells of an entry; equal cells are read once."""

    def __init__(self, at: Mapping[str, int], today: date, *, day_first: bool) -> None:
        self._at = at
        self._today = today
        self._day_first = day_first
        self._days: dict[str, date | None] = {}
        self._known: dict[tuple[str, ...], Facts] = {}

    def facts(self, cells: tuple[str, ...]) -> Facts:
        """What the cells say; duty and corrections are not theirs to say."""
        known = self._known.get(cells)
        if known is None:
            known = self._known[cells] = self._read(cells)
        return known

    def _read(self, cells: tuple[str, ...]) -> Facts:
        def cell(key: str) -> str:
            return cells[self._at[key]].strip(_TRIM) if key in self._at else ""

        contrary: list[str] = []
        entered, liquidated = self._day(cell, "entered", contrary), self._day(cell, "liquidated", contrary)
        status = cell("status")
        standing = standing_of(status)
        if "liquidated" in self._at and "status" not in self._at and liquidated is None and not contrary:
            standing = Standing.OPEN  # the date stays blank until it liquidates
        contrary += self._disagreements(entered, liquidated, standing, cell)
        missing = tuple(self._missing(standing))
        if liquidated is None and standing is not Standing.LIQUIDATED:
            liquidated = self._day(cell, "scheduled", contrary)
        return Facts(
            type=type_of(cell("type")),
            entered=entered,
            liquidated=liquidated,
            standing=standing,
            status=mask(status),
            duty=Duty.UNKNOWN,
            accepted="cape-liquidation-markers" if _is_claimed(cell("cape"), cell("reason")) else "",
            recon=recon_of(cell("recon"), cell("recon-filed")),
            blocked=tuple(_blocked(cell)),
            missing=missing,
            contrary=contrary[0] if contrary else "",
        )

    def _day(self, cell: Callable[[str], str], key: str, contrary: list[str]) -> date | None:
        text = cell(key)
        if days.is_blank(text):
            return None
        if text not in self._days:
            self._days[text] = days.parse(text, day_first=self._day_first)
        if self._days[text] is None:
            contrary.append(f"I cannot read its {title(key)}: look it up.")
        return self._days[text]

    def _disagreements(
        self, entered: date | None, liquidated: date | None, standing: Standing, cell: Callable[[str], str]
    ) -> Iterator[str]:
        if entered and liquidated and liquidated < entered:
            yield "It is liquidated before it was entered: look up the dates."
        if liquidated and liquidated <= self._today and standing in (Standing.OPEN, Standing.HELD):
            yield "Its status says not liquidated and its date is past: look both up."
        if not _is_no(cell("protest-number")) and not cell("protest"):
            yield "It has a protest number and no protest status: look it up."
        if not _is_no(cell("cape")) and cell("cape").lower() not in _YES:
            yield f"I do not know what its {title('cape')} means: look it up."

    def _missing(self, standing: Standing) -> Iterator[str]:
        if "type" not in self._at:
            yield title("type")
        if "liquidated" not in self._at and standing in (Standing.UNKNOWN, Standing.LIQUIDATED):
            yield title("liquidated")
            if "status" not in self._at:
                yield title("status")


def merged(key: str, old: str, new: str) -> tuple[str, bool]:
    """Two cells of one entry's rows: the one that counts, and whether they contradict each other."""
    if not new.strip(_TRIM) or new.strip(_TRIM).casefold() == old.strip(_TRIM).casefold():
        return old, False
    if not old.strip(_TRIM):
        return new, False
    if key == "type" and type_of(old) == type_of(new):
        return old, False
    if key in DATES and days.parse(old) == days.parse(new):
        return old, False
    if key in _STRICT:
        return old, True
    return (new if _is_no(old) else old), False


def standing_of(status: str) -> Standing:
    """How far liquidation has come, by the words or the letter of a status."""
    text = status.strip(_TRIM).lower()
    if text in _STATUS_CODES:
        return _STATUS_CODES[text]
    if _HELD.search(text):
        return Standing.HELD
    if _OPEN.search(text):
        return Standing.OPEN
    return Standing.LIQUIDATED if "liq" in text or "final" in text else Standing.UNKNOWN


def type_of(text: str) -> str:
    """An entry type as two digits: `1`, `01 - Consumption` and `1.0` are 01; empty when there is none."""
    found = _TYPE.match(text.strip(_TRIM))
    return found[1].zfill(2) if found else ""


def recon_of(flag: str, filed: str) -> str:
    """Whether an entry is flagged for reconciliation, and whether the type 09 is on file: no, flagged, filed."""
    lowered = flag.lower()
    if not _is_no(filed) or "filed" in lowered.replace("not filed", "") or lowered in ("09", "9"):
        return "filed"
    return "no" if _is_no(flag) else "flagged"


def is_positive(amount: str) -> bool | None:
    """Whether an amount is above zero, in whatever way it is written; None for a blank and for what is none, False for FREE."""
    bare = amount.strip(_TRIM + "$€ ").lower()
    digits = [int(one) for one in bare if one.isdecimal()]
    if bare and not digits:
        return False if bare in _NO or "free" in bare else None
    return any(digits) and not _CREDIT.match(bare) if digits else None


def _is_no(text: str) -> bool:
    return text.strip(_TRIM).lower() in _NO


def _is_claimed(indicator: str, reason: str) -> bool:
    return indicator.lower() in _YES or _CAPE_REASON.match(reason) is not None


def _blocked(cell: Callable[[str], str]) -> Iterator[str]:
    """The known errors in whose way a status stands."""
    summary, control, protest, status = (cell(key).lower() for key in ("summary", "control", "protest", "status"))
    if "cancel" in summary or "reject" in summary:
        yield "entry-summary-cancelled-or-rejected"
    if re.search(r"\btrade\b|filer|broker|\bt\b", control) and not re.search(r"cbp|customs", control):
        yield "trade-control"
    if (_OPEN_PROTEST.search(protest) and not _DENIED.search(protest)) or (
        _DENIED.search(protest) and _FURTHER.search(protest)
    ):
        yield "protest-on-entry"
    if not _is_no(cell("drawback")):
        yield "entry-on-drawback"
    if "injunct" in status:
        yield "court-injunction"
    if "suspension" in status and re.search(r"pending|not liq|unliq", status):
        yield "pending-liquidation-with-suspension"
