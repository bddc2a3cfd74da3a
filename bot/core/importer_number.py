"""Importer (of record) numbers: NN-NNNNNNN[XX] of the IRS, NNN-NN-NNNN (a Social Security number), YYDDPP-NNNNN of CBP.

Source: 19 CFR 24.5, CBP Form 5106. The prefix of an IRS number is checked against the IRS's list; a number that fails is
asked about, since lists age. Nine bare digits may be an employer's or a person's: what they are called decides.

>>> read("12-345678900", "ior"), read("123456789", "ein")
(Number(value='12-345678900', kind='irs', doubt=''), Number(value='12-3456789', kind='irs', doubt=''))
>>> read("123-45-6789", "ior").kind, read("123456789", "ior").doubt, read("000000-12345", "ior").kind
('ssn', 'shape', 'cbp')
>>> read("07-1234567", "ein").doubt
'prefix'
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stdnum.us import ein

from bot.core.masking import MASK

FORM = rf"(?:{MASK}|\d{{3}}-\d{{2}}-\d{{4}}|\d{{6}}-\d{{5}}|\d{{2}}[- ]\d{{7}}(?:[A-Z0-9]{{2}})?|\d{{9}}(?:[A-Z0-9]{{2}})?)(?![\w-])"
_IRS = re.compile(r"(\d{2})[- ]?(\d{7})([A-Z0-9]{2})?")
_CBP = re.compile(r"\d{6}-\d{5}")
_SSN = re.compile(rf"{MASK}|\d{{3}}-\d{{2}}-\d{{4}}")
_BARE = 9  # digits that may be anybody's
_WHOLE = "00"  # the suffix of the firm itself, which people leave out


class Number(NamedTuple):
    """An importer number as read. `kind`: irs, cbp, ssn. `doubt`: empty, `prefix` (unknown to the IRS) or `shape`."""

    value: str
    kind: str
    doubt: str = ""


def read(text: str, called: str) -> Number | None:
    """The number in a text of one of the forms; `called` is the word before it. None: it is no importer number."""
    bare = text.strip().upper()
    if _SSN.fullmatch(bare):
        return Number(MASK, "ssn")
    if _CBP.fullmatch(bare):
        return Number(bare, "cbp")
    found = _IRS.fullmatch(bare)
    if found is None:
        return None
    value = f"{found[1]}-{found[2]}{found[3] or ''}"
    if len(bare) == _BARE and "ein" not in called.casefold():
        return Number(MASK, "irs", "shape")
    return Number(value, "irs", "" if ein.is_valid(f"{found[1]}-{found[2]}") else "prefix")


def key(importer: str) -> str:
    """By what two writings of one number are told to be one: no dash, and the suffix of the firm itself left out."""
    bare = importer.strip().upper().replace("-", "")
    return bare.removesuffix(_WHOLE) if len(bare) == _BARE + len(_WHOLE) else bare
