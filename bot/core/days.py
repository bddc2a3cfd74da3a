"""Days as tables and people write them -> date. A day that can be read in two ways is told apart by the others beside it.

>>> parse("2/13/2026"), parse("2026-02-13T00:00:00"), parse("13-FEB-2026"), parse("46066")
(datetime.date(2026, 2, 13), datetime.date(2026, 2, 13), datetime.date(2026, 2, 13), datetime.date(2026, 2, 13))
>>> parse("1/0/1900") is None
True
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EARLIEST = 2000  # years before are what a spreadsheet makes of an empty cell (1899, 1900)
_EXCEL_ZERO = date(1899, 12, 30)  # serial 1 is 1 January 1900, and Excel counts a 29 February 1900
_SERIAL = re.compile(r"(?:3[6-9]|[4-6]\d)\d{3}(?:\.\d+)?")  # 1998 to 2091
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]\.?M\.?)?(?: ?(?:Z|UTC|E[SD]?T|[+-]\d{2}:?\d{2}))?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_NUMBERS = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"  # a month's name in a pattern
_MONTH = rf"({'|'.join(MONTHS)})[a-z]*\.?"
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[- ./]?{_MONTH}[- ,./]{{0,2}}(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"{_MONTH}[- ]?(\d{{1,2}})(?:st|nd|rd|th)?[- ,./]{{1,2}}(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE
)
_BLANK = frozenset(
    {"", "-", "--", "n/a", "na", "none", "null", "nan", "nat", "0", "00/00/0000", "00000000", "#n/a", "tbd"}
)
_MONTHS_OF_A_YEAR = 12


def is_blank(text: str) -> bool:
    """Whether a cell for a day holds none: empty, a dash, or what a spreadsheet makes of an empty cell."""
    bare = text.strip().strip("'\"=").strip().lower()
    return bare in _BLANK or bare.startswith(
        ("1/0/1900", "1900-01-0", "01/00/1900", "12/30/1899", "12/31/1899", "1899-12")
    )


def parse(text: str, *, day_first: bool = False) -> date | None:
    """The day; None when there is none, or it is no day at all. `12/2/2026` is in December unless `day_first`."""
    bare = text.strip().strip("'\"=").strip()
    if is_blank(bare):
        return None
    return _in_numbers(bare, day_first=day_first) or _in_words(bare)


def _in_numbers(bare: str, *, day_first: bool) -> date | None:
    if found := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return _date(found[1], found[2], found[3])
    if _SERIAL.fullmatch(bare):
        return _EXCEL_ZERO + timedelta(days=int(float(bare)))
    found = _NUMBERS.fullmatch(bare)
    if found is None:
        return None
    first, second, year = found[1], found[3], found[4]
    swapped = (day_first or found[2] == ".") and int(second) <= _MONTHS_OF_A_YEAR
    if swapped or int(first) > _MONTHS_OF_A_YEAR:
        first, second = second, first
    return _date(year, first, second)


def _in_words(bare: str) -> date | None:
    if found := _DAY_MONTH.fullmatch(bare):
        return _date(found[3], str(_month(found[2])), found[1])
    if found := _MONTH_DAY.fullmatch(bare):
        return _date(found[3], str(_month(found[1])), found[2])
    return None


def day_first(texts: Iterable[str]) -> bool:
    """Whether a column of days puts the day before the month: one that can only be read so, and none that cannot."""
    days, months = False, False
    for text in texts:
        found = _NUMBERS.match(text.strip().strip("'\"="))
        if found and found[2] != ".":
            days = days or int(found[1]) > _MONTHS_OF_A_YEAR
            months = months or int(found[3]) > _MONTHS_OF_A_YEAR
    return days and not months


def _month(name: str) -> int:
    return MONTHS.index(name.lower()) + 1


def _date(year: str, month: str, day: str) -> date | None:
    full = int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004 - a year of two digits is one of ours
    try:
        found = date(full, int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _EARLIEST else None
