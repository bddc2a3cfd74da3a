"""The trail: each case with what was asked in it, what was said, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, literal, or_, select

from bot.store.schema import Outcome, cases, messages

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row

    from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A message in its case. `ids` is what was found; `purged_at` is when its raw bytes were deleted, if they were."""

    case_id: str
    key: str
    channel: str
    received_at: datetime
    verdict: str
    rule: str
    ids: tuple[str, ...]
    outcome: Outcome
    sender: str = ""
    drafts: tuple[str, ...] = ()
    reason: str = ""
    purged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A thread with its messages, the newest first."""

    id: str
    channel: str
    thread: str
    opened_at: datetime
    last_at: datetime
    lines: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases. `found`: an id of the knowledge that was found in it; `thread`: a case's number or its thread."""

    limit: int = 50
    since: datetime | None = None
    found: str = ""
    thread: str = ""


class Trail:
    """Every method is one transaction and raises SQLAlchemyError when the database is away."""

    database: Database

    def cases(
        self,
        limit: int = 50,
        rule: str | None = None,
        since: datetime | None = None,
        found: str = "",
        thread: str = "",
    ) -> list[CaseLine]:
        """Messages with their cases, the newest first; `rule`: only those that this rule decided."""
        query = select(messages).where(messages.c.case_id.is_not(None)).order_by(messages.c.received_at.desc())
        if rule is not None:
            query = query.where(messages.c.rule == rule)
        if since is not None:
            query = query.where(messages.c.received_at >= since)
        if found:
            query = query.where(_found(found))
        if thread:
            query = query.where(or_(messages.c.case_id == thread, messages.c.thread == thread))
        with self.database.reading() as connection:
            return [_line(row) for row in connection.execute(query.limit(limit))]

    def trail(self, wanted: Wanted) -> list[Case]:
        """The cases, the one with the latest message first."""
        query = select(cases).order_by(cases.c.last_at.desc(), cases.c.id).limit(wanted.limit)
        if wanted.since is not None:
            query = query.where(cases.c.last_at >= wanted.since)
        if wanted.thread:
            query = query.where(or_(cases.c.id == wanted.thread, cases.c.thread == wanted.thread))
        if wanted.found:
            query = query.where(exists().where(messages.c.case_id == cases.c.id, _found(wanted.found)))
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
            of_these = messages.c.case_id.in_([row.id for row in rows])
            lines: dict[str, list[CaseLine]] = {row.id: [] for row in rows}
            for row in connection.execute(select(messages).where(of_these).order_by(messages.c.received_at.desc())):
                lines[row.case_id].append(_line(row))
        return [Case(row.id, row.channel, row.thread, row.opened_at, row.last_at, tuple(lines[row.id])) for row in rows]


def _found(id: str) -> ColumnElement[bool]:  # noqa: A002 - the domain's word
    return (literal(" ") + messages.c.ids + literal(" ")).contains(f" {id} ", autoescape=True)


def _line(row: Row[Any]) -> CaseLine:
    return CaseLine(
        case_id=row.case_id,
        key=row.key,
        channel=row.channel,
        received_at=row.received_at,
        verdict=row.verdict,
        rule=row.rule,
        ids=tuple(row.ids.split()),
        outcome=Outcome(row.outcome),
        sender=row.sender,
        drafts=tuple(row.drafts.split()),
        reason=row.reason,
        purged_at=row.purged_at,
    )
