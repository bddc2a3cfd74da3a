from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from servers.postgres import cluster
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from worker_parts import think

from bot.channels.marks import Mark
from bot.core.model import Attachment, Draft, Finding, How, Incoming, Sheet, SuspectEntry, Type06
from bot.store import DatabaseProblem, Job, Keep, Outcome, Replay, Sending, State, Store, key_for
from bot.store.database import parse_url
from bot.store.outbound import to_json
from bot.store.schema import cases, messages, metadata, now, outbox, payloads, seen, workers

INCOMING = Incoming("1", "ann@example.com", "hello", thread="t1")


def only(store):
    (job,) = store.due(10)
    return store.message(job.key)


def claimed(store, key, token="me"):  # noqa: S107 - a name, no secret
    """A reply that `token` is sending."""
    with store.database.writing() as connection:
        store.database.insert_new(
            connection, workers, slot=1, executor_id="capebot-1", host="h", pid=1, born="", token=token,
            heartbeat=store.database.clock(),
        )  # fmt: skip
    outbound = store.outbound(key)
    assert store.claim(outbound, token)
    return outbound


def prepared(store, text="hello", thread="t1"):
    store.take("box", text, text.encode())
    message = store.message(key_for("box", text))
    incoming = replace(INCOMING, text=text, thread=thread)
    store.prepared(message, incoming, *think(incoming))
    return message


class TestTake:
    def test_stores_the_bytes_as_they_came(self, store):
        raw = b"From: a\r\n\x00\xff\r\n"
        assert store.take("box", "<1@example.com>", raw)
        message = only(store)
        assert (message.channel, message.id, message.payload, message.state) == (
            "box",
            "<1@example.com>",
            raw,
            State.NEW,
        )
        assert store.payload(message.key) == raw
        assert store.payload("nobody") is None

    def test_a_redelivery_is_known_and_true(self, store):
        assert store.take("box", "1", b"a")
        assert store.take("box", "1", b"a")
        assert store.tally()[Outcome.WAITING] == 1

    def test_an_empty_mail_is_a_mail(self, store):
        assert store.take("box", "1", b"")
        assert only(store).payload == b""

    def test_identities_are_per_channel_and_take_any_text(self, store):
        for channel, id_ in [("a", "1"), ("b", "1"), ("a", "1\0"), ("a", "\udcff"), ("a", "x" * 5000), ("a b/ü", "1")]:
            assert store.take(channel, id_, b"x")
        assert store.tally()[Outcome.WAITING] == 6

    def test_keys_are_fit_for_a_log(self):
        assert key_for("in box/ü", "<ann@example.com>").startswith("in-box--")
        assert "ann" not in key_for("inbox", "<ann@example.com>")

    def test_at_once_from_many_threads_each_is_stored_once(self, store):
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda i: store.take("box", str(i % 10), b"x"), range(100)))
        assert store.tally()[Outcome.WAITING] == 10

    def test_a_full_disk_is_false_and_later_true(self, tmp_path):
        full = Store(f"sqlite:///{tmp_path}/capebot.db")
        pages = {"most": 40}
        event.listen(
            full.database.engine, "checkout", lambda c, *_: c.execute(f"PRAGMA max_page_count={pages['most']}")
        )
        assert not full.take("box", "1", b"x" * 1_000_000)
        pages["most"] = 1_000_000
        assert full.take("box", "1", b"x" * 1_000_000)
        assert len(only(full).payload) == 1_000_000

    def test_a_server_that_is_away_is_false_and_later_true(self):
        with cluster() as server:
            away = Store(server.database())
            server.stop()
            assert not away.take("box", "1", b"x")
            server.start()
            assert away.take("box", "1", b"x")
            assert away.tally()[Outcome.WAITING] == 1
            away.close()

    def test_an_error_does_not_quote_the_mail(self, store):
        store.take("box", "1", b"x")
        with pytest.raises(SQLAlchemyError) as caught, store.database.writing() as connection:
            connection.execute(insert(payloads).values(key="nobody", payload=b"SECRET WORDS"))
        assert "SECRET" not in str(caught.value)


