"""Claim Details, and Validation Result files: what ACE said of each entry, grouped by what to do (cape-facts 4).

An entry may stand in several rows, with several messages, and in several claims: once accepted in any claim it is never
resubmitted; else the newest claim counts. The messages themselves are looked up by the function that is handed in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.core.model import ClaimRow, Group, How, Ready, Sheet, Sighting
from bot.core.sheets import columns, numbers
from bot.core.sheets.grid import Unreadable
from bot.core.words import NEXT_STEP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.core.model import Attachment, Fault
    from bot.core.sheets.grid import Grid
    from bot.core.sheets.kinds import Kind

UPDATED = "entry-summary-updated"
FAILED = "entry-failed"
UNKNOWN = "unknown"
_ACCEPTED = re.compile(r"\W*(?:accepted\W*)?(?:entry summary updated|accepted)\W*", re.IGNORECASE)
_FAILED = re.compile(r"\W*(?:failed|rejected|error|failure)\W*", re.IGNORECASE)
_CLAIM = re.compile(r"[0-9]{1,40}")  # twelve digits; what only looks like a number ("²") is none
_TRIM = " '=\"\u00a0\ufeff\u200b\t"
_MOST_CLAIMS = 10  # claim numbers kept with a group: a draft names no more
_MOST_MESSAGES = 2_000  # distinct texts of a file that are looked up: ACE has some fifty


class Answer(NamedTuple):
    """What a message of ACE asks for on the day. `id` is `unknown` for a text that nobody knows."""

    id: str
    title: str
    next_step: str
    text: str
    day: date | None = None
    wait: str = ""
    tries: int = 0


def unknown(text: str) -> Answer:
    """The answer for a text that nobody knows: nothing is done with the entry until somebody does."""
    return Answer(UNKNOWN, "", "wait", text)


class Line(NamedTuple):
    """A data row as read. `number` is the entry, or empty while a person must look; `perhaps` is then what it may be.

    `cell` is the number as it stands.
    """

    row: int
    number: str
    claim: str
    status: str
    message: str
    cell: str = ""
    perhaps: str = ""


@dataclass(slots=True)
class Records:
    """All rows of a file, before they are judged."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    skipped: int = 0


class History:
    """What all Claim Details of a message say together: which entries are in a claim, and which claim has the last word."""

    def __init__(self, files: Iterable[Records]) -> None:
        every = [line for file in files for line in file.lines]
        lines = [line for line in every if line.number]
        self.accepted = frozenset(line.number for line in lines if is_accepted(line.status))
        # What accepted rows propose whose number has lost a zero, say: not offered for upload either.
        perhaps = frozenset(line.perhaps for line in every if line.perhaps and is_accepted(line.status))
        self.perhaps = perhaps - self.accepted
        self.failures = [line for line in lines if line.number not in self.accepted]
        self._newest: dict[str, str] = {}
        for line in self.failures:
            old = self._newest.get(line.number)
            comparable = old is not None and _CLAIM.fullmatch(old) and _CLAIM.fullmatch(line.claim)
            # The highest number; where Excel has eaten the numbers, the one that stands last.
            if old is None or not comparable or int(line.claim) >= int(old):
                self._newest[line.number] = line.claim

    def counts(self, line: Line) -> bool:
        """Whether a row says how things are: no claim accepted the entry since, and none spoke later."""
        if line.number in self.accepted:
            return is_accepted(line.status)
        return line.claim == self._newest.get(line.number, line.claim)


