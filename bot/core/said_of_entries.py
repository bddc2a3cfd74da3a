"""What a message says of its entries' liquidation and type, judged as a row of an ES-003 would be.

"B76-0324527-8 liquidated 2 Feb 2026, type 01". What stands behind an entry number, up to the next one, is its own; what
stands elsewhere is said of all, unless it is said in two ways. A date without a year is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import days, entry_number, entry_type
from bot.core.eligibility import Duty, Facts, Standing
from bot.core.model import Outcome
from bot.core.passages import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.core.judging import Judge
    from bot.core.model import Passage

_MOST = 50  # entries of a message that are judged: a longer list is a file's business
_READ = 20_000  # characters of a passage
_ENTRY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{3}[- ]?\d{7}[- ]?\d(?!\d)")
_MONTH = rf"(?:{'|'.join(days.MONTHS)})[a-z]*\.?"
_DATE = (
    r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/(?:20)?\d{2}|\d{1,2}[.-]\d{1,2}[.-]20\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -]?{_MONTH},?[ -]?20\d{{2}}|{_MONTH} ?\d{{1,2}}(?:st|nd|rd|th)?,? 20\d{{2}})(?!\d)"
)
_LIQUIDATED = re.compile(
    rf"\b(?:re)?liq(?:uidat\w*|\b\.?)[^.;\n\d]{{0,40}}?{_DATE}|{_DATE}[^.;\n\d]{{0,20}}?\bliq(?:uidation|\b)",
    re.IGNORECASE,
)
_ENTERED = re.compile(rf"\b(?:entered|entry date[d]?|date of entry)\b[^.;\n\d]{{0,20}}?{_DATE}", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:un-?|not (?:yet )?|has(?:n't| not)(?: yet)? |haven't (?:yet )?|never )liquidated\b", re.IGNORECASE
)
_HELD = re.compile(r"\b(?:liquidation (?:is |was )?)?(suspended|extended|under review)\b", re.IGNORECASE)
_TYPE_MISSING = "Entry Type Code"


@dataclass(frozen=True, slots=True)
class _Said:
    """What a stretch of text says; empty where it says nothing."""

    liquidated: date | None = None
    entered: date | None = None
    standing: Standing = Standing.UNKNOWN
    status: str = ""
    type: str = ""

    def over(self, other: _Said) -> _Said:
        """What is said here, and where that is nothing, what the other says."""
        dated = self.liquidated or self.standing is not Standing.UNKNOWN
        return _Said(
            self.liquidated if dated else other.liquidated,
            self.entered or other.entered,
            self.standing if dated else other.standing,
            self.status if dated else other.status,
            self.type or other.type,
        )


def outcomes(parts: Sequence[Passage], entries: Sequence[str], judge: Judge) -> tuple[Outcome, ...]:
    """An outcome for each of the entries of whose liquidation the passages say something. IEEPA duty is taken for granted."""
    own, shared = _by_entry(parts, frozenset(entries))
    everywhere = entry_type.entry_types_in(tuple(parts))
    general = _agreed(shared).over(_Said(type=everywhere[0] if len(everywhere) == 1 else ""))
    found = ((entry, own.get(entry, _Said()).over(general)) for entry in entries[:_MOST])
    return tuple(
        _outcome(entry, said, judge)
        for entry, said in found
        if said.liquidated or said.standing is not Standing.UNKNOWN
    )


def _outcome(entry: str, said: _Said, judge: Judge) -> Outcome:
    facts = Facts(
        type=said.type,
        entered=said.entered,
        liquidated=said.liquidated,
        standing=said.standing,
        status=said.status,
        duty=Duty.DUE,
        missing=() if said.type else (_TYPE_MISSING,),
    )
    verdict = judge.judge(facts)
    deadline, file_by, why = verdict.deadline, verdict.file_by, verdict.why
    if verdict.outcome == "check" and not said.type:  # the days run whatever the type
        as_consumption = judge.judge(facts._replace(type="01", missing=()))
        deadline, file_by = as_consumption.deadline, as_consumption.file_by
        why = f"Which entry type is it? If CAPE takes the type: {as_consumption.why}"
    liquidated = said.liquidated if said.liquidated and said.liquidated <= judge.today else None
    return Outcome(entry, verdict.outcome, deadline, file_by, verdict.reasons, "", said.type, why, 0, liquidated)


def _by_entry(parts: Sequence[Passage], entries: frozenset[str]) -> tuple[dict[str, _Said], list[_Said]]:
    """What is said of each entry alone, and what is said of none by name."""
    own: dict[str, _Said] = {}
    shared: list[_Said] = []
    for part in parts:
        for line in part.text[:_READ].splitlines():
            named = [
                (found, number)
                for found in _ENTRY.finditer(line)
                if (number := entry_number.compact(found[0])) in entries
            ]
            before = line[: named[0][0].start()] if named else line
            shared.append(_said(before))
            ends = [found.start() for found, _ in named[1:]] + [len(line)]
            for (found, number), end in zip(named, ends, strict=False):  # no entry, no end
                own[number] = own.get(number, _Said()).over(_said(line[found.end() : end]))
    return own, shared


def _agreed(shared: Sequence[_Said]) -> _Said:
    """What is said of all; nothing of what is said in two ways."""
    result = _Said()
    for one in shared:
        if one.liquidated and result.liquidated and one.liquidated != result.liquidated:
            return _Said()
        result = result.over(one)
    return result


def _said(text: str) -> _Said:
    liquidated = next(_dates(_LIQUIDATED, text), None)
    standing, status = Standing.UNKNOWN, ""
    if liquidated is None:
        if _OPEN.search(text):
            standing = Standing.OPEN
        elif held := _HELD.search(text):
            standing, status = Standing.HELD, held[1].capitalize()
    types = entry_type.entry_types_in((plain(text),)) if text.strip() else ()
    return _Said(liquidated, next(_dates(_ENTERED, text), None), standing, status, types[0] if len(types) == 1 else "")


def _dates(pattern: re.Pattern[str], text: str) -> Iterator[date]:
    for found in pattern.finditer(text):
        day = days.parse(next(filter(None, found.groups())))
        if day:
            yield day
