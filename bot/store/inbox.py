"""The inbox: raw bytes before anything is acknowledged, whose turn it is, and how each message ended."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.core import conversation
from bot.store.schema import Outcome, State, cases, messages, now, outbox, payloads, seen, storable
from bot.store.threads import remember

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, ScalarSelect

    from bot.core.model import Diagnosis, Incoming
    from bot.store.database import Database

_log = structlog.get_logger()


class Job(NamedTuple):
    """A message's turn at the engine. A retry or replay is another run, so that no job's id is ever used twice."""

    key: str
    run: int


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. `id` is what its channel called it; `attempts` counts failed tries to read and answer it.

    `answered`: a reply was composed and kept, so there is an `Outbound`.
    """

    key: str
    channel: str
    id: str
    payload: bytes
    state: State
    attempts: int
    run: int
    answered: bool

    @property
    def job(self) -> Job:
        """Its present turn."""
        return Job(self.key, self.run)


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left of a message: who was in it, the sender first, and how many files it had."""

    id: str
    people: tuple[str, ...]
    files: int
    purged_at: datetime


def key_for(channel: str, id: str) -> str:  # noqa: A002 - the domain's word
    """The key of a message: equal for a redelivery. Safe in a log, a URL and a file name."""
    digest = hashlib.sha256(f"{channel}\0{id}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', channel)[:40]}-{digest}"


class Inbox:
    """Every method is one transaction; all but `take` raise SQLAlchemyError when the database is away."""

    database: Database

    def take(self, channel: str, id: str, payload: bytes) -> bool:  # noqa: A002 - the domain's word
        """Store a message. True: it is safe, now or since earlier; False: the database refused, hand it over later."""
        key = key_for(channel, id)
        try:
            with self.database.writing() as connection:
                if self.database.insert_new(connection, seen, key=key, first_at=now()):
                    _insert(connection, key, channel, id, payload)
        except SQLAlchemyError as error:
            cause = type(error.__cause__ or error).__name__
            _log.error("a message cannot be stored, so its channel keeps it: see to the database", id=key, error=cause)
            return False
        return True

    def message(self, key: str) -> Message | None:
        """A message with its raw bytes."""
        answered = exists().where(outbox.c.message_key == key).label("answered")
        query = select(messages, payloads.c.payload, answered).join(payloads, payloads.c.key == messages.c.key)
        with self.database.reading() as connection:
            row = connection.execute(query.where(messages.c.key == key)).first()
        if row is None:
            return None
        return Message(
            key=row.key,
            channel=row.channel,
            id=row.id,
            payload=row.payload,
            state=State(row.state),
            attempts=row.attempts,
            run=row.run,
            answered=bool(row.answered),
        )

    def remains(self, key: str) -> Remains | None:
        """What is left of a message whose raw bytes were deleted; None: they are there, or it is gone altogether."""
        query = select(messages).where(messages.c.key == key, messages.c.purged_at.is_not(None))
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Remains(row.id, tuple(row.people.split("\n")), row.files, row.purged_at)

    def before(self, message: Message, thread: str, most: int) -> list[str]:
        """The keys of the messages that came before this one in its thread, the newest first.

        What has not been worked yet has no thread so far. What was pruned is gone, its raw bytes with it.
        """
        came = select(messages.c.received_at).where(messages.c.key == message.key).scalar_subquery()
        same = (messages.c.channel == message.channel, messages.c.thread == storable(thread))
        earlier = (messages.c.key != message.key, messages.c.received_at <= came)
        query = select(messages.c.key).where(*same, *earlier).order_by(messages.c.received_at.desc()).limit(most)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def payload(self, key: str) -> bytes | None:
        """The raw bytes, as they came."""
        with self.database.reading() as connection:
            return connection.execute(select(payloads.c.payload).where(payloads.c.key == key)).scalar()

    def due(self, limit: int) -> list[Job]:
        """Messages that the engine should get now, the longest waiting first."""
        query = (
            select(messages.c.key, messages.c.run)
            .where(messages.c.state == State.NEW, messages.c.queued_at.is_(None), messages.c.due_at <= now())
            .order_by(messages.c.due_at)
            .limit(limit)
        )
        with self.database.reading() as connection:
            return [Job(row.key, row.run) for row in connection.execute(query)]

    def mark_queued(self, jobs: Iterable[Job]) -> None:
        """Note that the engine has these jobs."""
        with self.database.writing() as connection:
            for job in jobs:
                connection.execute(update(messages).where(*current(job)).values(queued_at=now()))

    def in_queue(self, older_than_seconds: float = 0.0) -> list[Job]:
        """Unended messages whose job the engine got at least so long ago."""
        before = now() - timedelta(seconds=older_than_seconds)
        query = select(messages.c.key, messages.c.run).where(
            messages.c.state == State.NEW, messages.c.queued_at <= before
        )
        with self.database.reading() as connection:
            return [Job(row.key, row.run) for row in connection.execute(query)]

    def unended(self, *, queued: bool = False) -> int:
        """How many messages have not ended yet; `queued`: only those that the engine has."""
        query = select(func.count()).select_from(messages).where(messages.c.state == State.NEW)
        if queued:
            query = query.where(messages.c.queued_at.is_not(None))
        with self.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def died(self, job: Job, most: int) -> bool:
        """Its job is gone and left it unended: give it another, or park it at the `most`th time; True when parked."""
        with self.database.writing() as connection:
            again = update(messages).where(*current(job), messages.c.deaths < most - 1)
            if connection.execute(again.values(deaths=messages.c.deaths + 1, **another_run(0))).rowcount:
                return False
            reason = (
                f"the worker stopped {most} times while it worked on this (out of memory?): look into its log of that "
                "time, then replay"
            )
            parked = update(messages).where(*current(job)).values(**ended(State.PARKED, Outcome.PARKED, reason))
            return bool(connection.execute(parked).rowcount)

    def later(self, job: Job, delay_seconds: float, reason: str, *, failed: bool) -> None:
        """Another run after a pause. `failed`: it counts as a failed try to read and answer the message."""
        values = {"attempts": messages.c.attempts + int(failed), "reason": reason, **another_run(delay_seconds)}
        with self.database.writing() as connection:
            connection.execute(update(messages).where(*current(job)).values(**values))

    def end(self, key: str, state: State, outcome: Outcome, reason: str, incoming: Incoming | None = None) -> None:
        """End a message that gets no reply; `incoming` is what was read of it. One that has ended is left alone."""
        self._end(key, incoming, ended(state, outcome, reason))

    def silent(self, key: str, incoming: Incoming, diagnosis: Diagnosis) -> None:
        """End a message that a rule keeps silent about."""
        self._end(key, incoming, {**found(diagnosis), **ended(State.DONE, Outcome.SILENT, "")})

    def _end(self, key: str, incoming: Incoming | None, values: dict[str, object]) -> None:
        with self.database.writing() as connection:
            if incoming is not None:
                values = {**values, **who(incoming), "case_id": _case_of(incoming)}
            gone = connection.execute(update(messages).where(*unended(key)).values(**values)).rowcount
            if gone and incoming is not None and not incoming.refused:
                channel = connection.execute(select(messages.c.channel).where(messages.c.key == key)).scalar_one()
                remember(self.database, connection, channel, incoming.thread, incoming.names)


def unended(key: str) -> Sequence[ColumnElement[bool]]:
    """The condition for a message that has not ended."""
    return messages.c.key == key, messages.c.state == State.NEW


def current(job: Job) -> Sequence[ColumnElement[bool]]:
    """The condition for a message that has not ended and whose present turn this is."""
    return (*unended(job.key), messages.c.run == job.run)


def another_run(delay_seconds: float) -> dict[str, object]:
    """What changes when a message gets another turn."""
    return {"run": messages.c.run + 1, "queued_at": None, "due_at": now() + timedelta(seconds=delay_seconds)}


def ended(state: State, outcome: Outcome, reason: str) -> dict[str, object]:
    """What changes when a message ends."""
    return {"state": state, "outcome": outcome, "reason": storable(reason), "ended_at": now()}


def who(incoming: Incoming) -> dict[str, object]:
    """Whose message it is, who may add to it, and in which thread."""
    return {
        "sender": storable(incoming.sender),
        "people": storable("\n".join(conversation.people(incoming))),
        "files": len(incoming.attachments),
        "thread": storable(incoming.thread),
    }


def _case_of(incoming: Incoming) -> ScalarSelect[str]:
    """The case of the thread, if it has one already."""
    same = (cases.c.channel == messages.c.channel, cases.c.thread == storable(incoming.thread))
    return select(cases.c.id).where(*same).correlate(messages).scalar_subquery()


def found(diagnosis: Diagnosis) -> dict[str, object]:
    """What the lists and the log show of a diagnosis: words of our own, nothing of the sender's."""
    ids = " ".join(finding.id for finding in diagnosis.findings)
    drafts = " ".join(draft.id for draft in diagnosis.drafts)
    return {"verdict": diagnosis.verdict.value, "rule": diagnosis.rule, "ids": ids, "drafts": drafts}


def _insert(connection: Connection, key: str, channel: str, id: str, payload: bytes) -> None:  # noqa: A002 - as above
    moment: datetime = now()
    connection.execute(
        insert(messages).values(
            key=key, channel=channel, id=storable(id), received_at=moment, state=State.NEW, outcome=Outcome.WAITING,
            reason="", attempts=0, deaths=0, run=1, due_at=moment, verdict="", rule="", ids="", thread="",
        )
    )  # fmt: skip
    connection.execute(insert(payloads).values(key=key, payload=payload))
