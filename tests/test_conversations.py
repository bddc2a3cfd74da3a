"""Whole conversations: a message in, the expected report out. `pytest --bless` rewrites what is expected; review that.

Each folder of tests/conversations/ holds `in.eml` (or `in.txt`, `in.csv` …), `why.md` (what the story is for, and the
day it is answered for in its first line, `as of 2026-11-24`), `expected.json` (verdict, rule, ids, method, score …) and
`expected.txt` (the reply as it is sent). What was said before in the thread stands in `before-1.eml`, `before-2.txt` …
"""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.conversation import may_add
from bot.inputs import read_input
from bot.mind import load_mind
from bot.report import report

STORIES = sorted(path for path in (Path(__file__).parent / "conversations").iterdir() if path.is_dir())
RECORDED = ("verdict", "rule", "findings", "candidates", "entries", "suspect_entries", "type06", "sheets", "drafts")


@pytest.fixture(scope="module")
def mind():
    return load_mind(None, None, ())


def answer(mind, story):
    (given,) = story.glob("in.*")
    first = (story / "why.md").read_text().splitlines()[0]
    day = date.fromisoformat(re.search(r"as of (\d{4}-\d\d-\d\d)", first)[1])
    incoming = read_input(given.name, given.read_bytes())
    before = (read_input(path.name, path.read_bytes()) for path in sorted(story.glob("before-*")))
    incoming = replace(incoming, earlier=tuple(one for one in before if may_add(one, incoming)))
    diagnosis, reply = mind.think(incoming, day)
    full = report(given.name, diagnosis, reply, {})
    brief = {key: full[key] for key in RECORDED}
    brief["drafts"] = [{key: value for key, value in draft.items() if key != "body"} for draft in full["drafts"]]
    brief["outputs"] = [(output["name"], output["role"]) for output in full["outputs"]]
    return json.loads(json.dumps(brief)), reply.text if reply else ""


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_conversation(story, mind, request):
    brief, text = answer(mind, story)
    if request.config.getoption("--bless"):
        (story / "expected.json").write_text(json.dumps(brief, indent=1, ensure_ascii=False) + "\n")
        (story / "expected.txt").write_text(text)
    assert brief == json.loads((story / "expected.json").read_text())
    assert text == (story / "expected.txt").read_text()
    assert (story / "why.md").read_text().count("\n") >= 2, "say why this story is kept"
