"""Deadlines, and days to wait for, as an .ics file (RFC 5545): one event for each day and kind, however many entries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.core import words
from bot.core.business_days import last_business_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.model import Outcome

_LISTED = 20  # entries named in an event; the report has them all
_OCTETS = 75  # of a line, RFC 5545 section 3.1
_STILL_OPEN = frozenset(
    {"cape-now", "wait", "check", "psc-first", "excluded"}
)  # a protest keeps what CAPE may not give
_ALARM = "-PT15H"  # nine o'clock the day before: an all-day event begins at midnight
_MORNING = "PT9H"  # on the day itself
_EARLY = {"protest": "-P14DT15H", "last": "-P3DT15H"}  # and once before, since these days take preparing
_TITLES = {
    "file-by": "CAPE: file by",
    "last": "CAPE: last day",
    "protest": "Protest: last day",
    "psc": "PSC: last day",
}
_KINDS = {"cape-now": "last", "protest": "protest", "psc-first": "psc"}  # whose deadline an outcome's is


@dataclass(frozen=True, slots=True)
class _Event:
    """Entries that share a day. `about` is the day meant where the event stands on the business day before it."""

    kind: str
    day: date
    entries: tuple[str, ...]
    liquidated: date | None
    about: date


class Wait(NamedTuple):
    """A day before which there is nothing to do. `title` is what to do then, and about what."""

    day: date
    title: str
    entries: tuple[str, ...] = ()


def calendar(
    outcomes: Iterable[Outcome], today: date, protest: timedelta | None = None, waits: Iterable[Wait] = ()
) -> bytes:
    """Take outcomes and the day answered for; give the calendar, or nothing when no day is ahead.

    `protest` is how long after liquidation a protest is possible: with it that day is there for entries that may still
    go through CAPE, too. The same outcomes give the same bytes, and the same event keeps its UID.
    """
    events = list(_events(outcomes, today, protest))
    waiting = [one for one in dict.fromkeys(waits) if one.day > today]
    if not (events or waiting):
        return b""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//capebot//CAPE deadlines//EN", "CALSCALE:GREGORIAN"]
    for event in events:
        lines += _vevent(event, today)
    for one in sorted(waiting):
        lines += _waiting(one, today)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _events(outcomes: Iterable[Outcome], today: date, protest: timedelta | None) -> Iterator[_Event]:
    alike: dict[tuple[str, date | None, date | None, date | None], list[str]] = {}
    for one in outcomes:
        alike.setdefault((one.outcome, one.deadline, one.file_by, one.liquidated), []).append(one.entry)
    together: dict[tuple[date, str], list[str]] = {}
    since: dict[tuple[date, str], date | None] = {}
    for (outcome, deadline, file_by, liquidated), several in alike.items():
        for kind, day in _days(outcome, deadline, file_by, liquidated, protest):
            if day >= today:
                together.setdefault((day, kind), []).extend(several)
                since.setdefault((day, kind), liquidated)
    for (day, kind), entries in sorted(together.items(), key=lambda item: item[0]):
        event = _Event(kind, day, tuple(dict.fromkeys(entries)), since[day, kind], day)
        yield event
        before = last_business_day(day)
        if today <= before < day:
            yield replace(event, day=before)


def _days(
    outcome: str, deadline: date | None, file_by: date | None, liquidated: date | None, protest: timedelta | None
) -> Iterator[tuple[str, date]]:
    if outcome in _KINDS:
        if file_by:
            yield "file-by", file_by
        if deadline:
            yield _KINDS[outcome], deadline
    if protest and liquidated and outcome in _STILL_OPEN:
        yield "protest", liquidated + protest


def _vevent(event: _Event, today: date) -> list[str]:
    title = _title(event)
    content = "\n".join((event.kind, event.day.isoformat(), event.about.isoformat(), *sorted(event.entries)))
    return [
        *_all_day(content, event.day, today, title, _description(event)),
        *(line for trigger in (_EARLY.get(event.kind), _ALARM) if trigger for line in _alarm(trigger, title)),
        "END:VEVENT",
    ]


def _all_day(content: str, day: date, today: date, title: str, description: str) -> list[str]:
    """The head of an event that lasts a day; what is alike in `content` is the same event."""
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(content.encode()).hexdigest()[:32]}@capebot",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(description)}",
        "TRANSP:TRANSPARENT",
    ]


def _waiting(one: Wait, today: date) -> list[str]:
    content = "\n".join(("wait", one.day.isoformat(), one.title, *sorted(one.entries)))
    named = ", ".join(map(words.entry_words, one.entries[:_LISTED]))
    more = len(one.entries) - _LISTED
    said = [f"{one.title}: {words.day_words(one.day)} or later, not before."]
    said += [f"Entries: {named}{f' and {more:,} more.' if more > 0 else '.'}"] if named else []
    return [*_all_day(content, one.day, today, one.title, "\n".join(said)), *_alarm(_MORNING, one.title), "END:VEVENT"]


def _title(event: _Event) -> str:
    count = words.count_words(len(event.entries), "entry", "entries")
    said = f"{_TITLES[event.kind]}{_which(event)}"
    before = last_business_day(event.about)
    if event.day != event.about:
        return f"{said} is {words.day_words(event.about)}, act today: {count}"
    return f"{said}: {count}" if before == event.about else f"{said}, act by {words.day_words(before)}: {count}"


def _which(event: _Event) -> str:
    """Day 77, 80 or 180, where it is counted from a liquidation."""
    return f" (day {(event.about - event.liquidated).days})" if event.liquidated and event.kind != "psc" else ""


def _description(event: _Event) -> str:
    said = [f"{_TITLES[event.kind]} {words.day_words(event.about)}{_which(event)}."]
    if (before := last_business_day(event.about)) != event.about:
        said.append(f"That is no business day; the one before it is {words.day_words(before)}.")
    if event.liquidated:
        said.append(f"Liquidated {words.day_words(event.liquidated)}.")
    named = ", ".join(map(words.entry_words, event.entries[:_LISTED]))
    more = len(event.entries) - _LISTED
    said.append(f"Entries: {named}" + (f" and {more:,} more, in the report." if more > 0 else "."))
    return "\n".join(said)


def _alarm(trigger: str, title: str) -> list[str]:
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(title)}", f"TRIGGER:{trigger}", "END:VALARM"]


def _escaped(text: str) -> str:
    """A TEXT value, RFC 5545 section 3.3.11."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A content line of at most 75 octets a row, no character cut in two."""
    rows, row = [], b""
    for character in line:
        octets = character.encode()
        if len(row) + len(octets) > _OCTETS:
            rows.append(row)
            row = b" "
        row += octets
    return b"\r\n".join((*rows, row)) + b"\r\n"
