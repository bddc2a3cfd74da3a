"""Diagnosis -> Reply, through the templates. They get values and loop; what is decided is decided before them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.core import words
from bot.core.digest import SHOWN, digests
from bot.core.escalation import LISTED, one_line
from bot.core.masked_tables import masked_diagnosis
from bot.core.masking import NOTE, mask, masked, notes
from bot.core.model import Diagnosis, Digest, Draft, Finding, How, Incoming, Outcome, Output, Reply, Sheet, Verdict
from bot.core.outputs import DRAFTS, outputs
from bot.core.passages import BOT_MARKER

if TYPE_CHECKING:
    from bot.core.catalogue import Catalogue
    from bot.core.voice import Voice

_BRIEF = ("What it means", "Do now", "Do not")
_TABLES = 2  # whose numbers stand in the first line beside a finding
_FILES = 40  # attached files named in the reply; an export of many importers gives an upload for each


def compose(
    incoming: Incoming, diagnosis: Diagnosis, voice: Voice, catalogue: Catalogue | None = None
) -> tuple[Diagnosis, Reply | None]:
    """Give the diagnosis with its drafts written out, and the reply; None when the verdict is silent.

    Both are without Social Security numbers: from here on nothing of the sender's is written that was not masked.
    `catalogue` is for the files: titles of reasons, and the protest day (see `outputs`).
    """
    diagnosis = _without_secrets(incoming, diagnosis)
    drafts = tuple(replace(draft, body=_body(draft, voice)) for draft in diagnosis.drafts)
    diagnosis = replace(diagnosis, drafts=drafts)
    if diagnosis.verdict is Verdict.SILENT:
        return diagnosis, None
    files = outputs(diagnosis, catalogue)
    tables = digests(diagnosis)
    values = reply_values(diagnosis, tables, files)
    return diagnosis, Reply(
        subject=_subject(incoming, diagnosis),
        text=_tidy(voice.say("reply.txt.j2", **values)),
        html=voice.say("reply.html.j2", **values),
        diagnosis=_light(diagnosis),
        outputs=files,
        headline=headline(diagnosis, tables),
        digests=tables,
    )


def draft_values(draft: Draft) -> dict[str, object]:
    """What the template of a draft gets."""
    return {"draft": draft, "listed": LISTED}


def reply_values(diagnosis: Diagnosis, tables: tuple[Digest, ...], files: tuple[Output, ...]) -> dict[str, object]:
    """What the templates of a reply get. `findings` stand above the tables, `from_tables` below them."""
    first = headline(diagnosis, tables)
    return {
        "marker": BOT_MARKER,
        "headline": first,
        "told": [one for one in diagnosis.outcomes if one.why not in first],
        "diagnosis": diagnosis,
        "findings": [one for one in diagnosis.findings if one.how is not How.SHEET],
        "from_tables": _briefly([one for one in diagnosis.findings if one.how is How.SHEET]),
        "sheets": tables,
        "uploads": [one for one in files if one.role == "upload"],
        "others": [one for one in files if one.role != "upload"],
        "most_files": _FILES,
        "drafts": diagnosis.drafts[:DRAFTS],
        "more_drafts": [_short(one) for one in diagnosis.drafts[DRAFTS : DRAFTS + _FILES]],
        "more": max(0, len(diagnosis.drafts) - DRAFTS - _FILES),
    }


def _briefly(findings: list[Finding]) -> list[Finding]:
    """Of several findings in tables the parts that say what to do: the rest is in `capebot explain`."""
    if len(findings) <= 1:
        return findings
    return [
        replace(one, sections=tuple(part for part in one.sections if part.name in _BRIEF), look_alikes=(), sources=())
        for one in findings
    ]


def _without_secrets(incoming: Incoming, diagnosis: Diagnosis) -> Diagnosis:
    """Every text and file of the diagnosis masked, with one note for each kind of number the sender sent."""
    safe, found = masked_diagnosis(diagnosis)
    words_sent = (incoming.subject, incoming.text, incoming.attached)
    said = notes(words_sent, masked(words_sent))
    return replace(safe, notes=(*safe.notes, *(said or (NOTE,)))) if found or said else safe


def _light(diagnosis: Diagnosis) -> Diagnosis:
    """Without the bulk of the tables: what is shown of them is in the digests and the outputs, and a reply is stored."""
    return replace(
        diagnosis,
        entries=diagnosis.entries[:LISTED],
        sheets=tuple(map(_light_sheet, diagnosis.sheets)),
        drafts=tuple(replace(draft, entries=draft.entries[:LISTED]) for draft in diagnosis.drafts),
        uploads=(),
    )


def _light_sheet(sheet: Sheet) -> Sheet:
    return replace(
        sheet,
        entries=(),
        faults=sheet.faults[:SHOWN],
        annotated=b"",
        groups=tuple(replace(group, entries=()) for group in sheet.groups[:SHOWN]),
        outcomes=(),
        ready=(),
        claim_rows=(),
        barred=(),
        listed=(),
    )


def headline(diagnosis: Diagnosis, tables: tuple[Digest, ...]) -> str:
    """The verdict in one line, for somebody who reads no further.

    Numbers come first where a table tells of entries; before those of a Declaration what the sender's words are about.
    """
    if diagnosis.rule in _HEADLINES and not diagnosis.candidates:
        return _HEADLINES[diagnosis.rule]
    if diagnosis.rule == "about_cape_but_unknown":
        return "I am not sure which CAPE message this is. Is it one of these?"
    if diagnosis.outcomes and not diagnosis.findings and not any(sheet.kind != "other" for sheet in diagnosis.sheets):
        return _of_outcomes(diagnosis.outcomes)
    read = [table for sheet, table in zip(diagnosis.sheets, tables, strict=True) if sheet.kind != "other"]
    if all(one.how is How.SHEET for one in diagnosis.findings) and (read or not diagnosis.findings):
        said = [f"{one_line(table.name)}: {table.verdict}" for table in read]
        # A refusal is a sentence already.
        line = " ".join(one if one.endswith(".") or len(said) == 1 else f"{one}." for one in said)
        line = line or _HEADLINES["about_cape_but_unknown"]
        about = _of_drafts(diagnosis)
        return line + ("" if line.endswith(".") or not about else ".") + about
    numbers = " ".join(f"{one_line(table.name)}: {table.verdict.rstrip('.')}." for table in read[:_TABLES])
    of_entries = any(sheet.groups or sheet.outcomes for sheet in diagnosis.sheets)
    said = [numbers, _of_finding(diagnosis)] if of_entries else [_of_finding(diagnosis), numbers]
    return " ".join(filter(None, said)) + _of_drafts(diagnosis)


def _of_outcomes(outcomes: tuple[Outcome, ...]) -> str:
    """The nearest day first, for entries that the sender's words tell of."""
    first = min(outcomes, key=lambda one: (one.deadline is None, one.deadline or date.max))
    line = f"{words.entry_words(first.entry)}: {words.OUTCOME_WORDS[first.outcome][1].lower()}. {first.why}"
    more = len(outcomes) - 1
    return f"{line} And {words.count_words(more, 'more entry', 'more entries')}, below." if more else line


