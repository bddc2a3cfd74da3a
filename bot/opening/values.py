"""A stored value as a spreadsheet shows it, as text: whole numbers whole, zeros kept, dates as ISO."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_WHOLE_BELOW = 1e21  # above it a float's digits are filling, and its shortest form is shorter
_LAST_DAY = 2_958_466  # the serial of 10000-01-01, which no spreadsheet shows
_LEAP_DAY = 60  # 29 February 1900 in the 1900 system: a day that never was
_DAYS_1904 = 1_462  # between the two systems
_DAY = 86_400  # seconds
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_NO_FORMAT = ("general", "standard")  # as Excel writes it, and as some libraries do
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_NUMBERED = re.compile(r'(?:0|"[^"]*"|\\.|[-/ ])+')  # zeros and what stands between them: 000-0000000-0
_PIECE = re.compile(r'0|"([^"]*)"|\\(.)|([-/ ])')
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](?:00:00(?::00(?:\.0*)?)?)?Z?")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d*)?Z?")


class Shape(NamedTuple):
    """What a number format does to a number, as far as it matters here.

    `kind` is `date`, `elapsed` (hours that go on after 24), `zeros`, or empty: a plain number. `mask` is the format of
    `zeros`.
    """

    kind: str = ""
    mask: str = ""


PLAIN = Shape()


@lru_cache(maxsize=1_000)  # a workbook may hold 64,000 formats; most hold a dozen
def shape(code: str) -> Shape:
    """What a number format (`00000000000`, `mm/dd/yyyy`) does, by its first section."""
    first = code.split(";", 1)[0]
    if _ELAPSED.search(first):
        return Shape("elapsed")
    if _NUMBERED.fullmatch(first) and _QUOTED.sub("", first).count("0") > 1:
        return Shape("zeros", first)
    bare = _QUOTED.sub("", first)
    if not bare.lower().startswith(_NO_FORMAT) and _DATE_LETTER.search(bare):
        return Shape("date")
    return PLAIN


def number(value: float, how: Shape = PLAIN, *, since_1904: bool = False) -> str:
    """A number in its format: `31625093146.0` gives `31625093146`, the serial 46132 with a date's format `2026-04-20`."""
    if how.kind == "date":
        return _dated(value, since_1904=since_1904) or plain(value)
    if how.kind == "elapsed" and 0 <= value < _LAST_DAY:
        minutes, seconds = divmod(round(value * _DAY), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    shown = plain(value)
    return _masked(shown, how.mask) if how.kind == "zeros" and shown.isdecimal() else shown


def plain(value: float) -> str:
    """A number without a format: whole numbers with all their digits, others in their shortest form."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"  # a negative zero is shown without its sign
    if abs(value) < _WHOLE_BELOW and value.is_integer():
        # Through the shortest form: past 2**53 the exact digits of a float are an accident.
        return format(Decimal(repr(value)).quantize(Decimal(1)), "f")
    return repr(value)


def iso(text: str) -> str:
    """A date that is stored as text (`2026-04-20T00:00:00.000`): the time only where it is not midnight."""
    if midnight := _MIDNIGHT.fullmatch(text):
        return midnight[1]
    found = _ISO.fullmatch(text)
    return f"{found[1]} {found[2]}" if found else text


def truth(*, value: bool) -> str:
    """A truth value as Excel shows it."""
    return "TRUE" if value else "FALSE"


def _masked(digits: str, mask: str) -> str:
    """The digits put into the places of a mask from the right; more digits than places go before the first."""
    pieces = list(_PIECE.finditer(mask))
    places = sum(piece[0] == "0" for piece in pieces)
    left = digits.zfill(places)
    shown, at = [], 0
    for piece in pieces:
        if piece[0] != "0":
            shown.append(piece[1] or piece[2] or piece[3] or "")
            continue
        end = at + 1 if at else len(left) - places + 1
        shown.append(left[at:end])
        at = end
    return "".join(shown)


def _dated(serial: float, *, since_1904: bool) -> str:
    """A serial as a date, a time of day, or both; empty when it is none that a spreadsheet shows."""
    days = serial + _DAYS_1904 if since_1904 else serial
    if not (serial >= 0 and days < _LAST_DAY) or (int(serial) == _LEAP_DAY and not since_1904):
        return ""
    if serial < 1 and not since_1904:
        return _time(datetime.min + _rounded(serial)) if serial else ""  # noqa: DTZ901 - a wall clock without a day
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if serial < _LEAP_DAY else 30)
    when = datetime.combine(start, datetime.min.time()) + _rounded(serial)
    time = _time(when)
    return when.date().isoformat() + ("" if time == "00:00:00" else f" {time}")


def _rounded(days: float) -> timedelta:
    """To the second: the fraction of a day is never exact."""
    return timedelta(seconds=round(days * _DAY))


def _time(when: datetime) -> str:
    return when.time().isoformat("seconds")
