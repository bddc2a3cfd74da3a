"""Entry numbers in running text, told apart from everything else that is made of eleven characters.

Sure: the dashed form with a fitting check digit. A bare run of eleven needs more when it has no letter in its filer
code, since one random number in ten passes the check: a word such as "entry" near it, or a line of its own, or another
sure entry in the text. HTS numbers, claim numbers, importer numbers, containers, telephone numbers, dates, addresses
and identifiers are passed over. Only what has the clear shape of an entry number is called suspect.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import entry_number
from bot.core.model import FoundEntries, SuspectEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

_DASH = "[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad]"
_GAP = rf"(?:[ \u00a0\u2007\u2009\u202f]?{_DASH}[ \u00a0\u2007\u2009\u202f]?|[ \u00a0\u2007\u2009\u202f])"
_WORD = "[0-9A-Za-z\uff10-\uff19\uff21-\uff3a]"
_DIGIT = "[0-9\uff10-\uff19OoIl]"
_FORM = re.compile(
    rf"(?<![\w.@/#$€£+=&%-])(?P<filer>{_WORD}{{2,3}})(?P<gap1>{_GAP})?(?P<serial>{_DIGIT}{{5,8}})(?P<gap2>{_GAP})?"
    rf"(?P<check>{_DIGIT})(?![\w@/%]|[.,]\d|{_DASH}\d)"
)
_ZERO_LOST = re.compile(rf"(?<![\w.@/#$€£+=&%-])\d{{1,2}}{_DASH}\d{{7}}{_DASH}\d(?![\w@/%]|{_DASH}\d)")
_TOKEN = re.compile(r"\S+")
_TOPIC = re.compile(
    r"\b(?:entry|entries|entry[ -]?(?:no|num|number|summary|summaries)s?|es|summary|summaries)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\b(?:claims?|csms|phone|telephone|tel|fax|call|mobile|cell|container|b/?l|bill of lading|tracking|awb|po|invoice"
    r"|inv|order|ref|reference|isf|bond|ein|irs|importer (?:no|number)|account|acct|ticket|case|hts|htsus|pro)\b"
    r"[\w ]{0,12}[.:#]*\s*#?\Z",
    re.IGNORECASE,
)
_NEAR = 60  # characters before a number in which a word tells what it is
_CONTAINER = re.compile(r"[A-Za-z]{4}\d{7}\Z")
_MOST = 20_000  # entries taken from one text: twice what a Declaration may hold


def find(text: str) -> FoundEntries:
    """Give the distinct entry numbers in order, those that only look like one, and what was read otherwise."""
    entries: dict[str, None] = {}
    suspects: dict[str, SuspectEntry] = {}
    repaired: dict[str, str] = {}
    unsure: list[str] = []
    for stood, before, alone in _forms(_TOKEN.sub(_without_addresses, text)):
        number, reasons = entry_number.repair(stood)
        asked = _is_topic(before)
        if entry_number.is_checked(number):
            if _dashed(stood) or asked or alone or not number[:3].isdigit():
                entries.setdefault(number)
                if set(reasons) - {"dash"} or not _plainly_dashed(stood):
                    repaired.setdefault(stood, number)
            else:
                unsure.append(number)
        elif _dashed(stood) or asked:
            suspect = _suspect(stood, number)
            if suspect:
                suspects.setdefault(number, suspect)
        if len(entries) >= _MOST:
            break
    if entries:  # one sure entry makes a list of the others; alone, a bare number may be anything
        entries.update(dict.fromkeys(unsure))
    done = {stood: number for stood, number in repaired.items() if stood != number and not _plainly_dashed(stood)}
    return FoundEntries(tuple(entries), tuple(suspects.values()), tuple(done.items()))


def _without_addresses(token: re.Match[str]) -> str:
    """Links, mail addresses and Message-IDs blanked out; the length stays."""
    word = token[0]
    return " " * len(word) if "//" in word or "@" in word or word.startswith("www.") else word


def _forms(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each thing of the shape: as it stood, what stands before it, and whether it has the line to itself."""
    places = [(found.start(), found.end()) for pattern in (_FORM, _ZERO_LOST) for found in pattern.finditer(text)]
    last = -1
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < last:
            continue
        stood, before = text[start:end], text[max(0, start - _NEAR) : start]
        if _CONTAINER.match(stood) or _OTHER.search(before) or _is_other_shape(stood):
            continue
        last = end
        yield stood, before, _is_alone(text, start, end)


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether it has its line to itself, but for bullets and commas. A look at a few characters either side."""
    left = text[max(0, start - _NEAR) : start].rpartition("\n")[2]
    right = text[end : end + _NEAR].partition("\n")[0]
    return not (left + right).strip(" \t,;*•-–\"'|>")


def _suspect(stood: str, number: str) -> SuspectEntry | None:
    """What kind of wrong it is, if its shape is clear enough to speak of."""
    proposal = entry_number.propose(number)
    if len(number) == entry_number.LENGTH and entry_number.SHAPE.fullmatch(number):
        return SuspectEntry(stood, "bad-check-digit", proposal)
    if len(number) < entry_number.LENGTH and number.isdigit() and proposal:
        return SuspectEntry(stood, "lost-leading-zero", proposal)
    if len(number) == entry_number.LENGTH and proposal:
        return SuspectEntry(stood, "bad-format", proposal)
    if _plainly_dashed(stood) and len(number) != entry_number.LENGTH:
        return SuspectEntry(stood, "not-11-characters", proposal)
    return None


def _is_topic(before: str) -> bool:
    return bool(_TOPIC.search(before.rpartition(".\n")[2]))


def _dashed(stood: str) -> bool:
    return bool(re.search(_DASH, stood))


def _plainly_dashed(stood: str) -> bool:
    """As people write it, or as a file has it: nothing to mention."""
    return bool(re.fullmatch(r"[0-9A-Z]{2,3}-[0-9]{6,8}-[0-9]|[0-9A-Z]{3}[0-9]{8}", stood))


def _is_other_shape(stood: str) -> bool:
    """A telephone number with country code (1 866 530 4172), or an EIN with its suffix (12-345678900)."""
    return bool(re.fullmatch(r"1[ -]\d{3}[ -]\d{3}[ -]\d{4}|\d\d-\d{7}(?:\d\d)?", stood))
