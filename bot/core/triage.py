"""triage(incoming, known, today) -> Diagnosis: what the message is about, and by one table what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import (
    attribution,
    clearance,
    entries_in_text,
    entry_type,
    escalation,
    passages,
    pending,
    prose,
    said_of_entries,
    sheets,
)
from bot.core.business_days import wait_until
from bot.core.claim_answers import answering
from bot.core.eligibility import FTZ
from bot.core.judging import Judge
from bot.core.model import (
    Diagnosis,
    Finding,
    FoundEntries,
    How,
    Incoming,
    Outcome,
    Passage,
    PassageKind,
    Sheet,
    Sighting,
    Spotting,
    SuspectEntry,
    Type06,
    Verdict,
)
from bot.core.sentences import affirmed, happened, requested, said
from bot.core.words import ASK_WORDS, SUSPECT_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from bot.core.catalogue import Catalogue
    from bot.core.model import Attachment
    from bot.core.rulebook import RuleBook
    from bot.core.sheets.grid import Inside
    from bot.core.spotting import Spotter

COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
# The contract's order: an entry's or a file's own message, then a batch or claim status, then a portal message.
_RANK = {kind: rank for rank, kinds in enumerate((("entry", "file", "abi", "account", "after-acceptance"),
                                                  ("upload", "claim"),
                                                  ("server", "login"),
                                                  ("question",))) for kind in kinds}  # fmt: skip
_LOOK_ALIKES = 4  # that a reply names, the likeliest first; `capebot explain` has them all
_FEW_WORDS = 12  # "see attached, what does this mean please": a mail that is all about its file


def _nothing_inside(_file: Attachment) -> None:
    """For a bot that reads text files alone."""


@dataclass(frozen=True, slots=True)
class Known:
    """What triage knows: the catalogue, the matcher built from it once, and how to open workbooks and archives."""

    catalogue: Catalogue
    spotter: Spotter
    filer_codes: tuple[str, ...] = ()
    open_file: Callable[[Attachment], Inside] = _nothing_inside


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read, before anything is decided."""

    incoming: Incoming
    passages: tuple[Passage, ...]
    spotting: Spotting
    sheets: tuple[Sheet, ...]
    found: FoundEntries
    type06: Type06
    type06_conflict: bool
    findings: tuple[Finding, ...]
    candidates: tuple[Finding, ...]
    due: tuple[Finding, ...]
    thanks: bool
    belonging: attribution.Belonging
    told: tuple[Outcome, ...] = ()

    @property
    def own_words(self) -> int:
        """How many words the sender wrote for this message."""
        return sum(len(part.text.split()) for part in self.passages if part.kind is PassageKind.OWN)

    @property
    def sure(self) -> bool:
        """A known error was recognised, a table of ours was read, or it is about little but when an entry liquidated."""
        few = self.own_words <= _FEW_WORDS * (1 + len(self.told))
        dates = self.told and (self.spotting.about_cape or self.incoming.asked or few)
        return bool(self.findings or dates) or any(sheet.kind != "other" for sheet in self.sheets)

    @property
    def about_cape(self) -> bool:
        """CAPE is the subject, whether or not the error is known."""
        return self.sure or self.spotting.about_cape or bool(self.candidates)


def triage(
    incoming: Incoming,
    known: Known,
    today: date,
    confirmed: tuple[str, ...] = (),
    by_file: tuple[tuple[str, ...], ...] = (),
) -> Diagnosis:
    """Take a message, what is known and the day to answer for; give the diagnosis.

    `confirmed` are entry numbers that a person has vouched for wherever they stand, `by_file` those of each table alone: the same rounded figure may mean another number in another file. Nothing is raised for any message.
    """
    reading = _read(incoming, known, today, confirmed, by_file)
    rule, verdict = next((test.__name__, verdict) for test, verdict in RULES if test(reading))
    files, left_out = clearance.cleared(reading.sheets, reading.told, reading.findings, known.catalogue.rules, today)
    diagnosis = Diagnosis(
        verdict=verdict,
        rule=rule,
        today=today,
        findings=reading.findings,
        candidates=reading.candidates if verdict is Verdict.ASK else (),
        entries=_entries(reading),
        suspects=reading.found.suspects,
        repaired=reading.found.repaired,
        type06=reading.type06,
        sheets=reading.sheets,
        uploads=files,
        outcomes=reading.told,
        notes=(*_notes(reading, known.catalogue), *left_out),
    )
    if verdict is Verdict.ESCALATE:
        drafts = tuple(
            escalation.draft(one, known.catalogue, _account(reading, one, diagnosis, known.catalogue))
            for one in reading.due
        )
        diagnosis = replace(diagnosis, drafts=drafts)
    return replace(diagnosis, questions=_questions(reading, diagnosis))


