"""A whole worker in a process of its own, to be killed: `python worker.py URL INBOX OUTBOX [--end]`.

It answers mail in a folder with a small mind, slowly enough to be killed at any point. Should it ever send a reply that
has gone out already, it leaves a file in OUTBOX/doubled.
"""

import sys
import time
from pathlib import Path
from random import SystemRandom
from threading import Event

sys.path.insert(0, str(Path(__file__).parent.parent))
from worker_parts import think

from bot.channels.maildir import MaildirChannel
from bot.engine import DbosEngine
from bot.service import Rhythm, Service
from bot.settings import Bot, Folder
from bot.store import Store

CHANCE = SystemRandom()


class SlowFolder(MaildirChannel):
    """Dawdles before and after the reply goes out."""

    def send(self, incoming, reply, reference):
        time.sleep(CHANCE.uniform(0, 0.03))
        if self.was_sent(incoming, reference):
            doubled = self._settings.outbox / "doubled"
            doubled.mkdir(exist_ok=True)
            (doubled / reference).touch()
        super().send(incoming, reply, reference)
        time.sleep(CHANCE.uniform(0, 0.03))


def slow_mind(incoming):
    time.sleep(CHANCE.uniform(0, 0.02))
    return think(incoming)


def main(url, inbox, outbox, *flags):
    settings = Bot(database_url=url, concurrency=4, poll_interval=0.05, worker_stale_seconds=3)
    store = Store(url)
    folder = Folder(inbox=Path(inbox), outbox=Path(outbox), poll_seconds=0.2, stop_when_empty="--end" in flags)
    engine = DbosEngine(store.database, settings)
    rhythm = Rhythm(sweep=0.2, rounds=0.5, check=3)
    Service([SlowFolder(folder)], store, engine, slow_mind, settings, rhythm=rhythm).run(Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
