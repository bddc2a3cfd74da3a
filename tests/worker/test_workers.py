import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from worker_parts import wait_until

from bot.store import Store
from bot.store.schema import workers
from bot.workers import SlotProblem, Workers

STALE = 5.0


@pytest.fixture
def slots(store):
    made = Workers(store.database, STALE)
    yield made
    made.unlock()


@pytest.fixture
def shared(postgres):
    """Slots on PostgreSQL, where there may be several."""
    store = Store(postgres.database())
    yield Workers(store.database, STALE)
    store.close()


def row(slots, slot):
    with slots._database.reading() as connection:
        return connection.execute(select(workers).where(workers.c.token == slot.token)).first()


def change(slots, slot, **values):
    with slots._database.writing() as connection:
        connection.execute(update(workers).where(workers.c.token == slot.token).values(**values))


def hold_a_slot(url, ready):
    mine = Workers(Store(url).database, STALE)  # kept: the lock goes with it
    mine.claim()
    ready.set()
    signal.pause()


@pytest.fixture
def holder():
    """Start another process that holds a slot; give it, to be killed."""
    started = []

    def start(url):
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        process = context.Process(target=hold_a_slot, args=(url, ready), daemon=True)
        process.start()
        started.append(process)
        assert ready.wait(20)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()


def test_a_claim_lives_until_released(slots):
    slot = slots.claim()
    assert (slot.number, slot.executor_id) == (1, "capebot-1")
    assert slots.alive(slot.token)
    assert slots.beat(slot)
    assert row(slots, slot).pid == os.getpid()
    slots.release(slot)
    assert not slots.alive(slot.token)
    assert not slots.beat(slot)
    again = slots.claim()
    assert again.number == 1
    assert again.token != slot.token


def test_a_heartbeat_is_by_the_clock_of_the_database(slots):
    slot = slots.claim()
    change(slots, slot, heartbeat=0.0, host="elsewhere")
    assert not slots.alive(slot.token)
    slots.beat(slot)
    assert slots.alive(slot.token)


def test_two_on_one_sqlite_file_are_refused(tmp_path):
    one, two = (Store(f"sqlite:///{tmp_path}/capebot.db") for _ in range(2))
    first, second = Workers(one.database, STALE), Workers(two.database, STALE)
    slot = first.claim()
    with pytest.raises(SlotProblem, match=r"another capebot is at work on .*capebot\.db"):
        second.claim()
    assert two.take("box", "1", b"x"), "looking and replaying are not refused"
    first.release(slot)
    assert second.claim().number == 1
    second.unlock()


def test_a_killed_holder_of_a_sqlite_file_lets_go_at_once(tmp_path, holder):
    url = f"sqlite:///{tmp_path}/capebot.db"
    process = holder(url)
    mine = Workers(Store(url).database, STALE)
    with pytest.raises(SlotProblem):
        mine.claim()
    process.kill()
    process.join()
    assert mine.claim().number == 1
    mine.unlock()


def test_living_workers_never_share_a_slot(shared):
    with ThreadPoolExecutor(8) as pool:
        slots = list(pool.map(lambda _: shared.claim(), range(8)))
    assert sorted(slot.number for slot in slots) == list(range(1, 9))
    shared.release(slots[2])
    assert shared.claim().number == slots[2].number


def test_a_dead_process_of_this_machine_is_free_at_once(postgres, holder):
    url = postgres.database()
    process = holder(url)
    mine = Workers(Store(url).database, STALE)
    assert mine.claim().number == 2
    process.kill()
    process.join()
    assert mine.bury_dead() == {"capebot-2"}
    assert mine.claim().number == 1


def test_a_pid_that_was_given_out_again_is_another_process(shared):
    slot = shared.claim()
    assert row(shared, slot).born
    change(shared, slot, born="1")
    assert not shared.alive(slot.token)


def test_another_machine_is_dead_when_it_is_stale_only(shared):
    slot = shared.claim()
    change(shared, slot, host="elsewhere", pid=999_999_999)
    assert shared.alive(slot.token)
    assert shared.claim().number == 2
    change(shared, slot, heartbeat=shared._database.clock() - STALE - 1)
    assert not shared.alive(slot.token)
    assert shared.claim().number == 1
    assert not shared.beat(slot), "who was taken for dead learns of it"


def test_the_buried_learn_of_it(shared):
    alive, dead = shared.claim(), shared.claim()
    change(shared, dead, host="elsewhere", heartbeat=0.0)
    assert shared.bury_dead() == {alive.executor_id}
    assert not shared.beat(dead)
    assert shared.beat(alive)


def test_a_stale_heartbeat_grows_old_by_itself(postgres):
    slots = Workers(Store(postgres.database()).database, 0.2)
    slot = slots.claim()
    wait_until(lambda: not slots.alive(slot.token), 3)
