"""The tables, as SQLAlchemy knows them, and the words that stand in their state columns. Times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def storable(text: str) -> str:
    """Text that every database takes: NUL and lone surrogates, which a hostile mail may carry, are replaced."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


class State(StrEnum):
    """Where a message stands. Only `new` is worked on; the other three are ends until a person replays one."""

    NEW = "new"
    DONE = "done"
    HELD = "held"
    PARKED = "parked"


class Outcome(StrEnum):
    """How a message ended: exactly one each, so that their counts add up to the number of messages."""

    WAITING = "waiting"  # not ended yet
    ANSWERED = "answered"
    SILENT = "silent"  # a rule decided to say nothing; its name is in `rule`
    TAKEN = "taken"  # it waited for a person, and one dealt with it by hand
    IGNORED = "ignored"  # the channel says that it is not for us; why is in `reason`
    HELD = "held"  # the sender may not be answered
    UNKNOWN = "unknown"  # nobody knows whether the reply went out: a person looks
    PARKED = "parked"  # it could not be worked
    ACTED = "acted"  # a button that was carried out, with nothing to answer


class Sending(StrEnum):
    """Where a reply stands. `sending` outlives a crash: whoever finds it must look before sending again."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Utc(TypeDecorator[datetime]):
    """A moment with its time zone, always UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the database UTC; a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the program UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

messages = Table(
    "messages",
    metadata,
    Column("key", String(120), primary_key=True),  # channel name and a hash of the channel's id: safe to log
    Column("channel", String(100), nullable=False),
    Column("id", Text, nullable=False),  # the identity that the channel gave
    Column("received_at", Utc, nullable=False),
    Column("state", String(10), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),  # failed tries to read and answer it
    Column("deaths", Integer, nullable=False),  # jobs that ended without ending it: the process died
    Column("run", Integer, nullable=False),  # number of its present job
    Column("due_at", Utc, nullable=False),
    Column("queued_at", Utc),  # when its present job went to the engine; NULL: not yet
    Column("ended_at", Utc),
    Column("verdict", String(20), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("ids", Text, nullable=False),  # what was found, ids with a space between
    Column("thread", Text, nullable=False),
    Column("case_id", String(10), ForeignKey("cases.id")),
    Column("sender", Text, nullable=False, server_default=""),
    Column("people", Text, nullable=False, server_default=""),  # addresses that may add to it, a line each
    Column("drafts", Text, nullable=False, server_default=""),  # ids of the drafts in the reply, a space between
    Column("files", Integer, nullable=False, server_default="0"),  # that came along and may hold rows
    Column("purged_at", Utc),  # since then its raw bytes are deleted
    Index("messages_thread", "channel", "thread"),
    Index("messages_case", "case_id"),
    Index("messages_to_work", "state", "queued_at", "due_at"),
    Index("messages_received", "received_at"),
)

# Apart from `messages`: SQLite writes a whole row anew on each change, and a mail may have 25 MB.
payloads = Table(
    "payloads",
    metadata,
    Column("key", String(120), ForeignKey("messages.key", ondelete="CASCADE"), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("reference", String(120), primary_key=True),
    Column("message_key", String(120), ForeignKey("messages.key", ondelete="CASCADE"), nullable=False, unique=True),
    Column("channel", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),  # JSON: the Incoming without its text and files, and the Reply
    Column("state", String(10), nullable=False),
    Column("owner", String(40), nullable=False),  # token of the worker that is sending it
    Column("reason", Text, nullable=False),
    Column("tries", Integer, nullable=False),  # sendings that surely did not go out
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("channel", String(100), nullable=False),
    Column("thread", Text, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    UniqueConstraint("channel", "thread", name="cases_one_per_thread"),
)

# By what a later message may call a thread: the ids of the mails in it, the bot's own among them.
names = Table(
    "names",
    metadata,
    Column("channel", String(100), primary_key=True),
    Column("name", String(250), primary_key=True),
    Column("thread", Text, nullable=False),
    Column("first_at", Utc, nullable=False),
    Index("names_first", "first_at"),
)

marks = Table(
    "marks",
    metadata,
    Column("account", String(200), primary_key=True),
    Column("folder", String(500), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
    Column("started", Utc, nullable=False),
    Column("first_uid", BigInteger, nullable=False),  # from here on nothing is too old
)

workers = Table(
    "workers",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("executor_id", String(40), nullable=False),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", String(40), nullable=False),  # start of the process: a pid is given out again
    Column("token", String(40), nullable=False, unique=True),
    Column("heartbeat", Float, nullable=False),  # seconds since 1970 by the database's clock: hosts may disagree
)

# Kept longer than `messages`: a redelivery of a message that was pruned is still known.
seen = Table(
    "seen",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("first_at", Utc, nullable=False),
    Index("seen_first", "first_at"),
)

# Buttons under an answer. `slot` is the presser where everybody has a press of their own, else empty: the first counts.
presses = Table(
    "presses",
    metadata,
    Column("reference", String(120), ForeignKey("outbox.reference", ondelete="CASCADE"), primary_key=True),
    Column("what", String(20), primary_key=True),
    Column("slot", String(40), primary_key=True),
    Column("who", String(40), nullable=False),
    Column("value", String(20), nullable=False),
    Column("event", Text, nullable=False),  # the identity of the event that pressed it
    Column("at", Utc, nullable=False),
)

# Questions about an answer that the people of a channel were asked.
asks = Table(
    "asks",
    metadata,
    Column("reference", String(120), ForeignKey("outbox.reference", ondelete="CASCADE"), primary_key=True),
    Column("thread", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("asked_by", String(40), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("taken_by", String(40), nullable=False),
    Column("taken_at", Utc),
    Column("resolved_by", String(40), nullable=False),
    Column("resolved_at", Utc),
)
