"""What a message tells of single entries: type 06 or not, type, importer, liquidation. "Only B76-… is FTZ, the others 01".

A clause that says one thing of several entries says it of each; a clause that says several things says each of the entry
before it. "The others" are the entries that no clause names. An importer's number holds for the entries on its line,
and for the lines of entries right below one that has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import days, entry_number, entry_type, importer_number
from bot.core.model import Type06
from bot.core.passages import plain
from bot.core.told_words import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.core.model import Passage

YEAR = "[FILL IN: the year]"  # behind a day that has none: nobody guesses it, since it decides on the deadline
_READ = 50_000  # characters of a passage
_MOST = 400  # lines that are looked at: a longer list is a file's business
ENTRY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{3}[- ]?\d{7}[- ]?\d(?!\d)")
_CLAUSE = re.compile(
    r"[;?!]|\.(?=\s|\Z)|,? (?=(?:and |but |while )?(?:all )?(?:the )?(?:others?|rest|remaining)\b)", re.IGNORECASE
)
_OTHERS = re.compile(r"(?:and |but |while )?(?:all )?(?:the )?(?:others?|rest|remaining)\b", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_PIECE = re.compile(r"(?<=[.;!?])\s+")
_OUT = re.compile(
    r"\b(?:remove|drop|exclude|strike|without|forget|ignore)\b|\b(?:leave|take)\b[^.;]{0,80}?\b(?:out|off)\b",
    re.IGNORECASE,
)
_IN = re.compile(
    r"\b(?:add|put|take|bring)\b[^.;]{0,80}?\b(?:back|again)\b|\b(?:include|keep|re-?add)\b|\bdo(?:es)? belong\b",
    re.IGNORECASE,
)
_KEPT_OUT = re.compile(r"\b(?:not|never)\b|n't\b", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:if|whether)\b", re.IGNORECASE)
_IMPORTER = re.compile(
    r"\b(?P<called>(?:ein|ior|importer(?: of record)?|irs|tax id|cbp[- ]assigned)(?:'s)?(?: (?:numbers?|no\.?|id|#|ein|ior))?)"
    rf"(?: (?:of|for) [^\n\d:;]{{2,60}}?)?\W{{0,3}}(?:is |was |= ?)?(?P<number>{importer_number.FORM})",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\s*(?:\d{1,2}[.)]\s+|[-*•]\s+)?(?P<number>\d{2}-\d{7}(?:[A-Z0-9]{2})?|\d{6}-\d{5})\.?\s*")
_DASHED = re.compile(r"(?<![\w-])\d{2}-\d{7}(?:[A-Z0-9]{2})?(?![\w-])")
_CALLED = re.compile(r"\b(?:ein|ior|importer)s?\b", re.IGNORECASE)
_NOT_OF = re.compile(
    r"\b(?:not|no longer|isn't)(?: (?:of|for|the|with|under|ein|ior|importer|number)){0,4} \Z", re.IGNORECASE
)
_NEAR = 60  # characters before a number in which it may be denied
_LIQUIDATED = re.compile(rf"\b(?P<what>(?:re)?liquidated)(?: on)? (?P<day>{DAY})", re.IGNORECASE)
_STATUS = re.compile(
    r"\b(?P<what>un-?liquidated|not (?:yet )?liquidated|(?:liquidation )?(?:is |are |was )?(?:suspended|extended|under review))\b",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfEntry:
    """What is told of one entry; empty or None where nothing is. `liquidation` is in the sender's words; `out`: it does not belong here."""

    ftz: bool | None = None
    type: str = ""
    importer: str = ""
    liquidation: str = ""
    out: bool | None = None

    def over(self, other: OfEntry) -> OfEntry:
        """What is told here, and where that is nothing, what the other tells."""
        return OfEntry(
            other.ftz if self.ftz is None else self.ftz,
            self.type or other.type,
            self.importer or other.importer,
            self.liquidation or other.liquidation,
            other.out if self.out is None else self.out,
        )


def over(earlier: Mapping[str, OfEntry], later: Mapping[str, OfEntry]) -> dict[str, OfEntry]:
    """Both, where the later one's word counts."""
    return {**earlier, **{entry: one.over(earlier.get(entry, OfEntry())) for entry, one in later.items()}}


def importers_in(text: str) -> Iterator[tuple[str, str]]:
    """The importer numbers of a text: what each is called, and the number. One that stands alone on a line is one too."""
    if alone := _ALONE.fullmatch(text):
        yield "ein", alone["number"]
        return
    for found in _IMPORTER.finditer(text):
        yield found["called"], found["number"]


def liquidation_in(text: str) -> Iterator[str]:
    """What a text says of liquidation; a day without its year has a blank behind it."""
    for found in _LIQUIDATED.finditer(text):
        year = "" if days.parse(found["day"]) else f" {YEAR}"
        yield f"{found['what'].lower()} {found['day']}{year}"
    for found in _STATUS.finditer(text):
        what = re.sub(r"^(?:liquidation )?(?:is |are |was )?", "", found["what"].lower())
        if "liquidat" in found["what"].lower() or found["what"].lower() != what:
            yield what


