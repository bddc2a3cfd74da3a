"""Social Security numbers, bank data and passwords are never written again: masked in a text or in all texts of a value.

An importer number may be one (a sole proprietor's); it is masked alike. Employer numbers (NN-NNNNNNN) stay.

>>> mask("IOR 123-45-6789, entry B76-0324527-8, EIN 12-3456789")
'IOR XXX-XX-XXXX, entry B76-0324527-8, EIN 12-3456789'
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

from bot.core import entry_number, secrets_in_text

if TYPE_CHECKING:
    from typing import Any

T = TypeVar("T")

MASK = "XXX-XX-XXXX"  # letters and dashes only: it may stand in a file name
MARKS = (MASK, secrets_in_text.BANK, secrets_in_text.PASSWORD)
NOTE = (
    "A Social Security number stands in what you sent. I masked it in everything I give back (XXX-XX-XXXX). Do not send"
    " one, here or to CBP by e-mail."
)
# Up to three characters between the groups: a text put on one line later on turns each of these into one space.
_GAP = r"[-‐-―−⁃﹣－_\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]{1,3}"
_NUMBER = re.compile(rf"(?<!\d)\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{4}}(?!\d)")
# Nine digits in a row are one where they are called so.
_CALLED = re.compile(
    r"\b((?:ssn|social[ -]security(?: (?:numbers?|no\.?|#))?)(?: (?:numbers?|no\.?|#))?(?: of [a-z .'’-]{1,40})?\W{0,3}(?:is |was )?)\d{9}(?!\d)",
    re.IGNORECASE,
)
_EMPLOYER = re.compile(r"\d{2}-\d{7}")
_SSN_DIGITS = (8, 9)  # a spreadsheet eats the zero that one begins with
_BARE = re.compile(
    r"(?:ssn\W*)?([\d\W_]+?)(?:[.,]0{1,2})?", re.IGNORECASE
)  # what a data program makes of it: 123456789.0
_BEFORE = re.compile(r"[A-Za-z0-9-]*\Z")
_AFTER = re.compile(r"[A-Za-z0-9-]*")
_NEAR = 2 * entry_number.LENGTH  # characters to either side that may belong to an entry number dashed in an odd way


def mask(text: str) -> str:
    """The text with what must not be given back masked; an entry number is left alone, however it is dashed."""
    safe = secrets_in_text.mask(_CALLED.sub(rf"\1{MASK}", _NUMBER.sub(_masked_number, text)))
    return text if safe == text else safe  # the same object: by that it is told that there was nothing


def importer_shown(importer: str) -> str:
    """An importer number as it may be shown: eight or nine digits are masked however they are parted, unless as NN-NNNNNNN.

    Only for what is known to be an importer number: in running text nine digits may be anything.
    """
    bare = _BARE.fullmatch(importer)
    if bare and sum(map(str.isdigit, bare[1])) in _SSN_DIGITS and not _EMPLOYER.fullmatch(importer.strip()):
        return MASK
    return mask(importer)


def masked(value: T) -> T:
    """A value of the model with every text in it masked; the same object when there was nothing to mask."""
    return cast("T", _masked(value))


def is_number(text: str) -> bool:
    """Whether a text is a Social Security number and nothing else."""
    return _NUMBER.fullmatch(text.strip(" '=\"")) is not None and mask(text) != text


def notes(before: object, after: object) -> tuple[str, ...]:
    """What the reply says of what was masked between a value and its masked form."""
    social = (NOTE,) if repr(after).count(MASK) > repr(before).count(MASK) else ()
    return (*social, *secrets_in_text.notes(before, after))


def masked_bytes(content: bytes) -> bytes:
    """A text file of ours (UTF-8) masked."""
    text = content.decode()
    safe = mask(text)
    return content if safe == text else safe.encode()


def _masked_number(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    before, after = _BEFORE.search(text[max(0, start - _NEAR) : start]), _AFTER.match(text[end : end + _NEAR])
    whole = (before[0] if before else "") + found[0] + (after[0] if after else "")
    return found[0] if entry_number.is_checked(whole.replace("-", "").upper()) else MASK


def _masked(value: Any) -> Any:
    if type(value) is str:  # no word of a closed vocabulary: those are StrEnum
        return mask(value)
    if isinstance(value, tuple):
        safe = tuple(map(_masked, value))
        if all(one is other for one, other in zip(safe, value, strict=True)):
            return value
        return type(value)(*safe) if hasattr(value, "_fields") else safe  # a named tuple stays one
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: safe for one in fields(value) if (safe := _masked(stood := getattr(value, one.name))) is not stood
        }
        return replace(value, **changed) if changed else value
    return value
