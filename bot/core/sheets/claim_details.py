"""Claim Details, and Validation Result files: what ACE said of each entry, grouped by what to do (cape-facts 4).

An entry may stand in several rows, with several messages, and in several claims: once accepted in any claim it is never
resubmitted; else the newest claim counts. The messages themselves are looked up by the function that is handed in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.core.model import Group, How, Ready, Sheet, Sighting
from bot.core.sheets import columns, numbers
from bot.core.sheets.grid import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from bot.core.model import Attachment, Fault
    from bot.core.sheets.grid import Grid
    from bot.core.sheets.kinds import Kind

UPDATED = "entry-summary-updated"
FAILED = "entry-failed"
UNKNOWN = "unknown"
_ACCEPTED = re.compile(r"\W*(?:accepted\W*)?(?:entry summary updated|accepted)\W*", re.IGNORECASE)
_FAILED = re.compile(r"\W*(?:failed|rejected|error|failure)\W*", re.IGNORECASE)
_TRIM = " '=\"\u00a0\ufeff\u200b\t"
_CLAIM = re.compile(r"[0-9]{1,40}")  # twelve digits; what only looks like a number ("²") is none
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


class Line(NamedTuple):
    """A data row as read. `number` is the entry, or empty while a person must look; `perhaps` is then what it may be."""

    row: int
    number: str
    claim: str
    status: str
    message: str
    perhaps: str = ""


@dataclass(slots=True)
class Records:
    """All rows of a file, before they are judged."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    skipped: int = 0

    def accepted(self) -> Iterator[str]:
        """The entries that are in a claim."""
        return (line.number for line in self.lines if line.number and _ACCEPTED.fullmatch(line.status))

    def perhaps_accepted(self) -> Iterator[str]:
        """What the accepted rows propose whose number has lost a zero, say: not offered for upload either."""
        return (line.perhaps for line in self.lines if line.perhaps and _ACCEPTED.fullmatch(line.status))


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
        found.lines.append(Line(row, read.number, cell(cells, "claim"), status, message, read.perhaps))
    return found


def _is_status(text: str) -> bool:
    return bool(_ACCEPTED.fullmatch(text) or _FAILED.fullmatch(text))


def judge(
    file: Attachment,
    kind: Kind,
    read: Records,
    accepted: Collection[str],
    perhaps: Collection[str],
    answers: Callable[[str], tuple[Answer, ...]],
) -> Sheet:
    """The rows grouped; `answers` looks a text up.

    `accepted` are the entries in a claim by any file of the message, `perhaps` those that may be in one.
    Raises Unreadable when there is no row below the header.
    """
    if not read.lines:
        name = "Claim Details" if kind.name == "claim-details" else "Validation Result"
        raise Unreadable(
            f"This {name} file has its header and no entry below it. Download it again, or paste what it says."
        )
    judged = _Judged(kind, read, accepted, answers)
    groups = judged.groups()
    ready = tuple(judged.ready())
    doubtful = sum(one.entry in perhaps for one in ready)
    return Sheet(
        name=file.name,
        kind=kind.name,
        path_in=file.path_in,
        rows=len(read.lines),
        entries=tuple(dict.fromkeys(line.number for line in read.lines if line.number)),
        statuses=_statuses(read.lines),
        faults=tuple(read.faults),
        sightings=tuple(_sightings(file, groups)),
        groups=groups,
        ready=tuple(one for one in ready if one.entry not in perhaps),
        notes=tuple(_notes(kind, read, doubtful)),
    )


@dataclass(slots=True)
class _Gathered:
    """A group while it grows."""

    answer: Answer
    row: int
    entries: dict[str, None] = field(default_factory=dict)  # in their order, each once
    claims: dict[str, None] = field(default_factory=dict)


class _Judged:
    """Entry by entry: its answers, and from them the groups and what may be resubmitted."""

    def __init__(
        self, kind: Kind, read: Records, accepted: Collection[str], answers: Callable[[str], tuple[Answer, ...]]
    ) -> None:
        self._kind = kind
        self._accepted = accepted
        self._answers = answers
        self._looked_up: dict[str, tuple[Answer, ...]] = {}
        self._by_group: dict[tuple[str, str], _Gathered] = {}
        self._of_entry: dict[str, list[Answer]] = {}
        newest = _newest_claims(read.lines)
        for line in read.lines:
            if line.number in accepted and not _ACCEPTED.fullmatch(line.status):
                continue  # it failed once, and is in a claim all the same
            if line.number and line.claim != newest[line.number] and line.number not in accepted:
                continue  # a newer claim has the last word
            for answer in self._of_line(line):
                key = (answer.id, answer.text if answer.id == UNKNOWN else "")
                group = self._by_group.setdefault(key, _Gathered(answer, line.row))
                if line.claim:
                    group.claims[line.claim] = None
                if line.number:
                    group.entries[line.number] = None
                    self._of_entry.setdefault(line.number, []).append(answer)

    def _of_line(self, line: Line) -> tuple[Answer, ...]:
        if _ACCEPTED.fullmatch(line.status):
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
        return self._looked_up.get(key) or (Answer(UNKNOWN, "", "escalate", text),)

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
        for entry, answers in self._of_entry.items():
            waits = [one.day for one in answers if one.next_step == "wait" and one.day and one.id in RESUBMIT_AFTER]
            now = sum(one.next_step == "resubmit" for one in answers)
            if entry not in self._accepted and now + len(waits) == len(answers):
                yield Ready(entry, "", max(waits) if waits else None)


# Errors of an entry that pass by waiting, after which the entry is resubmitted. (Other waits are for a status to change.)
RESUBMIT_AFTER = ("statement-processing-not-complete",)


def _newest_claims(lines: Sequence[Line]) -> dict[str, str]:
    """Entry -> the claim whose word counts: the highest number; where numbers are lost, the one that stands last."""
    newest: dict[str, str] = {}
    for line in lines:
        old = newest.get(line.number)
        comparable = old is not None and _CLAIM.fullmatch(old) and _CLAIM.fullmatch(line.claim)
        if old is None or not comparable or int(line.claim) >= int(old):
            newest[line.number] = line.claim
    return newest


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
