from datetime import date

import pytest

from bot.core.business_days import add_business_days, is_business_day, wait_until

TUESDAY = date(2026, 11, 24)  # the Thursday after is Thanksgiving


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (TUESDAY, True),
        (date(2026, 11, 26), False),  # Thanksgiving
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 7, 3), False),  # Independence Day is a Saturday in 2026: observed on Friday
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_federal_business_days(day, works):
    assert is_business_day(day) is works


def test_a_count_skips_weekends_and_holidays():
    assert add_business_days(TUESDAY, 3) == date(2026, 11, 30)  # Wed, Fri, Mon


@pytest.mark.parametrize(
    ("wait", "day"),
    [
        ("3 business days", date(2026, 11, 30)),
        ("2 days", date(2026, 11, 26)),
        ("48 hours", date(2026, 11, 26)),
        ("25 hours", date(2026, 11, 26)),  # never a day too early
        ("60 minutes", None),
        ("", None),
    ],
)
def test_the_first_day_to_act(wait, day):
    assert wait_until(TUESDAY, wait) == day
