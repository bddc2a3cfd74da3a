"""Diagnosis -> Reply, through the templates. They get values and loop; what is decided is decided before them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import unsent_mail, words
from bot.core.escalation import LISTED, one_line
from bot.core.masking import NOTE, mask, masked, masked_bytes
from bot.core.model import Diagnosis, Draft, Incoming, Output, Reply, Sheet, Verdict
from bot.core.passages import BOT_MARKER

if TYPE_CHECKING:
    from bot.core.voice import Voice

SHOWN_ROWS = 12  # rows of a sheet named in the reply; the rest stands in the annotated copy
_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def compose(incoming: Incoming, diagnosis: Diagnosis, voice: Voice) -> tuple[Diagnosis, Reply | None]:
    """Give the diagnosis with its drafts written out, and the reply; None when the verdict is silent.

    Both are without Social Security numbers: from here on nothing of the sender's is written that was not masked.
    """
    diagnosis = _without_social_security_numbers(incoming, diagnosis)
    drafts = tuple(replace(draft, body=_body(draft, voice)) for draft in diagnosis.drafts)
    diagnosis = replace(diagnosis, drafts=drafts)
    if diagnosis.verdict is Verdict.SILENT:
        return diagnosis, None
    outputs = _outputs(diagnosis)
    values = reply_values(diagnosis, outputs)
    return diagnosis, Reply(
        subject=_subject(incoming, diagnosis),
        text=_tidy(voice.say("reply.txt.j2", **values)),
        html=voice.say("reply.html.j2", **values),
        diagnosis=_light(diagnosis),
        outputs=outputs,
        headline=headline(diagnosis),
    )


def draft_values(draft: Draft) -> dict[str, object]:
    """What the template of a draft gets."""
    return {"draft": draft, "listed": LISTED}


def reply_values(diagnosis: Diagnosis, outputs: tuple[Output, ...]) -> dict[str, object]:
    """What the templates of a reply get."""
    return {
        "marker": BOT_MARKER,
        "headline": headline(diagnosis),
        "diagnosis": diagnosis,
        "sheets": [(sheet, sheet_verdict(sheet), sheet.faults[:SHOWN_ROWS]) for sheet in diagnosis.sheets],
        "shown_rows": SHOWN_ROWS,
        "outputs": outputs,
    }


def _without_social_security_numbers(incoming: Incoming, diagnosis: Diagnosis) -> Diagnosis:
    """Every text and file of the diagnosis masked, with one note if the sender sent such a number anywhere."""
    sheets = tuple(replace(sheet, annotated=masked_bytes(sheet.annotated)) for sheet in diagnosis.sheets)
    safe = masked(replace(diagnosis, sheets=sheets))
    words_sent = (incoming.subject, incoming.text, incoming.attached)
    if safe == diagnosis and masked(words_sent) == words_sent:
        return diagnosis
    return replace(safe, notes=(*safe.notes, NOTE))


def _light(diagnosis: Diagnosis) -> Diagnosis:
    """Without the annotated files: they are outputs, and a reply is stored before it is sent."""
    return replace(diagnosis, sheets=tuple(replace(sheet, annotated=b"") for sheet in diagnosis.sheets))


def headline(diagnosis: Diagnosis) -> str:
    """The verdict in one line, for somebody who reads no further."""
    if diagnosis.rule in _HEADLINES and not diagnosis.candidates:
        return _HEADLINES[diagnosis.rule]
    if diagnosis.rule == "about_cape_but_unknown":
        return "I am not sure which CAPE message this is. Is it one of these?"
    if not diagnosis.findings:
        read = [
            f"{one_line(sheet.name)}: {sheet_verdict(sheet)}" for sheet in diagnosis.sheets if sheet.kind != "other"
        ]
        return " ".join(read) or _HEADLINES["about_cape_but_unknown"]
    first = diagnosis.findings[0]
    line = f"{first.title}: {words.NEXT_STEP_WORDS[first.next_step]}"
    if first.not_before:
        line += f", {words.when_words(first.next_step, first.not_before)}"
    more = len(diagnosis.findings) - 1
    line += f". And {words.count_words(more, 'more message')}, below." if more else "."
    if diagnosis.drafts:
        blanks = sum(len(draft.missing) for draft in diagnosis.drafts)
        line += " A draft to CBP is below" + (f"; {words.count_words(blanks, 'point')} to complete." if blanks else ".")
    return line


_HEADLINES = {
    "about_cape_but_unknown": "I do not know this CAPE message, and I will not guess.",
    "cannot_be_read": "I could not read your message.",
    "only_a_file_it_cannot_read": "I could not read the file you sent. Please paste the message as text.",
    "not_about_cape": "I help with messages of CBP's CAPE tool. Paste the message, or attach your Declaration CSV.",
}


def sheet_verdict(sheet: Sheet) -> str:
    """A sheet in numbers: "9,999 rows: 9,871 ready, 96 repaired, 32 need you"."""
    if sheet.refused:
        return sheet.refused
    rows = words.count_words(sheet.rows, "row")
    person, repaired = len(sheet.rows_for_a_person), len(sheet.rows_repaired)
    ready = sheet.rows - person - repaired
    return f"{rows}: {ready:,} ready, {repaired:,} repaired, {person:,} {'needs' if person == 1 else 'need'} you"


def _body(draft: Draft, voice: Voice) -> str:
    return voice.say("escalation.txt.j2", **draft_values(draft)).strip() + "\n"


def _outputs(diagnosis: Diagnosis) -> tuple[Output, ...]:
    """The files that go back: a draft to open, and the sender's sheet with the findings beside each row."""
    drafts = [
        Output(f"draft-{draft.id}.eml", "draft", unsent_mail.unsent(draft), "message/rfc822")
        for draft in diagnosis.drafts
    ]
    reports = [
        Output(f"{_safe_stem(sheet.name)}-checked.csv", "report", sheet.annotated, "text/csv")
        for sheet in diagnosis.sheets
        if sheet.annotated
    ]
    return _distinct((*drafts, *reports))


def _distinct(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """Two attachments may share a name; what goes back may not."""
    taken: dict[str, int] = {}
    named = []
    for output in outputs:
        count = taken[output.name] = taken.get(output.name, 0) + 1
        stem, dot, suffix = output.name.rpartition(".")
        named.append(output if count == 1 else replace(output, name=f"{stem}-{count}{dot}{suffix}"))
    return tuple(named)


def _safe_stem(name: str) -> str:
    """A file name from a sender made harmless: ASCII letters, digits, dot, dash; never empty, never a hidden file."""
    stem = mask(_UNSAFE_NAME.sub("-", name.rpartition("/")[2].rsplit(".", 1)[0]).strip("-."))
    return stem[:60] or "sheet"


def _subject(incoming: Incoming, diagnosis: Diagnosis) -> str:
    """The sender's subject answered; a mail without one gets the first finding's title."""
    subject = mask(one_line(incoming.subject))
    if not subject:
        subject = diagnosis.findings[0].title if diagnosis.findings else "your CAPE question"
    return subject if re.match(r"(?i)re:", subject) else f"Re: {subject}"


def _tidy(text: str) -> str:
    """At most one blank line in a row, and one line end at the end: templates may be generous with blank lines."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
