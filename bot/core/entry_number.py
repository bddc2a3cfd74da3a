"""CBP entry numbers: FFF-NNNNNNN-C, that is filer code, seven digits, check digit; 11 characters without the dashes.

The filer code is three letters or digits in any mixture but 000. The check digit (CATAIR Appendix E): letters become
digits (A-I 1-9, J-R 1-9, S-Z 2-9); of the first ten, from the right, the 1st, 3rd, 5th, 7th and 9th are doubled, tens
and units of a double added; what is missing to the next ten is the check digit.

The worked example of Appendix E:

>>> validate("B76-0324527-8")
'B7603245278'
>>> format("B7603245278")
'B76-0324527-8'
>>> check_digit("B760324527")
'8'
>>> validate("B76-0324527-9")
Traceback (most recent call last):
    ...
bot.core.entry_number.InvalidCheckDigit: the check digit does not fit the ten characters before it
>>> repair("'b76 0324527–8")
('B7603245278', ('apostrophe', 'invisible-character', 'dash', 'lower-case'))
>>> propose("B76O3245278")
'B7603245278'

CBP does not say that CAPE tests the check digit; a number that fails it will not be found in ACE (cape-facts 3).
"""

from __future__ import annotations

import re
import unicodedata

LENGTH = 11
FILER = 3
SHAPE = re.compile(r"(?!000)[A-Z0-9]{3}[0-9]{8}")
_VALUES = (*range(1, 10), *range(1, 10), *range(2, 10))
_TO_DIGIT = {65 + index: str(value) for index, value in enumerate(_VALUES)}
_DOUBLED = tuple(2 * digit - 9 * (digit > 4) for digit in range(10))  # noqa: PLR2004 - 2 * 5 is the first with tens
_APOSTROPHES = "'’‘`´ʼ＇"
_WRAPPED = re.compile(r'\A=?"([^"]*)"\Z')  # Excel's ="…", which keeps a zero from being eaten
_LOST = {10: "0", 9: "00"}  # a filer code that begins with zeros, read as a number by a spreadsheet
_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1"})


class InvalidEntryNumber(ValueError):  # noqa: N818 - after python-stdnum: the name says what the number is
    """It is not a valid entry number. The closed set below says in which way."""

    reason = "bad-format"


class InvalidLength(InvalidEntryNumber):
    """It does not have 11 characters."""

    reason = "not-11-characters"


class InvalidFormat(InvalidEntryNumber):
    """A character stands where it cannot: letters belong to the filer code only, and 000 is no filer code."""

    reason = "bad-format"


class InvalidCheckDigit(InvalidEntryNumber):
    """Shape and length are right and the check digit is not."""

    reason = "bad-check-digit"


def compact(value: str) -> str:
    """The number without dashes and spaces, in upper case, Unicode digits and dashes made plain."""
    return repair(value)[0]


def repair(value: str) -> tuple[str, tuple[str, ...]]:
    """Mend what is certain; give the value and a reason for each kind of repair (the contract's words).

    Taken out: apostrophes in front, `="…"`, every dash, every space and invisible character. Made plain: digits and
    letters of other scripts' width, lower case. Nothing else: a letter that may be a digit is not touched.
    """
    if SHAPE.fullmatch(value):
        return value, ()
    reasons: list[str] = []
    text = value
    if wrapped := _WRAPPED.match(text.strip()):
        text = wrapped[1]
        reasons.append("apostrophe")
    stripped = text.strip().lstrip(_APOSTROPHES)
    if stripped != text.strip():
        reasons.append("apostrophe")
        text = stripped
    kept = "".join(character for character in text if not _is_space(character))
    if kept != text:
        reasons.append("invisible-character")
    plain = "".join(_plain(character) for character in kept)
    if _without_dashes(plain) != plain:
        reasons.append("dash")
        plain = _without_dashes(plain)
    if any(_plain(character) != character and not _is_dash(character) for character in kept):
        reasons.append("invisible-character")
    upper = "".join(character.upper() if character.isascii() else character for character in plain)
    if upper != plain:
        reasons.append("lower-case")
    return upper, tuple(dict.fromkeys(reasons))


def validate(value: str) -> str:
    """Give the 11 characters; raise InvalidLength, InvalidFormat or InvalidCheckDigit."""
    number = compact(value)
    if len(number) != LENGTH:
        raise InvalidLength(f"an entry number has {LENGTH} characters, this one has {len(number)}")
    if not SHAPE.fullmatch(number):
        raise InvalidFormat("an entry number is a filer code of three letters or digits (not 000) and eight digits")
    if check_digit(number[:-1]) != number[-1]:
        raise InvalidCheckDigit("the check digit does not fit the ten characters before it")
    return number


def is_valid(value: str) -> bool:
    """Whether `validate` accepts it."""
    try:
        validate(value)
    except InvalidEntryNumber:
        return False
    return True


def format(value: str) -> str:  # noqa: A001 - python-stdnum's name
    """The number as people write it: B76-0324527-8."""
    number = compact(value)
    return f"{number[:3]}-{number[3:10]}-{number[10:]}"


def check_digit(ten: str) -> str:
    """The check digit for the ten characters before it (letters A-Z and digits only)."""
    digits = ten.translate(_TO_DIGIT)
    total = sum(_DOUBLED[int(digit)] for digit in digits[::-2]) + sum(int(digit) for digit in digits[-2::-2])
    return str(-total % 10)


def is_checked(number: str) -> bool:
    """Whether a string of the right shape has the right check digit: the quick way for a clean row."""
    return SHAPE.fullmatch(number) is not None and check_digit(number[:10]) == number[10]


def propose(value: str) -> str:
    """What a person may confirm instead of an invalid number, or empty. Never applied without them.

    Lost leading zeros: nine or ten digits that with zeros in front have a fitting check digit. Letters taken for digits:
    O for 0, I or L for 1, only in the last eight positions, since a filer code may hold letters.
    """
    number = compact(value)
    candidates = []
    if number.isascii() and number.isdigit() and len(number) in _LOST:
        candidates.append(_LOST[len(number)] + number)
    if len(number) == LENGTH and number.isascii():
        candidates.append(number[:FILER] + number[FILER:].translate(_SLIPS))
    return next((one for one in candidates if one != number and is_checked(one)), "")


def _without_dashes(text: str) -> str:
    return text.replace("-", "")


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character in "−⁃˗"


def _is_space(character: str) -> bool:
    """Spaces of every width, and what has no width at all (control, format)."""
    return unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf") or character in "\u115f\u3164\ufeff"


def _plain(character: str) -> str:
    """The ASCII character it stands for: any decimal digit, any dash, a full-width letter; else itself."""
    if character.isascii():
        return character
    if _is_dash(character):
        return "-"
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 and narrow.isascii() and narrow.isalpha() else character
