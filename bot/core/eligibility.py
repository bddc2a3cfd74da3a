"""What is known of an entry summary, and the days that count for it (cape-facts 6).

The windows are dated data (`RuleBook`). A day that is not known gives no deadline.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, timedelta

    from bot.core.rulebook import RuleBook

FTZ = "06"


class Standing(Enum):
    """How far liquidation has come, as a status says it; the date decides where there is one."""

    LIQUIDATED = "liquidated"
    OPEN = "not liquidated"
    HELD = "suspended, extended or under review"
    UNKNOWN = "unknown"


class Duty(Enum):
    """What the rows of an entry say of IEEPA duty."""

    DUE = "IEEPA duty was paid"
    FREE = "every IEEPA line shows no duty"
    EXEMPT = "only IEEPA headings that exempt"
    SECTION_122 = "only Section 122, which is no IEEPA duty"
    NONE = "no IEEPA line in this export"
    UNKNOWN = "not known"


class Facts(NamedTuple):
    """What is known of an entry summary. `liquidated` in the future is a scheduled date. `status` is the word for it.

    `accepted`: id that shows it is in a claim, or empty. `recon`: no, flagged, filed. `blocked` and `correct` are ids of
    known errors that stand in the way: a status that must change, or data that must be corrected. `refused` are ids with
    which a claim refused it and whose answer is neither of these. `missing` names the
    columns without which nothing can be said, `wanted` those without which the entry cannot be cleared for filing; `contrary` is a sentence about data that contradict each other.
    """

    type: str = ""
    entered: date | None = None
    liquidated: date | None = None
    standing: Standing = Standing.UNKNOWN
    status: str = ""
    duty: Duty = Duty.UNKNOWN
    accepted: str = ""
    recon: str = "no"
    blocked: tuple[str, ...] = ()
    correct: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    contrary: str = ""


class Verdict(NamedTuple):
    """What may be done: the contract's word for it, the last day, our own margin before it, ids, and one sentence."""

    outcome: str
    why: str
    reasons: tuple[str, ...] = ()
    deadline: date | None = None
    file_by: date | None = None


class Clock:
    """The days that count, as of `today`."""

    def __init__(self, rules: RuleBook, today: date) -> None:
        self.rules = rules
        self.today = today

    def window(self, name: str) -> timedelta:
        """A window of the day."""
        return self.rules.window(name, self.today)

    def since_liquidation(self, facts: Facts) -> int | None:
        """Days since liquidation; None when it is not liquidated, or the date is not known."""
        if facts.liquidated is None or facts.liquidated > self.today:
            return None
        return (self.today - facts.liquidated).days

    def protest_day(self, facts: Facts) -> date | None:
        """The last day for a protest; None when it is not liquidated."""
        return self._after_liquidation(facts, "protest")

    def cape_day(self, facts: Facts) -> date | None:
        """The last day for CAPE; None when it is not liquidated."""
        return self._after_liquidation(facts, "cape")

    def file_by(self, facts: Facts) -> date | None:
        """Our own margin before that."""
        return self._after_liquidation(facts, "cape-file-by")

    def psc_day(self, facts: Facts) -> date | None:
        """The last day for a PSC on an unliquidated entry; None when its entry date is not known."""
        if facts.entered is None:
            return None
        last = facts.entered + self.window("psc-after-entry")
        return min(last, facts.liquidated - self.window("psc-before-liquidation")) if facts.liquidated else last

    def _after_liquidation(self, facts: Facts, window: str) -> date | None:
        if facts.liquidated is None or self.since_liquidation(facts) is None:
            return None
        return facts.liquidated + self.window(window)
