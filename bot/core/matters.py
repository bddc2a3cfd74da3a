"""A thread as matters: which of its messages belong together, and whether the newest adds to them or asks something new.

A message that names another error than those before opens a matter of its own, and is answered by itself. One that names
none, or the same, adds to the latest matter, or to the one that has its error. What adds nothing is answered alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.core import confirming, entries_in_text, passages, sheets, told
from bot.core.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.core.model import Attachment, Incoming, Passage, Sheet, Spotting

_COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
_BROUGHT = (PassageKind.OWN, PassageKind.FORWARDED)  # the subject of a reply is the first message's


class Reader(Protocol):
    """What reading a thread needs: files read, errors looked for, and what makes an escalation due."""

    def sheets(self, attached: tuple[Attachment, ...]) -> tuple[Sheet, ...]:
        """What is found in files."""

    def spot(self, parts: Sequence[Passage]) -> Spotting:
        """Which known errors the words name."""

    def moves(self, parts: Sequence[Passage], ids: Collection[str]) -> bool:
        """Whether the words ask for a draft, or say what one of these errors waits for: it was tried, it was checked."""


@dataclass(slots=True)
class Matter:
    """Messages that are about one thing. `naming` are the places of those that name an error."""

    messages: list[Incoming] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    naming: set[int] = field(default_factory=set)

    def has_table(self) -> bool:
        """Whether a table came along."""
        return any(sheets.may_be_table(file) for one in self.messages for file in one.attachments)

    def add(self, incoming: Incoming, ids: Collection[str]) -> None:
        """Take one more message."""
        if ids:
            self.naming.add(len(self.messages))
        self.messages.append(incoming)
        self.ids.update(ids)


def words_of(incoming: Incoming) -> tuple[Passage, ...]:
    """What a reply says itself: not what it quotes, and not the subject, which is the first message's."""
    return tuple(part for part in passages.split(incoming) if part.kind in _BROUGHT)


def current(trail: Sequence[Incoming], reader: Reader) -> Matter:
    """The matter that the last message of the trail belongs to, with that message as its last."""
    found: list[Matter] = []
    for one in trail:
        ids = _ids(one, reader, found[-1].ids if found else ())
        here = _place(found, one, ids, reader)
        if here is None:
            found.append(Matter())
        else:  # the one talked of last stands last
            found.append(found.pop(here))
        found[-1].add(one, ids)
    return found[-1]


def _place(found: Sequence[Matter], incoming: Incoming, ids: Collection[str], reader: Reader) -> int | None:
    """Where a message belongs; None: to none of them."""
    if not found:
        return None
    same = (at for at in range(len(found) - 1, -1, -1) if ids and found[at].ids & set(ids))
    if (at := next(same, None)) is not None:
        return at
    latest = found[-1]
    if ids and not confirming.read(incoming).sayings:
        in_tables = _ids_of_tables(latest, reader) if not latest.ids and latest.has_table() else set()
        if in_tables & set(ids):
            return len(found) - 1
        if latest.ids or in_tables or (latest.has_table() and _asks(incoming)):
            return None
    return len(found) - 1


def _ids(incoming: Incoming, reader: Reader, latest: Collection[str]) -> set[str]:
    """The errors that a message names. What its words only resemble is none where it brings a file or facts, or what was waited for."""
    parts = passages.split(incoming) if not incoming.subject.casefold().startswith("re:") else words_of(incoming)
    sure = reader.spot(parts).sightings
    own = words_of(incoming)
    tables = any(map(sheets.may_be_table, incoming.attachments))
    if latest and not _asks(incoming) and (tables or told.read(own) or reader.moves(own, latest)):
        sure = tuple(one for one in sure if one.how != "likeness")
    return {one.id for one in sure}


def _ids_of_tables(matter: Matter, reader: Reader) -> set[str]:
    files = tuple(file for one in matter.messages for file in one.attachments if sheets.may_be_table(file))
    return {seen.id for sheet in reader.sheets(files) for seen in sheet.sightings}


def _asks(incoming: Incoming) -> bool:
    return any("?" in part.text for part in words_of(incoming) if part.kind is PassageKind.OWN)


def adds(matter: Matter, reader: Reader) -> bool:
    """Whether the last message brings something to the ones before it."""
    newest, before = matter.messages[-1], matter.messages[:-1]
    if not before:
        return False
    parts = words_of(newest)
    named = sorted(_entries(parts))
    if any(map(sheets.may_be_table, newest.attachments)) or told.read(parts, named) or reader.moves(parts, matter.ids):
        return True
    if len(matter.messages) - 1 in matter.naming:
        return True
    known = {entry for one in before for entry in _entries(passages.split(one))}
    return bool(_entries(parts) - known)


def _entries(parts: Sequence[Passage]) -> set[str]:
    found = entries_in_text.find("\n".join(part.text for part in parts if part.kind in _COUNTED))
    return {*found.entries, *(one.value for one in found.suspects)}
