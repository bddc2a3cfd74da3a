import re
from dataclasses import replace
from datetime import timedelta

import pytest
from entry_numbers import entry
from tables import TODAY, claim_details, es003, group, liquidated, undated

from bot.core.digest import SHOWN, digests, sheet_verdict
from bot.core.model import Diagnosis, Fault, Ready, Sheet, Verdict
from bot.core.words import NEXT_STEP_WORDS, OUTCOMES, STEP_ORDER

NUMBER = re.compile(r"\b[A-Z0-9]{3}-\d{7}-\d\b")


def shown(*sheets, today=TODAY):
    return digests(Diagnosis(Verdict.ANSWER, "otherwise", today, sheets=sheets))


def test_claim_details_in_numbers():
    assert sheet_verdict(claim_details()) == "412 entries: 398 accepted, 14 failed in 3 groups, 9 to resubmit"


def test_what_waits_for_a_day_is_named_with_it():
    later = replace(claim_details(), ready=(Ready(entry(), day=TODAY + timedelta(6)),))
    assert sheet_verdict(later).endswith("14 failed in 3 groups, 1 to resubmit on Mon 30 Nov 2026")


def test_an_entry_that_was_accepted_later_did_not_fail():
    failed = group("hts-out-of-order", [1, 2], "resubmit")
    accepted = group("entry-summary-updated", [2], "nothing-to-do")
    sheet = Sheet("a.csv", "claim-details", rows=3, groups=(failed, accepted), ready=(Ready(entry(serial=1)),))
    assert sheet_verdict(sheet) == "2 entries: 1 accepted, 1 failed in 1 group, 1 to resubmit"


def test_groups_stand_in_the_order_in_which_somebody_has_to_act():
    (digest,) = shown(claim_details())
    assert [one.title for one in digest.tasks] == [
        "Hts Relationship Sequence Mismatch", "A message that I do not know", "Statement Processing Not Complete",
        "Entry Summary Updated",
    ]  # fmt: skip
    resubmit, unknown, wait, done = digest.tasks
    assert (resubmit.count, resubmit.quote, resubmit.when) == (9, "", "")
    assert unknown.quote == "A NEW {{ 7*7 }} <b>TEXT</b>"
    assert (wait.when, wait.step) == ("look again on Tue 1 Dec 2026", "wait, do not resubmit (3 days)")
    assert done.lines == ()
    assert digest.notes == ("A note.",)


def test_es003_in_numbers_and_days():
    assert sheet_verdict(es003(), TODAY) == (
        "12 entries: 2 file now, 1 file now for money at liquidation, 1 PSC first, 2 protest, 1 to check, 1 wait, 4 with"
        " nothing to file now; next deadlines: file now Fri 27 Nov 2026; protest Sat 28 Nov 2026, so act by Fri 27 Nov 2026"
    )


def test_outcomes_stand_by_their_nearest_day():
    (digest,) = shown(es003())
    assert [one.title for one in digest.tasks[:3]] == ["File now", "Protest", "File now, money at liquidation"]
    assert len(digest.tasks) == len(OUTCOMES)
    now = digest.tasks[0]
    assert now.when == "last day Fri 27 Nov 2026"
    assert now.lines[0].startswith("file today; last day Fri 27 Nov 2026: 1 entry: B76-0000003-")
    assert now.lines[1].startswith("file by Fri 8 Jan 2027; last day Wed 13 Jan 2027: 1 entry")  # day 77 is a Sunday
    check = next(one for one in digest.tasks if one.title == "Check")
    assert check.lines[0].startswith("Add the column Liquidation Date: 1 entry: B76-")


def test_a_day_for_it_that_is_past_is_not_named():
    on_saturday = liquidated(1, 176)
    (digest,) = shown(es003(outcomes=(on_saturday,)), today=TODAY + timedelta(4))
    assert digest.tasks[0].when == "last day Sat 28 Nov 2026"
    assert "act by" not in digest.verdict


def test_at_most_a_dozen_entries_are_named_in_each_table():
    many = es003(outcomes=tuple(liquidated(serial, serial % 180) for serial in range(2_000)))
    tables = shown(claim_details(), many, claim_details(), many)
    for table in tables:
        said = " ".join(line for task in table.tasks for line in task.lines)
        assert 0 < len(NUMBER.findall(said)) <= SHOWN
    assert all(len(task.lines) <= 5 for table in tables for task in table.tasks)


def test_the_rest_is_counted():
    many = es003(outcomes=tuple(liquidated(serial, serial % 70) for serial in range(700)))
    (task,) = shown(many)[0].tasks
    assert task.lines[-1] == "and 67 later days, 670 entries, in the attached report"


def test_a_thousand_unknown_texts_do_not_fill_the_reply():
    groups = tuple(group("unknown", [number], "escalate", message=f"TEXT {number}") for number in range(1_000))
    (digest,) = shown(Sheet("a.csv", "claim-details", rows=1_000, groups=groups))
    assert (len(digest.tasks), digest.more_tasks) == (12, 988)


def test_rows_that_need_a_person_come_first():
    faults = (
        *(Fault(row, "x", "dash", repaired=True) for row in range(2, 40)),
        Fault(40, "3.16E+10", "scientific-notation"),
    )
    (digest,) = shown(Sheet("a.csv", "declaration", rows=39, faults=faults))
    assert [fault.row for fault in digest.faults][:2] == [40, 2]
    assert (len(digest.faults), digest.more_faults) == (12, 27)
    assert digest.verdict == "39 rows: 0 ready, 38 repaired, 1 needs you"


def test_a_file_that_was_not_read_says_why_and_nothing_else():
    refused = replace(es003(), refused="Why not.")
    (digest,) = shown(refused)
    assert (digest.verdict, digest.tasks, digest.faults) == ("Why not.", (), ())


@pytest.mark.parametrize("kind", ["es-003", "claim-details", "validation-result"])
def test_a_table_without_results_says_what_it_holds(kind):
    assert sheet_verdict(Sheet("a.csv", kind, rows=3, entries=(entry(),))) == "3 rows, and 1 entry in them"


def test_statuses_are_counted_in_words():
    sheet = Sheet(
        "a.csv", "claim-details", rows=412, statuses=(("Entry Summary Updated", 398), ("FAILED", 10), ("Failed", 4))
    )
    assert sheet_verdict(sheet) == "412 rows: 398 accepted, 14 failed"


def test_every_step_has_its_place_and_an_outcome_of_tomorrow_is_shown_as_it_is():
    assert set(STEP_ORDER) == set(NEXT_STEP_WORDS)
    (digest,) = shown(es003(outcomes=(undated(1, "brand-new"),)))
    assert digest.verdict == "1 entry: 1 brand-new"
    assert digest.tasks[0].title == "brand-new"
