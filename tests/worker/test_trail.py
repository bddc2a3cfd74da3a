"""Who asked, what was said and what came of it; and what is deleted when. On both databases."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
import structlog
from alembic import command
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text, update
from worker.test_confirming import ANN, BO, MALLORY, ROWS, A, D, Desk, MailLike, entries, mail, mind, ours
from worker.test_threads import NamedMail, answer
from worker_parts import think

from bot import trail
from bot.cli import main
from bot.core.model import Incoming
from bot.settings import Bot, SettingsError, load
from bot.store import Keep, Outcome, Replay, State, Store, Taken, Wanted, key_for
from bot.store import database as databases
from bot.store.schema import messages, now, seen

__all__ = ["mind"]
DAYS = timedelta(days=1)


@pytest.fixture
def box(store, mind):
    made = Desk(store, NamedMail(), mind)
    yield made
    made.service._workers.release(made.slot)


def aged(store, days, *keys):
    """Messages that ended so long ago, with all that belongs to them."""
    then = now() - timedelta(days=days)
    with store.database.writing() as connection:
        change = update(messages).values(ended_at=then, received_at=then)
        connection.execute(change.where(messages.c.key.in_(keys)) if keys else change)
        if not keys:
            connection.execute(update(seen).values(first_at=then))
            connection.execute(text("UPDATE cases SET last_at = opened_at"))


class TestTrail:
    def asked(self, box):
        box.say("1", mail(1, ANN, "Please check this Declaration.", rows=ROWS))
        box.say(
            "2",
            answer(
                2,
                ANN,
                "It is FTZ weekly (type 06). B76-0324527-8 Failed HTS RELATIONSHIP MISMATCH",
                In_Reply_To=ours("1"),
            ),
        )
        box.say("3", answer(3, BO, "claim status Not Started", Subject="status"))
        return [one.id for one in box.store.trail(Wanted())]

    def test_each_case_with_what_was_said_the_newest_first(self, box):
        second, first = self.asked(box)
        told = trail.lines(box.store, Wanted(), unknown=False, as_json=False)
        assert [line.split()[0] for line in told if not line.startswith(" ")] == [second, first]
        assert next(line for line in told if ANN in line).endswith("; answered")
        assert sum(ANN in line for line in told) == 2
        drafted = next(line for line in told if "hts-relationship-mismatch" in line)
        assert "escalate" in drafted
        assert "drafts: hts-relationship-mismatch; answered" in drafted
        assert not any(number in "\n".join(told) for number in (A, "0324527", "Please check"))

    def test_as_json(self, box):
        _, first = self.asked(box)
        told = [json.loads(line) for line in trail.lines(box.store, Wanted(), unknown=False, as_json=True)]
        assert told[1]["case"] == first
        newest = told[1]["messages"][0]
        assert (newest["sender"], newest["verdict"], newest["outcome"]) == (ANN, "escalate", "answered")
        assert newest["drafts"] == ["hts-relationship-mismatch"]
        assert newest["raw_deleted"] is None

    def test_filters(self, box):
        second, first = self.asked(box)

        def found(**wanted):
            lines = trail.lines(box.store, Wanted(**wanted), unknown=False, as_json=True)
            return [json.loads(line)["case"] for line in lines]

        assert found(found="hts-relationship-mismatch") == [first]
        assert found(found="hts-relationship") == []
        assert found(thread=second) == [second]
        assert found(thread="<1@example.com>") == [first]
        token = json.loads(trail.lines(box.store, Wanted(thread=first), unknown=False, as_json=True)[0])["token"]
        assert found(thread=token.lower()) == [first]
        assert found(since=now() + DAYS) == []
        assert found(since=now() - DAYS, limit=1) == [second]

    def test_messages_that_nothing_recognised(self, box):
        self.asked(box)
        box.say("4", answer(4, ANN, "CAPE says: FLUX CAPACITOR NOT ALIGNED WITH CLAIM", Subject="CAPE"))
        (line,) = trail.lines(box.store, Wanted(), unknown=True, as_json=False)
        assert f"{ANN}  ask" in line
        (line,) = trail.lines(box.store, Wanted(), unknown=True, as_json=True)
        assert json.loads(line)["rule"] == "about_cape_but_unknown"
        case = json.loads(line)["case"]
        assert len(trail.lines(box.store, Wanted(thread=case), unknown=True, as_json=True)) == 1
        for other in (Wanted(since=now() + DAYS), Wanted(thread="C222222"), Wanted(found="claim-not-started")):
            assert trail.lines(box.store, other, unknown=True, as_json=False) == ["no message went unrecognised"]

    def test_a_held_message_stands_in_the_case_it_names_until_a_person_takes_it(self, box):
        self.asked(box)
        box.store.take("memory", "5", answer(5, "who@nowhere.example", References="<1@example.com>"))
        for job in box.store.due(9):
            box.service.work(job)
        key = key_for("memory", "5")

        def told():
            lines = trail.lines(box.store, Wanted(), unknown=False, as_json=False)
            return next(line for line in lines if "nowhere" in line)

        assert told().endswith("held for a person")
        assert [one.key for one in box.store.quarantined()] == [key]
        assert box.store.taken(key) is Taken.DONE
        assert told().endswith("taken by a person")
        assert box.store.quarantined() == []
        assert box.store.taken(key) is Taken.NOT_WAITING
        assert box.store.taken("nobody") is Taken.NO_SUCH_MESSAGE
        assert box.store.replay(key) is Replay.ENDED


class TestPurge:
    def test_the_raw_mail_goes_first_and_the_row_says_so(self, box):
        box.say("1", mail(1, ANN, "Please check this Declaration.", rows=ROWS))
        aged(box.store, 91)
        with structlog.testing.capture_logs() as logged:
            box.service._purge()
        assert logged == [
            {"event": "purged", "log_level": "info", "raw": 1, "replies": 1, "messages": 0, "cases": 0, "given_up": 0}
        ]
        assert box.store.payload(key_for("memory", "1")) is None
        (line,) = [one for one in trail.lines(box.store, Wanted(), unknown=False, as_json=False) if ANN in one]
        assert "raw mail deleted" in line
        box.service._purge()  # once

    def test_the_thread_still_answers(self, box):
        box.say("1", mail(1, ANN, "Please check this Declaration.", rows=ROWS, cc=BO))
        aged(box.store, 91)
        box.service._purge()
        for number, sender in ((2, ANN), (3, BO)):
            reply = box.say(str(number), answer(number, sender, In_Reply_To=ours("1")))
            said = " ".join(reply.text.split())
            assert "I cannot read the file any more. Attach it again, with the same words." in said
            assert "I deleted it on" in said
            assert entries(reply) == []
        assert len(box.store.trail(Wanted())) == 1
        other = box.say("4", answer(4, MALLORY, In_Reply_To=ours("1")))
        assert "no file of yours in this thread" in " ".join(other.text.split())
        again = box.say("5", mail(5, ANN, "confirm row 4", replies_to=(ours("1"),), rows=ROWS))
        assert D in entries(again)

    def test_a_message_without_a_file_is_not_said_to_have_had_one(self, box):
        box.say("1", answer(1, ANN, "claim status Not Started", Subject="status"))
        aged(box.store, 91)
        box.service._purge()
        reply = box.say("2", answer(2, ANN, In_Reply_To=ours("1")))
        assert "I deleted it" not in reply.text
        assert "no file of yours in this thread" in " ".join(reply.text.split())

    def test_then_the_case_with_its_names_and_last_the_mark(self, box):
        payload = mail(1, ANN, "Please check this Declaration.", rows=ROWS)
        box.say("1", payload)
        aged(box.store, 800)
        old = now() - timedelta(days=800)
        with box.store.database.writing() as connection:
            connection.execute(text("UPDATE cases SET last_at = :old"), {"old": str(old.replace(tzinfo=None))})
            connection.execute(text("UPDATE names SET first_at = :old"), {"old": str(old.replace(tzinfo=None))})
        purged = box.store.purge(replace(Keep(), marks=900 * DAYS), now())
        assert (purged.messages, purged.cases) == (1, 1)
        assert box.store.thread_named("memory", ours("1")) == ""
        assert box.store.take("memory", "1", payload)
        assert box.store.due(9) == [], "still known"
        box.store.purge(Keep(), now())
        assert box.store.take("memory", "1", payload)
        assert len(box.store.due(9)) == 1

    def test_what_waits_for_a_person_waits_long_and_not_for_ever(self, store):
        store.take("box", "1", b"x")
        key = key_for("box", "1")
        store.end(key, State.HELD, Outcome.HELD, "why")
        aged(store, 300, key)
        assert not any(store.purge(Keep(), now()))
        assert store.payload(key) == b"x"
        aged(store, 366, key)
        assert store.purge(Keep(), now())._asdict() == {
            "raw": 1, "replies": 0, "messages": 0, "cases": 0, "given_up": 1,
        }  # fmt: skip
        assert store.payload(key) is None
        assert store.tally()[Outcome.HELD] == 1
        assert store.quarantined() == []

    def test_what_is_being_worked_is_never_touched(self, store):
        store.take("box", "1", b"x")
        message = store.message(key_for("box", "1"))
        incoming = Incoming("1", ANN, "hello", thread="t")
        store.prepared(message, incoming, *think(incoming))
        aged(store, 5000)
        store.purge(Keep(), now())
        assert store.message(message.key).answered

    def test_nothing_of_it_lies_on_in_the_file(self, tmp_path):
        store = Store(f"sqlite:///{tmp_path}/capebot.db")
        store.take("box", "1", b"SECRET WORDS " * 5000)
        store.end(key_for("box", "1"), State.DONE, Outcome.IGNORED, "")
        aged(store, 91)
        store.purge(Keep(), now())
        store.close()
        assert not any(b"SECRET WORDS" in path.read_bytes() for path in tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("lives", "told"),
        [
            ("keep_cases_days = 30", "keep_cases_days must not be less than keep_raw_days"),
            ("keep_held_days = 30", "keep_held_days must not be less than keep_raw_days"),
            ("keep_marks_days = 700", "keep_marks_days must not be less than keep_cases_days"),
            ("keep_raw_days = 0", "keep_raw_days"),
        ],
    )
    def test_lives_that_contradict_each_other_are_refused(self, tmp_path, lives, told):
        (tmp_path / "capebot.toml").write_text(f"[bot]\n{lives}\n")
        with pytest.raises(SettingsError, match=told):
            load(tmp_path / "capebot.toml")

    def test_the_settings_decide(self, store, mind):
        desk = Desk(store, MailLike(), mind)
        assert desk.service._keep == Keep()
        short = Bot(keep_raw_days=1, keep_replies_days=2, keep_held_days=3, keep_cases_days=4, keep_marks_days=5)
        kept = type(desk.service)([desk.channel], store, None, mind, short)._keep
        assert kept == Keep(raw=DAYS, replies=2 * DAYS, held=3 * DAYS, cases=4 * DAYS, marks=5 * DAYS)
        desk.service._workers.release(desk.slot)


def test_a_database_of_the_first_version_is_carried_on(database_url, monkeypatch):
    monkeypatch.setattr(databases, "HEAD", "0001")
    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
    Store(database_url).close()
    monkeypatch.undo()
    engine = create_engine(databases.parse_url(database_url))
    moment = str(now().astimezone(UTC).replace(tzinfo=None))
    with engine.begin() as connection:
        assert "names" not in inspect(connection).get_table_names()
        connection.execute(
            text("INSERT INTO cases VALUES ('C222222', 'memory', '<1@example.com>', :m, :m)"), {"m": moment}
        )
        connection.execute(
            text(
                "INSERT INTO messages (key, channel, id, received_at, state, outcome, reason, attempts, deaths, run, due_at,"
                " verdict, rule, ids, thread, case_id) VALUES ('k', 'memory', '1', :m, 'done', 'answered', '', 0, 0, 1, :m,"
                " 'answer', 'otherwise', 'a b', '<1@example.com>', 'C222222')"
            ),
            {"m": moment},
        )
    engine.dispose()
    store = Store(database_url)
    (case,) = store.trail(Wanted())
    assert (case.lines[0].ids, case.lines[0].sender, case.lines[0].drafts) == (("a", "b"), "", ())
    assert store.said("memory", "<1@example.com>", "")[0].people is None
    assert store.thread_named("memory", "<1@example.com>") == "<1@example.com>"
    store.close()


def test_the_commands(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/capebot.db"
    monkeypatch.setenv("CAPEBOT_DATABASE_URL", url)
    (tmp_path / "capebot.toml").write_text("")
    store = Store(url)
    store.take("box", "1", b"x")
    key = key_for("box", "1")
    message = store.message(key)
    incoming = Incoming("1", ANN, "hello", thread="t")
    store.prepared(message, incoming, *think(incoming))
    store.end(key, State.PARKED, Outcome.PARKED, "why", incoming)
    store.close()

    def run(*words):
        return CliRunner().invoke(main, [words[0], "--config", str(tmp_path / "capebot.toml"), *words[1:]])

    assert f"{ANN}  answer    otherwise; could not be worked" in run("cases").output
    assert json.loads(run("cases", "--json", "--since", "2026-01-01").output)["messages"][0]["key"] == key
    assert run("cases", "--id", "nothing").output == "no case is like that\n"
    assert run("cases", "--unknown").output == "no message went unrecognised\n"
    assert "quarantine take KEY" in run("quarantine").output
    assert "taken by a person" in run("quarantine", "take", key).output
    assert run("quarantine").output == "nothing waits for a person\n"
    assert "taken by a person" in run("cases").output
    store = Store(url)
    aged(store, 91)
    store.purge(Keep(), now())
    store.close()
    assert "were deleted on" in run("quarantine", "show", key).output
