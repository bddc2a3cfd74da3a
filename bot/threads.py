"""A message put into the thread that it names, if its sender was in it; else into one of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.channels import Named
from bot.core import conversation
from bot.core.model import Attachment, Incoming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels import Channel
    from bot.store import Message, Said, Store


def placed(store: Store, channel: Channel, message: Message, incoming: Incoming) -> Incoming:
    """Give the message with its thread, and with the name of the bot's answer beside its own.

    What it names is tried in this order: the mails it answers, the nearest first, its own id, the case's number in its
    subject. That a thread can be named opens it to nobody. A sender who may not be answered joins none.
    """
    if not (incoming.answers or incoming.names or incoming.case) or incoming.refused:
        return incoming
    answer = (channel.answer_name(message.key),) if isinstance(channel, Named) else ()
    incoming = replace(incoming, names=(*incoming.names, *answer))
    named = False
    for thread in _threads(store, message, incoming):
        if conversation.may_join(_people(store, channel, message, thread), incoming):
            return replace(incoming, thread=thread)
        named = True
    # Its id is nobody else's; what it would otherwise be called by is the name of a thread that it may not join.
    return replace(incoming, thread=message.id) if named else incoming


def remembered(store: Store, key: str) -> Incoming | None:
    """What can still be said of a message whose raw bytes were deleted: whose it was, and that it had files."""
    left = store.remains(key)
    if left is None or not any(left.people):
        return None
    sender, *others = left.people
    day = f"{left.purged_at:%B} {left.purged_at.day}, {left.purged_at.year}"
    gone = Attachment(
        "the earlier file", b"", problem=f"I deleted it on {day}, as I do with all mail. Attach it again."
    )
    return Incoming(left.id, sender, "", shown_to=tuple(others), attachments=(gone,) * bool(left.files))


def _threads(store: Store, message: Message, incoming: Incoming) -> Iterator[str]:
    """The threads that a message names, each once, the surest first."""
    given = set()
    for name in (*incoming.answers, *incoming.names):
        thread = store.thread_named(message.channel, name)
        if thread and thread not in given:
            given.add(thread)
            yield thread
    thread = store.thread_of_case(message.channel, incoming.case) if incoming.case else ""
    if thread and thread not in given:
        yield thread


def _people(store: Store, channel: Channel, message: Message, thread: str) -> Iterator[tuple[str, ...]]:
    """Who was in each message of a thread."""
    for said in store.said(message.channel, thread, message.key):
        people = _as_read(store, channel, said) if said.people is None else said.people
        if people:
            yield people


def _as_read(store: Store, channel: Channel, said: Said) -> tuple[str, ...]:
    """Who was in a message that was stored before this was noted."""
    stored = store.message(said.key)
    read = channel.read(stored.id, stored.payload) if stored else None
    return conversation.people(read) if read else ()
