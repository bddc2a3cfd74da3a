"""Diagnosis -> drafts to CBP: what is known filled in, what is missing marked and asked for. Never sent from here.

What a draft carries follows cape-facts section 8: entry numbers, CBP's words verbatim, where they were seen, FTZ Type
06, what was tried, and the request to confirm that the case is logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.masking import mask
from bot.core.model import Draft, Finding, Passage, PassageKind, SuspectEntry, Type06
from bot.core.sentences import folded, happened
from bot.core.words import ASK_WORDS, count_words, suspect_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.catalogue import Catalogue

LISTED = 25  # more entries than this are unreadable in a mail body: they go as an attached CSV
_TRIED = 3  # sentences of the sender quoted as "tried"; a draft is short
SUBJECT = 90  # characters of the message in a subject line: mail programs show about that much
_CLAIM = re.compile(r"\bclaim(?: number| no| id)?\W{0,3}(?:is |was )?(\d{12})(?!\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Where ACE shows things (cape-facts section 1, "How ACE reports problems"): words by which a sender names the place.
PLACES = (
    ("claim details", "Claim Details file (CAPE tab, Claim Status)"),
    ("validation result", "Validation Result file (CAPE tab, File Uploads)"),
    ("file uploads", "File Uploads (CAPE tab)"),
    ("claim status", "Claim Status (CAPE tab)"),
    ("claims tab", "Claim Status (CAPE tab)"),
)
TYPE06_WORDS = {
    Type06.YES: "Yes, all of them",
    Type06.NO: "No, none of them",
    Type06.MIXED: "Mixed: [FILL IN: which of the entries are type 06]",
}


_HINTS = {
    "where-seen": "the screen or file in which ACE shows it",
    "tried": "what was tried, and when",
    "liquidation": "liquidation status and date of each entry",
    "hts-lines": "line numbers and HTS numbers",
    "claim-number": "12 digits, or none",
    "declaration-date": "day and time of the upload",
    "importer-number": "as on the CF-7501; never a Social Security number",
    "statement": "statement number and the day it was paid",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a draft: `blank` when a person must still fill it in."""

    label: str
    value: str
    blank: bool = False


def place_named(parts: Sequence[Passage]) -> str:
    """Where the sender says the message was seen; empty when they do not say."""
    text = "\n".join(folded(part.text) for part in parts)
    return next((place for words, place in PLACES if words in text), "")


def tried(parts: Sequence[Passage], wordings: Sequence[str]) -> tuple[str, ...]:
    """What the sender says was tried, in their own words; at most a few sentences."""
    own = [part for part in parts if part.kind is PassageKind.OWN]
    return tuple(one_line(sentence) for sentence in happened(own, wordings))[:_TRIED]


def claim_numbers(parts: Sequence[Passage]) -> tuple[str, ...]:
    """The 12-digit numbers that the sender calls a claim number."""
    found = (number for part in parts for number in _CLAIM.findall(folded(part.text)))
    return tuple(dict.fromkeys(found))


def one_line(text: str) -> str:
    """Text that may stand in a header or on one line: no control characters, single spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


@dataclass(frozen=True, slots=True)
class Account:
    """What the sender says of the matter: which entries, where the message was seen, what was tried."""

    entries: tuple[str, ...]
    suspects: tuple[SuspectEntry, ...]
    type06: Type06
    place: str = ""
    tried: tuple[str, ...] = ()
    entry_types: tuple[str, ...] = ()
    claim_numbers: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()  # the sender's sentences that vouch for the evidence
    unsure: tuple[str, ...] = ()  # entries of the message that may not belong to this error


def draft(finding: Finding, catalogue: Catalogue, account: Account) -> Draft:
    """The draft for one known error. The body is filled in by the template (`compose`)."""
    error = catalogue.error(finding.id)
    message = one_line(finding.quote) if finding.verbatim else ""
    lines = _lines(finding, error.asks, account, message)
    missing = [] if account.entries else [ASK_WORDS["entry-numbers"][0]]
    missing += [_missing(line, finding) for line in lines if line.blank]
    missing += [suspect_words(one_line(s.value), s.reason, s.proposal) for s in account.suspects[:LISTED]]
    if len(account.suspects) > LISTED:
        missing.append(f"{len(account.suspects) - LISTED:,} more numbers to check: see the checked file")
    if account.unsure:
        missing.append(f"Entry numbers: which of {', '.join(account.unsure[:LISTED])} have this message?")
    if finding.evidence and account.shown:
        lines = (*lines, Line("Checked by us", " / ".join(f'"{one_line(one)}"' for one in account.shown[:_TRIED])))
        missing.append(f"Confirm: {finding.evidence}")
    elif finding.evidence and not (finding.escalate == "if-persists" and account.tried):
        missing.append(f"Evidence: {finding.evidence}")
    subject = f"CAPE: {mask(one_line(message or finding.official or finding.title))[:SUBJECT]}"
    subject += f" - {count_words(len(account.entries), 'entry', 'entries')}" if account.entries else ""
    return Draft(
        id=finding.id,
        to=catalogue.contact(error.contact).address,
        subject=subject,
        body="",
        entries=account.entries,
        message=message,
        type06=account.type06,
        missing=tuple(missing),
        lines=tuple((line.label, line.value) for line in lines),
    )


def questions(draft: Draft) -> tuple[str, ...]:
    """What the sender is asked so that the draft can be completed."""
    by_label = dict(ASK_WORDS.values())
    return tuple(item if item.endswith("?") else by_label.get(item.partition(":")[0], item) for item in draft.missing)


def _lines(finding: Finding, asks: tuple[str, ...], account: Account, message: str) -> tuple[Line, ...]:
    known = {
        "message": f'"{message}"' if message else "",
        "where-seen": account.place or _seen_in(finding),
        "type06": TYPE06_WORDS.get(account.type06, ""),
        "tried": " / ".join(account.tried),
        "filer-code": ", ".join(dict.fromkeys(entry[:3] for entry in account.entries)),
        "entry-type": ", ".join(account.entry_types),
        "claim-number": ", ".join(account.claim_numbers),
    }
    wanted = ("message", "where-seen", "type06", *asks, "tried")
    keys = [key for key in dict.fromkeys(wanted) if key != "entry-numbers"]
    return tuple(_line(key, known.get(key, ""), finding) for key in keys)


def _line(key: str, value: str, finding: Finding) -> Line:
    label = ASK_WORDS[key][0]
    if value:
        return Line(label, value, blank="[FILL IN" in value)
    hint = label
    if key == "message" and finding.official:
        hint = f'CBP\'s words exactly as ACE shows them; the official text is "{finding.official}"'
    elif key == "type06":
        hint = "yes, no, or which of the entries"
    else:
        hint = _HINTS.get(key, label)
    return Line(label, f"[FILL IN: {hint}]", blank=True)


def _missing(line: Line, finding: Finding) -> str:
    if line.label == ASK_WORDS["message"][0] and finding.official:
        return f'{line.label}: not in what you sent, only described. Official text: "{finding.official}"'
    return line.label


def _seen_in(finding: Finding) -> str:
    """The file and row that a message was read in; words in a mail do not tell which screen."""
    return one_line(finding.where) if " row " in finding.where else ""
