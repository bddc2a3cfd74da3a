"""Entry numbers in running text, told apart from everything else that is made of about eleven characters.

A match of `_FORMS` has one of six forms; `_is_sure` says of each what is enough to take it, `_suspicion` what is enough
to call it suspect. Sure by itself: FFF-NNNNNNN-C with a fitting check digit. One random number in ten passes the check, so a
bare run of eleven digits needs a word such as "entry" near it, a line of its own, a neighbour in a list, or a sure
entry of the same filer. Calling a good entry bad is worse than missing a bad one: a suspect needs the clear shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import entry_context, entry_number
from bot.core.confirmed import vouched
from bot.core.entry_context import Says
from bot.core.model import FoundEntries, SuspectEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

_DASH = "[-\u2010-\u2015\u2212\u2043\u02d7\ufe58\ufe63\uff0d]"
_SP = "[ \u00a0\u2000-\u200a\u202f\u205f\u3000]"
_JOIN = rf"{_SP}?{_DASH}{_SP}?(?:\r?\n[ >]{{0,4}})?"  # a dash; a mail program may have broken the line after it
_W = "[0-9A-Za-z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
_D = "[\\dOoIl]"
# Not inside a word, a longer number, an amount, a path of numbers; an underscore is only borne by the dashed form.
_LEFT = rf"(?<![^\W_])(?<![^\W_]{_DASH})(?<!\d[.])(?<![@\\%$€£])"
_RIGHT = rf"(?![^\W_])(?!{_DASH}\d)(?![@%])(?![.]\d)"
_FORMS = re.compile(
    rf"{_LEFT}(?:"
    rf"(?P<dashed>{_W}{{3}}{_JOIN}{_D}{{7}}{_JOIN}{_D})"
    rf"|(?P<short>\d{{1,2}}{_DASH}\d{{7}}{_DASH}\d)"  # a leading zero lost, or two
    rf"|(?P<grouped>{_W}{{3}}{_JOIN}{_D}{{8}}|{_W}{{3}}{_D}{{7}}{_JOIN}{_D})"
    rf"|(?P<spaced>{_W}{{3}}(?:{_SP}|{_JOIN}){_D}{{7}}(?:{_SP}|{_JOIN}){_D}|{_W}{{3}}{_SP}{_D}{{8}}"
    rf"|{_W}{{3}}{_D}{{7}}{_SP}{_D}|[0-9]*+[A-Z][0-9A-Z]*+/\d{{7}}/\d)"
    rf"|(?P<odd>{_W}{{3}}{_DASH}\d{{5,9}}{_DASH}\d|{_W}{{3}}{_DASH}\d{{7}})"  # a digit too many or too few
    rf"|(?P<bare>(?<!_){_W}{{3}}{_D}{{8}}(?!_)|(?<!_)\d{{9,10}}(?!_)|(?<!_)[A-Z\d]{{3}}\d{{6,7}}(?!_)|(?<!_)[A-Z\d]{{3}}\d{{9}}(?!_))"
    rf"){_RIGHT}"
)
_TOKEN = re.compile(r"[^\s<>|;]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufe0f]")
_USUAL = re.compile(r"[0-9A-Z]{3}(?:-[0-9]{7}-[0-9]|[0-9]{8})")
_PHONE = re.compile(r"1[2-9]\d{2}[2-9]\d{6}")  # with the country code of North America
_TOPIC = re.compile(
    r"\b(?:cape|ieepa|entry|entries|entrys|7501|claim details|claim status|es-?003|claim (?:no\.? |number |# ?)?\d{12})\b",
    re.IGNORECASE,
)
# Three capitals that stand before numbers of their own.
_WORDS = frozenset({
    "SKU", "REF", "INV", "BOL", "HBL", "MBL", "AWB", "PRO", "TEL", "FAX", "PIN", "JOB", "LOT", "SEQ", "UPS", "DHL", "ISF",
    "HTS", "EIN", "IOR", "POA", "PSC", "FTZ", "FDA", "USD", "EUR", "GBP", "CAD", "CNY", "ACH", "IRS", "SSN", "VAT", "FEI",
    "MID", "BIN", "PCS", "QTY", "NOS", "NUM", "ORD", "ACT", "TIN", "DUN", "FEE", "TAX", "BOX", "CTR", "EXT", "THE", "AND",
})  # fmt: skip
_ALONE_LEFT = re.compile(r"[\s>*•·#\"'(–—-]*(?:\(?\d{1,3}[.)][ \t]+)?[\"'(#]?")
_MOST = 20_000  # numbers looked at in one text: twice what a Declaration may hold
_ROW = 300  # characters between the first cells of two rows of one table at the most


@dataclass(frozen=True, slots=True)
class _Form:
    """Something of a form, and what stands round it. `says` counts a list's first word for all of the list."""

    form: str
    stood: str
    number: str
    reasons: tuple[str, ...]
    says: Says
    alone: bool

    @property
    def filer(self) -> str:
        return self.number[: entry_number.FILER]

    @property
    def mixed(self) -> bool:
        """Letters and digits in the filer code, as in B76: hardly a word, a telephone number or an airline."""
        return not self.filer.isdigit() and not self.filer.isalpha()

    @property
    def named(self) -> bool:
        """Whether the text calls it an entry, or gives it a line to itself."""
        return self.says >= Says.NEAR or (self.alone and self.says > Says.OTHER and not _PHONE.fullmatch(self.number))


