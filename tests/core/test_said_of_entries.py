"""What a message says of an entry's liquidation gets the verdict that a row would."""

from datetime import date

import pytest
from reading_files import reading

from bot.core import entries_in_text
from bot.core.passages import plain
from bot.core.said_of_entries import outcomes


def told(text):
    return outcomes([plain(text)], entries_in_text.find(text).entries, reading().judge)


@pytest.mark.parametrize(
    ("text", "outcome", "deadline"),
    [
        ("B76-0324527-8 liquidated 2 Feb 2026, type 01", "counsel", None),
        ("B76-0324527-8 liquidated 10/15/2026, type 01", "cape-now", date(2027, 1, 3)),
        ("B76-0324527-8, type 01, liq. date 2026-10-15", "cape-now", date(2027, 1, 3)),
        ("Entry B76-0324527-8 (type 01) was liquidated on October 15th, 2026.", "cape-now", date(2027, 1, 3)),
        ("B76-0324527-8 liquidated 7/1/2026. type 01", "protest", date(2026, 12, 28)),
        ("B76-0324527-8 type 23 liquidated 15 Oct 2026", "excluded", None),
        ("B76-0324527-8 is not liquidated yet, it is type 01", "cape-now", None),
        ("B76-0324527-8, type 03, is suspended", "cape-later-money", None),
        ("B76-0324527-8 is type 01 and not yet liquidated, entered Jan 30 2026", "cape-now", None),
        ("B76-0324527-8 not liquidated, entered 2/10/2026, type 01", "cape-now", None),
        ("B76-0324527-8 liquidated 20 Nov 2026, type 01, protest open", "wait", date(2027, 2, 8)),
        ("B76-0324527-8 type 01 liquidated 20 Nov 2026, accepted in a claim", "accepted", None),
        ("B76-0324527-8 liquidated 20 Nov 2026, type 01, type 09 filed already", "wait", date(2027, 5, 19)),
        ("B76-0324527-8 liquidated 20 Nov 2026, type 01, drawback claimed", "wait", date(2027, 2, 8)),
    ],
)
def test_one_entry(text, outcome, deadline):
    (one,) = told(text)
    assert (one.outcome, one.deadline) == (outcome, deadline)


def test_without_the_type_it_is_asked_and_the_days_are_named():
    (one,) = told("B76-0324527-8 liquidated Oct 15, 2026")
    assert (one.outcome, one.deadline, one.file_by) == ("check", date(2027, 1, 3), date(2026, 12, 31))
    assert "Which entry type" in one.why


def test_each_entry_has_its_own_date():
    found = told("316-2509314-6 liquidated 3 Sept 2026, type 01\n595-5663812-6 liquidated 1 Jun 2026, type 21")
    assert [(one.liquidated, one.type) for one in found] == [(date(2026, 9, 3), "01"), (date(2026, 6, 1), "21")]


def test_one_date_for_all():
    found = told("These liquidated 15 Oct 2026, all type 01:\n316-2509314-6\n595-5663812-6")
    assert [one.outcome for one in found] == ["cape-now", "cape-now"]


@pytest.mark.parametrize(
    "text",
    [
        "B76-0324527-8 liquidated 2 Feb, type 01",
        "B76-0324527-8 was filed 2 Feb 2026",
        "it liquidated 2 Feb 2026",
        "B76-0324527-8",
    ],
)
def test_what_is_not_said_is_not_made_up(text):
    assert told(text) == ()


def test_dates_told_in_turn_are_nobodys():
    assert (
        told("B76-0324527-8 and 316-2509314-6: the first liquidated 1 Oct 2026, the second 1 Nov 2026, type 01") == ()
    )


def test_an_error_of_the_same_message_stands_in_the_way():
    text = "B76-0324527-8, type 01, entered 20 Feb 2026, not liquidated"
    errors = {"B7603245278": ["value-not-allowed-on-hts"]}
    (one,) = outcomes([plain(text)], ["B7603245278"], reading().judge, errors)
    assert (one.outcome, one.deadline) == ("psc-first", date(2026, 12, 17))
    text = text.replace("not liquidated", "liquidated 18 Sep 2026")
    (one,) = outcomes([plain(text)], ["B7603245278"], reading().judge, errors)
    assert (one.outcome, one.deadline) == ("protest", date(2027, 3, 17))


def test_two_dates_for_all_are_none():
    assert told("liquidated 2 Feb 2026\nliquidated 3 Mar 2026\n316-2509314-6") == ()
