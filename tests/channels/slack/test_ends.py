"""What is owed to the sender when a message ends: the sign gone, a command closed, an outsider told once."""

import threading

import pytest
from slack_trail import MemoryTrail
from worker_parts import wait_until

from bot.channels import Closing, End
from bot.channels.slack import SlackChannel, events, send
from bot.channels.slack.signs import Signs
from bot.settings import Slack

DIRECT = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "thanks!", "ts": "5.1"}
MENTION = DIRECT | {"channel": "C1", "channel_type": "channel", "text": "<@U0BOT> hi"}
FOLLOW_UP = MENTION | {"text": "and now?", "ts": "5.2", "thread_ts": "5.1"}
SIGN = {"channel": "C1", "timestamp": "5.1", "name": "eyes"}


@pytest.fixture
def channel(api):
    return SlackChannel(Slack(), MemoryTrail())


def message(**event):
    return events.event_payload("T1", event)


def command(api, **change):
    return events.command_payload(
        "T1", {"channel_id": "C1", "user_id": "U1", "text": "thanks", "response_url": f"{api.root}/hook", **change}
    )


def signs(api):
    return [(method, given) for method, given in api.calls if method.startswith("reactions.")]


def said(api, method):
    return [given["text"] for name, given in api.calls if name == method]


def test_it_wants_to_know_of_ends(channel):
    assert isinstance(channel, Closing)


@pytest.mark.parametrize("end", End)
@pytest.mark.parametrize("event", [DIRECT, MENTION])
def test_the_sign_goes_whatever_the_end_is(api, channel, end, event):
    channel.ended(message(**event), end)
    wait_until(lambda: signs(api))
    assert signs(api) == [("reactions.remove", SIGN | {"channel": event["channel"]})]


def test_where_there_is_no_sign_none_is_taken_away(api, channel):
    channel.ended(message(**FOLLOW_UP), End.ANSWERED)
    channel.ended(message(**MENTION), End.ANSWERED)
    wait_until(lambda: signs(api))
    assert [given["timestamp"] for _, given in signs(api)] == ["5.1"]


def test_a_sign_under_way_goes_when_it_stands(api):
    """The answer is quicker than the call that sets the sign."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        go_on.wait(5)
        return {"ok": True}

    api.reactions_add = slow
    sign = Signs(Slack())
    sign.put("C1", "5.1")
    assert begun.wait(5)
    sign.clear("C1", "5.1")
    assert [method for method, _ in signs(api)] == ["reactions.add"]
    go_on.set()
    wait_until(lambda: len(signs(api)) == 2)
    assert [method for method, _ in signs(api)] == ["reactions.add", "reactions.remove"]


def test_what_has_ended_gets_no_sign(api):
    """A mention comes as two events, the second perhaps after the answer."""
    sign = Signs(Slack())
    sign.clear("C1", "5.1")
    sign.put("C1", "5.1")
    sign.put("C1", "6.1")
    wait_until(lambda: len(signs(api)) == 2)
    assert [(method, given["timestamp"]) for method, given in signs(api)] == [
        ("reactions.remove", "5.1"), ("reactions.add", "6.1"),
    ]  # fmt: skip


def test_a_rate_limit_leaves_no_sign(api):
    api.faults["reactions.remove"] = [("rate", 0)]
    Signs(Slack()).clear("C1", "5.1")
    wait_until(lambda: len(signs(api)) == 2)


@pytest.mark.parametrize("end", [End.SILENT, End.REFUSED, End.FAILED])
def test_a_command_without_an_answer_is_closed(api, channel, end):
    channel.ended(command(api), end)
    ((method, given),) = api.calls
    assert (method, given["response_type"], given["text"]) == ("hook", "ephemeral", send.CLOSING[end])


def test_a_command_with_an_answer_is_not(api, channel):
    channel.ended(command(api), End.ANSWERED)
    channel.ended(command(api, response_url=""), End.SILENT)
    assert api.calls == []


@pytest.mark.parametrize("fault", [("drop",), ("hook", 404, "expired_url"), ("hook", 500, "")])
def test_a_command_that_cannot_be_closed_is_no_trouble(api, channel, fault):
    api.faults["hook"] = [fault]
    channel.ended(command(api), End.SILENT)


@pytest.mark.parametrize("event", [DIRECT, MENTION])
def test_an_outsider_is_told_once_and_in_the_thread(api, channel, event):
    api.users["U1"] = {"is_restricted": True}
    for ts in ("5.1", "5.2"):
        channel.ended(message(**event | {"ts": ts}), End.REFUSED)
    assert said(api, "chat.postMessage") == ["I answer members of this workspace only."]
    assert api.messages[0]["thread_ts"] == "5.1"
    channel.ended(message(**event | {"ts": "5.3", "user": "U2"}), End.REFUSED)
    assert len(said(api, "chat.postMessage")) == 2


def test_a_bot_is_not_told(api, channel):
    api.users["U1"] = {"is_bot": True}
    channel.ended(message(**MENTION), End.REFUSED)
    assert said(api, "chat.postMessage") == []


def test_an_outsider_who_could_not_be_told_is_told_the_next_time(api, channel):
    api.users["U1"] = {"is_restricted": True}
    api.faults["chat.postMessage"] = [("refuse", "not_in_channel")]
    for ts in ("5.1", "5.2"):
        channel.ended(message(**MENTION | {"ts": ts}), End.REFUSED)
    assert [one["thread_ts"] for one in api.messages] == ["5.2"]


@pytest.mark.parametrize("trouble", ["token", "away"])
def test_trouble_at_an_end_is_no_trouble(api, channel, monkeypatch, trouble):
    if trouble == "token":
        monkeypatch.delenv("SLACK_BOT_TOKEN")
    else:
        api.faults["auth.test"] = [("refuse", "fatal_error")]
    channel.ended(message(**MENTION), End.REFUSED)
