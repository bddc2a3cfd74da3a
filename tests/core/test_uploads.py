import re
from collections import Counter
from datetime import date

import pytest
from entry_numbers import entry
from hypothesis import given
from hypothesis import strategies as st

from bot.core import uploads
from bot.core.model import Ready, Upload
from bot.core.rulebook import Count, RuleBook
from bot.knowledge import load
from bot.resources import data_dir

DAY = date(2026, 11, 24)
RULES = load(data_dir("knowledge")).rules
HOSTILE = (
    "../../etc/passwd",
    "a\r\nb",
    "=cmd()",
    "..",
    "CON",
    "<!channel>",
    "ü" * 300,
    "a/b",
    "a-b",
    "\0",
    "-",
    " 12-3456789 ",
)
SECRETS = ("123-45-6789", "123 45 6789", "123456789", "123.45.6789", "IOR_123_45_6789", "１２３-４５-６７８９")
IMPORTERS = st.sampled_from(("", "12-345678900", "12-3456789", "260420-12345", *HOSTILE, *SECRETS)) | st.text(
    max_size=20
)


def rules(entries, size=1_000_000):
    return RuleBook(limits=(Count("entries", entries, DAY, ""), Count("bytes", size, DAY, "")))


def file_of(upload):
    """The entries of a file that ACE takes; fails on one that it would refuse."""
    content = uploads.content(upload)
    assert re.fullmatch(rb"Entry Number\r\n(?:[A-Z0-9]{3}[0-9]{8}\r\n)+", content)
    return content.decode("ascii").split("\r\n")[1:-1]


READY = st.lists(
    st.builds(
        Ready,
        st.builds(entry, st.sampled_from(("B76", "316", "012")), st.integers(0, 40)),
        IMPORTERS,
        st.sampled_from((None, date(2026, 11, 30), date(2026, 12, 1))),
    )
)


@given(READY, st.sets(st.integers(0, 40)), st.integers(1, 9), st.integers(20, 200))
def test_every_ready_entry_is_in_one_file_and_an_accepted_one_in_none(ready, accepted, most, size):
    taken = {entry("B76", serial) for serial in accepted}
    made = uploads.uploads(ready, taken, rules(most, size), DAY)
    counted = Counter(one for upload in made for one in file_of(upload))
    assert counted == Counter({one.entry for one in ready} - taken)
    assert all(len(one.entries) <= most for one in made)
    assert all(len(uploads.content(one)) <= max(size, 14 + 13) for one in made)
    for one in made:
        assert {number[:3] for number in one.entries} == {one.filer_code}
    named = uploads.names(made)
    assert all(re.fullmatch(r"upload-[A-Za-z0-9-]{3,80}\.csv", name) for name in named)
    first = {}
    for one in ready:
        first.setdefault(one.entry, one)
    for upload in made:
        assert {first[one].day for one in upload.entries} == {upload.day}
        assert len({first[one].importer.strip() for one in upload.entries}) == 1
        order = [list(first).index(one) for one in upload.entries]
        assert order == sorted(order)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_name_and_no_upload_holds_a_social_security_number(secret):
    made = uploads.uploads([Ready(entry(), secret), Ready(entry(serial=1), "987-65-4321")], (), RULES, DAY)
    assert len(made) == 2
    said = repr(made) + repr(uploads.names(made))
    assert not re.search(r"\d{3}\W?\d\d\W?\d{4}(?!\d)", re.sub(r"B76\d{8}", "", said))
    assert len({one.importer for one in made}) == len(set(uploads.names(made))) == 2


def test_names_say_what_it_is_and_sort():
    many = [Ready(entry(serial=serial)) for serial in range(10)]
    assert uploads.names(uploads.uploads(many, (), rules(99), DAY)) == ("upload-B76.csv",)
    parts = uploads.names(uploads.uploads(many, (), rules(1), DAY))
    assert parts[0] == "upload-B76-01-of-10.csv"
    assert list(parts) == sorted(parts)
    several = uploads.uploads([Ready(entry(), "12-345678900"), Ready(entry(serial=1))], (), RULES, DAY)
    assert uploads.names(several) == ("upload-B76-importer-12-345678900.csv", "upload-B76-importer-unknown.csv")
    later = uploads.uploads([Ready(entry(), day=date(2026, 11, 30))], (), RULES, DAY)
    assert uploads.names(later) == ("upload-on-2026-11-30-B76.csv",)


def test_the_rulebooks_limits_hold():
    made = uploads.uploads((Ready(entry(serial=serial)) for serial in range(25_000)), (), RULES, DAY)
    assert [(len(one.entries), one.part, one.parts) for one in made] == [(9_999, 1, 3), (9_999, 2, 3), (5_002, 3, 3)]
    assert uploads.content(Upload((entry(),), "B76")) == b"Entry Number\r\nB7603245278\r\n"


def test_nothing_ready_is_no_file():
    assert uploads.uploads([Ready(entry())], [entry()], RULES, DAY) == ()
