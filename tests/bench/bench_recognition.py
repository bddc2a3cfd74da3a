"""What recognising costs: beside one pass of rapidfuzz over 166 phrases, as a message grows, and at the start.

    python tests/bench/bench_recognition.py [REPEATS]

The pass is the least that a search by likeness costs: `partial_ratio` of each official message and some wordings against the
text, in C++. Ratios of one run hold; the times are this machine's.
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.core.folding import folded
from bot.core.model import Incoming
from bot.core.passages import split
from bot.core.spotting import Spotter
from bot.knowledge import load, load_meaning

SHIPPED = Path(__file__).parents[2] / "knowledge"
PHRASES = 166  # about what a search by likeness over messages and a wording or two of each would compare with
TALK = (
    "Good morning, the declaration of last week came back and the status on the screen is not what we expected. The"
    " entries were filed by us for the importer of record, the duty was paid by ACH in April, and the client asks when"
    " the refund will arrive and whether a correction is needed first. "
)
ERROR = "CAPE says HTS RELATIONSHIP MISMATCH for one of them. "
IMPORT = "import time; began = time.perf_counter(); import slack_bolt; print(time.perf_counter() - began)"


def seconds(work, repeats):
    """The median of single runs, after two to warm up."""
    times = []
    for turn in range(repeats + 2):
        began = time.perf_counter()
        work()
        if turn >= 2:
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def text_of(length):
    """Talk with one error in the middle, of a length."""
    talk = TALK * (length // len(TALK) + 1)
    return talk[: length // 2] + "\n" + ERROR + "\n" + talk[: length - length // 2 - len(ERROR)]


def main(repeats=15):
    """Print the figures."""
    say = sys.stdout.write
    bare = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    catalogue = load(SHIPPED)
    known = time.perf_counter()
    spotter = Spotter(catalogue, load_meaning(SHIPPED))
    ready = time.perf_counter()
    imported = min(
        float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )
    say(
        f"loading {len(catalogue.errors)} files of knowledge {known - began:6.3f} s, matchers and model {ready - known:6.3f} s;"
    )
    say(f" importing slack_bolt {imported:6.3f} s\n")
    said = dict.fromkeys(folded(one) for error in catalogue.errors for one in (*error.messages, *error.wordings[:2]))
    phrases = list(said)[:PHRASES]
    say(
        f"{'characters':>12} {'spotting':>12} {'one pass of ' + str(len(phrases)):>22} {'ratio':>8} {'per 1,000':>12}\n"
    )
    for length in (500, 2_000, 20_000, 200_000, 1_000_000):
        text = text_of(length)
        parts = split(Incoming("1", "", text))
        even = folded(text)
        turns = max(2, min(repeats, 300_000 // length))
        spotting = seconds(lambda parts=parts: spotter.spot(parts), turns)
        found = [one.id for one in spotter.spot(parts).sightings]
        assert found[:1] == ["hts-relationship-mismatch"], found
        if length <= 20_000:
            likeness = seconds(
                lambda even=even: process.cdist([even], phrases, scorer=fuzz.partial_ratio, workers=1), turns
            )
            beside = f"{likeness * 1000:19.2f} ms {spotting / likeness:8.2f}"
        else:
            beside = f"{'':>22} {'':>8}"
        say(f"{length:>12,} {spotting * 1000:9.2f} ms {beside} {spotting * 1e6 / length:9.2f} ms\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(f"peak memory {peak / 1024:.0f} MiB, of which {bare / 1024:.0f} MiB were there before loading\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
