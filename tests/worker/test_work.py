"""Each way a message can go, and each state that a crash can leave behind, made directly in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from worker_parts import MemoryChannel, refuse, think

from bot.channels import Deed, End, NotForUs, NotSent
from bot.service import Service
from bot.settings import Bot
from bot.store import Outcome, Replay, Sending, key_for
from bot.store.schema import messages, now, outbox
from bot.work import Patience


class Desk:
    """A worker without an engine: `turn()` works what is due, in this thread."""

    def __init__(self, store, channel=None, mind=think, patience=None):
        self.store, self.channel = store, channel or MemoryChannel()
        patience = patience or Patience(recording=(0.01, 0.01))
        self.service = Service([self.channel], store, None, mind, Bot(), patience=patience)
        self.slot = self.service._workers.claim()
        self.service._work.token = self.slot.token

    def take(self, text, id_="1"):
        assert self.store.take("memory", id_, text.encode())
        return key_for("memory", id_)

    def hurry(self):
        """Let no retry wait."""
        with self.store.database.writing() as connection:
            connection.execute(update(messages).values(due_at=now() - timedelta(seconds=1)))

    def turn(self):
        self.hurry()
        for job in self.store.due(100):
            self.service.work(job)

    def outcome(self):
        (one,) = [outcome for outcome, count in self.store.tally().items() if count]
        return one

    def reason(self):
        (one,) = self.store.quarantined()
        return one.reason


@pytest.fixture
def desks(store):
    made = []

    def make(**parts):
        made.append(Desk(store, **parts))
        return made[-1]

    yield make
    for desk in made:
        desk.service._workers.release(desk.slot)


class TestEnds:
    def test_answered_once(self, desks):
        desk = desks()
        key = desk.take("hello")
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED
        ((reference, incoming, reply),) = desk.channel.replies
        assert reference == key
        assert (incoming.id, incoming.text, incoming.sender) == ("1", "", "ann@example.com")
        assert reply.text == "You wrote 5 characters."
        assert reply.outputs[0].content == b"\xff\x00;\r\n"
        desk.turn()
        assert len(desk.channel.replies) == 1

    @pytest.mark.parametrize(
        ("text", "outcome"),
        [
            ("hush", Outcome.SILENT),
            ("not for us", Outcome.IGNORED),
            ("from a stranger", Outcome.HELD),
            ("a robot of a stranger says hush", Outcome.SILENT),
            ("a robot of a stranger asks", Outcome.HELD),
        ],
    )
    def test_without_a_reply(self, desks, text, outcome):
        desk = desks()
        key = desk.take(text)
        desk.turn()
        assert desk.outcome() is outcome
        assert desk.channel.replies == []
        assert desk.store.outbound(key) is None
        assert desk.store.payload(key) == text.encode()

    @pytest.mark.parametrize(
        ("text", "end"),
        [
            ("hello", End.ANSWERED), ("hush", End.SILENT), ("not for us", End.SILENT), ("from a stranger", End.REFUSED),
        ],
    )  # fmt: skip
    def test_the_channel_is_told_of_it(self, desks, text, end):
        desk = desks()
        desk.take(text)
        desk.turn()
        desk.turn()
        assert desk.channel.ends == [(text, end)]

    def test_the_channel_is_told_of_it_when_nobody_could_answer(self, desks):
        parked = desks(channel=MemoryChannel(on_send=refuse()))
        parked.take("hello")
        parked.turn()
        assert parked.channel.ends == [("hello", End.FAILED)]

    def test_what_shows_late_that_it_is_not_for_us_waits_for_nobody(self, desks):
        def on_send(*_):
            raise NotForUs("a guest")

        desk = desks(channel=MemoryChannel(on_send=on_send))
        desk.take("hello")
        desk.turn()
        desk.turn()
        assert desk.outcome() is Outcome.IGNORED
        assert desk.store.quarantined() == []
        assert desk.channel.ends == [("hello", End.SILENT)]

    def test_a_retry_is_no_end(self, desks):
        desk = desks(channel=MemoryChannel(on_send=refuse(retry=True)))
        desk.take("hello")
        desk.turn()
        assert desk.channel.ends == []
        desk.channel.on_send = None
        desk.turn()
        assert desk.channel.ends == [("hello", End.ANSWERED)]

    def test_a_channel_need_not_care(self, desks, monkeypatch):
        monkeypatch.delattr(MemoryChannel, "ended")
        desk = desks()
        desk.take("hello")
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED

    def test_a_held_message_is_answered_when_the_allow_list_changed(self, desks):
        desk = desks()
        key = desk.take("from a stranger")
        desk.turn()
        assert "allow-list" in desk.reason()
        desk.channel.read = lambda id, payload: MemoryChannel.read(desk.channel, id, b"from a friend")  # noqa: A006, ARG005 - the contract's words
        assert desk.store.replay(key) is Replay.QUEUED
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED

    def test_a_channel_that_was_taken_out_of_the_settings(self, desks):
        desk = desks()
        desk.store.take("old box", "1", b"x")
        desk.turn()
        assert "'old box'" in desk.reason()
        assert "settings" in desk.reason()


class Acting(MemoryChannel):
    """A channel with buttons: "press" carries out nothing to be sent, "post" something, everything else is words."""

    acts = 0

    def act(self, id, payload):  # noqa: A002 - the contract's word
        self.acts += 1
        said = payload.decode()
        if said == "press":
            return Deed(reason="a vote")
        return Deed(self.read(id, payload), think(self.read(id, payload))[1]) if said == "post" else None


class TestDeeds:
    def test_one_with_nothing_to_send_ends(self, desks):
        desk = desks(channel=Acting(), mind=None)
        desk.take("press")
        with capture_logs() as lines:
            desk.turn()
        assert desk.outcome() is Outcome.ACTED
        assert desk.channel.ends == [("press", End.ANSWERED)]
        assert desk.channel.replies == []
        assert [line["reason"] for line in lines if line["event"] == "message"] == ["a vote"]

    def test_one_with_something_to_send_goes_the_way_of_replies(self, desks):
        desk = desks(channel=Acting(), mind=None)
        key = desk.take("post")
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED
        assert [reference for reference, _, _ in desk.channel.replies] == [key]
        assert desk.store.outbound(key).state is Sending.SENT
        assert len(desk.store.cases()) == 1

    def test_after_a_crash_while_sending_it_is_looked_for_and_not_acted_again(self, desks):
        def crash(*_):
            raise SystemExit

        desk = desks(channel=Acting(on_send=crash), mind=None)
        key = desk.take("post")
        with pytest.raises(SystemExit):
            desk.turn()
        assert desk.store.outbound(key).state is Sending.SENDING
        desk.channel.on_send = None
        desk.store.died(desk.store.message(key).job, 3)
        desk.turn()
        assert len(desk.channel.replies) == 1
        assert desk.channel.acts == 1

    def test_words_are_read_and_thought_about(self, desks):
        desk = desks(channel=Acting())
        desk.take("hello")
        desk.turn()
        assert desk.channel.replies[0][2].text == "You wrote 5 characters."

    def test_one_that_fails_is_tried_again_and_then_parked(self, desks):
        class Failing(Acting):
            def act(self, id, payload):  # noqa: A002 - the contract's word
                self.acts += 1
                raise OSError("Slack is away")

        desk = desks(channel=Failing())
        desk.take("press")
        for _ in range(4):
            desk.turn()
        assert desk.outcome() is Outcome.PARKED
        assert desk.channel.acts == 3
        assert "OSError" in desk.reason()


class TestFailures:
    @pytest.fixture
    def broken(self, desks):
        def mind(incoming):
            if "poison" in incoming.text:
                raise KeyError(incoming.text)
            return think(incoming)

        return desks(mind=mind)

    def test_three_tries_then_parked_with_a_reason_that_quotes_nothing(self, broken):
        broken.take("poison SECRET")
        with capture_logs() as lines:
            for tries in (1, 2):
                broken.turn()
                assert broken.outcome() is Outcome.WAITING, tries
            broken.turn()
        assert broken.outcome() is Outcome.PARKED
        assert "KeyError" in broken.reason()
        assert "bot/work.py:" in broken.reason()
        assert "3 times" in broken.reason()
        assert "SECRET" not in broken.reason() + str(lines)
        assert broken.channel.replies == []

    def test_the_tries_are_apart(self, broken):
        broken.take("poison")
        broken.turn()
        assert broken.store.due(10) == [], "not at once again"

    def test_poison_does_not_stop_the_next(self, broken):
        broken.take("poison", "1")
        broken.take("hello", "2")
        broken.turn()
        assert len(broken.channel.replies) == 1

    def test_parked_then_mended_then_replayed(self, broken):
        key = broken.take("poison")
        for _ in range(3):
            broken.turn()
        broken.service._work._think = think
        assert broken.store.replay(key) is Replay.QUEUED
        broken.turn()
        assert broken.outcome() is Outcome.ANSWERED
        assert broken.store.replay(key) is Replay.ENDED

    def test_a_reply_that_cannot_be_kept_is_parked(self, desks):
        desk = desks(mind=lambda incoming: (think(incoming)[0], object()))
        desk.take("hello")
        for _ in range(3):
            desk.turn()
        assert desk.outcome() is Outcome.PARKED


class TestSending:
    def test_refused_for_good_goes_to_a_person_at_once(self, desks):
        desk = desks(channel=MemoryChannel(on_send=refuse("550 no such mailbox")))
        key = desk.take("hello")
        desk.turn()
        assert desk.outcome() is Outcome.PARKED
        assert desk.reason() == "550 no such mailbox"
        assert desk.store.outbound(key).state == Sending.FAILED

    def test_refused_for_now_is_tried_again_ever_later(self, desks):
        desk = desks(channel=MemoryChannel(on_send=refuse("451 try later", retry=True)))
        key = desk.take("hello")
        waits = []
        for _ in range(9):
            desk.turn()
            message = desk.store.message(key)
            with desk.store.database.reading() as connection:
                due = connection.execute(messages.select()).one().due_at
            waits.append(round((due - now()).total_seconds()))
            assert message.run == len(waits) + 1
        assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        desk.channel.on_send = None
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED
        assert len(desk.channel.replies) == 1

    def test_refused_for_two_days_is_parked(self, desks):
        desk = desks(channel=MemoryChannel(on_send=refuse("451 try later", retry=True)))
        desk.take("hello")
        desk.turn()
        with desk.store.database.writing() as connection:
            connection.execute(update(outbox).values(created_at=now() - timedelta(hours=48, seconds=1)))
        desk.turn()
        assert desk.outcome() is Outcome.PARKED
        assert desk.reason() == "451 try later (tried for 48 hours)"

    def test_any_other_exception_leaves_the_outcome_unknown_and_is_never_resent_by_itself(self, desks):
        def hang_up(*_):
            raise ConnectionResetError("after the final dot, with SECRET words")

        desk = desks(channel=MemoryChannel(on_send=hang_up))
        key = desk.take("hello")
        with capture_logs() as lines:
            for _ in range(3):
                desk.turn()
        assert desk.outcome() is Outcome.UNKNOWN
        assert "ConnectionResetError" in desk.reason()
        assert "SECRET" not in desk.reason() + str(lines)
        desk.channel.on_send = None
        assert desk.store.replay(key) is Replay.OUTCOME_UNKNOWN
        desk.turn()
        assert desk.channel.replies == []
        assert desk.store.replay(key, resend=True) is Replay.QUEUED
        desk.turn()
        assert [reference for reference, _, _ in desk.channel.replies] == [key]
        assert desk.outcome() is Outcome.ANSWERED

    def test_the_reply_went_out_and_the_database_went_away(self, desks):
        """Noting it is tried again; the reply is not."""
        desk = desks()
        desk.take("hello")
        refusals = [0]

        def away(_connection, _cursor, statement, parameters, *_):
            if "UPDATE outbox" in statement and Sending.SENT in str(parameters) and refusals[0] < 2:
                refusals[0] += 1
                raise OperationalError("away", None, Exception())

        event.listen(desk.store.database.engine, "before_cursor_execute", away)
        desk.turn()
        event.remove(desk.store.database.engine, "before_cursor_execute", away)
        assert refusals == [2]
        assert desk.outcome() is Outcome.ANSWERED
        assert len(desk.channel.replies) == 1


class TestAfterACrash:
    """What a killed worker leaves: each row as it stood at one of the boundaries."""

    def crashed(self, desks, channel, *, state, went_out=False, owner="a dead worker"):
        desk = desks(channel=channel)
        key = desk.take("hello")
        message = desk.store.message(key)
        incoming = desk.channel.read("1", b"hello")
        desk.store.prepared(message, incoming, *think(incoming))
        with desk.store.database.writing() as connection:
            connection.execute(update(outbox).values(state=state, owner=owner if state == Sending.SENDING else ""))
        if went_out:
            desk.channel.replies.append((key, incoming, None))
        return desk

    def test_stored_and_not_begun(self, desks):
        desk = desks()
        desk.take("hello")
        desk.turn()
        assert len(desk.channel.replies) == 1

    def test_prepared_and_not_sent(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.NEW)
        desk.service._work._think = None  # the reply is not composed a second time
        desk.turn()
        assert len(desk.channel.replies) == 1
        assert desk.outcome() is Outcome.ANSWERED

    def test_sending_and_gone_out(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.SENDING, went_out=True)
        desk.turn()
        assert len(desk.channel.replies) == 1
        assert desk.outcome() is Outcome.ANSWERED

    def test_sending_and_not_gone_out(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.SENDING)
        desk.turn()
        assert len(desk.channel.replies) == 1
        assert desk.outcome() is Outcome.ANSWERED

    def test_sending_and_nobody_can_tell(self, desks):
        desk = self.crashed(desks, MemoryChannel(sees_sent=False), state=Sending.SENDING)
        for _ in range(2):
            desk.turn()
        assert desk.channel.replies == []
        assert desk.outcome() is Outcome.UNKNOWN
        assert "nobody knows" in desk.reason()

    def test_sending_by_another_that_lives(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.SENDING)
        desk.service._work._alive = lambda token: token == "a dead worker"
        desk.turn()
        assert desk.channel.replies == []
        assert desk.outcome() is Outcome.WAITING
        desk.service._work._alive = desk.service._workers.alive
        desk.turn()
        assert len(desk.channel.replies) == 1

    def test_sending_by_this_very_worker_which_could_not_note_it(self, desks):
        desk = desks()
        desk.service._workers.release(desk.slot)
        desk.slot = desk.service._workers.claim()
        desk.service._work.token = desk.slot.token
        self_made = self.crashed(lambda **_: desk, None, state=Sending.SENDING, went_out=True, owner=desk.slot.token)
        self_made.turn()
        assert len(desk.channel.replies) == 1
        assert desk.outcome() is Outcome.ANSWERED

    def test_looking_fails_so_nothing_is_sent_until_it_does_not(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.SENDING)
        sees, desk.channel.was_sent = desk.channel.was_sent, refuse_to_look
        for _ in range(5):
            desk.turn()
        assert desk.channel.replies == []
        assert desk.outcome() is Outcome.WAITING
        desk.channel.was_sent = sees
        desk.turn()
        assert len(desk.channel.replies) == 1

    def test_a_worker_that_was_taken_for_dead_sends_nothing(self, desks):
        desk = desks()
        desk.take("hello")
        desk.service._workers.release(desk.slot)
        desk.turn()
        assert desk.channel.replies == []
        assert desk.outcome() is Outcome.WAITING

    def test_a_row_of_another_version_is_parked_with_a_reason(self, desks):
        desk = self.crashed(desks, MemoryChannel(), state=Sending.NEW)
        with desk.store.database.writing() as connection:
            connection.execute(update(outbox).values(content=b'[{"id":"1"},{"new":"SECRET"}]'))
        for _ in range(3):
            desk.turn()
        assert desk.outcome() is Outcome.PARKED
        assert "ValidationError" in desk.reason()
        assert "SECRET" not in desk.reason()
        desk.store.replay(desk.store.quarantined()[0].key)
        desk.turn()
        assert desk.outcome() is Outcome.ANSWERED, "composed anew"


def refuse_to_look(*_):
    raise NotSent("the mail server is away", retry=True)


def test_one_line_a_message_with_ids_and_codes_only(desks):
    desk = desks()
    key = desk.take("hello SECRET")
    desk.take("a stranger SECRET", "2")
    with capture_logs() as lines:
        desk.turn()
    ours = [line for line in lines if line["event"] == "message"]
    assert [line["outcome"] for line in ours] == ["answered", "held"]
    ours[0].pop("ms")
    assert ours[0] == {
        "event": "message", "log_level": "info", "id": key, "channel": "memory", "outcome": "answered",
        "verdict": "answer", "rule": "otherwise",
    }  # fmt: skip
    assert "SECRET" not in str(lines)
    assert "ann@" not in str(lines)


def test_a_job_run_twice_at_once_is_worked_once(desks):
    """The engine may be told to: two workers take over from a third."""
    desk = desks()
    desk.take("hello")
    (job,) = desk.store.due(1)
    desk.channel.on_send = lambda *_: desk.service.work(job)
    desk.service.work(job)
    assert len(desk.channel.replies) == 1
