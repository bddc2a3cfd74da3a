from datetime import date

import pytest

from bot.core import days

FEB_13 = date(2026, 2, 13)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-13", "2026-02-13T00:00:00", "2026-02-13 00:00:00", "2026/02/13", "20260213", "2/13/2026", "02/13/2026",
        "02/13/26", "2/13/2026 12:00:00 AM", "13/02/2026", "13.02.2026", "13-Feb-2026", "13-FEB-26", "13 Feb 2026",
        "13 February 2026", "Feb 13, 2026", "February 13th, 2026", "46066", "46066.0", "46066.25", " 2/13/2026 ",
        "'2/13/2026", '="2/13/2026"', "13FEB2026",
    ],
)  # fmt: skip
def test_a_day_however_it_is_written(text):
    assert days.parse(text) == FEB_13


@pytest.mark.parametrize(
    "text", ["", " ", "-", "N/A", "0", "1/0/1900", "1900-01-00", "00/00/0000", "12/30/1899", "#N/A"]
)
def test_a_blank_gives_no_day(text):
    assert days.is_blank(text)
    assert days.parse(text) is None


@pytest.mark.parametrize("text", ["31/31/2026", "soon", "2/30/2026", "12345678901", "3.16E+10", "2026", "1/1/1950"])
def test_what_is_no_day_gives_none(text):
    assert days.parse(text) is None


def test_a_column_tells_whether_the_day_comes_first():
    assert days.day_first(["03/02/2026", "25/02/2026"])
    assert not days.day_first(["03/02/2026", "2/25/2026"])
    assert not days.day_first(["03/02/2026"])
    assert not days.day_first(["25/02/2026", "2/25/2026"])  # neither: American, and what cannot be a month is a day
    assert days.parse("03/02/2026", day_first=True) == date(2026, 2, 3)
