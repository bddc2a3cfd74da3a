"""Which thread a message belongs to: by the ids of the mails in it, and by its case's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from bot.store.schema import cases, messages, names, now, storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from bot.store.database import Database

_NAME = 250  # characters kept of a name: ids are shorter, and what is longer is nobody's
_LOOKED_AT = 200  # messages of a thread that are asked who was in it


class Said(NamedTuple):
    """A message of a thread and the addresses that may add to it; None: it is from before they were noted."""

    key: str
    people: tuple[str, ...] | None


class Threads:
    """Every method is one transaction and raises SQLAlchemyError when the database is away."""

    database: Database

    def thread_named(self, channel: str, name: str) -> str:
        """The thread in which a message has this name; empty when there is none."""
        known = select(names.c.thread).where(names.c.channel == channel, names.c.name == _kept(name))
        same = select(messages.c.thread).where(messages.c.channel == channel, messages.c.thread == _kept(name))
        with self.database.reading() as connection:
            return connection.execute(known).scalar() or connection.execute(same.limit(1)).scalar() or ""

    def thread_of_case(self, channel: str, case: str) -> str:
        """The thread of a case; empty when there is no such case in this channel."""
        query = select(cases.c.thread).where(cases.c.channel == channel, cases.c.id == case)
        with self.database.reading() as connection:
            return connection.execute(query).scalar() or ""

    def said(self, channel: str, thread: str, but: str) -> list[Said]:
        """The messages of a thread, the newest first, without the one whose key is `but`."""
        query = (
            select(messages.c.key, messages.c.sender, messages.c.people)
            .where(messages.c.channel == channel, messages.c.thread == storable(thread), messages.c.key != but)
            .order_by(messages.c.received_at.desc())
            .limit(_LOOKED_AT)
        )
        with self.database.reading() as connection:
            return [
                Said(row.key, tuple(row.people.split("\n")) if row.people else () if row.sender else None)
                for row in connection.execute(query)
            ]


def remember(database: Database, connection: Connection, channel: str, thread: str, called: Iterable[str]) -> None:
    """Keep by what names a thread is called. A name that is another thread's already stays that one's."""
    for name in called:
        database.insert_new(
            connection, names, channel=channel, name=_kept(name), thread=storable(thread), first_at=now()
        )


def _kept(name: str) -> str:
    return storable(name)[:_NAME]
