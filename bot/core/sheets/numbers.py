"""An entry number in a cell of ACE's own files: read, mended where that is certain, or left to a person with a proposal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.core import entry_number, masking
from bot.core.confirmed import NOTE
from bot.core.model import Fault
from bot.core.sheets.layout import SCIENTIFIC

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST_DIGITS = 5  # in a cell that may be an entry number gone wrong; fewer: a title or a remark
_AS_TEXT = re.compile(r'="([^"]*)"')  # how ACE keeps Excel from eating a zero


class Read(NamedTuple):
    """A cell read. `number` is valid or vouched for, empty while a person must look; `faults` say each repair."""

    number: str
    faults: tuple[Fault, ...] = ()

    @property
    def perhaps(self) -> str:
        """What a person may confirm it as; empty where it is valid."""
        return "" if self.number else next((one.proposal for one in self.faults), "")


def read(cell: str, row: int, confirmed: Mapping[str, str]) -> Read:
    """Read a cell. ACE's own `="B76…"` is no fault; anything else that is mended is said."""
    value = cell.strip()
    as_text = _AS_TEXT.fullmatch(value)
    value = as_text[1] if as_text else value
    if entry_number.is_checked(value):
        return Read(value)
    mended, reasons = entry_number.repair(value)
    sure = entry_number.is_checked(mended)
    number = mended if sure else confirmed.get(value) or confirmed.get(mended) or ""
    if not sure:
        proposal = number or ("" if masking.is_number(value) else entry_number.propose(value))
        fault = Fault(row, cell, why_wrong(value, mended), bool(number), proposal, NOTE if number else "")
        return Read(number, (fault,))
    return Read(number, tuple(Fault(row, cell, reason, repaired=True, proposal=number) for reason in reasons))


def why_wrong(value: str, mended: str) -> str:
    """The contract's word for what is wrong with a value that is still wrong when mended."""
    if SCIENTIFIC.fullmatch(value):
        return "scientific-notation"
    if mended.isdigit() and len(mended) < entry_number.LENGTH and entry_number.propose(mended):
        return "lost-leading-zero"
    try:
        entry_number.validate(mended)
    except entry_number.InvalidEntryNumber as error:
        return error.reason
    return "bad-format"  # mended once more it would pass: quotes within quotes