def find(text: str, confirmed: tuple[str, ...] = ()) -> FoundEntries:
    """Give the distinct entry numbers in order, those that only look like one, and what was read otherwise.

    `confirmed` are `VALUE` or `VALUE=PROPOSAL` that a person vouches for: taken, and named among the repaired.
    """
    forms = list(_forms(text))
    known = vouched(confirmed)
    topical = _TOPIC.search(text) is not None
    sure = {one.number for one in forms if entry_number.is_checked(one.number) and _is_sure(one, topical=topical)}
    filers = {number[: entry_number.FILER] for number in sure} | _filers_in_a_row(forms)
    entries: dict[str, None] = {}
    suspects: dict[str, SuspectEntry] = {}
    repaired: dict[str, str] = {}
    for one in forms:
        wanted = known.get(one.stood, known.get(one.number, ""))
        if one.number in sure or (entry_number.is_checked(one.number) and _is_likely(one, filers, anything=bool(sure))):
            entries.setdefault(one.number)
            if not _USUAL.fullmatch(one.stood):
                repaired.setdefault(one.stood, one.number)
        elif wanted:
            entries.setdefault(wanted)
            repaired.setdefault(one.stood, wanted)
        elif reason := _suspicion(one, filers):
            suspects.setdefault(one.number, SuspectEntry(one.stood, reason, entry_number.propose(one.number)))
    return FoundEntries(tuple(entries), tuple(suspects.values()), tuple(repaired.items()))


def _forms(text: str) -> Iterator[_Form]:
    """Everything of a form, in order. What is invisible does not count, links and mail addresses are passed over."""
    places = None
    if _INVISIBLE.search(text):
        places = [at for at, character in enumerate(text) if not _INVISIBLE.match(character)]
    visible = _TOKEN.sub(_without_address, "".join(text[at] for at in places) if places is not None else text)
    end, says, first_says, first_end = 0, Says.NOTHING, Says.NOTHING, -_ROW
    for count, found in enumerate(_FORMS.finditer(visible)):
        if count >= _MOST:
            return
        in_list = count > 0 and entry_context.is_list(visible[end : found.start()][: entry_context.WINDOW])
        own = entry_context.read(visible, found.start(), found.end())
        starts_row = _ALONE_LEFT.fullmatch(_line_before(visible, found.start())) is not None
        if own is Says.NOTHING and in_list:
            own = says
        elif own is Says.NOTHING and starts_row and found.start() - first_end < _ROW:
            own = min(first_says, Says.NEAR)
        if starts_row:
            first_says, first_end = own, found.end()
        end, says = found.end(), own
        alone = starts_row and not visible[end : end + _ROW].partition("\n")[0].strip(" \t\r,;.*|\"')")
        stood = found[0] if places is None else text[places[found.start()] : places[end - 1] + 1]
        number, reasons = entry_number.repair(stood.replace("/", "-"))
        yield _Form(found.lastgroup or "", stood, number, reasons, own, alone)


