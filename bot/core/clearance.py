"""Which entries go on an upload, everything in the message considered: no file's word is taken against another's.

An entry that one file clears and another shows to be in a claim, too late or not allowed is left out, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.model import How, Ready
from bot.core.sheets.claim_details import UPDATED
from bot.core.sheets.claims import CLEARED
from bot.core.uploads import uploads
from bot.core.words import count_words, day_words, entry_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from bot.core.model import Finding, Outcome, Sheet, Upload
    from bot.core.rulebook import RuleBook


# What a message may be about while its Declaration is still worth uploading: nothing of it was filed, and it may be tried.
_MAY_GO_UP = ("resubmit", "fix-and-resubmit", "retry")
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
    outcomes = [one for several in (*(sheet.outcomes for sheet in sheets), told) for one in several]
    accepted = {entry for sheet in sheets for group in sheet.groups if group.id == UPDATED for entry in group.entries}
    accepted.update(one.entry for one in outcomes if one.outcome == "accepted")
    barred = {one.entry: one.why for one in outcomes if one.outcome not in CLEARED}
    ready = [one for sheet in sheets for one in sheet.ready]
    days = {one.entry: one.day for one in ready if one.day}
    last = {one.entry: one.deadline for one in outcomes if one.deadline}
    late = {entry for entry, day in days.items() if day > last.get(entry, day)}
    importers = {one.entry: one.importer for one in outcomes if one.importer}
    importers |= {one.entry: one.importer for one in ready if one.importer}  # as they stand, not masked
    left_out = dict.fromkeys(one.entry for one in ready if one.entry in barred and one.entry not in accepted)
    cleared = (
        Ready(one.entry, importers.get(one.entry, ""), days.get(one.entry))
        for one in ready
        if one.entry not in barred and one.entry not in late
    )
    return uploads(cleared, accepted, rules, today), tuple(_said(left_out, barred, late, last))


def _said(
    left_out: Mapping[str, None], barred: Mapping[str, str], late: Collection[str], last: Mapping[str, date]
) -> Iterator[str]:
    """What was left out of the uploads, with its first entry as an example."""
    if left_out:
        first = next(iter(left_out))
        yield (
            "Left out of the upload, since what else you sent speaks against it:"
            f" {count_words(len(left_out), 'entry', 'entries')}, such as {entry_words(first)}: {barred[first]}"
        )
    if late:
        first = min(late, key=lambda entry: (last[entry], entry))
        yield (
            f"{count_words(len(late), 'entry', 'entries')} would wait for their statement beyond their last day for CAPE, the"
            f" first {entry_words(first)} on {day_words(last[first])}. Look now whether the statement shows paid: if so, file"
            " at once; if not, a protest (CBP Form 19) is open until 180 days after liquidation."
        )
