"""Worker slots: which processes are at work. One live process to a slot, so that no two share an executor's name."""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, update

from bot.core.problems import Mendable
from bot.store.schema import workers

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Select

    from bot.store import Database

MOST = 64  # workers on one database; more would only wait for each other


class SlotProblem(Mendable):
    """The process may not work; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A claimed slot. `token` is this process's alone: what it owns in the outbox is owned under it."""

    number: int
    token: str

    @property
    def executor_id(self) -> str:
        """The engine's name for the worker in this slot."""
        return _executor(self.number)


class Workers:
    """The slots of one database.

    PostgreSQL: a row with a heartbeat each; a row is free when its heartbeat is older than `stale_seconds` by the
    database's clock, or when its process ran on this machine and is gone. SQLite: one worker to a file, guarded by a
    lock that the kernel lets go when the process ends, however it ends.
    """

    def __init__(self, database: Database, stale_seconds: float) -> None:
        self._database = database
        self._stale = stale_seconds
        self._lock: IO[bytes] | None = None

    def claim(self) -> Slot:
        """Take the lowest free slot. Raises SlotProblem when there is none."""
        if self._database.file:
            self._lock_file(self._database.file)
        for number in range(1, 2 if self._database.file else MOST + 1):
            slot = Slot(number, uuid.uuid4().hex)
            if self._take(slot):
                return slot
        raise SlotProblem(f"{MOST} workers are at work on this database already: stop one first")

    def beat(self, slot: Slot) -> bool:
        """Say that this process lives. False: the slot was given to another, so this process must stop working."""
        mine = update(workers).where(workers.c.slot == slot.number, workers.c.token == slot.token)
        with self._database.writing() as connection:
            return bool(connection.execute(mine.values(heartbeat=self._database.clock())).rowcount)

    def release(self, slot: Slot) -> None:
        """Give the slot back."""
        with self._database.writing() as connection:
            connection.execute(delete(workers).where(workers.c.token == slot.token))
        self.unlock()

    def unlock(self) -> None:
        """Let the lock on a SQLite file go; nothing on PostgreSQL."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def alive(self, token: str) -> bool:
        """Whether the worker with this token is at work."""
        with self._database.reading() as connection:
            rows = connection.execute(self._rows().where(workers.c.token == token)).all()
        return any(not self._is_free(row) for row in rows)

    def bury_dead(self) -> set[str]:
        """Delete the rows of dead workers, which stops them should they come back; give the living's executor names."""
        with self._database.reading() as connection:
            rows = connection.execute(self._rows()).all()
        dead = [row.token for row in rows if self._is_free(row)]
        if dead:
            with self._database.writing() as connection:
                # A late heartbeat may have come in between: it keeps its row, unless the process itself is gone.
                gone = or_(self._is_stale(), workers.c.token.in_([row.token for row in rows if _is_gone(row)]))
                connection.execute(delete(workers).where(workers.c.token.in_(dead), gone))
        return {row.executor_id for row in rows if row.token not in dead}

    def _take(self, slot: Slot) -> bool:
        values = {
            "executor_id": slot.executor_id, "host": _here(), "pid": os.getpid(), "born": _born(os.getpid()),
            "token": slot.token, "heartbeat": self._database.clock(),
        }  # fmt: skip
        with self._database.writing() as connection:
            row = connection.execute(self._rows().where(workers.c.slot == slot.number)).first()
            if row is None:
                return self._database.insert_new(connection, workers, slot=slot.number, **values)
            if not (self._database.file or self._is_free(row)):
                return False
            as_seen = (workers.c.token == row.token, workers.c.heartbeat == row.heartbeat)
            return bool(connection.execute(update(workers).where(*as_seen).values(**values)).rowcount)

    def _rows(self) -> Select[Any]:
        return select(workers, self._is_stale().label("stale"))

    def _is_stale(self) -> ColumnElement[bool]:
        return workers.c.heartbeat < self._database.clock() - self._stale

    def _is_free(self, row: Row[Any]) -> bool:
        return bool(row.stale) or _is_gone(row)

    def _lock_file(self, file: Path) -> None:
        path = file.with_name(f"{file.name}.lock")
        self._lock = path.open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.unlock()
            raise SlotProblem(
                f"another capebot is at work on {file}: stop it first, or use PostgreSQL for more than one worker"
            ) from error


def _executor(number: int) -> str:
    return f"capebot-{number}"


def _here() -> str:
    """The machine since its last start, and its set of process ids: containers may share a host name."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        return parts[0]  # not Linux: the host name must do
    return "/".join(parts)[:200]


def _born(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty when there is none, or when the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _is_gone(row: Row[Any]) -> bool:
    """Whether the process surely runs no more: only this machine's own can be looked at."""
    if row.host != _here():
        return False
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # it is there, and another user's
    return bool(row.born) and _born(row.pid) != row.born