def read(parts: Sequence[Passage], entries: Sequence[str]) -> dict[str, OfEntry]:
    """What the passages tell of each of `entries` by itself."""
    wanted = frozenset(entries)
    found: dict[str, OfEntry] = {}
    others = OfEntry()
    for part in parts:
        heading = ""
        for line in part.text[:_READ].splitlines()[:_MOST]:
            here = _entries(line, wanted)
            whose, heading = _whose(line, wanted, heading)
            for entry, importer in whose.items():
                found[entry] = found.get(entry, OfEntry()).over(OfEntry(importer=importer))
            if here or _OTHERS.search(line):
                others = _in_line(line, wanted, found).over(others)
    if others != OfEntry():
        found = over(dict.fromkeys(entries, others), found)
    return {entry: found[entry] for entry in dict.fromkeys(entries) if found.get(entry, OfEntry()) != OfEntry()}


def _whose(line: str, wanted: frozenset[str], heading: str) -> tuple[dict[str, str], str]:
    """Whose the entries of a line are, and the importer that the line puts above those below it."""
    pieces = [(piece, _entries(piece, wanted), _numbers(piece)) for piece in _PIECE.split(line)]
    if not any(here for _, here, _ in pieces):
        named = {number for _, _, several in pieces for number in several}
        return {}, named.pop() if len(named) == 1 else ""
    if not any(numbers for _, _, numbers in pieces):
        return {entry: heading for _, here, _ in pieces for entry in here if heading}, heading
    whose: dict[str, str] = {}
    for _, here, several in pieces:
        if len(several) == 1:
            whose.update(dict.fromkeys(here, several[0]))
        elif len(several) == len(here):  # one behind the other: "of … it is …, and of … it is …"
            whose.update(zip(here, several, strict=True))
    return whose, ""


def _numbers(text: str) -> list[str]:
    """The importer numbers of a text that are beyond doubt, each once: where entries stand among them, dashed ones too."""
    named = list(importers_in(text))
    if ENTRY.search(text) and _CALLED.search(text):
        places = {found.start(): ("ein", found[0]) for found in _DASHED.finditer(text)}
        places |= {found.start("number"): (found["called"], found["number"]) for found in _IMPORTER.finditer(text)}
        named = [places[at] for at in sorted(places) if not denied(text, at)]
    read_ = (importer_number.read(number, called) for called, number in named)
    return list(dict.fromkeys(one.value for one in read_ if one and not one.doubt and one.kind != "ssn"))


def denied(text: str, at: int) -> bool:
    """Whether the number at a place is said not to be an importer's: "not of EIN …"."""
    return _NOT_OF.search(text[max(0, at - _NEAR) : at]) is not None


def _entries(text: str, wanted: frozenset[str]) -> list[str]:
    read_ = (entry_number.compact(found[0]) for found in ENTRY.finditer(text))
    return [number for number in read_ if number in wanted]


def _in_line(line: str, wanted: frozenset[str], found: dict[str, OfEntry]) -> OfEntry:
    """Fill in what a line says of its entries; give what it says of the others."""
    others = OfEntry()
    for clause in _CLAUSE.split(line):
        if _ASKED.search(clause):
            continue
        here = _entries(clause, wanted)
        said = _said(clause)
        back = _IN.search(clause) and not _KEPT_OUT.search(clause)
        if back:
            found.update({entry: replace(found.get(entry, OfEntry()), out=False) for entry in here})
        if _OUT.search(clause) and not back:
            found.update({entry: replace(found.get(entry, OfEntry()), out=True) for entry in here})
        elif not here:
            others = said.over(others) if _OTHERS.match(clause.strip()) else others
        elif said.ftz is None and not said.type and not said.liquidation:
            _stretches(clause, wanted, found)
        else:
            for entry in here:
                found[entry] = said.over(found.get(entry, OfEntry()))
            if said.ftz and _ONLY.search(clause):
                others = replace(others, ftz=False)
    return others


def _stretches(clause: str, wanted: frozenset[str], found: dict[str, OfEntry]) -> None:
    """Several things are said: each belongs to the entry before it."""
    at = [(one, number) for one in ENTRY.finditer(clause) if (number := entry_number.compact(one[0])) in wanted]
    ends = [one.start() for one, _ in at[1:]] + [len(clause)]
    for (one, number), end in zip(at, ends, strict=True):
        found[number] = _said(clause[one.end() : end]).over(found.get(number, OfEntry()))


def _said(text: str) -> OfEntry:
    """What a stretch says, if it says one thing."""
    passage = (plain(text),) if text.strip() else ()
    types = entry_type.entry_types_in(passage)
    liquidations = list(dict.fromkeys(liquidation_in(text)))
    if len(types) > 1 or len(liquidations) > 1 or entry_type.contradicts(passage):
        return OfEntry()
    ftz = types[0] == "06" if types else (False if entry_type.type06_in(passage) is Type06.NO else None)
    return OfEntry(ftz, types[0] if types else "", "", liquidations[0] if liquidations else "")
