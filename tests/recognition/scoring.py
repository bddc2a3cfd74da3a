"""The labelled messages scored: how many first diagnoses are right, wrong, missing; what ordinary mail is diagnosed.

    python tests/recognition/scoring.py            both halves, as the table in SCORES.md
    python tests/recognition/scoring.py work       the messages of one half that went wrong, to learn from

Several people wrote the messages without sight of the matching code or the knowledge files. `work.jsonl` is the half to
work on; `score.jsonl` is only scored: whoever reads its misses has used it up, and should write a new one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

from bot.core.model import Incoming
from bot.mind import load_mind

HERE = Path(__file__).parent
HALVES = ("work", "score")
DAY = date(2026, 11, 24)
GROUPS = (
    "pasted", "forwarded", "paraphrase", "half-remembered", "misspelt", "question", "several", "negated", "quoted-only",
    "ordinary", "unknown",
)  # fmt: skip


def messages(half):
    return [json.loads(line) for line in (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]


def answers(mind, half):
    """Each message with its diagnosis, as mail to the inbox."""
    for message in messages(half):
        said = Incoming(message["n"], "pat@harborlight.example", message["text"], subject=message["subject"])
        yield message, mind.think(said, DAY)[0]


def outcome(message, diagnosis):
    """right, wrong or missed, for a message with a diagnosis; quiet or false for one without."""
    got = [one.id for one in diagnosis.findings]
    if not message["expect"]:
        return "false" if got else "quiet"
    if not got:
        return "missed"
    return "right" if got[0] == message["expect"][0] else "wrong"


class Table:
    """The counts of one half."""

    def __init__(self, mind, half):
        self.groups = defaultdict(Counter)
        self.all = Counter()
        entries = Counter()
        for message, diagnosis in answers(mind, half):
            self.groups[message["group"]][outcome(message, diagnosis)] += 1
            wanted, got = set(message["entries"]), set(diagnosis.entries)
            entries.update(hit=len(wanted & got), extra=len(got - wanted), lost=len(wanted - got))
            wanted, got = set(message["expect"]), {one.id for one in diagnosis.findings}
            self.all.update(
                ids=len(wanted), ids_hit=len(wanted & got), ids_extra=len(got - wanted),
                type06=message["type06"] == diagnosis.type06.value, messages=1,
                silent=message["group"] == "ordinary" and diagnosis.verdict.value == "silent",
                asked=message["group"] == "unknown" and diagnosis.verdict.value == "ask",
            )  # fmt: skip
        self.entries = 2 * entries["hit"] / max(1, 2 * entries["hit"] + entries["extra"] + entries["lost"])
        self.total = sum(self.groups.values(), Counter())

    def rate(self, name, *groups):
        counts = sum((self.groups[group] for group in groups), Counter()) if groups else self.total
        positives = counts["right"] + counts["wrong"] + counts["missed"]
        of = counts["false"] + counts["quiet"] if name == "false" else positives
        return counts[name] / max(1, of)

    def lines(self, half):
        yield f"## {half}.jsonl: {self.all['messages']} messages"
        yield ""
        yield "| group | messages | right | wrong | missed | diagnosed without need |"
        yield "|---|---|---|---|---|---|"
        for group in GROUPS:
            counts = self.groups[group]
            yield f"| {group} | {sum(counts.values())} | {counts['right']} | {counts['wrong']} | {counts['missed']} | {counts['false']} |"
        yield ""
        yield f"- first diagnosis: right {self.rate('right'):.3f}, wrong {self.rate('wrong'):.3f}, none {self.rate('missed'):.3f}"
        yield f"- ordinary mail diagnosed: {self.rate('false', 'ordinary'):.3f}; of all that needs no diagnosis: {self.rate('false'):.3f}"
        yield f"- ordinary mail left alone: {self.all['silent']} of {sum(self.groups['ordinary'].values())}; unknown CAPE matters asked about: {self.all['asked']} of {sum(self.groups['unknown'].values())}"
        yield f"- all diagnoses of a message: {self.all['ids_hit']} of {self.all['ids']} found, {self.all['ids_extra']} too many"
        yield f"- entry numbers F1 {self.entries:.4f}; type 06 right in {self.all['type06']} of {self.all['messages']}"


def table(mind):
    """The whole table as Markdown."""
    lines = ["# Recognition scores", "", "Made by `pytest tests/recognition --bless`; see scoring.py.", ""]
    return "\n".join([*lines, *(section(mind, half) for half in HALVES)])


def section(mind, half):
    """What the table says of one half."""
    return "\n".join([*Table(mind, half).lines(half), ""])


def misses(mind, half):
    for message, diagnosis in answers(mind, half):
        what = outcome(message, diagnosis)
        if what in ("wrong", "missed", "false"):
            got = [f"{one.id} ({one.how.value} {one.confidence})" for one in diagnosis.findings]
            yield f"{message['n']} {message['group']}: {what}: got {got or [one.id for one in diagnosis.candidates]}, expected {message['expect']}"
            yield f"    {message['subject']} | {message['text'][:400]!r}"


if __name__ == "__main__":
    loaded = load_mind(None, None, ())
    if len(sys.argv) > 1:
        sys.stdout.write("\n".join(misses(loaded, sys.argv[1])) + "\n")
    else:
        sys.stdout.write(table(loaded))
