"""The truth about one entry summary of an ES-003, as of a day: rules in order, the first that speaks decides."""

import datetime as dt
from dataclasses import dataclass, field

RECON_IN = dt.date(2026, 6, 29)
WAREHOUSE_OUT = dt.date(2026, 7, 7)
F883 = dt.date(2026, 8, 21)
PAIRING_SPLIT = dt.date(2026, 6, 25)
CAPE_DAYS, FILE_BY, PROTEST_DAYS, PSC_DAYS, PSC_MARGIN = 80, 77, 180, 300, 15

EXCLUDED = {"08", "09", "23", "47"}
WAREHOUSE = {"21", "22"}
WITHDRAWALS = {"31", "32", "34", "38"}
RECON_TYPES = {"01", "02", "06"}
# Headings that carry the duty, and those that only exempt (cape-facts 7): a few of each are enough for a truth.
DUTIABLE = ("99030101", "99030110", "99030113", "99030124", "99030125", "99030163", "99030177", "99030184", "99030201",
            "99030220", "99030258", "99030273")  # fmt: skip
EXEMPT = (
    "99030104",
    "99030114",
    "99030121",
    "99030128",
    "99030132",
    "99030133",
    "99030134",
    "99030190",
    "99030284",
    "99030289",
)
NEEDS_SPI = {"99030104", "99030114"}
OTHER_99 = ("99038803", "99038815", "99038101", "99038504")
SECTION_122 = "99030301"


@dataclass(eq=False)
class Tariff:
    hts: str
    value: float
    duty: float | None

    @property
    def chapter_99(self):
        return self.hts.startswith("99")

    @property
    def dutiable(self):
        return self.hts[:8] in DUTIABLE


@dataclass(eq=False)  # two equal lines keep their own numbers
class Line:
    tariffs: list
    spi: str = ""


@dataclass
class Summary:
    entry: str
    lines: list
    type: str = "01"
    importer: str = ""
    entry_date: dt.date | None = None
    liquidation_date: dt.date | None = None
    liquidation_status: str = "Not Liquidated"
    status: str = "Accepted"
    control: str = "CBP"
    recon: str = "N"
    protest: str = ""
    review_team: str = ""
    cape: str = ""
    reason: str = ""
    scenario: str = ""

    @property
    def tariffs(self):
        return [tariff for line in self.lines for tariff in line.tariffs]


@dataclass
class Verdict:
    outcome: str
    deadline: dt.date | None = None
    file_by: dt.date | None = None
    doubts: set = field(default_factory=set)  # outcome, deadline, upload


@dataclass
class Case:
    """An entry summary as this export shows it: `columns` are those that it has."""

    summary: Summary
    columns: set
    day: dt.date

    def has(self, *columns):
        return self.columns >= set(columns)

    @property
    def liquidated_on(self):
        """None when it is not liquidated; a date in the future is only scheduled."""
        date = self.summary.liquidation_date
        return date if self.has("liquidation_date") and date and date <= self.day else None

    @property
    def age(self):
        return (self.day - self.liquidated_on).days if self.liquidated_on else None

    @property
    def in_protest_time(self):
        return self.age is not None and CAPE_DAYS < self.age <= PROTEST_DAYS


def open_verdict(outcome, *more):
    return Verdict(outcome, doubts={"outcome", "deadline", *more})


def accepted(case):
    s = case.summary
    if (case.has("cape") and s.cape in {"Y", "P"}) or (case.has("reason") and s.reason == "36"):
        return Verdict("accepted", doubts={"deadline"})
    return None


def excluded_type(case):
    if case.has("type") and case.summary.type in EXCLUDED:
        return Verdict("excluded", doubts={"deadline"})
    return None


def not_accepted_status(case):
    """Rejected may be accepted again; whether a cancelled one still waits for anything is open."""
    if not case.has("status") or case.summary.status == "Accepted":
        return None
    return open_verdict("wait") if case.summary.status == "Cancelled" or case.age is not None else Verdict("wait")


def no_refund(case):
    tariffs = [tariff for tariff in case.summary.tariffs if tariff.dutiable]
    if not tariffs:
        return Verdict("no-refund", doubts={"deadline"})
    if case.has("duty") and not any(tariff.duty for tariff in tariffs):
        return open_verdict("no-refund")  # the heading is there, the money is not
    return None


def no_type(case):
    if case.has("type"):
        return None
    if case.age is None:
        return Verdict("check")
    # Its day 80 may be told all the same; after it the type decides nothing but the way out.
    return Verdict("check", doubts={"deadline"}) if case.age <= CAPE_DAYS else open_verdict("check")


def state_unknown(case):
    """Liquidated or not, and when: a blank date decides nothing when the status says liquidated."""
    s = case.summary
    liquidated = s.liquidation_status == "Liquidated"
    if not case.has("liquidation_status"):
        if not case.has("liquidation_date"):
            return Verdict("check")
        return open_verdict("check", "upload") if s.liquidation_date is None else None
    if case.liquidated_on:
        return None if liquidated else open_verdict("check", "upload")
    if not liquidated:
        return open_verdict("check", "upload") if s.liquidation_status == "" else None
    if case.has("liquidation_date") and s.liquidation_date:
        return open_verdict("check")  # liquidated, on a day to come
    return Verdict("check")


