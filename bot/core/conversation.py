"""A message in its thread: what it confirms and adds, and the message to answer in its place, made of all of them.

The messages of its matter (`matters`) are answered together: the first one's words, what later ones tell, all their
files. The latest message with a table is the one whose rows are confirmed; what was confirmed since adds up, and a later
word replaces an earlier one. Who may add to whose message is decided here too (`may_add`), by facts that the channels give.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core import confirming, entries_in_text, matters, passages, pending, sheets, told
from bot.core.desk import Desk
from bot.core.escalation import one_line
from bot.core.model import Incoming, PassageKind
from bot.core.told import Thread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.core.confirming import Words
    from bot.core.matters import Matter, Reader
    from bot.core.model import Attachment, Diagnosis, Passage, SuspectEntry
    from bot.core.pending import Pending

NO_FILE = (
    "You confirm numbers, and I have no file of yours in this thread to look them up in: it was never here, or is"
    " deleted. Answer in the thread in which I asked, or attach the file again with the same words in the message."
)
NO_CASE = (
    "You answer a question, and I have no earlier message of yours in this thread: it was never here, is deleted, or is"
    " somebody else's. Send CBP's message and the entry numbers again, with these words in the same message."
)
UNREADABLE = "You confirm numbers, and I cannot read the file any more. Attach it again, with the same words."
_REPLY = re.compile(r"\s*(?:re|aw|sv|antw)\s?:", re.IGNORECASE)
_FEW_WORDS = 12  # a greeting and thanks


@dataclass(frozen=True, slots=True)
class Settled:
    """The message to triage in place of the newest; what is vouched for in its words and in each file.

    `thread` is what the messages after it say. `vouched` are the numbers that count as confirmed, `notes` what else there
    is to say.
    """

    incoming: Incoming
    words: tuple[str, ...] = ()
    by_file: tuple[tuple[str, ...], ...] = ()
    vouched: tuple[tuple[Pending, str], ...] = ()
    notes: tuple[str, ...] = ()
    thread: Thread = field(default_factory=Thread)


def may_add(earlier: Incoming, incoming: Incoming) -> bool:
    """Whether the sender may see, and so add to, an earlier message of the thread.

    It is their own, or one that went to them too, or one that everybody in the thread can read; or they are staff whom
    the settings name. That they know how to name the thread is not enough: whoever quotes a mail's id would get the file of
    its sender.
    """
    if not _heard(earlier):
        return False
    if incoming.staff:
        return True
    sender = incoming.sender.casefold()
    return not earlier.private or sender in {one.casefold() for one in (earlier.sender, *earlier.shown_to)}


def may_join(people: Iterable[Sequence[str]], incoming: Incoming) -> bool:
    """Whether a message that names a thread belongs to it: its sender may add to one that was said there.

    `people` are, for each of them, its sender and those to whom it went. Whoever else names the thread, by a mail's id
    or by the case's number in the subject, gets a case of their own.
    """
    return any(may_add(Incoming("", one[0], "", shown_to=tuple(one[1:])), incoming) for one in people if one)


def people(incoming: Incoming) -> tuple[str, ...]:
    """The sender of a message and those it went to; empty when what it says does not count."""
    return (incoming.sender, *incoming.shown_to) if _heard(incoming) else ()


def has_table(incoming: Incoming) -> bool:
    """Whether a file came along in which rows may be confirmed, or one that could not be had."""
    return any(map(sheets.may_be_table, incoming.attachments))


def looks_back(incoming: Incoming) -> bool:
    """Whether the earlier messages of the thread are needed to answer this one: it may add to them, whatever it says."""
    return _heard(incoming) and (bool(matters.words_of(incoming)) or has_table(incoming))


def settle(incoming: Incoming, reader: Reader) -> Settled | None:
    """Take a message with what was said before it, and how files and words are read; give what to answer in its place.

    None: it stands alone.
    """
    if not _heard(incoming) or incoming.unreadable:
        return None
    words = confirming.read(incoming)
    trail = (*incoming.earlier, incoming)
    if words.concerns and (confirmed := _confirmed(trail, words, reader)):
        return confirmed
    if not incoming.earlier:
        return Settled(replace(incoming, asked=True), notes=(NO_CASE,)) if _answers_nothing(incoming, reader) else None
    matter = matters.current(trail, reader)
    if not matters.adds(matter, reader):
        return None
    start = _start(matter.messages)
    desk = _desk(matter.messages, start, reader) if any(map(_confirms, matter.messages[start:])) else None
    return _settled(matter, start, desk, words, ())


def _answers_nothing(incoming: Incoming, reader: Reader) -> bool:
    """Whether it tells facts of a matter that is not here: a reply, about no error, with no entry and no file."""
    if not _REPLY.match(incoming.subject) or incoming.attachments or incoming.attached:
        return False
    own = matters.words_of(incoming)
    entries = entries_in_text.find("\n".join(part.text for part in own)).entries
    return bool(told.read(own)) and not (entries or reader.spot(own).sightings)


def _confirms(incoming: Incoming) -> bool:
    return bool(confirming.read(incoming).sayings)


def _confirmed(trail: Sequence[Incoming], words: Words, reader: Reader) -> Settled | None:
    """What the newest message confirms; None: nothing."""
    incoming, start = trail[-1], _start(trail)
    base = trail[start]
    if base is incoming and not has_table(incoming):
        if words.insists:
            return _no_file(incoming, words)
        # "All of them are right" without anything to be right: the words are about no error of CBP's either.
        alone = bool(words.sayings) and not words.rest.strip() and not incoming.attachments
        return Settled(replace(incoming, text="")) if alone else None
    desk = _desk(trail, start, reader)
    said = tuple(desk.notes[: pending.SHOWN])
    if any(file.problem for file in base.attachments) and not desk.files:
        said = (UNREADABLE,) if words.insists else ()
    if not said and not (words.sayings and desk.agreed):
        return None
    matter = matters.current(trail, reader)
    if base not in matter.messages:  # what is confirmed goes before what else was talked of since
        matter = matters.current(trail[: start + 1], reader)
        matter.add(incoming, ())
    return _settled(matter, matter.messages.index(base), desk, words, said)


def _desk(trail: Sequence[Incoming], start: int, reader: Reader) -> Desk:
    """What waits in the message at `start`, with what it and those after it say of it."""
    base = trail[start]
    tables = reader.sheets(base.attachments)
    desk = Desk.of(tables, pending.in_words(_suspects(base)))
    for said in trail[start:]:
        desk.apply(confirming.read(said), answers=said is not base)
    return desk


def notes(settled: Settled, diagnosis: Diagnosis) -> tuple[str, ...]:
    """What was confirmed and what was not, a sentence each, once the files were read with it."""
    taken: dict[int, list[str]] = defaultdict(list)
    failed = []
    for one, number in settled.vouched:
        place = f"row {one.row}: " if one.row else ""
        entries = diagnosis.sheets[one.file].entries if one.file >= 0 else diagnosis.entries
        if number in entries:
            read = f"as it stands ({number})" if number == one.stood else f"read as {number}"
            taken[one.file].append(f"{place}{one.shown} {read}")
        else:
            failed.append(f"Not confirmed: {place}{one.shown}: correct it in the file, I cannot use it from here.")
    said = []
    for file, lines in sorted(taken.items()):
        where = f" in {one_line(diagnosis.sheets[file].name)}" if file >= 0 else ""
        more = f"; and {len(lines) - pending.SHOWN:,} more" if len(lines) > pending.SHOWN else ""
        said.append(f"Confirmed in this thread{where}: {'; '.join(lines[: pending.SHOWN])}{more}.")
    return (*said, *failed[: pending.SHOWN], *settled.notes)


def _heard(incoming: Incoming) -> bool:
    """Whether a person who may be answered said it to the bot."""
    return incoming.addressed and not (incoming.refused or incoming.automatic)


def _start(trail: Sequence[Incoming]) -> int:
    """The latest message with a table; without any, the latest before the last whose words have a suspect number."""
    places = range(len(trail) - 1, -1, -1)
    tables = (at for at in places if has_table(trail[at]))
    suspects = (at for at in places[1:] if _suspects(trail[at]))
    return next(tables, next(suspects, len(trail) - 1))


def _suspects(incoming: Incoming) -> tuple[SuspectEntry, ...]:
    counted = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
    parts = [part.text for part in passages.split(incoming) if part.kind in counted]
    return entries_in_text.find("\n".join(parts)).suspects


def _no_file(incoming: Incoming, words: Words) -> Settled:
    """It is owed a line even when nothing else in it is for the bot."""
    return Settled(replace(incoming, text=_substance(words), asked=True), notes=(NO_FILE,))


def _substance(words: Words) -> str:
    """What the message says beside confirming, unless it is a greeting and thanks."""
    few = len(words.rest.split()) <= _FEW_WORDS and not any(sign.isdigit() or sign == "?" for sign in words.rest)
    return "" if few else words.rest


def _settled(matter: Matter, start: int, desk: Desk | None, words: Words, said: tuple[str, ...]) -> Settled:
    """The matter as one message: its first words, all its files, and what was said and confirmed since."""
    files, instead = _files(matter.messages, start)
    first, newest = matter.messages[0], matter.messages[-1]
    later = [_said(one, words if one is newest else None) for one in matter.messages[1:]]
    came = tuple(
        one_line(file.name) for file in newest.attachments if newest is not first and sheets.may_be_table(file)
    )
    thread = Thread(tuple(later), frozenset(at - 1 for at in matter.naming if at), came, instead)
    joined = replace(
        first,
        id=newest.id,
        sender=newest.sender,
        attached=first.attached,
        attachments=files,
        thread=newest.thread,
        private=newest.private,
        handle=newest.handle,
        asked=first is not newest or newest.asked,
        earlier=(),
    )
    if desk is None:
        return Settled(joined, notes=said, thread=thread)
    in_words, by_file = _agreed(desk)
    vouched = tuple(sorted(desk.agreed.values(), key=lambda pair: (pair[0].file, pair[0].row)))
    return Settled(joined, in_words, by_file, vouched if words.concerns else (), said, thread)


def _said(incoming: Incoming, words: Words | None) -> tuple[Passage, ...]:
    """The words of a later message, without those that confirm: what is confirmed stands at the desk."""
    words = words or confirming.read(incoming)
    parts = matters.words_of(incoming)
    if not words.sayings:
        return parts
    rest = _substance(words)
    own = (passages.plain(rest),) if rest else ()
    return (*own, *(part for part in parts if part.kind is not PassageKind.OWN))


def _files(messages: Sequence[Incoming], start: int) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The files of a matter, those of the message at `start` first; and the names of those that the newest one replaces.

    A file replaces an earlier one of its name, and a Declaration an earlier Declaration.
    """
    kept = list(messages[start].attachments)
    instead = []
    names = {file.name.casefold() for file in kept}
    kinds = {sheets.kind_of(file) for file in kept}
    for one in reversed([one for at, one in enumerate(messages) if at != start]):
        for file in filter(sheets.may_be_table, one.attachments):
            kind = sheets.kind_of(file)
            if file.name.casefold() not in names and not (kind == "declaration" and kind in kinds):
                kept.append(file)
            elif messages[start] is messages[-1] and file.name.casefold() not in names:
                instead.append(one_line(file.name))
            names.add(file.name.casefold())
            kinds.add(kind)
    return tuple(kept), tuple(instead)


def _agreed(desk: Desk) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """What is vouched for in the words, and in each table."""
    by_file: list[list[str]] = [[] for _ in range(desk.tables)]
    in_words: list[str] = []
    for one, number in desk.agreed.values():
        said = f"{one.stood}={number}" if number != one.stood else number
        if one.file >= 0:
            by_file[one.file].append(said)
        if one.file < 0 or number == one.number:  # the words may name the same number as the file
            in_words.append(said)
    return tuple(in_words), tuple(map(tuple, by_file))