class TestJobs:
    def test_due_then_queued_then_another_run(self, store):
        store.take("box", "1", b"x")
        (job,) = store.due(10)
        assert job.run == 1
        store.mark_queued([job])
        assert store.due(10) == []
        assert store.in_queue() == [job]
        assert store.in_queue(older_than_seconds=60) == []
        assert store.unended(queued=True) == 1
        store.later(job, 0, "why", failed=True)
        assert store.due(10) == [Job(job.key, 2)]
        assert only(store).attempts == 1

    def test_a_retry_waits_for_its_time(self, store):
        store.take("box", "1", b"x")
        (job,) = store.due(10)
        store.later(job, 60, "why", failed=False)
        assert store.due(10) == []
        assert store.unended() == 1

    def test_an_old_run_changes_nothing(self, store):
        store.take("box", "1", b"x")
        (job,) = store.due(10)
        store.later(job, 0, "why", failed=True)
        store.later(job, 0, "why", failed=True)
        store.mark_queued([job])
        assert store.due(10) == [Job(job.key, 2)]

    def test_a_job_that_dies_gets_others_and_is_then_parked(self, store):
        store.take("box", "1", b"x")
        for run in (1, 2):
            assert store.due(10) == [Job(only(store).key, run)]
            assert not store.died(store.due(10)[0], 3)
        assert store.died(store.due(10)[0], 3)
        (parked,) = store.quarantined()
        assert "worker stopped 3 times" in parked.reason

    def test_oldest_first_and_no_more_than_asked_for(self, store):
        for number in range(5):
            store.take("box", str(number), b"x")
        assert [job.key for job in store.due(3)] == [key_for("box", str(number)) for number in range(3)]


class TestOutbox:
    def test_keeps_a_reply_whole_and_the_mail_out_of_it(self, store):
        finding = Finding(
            id="psc", title="t", kind="claim", is_error=True, how=How.SHEET, confidence=1.0, quote="q", where="w",
            next_step="wait", escalate="never", not_before=date(2026, 9, 9),
        )  # fmt: skip
        sheet = Sheet("a.csv", "declaration", statuses=(("Accepted", 2),), annotated=b"\x00\xff", type06=Type06.MIXED)
        draft = Draft("psc", "to", "s", "b", (), "", Type06.NO, lines=(("a", "b"),))
        diagnosis, reply = think(INCOMING)
        full = replace(
            diagnosis, findings=(finding,), sheets=(sheet,), drafts=(draft,), suspects=(SuspectEntry("1", "r"),)
        )
        reply = replace(reply, diagnosis=full)
        store.take("box", "1", b"x")
        message = only(store)
        incoming = replace(INCOMING, handle='{"a":1}', attachments=(Attachment("a.csv", b"1"),))
        store.prepared(message, incoming, full, reply)
        outbound = store.outbound(message.key)
        assert outbound.reply == reply
        assert outbound.incoming == replace(incoming, text="", attachments=(), case=store.cases()[0].case_id)
        assert b"hello" not in to_json(incoming, reply)
        assert (outbound.state, outbound.reference, outbound.tries) == (Sending.NEW, message.key, 0)

    def test_prepared_twice_keeps_the_first(self, store):
        message = prepared(store)
        store.prepared(message, INCOMING, *think(replace(INCOMING, text="something longer")))
        assert store.outbound(message.key).reply.text == "You wrote 5 characters."

    def test_is_claimed_by_one(self, store):
        message = prepared(store)
        outbound = claimed(store, message.key)
        assert not store.claim(outbound, "me")
        assert store.outbound(message.key).owner == "me"

    def test_is_not_claimed_by_a_worker_without_a_slot(self, store):
        message = prepared(store)
        assert not store.claim(store.outbound(message.key), "a token that was buried")

    def test_sent_answers_the_message(self, store):
        message = prepared(store)
        outbound = claimed(store, message.key)
        store.sent(outbound, "me")
        assert store.outbound(message.key).state == Sending.SENT
        assert store.tally()[Outcome.ANSWERED] == 1

    def test_nobody_settles_what_is_not_theirs(self, store):
        message = prepared(store)
        outbound = claimed(store, message.key)
        store.sent(outbound, "another")
        store.failed(outbound, "another", "why")
        store.postponed(message, outbound, "another", 0, "why")
        assert store.outbound(message.key).state == Sending.SENDING
        assert store.tally()[Outcome.WAITING] == 1

    def test_one_case_to_a_thread(self, store):
        for text_, thread in [("a", "t1"), ("b", "t1"), ("c", "t2"), ("d", ""), ("e", "")]:
            prepared(store, text_, thread)
        lines = store.cases()
        assert [line.key for line in lines] == [key_for("box", id_) for id_ in "edcba"]
        assert len({line.case_id for line in lines}) == 4
        assert lines[-1].case_id == lines[-2].case_id
        assert (lines[0].verdict, lines[0].rule, lines[0].channel) == ("answer", "otherwise", "box")
        assert store.cases(limit=1) == lines[:1]
        assert store.cases(rule="about_cape_but_unknown") == []


