"""The database: one SQLite file (write-ahead log) or PostgreSQL by URL; opened, migrated, and written in turn."""

from __future__ import annotations

import importlib
import sqlite3
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, create_engine, event, inspect, literal_column, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, ColumnElement, Connection, Engine, Table

HEAD = "0002"  # the newest migration; a database that has it is not looked at again
BUSY_MS = 30_000  # another process (a replay from the command line) may hold SQLite's one write lock for a moment
POOL = 20  # connections, beside as many again at a peak: 64 jobs hold one only while they read or write
_MIGRATION_LOCK = 0x6361706562  # any number of our own: two workers that start together migrate one after the other


class DatabaseProblem(Mendable):
    """The database cannot be used; the text says what to do."""


def parse_url(url: str) -> URL:
    """Take the setting; give a URL with the driver that is installed. Raises DatabaseProblem."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise DatabaseProblem(
            "bot.database_url is not a database URL: write sqlite:///capebot.db or postgresql://user@host/name"
        ) from error
    kind = parsed.drivername.partition("+")[0]
    if kind in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseProblem(f"bot.database_url: {kind} is not supported; use sqlite:///FILE or postgresql://…")
    if parsed.database in {None, "", ":memory:"}:
        raise DatabaseProblem("bot.database_url: a database in memory forgets mail on a crash; name a file")
    return parsed


class Database:
    """An open, migrated database. Raises DatabaseProblem when it cannot be opened or belongs to a newer program."""

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.file = Path(self.url.database or "") if self.url.drivername.startswith("sqlite") else None
        # Hidden parameters: an error's text would otherwise carry mail into a log.
        options: dict[str, Any] = {"hide_parameters": True, "pool_size": POOL, "max_overflow": POOL}
        if self.file:
            options["connect_args"] = {"timeout": BUSY_MS / 1000}
        else:
            options["pool_pre_ping"] = True  # a restarted server costs one failed ping, not one failed message
        self.engine: Engine = create_engine(self.url, **options)
        # SQLite has one writer; waiting for it here is fair and quick, its own waiting is polling.
        self._turn: Lock | nullcontext[None] = Lock() if self.file else nullcontext()
        self._insert: Any = sqlite.insert if self.file else postgresql.insert
        self._open()

    def _open(self) -> None:
        try:
            if self.file:
                write_ahead_log(self.file)
                event.listen(self.engine, "connect", _set_up_sqlite)
            self._migrate()
        except (SQLAlchemyError, sqlite3.Error) as error:
            self.engine.dispose()
            what = str(error.__cause__ or error).strip().splitlines()[0]
            where = str(self.file or self.url.set(password=None, query={}))
            todo = "make its folder writable, with room" if self.file else "start the server; check URL and rights"
            raise DatabaseProblem(f"the database {where} cannot be opened ({what}): {todo}") from error

    def _migrate(self) -> None:
        with self.writing() as connection:
            if self._version(connection) == HEAD:
                return
            if self.file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # else the tables would come one by one
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _MIGRATION_LOCK})
            _upgrade(connection)

    def _version(self, connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end and is rolled back by any exception."""
        with self._turn, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to look with."""
        with self.engine.connect() as connection:
            yield connection

    def insert_new(self, connection: Connection, table: Table, **values: Any) -> bool:
        """Insert a row unless one like it is there; say whether it is new."""
        key = table.primary_key.columns.values()[0]  # returned if inserted; psycopg gives no row count here
        statement = self._insert(table).values(**values).on_conflict_do_nothing().returning(key)
        return connection.execute(statement).first() is not None

    def clock(self) -> ColumnElement[float]:
        """Seconds since 1970 by the database's own clock, as an expression."""
        expression = (
            "((julianday('now') - 2440587.5) * 86400.0)" if self.file else "extract(epoch from clock_timestamp())"
        )
        return literal_column(expression, Float)

    def close(self) -> None:
        """Let all connections go."""
        self.engine.dispose()


def write_ahead_log(file: Path) -> None:
    """Set SQLite's write-ahead log on the file, made if it is missing: the mode stays with the file."""
    deadline = time.monotonic() + BUSY_MS / 1000
    connection = sqlite3.connect(file, timeout=BUSY_MS / 1000)
    try:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                # Two processes that change the mode at once are not made to wait for each other, as others are.
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
    finally:
        connection.close()


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # A transaction that reads first and then writes cannot wait for the lock (SQLITE_BUSY at once): take it at the
    # first write. FULL: what was acknowledged to a mail server survives a power cut.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a fifth of a second, wanted only when there is something to migrate
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    migrations = importlib.import_module("bot.store.migrations")
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseProblem(
            "the database was made by a newer capebot than this one: install that version again"
        ) from error
