"""dbos behind the port, and each of its traps that were met, on both databases."""

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from databases import new_database
from structlog.testing import capture_logs
from worker_parts import wait_until

from bot import engine as module
from bot.engine import APPLICATION_VERSION, DbosEngine
from bot.settings import Bot
from bot.store import Job, Store

FAST = Bot(concurrency=4, poll_interval=0.05)


def job(number):
    return Job("memory-0123456789abcdef0123", number)


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request, tmp_path):
    """SQLite, where the test does not ask for both: each start takes a second."""
    return new_database(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture
def engines(store):
    """Start an engine in this process; it is stopped at the end."""
    running = []

    def start(work=lambda _: None, name="capebot-1"):
        for old in running:
            old.stop(5)
        running[:] = [DbosEngine(store.database, FAST)]
        running[0].start(work, name)
        return running[0]

    yield start
    for engine in running:
        engine.stop(5)


def ask(store, query):
    """Look into dbos's own tables."""
    if store.database.file:
        with sqlite3.connect(store.database.file.with_name("capebot.dbos.db")) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(str(store.database.url).replace("+psycopg", "")) as connection:
        return connection.execute(query.replace("FROM ", "FROM dbos.")).fetchall()


def hang(url, name, jobs, ready):
    """Another worker, which never ends its jobs."""
    engine = DbosEngine(Store(url).database, FAST)
    begun = threading.Semaphore(0)

    def work(_):
        begun.release()
        signal.pause() if threading.current_thread() is threading.main_thread() else threading.Event().wait()

    engine.start(work, name)
    for one in jobs:
        engine.submit(one)
    for _ in jobs:
        begun.acquire()
    ready.set()
    threading.Event().wait()


@pytest.fixture
def killed_worker(database_url, store):
    """Have another process begin jobs, and kill it."""

    def kill(name, *jobs):
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        process = context.Process(target=hang, args=(database_url, name, jobs, ready), daemon=True)
        process.start()
        try:
            assert ready.wait(20)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.join()

    return kill


def test_a_job_runs_once_however_often_it_is_submitted_and_old_ones_are_pruned(engines, monkeypatch):
    done = []
    engine = engines(done.append)
    for _ in range(3):
        engine.submit(job(1))
    wait_until(lambda: done == [job(1)])
    wait_until(lambda: not engine.unfinished([job(1)]))
    engine.submit(job(1))
    engine.submit(job(2))
    wait_until(lambda: done == [job(1), job(2)] and not engine.unfinished([job(2)]))
    assert engine.prune() == 0
    monkeypatch.setattr(module, "KEPT", timedelta(seconds=-1))
    assert engine.prune() == 2
    assert engine.prune() == 0


@BOTH
def test_what_stands_in_its_tables_is_the_key_alone_as_json(engines, store):
    done = []
    engine = engines(done.append, "capebot-7")
    engine.submit(job(1))
    wait_until(lambda: done and not engine.unfinished([job(1)]))
    ((name, version, executor, form),) = ask(
        store, "SELECT name, application_version, executor_id, serialization FROM workflow_status"
    )
    ((inputs,),) = ask(store, "SELECT inputs FROM workflow_input")
    assert (name, version, executor) == ("work", APPLICATION_VERSION, "capebot-7")
    assert '"memory-0123456789abcdef0123"' in inputs
    assert len(inputs) < 120
    assert "json" in form
    if store.database.file:
        assert ask(store, "PRAGMA journal_mode") == [("wal",)]


def test_no_more_jobs_at_once_than_allowed(engines):
    at_work, most, lock, done = [0], [0], threading.Lock(), []

    def work(one):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        threading.Event().wait(0.02)
        with lock:
            at_work[0] -= 1
        done.append(one)

    engine = engines(work)
    jobs = {job(number) for number in range(24)}
    for one in jobs:
        engine.submit(one)
    assert engine.unfinished({*jobs, job(99)}) <= jobs
    wait_until(lambda: len(done) == 24)
    wait_until(lambda: not engine.unfinished(jobs))
    assert most[0] == FAST.concurrency


def test_a_job_that_raises_is_finished_and_its_words_are_not_logged(engines):
    def work(_):
        raise ValueError("SECRET words of a mail")

    with capture_logs() as lines:
        engine = engines(work)
        engine.submit(job(1))
        wait_until(lambda: not engine.unfinished([job(1)]))
    assert "SECRET" not in str(lines)


def test_a_dead_workers_jobs_are_its_own_after_a_restart(engines, killed_worker):
    killed_worker("capebot-1", job(1), job(2))
    done = []
    engines(done.append, "capebot-1")
    wait_until(lambda: sorted(done) == [job(1), job(2)])


@BOTH
def test_a_dead_workers_jobs_are_left_by_others_until_taken_over(engines, killed_worker):
    killed_worker("capebot-1", job(1), job(2))
    done = []
    engine = engines(done.append, "capebot-2")
    assert engine.take_over({"capebot-1", "capebot-2"}) == set(), "not from the living"
    threading.Event().wait(0.5)
    assert done == []
    assert engine.take_over({"capebot-2"}) == {job(1), job(2)}
    wait_until(lambda: sorted(done) == [job(1), job(2)])
    wait_until(lambda: engine.take_over({"capebot-2"}) == set())


def test_stopping_waits_for_the_running_jobs_and_the_next_start_runs_the_waiting(engines):
    begun, done = threading.Event(), []

    def work(one):
        begun.set()
        threading.Event().wait(0.05)
        done.append(one)

    jobs = [job(number) for number in range(150)]
    engine = engines(work)
    for one in jobs:
        engine.submit(one)
    assert begun.wait(10)
    engine.stop(10)
    first = len(done)
    assert 0 < first < 150
    engine = engines(done.append)
    wait_until(lambda: not engine.unfinished(jobs))
    assert sorted(set(done)) == jobs


def test_a_job_that_hangs_is_waited_for_once(store):
    begun, release = threading.Event(), threading.Event()

    def hang(_):
        begun.set()
        release.wait(60)

    engine = DbosEngine(store.database, FAST)
    engine.start(hang, "capebot-1")
    engine.submit(job(1))
    assert begun.wait(10)
    began = time.monotonic()
    engine.stop(3)
    assert time.monotonic() - began < 5
    release.set()