def _read(
    incoming: Incoming,
    known: Known,
    today: date,
    confirmed: tuple[str, ...],
    by_file: tuple[tuple[str, ...], ...],
) -> Reading:
    said_by_hand = passages.split(incoming)
    files = reading_of_files(known, today, confirmed, entry_type.type06_in(tuple(said_by_hand)), by_file)
    tables = sheets.read(incoming.attachments, files)
    parts = (*said_by_hand, *_beside(incoming, tables))
    spotting = known.spotter.spot(parts)
    type06, conflict = _type06(parts, tables)
    seen = {sighting.id: sighting for table in tables for sighting in table.sightings}
    seen.update({sighting.id: sighting for sighting in spotting.sightings})
    findings = tuple(
        sorted(
            (finding(sighting, known.catalogue, today, type06) for sighting in seen.values()),
            key=lambda one: _RANK[one.kind],  # stable: else as they stand in the text
        )
    )
    candidates = tuple(
        finding(sighting, known.catalogue, today, type06) for sighting in spotting.candidates if sighting.id not in seen
    )
    refused = frozenset(group.id for table in tables for group in table.groups if group.next_step == "escalate")
    findings = tuple(
        replace(one, next_step="escalate", not_before=None, wait="")
        if one.id in refused or _shown(one, parts, known.catalogue, type06, today)
        else one
        for one in findings
    )
    due = tuple(one for one in findings if one.id in refused or _needs_cbp(one, parts, known.catalogue, type06, today))
    found = entries_in_text.find("\n".join(part.text for part in _counted(said_by_hand)), confirmed)
    thanks = said(_own(parts), known.catalogue.thanks_wordings)
    belonging = attribution.belonging(_counted(parts), [one.id for one in findings], known.spotter)
    errors = _errors_of(findings, found, belonging)
    told = said_of_entries.outcomes(_counted(said_by_hand), found.entries, files.judge, errors)
    return Reading(
        incoming, parts, spotting, tables, found, type06, conflict, findings, candidates, due, thanks, belonging, told
    )


def reading_of_files(
    known: Known,
    today: date,
    confirmed: tuple[str, ...] = (),
    words: Type06 = Type06.UNKNOWN,
    by_file: tuple[tuple[str, ...], ...] = (),
) -> sheets.Reading:
    """What files are read with: the rules in force, for the type 06 that the sender's words tell or a row shows."""
    catalogue = known.catalogue

    def step(id: str, entry_type: str) -> str:  # noqa: A002 - the domain's word
        return catalogue.error(id).rule_on(today, Type06.YES if entry_type == FTZ else Type06.NO).next_step

    return sheets.Reading(
        judge=Judge(catalogue.rules, today, step),
        answers=answering(catalogue, known.spotter.messages, today, words),
        open_file=known.open_file,
        filer_codes=known.filer_codes,
        confirmed=confirmed,
        by_file=by_file,
    )


def _beside(incoming: Incoming, tables: Sequence[Sheet]) -> Iterator[Passage]:
    """What the lists of entry numbers say beside them; their numbers are the tables' own."""
    declarations = {(table.name, table.path_in) for table in tables if table.kind == "declaration"}
    for file in incoming.attachments:
        words = prose.beside(file) if (file.name, file.path_in) in declarations else ""
        if words:
            yield passages.plain(words, file.name)


def finding(sighting: Sighting, catalogue: Catalogue, today: date, type06: Type06) -> Finding:
    """What a sighting means on the day: the rule in force and the newest advice."""
    error = catalogue.error(sighting.id)
    rule, advice = error.rule_on(today, type06), error.advice_on(today, type06)
    retired = error.retired if error.retired and error.retired <= today else None
    return Finding(
        id=error.id,
        title=error.title,
        kind=error.kind,
        is_error=error.is_error,
        how=sighting.how,
        confidence=round(sighting.confidence, 3),
        quote=sighting.quote,
        where=sighting.where,
        next_step=rule.next_step,
        escalate=rule.escalate,
        official=error.official,
        verbatim=sighting.verbatim,
        filed=error.filed,
        sections=advice.sections,
        not_before=wait_until(today, rule.wait),
        wait=rule.wait,
        evidence=rule.evidence,
        clock=rule.clock,
        windows=_windows(rule.next_step, catalogue.rules, today),
        look_alikes=tuple((catalogue.title(like.id), like.question) for like in error.look_alikes[:_LOOK_ALIKES]),
        retired=retired,
        replaced_by=", ".join(map(catalogue.title, error.replaced_by)) if retired else "",
        sources=tuple(
            f"{source.what} ({source.dated.isoformat()})" if source.dated else source.what for source in error.sources
        ),
        advice_day=advice.start,
        verified=error.verified,
    )


