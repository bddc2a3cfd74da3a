"""Days on which CBP works: Monday to Friday without US federal holidays (observed days).

Source of the holidays: 5 USC 6103, through the `holidays` library.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=8)  # a handful of years in a run
def _federal(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - 30 ms that `capebot explain` should not pay

    return frozenset(holidays.country_holidays("US", years=year))


def is_business_day(day: date) -> bool:
    """Whether `day` is a US federal business day."""
    return day.weekday() < 5 and day not in _federal(day.year)  # noqa: PLR2004 - Saturday is 5


def last_business_day(day: date) -> date:
    """The day itself, or the business day before it when it is a weekend or a federal holiday."""
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def add_business_days(day: date, count: int) -> date:
    """The day that is `count` business days after `day` (`day` itself is not counted)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def wait_until(today: date, wait: str) -> date | None:
    """The first day to act for a rule's `wait` ("3 business days", "48 hours"); None when it is a matter of minutes.

    Hours count as whole days, rounded up, so that a day named is never too early.
    """
    if not wait:
        return None
    number, _, unit = wait.partition(" ")
    if unit.startswith("business"):
        return add_business_days(today, int(number))
    if unit.startswith("day"):
        return today + timedelta(days=int(number))
    if unit.startswith("hour"):
        return today + timedelta(days=-(-int(number) // 24))
    return None
