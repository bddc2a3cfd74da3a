"""What the files of a message say of each entry together, for those that are read after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.core.judging import BLOCKING, CORRECTING
from bot.core.sheets.claim_details import RESUBMIT_AFTER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.core.model import Sheet
    from bot.core.sheets.claim_details import Answer

_CLEARED = ("cape-now", "cape-later-money", "check")  # `check`: the columns do not say; another file may


class Refusal(NamedTuple):
    """With which known errors a claim refused an entry: those that a status, a PSC or something else would mend."""

    blocked: tuple[str, ...] = ()
    correct: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    recon: bool = False


class Claims:
    """Grows as files are judged. `accepted` are in a claim, `refused` failed in one, `barred` must not go up: entry -> why."""

    def __init__(self, accepted: Collection[str]) -> None:
        self.accepted = accepted
        self.refused: dict[str, Refusal] = {}
        self.barred: dict[str, str] = dict.fromkeys(accepted, "already accepted in a claim")

    def refuse(self, answers: Mapping[str, Sequence[Answer]]) -> None:
        """Take the answers of each entry of a Claim Details file."""
        for entry, given in answers.items():
            failed = [one for one in given if not (one.next_step == "resubmit" or one.id in RESUBMIT_AFTER)]
            if failed and entry not in self.accepted:
                self.refused[entry] = _refusal(failed)
                self.barred.setdefault(entry, f"a claim refused it: {failed[0].text}")

    def learn(self, sheet: Sheet) -> None:
        """Take the outcomes of an ES-003."""
        for one in sheet.outcomes:
            if one.outcome not in _CLEARED:
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
