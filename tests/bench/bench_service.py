"""Messages per second through the whole service: folder in, store, engine, triage, compose, folder out.

    PYTHONPATH=tests python tests/bench/bench_service.py [MESSAGES]

Each worker is `capebot serve` in a process of its own with the default settings and an inbox of its own. The time runs
from the first message stored to the last one answered, by the rows of the database; starting up is not counted.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from servers.postgres import HOW, Postgres, binaries
from sqlalchemy import func, select

from bot.store import Store
from bot.store.schema import messages

SAMPLE = Path(__file__).parent.parent.parent / "bot" / "demo" / "mail" / "3-plain-question.eml"
SECONDS = 300  # to give up after
CONFIG = """
[bot]
database_url = "{url}"
log_level = "warning"

[[folder]]
inbox = "{box}/in"
outbox = "{box}/out"
allow = ["@harborlight.example"]
"""


@contextmanager
def scratch(prefix):
    """A folder that goes away."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(boxes, count):
    """Deal the mails out to the inboxes, each with a Message-ID of its own."""
    raw = re.sub(rb"(?im)^message-id:.*\r?\n", b"", SAMPLE.read_bytes())
    for number in range(count):
        new = boxes[number % len(boxes)] / "in" / "new"
        new.mkdir(parents=True, exist_ok=True)
        (new / f"{number:06}").write_bytes(b"Message-ID: <%d@harborlight.example>\n" % number + raw)


def serve(url, box):
    """Start a worker."""
    config = box / "capebot.toml"
    config.write_text(CONFIG.format(url=url, box=box))
    return subprocess.Popen([sys.executable, "-m", "bot.cli", "serve", "--config", config], stdout=subprocess.DEVNULL)


def peak_mebibytes(process):
    """The most memory a running process has had resident."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def measure(url, workers, count):
    """Messages per second, and the largest worker's peak memory in MiB."""
    with scratch("bench-") as folder:
        boxes = [folder / str(number) for number in range(workers)]
        fill(boxes, count)
        store = Store(url)
        processes = [serve(url, box) for box in boxes]
        try:
            deadline = time.monotonic() + SECONDS
            while sum(store.tally().values()) < count or store.unended():
                assert time.monotonic() < deadline, store.tally()
                time.sleep(0.2)
            memory = max(map(peak_mebibytes, processes))
        finally:
            for process in processes:
                process.terminate()
                process.wait()
        with store.database.reading() as connection:
            span = select(func.min(messages.c.received_at), func.max(messages.c.ended_at))
            first, last = connection.execute(span).one()
        ends = {outcome.value: number for outcome, number in store.tally().items() if number}
        assert ends == {"answered": count}, ends
        store.close()
        return count / (last - first).total_seconds(), memory


def main(count=1000):
    """Print the table."""
    say = sys.stdout.write
    say(f"{count} short mails, {os.cpu_count()} cores, default settings\n")
    with scratch("bench-db-") as folder:
        rate, memory = measure(f"sqlite:///{folder}/capebot.db", 1, count)
    say(f"SQLite, 1 worker       {rate:5.0f} messages/s   peak {memory} MiB a worker\n")
    if binaries() is None:
        say(f"{HOW}\n")
        return
    with scratch("pg-") as folder:
        server = Postgres(folder, durable=True).start()
        try:
            for workers, name in ((1, "1 worker "), (2, "2 workers")):
                rate, memory = measure(server.database(), workers, count)
                say(f"PostgreSQL, {name}  {rate:5.0f} messages/s   peak {memory} MiB a worker\n")
        finally:
            server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
