"""Which entry numbers belong to which error, when a message names several of both: a draft must not mix them.

Brokers write line by line ("B76-…-8 Failed HTS …") or in blocks (the message, then its entries). What stands on the
line of an error, or on lines of entries alone below it, is its own; what stands elsewhere is nobody's for sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import entries_in_text
from bot.core.passages import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.core.model import Passage
    from bot.core.spotting import Spotter

_MOST = 400  # lines that are looked at: a longer list is a file's business


@dataclass(frozen=True, slots=True)
class Belonging:
    """Entries by error. `several`: there is more than one error, so that what is not in here belongs to none."""

    entries: Mapping[str, tuple[str, ...]]
    several: bool

    def of(self, id: str, every: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:  # noqa: A002 - the domain's word
        """The entries of an error, and those of which nobody knows; `every` are all of the message."""
        if not self.several:
            return every, ()
        mine = self.entries.get(id, ())
        known = {entry for entries in self.entries.values() for entry in entries}
        return mine, tuple(entry for entry in every if entry not in known)


def belonging(parts: Sequence[Passage], ids: Collection[str], spotter: Spotter) -> Belonging:
    """Attribute the entries of the passages to the errors `ids` that were found in them."""
    if len(ids) < 2:  # noqa: PLR2004 - one error has all entries
        return Belonging({}, several=False)
    found: dict[str, dict[str, None]] = {}
    for part in parts:
        current: list[str] = []
        for line in [line for line in part.text.split("\n") if line.strip()][:_MOST]:
            named = [one for one in spotter.named_in(plain(line)) if one in ids]
            entries = entries_in_text.find(line).entries
            if named:
                current = named
            for one in current if entries else ():
                found.setdefault(one, {}).update(dict.fromkeys(entries))
            if named and entries:
                current = []  # the next line speaks for itself
    return Belonging({one: tuple(entries) for one, entries in found.items()}, several=True)
