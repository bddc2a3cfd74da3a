"""The words by which senders tell the facts of a matter: one pattern for each kind, and the places where ACE shows things.

All patterns are linear: bounded gaps, no nested repeats.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.core import days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A day with or without its year: it goes into the draft as it was written.
DAY = (
    r"(?:20\d\d-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}(?:/(?:20)?\d{2})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -]?(?:of )?{days.MONTH}(?:,?[ -]20\d{{2}})?|{days.MONTH} ?\d{{1,2}}(?:st|nd|rd|th)?(?:,? 20\d{{2}})?)(?!\d)"
)
_CLOCK = (
    r"(?:,? (?:at |around |about |ca\. ?)?(?:\d{1,2}(?::\d{2})? ?[ap]\.?m\b\.?|\d{1,2}:\d{2}|noon|midnight)"
    r"(?: ?(?:e[sd]?t|c[sd]?t|p[sd]?t|m[sd]?t|utc|eastern|central|pacific)\b)?)?"
)
_IS = r"(?: ?(?:is|was|are|were|=|:|#))?[ #:]{0,2}"
_NO = r"(?: ?(?:numbers?|nos?\b\.?|id|#|nr\b\.?))?"
_HTS = r"(?!20[1-9]\d)\d{4}\.\d{2}\.\d{2,4}(?:\.\d{2})?(?!\d)"
_LINES = r"\blines? ?#?\d{1,3}(?![\d.])(?:(?:, ?| ?& ?| and |-| to )\d{1,3}(?![\d.]))*"
_FORMS = r"(?:,? (?:LLC|L\.L\.C\.|Inc\.?|Ltd\.?|Corp\.?|Co\.?|LP|LLP|PLC|GmbH|AG|S\.A\.|B\.V\.|N\.A\.))*"
# From the beginning of a word, and none of its words without end: hostile text would be read again from each letter.
_NAME = rf"(?<![\w&'’-])[A-Z][\w&'’-]{{0,40}}(?:\.?[ ]{{1,3}}(?:(?:&|of|and) )?[A-Z0-9][\w&'’-]{{0,40}}){{0,7}}{_FORMS}"
_FORM = re.compile(r"(?:LLC|Inc|Ltd|Corp|Co|LP|LLP|PLC|GmbH|AG)\.?\Z")
_NO_NAME = re.compile(
    r"(?i:(?:EIN|IOR|Number|No|Name|None|Unknown|Same|Record|IRS|CBP|Type|FTZ|ACE|Account|The|Not|Tax|Of|TBD|TBA|TBC|See|Pending|N/A)\b)|[A-Z]?\d"
)


def _whole(found: re.Match[str]) -> Iterator[str]:
    yield found["value"].strip(" ,;.:")


def _numbers(found: re.Match[str]) -> Iterator[str]:
    yield from re.findall(r"\d{12}", found["value"]) or ["none"]


def _name(found: re.Match[str]) -> Iterator[str]:
    name = re.split(r"(?: ?[,(]? ?(?:EIN|IOR|IRS)\b)| and [a-z]", found["value"])[0].strip(" ,;:(")
    if len(name) > 2 and not _NO_NAME.match(name):  # noqa: PLR2004 - initials are no firm
        yield name


def _firm(found: re.Match[str]) -> Iterator[str]:
    if _FORM.search(found["value"]):
        yield from _name(found)


def _statement(found: re.Match[str]) -> Iterator[str]:
    if any(map(str.isdigit, found["value"])):
        paid = f", paid on {found['day']}" if found["day"] else " [FILL IN: the day it was paid]"
        yield f"{found['value']}{paid}"


def _with_digit(found: re.Match[str]) -> Iterator[str]:
    if any(map(str.isdigit, found["value"])):
        yield found["value"]


class Pattern(NamedTuple):
    """`words` tell a fact of the kind `key`; `values` takes it out of them."""

    key: str
    words: re.Pattern[str]
    values: Callable[[re.Match[str]], Iterator[str]] = _whole


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


PATTERNS = (
    Pattern(
        "claim-number",
        _words(rf"\bclaims?{_NO}\W{{0,3}}(?:is |was |are )?(?P<value>\d{{12}}(?:(?:, ?| and | & |, and )\d{{12}}){{0,9}})(?!\d)"),
        _numbers,
    ),
    Pattern(
        "claim-number",
        _words(r"\b(?P<value>no claim (?:number|no\b|id)|claim (?:number|no|id)\W{1,3}(?:is |there is )?(?:none|n/a))\b"),
        _numbers,
    ),
    Pattern(
        "importer-name",
        re.compile(rf"(?:(?i:importer(?: of record)?(?:'s)?(?: name)?|IOR(?: name)?|the client))(?i:\s*(?:is|was|[:=])\s*)(?:the )?(?P<value>{_NAME})"),
        _name,
    ),
    Pattern("importer-name", re.compile(rf"(?i:importer(?: of record)?|client) (?P<value>{_NAME})"), _firm),
    Pattern("importer-name", re.compile(rf"(?i:EIN|IOR|importer number) (?i:of|for) (?:the )?(?P<value>{_NAME})"), _name),
    Pattern("importer-name", re.compile(rf"(?P<value>{_NAME})(?<=[a-zA-Z.])(?=,? ?\(?(?:EIN|IOR)\b)"), _firm),
    Pattern("importer-name", re.compile(rf"(?<![\w-])\d{{2}}-\d{{7}}(?:[A-Z0-9]{{2}})?[ ,(-]{{1,3}}(?P<value>{_NAME})"), _firm),
    Pattern(
        "declaration-date",
        _words(rf"\b(?:upload(?:ed)?|submitted|declared|(?<!entry )(?<!entries )(?<!protest )filed|declaration (?:was )?(?:sent|filed|submitted)?)\b[^.;\n\d]{{0,40}}?(?P<value>{DAY}{_CLOCK})"),
    ),
    Pattern("hts-lines", re.compile(rf"(?P<value>(?i:{_LINES})|(?<![\d.]){_HTS})")),
    Pattern(
        "statement",
        _words(rf"\bstatement{_NO}{_IS}(?P<value>[A-Z0-9]{{5,13}})\b(?:[^.;\n]{{0,20}}?\bpaid[^.;\n\d]{{0,12}}?(?P<day>{DAY}))?"),
        _statement,
    ),
    Pattern(
        "account-number",
        _words(rf"\b(?:ace(?: portal)? (?:account|acct\.?){_NO}|account (?:numbers?|no\.?|id|#)){_IS}(?P<value>[A-Z0-9][A-Z0-9-]{{3,14}})(?![\w-])"),
        _with_digit,
    ),
    Pattern("filer-code", re.compile(r"\b(?i:filer codes?(?: is| was|:)?) (?P<value>[A-Z0-9]{3})\b")),
)  # fmt: skip
# Of these a matter has one: two in a message are a contradiction.
SINGLE = frozenset({"account-number", "declaration-date"})

# Where ACE shows things (cape-facts section 1, "How ACE reports problems"): words by which a sender names the place.
PLACES = (
    ("claim details", "Claim Details file (CAPE tab, Claim Status)"),
    ("validation result", "Validation Result file (CAPE tab, File Uploads)"),
    ("file uploads", "File Uploads (CAPE tab)"),
    ("claim status", "Claim Status (CAPE tab)"),
    ("claims tab", "Claim Status (CAPE tab)"),
    ("on screen", "On screen, at the upload"),
    ("on the screen", "On screen, at the upload"),
    ("at upload", "On screen, at the upload"),
)