def _line_before(text: str, start: int) -> str:
    return text[max(0, start - entry_context.WINDOW) : start].rpartition("\n")[2]


def _without_address(token: re.Match[str]) -> str:
    """Links, mail addresses and Message-IDs blanked out; the length stays."""
    word = token[0]
    return " " * len(word) if "://" in word or "@" in word or word.startswith("www.") else word


def _is_sure(one: _Form, *, topical: bool) -> bool:
    """Whether a number that passes the check is an entry for its form and the words round it.

    `topical`: the text speaks of entries or CAPE, so that a bare number in it is hardly anything else.
    """
    if one.form == "dashed":
        return True
    if _is_air_waybill(one):
        return one.says is Says.DIRECT
    if one.form == "spaced" and one.filer.isalpha():  # "the 1234567 8", "SKU 12345678"
        return one.says > Says.OTHER and one.stood[: entry_number.FILER].isupper() and one.filer not in _WORDS
    if one.mixed:
        return one.says > Says.OTHER
    if topical and one.says > Says.OTHER and not _PHONE.fullmatch(one.number):
        return True
    return one.named if one.form in ("bare", "spaced") else one.says >= Says.NEAR


def _is_likely(one: _Form, filers: set[str], *, anything: bool) -> bool:
    """Whether a passing number is an entry because others are: of the same filer, or at all."""
    if one.filer in filers:
        return True
    return anything and one.form == "bare" and one.says > Says.OTHER and not _PHONE.fullmatch(one.number)


def _filers_in_a_row(forms: list[_Form]) -> set[str]:
    """Filer codes of two numbers or more without dashes that all pass the check: by chance that is one in a hundred."""
    passing: dict[str, set[str]] = {}
    failing: set[str] = set()
    for one in forms:
        if one.form not in ("bare", "spaced") or len(one.number) != entry_number.LENGTH or one.says is Says.OTHER:
            continue
        if entry_number.is_checked(one.number) and not _PHONE.fullmatch(one.number):
            passing.setdefault(one.filer, set()).add(one.number)
        else:
            failing.add(one.filer)
    return {filer for filer, numbers in passing.items() if len(numbers) > 1 and filer not in failing}


def _suspicion(one: _Form, filers: set[str]) -> str:
    """Why it is a suspect (the contract's word), or empty: then nothing is said of it."""
    if one.says is Says.OTHER or _is_air_waybill(one) or one.filer == "000":
        return ""
    if len(one.number) == entry_number.LENGTH:
        return _wrong_eleven(one, known=one.filer in filers)
    proposal = entry_number.propose(one.number)
    if proposal and one.number.isdigit() and one.form != "odd":
        one_zero = one.form == "short" or len(one.number) == entry_number.LENGTH - 1
        named = one.named if one_zero else one.says is Says.DIRECT
        return "lost-leading-zero" if named or proposal[: entry_number.FILER] in filers else ""
    clear = one.form in ("odd", "short") or (one.form == "bare" and one.mixed)
    return "not-11-characters" if clear and (one.filer in filers or one.says is Says.DIRECT) else ""


def _wrong_eleven(one: _Form, *, known: bool) -> str:
    """Eleven characters that fail. The dashed form is clear; of others it takes the word "entry" beside them."""
    if one.form == "dashed":
        clear = one.says >= Says.NEAR or not one.stood[: entry_number.FILER].islower()
    elif one.form == "spaced":  # "the 20260420" has the shape too
        clear = one.says is Says.DIRECT and not one.filer.isalpha()
    else:
        clear = one.says is Says.DIRECT or (one.says is Says.NEAR and one.mixed)
    if not (clear or known):
        return ""
    if entry_number.SHAPE.fullmatch(one.number):
        return "bad-check-digit"
    return "bad-format" if entry_number.propose(one.number) else ""


def _is_air_waybill(one: _Form) -> bool:
    """The form of an air waybill, 176-12345675: an airline's three digits, a dash, eight digits."""
    return one.filer.isdigit() and re.fullmatch(rf"\d{{3}}\s?{_DASH}\s?\d{{8}}", one.stood) is not None
