"""Payloads of Slack's interactivity as it delivers them, cut to what matters."""

import json

import pytest

from bot.channels.slack import actions
from bot.core import passages
from bot.core.entry_type import type06_in
from bot.core.model import Incoming, Type06

BUTTON = {
    "type": "button", "action_id": "capebot_type06_yes", "block_id": "capebot_do", "value": "slack-0011",
    "text": {"type": "plain_text", "text": "Type 06: yes", "emoji": False}, "style": "primary",
    "action_ts": "1795568448.123456",
}  # fmt: skip
PRESS = {
    "type": "block_actions", "user": {"id": "U1", "username": "ann", "name": "ann", "team_id": "T1"},
    "api_app_id": "A1", "token": "verification", "trigger_id": "12466734323.1395872398",
    "container": {"type": "message", "message_ts": "5.1", "channel_id": "C1", "is_ephemeral": False, "thread_ts": "4.1"},
    "team": {"id": "T1", "domain": "brokerage"}, "enterprise": None, "is_enterprise_install": False,
    "channel": {"id": "C1", "name": "general"}, "state": {"values": {}},
    "message": {
        "type": "message", "user": "U0BOT", "bot_id": "B0BOT", "ts": "5.1", "thread_ts": "4.1", "text": "entry B76-…",
        "blocks": [{"type": "header", "block_id": "capebot_reply:1:slack-0011"}, {"type": "actions", "block_id": "x"}],
    },
    "response_url": "https://hooks.slack.com/actions/T1/1/x", "actions": [BUTTON],
}  # fmt: skip
FILE = {"id": "F1", "name": "a.csv", "size": 9, "url_private": "https://files.slack.com/a", "thumb_360": "x"}
PICK = {
    "type": "message_action", "token": "verification", "action_ts": "1795568449.1", "callback_id": "capebot_diagnose",
    "team": {"id": "T1"}, "user": {"id": "U1", "name": "ann", "team_id": "T1"}, "trigger_id": "12.13.abc",
    "channel": {"id": "C2", "name": "imports"}, "message_ts": "4.1", "response_url": "https://hooks.slack.com/app/x",
    "message": {"type": "message", "user": "U2", "ts": "4.1", "text": "JMS &lt;error&gt;", "files": [FILE], "blocks": []},
}  # fmt: skip


def changed(action):
    return PRESS | {"actions": [BUTTON | action]}


def test_what_is_kept_of_a_press_is_what_working_it_needs():
    kept = json.loads(actions.press_payload("T1", PRESS))
    assert kept == {
        "kind": "press", "home": "T1", "user": "U1", "user_team": "T1", "channel": "C1", "ts": "5.1", "thread_ts": "4.1",
        "what": "type06", "value": "yes", "reference": "slack-0011", "mark": "capebot_reply:1:slack-0011",
        "response_url": "https://hooks.slack.com/actions/T1/1/x",
    }  # fmt: skip


def test_a_redelivery_is_the_same_press_and_another_press_is_not():
    same = actions.press_id("T1", json.loads(json.dumps(PRESS)))
    assert same == actions.press_id("T1", PRESS)
    others = [
        changed({"action_ts": "1795568448.2"}), changed({"action_id": "capebot_type06_no"}),
        PRESS | {"user": {"id": "U2"}}, PRESS | {"container": PRESS["container"] | {"message_ts": "5.2"}},
    ]  # fmt: skip
    assert len({same, *(actions.press_id("T1", one) for one in others)}) == 5


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        (PRESS, True),
        (PICK, True),
        ({"type": "view_submission", "view": {"callback_id": "capebot_form"}}, True),
        ({"type": "view_submission", "view": {"callback_id": "other"}}, False),
        ({"type": "view_closed", "view": {"callback_id": "capebot_form"}}, False),
        (changed({"action_id": "other"}), False),
        (changed({"action_id": None}), False),
        (PRESS | {"actions": []}, False),
        (PRESS | {"channel": None, "container": {"type": "view", "view_id": "V1"}}, False),
        (PICK | {"callback_id": "other"}, False),
        ({"type": "shortcut", "callback_id": "capebot_diagnose"}, False),
        ({"command": "/cape"}, False),
    ],
)
def test_what_is_ours(body, ours):
    assert actions.is_ours(body) is ours


def test_what_is_kept_of_a_message_that_is_picked():
    kept = json.loads(actions.shortcut_payload("T1", PICK))
    assert (kept["kind"], kept["channel"], kept["ts"], kept["author"], kept["user"]) == (
        "shortcut", "C2", "4.1", "U2", "U1",
    )  # fmt: skip
    assert kept["files"] == [{key: FILE[key] for key in ("id", "name", "size", "url_private")}]
    assert actions.shortcut_id("T1", PICK) == "slack:T1:shortcut:12.13.abc"


def test_a_message_of_a_bot_has_an_author_too():
    message = {"ts": "4.1", "bot_id": "B7", "username": "mail", "text": "Not Started"}
    kept = json.loads(actions.shortcut_payload("T1", PICK | {"message": message}))
    assert (kept["author"], kept["name"]) == ("B7", "mail")


def test_the_same_words_submitted_twice_are_one_draft():
    assert actions.form_id("T1", "U1", "r:0", "s", "b") == actions.form_id("T1", "U1", "r:0", "s", "b")
    ids = {actions.form_id("T1", *rest) for rest in (
        ("U1", "r:0", "s", "b"), ("U2", "r:0", "s", "b"), ("U1", "r:1", "s", "b"), ("U1", "r:0", "s", "b2"),
        ("U1", "r:0", "s\0b", ""), ("U1", "r:0", "\ud800", "b"),
    )}  # fmt: skip
    assert len(ids) == 6
    assert "secret" not in actions.form_id("T1", "U1", "r:0", "secret", "secret")


@pytest.mark.parametrize(("value", "means"), [("yes", Type06.YES), ("no", Type06.NO), ("some", Type06.MIXED)])
def test_the_core_reads_the_words_of_a_press_as_they_are_meant(value, means):
    words = actions.WORDS[actions.TYPE06, value]
    assert type06_in(passages.split(Incoming("1", "U1", words))) is means
