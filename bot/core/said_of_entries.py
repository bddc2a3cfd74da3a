"""What a message says of its entries' liquidation, type and status, judged as a row of an ES-003 would be.

"B76-0324527-8 liquidated 2 Feb 2026, type 01". What stands behind an entry number, up to the next one, is its own; what
stands elsewhere is said of all, unless it is said in two ways. A date without a year is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core import days, entry_number, entry_type
from bot.core.eligibility import Duty, Facts, Standing
from bot.core.judging import BLOCKING, CORRECTING
from bot.core.model import Outcome
from bot.core.of_entries import ENTRY
from bot.core.passages import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.core.judging import Judge
    from bot.core.model import Passage

_MOST = 50  # entries of a message that are judged: a longer list is a file's business
_READ = 20_000  # characters of a passage
_UPDATED, _RECON_FILED = "entry-summary-updated", "recon-already-filed"
_TYPE_MISSING = "Entry Type Code"
_DATE = (
    r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/(?:20)?\d{2}|\d{1,2}[.-]\d{1,2}[.-]20\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -]?{days.MONTH},?[ -]?20\d{{2}}|{days.MONTH} ?\d{{1,2}}(?:st|nd|rd|th)?,? 20\d{{2}})(?!\d)"
)
# What may stand between "liquidated" and its date: no other thing that has a date of its own.
_GAP = r"(?:(?!\b(?:entered|entry|filed|dated|uploaded|paid)\b)[^.;\n\d])"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_LIQUIDATED = _words(
    rf"\b(?:re)?liq(?:uidat\w*|\b\.?){_GAP}{{0,40}}?{_DATE}|{_DATE}{_GAP}{{0,20}}?\bliq(?:uidation|\b)"
)
_ENTERED = _words(rf"\b(?:entered|entry dated?|date of entry)\b[^.;\n\d]{{0,20}}?{_DATE}")
_OPEN = _words(
    r"\b(?:un-?|(?:is |are |was |has |have )?not (?:yet |been |even )*|(?:has|have|is|are|was)n't (?:yet |been )*|never )"
    r"liquidated\b(?: yet\b)?"
)
_IN_TURN = _words(r"\b(?:first|second|third|former|latter|respectively)\b")
_HELD = _words(r"\b(suspended|extended|under review)\b")
_CLAIMED = _words(
    r"\b(?:accepted|claimed) (?:in|on|by) (?:a |an |the |our |an earlier )?claim\b|\bentry summary updated\b"
)
_PROTEST = _words(
    r"\bprotest (?:is |was |still )*(?:open|pending|filed|suspended)\b|\b(?:open|pending|suspended) protest\b|\bunder protest\b"
)
_TYPE_09 = _words(
    r"\b(?:type )?0?9 (?:is |was |has been |entry )*(?:already )?(?:filed|on file)\b"
    r"|\brecon(?:ciliation)? (?:is |was |has been )*(?:already )?filed\b"
)
_FLAGGED = _words(r"\bflagged for recon|\brecon[- ]flagged|\brecon(?:ciliation)? flag")
_DRAWBACK = _words(r"\bdrawback (?:is |was |has been )*(?:already )?(?:claimed|filed)\b|\bon (?:a )?drawback\b")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a stretch of text says; empty where it says nothing."""

    liquidated: date | None = None
    entered: date | None = None
    standing: Standing = Standing.UNKNOWN
    status: str = ""
    type: str = ""
    accepted: bool = False
    recon: str = "no"
    blocked: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether it says anything of liquidation."""
        return self.liquidated is not None or self.standing is not Standing.UNKNOWN

    def over(self, other: _Said) -> _Said:
        """What is said here, and where that is nothing, what the other says."""
        return _Said(
            liquidated=self.liquidated if self.dated else other.liquidated,
            entered=self.entered or other.entered,
            standing=self.standing if self.dated else other.standing,
            status=self.status if self.dated else other.status,
            type=self.type or other.type,
            accepted=self.accepted or other.accepted,
            recon=self.recon if self.recon != "no" else other.recon,
            blocked=tuple(dict.fromkeys((*self.blocked, *other.blocked))),
        )


def outcomes(
    parts: Sequence[Passage],
    entries: Sequence[str],
    judge: Judge,
    errors: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Outcome, ...]:
    """An outcome for each of the entries of whose liquidation the passages say something. IEEPA duty is taken for granted.

    `errors` are the known errors of each entry, as far as the message tells: they may stand in the way.
    """
    own, shared = _by_entry(parts, frozenset(entries))
    everywhere = entry_type.entry_types_in(tuple(parts))
    general = _agreed(shared).over(_Said(type=everywhere[0] if len(everywhere) == 1 else ""))
    found = ((entry, own.get(entry, _Said()).over(general)) for entry in entries[:_MOST])
    return tuple(_outcome(entry, said, errors.get(entry, ()), judge) for entry, said in found if said.dated)


def _outcome(entry: str, said: _Said, errors: Sequence[str], judge: Judge) -> Outcome:
    facts = Facts(
        type=said.type,
        entered=said.entered,
        liquidated=said.liquidated,
        standing=said.standing,
        status=said.status,
        duty=Duty.DUE,
        accepted=_UPDATED if said.accepted or _UPDATED in errors else "",
        recon="filed" if _RECON_FILED in errors else said.recon,
        blocked=tuple(dict.fromkeys((*said.blocked, *(one for one in errors if one in BLOCKING)))),
        correct=tuple(one for one in errors if one in CORRECTING),
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
                for found in ENTRY.finditer(line)
                if (number := entry_number.compact(found[0])) in entries
            ]
            shared.append(_said(line[: named[0][0].start()] if named else line))
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
    found = set(_dates(_LIQUIDATED, _OPEN.sub(" ", text)))
    if len(found) > 1 or (
        found and _IN_TURN.search(text)
    ):  # "the first liquidated …, the second …": nobody can tell which
        return _Said()
    standing, status = (Standing.UNKNOWN, "") if found else _standing(text)
    filed = _TYPE_09.search(text) is not None
    types = [one for one in _types(text) if not (filed and one == "09")]
    protested, drawn = _PROTEST.search(text), _DRAWBACK.search(text)
    return _Said(
        liquidated=next(iter(found), None),
        entered=next(_dates(_ENTERED, text), None),
        standing=standing,
        status=status,
        type=types[0] if len(types) == 1 else "",
        accepted=_CLAIMED.search(text) is not None,
        recon="filed" if filed else "flagged" if _FLAGGED.search(text) else "no",
        blocked=(*(("protest-on-entry",) if protested else ()), *(("entry-on-drawback",) if drawn else ())),
    )


def _standing(text: str) -> tuple[Standing, str]:
    if _OPEN.search(text):
        return Standing.OPEN, ""
    held = _HELD.search(text)
    return (Standing.HELD, held[1].capitalize()) if held else (Standing.UNKNOWN, "")


def _types(text: str) -> tuple[str, ...]:
    return entry_type.entry_types_in((plain(text),)) if text.strip() else ()


def _dates(pattern: re.Pattern[str], text: str) -> Iterator[date]:
    for found in pattern.finditer(text):
        day = days.parse(next(filter(None, found.groups())))
        if day:
            yield day
