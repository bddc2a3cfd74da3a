"""One entry summary on a day: each outcome, its borders, and what changes on which day."""

from datetime import date, timedelta

import pytest
from reading_files import TODAY, reading

from bot.core.eligibility import Duty, Facts, Standing

PAID = {"type": "01", "duty": Duty.DUE, "standing": Standing.OPEN}


def judged(today=TODAY, **facts):
    return reading(today=today).judge.judge(Facts(**(PAID | facts)))


def liquidated(ago, today=TODAY, **facts):
    return judged(today, **({"standing": Standing.LIQUIDATED, "liquidated": today - timedelta(ago)} | facts))


@pytest.mark.parametrize(
    ("ago", "outcome", "last"),
    [(0, "cape-now", 80), (77, "cape-now", 80), (80, "cape-now", 80), (81, "protest", 180), (180, "protest", 180),
     (181, "counsel", None), (400, "counsel", None)],
)  # fmt: skip
def test_the_borders_after_liquidation(ago, outcome, last):
    got = liquidated(ago)
    day = TODAY - timedelta(ago)
    assert got.outcome == outcome
    assert got.deadline == (day + timedelta(last) if last else None)
    assert got.file_by == (day + timedelta(77) if outcome == "cape-now" else None)


def test_a_blank_date_gives_no_deadline():
    assert judged() == judged(liquidated=None)
    assert (judged().outcome, judged().deadline, judged().file_by) == ("cape-now", None, None)
    unknown = judged(standing=Standing.LIQUIDATED)
    assert (unknown.outcome, unknown.deadline) == ("check", None)
    assert "Liquidation Date" in unknown.why
    assert judged(standing=Standing.UNKNOWN).outcome == "check"


def test_a_date_to_come_is_scheduled():
    got = judged(liquidated=TODAY + timedelta(30))
    assert (got.outcome, got.deadline) == ("cape-now", None)


@pytest.mark.parametrize("word", ["Suspended", "Extended", "Under Review"])
def test_held_entries_are_filed_now_and_paid_later(word):
    got = judged(standing=Standing.HELD, status=word)
    assert (got.outcome, got.deadline) == ("cape-later-money", None)
    assert "suspended-extended-under-review-accepted" in got.reasons


@pytest.mark.parametrize(("kind", "outcome"), [("31", "cape-later-money"), ("08", "excluded"), ("09", "excluded"), ("23", "excluded"),
                                               ("47", "excluded"), ("99", "check"), ("", "check"), ("11", "cape-now")])  # fmt: skip
def test_entry_types(kind, outcome):
    assert judged(type=kind).outcome == outcome


def test_warehouse_entries_before_and_after_they_were_taken_out():
    assert judged(date(2026, 7, 6), type="21").outcome == "cape-now"
    assert judged(date(2026, 7, 7), type="21").outcome == "wait"
    late = liquidated(100, type="21")
    assert (late.outcome, late.deadline) == ("protest", TODAY + timedelta(80))


def test_recon_flags_before_and_after_phase_2():
    assert judged(date(2026, 6, 28), recon="flagged").outcome == "wait"
    assert judged(date(2026, 6, 29), recon="flagged").outcome == "cape-now"
    assert judged(date(2026, 6, 29), recon="flagged", type="03").outcome == "wait"
    assert judged(recon="filed").reasons == ("recon-already-filed",)


@pytest.mark.parametrize("duty", [Duty.FREE, Duty.EXEMPT, Duty.SECTION_122, Duty.NONE])
def test_without_duty_nothing_is_refunded(duty):
    assert judged(duty=duty).outcome == "no-refund"
    assert liquidated(200, duty=duty).outcome == "no-refund"


def test_no_ieepa_line_may_mean_that_it_was_claimed():
    got = judged(duty=Duty.NONE)
    assert "already claimed" in got.why
    assert "ieepa-lines-after-acceptance" in got.reasons


def test_accepted_beats_everything():
    for facts in ({"type": "23"}, {"contrary": "x"}, {"duty": Duty.NONE}, {"missing": ("Entry Type Code",)}):
        assert judged(accepted="entry-summary-updated", **facts).outcome == "accepted"


def test_a_psc_only_inside_its_window():
    def correcting(**facts):
        return judged(correct=("value-not-allowed-on-hts",), **facts)

    last_inside = TODAY - timedelta(300)
    inside, outside = correcting(entered=last_inside), correcting(entered=last_inside - timedelta(1))
    assert (inside.outcome, inside.deadline) == ("psc-first", TODAY)
    assert (outside.outcome, outside.deadline) == ("wait", None)
    soon = correcting(entered=TODAY - timedelta(290), liquidated=TODAY + timedelta(14))
    assert soon.outcome == "wait"
    assert correcting(entered=TODAY - timedelta(290), liquidated=TODAY + timedelta(15)).outcome == "psc-first"
    assert correcting().outcome == "check"
    assert "Entry Date" in correcting().why


@pytest.mark.parametrize(("ago", "outcome"), [(10, "protest"), (180, "protest"), (181, "counsel")])
def test_a_liquidated_entry_can_have_no_psc(ago, outcome):
    got = liquidated(ago, correct=("value-not-allowed-on-hts",), entered=TODAY - timedelta(290))
    assert got.outcome == outcome
    assert got.deadline == (TODAY - timedelta(ago) + timedelta(180) if outcome == "protest" else None)


def test_type_06_after_f883_is_asked_about():
    facts = {"type": "06", "correct": ("value-not-allowed-on-hts",)}
    assert judged(date(2026, 8, 20), entered=date(2026, 1, 30), **facts).outcome == "psc-first"
    got = judged(date(2026, 8, 21), entered=date(2026, 1, 30), **facts)
    assert (got.outcome, got.reasons) == ("check", ("value-not-allowed-on-hts", "psc-not-allowed-f883"))


def test_an_open_protest():
    early, late = liquidated(20, blocked=("protest-on-entry",)), liquidated(100, blocked=("protest-on-entry",))
    assert (early.outcome, early.deadline) == ("wait", TODAY + timedelta(60))
    assert late.outcome == "wait"
    assert "Do not withdraw" in late.why


@pytest.mark.parametrize("known", ["entry-summary-cancelled-or-rejected", "trade-control", "entry-on-drawback"])
def test_a_status_that_must_change_first(known):
    assert (judged(blocked=(known,)).outcome, judged(blocked=(known,)).reasons) == ("wait", (known,))
    assert liquidated(100, blocked=(known,)).outcome == "protest"


def test_what_is_missing_is_named():
    got = judged(missing=("Entry Type Code", "Liquidation Date"))
    assert got.outcome == "check"
    assert "Entry Type Code and Liquidation Date" in got.why
    assert judged(wanted=("Line Tariff Duty Amount",)).outcome == "check"
    assert judged(wanted=("Line Tariff Duty Amount",), recon="filed").outcome == "wait"
