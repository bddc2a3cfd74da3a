"""triage(incoming, known, today) -> Diagnosis: what the message is about, and by one table what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import (
    attribution,
    clearance,
    drafting,
    entries_in_text,
    entry_type,
    news,
    passages,
    prose,
    said_of_entries,
    sheets,
    told,
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
    Type06,
    Verdict,
)
from bot.core.sentences import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from bot.core.catalogue import Catalogue
    from bot.core.escalation import Of
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
    grounds: drafting.Grounds | None = None

    @property
    def entry_types(self) -> tuple[str, ...]:
        """The entry types that the words name."""
        named = entry_type.entry_types_in(_counted(self.passages))
        if self.grounds and "type06" in self.grounds.told.doubts:
            return ()
        return named if self.type06 is not Type06.NO else tuple(one for one in named if one != FTZ)

    @property
    def by_entry(self) -> dict[str, Of]:
        """What columns say of single entries."""
        return drafting.of_sheets(self.sheets)

    @property
    def asked_for_draft(self) -> bool:
        """Whether the sender asks for a mail to CBP."""
        return self.grounds is not None and self.grounds.requested

    def waits(self, one: Finding) -> bool:
        """Whether it is too early to write to CBP about it, by what the sender told."""
        return self.grounds is not None and self.grounds.too_early(one) is not None

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
    thread: told.Thread | None = None,
) -> Diagnosis:
    """Take a message, what is known and the day to answer for; give the diagnosis.

    `thread` is what else its thread told; those words count for everything but for which error it is.

    `confirmed` are entry numbers that a person has vouched for wherever they stand, `by_file` those of each table alone: the same rounded figure may mean another number in another file. Nothing is raised for any message.
    """
    reading = _read(incoming, known, today, confirmed, by_file, thread or told.Thread())
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
        notes=(*_notes(reading), *left_out),
    )
    if verdict is Verdict.ESCALATE and reading.grounds:
        diagnosis = replace(diagnosis, drafts=drafting.drafts(reading, reading.grounds, diagnosis.entries))
    if thread and (said := news.line(reading, thread, diagnosis)):
        diagnosis = replace(diagnosis, notes=(said, *diagnosis.notes))
    return replace(diagnosis, questions=drafting.questions(reading, diagnosis))


def _read(
    incoming: Incoming,
    known: Known,
    today: date,
    confirmed: tuple[str, ...],
    by_file: tuple[tuple[str, ...], ...],
    thread: told.Thread,
) -> Reading:
    first = passages.split(incoming)
    said_by_hand = (*first, *thread.parts)
    found = entries_in_text.find("\n".join(part.text for part in _counted(said_by_hand)), confirmed)
    words = told.together((first, *thread.said)).type06
    files = reading_of_files(known, today, confirmed, words, by_file)
    tables = sheets.read(incoming.attachments, files)
    every = (*found.entries, *(entry for table in tables for entry in table.entries))
    facts = told.together((first, *thread.said), every)
    beside = tuple(_beside(incoming, tables))
    parts = (*said_by_hand, *beside)
    spotting = known.spotter.spot((*first, *beside, *thread.looked_at))
    if not thread.said and "type06" not in facts.doubts:
        words = entry_type.type06_in(parts)  # beside a list, too
    if facts.general is Type06.UNKNOWN and _fit(facts, drafting.of_sheets(tables)):
        words = Type06.UNKNOWN  # what is said of single entries says nothing of the rest of a file
    type06, conflict = _type06(words, tables)
    type06 = facts.type06 if type06 is Type06.UNKNOWN and not conflict else type06
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
    grounds = drafting.Grounds(parts, facts, known.catalogue, type06, today, refused)
    findings = tuple(one for one in findings if not grounds.only_vouches(one, findings))
    findings = tuple(
        replace(one, next_step="escalate", not_before=None, wait="") if grounds.is_shown(one) else one
        for one in findings
    )
    due = tuple(one for one in findings if grounds.is_due(one))
    thanks = said(_own(parts), known.catalogue.thanks_wordings)
    belonging = attribution.belonging(_counted(parts), [one.id for one in findings], known.spotter)
    errors = _errors_of(findings, found, belonging)
    dated = said_of_entries.outcomes(_counted(said_by_hand), found.entries, files.judge, errors)
    return Reading(
        incoming, parts, spotting, tables, found, type06, conflict, findings, candidates, due, thanks, belonging, dated,
        grounds,
    )  # fmt: skip


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


def _type06(words: Type06, tables: Sequence[Sheet]) -> tuple[Type06, bool]:
    """From a column first, then from words; when they disagree nobody knows, and it is asked."""
    columns = {table.type06 for table in tables} - {Type06.UNKNOWN}
    if not columns:
        return words, False
    column = columns.pop() if len(columns) == 1 else Type06.MIXED
    if words in (Type06.UNKNOWN, column):
        return column, False
    return Type06.UNKNOWN, True


def _fit(facts: told.Told, columns: dict[str, Of]) -> bool:
    """Whether what is told of single entries contradicts no column; false when nothing is told of any."""
    said = {entry: one.ftz for entry, one in facts.of_entries.items() if one.ftz is not None}
    return bool(said) and all(columns[entry].ftz in (None, ftz) for entry, ftz in said.items() if entry in columns)


def _own(parts: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(part for part in parts if part.kind is PassageKind.OWN)


def _counted(parts: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(part for part in parts if part.kind in COUNTED)


def _entries(reading: Reading) -> tuple[str, ...]:
    every = (*reading.found.entries, *(entry for sheet in reading.sheets for entry in sheet.entries))
    return tuple(dict.fromkeys(every))


def _notes(reading: Reading) -> tuple[str, ...]:
    """What could not be used, and what was asked for and would not help: one sentence each."""
    notes = [reading.incoming.unreadable] if reading.incoming.unreadable else []
    return (*notes, *(drafting.withheld(reading.findings, reading.due, reading.grounds) if reading.grounds else ()))


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