class TestReplay:
    def test_parked_is_worked_again_and_only_once(self, store):
        store.take("box", "1", b"x")
        key = only(store).key
        store.end(key, State.PARKED, Outcome.PARKED, "why")
        assert store.quarantined()[0].reason == "why"
        assert store.replay(key) is Replay.QUEUED
        assert store.replay(key) is Replay.WAITING
        assert store.due(10) == [Job(key, 2)]
        assert store.quarantined() == []

    def test_an_answered_message_is_left_alone(self, store):
        message = prepared(store)
        store.sent(claimed(store, message.key), "me")
        assert store.replay(message.key, resend=True) is Replay.ENDED

    def test_an_unknown_outcome_needs_the_word(self, store):
        message = prepared(store)
        store.unknown(claimed(store, message.key), "me", "why")
        assert store.quarantined()[0].outcome is Outcome.UNKNOWN
        assert store.replay(message.key) is Replay.OUTCOME_UNKNOWN
        assert store.due(10) == []
        assert store.replay(message.key, resend=True) is Replay.QUEUED
        assert store.outbound(message.key).state == Sending.NEW

    def test_a_refused_reply_is_composed_anew(self, store):
        message = prepared(store)
        store.failed(claimed(store, message.key), "me", "550")
        assert store.replay(message.key) is Replay.QUEUED
        assert store.outbound(message.key) is None

    def test_a_reply_left_in_sending_is_not_forgotten(self, store):
        message = prepared(store)
        claimed(store, message.key)
        store.end(message.key, State.PARKED, Outcome.PARKED, "the worker kept dying")
        store.replay(message.key)
        assert store.outbound(message.key).state == Sending.SENDING

    def test_nobody(self, store):
        assert store.replay("nobody") is Replay.NO_SUCH_MESSAGE


def test_tally_adds_up(store):
    ends = [
        (State.DONE, Outcome.IGNORED), (State.HELD, Outcome.HELD), (State.PARKED, Outcome.PARKED), (None, None),
    ]  # fmt: skip
    for number, (state, outcome) in enumerate(ends):
        store.take("box", str(number), b"x")
        if state:
            store.end(key_for("box", str(number)), state, outcome, "why")
    tally = store.tally()
    assert set(tally) == set(Outcome)
    assert sum(tally.values()) == 4
    assert (tally[Outcome.HELD], tally[Outcome.WAITING], tally[Outcome.ANSWERED]) == (1, 1, 0)


