import re
from datetime import date, timedelta

import pytest
from entry_numbers import dashed, entry
from tables import TODAY, es003, liquidated, undated

from bot.core.business_days import is_business_day, last_business_day
from bot.core.calendars import calendar

PROTEST = timedelta(180)


def events(content):
    """The events as dictionaries, parsed as RFC 5545 says; fails where the form is broken."""
    assert content.endswith(b"\r\n")
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", content) is None
    rows = content.split(b"\r\n")[:-1]
    assert all(len(row) <= 75 for row in rows)
    lines = b"\r\n".join(rows).replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[2].startswith("PRODID:")
    assert lines[-1] == "END:VCALENDAR"
    found, stack = [], []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                found.append({"alarms": 0})
            found[-1:] and stack[-1] == "VALARM" and found[-1].update(alarms=found[-1]["alarms"] + 1)
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in found[-1]
            assert not re.search(r"(?<!\\)[,;]", value) or name in ("UID", "DTSTAMP")
            found[-1][name] = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert not stack
    return found


def day_of(event):
    return date.fromisoformat(event["DTSTART;VALUE=DATE"])


def test_an_entry_has_day_77_day_80_and_the_protest_day():
    one = liquidated(1, 27)
    found = events(calendar([one], TODAY, PROTEST))
    days = {one.liquidated + timedelta(count) for count in (77, 80, 180)}
    assert days <= {day_of(event) for event in found}
    assert {day_of(event) for event in found} == days | {last_business_day(day) for day in days}
    assert all(event["alarms"] for event in found)
    for event in found:
        assert event["DTSTAMP"] == "20261124T000000Z"
        assert date.fromisoformat(event["DTEND;VALUE=DATE"]) == day_of(event) + timedelta(1)
        assert dashed(one.entry) in event["DESCRIPTION"]
        assert "1 entry" in event["SUMMARY"]


def test_a_weekend_has_the_business_day_before_beside_the_day_itself():
    one = liquidated(1, 176)  # day 180 is Saturday, 28 November; the Thursday before is a holiday
    raw, before = events(calendar([one], TODAY, PROTEST))[::-1]
    if day_of(raw) < day_of(before):
        raw, before = before, raw
    assert (day_of(raw), day_of(before)) == (date(2026, 11, 28), date(2026, 11, 27))
    assert raw["SUMMARY"] == "Protest: last day (day 180), act by Fri 27 Nov 2026: 1 entry"
    assert before["SUMMARY"] == "Protest: last day (day 180) is Sat 28 Nov 2026, act today: 1 entry"
    for event in (raw, before):
        assert "no business day; the one before it is Fri 27 Nov 2026" in event["DESCRIPTION"]


def test_events_are_grouped_by_day_and_few():
    several = [liquidated(serial, serial % 180) for serial in range(20_000)]
    found = events(calendar(several, TODAY, PROTEST))
    assert len(found) < 1_000
    assert len({(day_of(event), event["SUMMARY"].partition(":")[0], event["UID"]) for event in found}) == len(found)
    assert max(len(event["DESCRIPTION"]) for event in found) < 500
    assert all(day_of(event) >= TODAY for event in found)
    assert any("and 91 more, in the report" in event["DESCRIPTION"] for event in found)


def test_the_same_event_keeps_its_uid_and_another_has_another():
    first = {event["UID"] for event in events(calendar([liquidated(1, 30)], TODAY, PROTEST))}
    again = {event["UID"] for event in events(calendar([liquidated(1, 30)], TODAY + timedelta(1), PROTEST))}
    other = {event["UID"] for event in events(calendar([liquidated(2, 30)], TODAY, PROTEST))}
    assert first == again
    assert not first & other


@pytest.mark.parametrize("outcome", ["counsel", "no-refund", "accepted", "cape-later-money", "check"])
def test_no_day_no_event(outcome):
    assert calendar([undated(1, outcome)], TODAY, PROTEST) == b""


def test_an_entry_that_waits_keeps_its_protest_day():
    waiting = liquidated(1, 100, outcome="wait", deadline=None)
    assert [day_of(event) for event in events(calendar([waiting], TODAY, PROTEST))] == [date(2027, 2, 12)]
    assert is_business_day(date(2027, 2, 12))
    assert calendar([waiting], TODAY) == b""


def test_nothing_of_the_senders_stands_in_it():
    hostile = "123-45-6789\r\nEND:VCALENDAR"
    export = es003(outcomes=(liquidated(1, 30, hostile, why=hostile, type=hostile),))
    content = calendar(export.outcomes, TODAY, PROTEST)
    events(content)
    assert b"6789" not in content
    assert content.count(b"END:VCALENDAR") == 1


def test_a_deadline_without_a_liquidation_has_no_day_number():
    one = undated(1, "psc-first")._replace(deadline=date(2026, 12, 1))
    (event,) = events(calendar([one], TODAY, PROTEST))
    assert event["SUMMARY"] == "PSC: last day: 1 entry"
    assert dashed(entry(serial=1)) in event["DESCRIPTION"]
