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
('B7603245278', ('invisible-character', 'apostrophe', 'dash', 'lower-case'))
>>> propose("B76O3245278")
'B7603245278'

CBP does not say that CAPE tests the check digit; a number that fails it will not be found in ACE (cape-facts 3).
"""

from __future__ import annotations

import re
import string
import unicodedata

LENGTH = 11
FILER = 3
SHAPE = re.compile(r"(?!000)[A-Z0-9]{3}[0-9]{8}")
_FILER_CODE = re.compile(r"(?!000)[A-Za-z0-9]{3}")
_VALUES = (*range(10), *range(1, 10), *range(1, 10), *range(2, 10))
_ONCE: dict[str, int] = dict(zip(string.digits + string.ascii_uppercase, _VALUES, strict=True))
_TWICE: dict[str, int] = {character: 2 * value - 9 * (value > 4) for character, value in _ONCE.items()}  # noqa: PLR2004 - 2 * 5 is the first with tens
_QUOTES = "'’‘‚‛`´ʼ＇\"“”„＂"  # apostrophes that keep a zero in Excel, and quote marks round a value
_LOST = {10: "0", 9: "00"}  # a filer code that begins with zeros, read as a number by a spreadsheet
_SLIPS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_DECIMAL = re.compile(r"(\d{9,11})[.,]0{1,2}")  # what a data program makes of a number: 31625093146.0
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3}){2}")  # 31,625,093,146
# Letters, marks and signs that show nothing, beside the categories of spaces and controls.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b\u180c\u180d\u180f")


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

    Taken out: apostrophes and quote marks round it, `="…"`, every dash, every space and invisible character. Made
    plain: digits of any script, full-width letters, lower case. Nothing else: a letter that may be a digit is not touched.
    """
    if SHAPE.fullmatch(value):
        return value, ()
    reasons: list[str] = []
    text = "".join(character for character in value if not is_invisible(character))
    if text != value:
        reasons.append("invisible-character")
    bare = text.removeprefix("=").strip(_QUOTES) if text.startswith(('="', "=“")) else text.strip(_QUOTES)
    if bare != text:
        reasons.append("apostrophe")
    plain = "".join(map(_plain, bare))
    if any(_plain(character) != character and not _is_dash(character) for character in bare):
        reasons.append("invisible-character")  # the contract has no nearer word for a digit that only looks like one
    if "-" in plain:
        reasons.append("dash")
        plain = plain.replace("-", "")
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


def is_filer_code(value: str) -> bool:
    """Whether it is three letters or digits, in capitals or not, and not 000."""
    return _FILER_CODE.fullmatch(value) is not None


def format(value: str) -> str:  # noqa: A001 - python-stdnum's name
    """The number as people write it: B76-0324527-8."""
    number = compact(value)
    return f"{number[:3]}-{number[3:10]}-{number[10:]}"


def check_digit(ten: str) -> str:
    """The check digit for the ten characters before it. Raises KeyError for anything but A-Z and 0-9."""
    return str(-_total(ten) % 10)


def is_checked(number: str) -> bool:
    """Whether a string of the right shape has the right check digit: the quick way for a clean row."""
    return SHAPE.fullmatch(number) is not None and _total(number) % 10 == 0


def propose(value: str) -> str:
    """What a person may confirm instead of an invalid number, or empty. Never applied without them.

    Lost leading zeros: nine or ten digits that with zeros in front have a fitting check digit. Letters taken for digits:
    O for 0, I or L for 1, only in the last eight positions, since a filer code may hold letters. A number that went
    through a data program: 31625093146.0 or 31,625,093,146.
    """
    number = _as_digits(compact(value))
    candidates = [number]
    if number.isascii() and number.isdigit() and len(number) in _LOST:
        candidates = [_LOST[len(number)] + number]
    elif len(number) == LENGTH and number.isascii():
        candidates.append(number[:FILER] + number[FILER:].translate(_SLIPS))
    stood = compact(value)
    return next((one for one in candidates if one != stood and is_checked(one)), "")


def is_invisible(character: str) -> bool:
    """Spaces of every width, and what shows nothing at all: controls, formats, fillers, variation selectors."""
    if character.isascii():
        return character <= " " or character == "\x7f"
    return (
        unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf")
        or character in _BLANKS
        or "\ufe00" <= character <= "\ufe0f"
    )


def _total(number: str) -> int:
    """Luhn's sum from the left: right for ten characters and, with the check digit as an eleventh, for all eleven."""
    once: int = sum(map(_ONCE.__getitem__, number[::2]))
    return once + sum(map(_TWICE.__getitem__, number[1::2]))


def _as_digits(number: str) -> str:
    if decimal := _DECIMAL.fullmatch(number):
        return decimal[1]
    return re.sub("[.,]", "", number) if _GROUPED.fullmatch(number) else number


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character in "−⁃˗"


def _plain(character: str) -> str:
    """The ASCII character it stands for: any decimal digit, any dash, a full-width letter; else itself."""
    if character.isascii():
        return character
    if _is_dash(character):
        return "-"
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    if "Ａ" <= character <= "Ｚ" or "ａ" <= character <= "ｚ":
        return unicodedata.normalize("NFKC", character)
    return character
