"""The ledger: what waits for a person, and what they do with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from bot.store.inbox import another_run
from bot.store.schema import Outcome, Sending, State, messages, now, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that waits for a person, and why."""

    key: str
    channel: str
    received_at: datetime
    outcome: Outcome
    reason: str


class Replay(StrEnum):
    """What became of the wish to work a message again; the values complete the sentence "KEY …"."""

    QUEUED = "is worked again as soon as the service runs"
    WAITING = "is waiting to be worked already"
    ENDED = "has ended already and is left alone"
    OUTCOME_UNKNOWN = (
        "may have been answered: look whether the reply went out; if not, replay it with --resend (if it did, a second "
        "copy goes out)"
    )
    NO_SUCH_MESSAGE = "is not in this database: `capebot quarantine` lists what is"


class Taken(StrEnum):
    """What became of the wish to take a message off the list; the values complete the sentence "KEY …"."""

    DONE = "is noted as taken by a person, and waits no more"
    NOT_WAITING = "does not wait for a person"
    NO_SUCH_MESSAGE = Replay.NO_SUCH_MESSAGE.value


class Ledger:
    """Every method is one transaction and raises SQLAlchemyError when the database is away."""

    database: Database

    def tally(self) -> dict[Outcome, int]:
        """How many messages ended in which way. Every message is counted once."""
        query = select(messages.c.outcome, func.count()).group_by(messages.c.outcome)
        with self.database.reading() as connection:
            counts = {row[0]: row[1] for row in connection.execute(query)}
        return {outcome: counts.get(outcome.value, 0) for outcome in Outcome}

    def quarantined(self) -> list[Quarantined]:
        """Messages that wait for a person, the oldest first."""
        query = select(messages).where(messages.c.state.in_([State.HELD, State.PARKED]))
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(messages.c.received_at)).all()
        return [Quarantined(row.key, row.channel, row.received_at, Outcome(row.outcome), row.reason) for row in rows]

    def replay(self, key: str, *, resend: bool = False) -> Replay:
        """Work a quarantined message again. `resend`: also when its reply may have gone out already."""
        with self.database.writing() as connection:
            row = connection.execute(select(messages).where(messages.c.key == key)).first()
            if row is None:
                return Replay.NO_SUCH_MESSAGE
            if row.state in {State.NEW, State.DONE}:
                return Replay.WAITING if row.state == State.NEW else Replay.ENDED
            if row.outcome == Outcome.UNKNOWN and not resend:
                return Replay.OUTCOME_UNKNOWN
            fresh = {"state": State.NEW, "outcome": Outcome.WAITING, "attempts": 0, "deaths": 0, "ended_at": None}
            as_seen = (messages.c.key == key, messages.c.state == row.state, messages.c.run == row.run)
            if connection.execute(update(messages).where(*as_seen).values(**fresh, **another_run(0))).rowcount:
                _reopen(connection, key)
        return Replay.QUEUED

    def taken(self, key: str) -> Taken:
        """A person dealt with a waiting message by hand: it waits no more."""
        with self.database.writing() as connection:
            waiting = (messages.c.key == key, messages.c.state.in_([State.HELD, State.PARKED]))
            end = {"state": State.DONE, "outcome": Outcome.TAKEN, "ended_at": now()}
            if connection.execute(update(messages).where(*waiting).values(**end)).rowcount:
                return Taken.DONE
            there = connection.execute(select(messages.c.key).where(messages.c.key == key)).first()
        return Taken.NO_SUCH_MESSAGE if there is None else Taken.NOT_WAITING


def _reopen(connection: Connection, key: str) -> None:
    """Make the reply ready to be worked again.

    One that surely did not go out is composed anew, by the mended program. One whose outcome is unknown goes out as it
    was. One still in `sending` stays so: the worker looks first.
    """
    mine = outbox.c.message_key == key
    connection.execute(delete(outbox).where(mine, outbox.c.state.in_([Sending.NEW, Sending.FAILED])))
    again = {"state": Sending.NEW, "owner": "", "reason": "", "tries": 0, "created_at": now(), "updated_at": now()}
    connection.execute(update(outbox).where(mine, outbox.c.state == Sending.UNKNOWN).values(**again))
