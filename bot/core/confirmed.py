"""What a person vouches for: `VALUE` as it stands, or `VALUE=PROPOSAL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import entry_number

if TYPE_CHECKING:
    from bot.core.model import Diagnosis

NOTE = "confirmed by the sender"  # beside what is wrong with a number that a person vouched for


def vouched(confirmed: tuple[str, ...]) -> dict[str, str]:
    """Give value -> the number to read for it, under the value as written and as mended.

    `B76-0324527-9` vouches for B7603245279 although its check digit is wrong. What is `wrong` is left out.
    """
    found: dict[str, str] = {}
    for one in confirmed:
        if not wrong(one):
            value, proposal = _parts(one)
            found[value] = found[entry_number.compact(value)] = entry_number.compact(proposal or value)
    return found


def wrong(one: str) -> str:
    """Why nobody can vouch for this, or empty: it can never be an entry number, or what is proposed is none."""
    value, proposal = _parts(one)
    if proposal:
        if not any(map(str.isdigit, value)):
            return f"{value!r} has no digit, so it is no suspect entry number"
        try:
            entry_number.validate(proposal)
        except entry_number.InvalidEntryNumber as error:
            return f"{proposal!r} is not a valid entry number: {error}"
        return ""
    if not entry_number.SHAPE.fullmatch(entry_number.compact(value)):
        return (
            f"{value!r} can never be an entry number as it stands: write VALUE=PROPOSAL, with the number that it means"
        )
    return ""


def contradiction(confirmed: tuple[str, ...]) -> str:
    """Which value is vouched for as two numbers, or empty."""
    found: dict[str, str] = {}
    for one in confirmed:
        for value, number in vouched((one,)).items():
            if found.setdefault(entry_number.compact(value), number) != number:
                return f"{_parts(one)[0]!r} cannot be both {found[entry_number.compact(value)]} and {number}"
    return ""


def unused(confirmed: tuple[str, ...], diagnosis: Diagnosis) -> tuple[str, ...]:
    """What was vouched for and stands nowhere as a number in doubt: a slip of the keyboard is said, not swallowed."""
    faults = (fault for sheet in diagnosis.sheets for fault in sheet.faults if fault.note == NOTE)
    used = {stood for stood, _ in diagnosis.repaired} | {fault.value for fault in faults}
    numbers = {entry_number.compact(value) for value in used}
    return tuple(one for one in confirmed if entry_number.compact(_parts(one)[0]) not in numbers)


def _parts(one: str) -> tuple[str, str]:
    """Value and proposal. An equals sign inside Excel's `="…"` is not the one that separates them."""
    text = one.strip()
    value, _, proposal = text.rpartition("=") if text.count("=") > text.count('="') else (text, "", "")
    return value.strip(), proposal.strip()
