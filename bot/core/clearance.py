"""Which entries go on an upload, everything in the message considered: no file's word is taken against another's.

An entry that one file clears and another shows to be in a claim, too late or not allowed is left out, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.model import How, Ready
from bot.core.sheets.claim_details import UPDATED
from bot.core.uploads import uploads
from bot.core.words import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.core.model import Finding, Outcome, Sheet, Upload
    from bot.core.rulebook import RuleBook

_CLEARED = ("cape-now", "cape-later-money", "check")  # `check`: the columns do not say; another file may


# What a message may be about while its Declaration is still worth uploading: nothing of it was filed, and it may be tried.
_MAY_GO_UP = ("resubmit", "fix-and-resubmit", "retry")
_BY_A_NEW_UPLOAD = (*_MAY_GO_UP, "fix-account", "nothing-to-do")
_OF_ENTRIES = ("entry", "claim", "upload", "after-acceptance", "abi")


def cleared(
    sheets: Sequence[Sheet], told: Sequence[Outcome], findings: Sequence[Finding], rules: RuleBook, today: date
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    """The Declarations to upload, and a sentence on what was left out of them, if anything.

    `findings` are those of the message; what its words say of a Declaration may forbid to upload it again.
    """
    against = next((one for one in findings if one.how is not How.SHEET and _forbids(one)), None)
    notes = []
    if against and any(sheet.kind == "declaration" and sheet.ready for sheet in sheets):
        sheets = [sheet for sheet in sheets if sheet.kind != "declaration"]
        notes.append(
            f"I made no upload file of the Declaration: for {against.title} the step is to"
            f" {_STEPS.get(against.next_step, 'see below')}. If entries of it never went up, say so."
        )
    files, left_out = _of_sheets(sheets, told, rules, today)
    return files, (*notes, *left_out)


_STEPS = {
    "escalate": "write to CBP first", "psc-first": "correct by PSC first", "wait": "wait", "nothing-to-do": "do nothing",
    "remove": "take the entries out", "protest-or-counsel": "look at a protest", "fix-account": "mend the account first",
    "fix-and-resubmit": "resubmit only the entries that failed", "resubmit": "resubmit only the entries that failed",
}  # fmt: skip


def _forbids(one: Finding) -> bool:
    return one.kind in _OF_ENTRIES and (one.filed in ("yes", "some") or one.next_step not in _MAY_GO_UP)


def _of_sheets(
    sheets: Sequence[Sheet], told: Sequence[Outcome], rules: RuleBook, today: date
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    accepted = {entry for sheet in sheets for group in sheet.groups if group.id == UPDATED for entry in group.entries}
    barred = dict(_failed(sheets)) | {
        one.entry: one.why for outcomes in (told, *(sheet.outcomes for sheet in sheets)) for one in outcomes
        if one.outcome not in _CLEARED
    }  # fmt: skip
    accepted.update(one.entry for sheet in sheets for one in sheet.outcomes if one.outcome == "accepted")
    ready = tuple(_agreed([one for sheet in sheets for one in sheet.ready]))
    left_out = dict.fromkeys(one.entry for one in ready if one.entry in barred and one.entry not in accepted)
    files = uploads((one for one in ready if one.entry not in barred), accepted, rules, today)
    if not left_out:
        return files, ()
    first = next(iter(left_out))
    many = count_words(len(left_out), "entry", "entries")
    return files, (
        f"Left out of the upload, since what else you sent speaks against it: {many}, such as {first}: {barred[first]}",
    )


def _failed(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """The entries that ACE refused and that may not go up as they are, each with the reason.

    What a Validation Result says is of a file that was refused whole: what a new upload mends stands in nobody's way.
    """
    for sheet in sheets:
        again = {one.entry for one in sheet.ready}
        for group in sheet.groups:
            mended = sheet.kind == "validation-result" and group.next_step in _BY_A_NEW_UPLOAD
            if group.id != UPDATED and not mended:
                why = f"it failed: {group.title or 'a message that I do not know'}."
                yield from ((entry, why) for entry in group.entries if entry not in again)


def _agreed(ready: Sequence[Ready]) -> Iterator[Ready]:
    """What one file knows of an entry holds for all: the latest day before which it must not go up, and its importer."""
    days: dict[str, date] = {}
    importers: dict[str, str] = {}
    for one in ready:
        if one.day:
            days[one.entry] = max(one.day, days.get(one.entry, one.day))
        if one.importer:
            importers.setdefault(one.entry, one.importer)
    for one in ready:
        yield Ready(one.entry, one.importer or importers.get(one.entry, ""), days.get(one.entry))
