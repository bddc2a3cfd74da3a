"""The whole service: listeners, store, engine and work together."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs
from worker_parts import MemoryChannel, think, wait_until

from bot.channels import End
from bot.core.problems import Mendable
from bot.engine import DbosEngine
from bot.service import Rhythm, Service, SlotLost
from bot.settings import Bot
from bot.store import Job, Outcome, Store, key_for
from bot.store.schema import messages, now, workers
from bot.work import Patience
from bot.workers import SlotProblem

DRIVER = Path(__file__).parent.parent / "soak" / "worker.py"
SETTINGS = Bot(concurrency=4, poll_interval=0.05, worker_stale_seconds=2)
MAIL = {
    "1": "hello", "2": "hush", "3": "not for us", "4": "a stranger", "5": "poison", "6": "hello again", "7": "",
}  # fmt: skip
ENDS = {
    Outcome.ANSWERED: 3, Outcome.SILENT: 1, Outcome.IGNORED: 1, Outcome.HELD: 1, Outcome.PARKED: 1,
    Outcome.UNKNOWN: 0, Outcome.TAKEN: 0, Outcome.WAITING: 0, Outcome.ACTED: 0,
}  # fmt: skip


class ThreadEngine:
    """The port once more, without durability: for what is about the service alone. `lose` jobs vanish."""

    def __init__(self, lose=()):
        self.lose = set(lose)
        self.jobs = {}
        self.work = None

    def start(self, work, executor_id):
        self.work = work

    def submit(self, job):
        if job not in self.jobs:
            self.jobs[job] = threading.Thread(target=self.work, args=(job,), daemon=True)
            if job not in self.lose:
                self.jobs[job].start()

    def unfinished(self, jobs):
        return {job for job in jobs if job in self.jobs and self.jobs[job].is_alive()}

    def take_over(self, living):
        return set()

    def prune(self):
        return 0

    def stop(self, drain_seconds):
        for thread in self.jobs.values():
            if thread.ident:
                thread.join(drain_seconds)


def mind(incoming):
    if incoming.text == "poison":
        raise RuntimeError(incoming.text)
    return think(incoming)


def service(store, channel, engine=None, **rhythm):
    rhythm = Rhythm(**{"sweep": 0.05, "listener_pause": 0.05, "drain": 5, **rhythm})
    patience = Patience(answering=(0, 0))
    return Service([channel], store, engine or ThreadEngine(), mind, SETTINGS, patience=patience, rhythm=rhythm)


def test_every_message_has_one_end_and_a_second_run_changes_nothing(store):
    channel = MemoryChannel(MAIL)
    for _ in range(2):
        service(store, channel, DbosEngine(store.database, SETTINGS)).run(threading.Event())
        assert store.tally() == ENDS
        assert sum(store.tally().values()) == len(MAIL)
        assert sorted(incoming.id for _, incoming, _ in channel.replies) == ["1", "6", "7"]
    for id_, text in MAIL.items():
        assert store.payload(key_for("memory", id_)) == text.encode()


@pytest.fixture
def lite(tmp_path):
    opened = Store(f"sqlite:///{tmp_path}/capebot.db")
    yield opened
    opened.close()


class Listening(MemoryChannel):
    """Listens until it is told to stop, as servers do."""

    def listen(self, take, stop):
        super().listen(take, stop)
        stop.wait()


def in_thread(made, stop):
    """Run a service beside the test; gives the thread and what it raised."""
    raised = []

    def run():
        try:
            made.run(stop)
        except Mendable as problem:
            raised.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_stopped_it_ends_what_it_began_and_gives_its_slot_back(lite):
    stop, begun = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        threading.Event().wait(0.3)

    channel = Listening({"1": "hello"}, on_send=slow)
    thread, raised = in_thread(service(lite, channel), stop)
    assert begun.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert raised == []
    assert lite.tally()[Outcome.ANSWERED] == 1
    with lite.database.reading() as connection:
        assert connection.execute(workers.select()).all() == []


def test_a_listener_that_fails_is_started_again(lite):
    class Shaky(MemoryChannel):
        failures = 3

        def listen(self, take, stop):
            if self.failures:
                self.failures -= 1
                raise AttributeError("SECRET words")
            super().listen(take, stop)

    channel = Shaky({"1": "hello"})
    with capture_logs() as lines:
        service(lite, channel).run(threading.Event())
    assert len(channel.replies) == 1
    told = [line for line in lines if line["event"].startswith("a listener failed")]
    assert [round(line["seconds"], 2) for line in told] == [0.05, 0.1, 0.2]
    assert "SECRET" not in str(lines)


def test_a_message_waits_while_the_store_refuses(lite):
    channel = MemoryChannel({"1": "hello"})
    take, lite.take = lite.take, lambda *_: False
    made = service(lite, channel)
    thread, _ = in_thread(made, threading.Event())
    threading.Event().wait(0.2)
    assert channel.handed == []
    lite.take = take
    thread.join(10)
    assert channel.handed == ["1"]
    assert len(channel.replies) == 1


def test_who_was_replaced_stops_and_says_so(lite):
    made = service(lite, Listening())
    thread, raised = in_thread(made, threading.Event())
    with capture_logs():
        wait_until(lambda: _replace_worker(lite))
        thread.join(10)
    (problem,) = raised
    assert isinstance(problem, SlotLost)
    assert "was replaced" in str(problem)


def _replace_worker(store):
    with store.database.writing() as connection:
        return connection.execute(update(workers).values(token="another")).rowcount


def test_a_second_worker_on_a_sqlite_file_is_refused_and_harms_nothing(lite):
    stop = threading.Event()
    thread, raised = in_thread(service(lite, Listening({"1": "hello"})), stop)
    wait_until(lambda: lite.tally()[Outcome.ANSWERED])
    with pytest.raises(SlotProblem, match="another capebot"):
        service(Store(str(lite.database.url)), MemoryChannel()).run(threading.Event())
    stop.set()
    thread.join(10)
    assert raised == []


def test_without_a_channel_there_is_nothing_to_do(lite):
    with pytest.raises(Mendable, match=r"\[\[mail\]\]"):
        Service([], lite, ThreadEngine(), mind, SETTINGS).run(threading.Event())


def test_a_job_that_the_engine_lost_is_submitted_anew(lite):
    key = key_for("memory", "1")
    channel = MemoryChannel({"1": "hello"})
    with capture_logs() as lines:
        service(lite, channel, ThreadEngine(lose=[Job(key, 1)]), check=0.2).run(threading.Event())
    assert len(channel.replies) == 1
    assert lite.message(key).run == 2
    assert any("job was gone" in line["event"] for line in lines)


def test_a_replay_from_another_process_is_picked_up(lite, tmp_path):
    stop = threading.Event()
    channel = Listening({"1": "poison"})
    made = service(lite, channel)
    thread, _ = in_thread(made, stop)
    wait_until(lambda: lite.tally()[Outcome.PARKED])
    made._work._think = think
    other = Store(f"sqlite:///{tmp_path}/capebot.db")
    other.replay(key_for("memory", "1"))
    other.close()
    wait_until(lambda: lite.tally()[Outcome.ANSWERED])
    stop.set()
    thread.join(10)


def test_a_message_that_the_worker_dies_of_is_an_end_too(lite):
    channel = MemoryChannel({"1": "hello"})
    key = key_for("memory", "1")
    service(lite, channel, ThreadEngine(lose=[Job(key, run) for run in (1, 2, 3)]), check=0.1).run(threading.Event())
    assert lite.tally()[Outcome.PARKED] == 1
    assert channel.ends == [("hello", End.FAILED)]


def test_a_long_queue_waits_in_the_store(lite):
    """The engine gets no more than it can soon work; the oldest first."""
    engine = ThreadEngine()
    for number in range(400):
        lite.take("memory", str(number), b"hello")
    with lite.database.writing() as connection:
        connection.execute(
            update(messages).where(messages.c.key == key_for("memory", "399")).values(due_at=now().replace(year=2020))
        )
    made = service(lite, MemoryChannel(), engine)
    engine.work = lambda _: threading.Event().wait(5)
    assert made._sweep()
    assert len(engine.jobs) == lite.unended(queued=True) == 128
    assert next(iter(engine.jobs)).key == key_for("memory", "399")
    assert made._sweep()
    assert len(engine.jobs) == 128


def test_two_workers_on_postgresql_share_the_work(postgres, tmp_path):
    url = postgres.database()
    store = Store(url)
    for number in range(120):
        mail = (
            f"From: ann@example.com\r\nTo: capebot@example.com\r\nMessage-ID: <{number}@example.com>\r\n\r\nhello\r\n"
        )
        store.take("folder", str(number), mail.encode())
    outboxes = [tmp_path / name for name in ("a", "b")]
    both = [
        subprocess.Popen([sys.executable, DRIVER, url, tmp_path / f"in-{box.name}", box], stdout=subprocess.DEVNULL)
        for box in outboxes
    ]
    try:
        wait_until(lambda: store.unended() == 0, 30)
        with store.database.reading() as connection:
            assert {row.slot for row in connection.execute(workers.select())} == {1, 2}
    finally:
        for process in both:
            process.kill()
            process.wait()
    replies = [[path.name for path in (box / "new").iterdir()] for box in outboxes]
    assert store.tally()[Outcome.ANSWERED] == 120
    assert len(replies[0]) + len(replies[1]) == len({*replies[0], *replies[1]}) == 120
    assert min(map(len, replies)) >= 20
    store.close()
