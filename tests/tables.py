"""Tables as a reader hands them over: a Claim Details file in groups, an ES-003 with every outcome."""

from datetime import date, timedelta

from entry_numbers import entry

from bot.core.model import Group, Outcome, Ready, Sheet

TODAY = date(2026, 11, 24)  # a Tuesday; Thursday of that week is Thanksgiving
ACME, SECRET = "12-345678900", "123-45-6789"


def group(known, entries, next_step, title="", message="", **more):
    title = title or known.replace("-", " ").title()
    return Group(
        known, title, message or title.upper(), tuple(entry(serial=one) for one in entries), next_step, 2, **more
    )


def claim_details(name="Claim Details.csv"):
    groups = (
        group("entry-summary-updated", range(398), "nothing-to-do"),
        group(
            "statement-processing-not-complete", range(500, 504), "wait", not_before=date(2026, 12, 1), wait="3 days"
        ),
        group("hts-relationship-sequence-mismatch", range(400, 409), "resubmit"),
        group("unknown", [600], "escalate", message="A NEW {{ 7*7 }} <b>TEXT</b>"),
    )
    entries = tuple(one for each in groups for one in each.entries)
    ready = tuple(map(Ready, groups[2].entries))
    return Sheet(name, "claim-details", rows=413, entries=entries, groups=groups, ready=ready, notes=("A note.",))


def liquidated(serial, days_ago, importer=ACME, **more):
    """An entry that was liquidated so many days ago, and so may go through CAPE, or may only be protested."""
    day = TODAY - timedelta(days_ago)
    facts = {
        "reasons": (),
        "importer": importer,
        "type": "01",
        "why": "Liquidated in time.",
        "row": serial,
        "liquidated": day,
    }
    if days_ago <= 80:
        facts |= {"outcome": "cape-now", "deadline": day + timedelta(80), "file_by": day + timedelta(77)}
    else:
        facts |= {"outcome": "protest", "deadline": day + timedelta(180), "file_by": None}
    return Outcome(entry=entry(serial=serial), **facts | more)


def undated(serial, outcome, why="Because.", importer=ACME, reasons=()):
    return Outcome(entry(serial=serial), outcome, None, None, reasons, importer, "01", why, serial)


def es003(name="ES-003.csv", outcomes=None):
    outcomes = outcomes or (
        undated(1, "cape-later-money", "Suspended.", SECRET),
        liquidated(2, 30), liquidated(3, 77), liquidated(4, 176), liquidated(5, 100),
        undated(6, "psc-first", "Goods value on a Chapter 99 row.", reasons=("value-not-allowed-on-hts",)),
        undated(7, "check", "Add the column Liquidation Date."), undated(8, "wait"), undated(9, "counsel"),
        undated(10, "excluded"), undated(11, "no-refund"), undated(12, "accepted"),
    )  # fmt: skip
    ready = tuple(Ready(one.entry, one.importer) for one in outcomes if one.outcome in ("cape-now", "cape-later-money"))
    entries = tuple(one.entry for one in outcomes)
    return Sheet(name, "es-003", rows=90, entries=entries, outcomes=tuple(outcomes), ready=ready)