def _of_finding(diagnosis: Diagnosis) -> str:
    first = diagnosis.findings[0]
    line = f"{first.title}: {words.NEXT_STEP_WORDS[first.next_step]}"
    if first.not_before:
        line += f", {words.when_words(first.next_step, first.not_before)}"
    more = len(diagnosis.findings) - 1
    return line + (f". And {words.count_words(more, 'more message')}, below." if more else ".")


def _of_drafts(diagnosis: Diagnosis) -> str:
    if not diagnosis.drafts:
        return ""
    blanks = len({item for draft in diagnosis.drafts for item in draft.missing})
    several = len(diagnosis.drafts)
    said = " A draft to CBP is below" if several == 1 else f" {several} drafts to CBP are below"
    if several > DRAFTS:
        said = f" {several} drafts to CBP are attached, the first {DRAFTS} are below"
    return said + (f"; {words.count_words(blanks, 'point')} to complete." if blanks else ", complete.")


_HEADLINES = {
    "about_cape_but_unknown": "I do not know this CAPE message, and I will not guess.",
    "cannot_be_read": "I could not read your message.",
    "only_a_file_it_cannot_read": "I could not read the file you sent. Please paste the message as text.",
    "not_about_cape": "I help with messages of CBP's CAPE tool. Paste the message, or attach your Declaration, Claim Details or ES-003 file.",
}


def _short(draft: Draft) -> str:
    """A draft that is not written out, in a line."""
    whose = f" for importer {draft.importer}" if draft.importer else ""
    return f"{draft.subject}{'' if draft.importer in draft.subject else whose}"


def _body(draft: Draft, voice: Voice) -> str:
    return voice.say("escalation.txt.j2", **draft_values(draft)).strip() + "\n"


def _subject(incoming: Incoming, diagnosis: Diagnosis) -> str:
    """The sender's subject answered; a mail without one gets the first finding's title."""
    subject = mask(one_line(incoming.subject))
    if not subject:
        subject = diagnosis.findings[0].title if diagnosis.findings else "your CAPE question"
    return subject if re.match(r"(?i)re:", subject) else f"Re: {subject}"


def _tidy(text: str) -> str:
    """At most one blank line in a row, and one line end at the end: templates may be generous with blank lines."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
