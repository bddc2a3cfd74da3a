"""Which numbers of a file wait for a person, under which rows, and the question that asks for them.

A number waits when no upload may carry it as it stands. It can be confirmed when there is a proposal, or when it has
the shape of an entry number and only its check digit is against it; a row without either has to be corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import confirmed, entry_number
from bot.core.escalation import one_line
from bot.core.words import SUSPECT_WORDS, suspect_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.core.model import Sheet, SuspectEntry

SHOWN = 12  # rows, or runs of rows, that a sentence names; a person reads no more of them
_SHOWN_VALUE = 40  # characters of a cell


@dataclass(frozen=True, slots=True)
class Pending:
    """A number that waits. `file` is its place among the files, -1 for the message's own words; then `row` is 0.

    `number` is what confirming it means, empty when there is nothing to confirm. `stood` is the value without what is
    mended unasked: by it the number is found again.
    """

    file: int
    row: int
    value: str
    reason: str
    number: str
    stood: str
    proposed: bool = False

    @property
    def shown(self) -> str:
        """The value as a sentence shows it."""
        line = one_line(self.value)
        return line if len(line) <= _SHOWN_VALUE else f"{line[: _SHOWN_VALUE - 1]}…"


def in_sheet(sheet: Sheet, file: int = 0) -> tuple[Pending, ...]:
    """The numbers of a table that wait, by row."""
    return tuple(
        _pending(file, fault.row, fault.value, fault.reason, fault.proposal)
        for fault in sheet.faults
        if fault.row is not None and not fault.repaired and fault.reason in SUSPECT_WORDS
    )


def in_words(suspects: Iterable[SuspectEntry]) -> tuple[Pending, ...]:
    """The numbers of a text that wait."""
    return tuple(_pending(-1, 0, one.value, one.reason, one.proposal) for one in suspects)


def _pending(file: int, row: int, value: str, reason: str, proposal: str) -> Pending:
    stood = entry_number.compact(value)
    number = proposal or ("" if confirmed.wrong(stood) else stood)
    return Pending(file, row, value, reason, number, stood, proposed=bool(proposal))


def question(sheet: Sheet, *, named: bool) -> Iterator[str]:
    """What is asked of a table's rows: to confirm the proposals, else to correct the file. `named`: say in which file."""
    waiting = in_sheet(sheet)
    proposed = [one.row for one in waiting if one.proposed]
    others = [one for one in waiting if not one.proposed]
    where = f" in {one_line(sheet.name)}" if named else ""
    if proposed:
        rows = rows_words(proposed)
        right = "a number is proposed for each. Are these right?" if len(proposed) > 1 else "is the proposal right?"
        say = rows if len(runs(proposed)) <= SHOWN else "all"
        yield f"{rows.capitalize()}{where}: {right} Answer: confirm {say}{where}"
    if others:
        rows = rows_words(one.row for one in others)
        legible = next((one.row for one in others if any(map(str.isdigit, one.value))), 0)
        answer = f", or answer with the number: row {legible}{where} is …" if legible else ""
        yield f"{rows.capitalize()}{where}: I have no proposal. Correct this in the file and send it again{answer}"


def asked_apart(sheet: Sheet) -> frozenset[str]:
    """The lines about single numbers for which `question` asks in one."""
    return frozenset(suspect_words(one_line(f.value), f.reason, f.proposal) for f in sheet.faults if f.row is not None)


def rows_words(rows: Iterable[int]) -> str:
    """Row numbers as a sentence names them, and as it reads them back: row 4; rows 4, 9-12."""
    return spans_words(runs(rows))


def spans_words(found: Sequence[tuple[int, int]]) -> str:
    """Runs of rows, likewise."""
    names = [str(first) if first == last else f"{first}-{last}" for first, last in found]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    single = len(found) == 1 and found[0][0] == found[0][1]
    return f"{'row' if single else 'rows'} {', '.join(names[:SHOWN])}{more}"


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbours together: 4, 5, 6, 9 is (4, 6), (9, 9)."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
