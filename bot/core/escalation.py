"""What is known of a matter -> a draft to CBP: filled in, and what is missing marked. Never sent from here.

What a draft carries follows cape-facts section 8: entry numbers, CBP's words verbatim, where they were seen, FTZ Type
06, what was tried, and the request to confirm that the case is logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.importers import Share
from bot.core.masking import MARKS, mask
from bot.core.model import Draft, Finding, Passage, PassageKind, SuspectEntry, Type06
from bot.core.of_entries import YEAR
from bot.core.sentences import happened, of_another_client
from bot.core.told import SSN_ASKED
from bot.core.words import ASK_WORDS, count_words, suspect_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.catalogue import Catalogue, Contact

LISTED = 25  # more entries than this are unreadable in a mail body: they go as an attached CSV
_TRIED = 3  # sentences of the sender quoted as "tried"; a draft is short
SUBJECT = 90  # characters of the message in a subject line: mail programs show about that much
BLANK = "[FILL IN"
_CLAUSE = re.compile(r"[,;] +| and (?=the )")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HINTS = {
    "where-seen": "the screen or file in which ACE shows it",
    "type06": "yes, no, or which of the entries",
    "tried": "what was tried, and when",
    "liquidation": "liquidation status and date of each entry",
    "hts-lines": "line numbers and HTS numbers",
    "claim-number": "12 digits, or none",
    "declaration-date": "day and time of the upload",
    "importer-number": "as on the CF-7501; never a Social Security number",
    "statement": "statement number and the day it was paid",
    "screenshot": "attach the ES-003 rows or the screen of ACE",
}
# The labels of what is missing, most useful first: what CBP cannot do without, then what it asks back for.
_USEFUL = tuple(
    ASK_WORDS[key][0]
    for key in (
        "entry-numbers", "message", "type06", "importer-number", "entry-type", "liquidation", "hts-lines", "statement",
        "claim-number", "importer-name", "account-number", "declaration-date", "where-seen", "filer-code", "tried",
        "screenshot",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a draft: `blank` when a person must still fill it in."""

    label: str
    value: str
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Of:
    """What is known of one entry: type 06 or not (None: unknown), its type, its liquidation in words."""

    ftz: bool | None = None
    type: str = ""
    liquidation: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of the matter: `facts` and `doubts` as told (see `told.Told`), and of each entry.

    `share` says whose the entries are. `questions` are more things to ask, `shown` the sender's sentences that vouch for
    the evidence.
    """

    entries: tuple[str, ...]
    suspects: tuple[SuspectEntry, ...]
    type06: Type06
    share: Share = field(default_factory=lambda: Share(()))
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    of_entries: Mapping[str, Of] = field(default_factory=dict)
    entry_types: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def tried(parts: Sequence[Passage], wordings: Sequence[str]) -> tuple[str, ...]:
    """What the sender says was tried, in their own words; at most a few sentences."""
    own = [part for part in parts if part.kind is PassageKind.OWN]
    said = (one for one in happened(own, wordings) if not of_another_client(one))
    return tuple(filter(None, map(_fit_for_cbp, said)))[:_TRIED]


def _fit_for_cbp(sentence: str) -> str:
    """A sentence on one line, without the clauses that hold what must not be in a mail to CBP."""
    line = one_line(sentence)
    if mask(line) == line:
        return line
    return ", ".join(clause for clause in _CLAUSE.split(mask(line)) if not any(mark in clause for mark in MARKS))


def one_line(text: str) -> str:
    """Text that may stand in a header or on one line: no control characters, single spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def with_questions(account: Account, unsure: Sequence[str], whose: str) -> Account:
    """Add what to ask of entries that may not belong here, and of those whose importer nobody knows."""
    several = f"Entry numbers: which of {', '.join(unsure[:LISTED])} have this message?" if unsure else ""
    return replace(account, questions=tuple(filter(None, (several, whose))))


