"""A message in its thread: what it confirms of the file sent before, and the message to answer in its place.

The latest message with a table counts; what was confirmed since adds up, and a later word replaces an earlier one. Who
may add to whose message is decided here too (`may_add`), by facts that the channels give.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import confirming, entries_in_text, passages, pending, sheets
from bot.core.desk import Desk
from bot.core.escalation import one_line
from bot.core.model import Incoming, PassageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.core.confirming import Words
    from bot.core.model import Attachment, Diagnosis, Sheet, SuspectEntry
    from bot.core.pending import Pending

NO_FILE = (
    "You confirm numbers, and I have no file of yours in this thread to look them up in: it was never here, or is"
    " deleted. Answer in the thread in which I asked, or attach the file again with the same words in the message."
)
UNREADABLE = "You confirm numbers, and I cannot read the file any more. Attach it again, with the same words."
_FEW_WORDS = 12  # a greeting and thanks


@dataclass(frozen=True, slots=True)
class Settled:
    """The message to triage in place of the one that confirms; what is vouched for in its words and in each file.

    `vouched` are the numbers that count as confirmed, `notes` what else there is to say.
    """

    incoming: Incoming
    words: tuple[str, ...] = ()
    by_file: tuple[tuple[str, ...], ...] = ()
    vouched: tuple[tuple[Pending, str], ...] = ()
    notes: tuple[str, ...] = ()


def may_add(earlier: Incoming, incoming: Incoming) -> bool:
    """Whether the sender may see, and so add to, an earlier message of the thread.

    It is their own, or one that went to them too, or one that everybody in the thread can read. That they know how to
    name the thread is not enough: whoever quotes a mail's id would get the file of its sender.
    """
    if not _heard(earlier):
        return False
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
    """Whether the earlier messages of the thread are needed to answer this one."""
    return _heard(incoming) and confirming.read(incoming).concerns and not has_table(incoming)


def settle(incoming: Incoming, read: Callable[[tuple[Attachment, ...]], tuple[Sheet, ...]]) -> Settled | None:
    """Take a message with what was said before it, and how files are read; give what it confirms, or None: nothing."""
    words = confirming.read(incoming)
    if not (_heard(incoming) and words.concerns):
        return None
    trail = (*incoming.earlier, incoming)
    start = _start(trail)
    base = trail[start]
    if base is incoming and not has_table(incoming):
        return _no_file(incoming, words) if words.insists else None
    tables = read(base.attachments)
    desk = Desk.of(tables, pending.in_words(_suspects(base)))
    for said in trail[start:]:
        desk.apply(confirming.read(said), answers=said is not base)
    told = tuple(desk.notes[: pending.SHOWN])
    if any(file.problem for file in base.attachments) and not desk.files:
        told = (UNREADABLE,) if words.insists else ()
    if not told and not (words.sayings and desk.agreed):
        return None
    return _settled(desk, len(tables), _joined(base, incoming, words), told)


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


def _joined(base: Incoming, incoming: Incoming, words: Words) -> Incoming:
    """The message with the files, below what the newest one says beside confirming, under the newest one's facts."""
    if base is incoming:
        return incoming
    return replace(
        base,
        id=incoming.id,
        sender=incoming.sender,
        text="\n\n".join(part for part in (_substance(words), base.text) if part),
        thread=incoming.thread,
        private=incoming.private,
        handle=incoming.handle,
        asked=True,
        earlier=(),
    )


def _settled(desk: Desk, files: int, joined: Incoming, told: tuple[str, ...]) -> Settled:
    by_file: list[list[str]] = [[] for _ in range(files)]
    in_words: list[str] = []
    for one, number in desk.agreed.values():
        said = f"{one.stood}={number}" if number != one.stood else number
        if one.file >= 0:
            by_file[one.file].append(said)
        if one.file < 0 or number == one.number:  # the words may name the same number as the file
            in_words.append(said)
    vouched = tuple(sorted(desk.agreed.values(), key=lambda pair: (pair[0].file, pair[0].row)))
    return Settled(joined, tuple(in_words), tuple(map(tuple, by_file)), vouched, told)