def test_prune_forgets_late_and_keeps_what_waits(store):
    for id_ in ("old", "held", "new"):
        store.take("box", id_, b"x")
    store.end(key_for("box", "old"), State.DONE, Outcome.IGNORED, "")
    store.end(key_for("box", "held"), State.HELD, Outcome.HELD, "")
    long_ago = now() - timedelta(days=100)
    with store.database.writing() as connection:
        connection.execute(update(messages).values(ended_at=long_ago, received_at=long_ago))
        connection.execute(update(seen).values(first_at=long_ago))
    keep = Keep(raw=timedelta(days=90), cases=timedelta(days=90))
    assert store.purge(keep, now()).messages == 1
    assert store.payload(key_for("box", "old")) is None
    assert store.take("box", "old", b"x")
    assert store.payload(key_for("box", "old")) is None, "still known"
    assert store.payload(key_for("box", "held")) == b"x"
    store.purge(replace(keep, marks=timedelta(days=90)), now())
    assert store.take("box", "old", b"x")
    assert store.payload(key_for("box", "old")) == b"x", "forgotten, so new"


def test_marks(store):
    assert store.mark("ann@example.com", "INBOX") is None
    berlin = timezone(timedelta(hours=2))
    mark = Mark(4_294_967_295, 7, datetime(2026, 9, 2, 12, tzinfo=berlin), 5)
    store.set_mark("ann@example.com", "INBOX", mark)
    store.set_mark("ann@example.com", "Other", replace(mark, next_uid=1))
    store.set_mark("ann@example.com", "INBOX", replace(mark, next_uid=9))
    found = store.mark("ann@example.com", "INBOX")
    assert found == replace(mark, next_uid=9)
    assert found.started.tzinfo is UTC
    with pytest.raises(SQLAlchemyError, match="time zone"):
        store.set_mark("a", "b", replace(mark, started=datetime(2026, 9, 2)))  # noqa: DTZ001 - the mistake


class TestDatabase:
    def test_the_migrations_make_the_tables_of_the_schema(self, store):
        with store.database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []

    def test_opened_again_it_is_as_it_was(self, store, database_url):
        store.take("box", "1", b"x")
        again = Store(database_url)
        assert again.tally()[Outcome.WAITING] == 1
        again.close()

    def test_two_processes_may_make_it_at_once(self, database_url):
        with ThreadPoolExecutor(4) as pool:
            for opened in pool.map(lambda _: Store(database_url), range(4)):
                opened.close()

    def test_one_of_a_newer_program_is_refused(self, store, database_url):
        with store.database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseProblem, match="newer capebot"):
            Store(database_url)

    def test_sqlite_is_safe_and_shared(self, tmp_path):
        opened = Store(f"sqlite:///{tmp_path}/a b.db")
        with opened.database.reading() as connection:
            modes = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
        assert modes == PRAGMAS

    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("nonsense", "sqlite:///capebot.db"),
            ("postgresql://u@h:notaport/d", "postgresql://user@host/name"),
            ("mysql://a/b", "mysql is not supported"),
            ("sqlite://", "name a file"),
            ("sqlite:////no/such/folder/x.db", "make its folder writable"),
            ("postgresql://nobody:SECRET@127.0.0.1:1/x", "start the server"),
        ],
    )
    def test_what_cannot_be_opened_says_what_to_do(self, url, told):
        with pytest.raises(DatabaseProblem, match=told) as caught:
            Store(url)
        assert "SECRET" not in str(caught.value)

    def test_any_postgresql_url_uses_the_driver_that_is_there(self):
        for url in ("postgres://a/b", "postgresql://a/b", "postgresql+psycopg2://a/b"):
            assert parse_url(url).drivername == "postgresql+psycopg"


PRAGMAS = {"journal_mode": "wal", "busy_timeout": 30_000, "foreign_keys": 1, "synchronous": 2, "secure_delete": 1}


def test_case_numbers_are_readable(store):
    prepared(store)
    with store.database.reading() as connection:
        (number,) = connection.execute(select(cases.c.id)).scalars()
    assert len(number) == 7
    assert not set(number) & set("01OIL")


def test_the_outbox_goes_with_its_message(store):
    message = prepared(store)
    store.sent(claimed(store, message.key), "me")
    store.purge(Keep(cases=timedelta(0)), now() + timedelta(seconds=1))
    with store.database.reading() as connection:
        assert connection.execute(select(outbox)).all() == []
        assert connection.execute(select(payloads)).all() == []