def draft(finding: Finding, catalogue: Catalogue, account: Account, *, alone: bool = True) -> Draft:
    """The draft for one known error and importer; `alone`: there is no other importer. `compose` writes the body."""
    error = catalogue.error(finding.id)
    contact = catalogue.contact(error.contact)
    message = one_line(finding.quote) if finding.verbatim else ""
    type06, told06 = _type06(account)
    lines = _lines(finding, _wanted(error.asks, contact, message), account, message, told06)
    missing = [] if account.entries or contact.accounts else [ASK_WORDS["entry-numbers"][0]]
    missing += [_missing(line, finding, account) for line in lines if line.blank]
    missing += [suspect_words(one_line(s.value), s.reason, s.proposal) for s in account.suspects[:LISTED]]
    if len(account.suspects) > LISTED:
        missing.append(f"{len(account.suspects) - LISTED:,} more numbers to check: see the checked file")
    missing += account.questions
    missing += [account.doubts["importer-number"]] if "importer-number" in account.doubts else []
    if finding.evidence and account.shown:
        lines = (*lines, Line("Checked by us", " / ".join(f'"{_fit_for_cbp(one)}"' for one in account.shown[:_TRIED])))
        missing += [] if contact.owner_only else [f"Confirm: {finding.evidence}"]
    elif finding.evidence and not (finding.escalate == "if-persists" and account.tried):
        missing.append(f"Evidence: {finding.evidence}")
    return Draft(
        id=finding.id,
        to=contact.address,
        subject=contact.subject or _subject(finding, account, message, alone=alone),
        body="",
        entries=account.entries,
        message=message,
        type06=type06,
        missing=tuple(dict.fromkeys(missing)),
        lines=tuple((line.label, line.value) for line in lines),
        importer=account.share.importer,
        team=contact.team or contact.name,
        ftz=_ftz(account) if type06 is Type06.MIXED else (),
        accounts=contact.accounts,
    )


def question(item: str) -> str:
    """How the sender is asked for something that is missing."""
    by_label = dict(ASK_WORDS.values())
    return item if item.endswith("?") else by_label.get(item.partition(":")[0], item)


def usefulness(item: str) -> int:
    """The place of something missing among all that is asked: what is no plain fact (evidence, whose entries) first."""
    label = item.partition(":")[0]
    return _USEFUL.index(label) + 1 if label in _USEFUL and not item.endswith("?") else 0


def _subject(finding: Finding, account: Account, message: str, *, alone: bool) -> str:
    subject = f"CAPE: {mask(one_line(message or finding.official or finding.title))[:SUBJECT]}"
    if account.entries:
        subject += f" - {count_words(len(account.entries), 'entry', 'entries')}"
    return subject if alone or not account.share.importer else f"{subject}, importer {account.share.importer}"


def _wanted(asks: tuple[str, ...], contact: Contact, message: str) -> tuple[str, ...]:
    if contact.accounts:  # no entry is concerned
        return (*(("message",) if message else ()), *asks)
    whose = [key for key in ("importer-name", "importer-number") if key not in asks]
    return ("message", "where-seen", "type06", *asks, "tried", *whose)


def _lines(finding: Finding, wanted: tuple[str, ...], account: Account, message: str, told06: str) -> tuple[Line, ...]:
    known = {key: ", ".join(values) for key, values in account.facts.items()}
    entries = tuple(dict.fromkeys(entry[:3] for entry in account.entries))
    known |= {
        "message": f'"{message}"' if message else "",
        "where-seen": known.get("where-seen", "") or _seen_in(finding),
        "type06": told06,
        "tried": " / ".join(account.tried),
        "filer-code": ", ".join(entries) or known.get("filer-code", ""),
        "entry-type": _each(account, lambda of: of.type) or ", ".join(account.entry_types),
        "liquidation": _each(account, lambda of: of.liquidation) or known.get("liquidation", ""),
        "importer-name": account.share.name or (known.get("importer-name", "") if account.share.importer or not account.share.hidden else ""),
        "importer-number": account.share.importer,
    }  # fmt: skip
    keys = [key for key in dict.fromkeys(wanted) if key != "entry-numbers"]
    optional = {"importer-name", "importer-number"} & set(
        wanted[wanted.index("tried") + 1 :] if "tried" in wanted else ()
    )
    return tuple(
        _line(key, known.get(key, ""), finding, account) for key in keys if known.get(key) or key not in optional
    )


