import doctest
import string

import pytest
from entry_numbers import dashed, entry, wrong
from hypothesis import given
from hypothesis import strategies as st

from bot.core import entry_number
from bot.core.entry_number import (
    InvalidCheckDigit,
    InvalidFormat,
    InvalidLength,
    check_digit,
    is_valid,
    propose,
    repair,
    validate,
)

FILERS = st.text(string.ascii_uppercase + string.digits, min_size=3, max_size=3).filter(lambda code: code != "000")
NUMBERS = st.builds(entry, FILERS, st.integers(0, 9_999_999))


def test_the_specification_in_the_docstring():
    assert doctest.testmod(entry_number) == (0, 6)


# cape-facts 3: the worked example of CATAIR Appendix E, unit tests of public customs software, and placeholders.
@pytest.mark.parametrize("number", ["B76-0324527-8", "316-2509314-6", "595-5663812-6"])
def test_numbers_that_pass(number):
    assert is_valid(number)


@pytest.mark.parametrize(
    ("number", "digit"),
    [
        ("316-7975871-4", "9"),
        ("ABC-1234567-8", "6"),
        ("012-3456789-0", "7"),
        ("XYZ-7654321-9", "1"),
        ("A12-3456789-3", "6"),
        ("605-0000010-0", "8"),
    ],
)
def test_placeholders_that_fail(number, digit):
    assert check_digit(number.replace("-", "")[:10]) == digit
    with pytest.raises(InvalidCheckDigit):
        validate(number)


@pytest.mark.parametrize(
    ("value", "error", "reason"),
    [
        ("B76-0324527", InvalidLength, "not-11-characters"),
        ("", InvalidLength, "not-11-characters"),
        ("B76-03X4527-8", InvalidFormat, "bad-format"),
        ("000-0324527-8", InvalidFormat, "bad-format"),
        ("B7ß03245278", InvalidFormat, "bad-format"),
        ("B76032452²8", InvalidFormat, "bad-format"),
        ("B76-0324527-9", InvalidCheckDigit, "bad-check-digit"),
    ],
)
def test_what_kind_of_wrong(value, error, reason):
    with pytest.raises(error) as caught:
        validate(value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("value", "reasons"),
    [
        ("B7603245278", ()),
        ("B76-0324527-8", ("dash",)),
        ("B76–0324527—8", ("dash",)),
        ("B76−0324527‑8", ("dash",)),
        ("b7603245278", ("lower-case",)),
        ("'B7603245278", ("apostrophe",)),
        ("‘B7603245278", ("apostrophe",)),
        (" B7603245278 ", ("invisible-character",)),
        ("B760\u200b3245278", ("invisible-character",)),
        ("\ufeffB7603245278", ("invisible-character",)),
        ("B76\u00a00324527\u00a08", ("invisible-character",)),
        ("B7６03245278", ("invisible-character",)),
        ("\u0662", None),
        ('="B7603245278"', ("apostrophe",)),
        ("\u200b'B7603245278", ("invisible-character", "apostrophe")),
        ("'B7603245278'", ("apostrophe",)),
        ("“B7603245278”", ("apostrophe",)),
        ("B7603245278\ufe0f", ("invisible-character",)),  # variation selector: a mark, not a space
        ("\u2800B7603245278", ("invisible-character",)),  # a blank Braille pattern
        ("B76032452\u0667\u0668", ("invisible-character",)),  # Arabic digits
        ("Ｂ76−0324527−8", ("invisible-character", "dash")),
    ],
)
def test_repairs_are_reported(value, reasons):
    number, found = repair(value)
    if reasons is None:
        assert number == "2"
        return
    assert (number, found) == ("B7603245278", reasons)


def test_a_letter_is_never_repaired_only_proposed():
    assert repair("B76O3245278")[0] == "B76O3245278"
    assert propose("B76O3245278") == "B7603245278"
    assert propose("B76032452l8") == ""  # does not fit the check digit


@pytest.mark.parametrize("value", ["ºA603245278", "B7İ03245278", "B7603245 27Ⅷ", "ſ7603245278", "B76032452①8"])
def test_what_only_resembles_a_letter_or_digit_is_not_mended(value):
    assert not is_valid(value)
    assert propose(value) == ""


@pytest.mark.parametrize("value", ["31625093146.0", "31625093146,00", "31,625,093,146", "31.625.093.146"])
def test_a_number_that_went_through_a_data_program_is_proposed(value):
    assert propose(value) == "31625093146"
    assert not is_valid(value)


def test_letters_in_a_filer_code_stay():
    number = entry("OIL", 17)
    assert validate(number) == number
    assert propose(wrong(number)) == ""


@pytest.mark.parametrize(("filer", "lost"), [("012", 1), ("003", 2)])
def test_lost_leading_zeros_are_proposed(filer, lost):
    number = entry(filer, 2203118)
    assert propose(number[lost:]) == number
    assert not is_valid(number[lost:])


@given(NUMBERS, st.data())
def test_the_check_digit_sees_every_single_wrong_digit(number, data):
    place = data.draw(st.integers(3, 10))
    digit = data.draw(st.sampled_from([d for d in string.digits if d != number[place]]))
    assert not is_valid(number[:place] + digit + number[place + 1 :])


@given(NUMBERS)
def test_the_way_people_write_it(number):
    assert validate(dashed(number)) == number
    assert entry_number.format(number) == dashed(number)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    value, reasons = repair(text)
    assert value == text or reasons or text.strip() != text
    propose(text)
    is_valid(text)
