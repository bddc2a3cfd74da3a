"""What was pressed under an answer, and the questions that people were asked. Purged with the answer they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.channels.trail import DEEDS, Answer, Ask, Press
from bot.store.outbound import from_row
from bot.store.schema import asks, messages, now, outbox, presses

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from bot.store.database import Database

_LATER = 5  # answers of a thread that are looked through for a newer draft: each may carry its files


class Presses:
    """Every method is one transaction and raises SQLAlchemyError when the database is away."""

    database: Database

    def answer(self, channel: str, reference: str) -> Answer | None:
        """An answer of this channel; None: there is none, or it was purged."""
        query = select(outbox).where(outbox.c.reference == reference, outbox.c.channel == channel)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _answer(row)

    def newer(self, answer: Answer) -> tuple[Answer, ...]:
        """Diagnoses of the same thread that were answered after this one, the newest first; a few at the most."""
        mine = (
            select(messages.c.channel, messages.c.thread, outbox.c.created_at)
            .join(outbox, outbox.c.message_key == messages.c.key)
            .where(outbox.c.reference == answer.reference)
            .subquery()
        )
        query = (
            select(outbox)
            .join(messages, messages.c.key == outbox.c.message_key)
            .join(mine, (messages.c.channel == mine.c.channel) & (messages.c.thread == mine.c.thread))
            .where(outbox.c.created_at > mine.c.created_at, messages.c.rule.not_in(DEEDS), messages.c.thread != "")
            .order_by(outbox.c.created_at.desc())
            .limit(_LATER)
        )
        with self.database.reading() as connection:
            return tuple(_answer(row) for row in connection.execute(query))

    def press(self, reference: str, press: Press) -> Press:
        """Note what was pressed; give what counts: the first one, whoever it was."""
        with self.database.writing() as connection:
            return self._stood(connection, reference, press, "") or press

    def vote(self, reference: str, press: Press) -> Press | None:
        """Note what this person thinks of it, in place of what they thought before; give that."""
        mine = (presses.c.reference == reference, presses.c.what == press.what, presses.c.slot == press.who)
        with self.database.writing() as connection:
            before = self._stood(connection, reference, press, press.who)
            if before:
                values = {"value": press.value, "event": press.event, "at": now()}
                connection.execute(update(presses).where(*mine).values(**values))
        return before

    def _stood(self, connection: Connection, reference: str, press: Press, slot: str) -> Press | None:
        """Note a press where none stands; give the one that does."""
        key = {"reference": reference, "what": press.what, "slot": slot}
        values = {"who": press.who, "value": press.value, "event": press.event, "at": now()}
        if self.database.insert_new(connection, presses, **key, **values):
            return None
        mine = (presses.c.reference == reference, presses.c.what == press.what, presses.c.slot == slot)
        return _press(connection.execute(select(presses).where(*mine)).one())

    def presses(self, reference: str) -> tuple[Press, ...]:
        """All that was pressed under an answer, in order."""
        query = select(presses).where(presses.c.reference == reference).order_by(presses.c.at, presses.c.what)
        with self.database.reading() as connection:
            return tuple(map(_press, connection.execute(query)))

    def ask(self, reference: str, event: str, who: str) -> Ask:
        """Note that people are asked; give that, or the question of the same thread that is still open."""
        thread = (
            select(messages.c.thread)
            .join(outbox, outbox.c.message_key == messages.c.key)
            .where(outbox.c.reference == reference)
        )
        with self.database.writing() as connection:
            named = str(connection.execute(thread).scalar_one())
            unresolved = select(asks).where(asks.c.thread == named, asks.c.resolved_by == "")
            if named and (row := connection.execute(unresolved).first()):
                return _ask(row)
            self.database.insert_new(
                connection, asks, reference=reference, thread=named, event=event, asked_by=who, asked_at=now(),
                taken_by="", resolved_by="",
            )  # fmt: skip
            return _ask(connection.execute(select(asks).where(asks.c.reference == reference)).one())

    def asked(self, reference: str) -> Ask | None:
        """The question that was asked about an answer."""
        with self.database.reading() as connection:
            row = connection.execute(select(asks).where(asks.c.reference == reference)).first()
        return None if row is None else _ask(row)

    def take_up(self, reference: str, who: str) -> Ask | None:
        """Make the question this person's, if nobody has it yet; give how it stands now."""
        return self._stand(reference, asks.c.taken_by == "", {"taken_by": who, "taken_at": now()})

    def resolve(self, reference: str, who: str) -> Ask | None:
        """Close the question, if it is open; give how it stands now. Nobody having taken it, this person has."""
        self.take_up(reference, who)
        return self._stand(reference, asks.c.resolved_by == "", {"resolved_by": who, "resolved_at": now()})

    def _stand(self, reference: str, free: ColumnElement[bool], values: dict[str, object]) -> Ask | None:
        with self.database.writing() as connection:
            open_one = (asks.c.reference == reference, asks.c.resolved_by == "", free)
            connection.execute(update(asks).where(*open_one).values(**values))
            row = connection.execute(select(asks).where(asks.c.reference == reference)).first()
        return None if row is None else _ask(row)


def _answer(row: Row[Any]) -> Answer:
    outbound = from_row(row)
    return Answer(outbound.reference, outbound.incoming, outbound.reply)


def _press(row: Row[Any]) -> Press:
    return Press(row.what, row.who, row.value, row.event)


def _ask(row: Row[Any]) -> Ask:
    return Ask(row.reference, row.event, row.asked_by, row.taken_by, row.resolved_by)
