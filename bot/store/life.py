"""How long things are kept, and what is deleted afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, exists, select, update

from bot.store.schema import State, cases, messages, names, outbox, payloads, seen

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Keep:
    """How long after a message ended its parts are kept.

    `raw`: its bytes as they came, `replies`: what was answered, `cases`: the line that tells of it, `marks`: that it
    was here, by which one that comes again is known. `held`: the bytes of one that waits for a person and nobody came.
    """

    raw: timedelta = timedelta(days=90)
    replies: timedelta = timedelta(days=90)
    cases: timedelta = timedelta(days=730)
    held: timedelta = timedelta(days=365)
    marks: timedelta = timedelta(days=730)


class Purged(NamedTuple):
    """How many were deleted of each."""

    raw: int
    replies: int
    messages: int
    cases: int
    given_up: int  # waited for a person for too long


class Life:
    """Every method is one transaction and raises SQLAlchemyError when the database is away."""

    database: Database

    def purge(self, keep: Keep, moment: datetime) -> Purged:
        """Delete what has been kept long enough. What is being worked is never touched."""
        with self.database.writing() as connection:
            given_up = _give_up(connection, moment - keep.held)
            raw = _purge_raw(connection, moment - keep.raw, moment)
            old = select(messages.c.key).where(*_ended(moment - keep.replies))
            replies = connection.execute(delete(outbox).where(outbox.c.message_key.in_(old))).rowcount
            gone = connection.execute(delete(messages).where(*_ended(moment - keep.cases))).rowcount
            empty = _purge_cases(connection, moment - keep.cases)
            known = exists().where(messages.c.key == seen.c.key)
            connection.execute(delete(seen).where(seen.c.first_at < moment - keep.marks, ~known))
        return Purged(raw, replies, gone, empty, given_up)


def _ended(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return messages.c.state == State.DONE, messages.c.ended_at < before


def _give_up(connection: Connection, before: datetime) -> int:
    """What waited for a person so long ends as it stands; its outcome still says how."""
    waiting = messages.c.state.in_([State.HELD, State.PARKED])
    reason = messages.c.reason + " (nobody came for it)"
    given_up = update(messages).where(waiting, messages.c.ended_at < before).values(state=State.DONE, reason=reason)
    return int(connection.execute(given_up).rowcount)


def _purge_raw(connection: Connection, before: datetime, moment: datetime) -> int:
    old = update(messages).where(*_ended(before), messages.c.purged_at.is_(None))
    count = int(connection.execute(old.values(purged_at=moment)).rowcount)
    purged = select(messages.c.key).where(messages.c.purged_at.is_not(None))
    if count:
        connection.execute(delete(payloads).where(payloads.c.key.in_(purged)))
    return count


def _purge_cases(connection: Connection, before: datetime) -> int:
    """Cases of which nothing is left, and the names of their threads."""
    used = exists().where(messages.c.case_id == cases.c.id)
    count = int(connection.execute(delete(cases).where(cases.c.last_at < before, ~used)).rowcount)
    same = and_(messages.c.channel == names.c.channel, messages.c.thread == names.c.thread)
    connection.execute(delete(names).where(names.c.first_at < before, ~exists().where(same)))
    return count
