"""Buttons through the whole way, listener, store and worker, with the program stopped after every single step."""

import json
from datetime import date, timedelta

import pytest
from entry_numbers import dashed, entry
from slack_bolt import BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.channels.slack import SlackChannel, app, forms, send
from bot.mind import load_mind
from bot.service import Service
from bot.settings import Bot, Slack
from bot.store import Outcome, Store
from bot.store.schema import messages, now
from bot.work import Patience

OWN = AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U0BOT", bot_id="B0BOT", bot_token="xoxb-x")
A = entry("B76", 1)
MENTION = (
    f"<@U0BOT> please draft the e-mail to CBP: HTS RELATIONSHIP MISMATCH for {dashed(A)} in the Claim Details file"
)
MESSAGE = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "text": MENTION,
    "ts": "1700000000.1",
}


@pytest.fixture(scope="module")
def mind():
    loaded = load_mind(None, None, ())
    return lambda said: loaded.think(said, date(2026, 11, 24))


class Life:
    """The program from its start to its end: it hears something, or works what is due, and is gone."""

    def __init__(self, url, mind):
        self.store = Store(url)
        self.channel = SlackChannel(Slack(people="C9"), self.store)
        self.mind = mind

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.close()

    def hear(self, body):
        """Through Bolt, as the socket does it; gives what Slack is answered."""
        hearing = app.Hearing(
            lambda id_, payload: self.store.take("slack", id_, payload), self.channel._signs, self.channel._windows
        )
        bolt = app.bolt_app(WebClient("xoxb-x", base_url="http://127.0.0.1:1/"), OWN, hearing)
        said = bolt.dispatch(BoltRequest(mode="socket_mode", body=body))
        assert said.status == 200
        return json.loads(said.body) if said.body else {}

    def work(self):
        service = Service([self.channel], self.store, None, self.mind, Bot(), patience=Patience(recording=(0.01,)))
        slot = service._workers.claim()
        service._work.token = slot.token
        with self.store.database.writing() as connection:
            connection.execute(update(messages).values(due_at=now() - timedelta(seconds=1)))
        for job in self.store.due(100):
            service.work(job)
        service._workers.release(slot)
        assert self.store.tally()[Outcome.PARKED] == self.store.tally()[Outcome.WAITING] == 0, self.store.quarantined()


class Program:
    def __init__(self, url, mind, api):
        self.url, self.mind, self.api = url, mind, api

    def event(self, **change):
        return self.both({"type": "event_callback", "event": MESSAGE | change})

    def both(self, body, times=2):
        """Heard (twice, as when Slack delivers again) in one life, worked in the next, worked again in a third."""
        with Life(self.url, self.mind) as life:
            for _ in range(times):
                said = life.hear(body)
        for _ in range(2):
            with Life(self.url, self.mind) as life:
                life.work()
        return said

    def press(self, message, action, user="U2", channel="C1"):
        button = next(one for block in message["blocks"] for one in block.get("elements", ())
                      if one.get("action_id") == f"capebot_{action}")  # fmt: skip
        return self.both({
            "type": "block_actions", "user": {"id": user, "team_id": "T1"}, "channel": {"id": channel}, "trigger_id": "7",
            "container": {"message_ts": message["ts"], "channel_id": channel}, "message": json.loads(json.dumps(message)),
            "actions": [{"action_id": button["action_id"], "value": button["value"], "action_ts": f"{user}{action}"}],
        })  # fmt: skip

    def texts(self):
        return [one["text"] for one in self.api.messages if one["text"]]

    def tally(self):
        with Life(self.url, self.mind) as life:
            return life.store.tally()


@pytest.fixture
def program(api, tmp_path, mind, monkeypatch):
    monkeypatch.setattr(send, "_SETTLE", 0.01)
    api.members |= {"C1": ["U1", "U2"], "C9": ["U2", "U3"]}
    return Program(f"sqlite:///{tmp_path}/capebot.db", mind, api)


def test_every_press_survives_and_counts_once(program, api):
    with capture_logs() as lines:
        program.event()
        (answer,) = [one for one in api.messages if one["text"]]
        program.press(answer, "helpful_yes")
        program.press(answer, "type06_yes")
        assert len(program.texts()) == 2, "the answer, and what the words of the press are answered"
        program.press(answer, "person")
        question = next(one for one in api.messages if "asks for a person" in str(one.get("blocks")))
        program.press(question, "take", "U3", "C9")
        program.press(question, "resolve", "U3", "C9")
    told = program.texts()[2:]
    assert [line.split(":")[0] for line in told] == [
        "Somebody asks for a person", "U2 asked a person about this. Whoever takes it up is named here.",
        "U3 takes care of this.", "U3 has resolved this. If something is left, write it here.",
    ]  # fmt: skip
    tally = program.tally()
    assert (tally[Outcome.ANSWERED], tally[Outcome.ACTED]) == (5, 1)
    assert not any(word in str(lines) for word in (A, dashed(A), "U2", "U3", "MISMATCH"))


def test_a_submitted_draft_survives_and_is_made_once(program, api):
    program.event()
    (answer,) = [one for one in api.messages if one["text"]]
    reference = answer["metadata"]["event_payload"]["reference"]
    with Life(program.url, program.mind) as life:
        view = forms.opening(life.store.answer("slack", reference))
    typed = {"subject": "S", "body0": "Dear CBP"}
    values = {
        block["block_id"]: {"text": {"value": typed[block["block_id"].partition(":")[0]]}}
        for block in view["blocks"] if block["type"] == "input"
    }  # fmt: skip
    body = {"type": "view_submission", "user": {"id": "U2"}, "view": view | {"state": {"values": values}}}
    assert program.both(body) == {"response_action": "clear"}
    assert len([one for one in program.texts() if "to copy and send" in one]) == 1
    assert len([one for one in api.messages if one.get("files")]) == 2


def test_a_picked_message_survives_and_is_answered_once(program, api):
    api.inside["C1"] = True
    body = {
        "type": "message_action", "callback_id": "capebot_diagnose", "trigger_id": "9", "user": {"id": "U1"},
        "channel": {"id": "C1"}, "message": {"user": "U2", "ts": "1700000000.1", "text": "claim status Not Started"},
    }  # fmt: skip
    program.both(body)
    (answer,) = program.texts()
    assert "Not Started" in answer
    posted = [given for method, given in api.calls if method == "chat.postMessage"]
    assert [one["channel"] for one in posted] == ["D1"], "it is years old"
