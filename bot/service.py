"""The service: channels hand messages over, the store keeps them, the engine has them worked, until told to stop."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.core.problems import Mendable
from bot.store import Keep
from bot.store.schema import now
from bot.work import Patience, Turn, Work, where
from bot.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.channels import Channel
    from bot.engine import Engine
    from bot.settings import Bot
    from bot.store import Job, Store
    from bot.work import Think
    from bot.workers import Slot

_log = structlog.get_logger()

IN_ENGINE = 32  # jobs per concurrent one that the engine holds at most: the rest wait in the store, where it is cheap
MOST_DEATHS = 3  # of a message's jobs; each stands for several starts, see engine.MOST_STARTS


class SlotLost(Mendable):
    """Another worker was given this one's slot."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the service looks around, in seconds."""

    sweep: float = 1.0  # for retries that are due and replays from the command line; new messages wake it at once
    rounds: float = 10.0  # dead workers
    check: float = 60.0  # jobs that the engine lost
    prune: float = 3600.0
    listener_pause: float = 1.0  # doubled up to a minute while a listener keeps failing
    drain: float = 30.0  # for running jobs at the end: as long as a mail server's time-out


class Service:
    """Runs once. The channels' libraries, the engine and the thinking are handed in."""

    def __init__(
        self,
        channels: Sequence[Channel],
        store: Store,
        engine: Engine,
        think: Think,
        settings: Bot,
        *,
        patience: Patience | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._channels = channels
        self._store = store
        self._engine = engine
        self._settings = settings
        self._rhythm = rhythm or Rhythm()
        self._keep = Keep(
            raw=timedelta(days=settings.keep_raw_days),
            replies=timedelta(days=settings.keep_replies_days),
            cases=timedelta(days=settings.keep_cases_days),
            held=timedelta(days=settings.keep_held_days),
            marks=timedelta(days=settings.keep_marks_days),
        )
        self._workers = Workers(store.database, settings.worker_stale_seconds)
        by_name = {channel.name: channel for channel in channels}
        self._work = Work(by_name, store, think, patience or Patience(), self._workers.alive)
        self._busy: set[str] = set()
        self._busy_lock = Lock()
        self._wake = Event()
        self._lost = Event()
        self._last: dict[str, float] = {}

    def run(self, stop: Event) -> None:
        """Work until `stop` is set, or until every channel has returned and no message is left unended.

        Raises SlotProblem when this process may not work on the database, SlotLost when it may not any longer, and
        EngineProblem; all say what to do.
        """
        if not self._channels:
            raise Mendable("no channel is set up: add [[mail]], [[slack]] or [[folder]] to the settings")
        slot = self._workers.claim()
        self._work.token = slot.token
        finished = Event()
        threads: list[Thread] = []
        try:
            self._engine.start(self.work, slot.executor_id)
            threads = self._start_threads(slot, stop, finished)
            self._look_around(stop, threads[1:])
        finally:
            self._finish(slot, stop, finished, threads)
        if self._lost.is_set():
            raise SlotLost(
                f"worker {slot.number} gave no sign of life for {self._settings.worker_stale_seconds:g} s and was "
                "replaced: it stops; start it again, and see whether the machine or the database was stuck"
            )

    def _start_threads(self, slot: Slot, stop: Event, finished: Event) -> list[Thread]:
        """The heartbeat first, then one listener a channel."""
        threads = [Thread(target=self._beat, args=(slot, stop, finished), name="heartbeat", daemon=True)]
        threads += [
            Thread(target=self._listen, args=(channel, stop), name=f"listener-{channel.name}", daemon=True)
            for channel in self._channels
        ]
        for thread in threads:
            thread.start()
        _log.info("worker started", worker=slot.number, channels=[channel.name for channel in self._channels])
        return threads

    def _finish(self, slot: Slot, stop: Event, finished: Event, threads: list[Thread]) -> None:
        """Listeners first, so that nothing new comes in; then the running jobs; the slot last."""
        stop.set()
        for thread in threads[1:]:
            thread.join(timeout=self._rhythm.drain)
        self._engine.stop(self._rhythm.drain)
        finished.set()
        for thread in threads[:1]:
            thread.join(timeout=self._rhythm.drain)
        try:
            self._workers.release(slot)
        except SQLAlchemyError as error:
            _log.warning("the worker's slot could not be given back; it is free soon", error=where(error))
            self._workers.unlock()
        _log.info("worker stopped", worker=slot.number)

    def work(self, job: Job) -> None:
        """Do a job, for the engine. Whatever goes wrong with a message ends with that message."""
        with self._busy_lock:
            if job.key in self._busy:
                return  # the engine was told to run it twice; the store gives it another turn if it needs one
            self._busy.add(job.key)
        try:
            turn = Turn(job)
            error = _outcome(partial(self._work.advance, turn))
            if error:
                self._work.failed(turn, error)
        finally:
            with self._busy_lock:
                self._busy.discard(job.key)

    def _take(self, channel: str, id: str, payload: bytes) -> bool:  # noqa: A002 - the domain's word
        safe = self._store.take(channel, id, payload)
        if safe:
            self._wake.set()
        return safe

    def _listen(self, channel: Channel, stop: Event) -> None:
        """Listen; a listener that fails is a fault of the program, and is started again."""
        pause = self._rhythm.listener_pause
        while not stop.is_set():
            began = time.monotonic()
            error = _outcome(partial(channel.listen, partial(self._take, channel.name), stop))
            if error is None:
                break
            if time.monotonic() - began > 60:  # noqa: PLR2004 - it ran well for a minute: a new trouble
                pause = self._rhythm.listener_pause
            _log.error(
                "a listener failed and is started again", channel=channel.name, error=where(error), seconds=pause
            )
            stop.wait(pause)
            pause = min(pause * 2, 60.0)
        self._wake.set()

    def _beat(self, slot: Slot, stop: Event, finished: Event) -> None:
        """Give a sign of life until the last job is done. While the database is away nobody can take the slot."""
        away = False
        while not finished.wait(min(self._settings.worker_stale_seconds / 5, 5.0)):
            try:
                if not self._workers.beat(slot):
                    self._lost.set()
                    stop.set()
                    return
                away = False
            except SQLAlchemyError as error:
                if not away:
                    _log.error(
                        "the database is away; nothing is lost, work goes on when it is back", error=where(error)
                    )
                away = True

    def _look_around(self, stop: Event, listeners: list[Thread]) -> None:
        """Give the engine what is due, take over from the dead, and see whether all is done."""
        while not stop.is_set():
            waiting = False
            try:
                waiting = self._sweep()
                if not any(thread.is_alive() for thread in listeners) and not self._store.unended():
                    return
            except SQLAlchemyError as error:
                _log.error("the database cannot be asked, later again", error=where(error))
            ending = not any(thread.is_alive() for thread in listeners)
            self._wake.wait(self._settings.poll_interval if waiting or ending else self._rhythm.sweep)
            self._wake.clear()

    def _sweep(self) -> bool:
        """One look around; True when more is due than the engine was given."""
        if self._is_time("rounds", self._rhythm.rounds):
            self._take_over()
        if self._is_time("check", self._rhythm.check):
            self._revive()
        if self._is_time("prune", self._rhythm.prune):
            self._engine.prune()
            self._purge()
        room = self._settings.concurrency * IN_ENGINE - self._store.unended(queued=True)
        due = self._store.due(max(room, 0) + 1)
        given = due[: max(room, 0)]
        for job in given:
            self._engine.submit(job)
        if given:
            self._store.mark_queued(given)
        return len(due) > len(given)

    def _purge(self) -> None:
        purged = self._store.purge(self._keep, now())
        if purged.given_up:
            _log.warning("messages that waited for a person too long are given up", messages=purged.given_up)
        if any(purged):
            _log.info("purged", **purged._asdict())

    def _take_over(self) -> None:
        taken = self._engine.take_over(self._workers.bury_dead())
        if taken:
            _log.warning("jobs of a worker that died are taken over", jobs=len(taken))

    def _revive(self) -> None:
        """Messages whose job ended, or vanished, without ending them. At the first look all, later the older ones."""
        jobs = self._store.in_queue(older_than_seconds=self._rhythm.check if "revived" in self._last else 0.0)
        self._last["revived"] = time.monotonic()
        for job in set(jobs) - self._engine.unfinished(jobs):
            if self._store.died(job, MOST_DEATHS):
                _log.error("a message is parked: the worker keeps dying of it", id=job.key)
                self._work.died(job)
            else:
                _log.warning("a message's job was gone; it gets another", id=job.key)

    def _is_time(self, what: str, every_seconds: float) -> bool:
        if time.monotonic() - self._last.get(what, float("-inf")) < every_seconds:
            return False
        self._last[what] = time.monotonic()
        return True


def _outcome(work: Callable[[], None]) -> Exception | None:
    """Run foreign work and give what it raised. The one broad `except`: a message that raises is parked by `Work`."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - anything may be wrong with one message, and the others must not suffer
        return error
    return None