def _errors_of(
    findings: Sequence[Finding], found: FoundEntries, belonging: attribution.Belonging
) -> dict[str, list[str]]:
    """The errors that the words of the message tell of each entry."""
    errors: dict[str, list[str]] = {}
    for one in findings:
        if one.how is not How.SHEET:
            for entry in belonging.of(one.id, found.entries)[0]:
                errors.setdefault(entry, []).append(one.id)
    return errors


def _windows(next_step: str, rules: RuleBook, today: date) -> str:
    """What the windows reach today, where the step depends on it."""
    if next_step == "psc-first":
        return f"{rules.psc_today(today)} {rules.liquidated_today(today)}"
    return rules.liquidated_today(today) if next_step == "protest-or-counsel" else ""


def _needs_cbp(one: Finding, parts: Sequence[Passage], catalogue: Catalogue, type06: Type06, today: date) -> bool:
    """Whether a draft is due: always, when asked for, or when the sender shows what the rule wants to see first."""
    if one.escalate == "never":
        return False
    asked = one.escalate == "always" or requested(_own(parts), catalogue.escalation_wordings)
    return asked or _shown(one, parts, catalogue, type06, today)


def _shown(one: Finding, parts: Sequence[Passage], catalogue: Catalogue, type06: Type06, today: date) -> bool:
    """Whether the sender says what makes the rule's own step useless: it was tried, or the evidence is there."""
    if one.escalate == "if-persists":
        return bool(happened(_own(parts), catalogue.persists_wordings))
    return bool(_evidence(one, parts, catalogue, type06, today))


def _evidence(
    one: Finding, parts: Sequence[Passage], catalogue: Catalogue, type06: Type06, today: date
) -> tuple[str, ...]:
    """The sender's sentences that vouch for what the rule wants to see first."""
    if one.escalate != "if-evidence":
        return ()
    return affirmed(_own(parts), catalogue.error(one.id).rule_on(today, type06).evidence_wordings)


def _type06(parts: Sequence[Passage], tables: Sequence[Sheet]) -> tuple[Type06, bool]:
    """From a column first, then from words; when they disagree nobody knows, and it is asked."""
    words = entry_type.type06_in(tuple(parts))
    columns = {table.type06 for table in tables} - {Type06.UNKNOWN}
    if not columns:
        return words, False
    column = columns.pop() if len(columns) == 1 else Type06.MIXED
    if words in (Type06.UNKNOWN, column):
        return column, False
    return Type06.UNKNOWN, True


