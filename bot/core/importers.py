"""Whose entries they are: a draft is for one importer, since clients' data are never mixed.

What a column says of an entry and what the words say of it must agree. Where a message names one importer, all entries
are theirs; where it names several, an entry of which nothing is said is nobody's until the sender says whose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.importer_number import key
from bot.core.masking import MASK, importer_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.core.model import Sheet
    from bot.core.told import Told

_NAMED = 5  # importers, or entries, that a question names


@dataclass(frozen=True, slots=True)
class Share:
    """Entries of one importer. `importer` is the number as it may be shown, empty when it is unknown or may not be."""

    entries: tuple[str, ...]
    importer: str = ""
    name: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Importers:
    """`of` is entry -> key of its importer, `shown` key -> number as written. `single`: the message is about one."""

    of: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether one importer at the most is known of."""
        return len(self.shown) <= 1

    def split(self, entries: Sequence[str]) -> tuple[tuple[Share, ...], tuple[str, ...]]:
        """The entries by importer, and those of which it is unknown whose they are."""
        if self.single:
            return (self._share(next(iter(self.shown), ""), tuple(entries)),), ()
        shares: dict[str, list[str]] = {}
        unknown = []
        for entry in entries:
            if (one := self.of.get(entry)) and entry not in self.conflicts:
                shares.setdefault(one, []).append(entry)
            else:
                unknown.append(entry)
        found = tuple(self._share(one, tuple(mine)) for one, mine in shares.items())
        return found or (Share(()),), tuple(unknown)

    def disputed(self) -> str:
        """The question which importer it is, where the words name one and the files another; or empty."""
        idle = [one for one in self.shown if one not in self.of.values()]
        if not (self.of and idle):
            return ""
        named = ", ".join(importer_shown(self.shown[one]) for one in idle)
        return f"You name the importer {named}, and the files name another one for these entries: which is right?"

    def _share(self, one: str, entries: tuple[str, ...]) -> Share:
        shown = importer_shown(self.shown.get(one, ""))
        hidden = MASK in shown
        return Share(entries, "" if hidden else shown, self.names.get(one, ""), hidden)


def importers(sheets: Sequence[Sheet], told: Told) -> Importers:
    """Take the tables and what the words tell; give whose the entries are."""
    of: dict[str, str] = {}
    shown: dict[str, str] = {}
    conflicts: dict[str, None] = {}
    for entry, number in _known(sheets, told):
        one = key(number)
        shown.setdefault(one, number)
        if of.setdefault(entry, one) != one:
            conflicts[entry] = None
    for number in told.facts.get("importer-number", ()):
        shown.setdefault(key(number), number)
    return Importers(of, shown, told.names, tuple(conflicts))


def _known(sheets: Sequence[Sheet], told: Told) -> Iterator[tuple[str, str]]:
    for sheet in sheets:
        raw = {one.entry: one.importer for one in (*sheet.ready, *sheet.listed) if one.importer}
        yield from raw.items()
        for one in sheet.outcomes:
            # Masked ones would all be one importer: whose they are is asked.
            if one.importer and one.entry not in raw and MASK not in one.importer:
                yield one.entry, one.importer
    for entry, said in told.of_entries.items():
        if said.importer:
            yield entry, said.importer


def asked(known: Importers, unknown: Sequence[str]) -> str:
    """The question whose some entries are, or empty."""
    if not unknown:
        return ""
    names = [importer_shown(one) for one in known.shown.values()]
    shown = " or ".join(one for one in names[:_NAMED] if MASK not in one) or "one of several importers"
    which = ", ".join(unknown[:_NAMED])
    more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    return (
        f"Who is the importer of {which}{more} ({shown})? Until you say, they stand in no draft: entries of two clients are"
        " never mixed"
    )