def _line(key: str, value: str, finding: Finding, account: Account) -> Line:
    label = ASK_WORDS[key][0]
    if value and (key not in account.doubts or key == "importer-number"):
        return Line(label, value, blank=BLANK in value)
    hint = _HINTS.get(key, label)
    if key == "message" and finding.official:
        hint = f'CBP\'s words exactly as ACE shows them; the official text is "{finding.official}"'
    elif key == "importer-number" and account.share.hidden:
        hint = "as on the CF-7501; I do not repeat nine digits, which may be a Social Security number"
    elif key == "importer-number" and account.doubts.get(key) == SSN_ASKED:
        hint = "a CBP-assigned number or the trade name; never the Social Security number"
    return Line(label, f"{BLANK}: {hint}]", blank=True)


def _missing(line: Line, finding: Finding, account: Account) -> str:
    asked = next((doubt for key, doubt in account.doubts.items() if ASK_WORDS[key][0] == line.label), "")
    if asked:
        return asked
    if YEAR in line.value and line.value.count(BLANK) == 1:
        return f"{line.label}: of which year is “{line.value.partition(YEAR)[0].strip()}”?"
    if line.label == ASK_WORDS["message"][0] and finding.official:
        return f'{line.label}: not in what you sent, only described. Official text: "{finding.official}"'
    return line.label


def _each(account: Account, of: Callable[[Of], str]) -> str:
    """What is known entry by entry, alike ones together; empty when nothing is."""
    alike: dict[str, list[str]] = {}
    for entry in account.entries:
        alike.setdefault(of(account.of_entries.get(entry, Of())), []).append(entry)
    unknown = alike.pop("", [])
    if not alike:
        return ""
    if not unknown and len(alike) == 1:
        return next(iter(alike))
    said = [f"{value}: {_named(entries)}" for value, entries in alike.items()]
    return "; ".join([*said, *([f"{BLANK}: of {_named(unknown)}]"] if unknown else [])])


def _type06(account: Account) -> tuple[Type06, str]:
    """Type 06 of the draft's own entries: by what is known of each, else by what is said of all."""
    if "type06" in account.doubts or not account.entries:
        return account.type06, _TYPE06.get(account.type06, "") if "type06" not in account.doubts else ""
    ftz = {entry: account.of_entries.get(entry, Of()).ftz for entry in account.entries}
    yes, no, unknown = ([entry for entry, one in ftz.items() if one is wanted] for wanted in (True, False, None))
    if unknown and (account.type06 in (Type06.YES, Type06.NO) or not (yes or no)):
        return account.type06, _TYPE06.get(account.type06, "")
    if not unknown and not (yes and no):
        sure = Type06.YES if yes else Type06.NO
        return sure, _TYPE06[sure]
    said = f"Mixed. Type 06: {_named(yes) or 'none'}. Not type 06: {_named(no) or 'none'}."
    return Type06.MIXED, said + (f" {BLANK}: {_named(unknown)}]" if unknown else "")


def _ftz(account: Account) -> tuple[tuple[str, str], ...]:
    words = {True: "yes", False: "no", None: ""}
    return tuple((entry, words[account.of_entries.get(entry, Of()).ftz]) for entry in account.entries)


_TYPE06 = {
    Type06.YES: "Yes, all of them",
    Type06.NO: "No, none of them",
    Type06.MIXED: "Mixed: [FILL IN: which of the entries are type 06]",
}


def _named(entries: Sequence[str]) -> str:
    """Entry numbers in a line; too many to read are counted, and stand in the attached file."""
    if len(entries) > LISTED:
        return f"{count_words(len(entries), 'entry', 'entries')}, see the attached file"
    return ", ".join(entries)


def _seen_in(finding: Finding) -> str:
    """The file and row that a message was read in; words in a mail do not tell which screen."""
    return one_line(finding.where) if " row " in finding.where else ""