def _own(parts: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(part for part in parts if part.kind is PassageKind.OWN)


def _counted(parts: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(part for part in parts if part.kind in COUNTED)


def _entries(reading: Reading) -> tuple[str, ...]:
    every = (*reading.found.entries, *(entry for sheet in reading.sheets for entry in sheet.entries))
    return tuple(dict.fromkeys(every))


def _account(reading: Reading, one: Finding, diagnosis: Diagnosis, catalogue: Catalogue) -> escalation.Account:
    """What a draft is about: with one error all entries, with several those that stand with this one."""
    from_file = tuple(
        SuspectEntry(fault.value, fault.reason, fault.proposal, fault.row)
        for sheet in reading.sheets
        for fault in sheet.faults
        if fault.row is not None and not fault.repaired and fault.reason in SUSPECT_WORDS
    )
    suspects = {suspect.value: suspect for suspect in (*from_file, *reading.found.suspects)}
    groups = [group for sheet in reading.sheets for group in sheet.groups if group.id == one.id]
    entries, unsure = reading.belonging.of(one.id, diagnosis.entries)
    groups = [group for group in groups if group.next_step == "escalate"] or groups
    if groups:  # the file says which entries have the message
        entries, unsure = tuple(dict.fromkeys(entry for group in groups for entry in group.entries)), ()
    counted = _counted(reading.passages)
    named = entry_type.entry_types_in(counted)
    return escalation.Account(
        entries=entries,
        unsure=unsure,
        suspects=tuple(suspects.values()),
        type06=reading.type06,
        place=escalation.place_named(counted),
        tried=escalation.tried(reading.passages, catalogue.persists_wordings),
        entry_types=named if reading.type06 is not Type06.NO else tuple(one for one in named if one != "06"),
        claim_numbers=tuple(
            dict.fromkeys((*escalation.claim_numbers(counted), *(claim for group in groups for claim in group.claims)))
        ),
        shown=_evidence(one, reading.passages, catalogue, reading.type06, diagnosis.today),
    )


def _notes(reading: Reading, catalogue: Catalogue) -> tuple[str, ...]:
    """What could not be used, and what was asked for and would not help: one sentence each."""
    notes = [reading.incoming.unreadable] if reading.incoming.unreadable else []
    own = _own(reading.passages)
    useless = [one for one in reading.findings if one.escalate == "never"]
    if useless and not reading.due and requested(own, catalogue.escalation_wordings):
        notes.append(f"No draft to CBP for {useless[0].title}: CBP cannot act on it. What helps stands under “Do now”.")
    return tuple(notes)


def _questions(reading: Reading, diagnosis: Diagnosis) -> tuple[str, ...]:
    """What the reply asks, most useful first, each once."""
    asked: list[str] = []
    if reading.type06_conflict:
        asked.append("The file's entry types and your words disagree on FTZ Type 06: which entries are type 06?")
    tables = [sheet for sheet in diagnosis.sheets if pending.in_sheet(sheet)]
    asked += [question for sheet in tables for question in pending.question(sheet, named=len(reading.sheets) > 1)]
    apart = {line for sheet in tables for line in pending.asked_apart(sheet)}  # the drafts list them one by one
    asked += [
        question for draft in diagnosis.drafts for question in escalation.questions(draft) if question not in apart
    ]
    asked += [
        f"Before writing to CBP about {one.title}: {one.evidence}."
        for one in reading.findings
        if one.evidence and one.escalate == "if-evidence" and one not in reading.due
    ]
    if diagnosis.rule in ("about_cape_but_unknown", "only_a_file_it_cannot_read"):
        asked += [ASK_WORDS["message"][1], ASK_WORDS["where-seen"][1]]
    return tuple(dict.fromkeys(asked))


# The verdict: the first yes decides; its name stands in the diagnosis and the log.


def came_from_a_machine(reading: Reading) -> bool:
    """An auto-reply, a bounce, a list: robots are not answered."""
    return bool(reading.incoming.automatic)


def sender_not_allowed(reading: Reading) -> bool:
    """Nobody unknown gets an answer; the message is held for a person."""
    return bool(reading.incoming.refused)


def cannot_be_read(reading: Reading) -> bool:
    """Encrypted or too big: said, never treated as empty."""
    return bool(reading.incoming.unreadable) and not reading.sure


def overheard_and_unsure(reading: Reading) -> bool:
    """In a channel, it speaks up unasked only when sure."""
    sure = any(one.verbatim or one.how is How.CODE for one in reading.findings)  # CBP's own words, not a paraphrase
    return not reading.incoming.addressed and not sure


def only_thanks(reading: Reading) -> bool:
    """The conversation is closed; two parties that go on thanking each other never end."""
    text = "".join(part.text for part in _own(reading.passages))
    nothing_else = not (reading.findings or reading.sheets or reading.found.entries or reading.found.suspects)
    return reading.thanks and reading.own_words <= _FEW_WORDS and "?" not in text and nothing_else


def only_a_file_it_cannot_read(reading: Reading) -> bool:
    """A screenshot with hardly a word: asked for the text, rather than ignored."""
    unread = any(sheet.refused for sheet in reading.sheets)
    return unread and not reading.sure and (reading.about_cape or reading.own_words <= _FEW_WORDS)


def not_about_cape_unasked(reading: Reading) -> bool:
    """Mail to the inbox about something else."""
    return not reading.about_cape and not reading.incoming.asked


def not_about_cape(reading: Reading) -> bool:
    """A DM, a mention, a command about something else: one line on what it can do."""
    return not reading.about_cape


def about_cape_but_unknown(reading: Reading) -> bool:
    """CAPE, but no error that we know: it asks rather than guesses."""
    return not reading.sure


def needs_cbp(reading: Reading) -> bool:
    """At least one draft to CBP is due."""
    return bool(reading.due)


def otherwise(_reading: Reading) -> bool:
    """Everything else is answered."""
    return True


RULES: tuple[tuple[Callable[[Reading], bool], Verdict], ...] = (
    (came_from_a_machine, Verdict.SILENT),
    (sender_not_allowed, Verdict.SILENT),
    (cannot_be_read, Verdict.ASK),
    (overheard_and_unsure, Verdict.SILENT),
    (only_thanks, Verdict.SILENT),
    (only_a_file_it_cannot_read, Verdict.ASK),
    (not_about_cape_unasked, Verdict.SILENT),
    (not_about_cape, Verdict.ASK),
    (about_cape_but_unknown, Verdict.ASK),
    (needs_cbp, Verdict.ESCALATE),
    (otherwise, Verdict.ANSWER),
)
