"""An entry summary of an ES-003 while its rows are read, and what they say together: duty, and what must be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.core.eligibility import Duty, Facts
from bot.core.sheets import columns
from bot.core.sheets.claims import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.core.judging import Judge
    from bot.core.sheets.claims import Claims

# What the rows of an entry show, as bits.
IEEPA_DUE, IEEPA_FREE, EXEMPT, S122, VALUE_IEEPA, VALUE_99, NO_PROGRAM, NO_DUTY, UNREAD_HTS = (
    1 << at for at in range(9)
)
_FILTERED = 0.2  # share of entries without any partner from which the export is one of chapter 99 alone
_CHAPTER_99_ROWS = "chapter-99"


class Entry:
    """An entry summary while its rows are read. `facts` are the cells that hold for the entry, in the order of OF_ENTRY."""

    __slots__ = ("bits", "facts", "importer", "lines_99", "lines_base", "number", "row", "unlike")

    def __init__(self, number: str, row: int, importer: str, facts: tuple[str, ...]) -> None:
        self.number = number
        self.row = row
        self.importer = importer
        self.facts = facts
        self.bits = 0
        self.lines_99 = 0  # the lines with a chapter 99 number, as bits
        self.lines_base = 0  # and those with a number of another chapter
        self.unlike = ""  # the column in which its rows contradict each other


class Shown(NamedTuple):
    """What the rows of an entry show: bits, a line without its partner; accepted or refused in a claim; a contradiction."""

    bits: int
    lonely: bool
    accepted: bool
    refused: Refusal | None
    unlike: str


class Checks:
    """What the rows of an entry say together: its duty, and what must be corrected first."""

    def __init__(
        self, entries: Sequence[Entry], judge: Judge, claims: Claims, *, places: Mapping[str, int], orphaned: bool
    ) -> None:
        rules, today = judge.rules, judge.today
        self._claims = claims
        self._has_hts, self._has_duty, self._orphaned = "hts" in places, "duty" in places, orphaned
        self._value, self._pairing, self._program = (
            rules.check(name, today) for name in ("goods-value", "pairing", "exemption-program")
        )
        # An export of chapter 99 alone says nothing of partners; one in which nearly all entries have theirs does.
        with_99 = [one for one in entries if one.lines_99]
        alone = sum(not one.lines_99 & one.lines_base for one in with_99)
        self._complete = bool(with_99) and alone <= _FILTERED * len(with_99)

    def shown(self, entry: Entry) -> Shown:
        """What its rows and the other files show."""
        paired = entry.lines_99 & entry.lines_base
        lonely = entry.lines_99 != paired and (bool(paired) or self._complete)
        claims = self._claims
        return Shown(
            entry.bits, lonely, entry.number in claims.accepted, claims.refused.get(entry.number), entry.unlike
        )

    def completed(self, facts: Facts, shown: Shown) -> Facts:
        """The facts of the cells with what the rows show, and what a claim said of the entry."""
        said = shown.refused or Refusal()
        return facts._replace(
            duty=self._duty(shown.bits),
            accepted="entry-summary-updated" if shown.accepted else facts.accepted,
            recon="filed" if said.recon else facts.recon,
            blocked=tuple(dict.fromkeys((*facts.blocked, *said.blocked))),
            correct=tuple(dict.fromkeys((*self._corrections(shown), *said.correct))),
            refused=said.other,
            missing=facts.missing if self._has_hts else (*facts.missing, columns.title("hts")),
            wanted=(columns.title("duty"),) if shown.bits & NO_DUTY and not shown.bits & IEEPA_DUE else (),
            contrary=self._unreadable(shown) or facts.contrary,
        )

    def _unreadable(self, shown: Shown) -> str:
        """What of its rows cannot be read together, in a sentence, or empty."""
        if shown.unlike:
            return f"Its rows disagree in {columns.title(shown.unlike)}: look it up."
        if shown.bits & IEEPA_DUE:  # one row is enough to file
            return ""
        if shown.bits & UNREAD_HTS:
            return f"I cannot read its {columns.title('hts')}: a spreadsheet shortened it. Run the report again."
        if self._orphaned and self._duty(shown.bits) is Duty.NONE:
            return "An IEEPA line may stand in the rows without an entry number: fill the number in on every row."
        if shown.bits & NO_DUTY and self._has_duty:
            return f"I cannot read its {columns.title('duty')}: look it up."
        return ""

    def _duty(self, bits: int) -> Duty:
        if not self._has_hts or (bits & NO_DUTY and not bits & IEEPA_DUE):
            return Duty.UNKNOWN
        shown = ((IEEPA_DUE, Duty.DUE), (IEEPA_FREE, Duty.FREE), (EXEMPT, Duty.EXEMPT), (S122, Duty.SECTION_122))
        return next((duty for bit, duty in shown if bits & bit), Duty.NONE)

    def _corrections(self, shown: Shown) -> Iterator[str]:
        if (value := self._value) and shown.bits & (VALUE_99 if _CHAPTER_99_ROWS in value.look_at else VALUE_IEEPA):
            yield value.id
        if self._pairing and shown.lonely:
            yield self._pairing.id
        if self._program and shown.bits & NO_PROGRAM:
            yield self._program.id
