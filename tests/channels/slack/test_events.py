"""Payloads as Slack delivers them, cut to what matters."""

import json

import pytest

from bot.channels.slack import events

EVENT = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hi", "ts": "1.2"}
SHARE = {
    "is_share": True, "is_msg_unfurl": True, "author_name": "Pat", "author_id": "U7", "author_subname": "pat",
    "text": "HTS RELATIONSHIP MISMATCH", "from_url": "https://brokerage.example/archives/C2/p1", "footer": "Thread",
    "files": [{"id": "F2", "name": "claims.csv", "size": 3, "url_private": "https://files.slack.com/b", "thumb_64": "x"}],
}  # fmt: skip
UNFURL = {"from_url": "https://example.com", "title": "A page", "text": "about CAPE"}


@pytest.mark.parametrize(
    ("change", "ours"),
    [
        ({}, True),
        ({"subtype": "file_share", "files": []}, True),
        ({"subtype": "thread_broadcast"}, True),
        ({"type": "app_mention"}, True),
        ({"user": "U0BOT"}, False),
        ({"user": "USLACKBOT"}, False),
        ({"bot_id": "B1"}, False),
        ({"subtype": "message_changed"}, False),
        ({"subtype": "message_deleted"}, False),
        ({"subtype": "channel_join"}, False),
        ({"subtype": "bot_message", "user": None}, False),
        ({"subtype": "assistant_app_thread"}, False),
        ({"edited": {"ts": "1.3"}}, False),
        ({"type": "file_shared"}, False),
        ({"ts": None}, False),
        ({"channel": {"id": "C1"}}, False),
    ],
)
def test_what_is_for_us(change, ours):
    assert events.is_for_us(EVENT | change, "U0BOT") is ours


def test_a_mention_and_its_message_are_one():
    assert events.event_id("T1", EVENT) == events.event_id("T1", EVENT | {"type": "app_mention"}) == "slack:T1:C1:1.2"
    assert events.event_id("T1", EVENT) != events.event_id("T1", EVENT | {"ts": "1.3"})


def test_what_is_kept_is_what_answering_needs():
    file = {"id": "F1", "name": "a.csv", "size": 9, "url_private": "https://files.slack.com/a", "thumb_360": "x"}
    kept = json.loads(
        events.event_payload("T1", EVENT | {"files": [file], "blocks": [{}], "attachments": [SHARE, UNFURL]})
    )
    assert kept["home"] == "T1"
    assert kept["heard_as"] == "message"
    assert kept["files"] == [{"id": "F1", "name": "a.csv", "size": 9, "url_private": "https://files.slack.com/a"}]
    assert [one["text"] for one in kept["shared"]] == ["HTS RELATIONSHIP MISMATCH"]
    assert kept["shared"][0]["files"][0] == {
        "id": "F2", "name": "claims.csv", "size": 3, "url_private": "https://files.slack.com/b",
    }  # fmt: skip
    assert "blocks" not in kept


@pytest.mark.parametrize(
    ("event", "direct"),
    [({"channel": "D1"}, True), ({"channel": "C1", "channel_type": "im"}, True), ({"channel": "C1"}, False)],
)
def test_a_direct_message(event, direct):
    assert events.is_direct(event) is direct


def test_two_commands_are_two():
    body = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "text": "x", "trigger_id": "1.2.a"}
    assert events.command_id("T1", body) == events.command_id("T1", dict(body))
    assert events.command_id("T1", body) != events.command_id("T1", body | {"trigger_id": "1.3.b"})
    assert json.loads(events.command_payload("T1", body))["kind"] == "command"