def final(case):
    if case.age is not None and case.age > PROTEST_DAYS:
        doubts = {"deadline"} | ({"outcome"} if case.has("protest") and case.summary.protest else set())
        return Verdict("counsel", doubts=doubts)
    return None


def warehouse(case):
    if case.summary.type not in WAREHOUSE or case.day < WAREHOUSE_OUT:
        return None
    return Verdict("wait") if case.age is None else open_verdict("wait")


def protest_time(case):
    """Too late for CAPE; what else blocks it changes nothing, unless a protest is already there."""
    if not case.in_protest_time:
        return None
    s = case.summary
    busy = (case.has("protest") and s.protest) or (case.has("control") and s.control != "CBP")
    return Verdict("protest", case.liquidated_on + dt.timedelta(PROTEST_DAYS), doubts={"outcome"} if busy else set())


def protested(case):
    if not case.has("protest") or case.summary.protest not in {"Open", "Suspended", "Denied"}:
        return None
    if case.summary.protest == "Denied":
        return open_verdict("check", "upload")  # the export does not show whether further review was asked for
    return Verdict("wait", doubts={"deadline"})


def with_the_trade(case):
    return Verdict("wait", doubts={"deadline"}) if case.has("control") and case.summary.control == "Trade" else None


def flagged_for_recon(case):
    if not case.has("recon") or case.summary.recon != "Y":
        return None
    if case.day < RECON_IN:
        return Verdict("wait", doubts={"deadline"})
    return open_verdict("wait", "upload") if case.summary.type not in RECON_TYPES else None


def lone_heading(summary):
    """A Chapter 99 row alone on its line while other lines are paired; all alone means a filtered export."""
    paired = [any(not t.chapter_99 for t in line.tariffs) for line in summary.lines]
    return any(paired) and not all(paired)


def needs_psc(case):
    """Whether the data need a PSC, and whether the sources leave that open."""
    s = case.summary
    valued = [t for t in s.tariffs if t.chapter_99 and t.value > 0] if case.has("value") else []
    if valued:
        return True, case.day < WAREHOUSE_OUT and not any(t.dutiable for t in valued)
    if lone_heading(s):
        return True, case.day < PAIRING_SPLIT or not case.has("line")
    missing = [
        line for line in s.lines if any(t.hts[:8] in NEEDS_SPI for t in line.tariffs) and not line.spi.startswith("S")
    ]
    return bool(missing), not case.has("spi", "line") or case.day < PAIRING_SPLIT


def psc(case):
    needed, is_open = needs_psc(case)
    if not needed:
        return None
    more = {"outcome", "deadline", "upload"} if is_open else set()
    s = case.summary
    if case.liquidated_on:  # never a PSC again
        return Verdict("protest", case.liquidated_on + dt.timedelta(PROTEST_DAYS), doubts=more)
    if not case.has("entry_date") or s.entry_date is None:
        return open_verdict("check", *more)
    if s.type == "06" and case.day >= F883:
        return open_verdict("check", *more)  # a PSC may not touch IEEPA headings on type 06 any more: CBP is asked
    last = s.entry_date + dt.timedelta(PSC_DAYS)
    if case.has("liquidation_date") and s.liquidation_date:
        last = min(last, s.liquidation_date - dt.timedelta(PSC_MARGIN))
    return Verdict("psc-first" if case.day <= last else "wait", doubts={"deadline"} | more)


def no_duty_column(case):
    return None if case.has("duty") else open_verdict("check", "upload")


def may_be_filed(case):
    s = case.summary
    if case.liquidated_on:
        first = case.liquidated_on
        return Verdict("cape-now", first + dt.timedelta(CAPE_DAYS), first + dt.timedelta(FILE_BY))
    # The list of errors refuses some of these, the announcement admits them (conflict K5).
    contested = case.has("liquidation_status") and s.liquidation_status in {
        "Suspended",
        "Under Review",
        "Pending Liquidation",
    }
    contested = contested or (case.has("review_team") and s.review_team)
    # An ordinary entry liquidates 45 days after acceptance; one that is held up has its money only then.
    held = case.has("liquidation_status") and s.liquidation_status in {"Suspended", "Extended", "Under Review"}
    held = held or s.type in WITHDRAWALS  # these liquidate in the normal course
    return Verdict("cape-later-money" if held else "cape-now", doubts={"outcome", "upload"} if contested else set())


RULES = (accepted, excluded_type, not_accepted_status, no_refund, final, protest_time, protested, with_the_trade, no_type,
         state_unknown, warehouse, flagged_for_recon, psc, no_duty_column, may_be_filed)  # fmt: skip


def verdict(case):
    return next(found for rule in RULES if (found := rule(case)))