def records(grid: Grid, kind: Kind, confirmed: Mapping[str, str]) -> Records:
    """The rows of a file. Raises Unreadable where it ends in the middle."""
    found = Records()
    places, header = kind.places, kind.header.number if kind.header else 0
    known: dict[str, numbers.Read] = {}

    def cell(cells: Sequence[str], key: str) -> str:
        at = places.get(key)
        return cells[at].strip(_TRIM) if at is not None and at < len(cells) else ""

    for row, cells in grid.rows():
        if row <= header or not any(one.strip() for one in cells):
            continue
        raw = cells[places["entry"]] if places["entry"] < len(cells) else ""
        status, message = cell(cells, "claim-status"), cell(cells, "error")
        if columns.plain(raw) in columns.NAMES["entry"][1]:  # a header once more: two files pasted together
            continue
        if not message and not _is_status(status) and sum(map(str.isdigit, raw)) < numbers.FEWEST_DIGITS:
            found.skipped += 1
            continue
        read = known.get(raw)
        if read is None:
            read = known[raw] = numbers.read(raw, row, confirmed)
            found.faults += read.faults
        found.lines.append(Line(row, read.number, cell(cells, "claim"), status, message, raw.strip(), read.perhaps))
    return found


def is_accepted(status: str) -> bool:
    """Whether a STATUS says that the entry is in the claim."""
    return _ACCEPTED.fullmatch(status) is not None


def _is_status(text: str) -> bool:
    return is_accepted(text) or _FAILED.fullmatch(text) is not None


@dataclass(slots=True)
class _Gathered:
    """A group while it grows."""

    answer: Answer
    row: int
    entries: dict[str, None] = field(default_factory=dict)  # in their order, each once
    claims: dict[str, None] = field(default_factory=dict)


class Judged:
    """The rows of a file, entry by entry: its answers, and from them the groups and what may be resubmitted.

    `history` is what all Claim Details of the message say; `answers` looks a text up. Raises Unreadable when there is no row.
    """

    def __init__(
        self, kind: Kind, read: Records, history: History, answers: Callable[[str], tuple[Answer, ...]]
    ) -> None:
        if not read.lines:
            name = "Claim Details" if kind.name == "claim-details" else "Validation Result"
            raise Unreadable(
                f"This {name} file has its header and no entry below it. Download it again, or paste what it says."
            )
        self._kind = kind
        self._read = read
        self._history = history
        self._answers = answers
        self._looked_up: dict[str, tuple[Answer, ...]] = {}
        self._by_group: dict[tuple[str, str, str], _Gathered] = {}
        self.of_entry: dict[str, list[Answer]] = {}
        tried = self._tried()
        for line in read.lines:
            if not history.counts(line):
                continue
            for answer in self._of_line(line):
                self._gather(line, _escalated(answer, len(tried.get((line.number, answer.id), ()))))

    def _tried(self) -> dict[tuple[str, str], set[str]]:
        """(entry, id) -> the claims that refused the entry with it, where CBP is written to after so many."""
        tried: dict[tuple[str, str], set[str]] = {}
        for line in self._history.failures:
            for answer in self._of_line(line):
                if answer.tries:
                    tried.setdefault((line.number, answer.id), set()).add(line.claim)
        return tried

    def _gather(self, line: Line, answer: Answer) -> None:
        key = (answer.id, answer.next_step, answer.text if answer.id == UNKNOWN else "")
        group = self._by_group.setdefault(key, _Gathered(answer, line.row))
        if line.claim:
            group.claims[line.claim] = None
        if line.number:
            group.entries[line.number] = None
            self.of_entry.setdefault(line.number, []).append(answer)

    def sheet(self, file: Attachment) -> Sheet:
        """What was found in the file."""
        groups = self.groups()
        return Sheet(
            name=file.name,
            kind=self._kind.name,
            path_in=file.path_in,
            rows=len(self._read.lines),
            entries=tuple(dict.fromkeys(line.number for line in self._read.lines if line.number)),
            statuses=_statuses(self._read.lines),
            faults=tuple(self._read.faults),
            sightings=tuple(_sightings(file, groups)),
            groups=groups,
            ready=tuple(self.ready()),
            notes=tuple(_notes(self._kind, self._read, sum(entry in self._history.perhaps for entry in self.of_entry))),
            claim_rows=tuple(self._rows()),
        )

    def _rows(self) -> Iterator[ClaimRow]:
        """The sender's rows, each with what it asks for; a row that a later claim overtook says so."""
        for line in self._read.lines:
            if line.number in self._history.accepted and not is_accepted(line.status):
                said = "nothing to do: accepted in another claim"
            elif not self._history.counts(line):
                said = "nothing to do: a newer claim has the last word"
            else:
                said = "; ".join(NEXT_STEP_WORDS.get(one.next_step, one.next_step) for one in self._of_line(line))
            yield ClaimRow(line.row, line.number or line.cell, line.claim, line.status, line.message, said)

    def _of_line(self, line: Line) -> tuple[Answer, ...]:
        if is_accepted(line.status):
            return self._look_up(line.status, UPDATED)
        if line.message:
            return self._look_up(line.message)
        if _FAILED.fullmatch(line.status):
            return self._look_up(line.status, FAILED)
        return self._look_up(line.status) if line.status else ()

    def _look_up(self, text: str, known: str = "") -> tuple[Answer, ...]:
        key = known or text
        if key not in self._looked_up and len(self._looked_up) < _MOST_MESSAGES:
            self._looked_up[key] = tuple(one._replace(text=text) if known else one for one in self._answers(key))
        return self._looked_up.get(key) or (unknown(text),)

    def groups(self) -> tuple[Group, ...]:
        """The most entries that need something first, then what needs nothing."""
        found = [
            Group(
                id=one.answer.id,
                title=one.answer.title,
                message=one.answer.text,
                entries=tuple(one.entries),
                next_step=one.answer.next_step,
                row=one.row,
                not_before=one.answer.day,
                wait=one.answer.wait,
                claims=tuple(one.claims)[:_MOST_CLAIMS],
            )
            for one in self._by_group.values()
        ]
        return tuple(sorted(found, key=lambda one: (one.next_step == "nothing-to-do", -len(one.entries), one.row)))

    def ready(self) -> Iterator[Ready]:
        """The entries whose every message lets them be resubmitted, now or from a known day on."""
        for entry, answers in self.of_entry.items():
            waits = [one.day for one in answers if one.next_step == "wait" and one.day and one.id in RESUBMIT_AFTER]
            now = sum(one.next_step == "resubmit" for one in answers)
            if entry not in self._history.accepted | self._history.perhaps and now + len(waits) == len(answers):
                yield Ready(entry, "", max(waits) if waits else None)


