"""The durable engine behind a port of our own: it has each job run, once at a time, by a worker that lives."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.core.problems import Mendable
from bot.store import Job
from bot.store.database import Database, write_ahead_log
from bot.store.schema import now

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bot.settings import Bot

_log = structlog.get_logger()

QUEUE = "messages"
# Pinned: left alone, dbos derives it from the source, and one changed line strands every queued job.
APPLICATION_VERSION = "capebot-1"
MOST_STARTS = 5  # of one job after crashes; then it counts as dead, and the store decides
KEPT = timedelta(days=1)  # finished jobs: for looking into; the store knows better
# Jobs fetched for each that may run: a poll every 0.2 s would otherwise start only 5 x concurrency messages a second.
PREFETCH = 8
_CHUNK = 500  # ids in one question: databases limit the parameters
_LIVE = ["ENQUEUED", "DELAYED", "PENDING"]


class EngineProblem(Mendable):
    """The engine cannot start; the text says what to do."""


class Engine(Protocol):
    """What the service asks of an engine. A job's argument is a message's key, never the message."""

    def start(self, work: Callable[[Job], None], executor_id: str) -> None:
        """Begin to run jobs under this name, first those that an earlier process of the name left unfinished."""

    def submit(self, job: Job) -> None:
        """Have a job run. Submitting it again changes nothing, whatever became of it."""

    def unfinished(self, jobs: Iterable[Job]) -> set[Job]:
        """Those of the jobs that wait or run."""

    def take_over(self, living: Collection[str]) -> set[Job]:
        """Have the running jobs of all executors but the living run again; give them."""

    def prune(self) -> int:
        """Forget jobs that finished long ago; give their number."""

    def stop(self, drain_seconds: float) -> None:
        """Take no more jobs; wait so long for the running ones. What is left is run after the next start."""


class DbosEngine:
    """dbos. On SQLite its tables stand in a file of their own beside the store's, so that neither waits for the other.

    They can be deleted while the service stands still: the store submits every job anew.
    """

    def __init__(self, database: Database, settings: Bot) -> None:
        self._database = database
        self._settings = settings
        self._fetched = 0
        self._count = Lock()
        self._turns = BoundedSemaphore(settings.concurrency)
        self._job: Any = None

    def start(self, work: Callable[[Job], None], executor_id: str) -> None:
        """See Engine. Raises EngineProblem when the tables cannot be made."""
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer  # noqa: PLC0415 - 0.4 s, for `serve` and `demo` only

        _speak_through_our_log()
        config = DBOSConfig(
            name="capebot",
            system_database_url=self._url(),
            application_version=APPLICATION_VERSION,
            executor_id=executor_id,
            serializer=DBOSPortableJSONSerializer(),  # the default is pickle: code in a database
            log_level="ERROR",
            enable_otlp=False,
        )
        DBOS(config=config)
        self._job = self._workflow(work)
        DBOS.listen_queues([QUEUE])  # before launch, else its recovery dequeues from every queue in the database
        try:
            DBOS.launch()
            DBOS.register_queue(
                QUEUE,
                worker_concurrency=self._settings.concurrency * PREFETCH,
                polling_interval_sec=self._settings.poll_interval,
                on_conflict="always_update",
            )
        except SQLAlchemyError as error:
            DBOS.destroy(destroy_registry=True)
            raise EngineProblem(
                "the job tables cannot be made in the database: on PostgreSQL the bot's user needs CREATE on it; "
                f"on SQLite its folder must be writable ({type(error.__cause__ or error).__name__})"
            ) from error

    def _workflow(self, work: Callable[[Job], None]) -> Any:
        from dbos import DBOS  # noqa: PLC0415

        # No dbos steps within: the rows of the store say how far a message is, and a second account could only differ.
        @DBOS.workflow(name="work", max_recovery_attempts=MOST_STARTS)
        def run(key: str, number: int) -> None:
            with self._count:
                self._fetched += 1
            try:
                with self._turns:
                    work(Job(key, number))
            finally:
                with self._count:
                    self._fetched -= 1

        return run

    def submit(self, job: Job) -> None:
        """See Engine."""
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        with SetWorkflowID(_id(job)):
            DBOS.enqueue_workflow(QUEUE, self._job, job.key, job.run)

    def unfinished(self, jobs: Iterable[Job]) -> set[Job]:
        """See Engine."""
        wanted = {_id(job): job for job in jobs}
        ids = list(wanted)
        found = set()
        for start in range(0, len(ids), _CHUNK):
            for status in _list(workflow_ids=ids[start : start + _CHUNK], status=_LIVE):
                found.add(wanted[status.workflow_id])
        return found

    def take_over(self, living: Collection[str]) -> set[Job]:
        """See Engine. Only jobs of executors that are not living are touched."""
        from dbos import DBOS  # noqa: PLC0415

        left = [status.workflow_id for status in _list(status="PENDING") if status.executor_id not in living]
        if left:
            DBOS.resume_workflows(left, queue_name=QUEUE)
        return {_job_of(id) for id in left}  # noqa: A001 - the domain's word

    def prune(self) -> int:
        """See Engine."""
        from dbos import DBOS  # noqa: PLC0415

        before = (now() - KEPT).isoformat()
        pruned = 0
        while ids := [status.workflow_id for status in _list(completed_before=before, limit=_CHUNK)]:
            DBOS.delete_workflows(ids)
            pruned += len(ids)
        return pruned

    def stop(self, drain_seconds: float) -> None:
        """See Engine."""
        from dbos import DBOS  # noqa: PLC0415

        deadline = time.monotonic() + drain_seconds
        # dbos waits in whole seconds, even for a job that is about to end: give that a moment.
        self._wait_for_jobs(min(0.5, drain_seconds))
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(drain_seconds) if self._fetched else 0)
        self._wait_for_jobs(deadline - time.monotonic())  # one that was fetched as the wait above ended

    def _wait_for_jobs(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._fetched and time.monotonic() < deadline:
            time.sleep(0.02)

    def _url(self) -> str:
        file = self._database.file
        if file is None:
            return self._database.url.render_as_string(hide_password=False)
        beside = file.with_name(f"{file.stem}.dbos{file.suffix}")
        write_ahead_log(beside)  # before launch: twice the throughput
        return self._database.url.set(database=str(beside)).render_as_string(hide_password=False)


def _list(**filters: Any) -> list[Any]:
    from dbos import DBOS  # noqa: PLC0415

    return DBOS.list_workflows(name="work", load_input=False, load_output=False, **filters)


def _id(job: Job) -> str:
    return f"{job.key}.{job.run}"


def _job_of(id: str) -> Job:  # noqa: A002 - the domain's word
    key, _, run = id.rpartition(".")
    return Job(key, int(run))


class _ToOurLog(logging.Handler):
    """dbos's errors as one line each, without tracebacks: those may quote what they worked on."""

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        _log.error("the engine reports", detail=record.getMessage().splitlines()[0][:200], error=cause)


def _speak_through_our_log() -> None:
    logger = logging.getLogger("dbos")
    logger.handlers = [_ToOurLog()]  # dbos prints to the console unless it finds a handler
    logger.propagate = False
