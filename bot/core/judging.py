"""What may be done with one entry summary on a day: file now, correct first, protest, wait, or leave it (cape-facts 6).

Entry types and checks are dated data (`RuleBook`); what a known error asks for is the catalogue's. The first question of
the list below that has an answer decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.business_days import add_business_days, is_business_day, last_business_day
from bot.core.eligibility import FTZ, Clock, Duty, Facts, Standing, Verdict
from bot.core.words import day_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.core.rulebook import RuleBook

_WITHDRAWALS = ("31", "32", "34", "38")  # they liquidate in the normal course: money comes then
_RECON_TYPES = ("01", "02", "06")  # of which flagged entries are taken since Phase 2
_AD_CVD_TYPES = ("03", "07")
_TO_WITHDRAW = 10  # days before our own margin in which a protest may still be withdrawn and CAPE filed after it
_AD_CVD = " CAPE refuses it while Commerce's liquidation instructions run (E08)."
_CONTESTED = "Sources disagree: CBP's FAQ takes it, its error table may refuse it; Claim Details decides."
_BEFORE_09 = " File CAPE before the type 09; if that is due within 30 days, the type 09 goes first."


class Judge(Clock):
    """Judges entry summaries as of `today`. `step(id, type)` gives what a known error asks for, for an entry type."""

    def __init__(self, rules: RuleBook, today: date, step: Callable[[str, str], str]) -> None:
        super().__init__(rules, today)
        self.step = step
        self._known: dict[Facts, Verdict] = {}

    def judge(self, facts: Facts) -> Verdict:
        """The verdict; equal facts are thought about once."""
        known = self._known.get(facts)
        if known is None:
            answers = (verdict for question in _QUESTIONS if (verdict := question(self, facts)) is not None)
            known = self._known[facts] = next(answers)
        return known


def _accepted(_judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.accepted:
        return None
    return Verdict("accepted", "Already accepted in a claim. Do not file it again.", (facts.accepted,))


def _contradicts(_judge: Judge, facts: Facts) -> Verdict | None:
    return Verdict("check", facts.contrary) if facts.contrary else None


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


def _nothing_to_refund(judge: Judge, facts: Facts) -> Verdict | None:
    reasons = _NO_REFUND.get(facts.duty)
    if reasons is None:
        return None
    days, why = (
        judge.since_liquidation(facts),
        f"{facts.duty.value[0].upper()}{facts.duty.value[1:]}: nothing to refund.",
    )
    if facts.duty is Duty.NONE:
        why = "No IEEPA line in this export. That is normal too for an entry already claimed: CBP takes the lines out."
    elif facts.duty is Duty.SECTION_122 and days is not None and days <= judge.window("protest").days:
        last = _last(judge.protest_day(facts))
        why = f"Only Section 122, not for CAPE. It is before the courts: a protest keeps the right until {last}."
    return Verdict("no-refund", why, reasons)


def _protested(judge: Judge, facts: Facts) -> Verdict | None:
    if "protest-on-entry" not in facts.blocked:
        return None
    reasons, last, margin = ("protest-on-entry",), judge.cape_day(facts), judge.file_by(facts)
    if last is None or margin is None or judge.today > last:
        return Verdict("wait", "A protest is on it. Do not withdraw it: it keeps the right.", reasons)
    if (margin - judge.today).days < _TO_WITHDRAW:
        why = f"A protest is on it: keep it. CAPE closes {_day(last)}, too soon to withdraw it first; ask counsel."
        return Verdict("wait", why, reasons, last)
    why = (
        "A protest is on it. Only an open one about IEEPA alone may be withdrawn (a suspended one: its Center first; a denied"
        f" one: keep it), and CAPE filed by {_last(last)}. Else wait."
    )
    return Verdict("wait", why, reasons, last)


def _too_late(judge: Judge, facts: Facts) -> Verdict | None:
    days = judge.since_liquidation(facts)
    if days is None or days <= judge.window("cape").days:
        return None
    ago = f"Liquidated {_day(facts.liquidated)}, {days} days ago"
    return _protest_or_counsel(judge, facts, ("final-liquidation",), f"{ago}: CAPE is closed for it,")


def _protest_or_counsel(judge: Judge, facts: Facts, reasons: tuple[str, ...], said: str) -> Verdict:
    """For a liquidated entry that CAPE cannot help; `said` is the beginning of the sentence."""
    last = judge.protest_day(facts)
    if last is None or judge.today <= last:
        return Verdict("protest", f"{said} a protest (CBP Form 19) is open until {_last(last)}.", reasons, last)
    if not is_business_day(last) and judge.today <= add_business_days(last, 1):
        why = f"{said} and the protest ended {_day(last)}, no business day: ask counsel today whether the next one counts."
        return Verdict("counsel", why, reasons)
    why = (
        f"{said} and the protest ended {_day(last)}. Ask counsel; relief is known for plaintiffs before the CIT alone."
    )
    return Verdict("counsel", why, reasons)


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
    "under-review": "A claim refused it as under review: wait until its Center has finished.",
}
BLOCKING = ("protest-on-entry", *_BLOCKED)  # the known errors that a status brings about


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


def _later_phase(judge: Judge, facts: Facts) -> Verdict | None:
    rule, last = judge.rules.entry_type(facts.type, judge.today), judge.protest_day(facts)
    protest = f" A protest is open until {_last(last)}." if last else ""
    if rule is not None and rule.cape == "later":
        why = f"Entry type {facts.type} waits for a later phase of CAPE.{protest}"
        return Verdict("wait", why, ("entry-type-not-allowed",), last)
    if facts.recon == "filed":
        why = f"A type 09 is on file: CAPE does not take it now.{protest}"
        return Verdict("wait", why, ("recon-already-filed",), last)
    taken = facts.type in _RECON_TYPES and judge.step("flagged-for-recon", facts.type) != "wait"
    if facts.recon == "flagged" and not taken:
        why = f"Flagged for reconciliation: CAPE does not take it now.{protest}"
        return Verdict("wait", why, ("flagged-for-recon",), last)
    return None


def _after_the_end(judge: Judge, facts: Facts) -> Verdict | None:
    last = judge.rules.day("ieepa-last-entry")
    if facts.duty is not Duty.DUE or facts.entered is None or facts.entered <= last:
        return None
    why = (
        f"Entered {_day(facts.entered)} with an IEEPA heading, and those ended {_day(last)}: look up date and heading."
    )
    return Verdict("check", why, ("invalid-hts",))


def _needs_correction(judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.correct:
        return None
    reasons, fault = facts.correct, _CORRECT.get(facts.correct[0], "CBP wants its data corrected.")
    if judge.since_liquidation(facts) is not None:  # a liquidated entry can have no PSC
        return _protest_or_counsel(
            judge, facts, reasons, f"{fault} It is liquidated, so no PSC mends it and CAPE refuses it;"
        )
    if judge.step(reasons[0], facts.type) == "escalate":
        why = f"{fault} A PSC may not change IEEPA headings on type {facts.type}: write to CBP."
        return Verdict("check", why, (*reasons, "psc-not-allowed-f883") if facts.type == FTZ else reasons)
    last = judge.psc_day(facts)
    if last is None:
        return Verdict("check", f"{fault} Add Entry Date: it decides whether a PSC is possible.", reasons)
    if judge.today <= last:
        margin = judge.window("psc-before-liquidation").days
        why = (
            f"{fault} PSC first, until {_last(last)} and no later than {margin} days before its scheduled liquidation."
        )
        return Verdict("psc-first", why, reasons, last)
    why = f"{fault} The PSC window closed {_day(last)}: wait for liquidation, then protest; or for a later CAPE."
    if facts.standing is Standing.HELD:
        why += " There are exceptions for extended and suspended entries: ask your CBP client representative."
    return Verdict("wait", why, reasons)


_CORRECT = {
    "value-not-allowed-on-hts": "A chapter 99 line carries a goods value.",
    "goods-value-not-allowed-on-ieepa-line": "An IEEPA line carries a goods value.",
    "hts-relationship-mismatch": "A chapter 99 line has no number of chapters 1 to 97 beside it.",
    "spi-or-additional-hts-required": "A program code or another HTS number is missing on a line.",
    "invalid-hts": "An HTS number was not valid on the day.",
}
CORRECTING = tuple(_CORRECT)  # the known errors that a PSC mends


def _refused(_judge: Judge, facts: Facts) -> Verdict | None:
    if not facts.refused:
        return None
    return Verdict("check", "A claim refused it: what that message asks for decides, see Claim Details.", facts.refused)


def _uncleared(_judge: Judge, facts: Facts) -> Verdict | None:
    return _lacking(facts.wanted) if facts.wanted else None


def _fileable(judge: Judge, facts: Facts) -> Verdict:
    reasons: tuple[str, ...] = ("flagged-for-recon",) if facts.recon == "flagged" else ()
    flagged = _BEFORE_09 if reasons else ""
    last, margin = judge.cape_day(facts), judge.file_by(facts)
    if last and margin:
        by = "file today" if margin <= judge.today else f"file by {_last(margin)}"
        why = f"Liquidated {_day(facts.liquidated)}: {by}, the last day is {_last(last)}.{flagged}"
        return Verdict("cape-now", why, reasons, last, margin)
    if facts.standing is Standing.HELD:
        held = facts.status or "Suspended, extended or under review"
        reasons += ("suspended-extended-under-review-accepted",)
        reasons += ("under-review",) if "review" in held.lower() and facts.status else ()
        return Verdict(
            "cape-later-money", f"{held}: file now, the money comes at liquidation. {_CONTESTED}{flagged}", reasons
        )
    if facts.type in _WITHDRAWALS:
        return Verdict(
            "cape-later-money", f"Warehouse withdrawal: file now, the money comes at liquidation.{flagged}", reasons
        )
    caveat = _AD_CVD if facts.type in _AD_CVD_TYPES else ""
    return Verdict("cape-now", f"Not liquidated: file now. No deadline runs yet.{caveat}{flagged}", reasons)


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
    _after_the_end,
    _needs_correction,
    _refused,
    _uncleared,
    _fileable,
)


def _lacking(names: tuple[str, ...]) -> Verdict:
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return Verdict("check", f"Not decidable from these columns: add {listed} to the report.")


def _last(day: date | None) -> str:
    """A last day, with the business day before it where it is none."""
    if day is None or is_business_day(day):
        return _day(day)
    return f"{_day(day)} (act by {_day(last_business_day(day))})"


def _day(day: date | None) -> str:
    return day_words(day) if day else ""
