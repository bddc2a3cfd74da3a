"""What may be done with one entry summary on a day: file now, correct first, protest, wait, or leave it (cape-facts 6).

The windows, entry types and checks are dated data (`RuleBook`); what a known error asks for is the catalogue's. A day
that is not known gives no deadline.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bot.core.words import day_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, timedelta

    from bot.core.rulebook import RuleBook

FTZ = "06"
WITHDRAWALS = ("31", "32", "34", "38")  # they liquidate in the normal course: money comes then
_RECON_TYPES = ("01", "02", "06")  # of which flagged entries are taken since Phase 2


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
    known errors that stand in the way: a status that must change, or data that must be corrected. `missing` names the
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


class Judge:
    """Judges entry summaries as of `today`. `step(id)` gives what a known error asks for, for an entry of a type."""

    def __init__(self, rules: RuleBook, today: date, step: Callable[[str, str], str]) -> None:
        self.rules = rules
        self.today = today
        self.step = step
        self._known: dict[Facts, Verdict] = {}

    def judge(self, facts: Facts) -> Verdict:
        """The verdict; equal facts are thought about once."""
        known = self._known.get(facts)
        if known is None:
            known = self._known[facts] = next(
                verdict for question in _QUESTIONS if (verdict := question(self, facts)) is not None
            )
        return known

    def window(self, name: str) -> timedelta:
        """A window of the day."""
        return self.rules.window(name, self.today)

    def since_liquidation(self, facts: Facts) -> int | None:
        """Days since liquidation; None when it is not liquidated, or the date is not known."""
        if facts.liquidated is None or facts.liquidated > self.today:
            return None
        return (self.today - facts.liquidated).days

    def protest_day(self, facts: Facts) -> date | None:
        """The last day for a protest."""
        return facts.liquidated + self.window("protest") if facts.liquidated else None

    def cape_day(self, facts: Facts) -> date | None:
        """The last day for CAPE; None when it is not liquidated."""
        if facts.liquidated is None or facts.liquidated > self.today:
            return None
        return facts.liquidated + self.window("cape")

    def past_cape(self, facts: Facts, reasons: tuple[str, ...]) -> Verdict | None:
        """The verdict for an entry that CAPE does not take any more by its liquidation; None when it still may."""
        days = self.since_liquidation(facts)
        if days is None or days <= self.window("cape").days:
            return None
        return self.protest_or_counsel(facts, days, reasons)

    def protest_or_counsel(self, facts: Facts, days: int, reasons: tuple[str, ...]) -> Verdict:
        """For a liquidated entry that CAPE cannot help."""
        ago = f"Liquidated {_day(facts.liquidated)}, {days} days ago"
        if days <= self.window("protest").days:
            last = self.protest_day(facts)
            why = f"{ago}: CAPE is closed for it, a protest (CBP Form 19) is open until {_day(last)}."
            return Verdict("protest", why, reasons, last)
        return Verdict("counsel", f"{ago}: past CAPE and past the protest. Ask counsel.", reasons)


def _contradicts(_judge: Judge, facts: Facts) -> Verdict | None:
    return Verdict("check", facts.contrary) if facts.contrary else None


def _accepted(_judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.accepted:
        return None
    return Verdict("accepted", "Already accepted in a claim. Do not file it again.", (facts.accepted,))


def _excluded(judge: Judge, facts: Facts) -> Verdict | None:
    rule = judge.rules.entry_type(facts.type, judge.today) if facts.type else None
    if rule is None or rule.cape != "no":
        return None
    return Verdict("excluded", f"Entry type {facts.type} cannot go through CAPE.", ("entry-type-not-allowed",))


_NO_REFUND = {
    Duty.FREE: ("no-ieepa-hts",),
    Duty.EXEMPT: ("no-ieepa-hts",),
    Duty.SECTION_122: ("section-122-code",),
    Duty.NONE: ("no-ieepa-hts", "ieepa-lines-after-acceptance"),
}


def _nothing_to_refund(_judge: Judge, facts: Facts) -> Verdict | None:
    reasons = _NO_REFUND.get(facts.duty)
    if reasons is None:
        return None
    why = f"{facts.duty.value[0].upper()}{facts.duty.value[1:]}: nothing to refund."
    if facts.duty is Duty.NONE:
        why = "No IEEPA line in this export. That is normal too for an entry already claimed: CBP takes the lines out."
    return Verdict("no-refund", why, reasons)


def _protested(judge: Judge, facts: Facts) -> Verdict | None:
    if "protest-on-entry" not in facts.blocked:
        return None
    days = judge.since_liquidation(facts)
    if days is not None and days <= judge.window("cape").days:
        why = (
            f"A protest is on it. If it is about IEEPA alone, withdraw it, then file by {_day(judge.cape_day(facts))};"
            " else wait for its end."
        )
        return Verdict("wait", why, ("protest-on-entry",), judge.cape_day(facts))
    return Verdict("wait", "A protest is on it. Do not withdraw it: it keeps the right.", ("protest-on-entry",))


def _too_late(judge: Judge, facts: Facts) -> Verdict | None:
    return judge.past_cape(facts, ("final-liquidation",))


def _undecidable(judge: Judge, facts: Facts) -> Verdict | None:
    if facts.missing:
        return _lacking((*facts.missing, *facts.wanted))
    if judge.rules.entry_type(facts.type, judge.today) is None:
        what = f"Entry type {facts.type} is" if facts.type else "The entry type is"
        return Verdict("check", f"{what} not one I have a rule for: look it up.", ("entry-type-not-allowed",))
    if facts.standing is Standing.LIQUIDATED and facts.liquidated is None:
        return Verdict("check", "It is liquidated and the date is blank: look up the Liquidation Date.")
    if facts.standing is Standing.UNKNOWN and facts.liquidated is None:
        return Verdict("check", "Neither a liquidation status nor a date: look them up.")
    return None


def _lacking(names: tuple[str, ...]) -> Verdict:
    return Verdict("check", f"Not decidable from these columns: add {_listed(names)} to the report.")


def _uncleared(_judge: Judge, facts: Facts) -> Verdict | None:
    return _lacking(facts.wanted) if facts.wanted else None


def _blocked(judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.blocked:
        return None
    return Verdict("wait", _BLOCKED[facts.blocked[0]], facts.blocked, judge.cape_day(facts))


_BLOCKED = {
    "entry-summary-cancelled-or-rejected": "The summary is cancelled or rejected in ACE: file it once it is accepted again.",
    "trade-control": "The summary is in the filer's control: finish it; file it once Control Status is CBP.",
    "entry-on-drawback": "It is on a drawback claim: CAPE does not take it now.",
    "court-injunction": "A court injunction holds it: wait until it is lifted.",
    "pending-liquidation-with-suspension": "Not liquidated, with a suspension on record: wait for the liquidation.",
    "statement-processing-not-complete": "Its statement is not paid yet: file it once the payment is through.",
}


def _later_phase(judge: Judge, facts: Facts) -> Verdict | None:
    rule = judge.rules.entry_type(facts.type, judge.today)
    last = judge.protest_day(facts) if judge.since_liquidation(facts) is not None else None
    if rule is not None and rule.cape == "later":
        why = f"Entry type {facts.type} waits for a later phase of CAPE."
        return Verdict("wait", why, ("entry-type-not-allowed",), last)
    if facts.recon == "filed":
        return Verdict("wait", "A type 09 is on file: CAPE does not take it now.", ("recon-already-filed",), last)
    if facts.recon == "flagged":
        taken = judge.step("flagged-for-recon", facts.type) != "wait" and facts.type in _RECON_TYPES
        if not taken:
            why = "Flagged for reconciliation: CAPE does not take it now."
            return Verdict("wait", why, ("flagged-for-recon",), last)
    return None


def _needs_correction(judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.correct:
        return None
    reasons = facts.correct
    days = judge.since_liquidation(facts)
    if days is not None:
        return judge.protest_or_counsel(facts, days, reasons)._replace(
            why=f"{_CORRECT[reasons[0]]} A liquidated entry can have no PSC:"
            f" a protest (CBP Form 19) is open until {_day(judge.protest_day(facts))}."
            if days <= judge.window("protest").days
            else f"{_CORRECT[reasons[0]]} Past PSC and protest. Ask counsel."
        )
    if judge.step(reasons[0], facts.type) == "escalate":
        why = f"{_CORRECT[reasons[0]]} A PSC may not change IEEPA headings on type {facts.type}: ask CBP."
        return Verdict("check", why, (*reasons, "psc-not-allowed-f883") if facts.type == FTZ else reasons)
    if facts.entered is None:
        return Verdict(
            "check", f"{_CORRECT[reasons[0]]} Add Entry Date: it decides whether a PSC is possible.", reasons
        )
    last = facts.entered + judge.window("psc-after-entry")
    if facts.liquidated is not None:
        last = min(last, facts.liquidated - judge.window("psc-before-liquidation"))
    if judge.today <= last:
        why = f"{_CORRECT[reasons[0]]} PSC first, until {_day(last)}; then a new Declaration."
        return Verdict("psc-first", why, reasons, last)
    why = f"{_CORRECT[reasons[0]]} The PSC window closed {_day(last)}: wait for liquidation, then protest; or a later CAPE."
    return Verdict("wait", why, reasons)


_CORRECT = {
    "value-not-allowed-on-hts": "A chapter 99 line carries a goods value.",
    "goods-value-not-allowed-on-ieepa-line": "An IEEPA line carries a goods value.",
    "hts-relationship-mismatch": "A chapter 99 line has no number of chapters 1 to 97 beside it.",
    "spi-or-additional-hts-required": "A USMCA exemption stands on a line without its program code.",
}


def _fileable(judge: Judge, facts: Facts) -> Verdict:
    first: tuple[str, ...] = ("flagged-for-recon",) if facts.recon == "flagged" else ()
    flagged = " File CAPE before the type 09; if that is due within 30 days, the type 09 goes first." if first else ""
    if judge.since_liquidation(facts) is not None and facts.liquidated is not None:
        last, margin = judge.cape_day(facts), facts.liquidated + judge.window("cape-file-by")
        why = f"Liquidated {_day(facts.liquidated)}: file by {_day(margin)}, the last day is {_day(last)}.{flagged}"
        return Verdict("cape-now", why, first, last, margin)
    if facts.standing is Standing.HELD:
        why = f"{facts.status or 'Suspended, extended or under review'}: file now, the money comes at liquidation.{flagged}"
        reasons: tuple[str, ...] = ("suspended-extended-under-review-accepted",)
        reasons += ("under-review",) if "review" in facts.status.lower() else ()
        return Verdict("cape-later-money", why, (*first, *reasons))
    if facts.type in WITHDRAWALS:
        return Verdict(
            "cape-later-money", f"Warehouse withdrawal: file now, the money comes at liquidation.{flagged}", first
        )
    return Verdict("cape-now", f"Not liquidated: file now. No deadline runs yet.{flagged}", first)


# The first that has an answer decides.
_QUESTIONS: tuple[Callable[[Judge, Facts], Verdict | None], ...] = (
    _accepted,
    _contradicts,
    _excluded,
    _nothing_to_refund,
    _protested,
    _too_late,
    _blocked,
    _undecidable,
    _later_phase,
    _needs_correction,
    _uncleared,
    _fileable,
)


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
