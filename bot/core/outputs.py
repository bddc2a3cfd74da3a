"""The files that go back: Declarations ready for ACE, drafts to open, deadlines for the calendar, reports to read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import calendars, reports, spreadsheet, unsent_mail, uploads, words
from bot.core.drafting import SHOWN
from bot.core.masking import mask
from bot.core.model import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.catalogue import Catalogue
    from bot.core.model import Diagnosis, Draft, Sheet, Upload

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGE = 5_000_000  # bytes of a report that goes as it is: mail servers refuse a reply of 25 MB
_CALENDAR = "cape-deadlines.ics"
DRAFTS = SHOWN  # files of their own; further ones are packed


def outputs(diagnosis: Diagnosis, catalogue: Catalogue | None = None) -> tuple[Output, ...]:
    """Take a diagnosis with its drafts written out; give its files, those to act on first, each under a name of its own.

    With a `catalogue` the reports name reasons by their titles, and the calendar has the protest day of every entry.
    """
    files = (*_uploads(diagnosis.uploads), *_drafts(diagnosis.drafts), *_calendar(diagnosis, catalogue))
    tables = (file for sheet in diagnosis.sheets for file in _reports(sheet, catalogue))
    return _distinct((*files, *tables))


def _uploads(several: tuple[Upload, ...]) -> Iterator[Output]:
    for one, name in zip(several, uploads.names(several), strict=True):
        count = words.count_words(len(one.entries), "entry", "entries")
        what = f"{count}, ready for ACE" + (
            f" from {words.day_words(one.day)} on, once the statement shows paid" if one.day else ""
        )
        yield Output(name, "upload", uploads.content(one), "text/csv", what)


def _drafts(every: tuple[Draft, ...]) -> Iterator[Output]:
    drafts, more = every[:DRAFTS], every[DRAFTS:]
    for draft in drafts:
        name = f"draft-{_safe_stem(draft.id, 'cbp')}.eml"
        what = "the draft to CBP, to complete and send"
        what += f", importer {draft.importer}" if draft.importer and len(every) > 1 else ""
        yield Output(name, "draft", unsent_mail.unsent(draft), "message/rfc822", what)
    if more:
        names = _distinct(
            Output(f"draft-{_safe_stem(one.id, 'cbp')}.eml", "draft", unsent_mail.unsent(one)) for one in more
        )
        packed = spreadsheet.packed_all({one.name: one.content for one in names})
        yield Output(
            "more-drafts.zip", "draft", packed, "application/zip", f"{words.count_words(len(more), 'more draft')}"
        )
    # Also on their own: whoever copies a draft's text has to attach them.
    for draft in drafts:
        if apart := unsent_mail.numbers_apart(draft):
            count = words.count_words(len(draft.entries), "entry", "entries")
            yield Output(unsent_mail.NUMBERS, "draft", apart, "text/csv", f"the {count} of the draft")


def _calendar(diagnosis: Diagnosis, catalogue: Catalogue | None) -> Iterator[Output]:
    outcomes = (*diagnosis.outcomes, *(one for sheet in diagnosis.sheets for one in sheet.outcomes))
    protest = catalogue.rules.window("protest", diagnosis.today) if catalogue else None
    if content := calendars.calendar(outcomes, diagnosis.today, protest, _waits(diagnosis)):
        what = "the deadlines, for your calendar" if outcomes else "the day to come back to it, for your calendar"
        yield Output(_CALENDAR, "calendar", content, "text/calendar", what)


def _waits(diagnosis: Diagnosis) -> Iterator[calendars.Wait]:
    """The days to wait for: of the groups of a file, and of what the words are about."""
    groups = [group for sheet in diagnosis.sheets for group in sheet.groups]
    of_files = {group.id for group in groups}
    for group in groups:
        if group.not_before:
            yield calendars.Wait(group.not_before, _then(group.next_step, group.title), group.entries)
    for one in diagnosis.findings:
        if one.not_before and one.id not in of_files:
            entries = diagnosis.entries if len(diagnosis.findings) == 1 else ()
            yield calendars.Wait(one.not_before, _then(one.next_step, one.title), entries)


def _then(next_step: str, title: str) -> str:
    what = {
        "wait": "look again",
        "resubmit": "resubmit",
        "fix-and-resubmit": "correct and resubmit",
        "retry": "try again",
    }
    return f"CAPE: {what.get(next_step, 'look again')}, {title}"


def _reports(sheet: Sheet, catalogue: Catalogue | None) -> Iterator[Output]:
    """The rows as a CSV, and where a spreadsheet can show them as a workbook that keeps every zero."""
    stem = _safe_stem(sheet.name, "sheet")
    if sheet.outcomes:
        named = catalogue.title if catalogue else _words_of
        rows, what = reports.of_outcomes(sheet.outcomes, named), "every entry, the nearest deadline first"
    elif sheet.groups:
        rows, what = reports.of_claim_rows(sheet.claim_rows), "your rows with the next step of each"
    elif sheet.annotated:
        rows, what = spreadsheet.rows_of(sheet.annotated), "your rows with what was found beside each"
    else:
        return
    kind = "report" if sheet.outcomes or sheet.groups else "checked"
    content = spreadsheet.as_csv(rows) if kind == "report" else sheet.annotated
    name = f"{stem}-{kind}.csv"
    if len(content) > _LARGE:
        yield Output(f"{name}.zip", "report", spreadsheet.packed(name, content), "application/zip", what)
    else:
        yield Output(name, "report", content, "text/csv", what)
    if workbook := spreadsheet.as_xlsx(rows):
        yield Output(f"{stem}-{kind}.xlsx", "report", workbook, _XLSX, "the same, for Excel")


def _words_of(reason: str) -> str:
    return reason.replace("-", " ")


def _distinct(files: Iterable[Output]) -> tuple[Output, ...]:
    """Two files may share a name; what goes back may not, on no system: capitals do not tell names apart."""
    taken: set[str] = set()
    named = []
    for file in files:
        stem, dot, suffix = file.name.rpartition(".")
        name, number = file.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}{dot}{suffix}"
        taken.add(name.casefold())
        named.append(replace(file, name=name))
    return tuple(named)


def _safe_stem(name: str, otherwise: str) -> str:
    """A file name from a sender made harmless: ASCII letters, digits, dot, dash; never empty, never a hidden file."""
    stem = mask(_UNSAFE.sub("-", name.rpartition("/")[2].rsplit(".", 1)[0]).strip("-."))
    return stem[:60] or otherwise
