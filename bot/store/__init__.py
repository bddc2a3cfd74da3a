"""The store: raw bytes before anything is acknowledged, one end per message, every reply's intent and outcome."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select, update

from bot.channels.marks import Mark
from bot.store.database import Database, DatabaseProblem
from bot.store.inbox import Inbox, Job, Message, Remains, key_for
from bot.store.ledger import Ledger, Quarantined, Replay, Taken
from bot.store.life import Keep, Life, Purged
from bot.store.outbound import Outbound
from bot.store.outbox import Outbox
from bot.store.presses import Presses
from bot.store.schema import Outcome, Sending, State, marks
from bot.store.threads import Said, Threads
from bot.store.trail import Case, CaseLine, Trail, Wanted

__all__ = [
    "Case",
    "CaseLine",
    "Database",
    "DatabaseProblem",
    "Job",
    "Keep",
    "Message",
    "Outbound",
    "Outcome",
    "Purged",
    "Quarantined",
    "Remains",
    "Replay",
    "Said",
    "Sending",
    "State",
    "Store",
    "Taken",
    "Wanted",
    "key_for",
]


class Store(Inbox, Outbox, Presses, Threads, Ledger, Trail, Life):
    """Everything that outlives the process. Also the `Marks` of the mail channel and the trail of Slack's buttons."""

    def __init__(self, url: str) -> None:
        """Open the database at `url` (sqlite:///FILE or postgresql://…) and migrate it. Raises DatabaseProblem."""
        self.database = Database(url)

    def mark(self, account: str, folder: str) -> Mark | None:
        """How far a mail folder was read; None on the first run."""
        query = select(marks).where(marks.c.account == account, marks.c.folder == folder)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Mark(row.uidvalidity, row.next_uid, row.started, row.first_uid)

    def set_mark(self, account: str, folder: str, mark: Mark) -> None:
        """Keep how far a mail folder was read."""
        values = asdict(mark)
        mine = (marks.c.account == account, marks.c.folder == folder)
        with self.database.writing() as connection:
            if not self.database.insert_new(connection, marks, account=account, folder=folder, **values):
                connection.execute(update(marks).where(*mine).values(**values))

    def close(self) -> None:
        """Let all connections go."""
        self.database.close()
