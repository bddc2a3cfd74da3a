"""The score of the labelled messages, and that they are what they should be. `pytest --bless` rewrites SCORES.md."""

from collections import Counter

import pytest
from recognition import scoring

from bot.core import entry_number
from bot.knowledge.registers import ids_in
from bot.mind import load_mind

IDS = set(ids_in(scoring.HERE.parents[1] / "knowledge" / "ids.toml", []))
ALL = [message for half in scoring.HALVES for message in scoring.messages(half)]


STORED = scoring.HERE / "SCORES.md"
CHANGED = "recognition has changed: look at the difference, then pytest --bless"


def test_the_half_that_is_only_scored_is_as_it_was_reviewed(request):
    mind = load_mind(None, None, ())
    if request.config.getoption("--bless"):
        STORED.write_text(scoring.table(mind))
    assert scoring.section(mind, "score") in STORED.read_text(), CHANGED


@pytest.mark.soak
def test_the_whole_table_is_the_one_that_was_reviewed():
    assert scoring.table(load_mind(None, None, ())) == STORED.read_text(), CHANGED


def test_the_set_is_large_and_covers_every_situation():
    assert len(ALL) >= 600
    assert sum(not message["expect"] for message in ALL) >= 150
    named = Counter(name for message in ALL for name in message["expect"])
    assert {name for name in IDS if named[name] < 5} == set()


def test_every_message_is_well_formed():
    for message in ALL:
        assert set(message) == {"n", "group", "subject", "text", "expect", "entries", "type06"}, message["n"]
        assert message["group"] in scoring.GROUPS, message["n"]
        assert set(message["expect"]) <= IDS, message["n"]
        assert all(entry_number.is_valid(entry) for entry in message["entries"]), message["n"]
    assert len({message["n"] for message in ALL}) == len({message["text"] for message in ALL}) == len(ALL)
