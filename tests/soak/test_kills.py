"""kill -9, again and again: nothing lost, nothing doubled."""

import subprocess
import sys
import time
from pathlib import Path
from random import SystemRandom

import pytest
from sqlalchemy import select
from worker_parts import wait_until

from bot.store import Outcome, Sending, Store
from bot.store.schema import messages, outbox

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

DRIVER = Path(__file__).with_name("worker.py")
MAILS = 200
KILLS = 10
CHANCE = SystemRandom()


class Scene:
    """A folder with mail, a folder for replies, a database, and workers that are started and killed."""

    def __init__(self, url, folder):
        self.url, self.inbox, self.outbox = url, folder / "in", folder / "out"
        self.log = folder / "log"
        self.running = []
        (self.inbox / "new").mkdir(parents=True)
        for number in range(MAILS):
            mail = (
                f"From: ann@example.com\r\nTo: capebot@example.com\r\nSubject: {number}\r\n"
                f"Message-ID: <{number}@example.com>\r\n\r\nhello {number}\r\n"
            )
            (self.inbox / "new" / f"{number:03}").write_bytes(mail.encode())
        self.store = Store(url)

    def start(self, *flags):
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, DRIVER, self.url, self.inbox, self.outbox, *flags], stdout=log, stderr=log
            )
        self.running.append(worker)
        return worker

    def kill(self, worker):
        worker.kill()
        worker.wait()
        self.running.remove(worker)

    def replies(self):
        new = self.outbox / "new"
        return [path.name for path in new.iterdir()] if new.exists() else []

    def sending(self):
        """References of the replies that somebody is sending, or died over."""
        with self.store.database.reading() as connection:
            return set(
                connection.execute(select(outbox.c.reference).where(outbox.c.state == Sending.SENDING)).scalars()
            )

    def check(self):
        tally = self.store.tally()
        assert sum(tally.values()) == MAILS, "one message each, whatever was handed over twice"
        assert tally[Outcome.ANSWERED] == MAILS, (tally, self.store.quarantined())
        assert len(self.replies()) == MAILS
        assert not (self.outbox / "doubled").exists(), "a reply that had gone out was sent again"
        with self.store.database.reading() as connection:
            assert {row.state for row in connection.execute(select(messages.c.state))} == {"done"}


@pytest.fixture
def scene(database_url, tmp_path):
    made = Scene(database_url, tmp_path)
    yield made
    for worker in list(made.running):
        made.kill(worker)
    made.store.close()


def test_ten_kills_at_any_moment(scene):
    for _ in range(KILLS):
        worker, before = scene.start(), len(scene.replies())
        wait_until(lambda before=before: len(scene.replies()) > before, 30)
        time.sleep(CHANCE.uniform(0, 0.25))
        scene.kill(worker)
        assert len(scene.replies()) < MAILS, "killed too late to show anything"
    assert scene.start("--end").wait(60) == 0, scene.log.read_text()
    scene.check()


def test_ten_kills_while_a_reply_is_being_sent(scene):
    """The narrow place: the reply may be out, and nobody has noted it."""
    caught = 0
    for _ in range(KILLS):
        worker, left = scene.start(), scene.sending()
        wait_until(lambda left=left: scene.sending() - left, 30)
        scene.kill(worker)
        caught += bool(scene.sending() - left)
    assert caught >= KILLS // 2, "most kills left a reply in the open"
    assert scene.start("--end").wait(60) == 0, scene.log.read_text()
    scene.check()


def test_kills_while_the_mail_is_taken(scene):
    for _ in range(5):
        worker, before = scene.start(), sum(scene.store.tally().values())
        wait_until(lambda before=before: sum(scene.store.tally().values()) > before, 30)
        time.sleep(CHANCE.uniform(0, 0.02))
        scene.kill(worker)
        assert sum(scene.store.tally().values()) < MAILS, "killed too late to show anything"
    assert scene.start("--end").wait(60) == 0, scene.log.read_text()
    scene.check()


def test_of_two_workers_one_is_killed_and_the_other_takes_over(postgres, tmp_path):
    scene = Scene(postgres.database(), tmp_path)
    try:
        survivor = scene.start()
        for _ in range(5):
            victim, before = scene.start(), len(scene.replies())
            wait_until(lambda before=before: len(scene.replies()) > before + 5, 30)
            scene.kill(victim)
        wait_until(lambda: scene.store.tally()[Outcome.ANSWERED] == MAILS, 60)
        scene.check()
        assert survivor.poll() is None
    finally:
        for worker in list(scene.running):
            scene.kill(worker)
        scene.store.close()
