"""What is pressed and asked, in the store: who counts, what is newer, and that it goes with its answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert, select, text
from worker_parts import think

from bot.channels.trail import ASKED, Ask, Press
from bot.core.model import Draft, Incoming, Type06
from bot.store import Store, key_for, migrations
from bot.store.database import HEAD, parse_url
from bot.store.schema import asks, now, presses, seen

INCOMING = Incoming("1", "U1", "hello", thread="t1", handle="{}")


def answered(store, id_, thread="t1", rule="", drafts=0):
    """An answer of the channel `box`; gives its reference."""
    store.take("box", id_, b"x")
    message = store.message(key_for("box", id_))
    diagnosis, reply = think(replace(INCOMING, text=id_))
    draft = Draft("x", "a@example.com", id_, "b", (), "", Type06.UNKNOWN)
    diagnosis = replace(diagnosis, drafts=(draft,) * drafts, rule=rule or diagnosis.rule)
    incoming = replace(INCOMING, thread=thread)
    outbound = store.prepared(message, incoming, diagnosis, replace(reply, diagnosis=diagnosis))
    return outbound.reference


def test_an_answer_is_found_by_its_reference_in_its_channel(store):
    reference = answered(store, "1", drafts=2)
    found = store.answer("box", reference)
    assert (found.reference, found.incoming.thread, len(found.reply.diagnosis.drafts)) == (reference, "t1", 2)
    assert store.answer("other", reference) is None
    assert store.answer("box", "nothing") is None


def test_newer_are_the_later_diagnoses_of_the_thread_the_newest_first(store):
    first, *_ = [answered(store, "1"), answered(store, "2"), answered(store, "3", thread="t2")]
    answered(store, "4", rule=ASKED)
    answered(store, "5")
    later = [store.answer("box", key_for("box", id_)) for id_ in ("5", "2")]
    assert list(store.newer(store.answer("box", first))) == later
    assert store.newer(later[0]) == ()


def test_an_answer_without_a_thread_has_no_newer_one(store):
    first = answered(store, "1", thread="")
    answered(store, "2", thread="")
    assert store.newer(store.answer("box", first)) == ()


def test_the_first_press_counts_whoever_it_was(store):
    reference = answered(store, "1")
    first = Press("type06", "U1", "yes", "event 1")
    assert store.press(reference, first) == first
    assert store.press(reference, Press("type06", "U2", "no", "event 2")) == first
    assert store.press(reference, first) == first
    assert store.presses(reference) == (first,)
    assert store.presses("nothing") == ()


def test_everybody_has_one_vote_and_may_change_it(store):
    reference = answered(store, "1")
    before = []
    for who, value in (("U1", "yes"), ("U2", "yes"), ("U1", "no")):
        before.append(store.vote(reference, Press("helpful", who, value, f"{who} {value}")))
    assert before == [None, None, Press("helpful", "U1", "yes", "U1 yes")]
    assert {press.who: press.value for press in store.presses(reference)} == {"U1": "no", "U2": "yes"}
    with store.database.reading() as connection:
        rows = connection.execute(select(presses)).all()
    assert all(row.at.tzinfo and row.at <= now() for row in rows)


def test_of_many_at_once_one_counts(store):
    reference = answered(store, "1")
    with ThreadPoolExecutor(8) as pool:
        each = [Press("take", f"U{n}", "", f"event {n}") for n in range(16)]
        counted = set(pool.map(lambda press: store.press(reference, press), each))
        taken = set(pool.map(lambda press: store.ask(reference, press.event, press.who), each))
        after = {one.taken_by for one in pool.map(lambda press: store.take_up(reference, press.who), each)}
    assert len(counted) == len(taken) == len(after) == 1


def test_a_question_is_open_until_it_is_resolved(store):
    first, second, other = answered(store, "1"), answered(store, "2"), answered(store, "3", thread="t2")
    assert store.asked(first) is None
    ask = store.ask(first, "event", "U1")
    assert ask == Ask(first, "event", "U1") == store.asked(first)
    assert store.ask(second, "event 2", "U2") == ask, "one open question a thread"
    assert store.ask(other, "event 3", "U2").event == "event 3"
    assert store.take_up(first, "U2").taken_by == "U2"
    assert store.take_up(first, "U3").taken_by == "U2"
    assert store.resolve(first, "U3") == Ask(first, "event", "U1", "U2", "U3")
    assert store.resolve(first, "U4").resolved_by == "U3"
    assert store.ask(second, "event 2", "U2").event == "event 2", "the next one"
    store.resolve(second, "U2")
    assert store.ask(first, "event 4", "U2").event == "event", "the same answer is not asked about again"


def test_what_is_resolved_untaken_was_taken_by_its_resolver_and_is_not_taken_any_more(store):
    reference = answered(store, "1")
    store.ask(reference, "event", "U1")
    assert store.resolve(reference, "U2") == Ask(reference, "event", "U1", "U2", "U2")
    assert store.take_up(reference, "U3").taken_by == "U2"
    assert store.take_up("nothing", "U3") is store.resolve("nothing", "U3") is None


@pytest.mark.parametrize("gone", ["messages", "outbox"])
def test_it_goes_with_its_answer(store, gone):
    reference = answered(store, "1")
    store.vote(reference, Press("helpful", "U1", "yes", "event"))
    store.ask(reference, "event", "U1")
    with store.database.writing() as connection:
        connection.execute(text(f"DELETE FROM {gone}"))  # noqa: S608 - one of the two above
    with store.database.reading() as connection:
        assert [connection.execute(select(table)).all() for table in (presses, asks)] == [[], []]
    assert store.answer("box", reference) is None


def test_it_survives_a_restart(store, database_url):
    reference = answered(store, "1")
    store.press(reference, Press("take", "U1", "", "event"))
    store.ask(reference, "event", "U1")
    store.take_up(reference, "U2")
    again = Store(database_url)
    assert again.asked(reference) == Ask(reference, "event", "U1", "U2")
    assert again.presses(reference)[0].event == "event"
    again.close()


def test_a_database_of_before_gets_the_tables_and_keeps_what_it_has(database_url):
    """As after an update of the program: the first tables with a row in them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(parse_url(database_url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(insert(seen).values(key="kept", first_at=now()))
    engine.dispose()
    upgraded = Store(database_url)
    reference = answered(upgraded, "1")
    assert upgraded.ask(reference, "event", "U1").asked_by == "U1"
    with upgraded.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert "kept" in connection.execute(select(seen.c.key)).scalars().all()
    upgraded.close()
