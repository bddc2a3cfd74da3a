"""Diagnosis -> Reply, through the templates. They get values and loop; what is decided is decided before them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from bot.core import unsent_mail, words
from bot.core.escalation import LISTED, one_line
from bot.core.masking import NOTE, mask, masked, masked_bytes
from bot.core.model import Diagnosis, Draft, Incoming, Output, Reply, Sheet, Verdict
from bot.core.passages import BOT_MARKER
from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = ("reply.txt.j2", "reply.html.j2", "escalation.txt.j2")
SHOWN_ROWS = 12  # rows of a sheet named in the reply; the rest stands in the annotated copy
WIDTH = 78  # columns of the plain text: what mail programs and terminals show without wrapping
_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class Voice:
    """The templates, compiled once. `sources` maps each name of TEMPLATES to its text.

    A site may edit them, so they run sandboxed; a name that is not there is an error, never an empty string.
    Raises TemplateProblem with the template and line.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._plain = _environment(sources, html=False)
        self._html = _environment(sources, html=True)
        for name in TEMPLATES:
            self._template(name)

    def say(self, name: str, **values: object) -> str:
        """The named template filled in."""
        return self._template(name).render(**values)

    def _template(self, name: str) -> Template:
        try:
            return (self._html if name.endswith(".html.j2") else self._plain).get_template(name)
        except TemplateError as error:
            line = getattr(error, "lineno", None) or 1
            raise TemplateProblem(f"{name}:{line}: {error}") from error


class TemplateProblem(Mendable):
    """A template cannot be used; the text is `name:line: what`."""


def compose(incoming: Incoming, diagnosis: Diagnosis, voice: Voice) -> tuple[Diagnosis, Reply | None]:
    """Give the diagnosis with its drafts written out, and the reply; None when the verdict is silent.

    Both are without Social Security numbers: from here on nothing of the sender's is written that was not masked.
    """
    diagnosis = _without_social_security_numbers(incoming, diagnosis)
    drafts = tuple(replace(draft, body=_body(draft, voice)) for draft in diagnosis.drafts)
    diagnosis = replace(diagnosis, drafts=drafts)
    if diagnosis.verdict is Verdict.SILENT:
        return diagnosis, None
    values = {
        "marker": BOT_MARKER,
        "headline": headline(diagnosis),
        "diagnosis": diagnosis,
        "sheets": [(sheet, sheet_verdict(sheet), sheet.faults[:SHOWN_ROWS]) for sheet in diagnosis.sheets],
        "shown_rows": SHOWN_ROWS,
        "outputs": (outputs := _outputs(diagnosis)),
    }
    return diagnosis, Reply(
        subject=_subject(incoming, diagnosis),
        text=_tidy(voice.say("reply.txt.j2", **values)),
        html=voice.say("reply.html.j2", **values),
        diagnosis=_light(diagnosis),
        outputs=outputs,
        headline=headline(diagnosis),
    )


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
    return voice.say("escalation.txt.j2", draft=draft, listed=LISTED).strip() + "\n"


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


def _environment(sources: Mapping[str, str], *, html: bool) -> Environment:
    environment = SandboxedEnvironment(
        loader=DictLoader(dict(sources)),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        day=words.day_words, count=words.count_words, line=_line, wrap=_wrap, quoted=_quoted,
        reason=words.fault_words,
        suspect=lambda suspect: words.suspect_words(one_line(suspect.value), suspect.reason, suspect.proposal),
        filed=lambda filed: words.FILED_WORDS[filed],
        step=lambda step: words.NEXT_STEP_WORDS[step],
        when=lambda finding: words.when_words(finding.next_step, finding.not_before),
    )  # fmt: skip
    return environment


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """Wrapped to WIDTH, the first line after `first` and the others after `rest` (as wide as `first`)."""
    indent = " " * len(first) if rest is None else rest
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _line(text: str) -> str:
    """Somebody's words on one line; what only then stands together as a Social Security number is masked."""
    return mask(one_line(text))


def _quoted(text: str, most: int = 300) -> str:
    """Somebody's words on one line, cut at `most` characters."""
    line = _line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _tidy(text: str) -> str:
    """At most one blank line in a row, and one line end at the end: templates may be generous with blank lines."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
