"""Sheet -> Digest: what a table says in numbers, and what to do with its entries, the nearest day first."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from bot.core import words
from bot.core.business_days import last_business_day
from bot.core.model import Digest, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.core.model import Diagnosis, Group, Outcome, Sheet

SHOWN = 12  # rows and entries that a reply names, over all; the rest stands in the attached report
_TASKS = 12  # groups of one table; a file of unknown texts may hold a thousand
_NEAREST = 2  # deadlines in the first line
_LINES = 3  # days or causes under one task
_EACH = 3  # entries named on one line
ACCEPTED = "entry-summary-updated"
_DATED = ("cape-now", "protest", "psc-first")  # outcomes whose nearest day stands in the first line
_IDLE = ("counsel", "excluded", "no-refund", "accepted")  # one number in the first line: nothing to file
_SILENT = ("accepted",)  # nobody looks these entries up
_TOLD_APART = ("psc-first", "wait", "check", "no-refund")  # their cause says more than their day, and names it


def digests(diagnosis: Diagnosis) -> tuple[Digest, ...]:
    """Take a diagnosis; give each of its tables as a reader is shown it, at most a dozen entries named in each."""
    audited = any(sheet.outcomes for sheet in diagnosis.sheets)
    return tuple(_digest(sheet, diagnosis.today, _Room(SHOWN), audited=audited) for sheet in diagnosis.sheets)


def sheet_verdict(sheet: Sheet, today: date | None = None) -> str:
    """A sheet in numbers: "9,999 rows: 9,871 ready, 96 repaired, 32 need you"; why, when it was not read.

    A business day before a deadline is named while it is not past `today`.
    """
    if sheet.refused:
        return sheet.refused
    if sheet.outcomes:
        return _of_outcomes(sheet.outcomes, today)
    if sheet.groups:
        return _of_groups(sheet)
    rows = words.count_words(sheet.rows, "row")
    if sheet.statuses:
        counts = Counter[str]()
        for status, count in sheet.statuses:
            counts[words.STATUS_WORDS.get(status.casefold(), status)] += count
        return f"{rows}: " + ", ".join(f"{count:,} {word}" for word, count in counts.most_common(_TASKS))
    if sheet.kind in ("es-003", "claim-details", "validation-result"):
        return f"{rows}, and {words.count_words(len(sheet.entries), 'entry', 'entries')} in them"
    person, repaired = len(sheet.rows_for_a_person), len(sheet.rows_repaired)
    barred = len(sheet.barred)
    ready = max(0, sheet.rows - person - repaired - barred)
    line = f"{rows}: {ready:,} ready, {repaired:,} repaired, {person:,} {'needs' if person == 1 else 'need'} you"
    doubles = sum(fault.reason == "duplicate" for fault in sheet.faults)
    line += f", {words.count_words(doubles, 'duplicate')} left out" if doubles else ""
    return f"{line}. Do not upload the file as it is: {barred:,} must not go up" if barred else line


class _Room:
    """How many entries may still be named."""

    def __init__(self, left: int) -> None:
        self._left = left

    def named(self, entries: Sequence[str]) -> str:
        """The first few as people write them; empty when there is no more room."""
        shown = entries[: min(_EACH, self._left)]
        self._left -= len(shown)
        return ", ".join((*map(words.entry_words, shown), *(["…"] if 0 < len(shown) < len(entries) else [])))

    def some(self, entries: Sequence[str]) -> str:
        """The count, and the first few."""
        said, named = words.count_words(len(entries), "entry", "entries"), self.named(entries)
        return f"{said}: {named}" if named else said


def _digest(sheet: Sheet, today: date, room: _Room, *, audited: bool) -> Digest:
    tasks = () if sheet.refused else (*_outcome_tasks(sheet, today, room), *_group_tasks(sheet, room))
    # Those that need a person first: a hundred repairs are read by nobody, and three rows to confirm are.
    faults = () if sheet.refused else tuple(sorted(sheet.faults, key=lambda one: one.repaired))
    return Digest(
        name=sheet.name,
        verdict=sheet_verdict(sheet, today),
        tasks=tasks[:_TASKS],
        more_tasks=len(tasks[_TASKS:]),
        faults=faults[:SHOWN],
        more_faults=len(faults[SHOWN:]),
        notes=(*_barred(sheet), *sheet.notes, *_form_only(sheet, audited=audited)),
    )


def _barred(sheet: Sheet) -> Iterator[str]:
    """What of a Declaration must not go up, by its reason."""
    by_why: dict[str, list[str]] = {}
    for entry, why in sheet.barred:
        by_why.setdefault(why, []).append(entry)
    for why, entries in list(by_why.items())[:_TASKS]:
        named = ", ".join(map(words.entry_words, entries[:_EACH])) + (", …" if len(entries) > _EACH else "")
        yield f"Not to upload, {words.count_words(len(entries), 'entry', 'entries')} ({named}): {why}"


def _form_only(sheet: Sheet, *, audited: bool) -> Iterator[str]:
    if sheet.kind == "declaration" and sheet.ready and not audited:
        yield "Checked for its form: liquidation, entry type and earlier claims are not in this file; an ES-003 shows them."


# Claim Details: one task for each group.


def _of_groups(sheet: Sheet) -> str:
    accepted = {entry for group in sheet.groups if group.id == ACCEPTED for entry in group.entries}
    failing = [group for group in sheet.groups if group.id != ACCEPTED and group.next_step != "nothing-to-do"]
    failed = {entry for group in failing for entry in group.entries} - accepted
    every = accepted.union(sheet.entries, *(group.entries for group in sheet.groups))
    said = [f"{len(accepted):,} accepted"] if accepted else []
    if failed:
        said.append(f"{len(failed):,} failed in {words.count_words(len(failing), 'group')}")
    now = {one.entry for one in sheet.ready if one.day is None}
    said += [f"{len(now):,} to resubmit"] if now else []
    later = Counter(one.day for one in sheet.ready if one.day is not None)
    said += [f"{later[day]:,} to resubmit on {words.day_words(day)}" for day in sorted(later)[:_LINES]]
    return f"{words.count_words(len(every), 'entry', 'entries')}: {', '.join(said) or 'nothing to do'}"


def _group_tasks(sheet: Sheet, room: _Room) -> Iterator[Task]:
    order = {step: rank for rank, step in enumerate(words.STEP_ORDER)}
    for group in sorted(sheet.groups, key=lambda one: (order.get(one.next_step, 0), -len(one.entries))):
        yield _group_task(group, room)


def _group_task(group: Group, room: _Room) -> Task:
    idle = group.next_step == "nothing-to-do"
    step = words.NEXT_STEP_WORDS.get(group.next_step, group.next_step)
    step = words.UNKNOWN_STEP if group.id == "unknown" else step
    when = words.when_words(group.next_step, group.not_before).removeprefix("and ") if group.not_before else ""
    title = words.UNKNOWN_GROUP if group.id == "unknown" else group.title
    named = "" if idle else room.named(group.entries)
    return Task(
        title=title,
        count=len(group.entries),
        step=f"{step} ({group.wait})" if group.wait else step,
        when=when,
        quote="" if group.message.casefold() == title.casefold() else group.message,
        lines=(named,) if named else (),
    )


# ES-003: one task for each class of outcome.


def _of_outcomes(outcomes: Sequence[Outcome], today: date | None) -> str:
    counts, nearest = Counter[str](), dict[str, "date"]()
    for one in outcomes:
        counts[one.outcome] += 1
        if one.deadline and one.deadline < nearest.get(one.outcome, type(one.deadline).max):
            nearest[one.outcome] = one.deadline
    idle = sum(counts.pop(outcome, 0) for outcome in _IDLE)
    said = []
    for outcome in sorted(counts, key=_rank):
        short = words.OUTCOME_WORDS.get(outcome, (outcome, "", ""))[0]
        said.append(f"{counts[outcome]:,} {short}")
    said += [f"{idle:,} with nothing to file now"] if idle else []
    line = f"{words.count_words(len(outcomes), 'entry', 'entries')}: {', '.join(said)}"
    dated = sorted((nearest[outcome], outcome) for outcome in _DATED if outcome in nearest)
    said = [f"{words.OUTCOME_WORDS[outcome][0]} {_last(day, today)}" for day, outcome in dated[:_NEAREST]]
    return f"{line}; next deadlines: {'; '.join(said)}" if said else line


def _rank(outcome: str) -> int:
    return words.OUTCOMES.index(outcome) if outcome in words.OUTCOMES else len(words.OUTCOMES)


def _outcome_tasks(sheet: Sheet, today: date, room: _Room) -> Iterator[Task]:
    classes: dict[str, list[Outcome]] = {}
    for one in sheet.outcomes:
        classes.setdefault(one.outcome, []).append(one)
    days = {outcome: {one.deadline for one in several if one.deadline} for outcome, several in classes.items()}

    def urgency(outcome: str) -> tuple[bool, date, int]:
        return not days[outcome], min(days[outcome], default=today), _rank(outcome)

    for outcome in sorted(classes, key=urgency):
        _, title, step = words.OUTCOME_WORDS.get(outcome, ("", outcome, ""))
        nearest = min(days[outcome], default=None)
        lines = () if outcome in _SILENT else tuple(_lines(classes[outcome], today, room))
        when = f"last day {_last(nearest, today)}" if nearest else ""
        yield Task(title, len(classes[outcome]), step, when, lines=lines)


def _lines(several: Sequence[Outcome], today: date, room: _Room) -> Iterator[str]:
    """The nearest days of a class, or, where it has none, what it is about."""
    by_day: dict[tuple[date, date | None], list[str]] = {}
    by_why: dict[str, list[str]] = {}
    for one in several:
        if one.deadline and one.outcome not in _TOLD_APART:
            by_day.setdefault((one.deadline, one.file_by), []).append(one.entry)
        else:
            by_why.setdefault(one.why, []).append(one.entry)
    nearest = sorted(by_day, key=lambda days: (days[0], days[1] or days[0]))
    for deadline, file_by in nearest[:_LINES]:
        margin = f"{_file_by(file_by, today)}; " if file_by else ""
        yield f"{margin}last day {_last(deadline, today)}: {room.some(by_day[deadline, file_by])}"
    yield from _more((by_day[days] for days in nearest[_LINES:]), "later day")
    last = {one.why: one.deadline for one in several if one.deadline}
    commonest = sorted(by_why, key=lambda why: (last.get(why, date.max), -len(by_why[why])))
    for why in commonest[: _LINES if not nearest else 1]:
        said = why.rstrip(".") or "no deadline known"
        yield f"{said}: {room.some(by_why[why])}"
    yield from _more((by_why[why] for why in commonest[_LINES if not nearest else 1 :]), "more reason")


def _more(rest: Iterable[Sequence[str]], what: str) -> Iterator[str]:
    counts = [len(entries) for entries in rest]
    if counts:
        entries = words.count_words(sum(counts), "entry", "entries")
        yield f"and {words.count_words(len(counts), what)}, {entries}, in the attached report"


def _file_by(day: date, today: date) -> str:
    """Our own margin: the business day for it, today at the earliest."""
    act = last_business_day(day)
    return "file today" if act <= today else f"file by {words.day_words(act)}"


def _last(day: date, today: date | None) -> str:
    act = last_business_day(day)
    return words.deadline_words(day, day if today and act < today else act)
