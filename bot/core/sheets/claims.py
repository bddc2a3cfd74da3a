"""What the files of a message say of each entry together, for those that are read after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.core.judging import BLOCKING, CORRECTING
from bot.core.sheets.claim_details import RESUBMIT_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.model import Sheet
    from bot.core.sheets.claim_details import Answer, History

_BY_A_NEW_UPLOAD = ("resubmit", "fix-and-resubmit", "retry")
CLEARED = (
    "cape-now",
    "cape-later-money",
    "check",
)  # outcomes that keep nobody from filing. `check`: the columns do not say; another file may


class Refusal(NamedTuple):
    """With which known errors a claim refused an entry: those that a status, a PSC or something else would mend."""

    blocked: tuple[str, ...] = ()
    correct: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    recon: bool = False


class Claims:
    """Grows as files are judged. `accepted` are in a claim, `refused` failed in one, `barred` must not go up: entry -> why."""

    def __init__(self, history: History) -> None:
        self.accepted = history.accepted
        self.refused: dict[str, Refusal] = {}
        self.barred: dict[str, str] = dict.fromkeys(
            history.perhaps, "it may be accepted in a claim: confirm the rows in doubt first"
        )
        self.barred |= dict.fromkeys(history.accepted, "already accepted in a claim")

    def refuse(self, answers: Mapping[str, Sequence[Answer]], *, whole_file: bool) -> None:
        """Take the answers of each entry. `whole_file`: the file was refused whole, so what a new upload mends is no bar."""
        steps = _BY_A_NEW_UPLOAD if whole_file else ("resubmit",)
        for entry, given in answers.items():
            failed = [one for one in given if not (one.next_step in steps or one.id in RESUBMIT_AFTER)]
            if failed and entry not in self.accepted:
                self.refused[entry] = _refusal(failed)
                self.barred.setdefault(entry, f"a claim refused it: {failed[0].text}")

    def learn(self, sheet: Sheet) -> None:
        """Take the outcomes of an ES-003."""
        for one in sheet.outcomes:
            if one.outcome not in CLEARED or (one.outcome == "check" and one.reasons):  # a known error, not a gap
                self.barred.setdefault(one.entry, one.why)


def _refusal(failed: Sequence[Answer]) -> Refusal:
    ids = tuple(dict.fromkeys(one.id for one in failed))
    recon = "recon-already-filed"
    return Refusal(
        blocked=tuple(one for one in ids if one in BLOCKING),
        correct=tuple(one for one in ids if one in CORRECTING),
        other=tuple(one for one in ids if one not in (*BLOCKING, *CORRECTING, recon)),
        recon=recon in ids,
    )
