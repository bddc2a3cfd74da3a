"""The outbox: every reply's intent before it is sent and its outcome afterwards, owned by one worker at a time."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from bot.core import case_number
from bot.store.inbox import another_run, current, ended, found, unended, who
from bot.store.outbound import Outbound, from_row, to_json, without_mail
from bot.store.schema import Outcome, Sending, State, cases, messages, now, outbox, storable, workers
from bot.store.threads import remember

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from bot.core.model import Diagnosis, Incoming, Reply
    from bot.store.database import Database
    from bot.store.inbox import Message


class Outbox:
    """Every method is one transaction and raises SQLAlchemyError when the database is away.

    Changes of state are compare-and-set, and a worker may claim only while its slot is its own: one that was taken for
    dead and comes back sends nothing more.
    """

    database: Database

    def prepared(self, message: Message, incoming: Incoming, diagnosis: Diagnosis, reply: Reply) -> Outbound | None:
        """Keep what was found, the case and the reply, all or nothing; give it as it is to be sent.

        None: another run of the message was quicker, and what it kept stays.
        """
        key, thread, moment = message.key, storable(incoming.thread), now()
        with self.database.writing() as connection:
            case = self._case(connection, message.channel, thread or key)
            kept = replace(without_mail(incoming), case=case)
            content = to_json(kept, reply)
            values = {**found(diagnosis), **who(incoming), "case_id": case}
            if not connection.execute(update(messages).where(*unended(key)).values(**values)).rowcount:
                return None
            remember(self.database, connection, message.channel, thread or key, incoming.names)
            new = self.database.insert_new(
                connection, outbox, reference=key, message_key=key, channel=message.channel, content=content,
                state=Sending.NEW, owner="", reason="", tries=0, created_at=moment, updated_at=moment,
            )  # fmt: skip
        return Outbound(key, key, kept, reply, Sending.NEW, "", 0, moment) if new else None

    def outbound(self, key: str) -> Outbound | None:
        """The reply to a message, if one was composed."""
        with self.database.reading() as connection:
            row = connection.execute(select(outbox).where(outbox.c.message_key == key)).first()
        return None if row is None else from_row(row)

    def claim(self, outbound: Outbound, token: str) -> bool:
        """Make the reply this worker's to send. False: another has it, or this worker's slot is no longer its own."""
        mine = exists().where(workers.c.token == token)
        as_seen = (outbox.c.state == outbound.state, outbox.c.owner == outbound.owner)
        claim = update(outbox).where(outbox.c.reference == outbound.reference, *as_seen, mine)
        with self.database.writing() as connection:
            values = {"state": Sending.SENDING, "owner": token, "updated_at": now()}
            return bool(connection.execute(claim.values(**values)).rowcount)

    def sent(self, outbound: Outbound, token: str) -> None:
        """It went out: the message is answered."""
        self._settle(outbound, token, Sending.SENT, ended(State.DONE, Outcome.ANSWERED, ""))

    def unknown(self, outbound: Outbound, token: str, reason: str) -> None:
        """Nobody knows whether it went out: a person looks, and nothing is sent by itself."""
        self._settle(outbound, token, Sending.UNKNOWN, ended(State.HELD, Outcome.UNKNOWN, reason))

    def failed(self, outbound: Outbound, token: str, reason: str) -> None:
        """It surely did not go out, and trying again will not help."""
        self._settle(outbound, token, Sending.FAILED, ended(State.PARKED, Outcome.PARKED, reason))

    def dropped(self, outbound: Outbound, token: str, reason: str) -> None:
        """It did not go out and need not: the message was not for us."""
        self._settle(outbound, token, Sending.FAILED, ended(State.DONE, Outcome.IGNORED, reason))

    def postponed(self, message: Message, outbound: Outbound, token: str, delay_seconds: float, reason: str) -> None:
        """It surely did not go out: another try later."""
        back = {"state": Sending.NEW, "owner": "", "tries": outbox.c.tries + 1, "reason": reason, "updated_at": now()}
        with self.database.writing() as connection:
            if connection.execute(update(outbox).where(*_mine(outbound, token)).values(**back)).rowcount:
                values = {"reason": reason, **another_run(delay_seconds)}
                connection.execute(update(messages).where(*current(message.job)).values(**values))

    def _settle(self, outbound: Outbound, token: str, state: Sending, end: dict[str, object]) -> None:
        values = {"state": state, "owner": "", "reason": end["reason"], "updated_at": now()}
        with self.database.writing() as connection:
            if connection.execute(update(outbox).where(*_mine(outbound, token)).values(**values)).rowcount:
                connection.execute(update(messages).where(*unended(outbound.key)).values(**end))

    def _case(self, connection: Connection, channel: str, thread: str) -> str:
        """The case of a thread, opened if it is new."""
        mine = (cases.c.channel == channel, cases.c.thread == thread)
        moment = now()
        known = connection.execute(select(cases.c.id).where(*mine)).scalar()
        if known is not None:
            connection.execute(update(cases).where(*mine).values(last_at=moment))
            return str(known)
        new = case_number.number("".join(secrets.choice(case_number.ALPHABET) for _ in range(case_number.DRAWN)))
        if self.database.insert_new(
            connection, cases, id=new, channel=channel, thread=thread, opened_at=moment, last_at=moment
        ):
            return new
        return self._case(connection, channel, thread)  # opened meanwhile, or that number was taken


def _mine(outbound: Outbound, token: str) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.reference == outbound.reference, outbox.c.state == Sending.SENDING, outbox.c.owner == token
