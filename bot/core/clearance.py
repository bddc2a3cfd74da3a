"""Which entries go on an upload, everything in the message considered: no file's word is taken against another's.

An entry that one file clears and another shows to be in a claim, too late or not allowed is left out, and that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.sheets.claim_details import UPDATED
from bot.core.uploads import uploads
from bot.core.words import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.core.model import Outcome, Sheet, Upload
    from bot.core.rulebook import RuleBook

_CLEARED = ("cape-now", "cape-later-money", "check")  # `check`: the columns do not say; another file may


def cleared(
    sheets: Sequence[Sheet], told: Sequence[Outcome], rules: RuleBook, today: date
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    """The Declarations to upload, and a sentence on what was left out of them, if anything."""
    accepted = {entry for sheet in sheets for group in sheet.groups if group.id == UPDATED for entry in group.entries}
    barred = {
        one.entry: one for outcomes in (told, *(sheet.outcomes for sheet in sheets)) for one in outcomes
        if one.outcome not in _CLEARED
    }  # fmt: skip
    accepted.update(entry for entry, one in barred.items() if one.outcome == "accepted")
    ready = [one for sheet in sheets for one in sheet.ready]
    left_out = dict.fromkeys(one.entry for one in ready if one.entry in barred and one.entry not in accepted)
    files = uploads((one for one in ready if one.entry not in barred), accepted, rules, today)
    if not left_out:
        return files, ()
    first = next(iter(left_out))
    many = count_words(len(left_out), "entry", "entries")
    return files, (
        f"Left out of the upload, since what else you sent speaks against it: {many}, such as {first}: {barred[first].why}",
    )