# Errors of an entry that pass by waiting, after which the entry is resubmitted. (Other waits are for a status to change.)
RESUBMIT_AFTER = ("statement-processing-not-complete",)


def _escalated(answer: Answer, tried: int) -> Answer:
    """The answer, or that CBP is to be written to, when claims enough have refused the entry with it."""
    if not answer.tries or tried < answer.tries:
        return answer
    return answer._replace(next_step="escalate", day=None, wait="")


def _statuses(lines: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    """How often each status stands there, whatever its capitals; under its first spelling."""
    spelt: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line in lines:
        if line.status:
            counts[spelt.setdefault(line.status.casefold(), line.status)] += 1
    return tuple(counts.items())


def _sightings(file: Attachment, groups: Sequence[Group]) -> Iterator[Sighting]:
    """The known errors that the file names; that entries were accepted is one only where there is no other."""
    failed = [group for group in groups if group.id not in (UNKNOWN, UPDATED)]
    for at, group in enumerate(failed or [one for one in groups if one.id == UPDATED]):
        where = f"{file.name} row {group.row}"
        yield Sighting(group.id, How.SHEET, 1.0, group.message, where, verbatim=True, at=(file.name, at))


def _notes(kind: Kind, read: Records, doubtful: int) -> Iterator[str]:
    if doubtful:
        yield f"Left out of the upload until the rows in doubt are confirmed, since one of them may be its acceptance: {doubtful:,}."
    if read.skipped:
        yield f"{read.skipped:,} rows without an entry number were left out (titles, totals)."
    if kind.name == "validation-result" and kind.header is not None:
        unknown = [cell for at, cell in enumerate(kind.header.cells) if cell.strip() and at not in kind.places.values()]
        if unknown:
            yield f"Columns that I do not know, left unread: {', '.join(unknown[:12])}."
