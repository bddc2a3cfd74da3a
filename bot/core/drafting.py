"""Which e-mails to CBP are due, about what, and what they wait for: one for each error and importer.

Evidence is asked for first; where writing is useless it is said why, and what would change that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import days, entries_in_text, escalation, importers, passages, pending
from bot.core.business_days import wait_until
from bot.core.eligibility import FTZ
from bot.core.importers import asked
from bot.core.masking import importer_shown
from bot.core.model import How, PassageKind, SuspectEntry, Type06
from bot.core.sentences import affirmed, happened, requested
from bot.core.told import stated, together
from bot.core.told_words import DAY
from bot.core.words import ASK_WORDS, SUSPECT_WORDS, day_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from bot.core.catalogue import Catalogue, Rule
    from bot.core.model import Diagnosis, Draft, Finding, Passage, Sheet
    from bot.core.told import Told
    from bot.core.triage import Reading

_NOT_CBPS = ("file", "server")  # faults of the sender's own file, and of a busy portal: CBP mends neither
_DAY = re.compile(DAY, re.IGNORECASE)
TYPE06_ASKED = "The file's entry types and your words disagree on FTZ Type 06: which entries are type 06?"
_ANYBODYS = frozenset({"where-seen", "declaration-date"})  # holds for all clients, where nobody is named
SHOWN = 5  # drafts that a reply writes out; of more, those that concern the most come first
_SENTENCES = 2  # of "When to write to CBP" that a note repeats
_WHEN = "When to write to CBP"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides whether a draft is due: the words, and the day."""

    parts: tuple[Passage, ...]
    told: Told
    catalogue: Catalogue
    type06: Type06
    today: date
    refused: frozenset[str] = frozenset()  # ids with which claims have refused an entry again and again

    @property
    def own(self) -> tuple[Passage, ...]:
        """The sender's own words."""
        return tuple(part for part in self.parts if part.kind is PassageKind.OWN)

    @property
    def requested(self) -> bool:
        """Whether the sender asks for a draft."""
        return requested(self.own, self.catalogue.escalation_wordings)

    def rule(self, one: Finding) -> Rule:
        """The rule in force."""
        return self.catalogue.error(one.id).rule_on(self.today, self.type06)

    def is_due(self, one: Finding) -> bool:
        """Whether a draft is due: always, when asked for, or when the sender shows what the rule wants to see first."""
        if one.escalate == "never" or self._barred(one):
            return False
        return one.escalate == "always" or self.is_shown(one) or (self.requested and not self._needs_more(one))

    def is_shown(self, one: Finding) -> bool:
        """Whether the sender says what makes the rule's own step useless: it was tried, or the evidence is there."""
        if self._barred(one):
            return False
        if one.id in self.refused:
            return True
        if one.escalate == "if-persists":
            return bool(happened(self.own, self.catalogue.persists_wordings))
        return bool(self.evidence(one))

    def evidence(self, one: Finding) -> tuple[str, ...]:
        """The sender's sentences that vouch for what the rule wants to see first."""
        return affirmed(self.own, self.rule(one).evidence_wordings) if one.escalate == "if-evidence" else ()

    def only_vouches(self, one: Finding, others: Sequence[Finding]) -> bool:
        """Whether words that only resemble an error are what a sender says for another one: "I am the account's owner"."""
        if one.how is not How.LIKENESS:
            return False
        vouched = [sentence for other in others if other is not one for sentence in self.evidence(other)]
        return any(one.quote in sentence or sentence in one.quote for sentence in vouched)

    def too_early(self, one: Finding) -> date | None:
        """The day before which it is too early to write, by the day that the statement was paid."""
        span, paid = self.rule(one).since_paid, _paid(self.told, self.today)
        first = wait_until(paid, span) if span and paid else None
        return first if first and self.today < first else None

    def _barred(self, one: Finding) -> bool:
        return not self.catalogue.contact(self.catalogue.error(one.id).contact).address or bool(self.too_early(one))

    def _needs_more(self, one: Finding) -> bool:
        """Whether asking alone is not enough: somebody else is asked first, or CBP would not listen."""
        error = self.catalogue.error(one.id)
        unpaid = bool(self.rule(one).since_paid) and _paid(self.told, self.today) is None
        own_file = error.kind in _NOT_CBPS and one.escalate == "if-evidence"
        return self.catalogue.contact(error.contact).owner_only or bool(error.first) or unpaid or own_file


def _paid(told: Told, today: date) -> date | None:
    """The day a statement was paid; without a year the latest such day."""
    for text in told.facts.get("statement", ()):
        if found := _DAY.search(text):
            day = days.parse(found[0]) or days.parse(f"{found[0]} {today.year}")
            if day and day > today:
                day = days.parse(f"{found[0]} {today.year - 1}") or day
            return day
    return None


