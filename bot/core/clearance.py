"""Which entries go on an upload, everything in the message considered: no file's word is taken against another's.

An entry that one file clears and another shows to be in a claim, too late or not allowed is left out, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.model import How
from bot.core.sheets.claim_details import UPDATED
from bot.core.uploads import uploads
from bot.core.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.core.model import Finding, Outcome, Ready, Sheet, Upload
    from bot.core.rulebook import RuleBook

_CLEARED = ("cape-now", "cape-later-money", "check")  # `check`: the columns do not say; another file may


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


def _with_importers(ready: Sequence[Ready]) -> list[Ready]:
    """What one file says of an entry's importer holds where another file says nothing: clients are not mixed."""
    known = {one.entry: one.importer for one in ready if one.importer}
    return [one if one.importer else one._replace(importer=known.get(one.entry, "")) for one in ready]


def _of_sheets(
    sheets: Sequence[Sheet], told: Sequence[Outcome], rules: RuleBook, today: date
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    accepted = {entry for sheet in sheets for group in sheet.groups if group.id == UPDATED for entry in group.entries}
    barred = {
        one.entry: one for outcomes in (told, *(sheet.outcomes for sheet in sheets)) for one in outcomes
        if one.outcome not in _CLEARED
    }  # fmt: skip
    accepted.update(entry for entry, one in barred.items() if one.outcome == "accepted")
    ready = _with_importers([one for sheet in sheets for one in sheet.ready])
    left_out = dict.fromkeys(one.entry for one in ready if one.entry in barred and one.entry not in accepted)
    files = uploads((one for one in ready if one.entry not in barred), accepted, rules, today)
    if not left_out:
        return files, ()
    first = next(iter(left_out))
    many = count_words(len(left_out), "entry", "entries")
    return files, (
        f"Left out of the upload, since what else you sent speaks against it: {many}, such as {first}: {barred[first].why}",
    )
