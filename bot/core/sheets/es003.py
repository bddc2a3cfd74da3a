"""An ES-003 audited: one row for each HTS number of each line, folded into one verdict for each entry summary.

A million rows are normal, so a row costs a few look-ups: cells that repeat are read once, and an entry keeps bits.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from bot.core import days, entry_number
from bot.core.eligibility import FTZ, Facts, Verdict
from bot.core.masking import MASK, is_number, mask
from bot.core.model import Outcome, Ready, Sheet, Type06
from bot.core.sheets import columns, numbers
from bot.core.sheets.es003_entry import (
    EXEMPT,
    IEEPA_DUE,
    IEEPA_FREE,
    NO_DUTY,
    NO_PROGRAM,
    S122,
    UNREAD_HTS,
    VALUE_99,
    VALUE_IEEPA,
    Checks,
    Entry,
    Shown,
)
from bot.core.sheets.es003_facts import DATES, OF_ENTRY, FactReader, is_positive, merged
from bot.core.sheets.grid import Unreadable
from bot.core.sheets.layout import is_total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.core.judging import Judge
    from bot.core.model import Attachment, Fault
    from bot.core.sheets.claims import Claims
    from bot.core.sheets.grid import Grid
    from bot.core.sheets.kinds import Kind

_IEEPA, _EXEMPT_CLASS, _S122_CLASS = "ieepa", "ieepa-exempt", "section-122"
_ORDINARY, _CHAPTER_99, _NO_HEADING = "", "99", "-"  # outside chapter 99; another of it; no HTS number at all
_UNREAD = "?"  # one that a spreadsheet has made unreadable
_SPOILT = re.compile(r"\W*\d(?:[.,]\d+)?E\+?\d{1,2}\W*|\W*#+.*", re.IGNORECASE)  # 9.90301E+09, ########, #N/A
_SHORTEST_HTS = 6  # digits; a shorter number is no HTS number
_LINE_DIGITS = 3  # an entry summary has at most 999 lines
_AMOUNTS = 200_000  # different amounts remembered: beyond that each is read anew
_NO_NUMBER = "This is no valid entry number: compare it with the CF-7501."


class Context(NamedTuple):
    """What an audit needs besides the file. `claims` is what the other files of the message say of its entries."""

    judge: Judge
    claims: Claims


def audit(file: Attachment, grid: Grid, kind: Kind, context: Context, confirmed: Mapping[str, str]) -> Sheet:
    """Every entry summary judged as of the judge's day. Raises Unreadable where the table ends in the middle or is empty."""
    reading = _Reading(kind, context, confirmed)
    reading.read(grid)
    if not reading.entries:
        raise Unreadable("This ES-003 export has its header and no entry below it. Run the report again.")
    outcomes = tuple(reading.outcomes())
    fileable = ("cape-now", "cape-later-money")
    ready = tuple(Ready(one.entry, reading.importer(one.entry)) for one in outcomes if one.outcome in fileable)
    return Sheet(
        name=file.name,
        kind="es-003",
        path_in=file.path_in,
        rows=reading.rows,
        entries=tuple(one.entry for one in outcomes if one.why != _NO_NUMBER),
        faults=tuple(reading.faults),
        type06=_type06(outcomes),
        outcomes=outcomes,
        ready=ready,
        notes=tuple(reading.notes()),
    )