def drafts(reading: Reading, grounds: Grounds, entries: tuple[str, ...]) -> tuple[Draft, ...]:
    """The drafts that are due; `entries` are all of the message."""
    whose = importers.importers(reading.sheets, grounds.told)
    made = []
    for one in reading.due:
        mine, unsure, claims = _entries_of(reading, one, entries)
        told = grounds.told.of_entries
        mine = tuple(entry for entry in mine if not (entry in told and told[entry].out))
        shares, nobodys = whose.split(mine)
        for share in shares:
            account = _account(reading, grounds, one, share, claims)
            if not whose.single:
                account = _with_claims(_without_others(account, whose, grounds), reading)
            account = escalation.with_questions(account, unsure, asked(whose, nobodys) or whose.disputed())
            made.append(escalation.draft(one, grounds.catalogue, account, alone=len(shares) == 1))
    return tuple(sorted(made, key=lambda one: -len(one.entries)) if len(made) > SHOWN else made)


def _entries_of(
    reading: Reading, one: Finding, entries: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """With one error all entries, with several those that stand with this one; those nobody knows of; claim numbers."""
    groups = [group for sheet in reading.sheets for group in sheet.groups if group.id == one.id]
    groups = [group for group in groups if group.next_step == "escalate"] or groups
    if groups:  # the file says which entries have the message
        mine = tuple(dict.fromkeys(entry for group in groups for entry in group.entries))
        return mine, (), tuple(dict.fromkeys(claim for group in groups for claim in group.claims))
    mine, unsure = reading.belonging.of(one.id, entries)
    return mine, unsure, ()


def _account(
    reading: Reading, grounds: Grounds, one: Finding, share: importers.Share, claims: tuple[str, ...]
) -> escalation.Account:
    from_file = tuple(
        SuspectEntry(fault.value, fault.reason, fault.proposal, fault.row)
        for sheet in reading.sheets
        for fault in sheet.faults
        if fault.row is not None and not fault.repaired and fault.reason in SUSPECT_WORDS
    )
    suspects = {suspect.value: suspect for suspect in (*from_file, *reading.found.suspects)}
    facts = dict(grounds.told.facts)
    facts["claim-number"] = tuple(dict.fromkeys((*facts.get("claim-number", ()), *claims)))
    return escalation.Account(
        entries=share.entries,
        suspects=tuple(suspects.values()),
        type06=reading.type06,
        share=share,
        facts=facts,
        doubts={**grounds.told.doubts, **({"type06": TYPE06_ASKED} if reading.type06_conflict else {})},
        of_entries={entry: _of_entry(entry, grounds.told, reading.by_entry) for entry in share.entries},
        entry_types=reading.entry_types,
        tried=escalation.tried(reading.passages, grounds.catalogue.persists_wordings),
        shown=grounds.evidence(one),
    )


def _without_others(account: escalation.Account, whose: importers.Importers, grounds: Grounds) -> escalation.Account:
    """Without what the sender says of another client, and without facts that may be another's: whose is not said."""
    mine = account.share
    numbers = {importer_shown(one) for one in whose.shown.values()} - {mine.importer}
    named = [_called(name) for name in whose.names.values() if name != mine.name]
    own_name = _called(mine.name) if mine.name else None
    strangers = [one for one in named if own_name is None or one.pattern != own_name.pattern]

    def fit(sentence: str) -> bool:
        strange = set(entries_in_text.find(sentence).entries) - set(mine.entries)
        return not (
            strange or any(one in sentence for one in numbers) or any(one.search(sentence) for one in strangers)
        )

    def ours(sentence: str) -> bool:
        called = (mine.importer and mine.importer in sentence) or (own_name and own_name.search(sentence))
        return fit(sentence) and bool(called or entries_in_text.find(sentence).entries)

    return replace(
        account,
        facts={
            **_facts_where(fit, grounds.parts, _ANYBODYS),
            **_facts_where(ours, grounds.parts),
        },
        tried=tuple(filter(fit, account.tried)),
        shown=tuple(filter(fit, account.shown)),
    )


def _with_claims(account: escalation.Account, reading: Reading) -> escalation.Account:
    """With the claims in which the files name its own entries."""
    mine = frozenset(account.entries)
    rows = (row for sheet in reading.sheets for row in sheet.claim_rows)
    claims = dict.fromkeys(row.claim for row in rows if row.claim and row.entry in mine)
    told = account.facts.get("claim-number", ())
    return replace(account, facts={**account.facts, "claim-number": tuple(dict.fromkeys((*told, *claims)))})


def _called(name: str) -> re.Pattern[str]:
    """A firm's name as people write it: its first word."""
    return re.compile(rf"(?<!\w){re.escape(name.split(maxsplit=1)[0])}(?!\w)", re.IGNORECASE)


def _facts_where(
    fit: Callable[[str], bool], parts: Sequence[Passage], keys: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """What the sentences that fit tell, the later over the earlier; the sender's own words over a forwarded mail's."""
    said = [
        replace(passages.plain("\n".join(filter(fit, stated(part.text)))), kind=part.kind)
        for part in sorted(parts, key=lambda part: part.kind is not PassageKind.FORWARDED)
        if part.kind in (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
    ]
    facts = together([(part,) for part in said if part.text]).facts
    return {key: values for key, values in facts.items() if keys is None or key in keys}


def _of_entry(entry: str, told: Told, by_entry: Mapping[str, escalation.Of]) -> escalation.Of:
    said, read = told.of_entries.get(entry), by_entry.get(entry, escalation.Of())
    if read.ftz is None and told.of_entries and told.general in (Type06.YES, Type06.NO):  # said of all, before some
        read = replace(read, ftz=told.general is Type06.YES)
    if said is None:
        return read
    return escalation.Of(
        read.ftz if said.ftz is None else said.ftz, said.type or read.type, said.liquidation or read.liquidation
    )


def of_sheets(sheets: Sequence[Sheet]) -> dict[str, escalation.Of]:
    """What columns say of single entries."""
    found: dict[str, escalation.Of] = {}
    for sheet in sheets:
        if sheet.type06 in (Type06.YES, Type06.NO) and not sheet.outcomes:
            found.update(dict.fromkeys(sheet.entries, escalation.Of(ftz=sheet.type06 is Type06.YES)))
        found.update(
            {one.entry: escalation.Of(one.type == FTZ, one.type) for one in (*sheet.ready, *sheet.listed) if one.type}
        )
        for one in sheet.outcomes:
            liquidated = f"liquidated {day_words(one.liquidated)}" if one.liquidated else ""
            found[one.entry] = escalation.Of(one.type == FTZ if one.type else None, one.type, liquidated)
    return found


def withheld(findings: Sequence[Finding], due: Sequence[Finding], grounds: Grounds) -> Iterator[str]:
    """Why there is no draft although the sender asks for one, or has tried again; and what would change that."""
    tried = bool(happened(grounds.own, grounds.catalogue.persists_wordings))
    for one in findings:
        if one in due:
            continue
        if day := grounds.too_early(one):
            yield (
                f"No draft to CBP for {one.title} yet: the statement was paid less than {grounds.rule(one).since_paid} ago,"
                f" and CBP cannot act before. Still the same on {day_words(day)}: say so here, and I draft it."
            )
        elif grounds.requested or (tried and one.is_error and one.escalate == "never"):
            yield _why_not(one, grounds)


def _why_not(one: Finding, grounds: Grounds) -> str:
    error = grounds.catalogue.error(one.id)
    contact = grounds.catalogue.contact(error.contact)
    first = grounds.catalogue.contact(error.first) if error.first else contact
    if one.escalate != "never" and contact.owner_only:
        return (
            f"No draft for {one.title}: CBP listens to the Trade Account Owner alone here, from their own address. Hand the"
            " steps under “Do now” to the owner. You are the owner? Say so in this thread, and I draft it."
        )
    if first.phone and not first.address:
        return f"No draft for {one.title}: {first.name}, {first.phone}, takes it by telephone alone.{_otherwise(one)}"
    if not first.address:
        return (
            f"No draft for {one.title}: it is a matter for {first.name}, which has no common address. The steps under “Do"
            f" now” say what to ask there.{_otherwise(one)}"
        )
    if one.escalate != "never":
        return f"No draft to CBP for {one.title} yet: it helps only once what I ask below is known. Tell me, and I draft it."
    return f"No draft to CBP for {one.title}: CBP cannot act on it. What helps stands under “Do now”.{_otherwise(one)}"


def _otherwise(one: Finding) -> str:
    """When CBP is to be written to after all, in the advice's own words."""
    paragraphs = [text for section in one.sections if section.name == _WHEN for text in section.paragraphs]
    said = re.split(r"(?<=[.!?])\s", paragraphs[0])[:_SENTENCES] if paragraphs else []
    return f" When to write to CBP: {' '.join(said)}" if said else ""


def questions(reading: Reading, diagnosis: Diagnosis) -> tuple[str, ...]:
    """What the reply asks, most useful first, each once over all drafts."""
    first: list[str] = []
    if reading.type06_conflict:
        first.append(TYPE06_ASKED)
    if reading.findings and reading.grounds and (doubt := reading.grounds.told.doubts.get("type06")):
        first.append(doubt)
    tables = [sheet for sheet in diagnosis.sheets if pending.in_sheet(sheet)]
    first += [question for sheet in tables for question in pending.question(sheet, named=len(reading.sheets) > 1)]
    apart = {line for sheet in tables for line in pending.asked_apart(sheet)}  # the drafts list them one by one
    wanted = dict.fromkeys(item for draft in diagnosis.drafts for item in draft.missing if item not in apart)
    first += map(escalation.question, sorted(wanted, key=escalation.usefulness))
    first += [
        f"Before writing to CBP about {one.title}: {one.evidence}."
        for one in reading.findings
        if one.evidence and not reading.waits(one) and one not in reading.due and one.escalate in ("if-evidence", "if-persists")
        and (one.escalate == "if-evidence" or reading.asked_for_draft)
    ]  # fmt: skip
    if diagnosis.rule in ("about_cape_but_unknown", "only_a_file_it_cannot_read"):
        first += [ASK_WORDS["message"][1], ASK_WORDS["where-seen"][1]]
    return tuple(dict.fromkeys(first))
