import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.folding import fold, folded, scanned


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("HTS  Relationship / Sequence\tMismatch", "hts relationship/sequence mismatch"),
        ("PSC NOT ALLOWED – REFUND", "psc not allowed-refund"),
        ("“Duty-‘X’ Code”", "'duty-'x' code'"),
        ("*Not* _Started_", "not started"),
        ("Not\u00a0Star\u00adted\u200b", "not started"),
        ("the ﬁle…", "the file..."),
        ("a\nb\n\nc", "a b\n\nc"),
        ("\u0130stanbul", "istanbul"),
    ],
)
def test_fold(source, expected):
    assert folded(source) == expected


def test_a_span_leads_back_to_what_stood_there():
    source = "He said: “HTS  Relationship /\u200b Sequence”!"
    even = fold(source)
    start = even.text.index("hts")
    low, high = even.span(start, start + len("hts relationship/sequence"))
    assert source[low:high] == "HTS  Relationship /\u200b Sequence"


def test_line_ends_stand_in_lines_and_only_paragraphs_in_text():
    even = fold("one\ntwo\n\nthree")
    assert even.lines == "one\ntwo\n\nthree"
    assert even.text == "one two\n\nthree"


@given(st.text(alphabet="ab /-\\\n\t\u200b\u00adﬁ…“'İ*_rnclv01", max_size=60))
def test_every_place_is_inside_the_source_and_they_ascend(source):
    even = fold(source)
    places = [even.at(index) for index in range(len(even.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(source) for place in places)
    assert len(even.text) == len(even.lines)
    slipped = scanned(even.text)
    assert all(0 <= slipped.at(index) < len(even.text) for index in range(len(slipped.text)))


def test_scanning_slips_are_equal_and_lead_back():
    assert scanned("modern clear vvord").text == scanned("modem dear word").text
    slipped = scanned("a modern thing")
    start = slipped.text.index("thlng")
    assert "a modern thing"[slice(*slipped.span(start, start + 5))] == "thing"


@pytest.mark.parametrize("text", ["a - " * 250_000, " /" * 500_000, "-" * 500_000, "a" * 5_000_000, "rn" * 500_000])
def test_linear(text):
    started = time.perf_counter()
    scanned(fold(text).text)
    assert time.perf_counter() - started < 3