class _Reading:
    """One pass over the rows."""

    def __init__(self, kind: Kind, context: Context, confirmed: Mapping[str, str]) -> None:
        self.places = kind.places
        self.header = kind.header.number if kind.header else 0
        self.rules = context.judge.rules
        self.context = context
        self.confirmed = confirmed
        self.rows = 0
        self.faults: list[Fault] = []
        self.entries: dict[str, Entry] = {}  # by number
        self.raw: dict[str, Entry | None] = {}  # by the cell as it stands; None: no entry
        self.headings: dict[str, str] = {}
        self.positive: dict[str, bool | None] = {"": None}
        self.same: dict[str, str] = {}  # each text once
        self.skipped = 0
        self.orphaned = False  # whether a chapter 99 number stands in a row without an entry number
        self.valid: set[str] = set()
        self.of_entry = tuple(key for key in OF_ENTRY if key in self.places)
        program = self.rules.check("exemption-program", context.judge.today)
        self.program_headings = tuple(one.replace(".", "") for one in program.look_at) if program else ()

    def read(self, grid: Grid) -> None:
        """All rows below the header."""
        places = self.places
        at_entry, at_hts, at_line = places["entry"], places.get("hts"), places.get("line")
        facts_of, shown = _getter([places[key] for key in self.of_entry]), self._shows()
        width, header, known, headings = 1 + max(places.values()), self.header, self.raw, self.headings
        bits: dict[str, int] = {}  # of the line numbers
        for number, given in grid.rows():
            if number <= header:
                continue
            cells = given if len(given) >= width else [*given, *[""] * (width - len(given))]
            facts = facts_of(cells)
            entry = known.get(cells[at_entry]) or self._entry(cells[at_entry], number, facts, cells)
            if entry is None:
                continue
            self.rows += 1
            if entry.facts != facts:
                self._differs(entry, facts)
            if at_hts is None:
                continue
            heading = headings.get(cells[at_hts])
            if heading is None:
                heading = self._heading(cells[at_hts])
            bit = bits.get(cells[at_line]) if at_line is not None else 0
            if bit is None:
                bit = bits[cells[at_line or 0]] = _bit(cells[at_line or 0])
            if heading == _ORDINARY:
                entry.lines_base |= bit
            elif heading != _NO_HEADING:
                entry.lines_99 |= bit
                entry.bits |= shown(heading, cells)

    def _shows(self) -> Callable[[str, Sequence[str]], int]:
        """The function that says what a row with a chapter 99 number shows, as bits."""
        duty, goods, spi, hts = (self.places.get(key) for key in ("duty", "goods", "spi", "hts"))
        known, look = self.positive, self._is_positive

        def shown(heading: str, cells: Sequence[str]) -> int:
            bits = 0
            if heading == _IEEPA:
                paid = duty is not None and (known[cells[duty]] if cells[duty] in known else look(cells[duty]))
                unknown = duty is None or (paid is None and cells[duty].strip(" '=\""))
                bits = IEEPA_DUE if paid else NO_DUTY if unknown else IEEPA_FREE
            elif heading == _EXEMPT_CLASS:
                bits = EXEMPT | (
                    NO_PROGRAM if spi is not None and self._needs_program(cells[hts or 0], cells[spi]) else 0
                )
            elif heading == _S122_CLASS:
                bits = S122
            elif heading == _UNREAD:
                bits = UNREAD_HTS
            if goods is not None and (known[cells[goods]] if cells[goods] in known else look(cells[goods])):
                bits |= VALUE_99 | (VALUE_IEEPA if heading in (_IEEPA, _EXEMPT_CLASS) else 0)
            return bits

        return shown

    def _needs_program(self, hts: str, program: str) -> bool:
        """Whether an exemption stands without the program code that it is claimed under."""
        if not self.program_headings or program.strip(" '=\""):
            return False
        return hts.replace(".", "").strip(" '=\"").startswith(self.program_headings)

    def _entry(self, cell: str, row: int, facts: tuple[str, ...], cells: Sequence[str]) -> Entry | None:
        """The entry of a cell seen for the first time; None for a row that is none, a total or a blank one."""
        number = cell
        if entry_number.is_checked(cell):
            self.valid.add(cell)
        else:
            number = entry_number.repair(cell)[0] if cell else ""
            if sum(map(str.isdigit, number)) < numbers.FEWEST_DIGITS or is_total(cell):
                self.orphaned = self.orphaned or (not cell.strip() and self._is_chapter_99(cells))
                self.skipped += any(one.strip() for one in cells) and not is_total(next(filter(None, cells), ""))
                return None
            read = numbers.read(cell, row, self.confirmed)
            self.faults += read.faults
            number = read.number or (MASK if is_number(cell) else number)
            if read.number:
                self.valid.add(number)
        entry = self.entries.get(number)
        if entry is None:
            same, at = self.same, self.places.get("importer")
            importer = cells[at] if at is not None else ""
            kept = tuple([same.setdefault(one, one) for one in facts])
            entry = self.entries[number] = Entry(number, row, same.setdefault(importer, importer), kept)
        self.raw[cell] = entry
        return entry

    def _is_chapter_99(self, cells: Sequence[str]) -> bool:
        at = self.places.get("hts")
        return at is not None and self._heading(cells[at]) not in (_ORDINARY, _NO_HEADING)

    def _differs(self, entry: Entry, facts: tuple[str, ...]) -> None:
        """Cells that hold for the whole entry and are not the same in all its rows: blanks are filled, the rest is said."""
        kept = []
        for key, old, new in zip(self.of_entry, entry.facts, facts, strict=True):
            cell, contradicts = (old, False) if old == new else merged(key, old, new)
            kept.append(self.same.setdefault(cell, cell))
            if contradicts:
                entry.unlike = key
        entry.facts = tuple(kept)

    def _heading(self, hts: str) -> str:
        """The class of an HTS number: empty for one outside chapter 99, "99" for another of it, "-" for none at all."""
        digits = "".join(str(int(one)) for one in hts.removesuffix(".0") if one.isdecimal())
        if _SPOILT.fullmatch(hts):
            found = _UNREAD
        elif len(digits) < _SHORTEST_HTS:
            found = _NO_HEADING
        elif not digits.startswith("99"):
            found = _ORDINARY
        else:
            found = self.rules.heading_class(digits, self.context.judge.today) or _CHAPTER_99
        self.headings[hts] = found
        return found

    def _is_positive(self, amount: str) -> bool | None:
        known = self.positive
        if amount in known:
            return known[amount]
        found = is_positive(amount)
        if len(known) < _AMOUNTS:
            known[amount] = found
        return found

    def outcomes(self) -> Iterator[Outcome]:
        """One for each entry summary, in the order of the file; what shows alike is thought about once."""
        at = {key: index for index, key in enumerate(self.of_entry)}
        dated = {one.facts[at[key]] for one in self.entries.values() for key in DATES if key in at}
        reader = FactReader(at, self.context.judge.today, day_first=days.day_first(dated))
        checks, today = self._checks(), self.context.judge.today
        judged: dict[tuple[tuple[str, ...], Shown], tuple[Facts, Verdict]] = {}
        importers: dict[str, str] = {"": ""}
        for entry in self.entries.values():
            importer = importers.get(entry.importer)
            if importer is None:
                importer = importers[entry.importer] = mask(entry.importer.strip(" '=\""))
            if entry.number not in self.valid:
                yield Outcome(entry.number, "check", None, None, (), importer, "", _NO_NUMBER, entry.row)
                continue
            shows = checks.shown(entry)
            found = judged.get((entry.facts, shows))
            if found is None:
                facts = checks.completed(reader.facts(entry.facts), shows)
                found = judged[entry.facts, shows] = (facts, self.context.judge.judge(facts))
            facts, verdict = found
            yield Outcome(
                entry.number, verdict.outcome, verdict.deadline, verdict.file_by, verdict.reasons, importer, facts.type,
                verdict.why, entry.row, facts.liquidated if facts.liquidated and facts.liquidated <= today else None,
            )  # fmt: skip

    def _checks(self) -> Checks:
        context = self.context
        return Checks(
            tuple(self.entries.values()), context.judge, context.claims, places=self.places, orphaned=self.orphaned
        )

    def importer(self, number: str) -> str:
        """The importer number of an entry as it stands; the outcome has it masked."""
        return self.entries[number].importer.strip(" '=\"")

    def notes(self) -> Iterator[str]:
        """What holds for the file as a whole."""
        if self.skipped:
            yield f"{self.skipped:,} rows without an entry number were left out (titles, totals)."
        if "goods" not in self.places:
            yield f"Without the column {columns.title('goods')} I cannot see goods values on chapter 99 lines."
        if "hts" in self.places and "line" not in self.places:
            yield f"Without the column {columns.title('line')} I cannot see whether chapter 99 lines have their partner."


def _bit(line: str) -> int:
    """A line number as a bit; none for what is no number of a line."""
    digits = line.strip(" '=\"").removesuffix(".0")
    return 1 << int(digits) if digits.isdecimal() and len(digits) <= _LINE_DIGITS else 0


def _getter(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """The cells at these places, as a tuple whatever their number."""
    if not places:
        return lambda _cells: ()
    if len(places) == 1:
        only = places[0]
        return lambda cells: (cells[only],)
    return itemgetter(*places)


def _type06(outcomes: Sequence[Outcome]) -> Type06:
    types = {one.type == FTZ for one in outcomes if one.type}
    if len(types) != 1:
        return Type06.MIXED if types else Type06.UNKNOWN
    return Type06.YES if types.pop() else Type06.NO
