"""Time to triage a short mail, beside what the standard library needs to parse the same mail; and peak memory.

    python tests/bench/bench_triage.py [REPEATS]

Triage: raw bytes to the composed reply (parse, recognise, decide, templates). Loading the knowledge is not counted, and
shown apart.
"""

import email
import resource
import statistics
import sys
import time
import tracemalloc
from datetime import date
from pathlib import Path

from bot.mailformat.read import Policy, incoming
from bot.mind import load_mind

SAMPLE = Path(__file__).parent.parent.parent / "bot" / "demo" / "mail" / "3-plain-question.eml"
DAY = date(2026, 9, 2)


def stdlib(raw):
    """What any program must do: headers and text out of the bytes."""
    mail = email.message_from_bytes(raw)
    return mail["Subject"], [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]


def milliseconds(work, repeats):
    """The median of single runs, after ten to warm up."""
    times = []
    for turn in range(repeats + 10):
        began = time.perf_counter()
        work()
        if turn >= 10:
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main(repeats=200):
    """Print the figures."""
    say = sys.stdout.write
    raw = SAMPLE.read_bytes()
    policy = Policy(own=frozenset({"capebot@example.com"}), allow=("@harborlight.example",))
    began = time.perf_counter()
    mind = load_mind(None, None, ())
    loading = time.perf_counter() - began

    def read():
        return incoming("1", raw, policy)

    def triage():
        return mind.think(read(), DAY)

    parse, reading, whole = (milliseconds(work, repeats) for work in (lambda: stdlib(raw), read, triage))
    tracemalloc.start()
    triage()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    diagnosis, reply = triage()
    say(f"a mail of {len(raw)} bytes, median of {repeats}: {diagnosis.verdict} ({diagnosis.rule})\n")
    say(f"standard library, parsing only     {parse:8.2f} ms\n")
    say(f"reading it, tolerantly             {reading:8.2f} ms\n")
    say(f"triage: bytes to composed reply    {whole:8.2f} ms   ({whole / parse:.0f} times the parsing)\n")
    say(
        f"reply of {len(reply.text) if reply else 0} characters; one triage peaks at {peak / 1024:.0f} KiB of Python objects\n"
    )
    say(f"loading knowledge and templates    {loading * 1000:8.0f} ms, once\n")
    say(f"peak memory of this process        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8} MiB\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
