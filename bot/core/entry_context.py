"""What the words round a number say it is: an entry, something else, or nothing.

Nearest wins: in "claim for entry B76…" the word entry stands next to the number, in "entry filed, tracking 123…" the
word tracking does.
"""

from __future__ import annotations

import re
from enum import IntEnum

WINDOW = 60  # characters before a number in which a word may tell what it is
_AFTER = 24  # characters after it: "31625093146 (entry) was rejected"
_LABEL = r"[ \t]+(?:numbers?|nos?|num|nbr|ids?|codes?|is|are|was|a|the|our|my|your|this|that"
_NAMING = rf"(?:{_LABEL}))"
_FILLER = rf"(?:{_LABEL}|of|for|on|at|to|by|with))"
_OWN = rf"(?:{_LABEL}|of|at|to|by|with))"  # not "for" and "on": what an invoice is for, or was paid on, is no invoice
_END = r"[ \t]*[.:#=(\[\"'“‘*_-]*[ \t]*\r?\n?[ \t>]*"
_SAME_LINE = r"[ \t]*[.:#=(\[\"'“‘*_-]*[ \t]*"  # a claim number has twelve digits: what stands on the next line is none
_ENTRY = (
    r"(?:entry|entries|entrys|ent|entry[ -]?(?:numbers?|nos?|num|summary|summaries)|es|e/s|ess|summary|summaries|entry[ -]ids?"
    r"|(?:cf|cbp|form)[ -]?7501|entry summary (?:numbers?|nos?))"
)
_CALLED = r"phones?|telephone|tel|fax|call|mobile|cell|whatsapp|tracking|conference|meeting"
_OTHERS = (
    r"csms|phones?|telephone|tel|fax|call|mobile|cell|whatsapp|ext|extension|containers?|cntr|ctr|[hm]?b/?l|[hm]?bol|"
    r"bill of lading|lading|[hm]?awbs?|air ?way ?bills?|tracking|po|p\.o\.|purchase order|invoices?|inv|orders?|"
    r"ref|reference|isf|bonds?|ein|fein|irs|ssn|tin|tax ?id|taxpayer|importers?|importer of record|ior|consignee|accounts?|acct|"
    r"tickets?|case|hts|htsus|tariff|schedule b|pro|booking|bkg|shipment|waybill|usd|eur|cad|gbp|amounts?|total|pay|paid|sum|"
    r"zip|vat|iban|routing|imo|seal|part|sku|item|agent|fedex|ups|dhl|usps|isbn|gst|statement|confirmation|"
    r"licen[cs]e|permit|manifest|voyage|vessel|flight|conference|meeting|passcode|pin|serial|job|quote|version|"
    r"registration|dossier|customer|client|vendor|supplier|mid|fei|duns|ams|scac|badge|id"
)
_DIRECT = re.compile(rf"(?<![\w/]){_ENTRY}s?{_NAMING}{{0,3}}{_END}\Z", re.IGNORECASE)
_NEAR = re.compile(
    rf"(?<![\w/])(?:entry|entries|entrys|summary|summaries|e/s|(?:(?:cf|cbp|form)[ -]?)?(?:7501|3461)s?)\b(?!{_FILLER}?[ -](?:date|type|line|port|level|point|fee))",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rf"(?:(?<![\w/])(?:(?:{_OTHERS})(?:s|['’]s)?{_OWN}{{0,3}}|(?:{_CALLED}){_FILLER}{{0,3}}){_END}|(?<![\w/])(?:claim|check){_NAMING}{{0,3}}{_SAME_LINE}|[$€£]\s?)\Z",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"[\"'”’)\]*_]{0,3}(?:[ \t](?:is|are|was)(?: (?:the|our|my|an))?)?[ \t]*\(?(?:entry|entries|entry summary)\b"
    r"(?! (?:date|type|line|port))",
    re.IGNORECASE,
)
# An entry's type right behind the number: "…, type 11" whatever stands before; "… (06)", "… / 11 /" where nothing does.
_TYPE = r"(?:0[1-9]|1[12]|2[1-6]|3[1-8])\b(?![.-]\d|[ \t]?/[ \t]?\d)"
_TYPED = re.compile(rf"[ \t]*[,(/|]?[ \t]*\(?type[ \t]{_TYPE}", re.IGNORECASE)
_NUMBERED = re.compile(rf"[ \t]*(?:\({_TYPE}\)|/[ \t]?{_TYPE})")
_SENTENCE_ENDS = re.compile(r"[a-z]{5,}[.!?]\s+\Z")  # "…of the account. B76…"; "acct. 123" is an abbreviation
_LONG_NUMBER = re.compile(r"\d{5}")
_JOINT = re.compile(r"[\s,;/&|+•*\"'()>_-]{0,8}(?:(?:and|or|plus|also|then|&)[\s,]{1,3})?[\"'(#*]?(?:\d{1,3}[.)] )?")


class Says(IntEnum):
    """What the context says, the stronger the higher."""

    OTHER = 0
    NOTHING = 1
    NEAR = 2  # "entry" stands in the window
    DIRECT = 3  # "entry" stands right before it: "entry no. …"


def read(text: str, start: int, end: int) -> Says:
    """What the words round `text[start:end]` say. Looks at a fixed number of characters either side."""
    before = text[max(0, start - WINDOW) : start]
    if _DIRECT.search(before):
        return Says.DIRECT
    after = text[end : end + _AFTER]
    if _TYPED.match(after):
        return Says.NEAR
    if _OTHER.search(before) and not _SENTENCE_ENDS.search(before):
        return Says.OTHER
    if _FOLLOWS.match(after) or _NUMBERED.match(after):
        return Says.NEAR
    ends = [found.end() for found in _NEAR.finditer(before)]
    return Says.NEAR if ends and not _LONG_NUMBER.search(before, ends[-1]) else Says.NOTHING


def is_list(between: str) -> bool:
    """Whether what stands between two numbers only strings them together: commas, line ends, "and", bullets."""
    return _JOINT.fullmatch(between) is not None
