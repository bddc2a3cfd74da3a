"""The shortcut "Diagnose this": whose words it holds, and who gets the answer."""

import json
import time

import pytest
import slack_replies as replies
from slack_trail import MemoryTrail

from bot.channels import End
from bot.channels.slack import SlackChannel, actions, app, files, send
from bot.settings import Slack

NOW = f"{time.time():.6f}"
FILE = {"id": "F1", "name": "a.csv", "mimetype": "text/csv", "size": 1, "url_private": "https://files.slack.com/a"}


@pytest.fixture
def channel(api):
    api.inside["C1"] = True
    return SlackChannel(Slack(), MemoryTrail())


def picked(channel="C1", user="U1", url="", **message):
    body = {
        "user": {"id": user, "team_id": "T1"}, "channel": {"id": channel}, "trigger_id": "9", "response_url": url,
        "message": {"user": "U2", "ts": NOW, "text": "ACE says: JMS &lt;error&gt;", **message},
    }  # fmt: skip
    return actions.shortcut_id("T1", body), actions.shortcut_payload("T1", body)


def read(reader, **more):
    return reader.read(*picked(**more))


def handle(incoming):
    return json.loads(incoming.handle)


def test_somebody_elses_message_is_answered_in_its_thread(channel):
    got = read(channel)
    assert (got.sender, got.text, got.asked, got.addressed, got.private) == ("U1", "", True, True, False)
    assert [(one.sender, one.text) for one in got.attached] == [("U2", "ACE says: JMS <error>")]
    assert got.thread == f"slack:T1:C1:{NOW}"
    assert (handle(got)["channel"], handle(got)["thread"]) == ("C1", NOW)


def test_ones_own_message_is_ones_own_words(channel):
    got = read(channel, user="U2")
    assert (got.text, got.attached) == ("ACE says: JMS <error>", ())


def test_in_a_thread_it_is_answered_in_that_thread(channel):
    assert handle(read(channel, thread_ts="4.1"))["thread"] == "4.1"


@pytest.mark.parametrize("change", [{"ts": "1700000000.000001"}, {"ts": ""}, {"channel": "C2"}, {"channel": "C3"}])
def test_an_old_message_or_a_channel_that_it_is_not_in_is_answered_to_the_presser_alone(api, channel, change):
    api.inside["C2"] = False  # C3 it does not even know
    got = read(channel, **change)
    assert (handle(got)["channel"], handle(got)["thread"], got.private) == ("D1", "", True)
    assert got.thread.endswith(":U1")
    channel.send(got, replies.short(), "ref-1")
    posted = [given for method, given in api.calls if method == "chat.postMessage"]
    assert [(one["channel"], one.get("thread_ts")) for one in posted] == [("D1", None)]
    assert channel.was_sent(got, "ref-1")


@pytest.mark.parametrize(("place", "threaded"), [("D1", True), ("D7", False)])
def test_in_direct_messages_only_the_bots_own_are_answered_in_place(api, channel, place, threaded):
    got = read(channel, channel=place)
    assert (handle(got)["channel"], handle(got)["thread"], got.private) == ("D1", NOW if threaded else "", True)
    assert "conversations.info" not in api.methods()


def test_its_files_are_read(channel, monkeypatch):
    monkeypatch.setattr(files, "_fetched", lambda *_: b"Entry Number\nB7600000015\n")
    got = read(channel, files=[FILE], text="")
    assert ([one.name for one in got.attachments], got.attached) == (["a.csv"], ())


def test_a_mail_that_was_posted_by_another_bot_is_read(channel):
    got = read(channel, user="U1", bot_id="B7", username="mail <!here>", text="Not Started")
    assert got.attached[0].text == "Not Started"


@pytest.mark.parametrize("change", [{"user": "U0BOT"}])
def test_an_answer_of_ours_is_left_alone(channel, change):
    id_, payload = picked()
    said = json.loads(payload) | {"author": change["user"]}
    assert channel.read(id_, json.dumps(said).encode()) is None


@pytest.mark.parametrize("person", [{"is_restricted": True}, {"is_stranger": True}, None])
def test_outsiders_are_refused_and_nothing_is_fetched(api, channel, person):
    api.users["U1"] = person
    got = read(channel, files=[FILE])
    assert got.refused
    assert got.attachments == ()
    assert "files.info" not in api.methods()


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (End.SILENT, send.NOTHING_THERE),
        (End.REFUSED, send.CLOSING[End.REFUSED]),
        (End.FAILED, send.CLOSING[End.FAILED]),
    ],
)
def test_it_is_never_silent(api, channel, end, says):
    channel.ended(picked(url=f"{api.root}/hook")[1], end)
    assert [given["text"] for method, given in api.calls if method == "hook"] == [says]


def test_it_says_at_once_that_it_looks(api, channel):
    channel._windows._calls.submit(lambda: None).result(5)
    channel._windows.working({"response_url": f"{api.root}/hook"}, app.LOOKING)
    channel._windows.working({}, app.LOOKING)
    channel._windows._calls.shutdown(wait=True)
    assert [given["text"] for method, given in api.calls if method == "hook"] == [app.LOOKING]


def test_slack_away_is_raised(api, channel):
    api.faults["conversations.info"] = [("refuse", "fatal_error")]
    with pytest.raises(Exception, match="fatal_error"):
        read(channel)
