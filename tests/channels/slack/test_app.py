"""The listeners, dispatched as the socket dispatches them; and the manifest beside them."""

import ast
import json
from pathlib import Path

import pytest
from slack_bolt import BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.channels.slack import actions, app, doctor

MANIFEST = json.loads((Path(__file__).parents[3] / "deploy" / "slack-manifest.json").read_text())
SOURCE = Path(app.__file__).parent
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
LISTS = ("channels:read", "groups:read", "mpim:read")  # never asked of a direct message
# What each call needs, as Slack's reference of the method says.
CALLS = {
    "apps_connections_open": (),  # the app-level token's own scope
    "auth_test": (),
    "chat_getPermalink": (),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",),
    "conversations_history": HISTORY,  # of direct messages, and of the channel of the people who are asked
    "conversations_info": LISTS,
    "conversations_members": LISTS,
    "conversations_open": ("im:write",),
    "conversations_replies": HISTORY,
    "files_info": ("files:read",),
    "files_list": ("files:read",),
    "files_upload_v2": ("files:write",),
    "reactions_add": ("reactions:write",),
    "reactions_remove": ("reactions:write",),
    "users_info": ("users:read",),
    "views_open": (),
}
EVENTS = {
    "app_mention": ("app_mentions:read",),
    **{f"message.{scope.partition(':')[0]}": (scope,) for scope in HISTORY},
}
FEATURES = {"agent_view": "assistant:write", "slash_commands": "commands", "shortcuts": "commands"}
EVENT = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hi", "ts": "1.2"}
COMMAND = {
    "command": "/cape", "team_id": "T1", "channel_id": "C1", "user_id": "U1", "text": "JMS error", "trigger_id": "9",
    "response_url": "https://hooks.slack.com/commands/x",
}  # fmt: skip


PRESS = {
    "type": "block_actions", "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "7.8", "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "5.1", "channel_id": "C1", "thread_ts": "4.1"},
    "message": {"ts": "5.1", "thread_ts": "4.1", "blocks": [{"block_id": "capebot_reply:0:ref-1"}]},
    "response_url": "https://hooks.slack.com/x",
    "actions": [{"type": "button", "action_id": "capebot_type06_yes", "value": "ref-1", "action_ts": "9.1"}],
}  # fmt: skip
PICK = {
    "type": "message_action", "callback_id": "capebot_diagnose", "trigger_id": "7.9", "user": {"id": "U1"},
    "channel": {"id": "C1"}, "message": {"ts": "4.1", "user": "U2", "text": "JMS error"},
    "response_url": "https://hooks.slack.com/x",
}  # fmt: skip
SUBMIT = {
    "type": "view_submission", "user": {"id": "U1", "team_id": "T1"},
    "view": {"type": "modal", "callback_id": "capebot_form", "private_metadata": "ref-1:0"},
}  # fmt: skip


class Shown:
    """Stands in for what the sender is shown: keeps what it was told."""

    def __init__(self):
        self.signed, self.opened, self.told = [], [], []

    def put(self, channel, ts):
        self.signed.append((channel, ts))

    def open(self, team, body):
        self.opened.append(body)

    def working(self, body, line):
        self.told.append(line)

    def not_kept(self, team, body):
        self.told.append("not kept")

    def submitted(self, team, body, take):
        return {"response_action": "clear"} if take("form", b"{}") else {"response_action": "errors", "errors": {}}


class Bolt:
    """The app without its socket; no call leaves it, as nothing listens at its address."""

    def __init__(self, *, safe=True):
        self.taken, self.shown, self.safe = {}, Shown(), safe
        self.signed = self.shown.signed
        own = AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U0BOT", bot_id="B0BOT", bot_token="xoxb-x")
        self.app = app.bolt_app(
            WebClient("xoxb-x", base_url="http://127.0.0.1:1/"), own, app.Hearing(self._take, self.shown, self.shown)
        )

    def _take(self, identity, payload):
        if self.safe:
            self.taken[identity] = json.loads(payload)
        return self.safe

    def dispatch(self, body):
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def event(self, **change):
        body = {"type": "event_callback", "team_id": "T9", "api_app_id": "A1", "event": EVENT | change}
        return self.dispatch(body).status


def test_a_message_is_stored_under_our_workspace_and_acknowledged():
    bolt = Bolt()
    assert bolt.event() == 200
    assert list(bolt.taken) == ["slack:T1:C1:1.2"]
    assert bolt.signed == []


def test_a_mention_is_stored_once_under_one_name_and_signed():
    bolt = Bolt()
    assert bolt.event(text="<@U0BOT> hi") == 200
    assert bolt.event(type="app_mention", text="<@U0BOT> hi") == 200
    assert list(bolt.taken) == ["slack:T1:C1:1.2"]
    assert bolt.signed


@pytest.mark.parametrize(
    "change",
    [
        {"user": "U0BOT"}, {"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "message_deleted"},
        {"subtype": "channel_join"}, {"type": "reaction_added"}, {"type": "file_shared"}, {"type": "app_home_opened"},
        {"type": "message", "channel": None},
    ],
)  # fmt: skip
def test_what_is_not_for_us_is_acknowledged_and_left(change):
    bolt = Bolt()
    assert bolt.event(**change) == 200
    assert bolt.taken == {}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": [{"action_id": "x", "type": "button"}], "user": {"id": "U1"}},
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "x"}, "user": {"id": "U1"}},
        {"type": "message_action", "callback_id": "x", "user": {"id": "U1"}},
        {"command": "/other", "text": "x", "user_id": "U1"},
        {"type": "event_callback"},
    ],
)
def test_what_nobody_handles_is_acknowledged(body):
    assert Bolt().dispatch(body).status == 200


def test_what_is_not_stored_is_not_acknowledged():
    assert Bolt(safe=False).event() != 200


def test_a_command_is_stored_and_answered_at_once_to_its_sender():
    bolt = Bolt()
    said = bolt.dispatch(COMMAND)
    assert said.status == 200
    assert json.loads(said.body) == {"text": app.WORKING, "response_type": "ephemeral"}
    assert bolt.taken["slack:T1:command:9"]["response_url"] == COMMAND["response_url"]


def pressing(action, **change):
    return PRESS | {"actions": [PRESS["actions"][0] | {"action_id": action} | change]}


@pytest.mark.parametrize("action", sorted(set(actions.BUTTONS) - {"capebot_draft"}))
def test_a_press_is_stored_and_then_acknowledged(action):
    bolt = Bolt()
    for moment in ("9.1", "9.1", "9.2"):  # delivered twice, and pressed again
        assert bolt.dispatch(pressing(action, action_ts=moment)).status == 200
    assert list(bolt.taken) == [f"slack:T1:press:C1:5.1:{action}:U1:{moment}" for moment in ("9.1", "9.2")]
    assert bolt.shown.told == bolt.shown.opened == []


def test_a_draft_is_opened_and_nothing_is_stored():
    bolt = Bolt()
    assert bolt.dispatch(pressing("capebot_draft")).status == 200
    assert (len(bolt.shown.opened), bolt.taken) == (1, {})


def test_a_press_that_could_not_be_stored_is_told_so():
    bolt = Bolt(safe=False)
    assert bolt.dispatch(PRESS).status == 200
    assert bolt.shown.told == ["not kept"]


def test_a_shortcut_is_stored_and_its_user_told():
    bolt = Bolt()
    assert bolt.dispatch(PICK).status == 200
    assert bolt.taken["slack:T1:shortcut:7.9"]["author"] == "U2"
    assert bolt.shown.told == [app.LOOKING]
    bolt = Bolt(safe=False)
    bolt.dispatch(PICK)
    assert bolt.shown.told == [app.NOT_KEPT]


@pytest.mark.parametrize("form", [actions.FORM, actions.CHOICE])
def test_a_form_is_answered_with_what_comes_of_it(form):
    bolt = Bolt()
    said = bolt.dispatch(SUBMIT | {"view": SUBMIT["view"] | {"callback_id": form}})
    assert (said.status, json.loads(said.body)) == (200, {"response_action": "clear"})
    assert "form" in bolt.taken


@pytest.mark.parametrize("words", ["", "  ", "help", "HELP "])
def test_an_empty_command_is_told_how(words):
    bolt = Bolt()
    assert json.loads(bolt.dispatch(COMMAND | {"text": words}).body)["text"] == app.HELP
    assert bolt.taken == {}


def test_a_command_that_could_not_be_stored_is_told_so():
    said = Bolt(safe=False).dispatch(COMMAND)
    assert said.status == 200
    assert json.loads(said.body)["text"] == app.NOT_KEPT


def test_the_manifest_lists_every_listener_and_no_other():
    """Each entry of the manifest reaches a listener of ours, and each listener has its entry."""
    events = {name.partition(".")[0] for name in MANIFEST["settings"]["event_subscriptions"]["bot_events"]}
    commands = [one["command"] for one in MANIFEST["features"]["slash_commands"]]
    assert events == set(app.MESSAGE_EVENTS)
    assert commands == [app.COMMAND]
    shortcuts = [one["callback_id"] for one in MANIFEST["features"]["shortcuts"]]
    assert shortcuts == [actions.SHORTCUT]
    assert MANIFEST["settings"]["interactivity"] == {"is_enabled": True}
    bolt = Bolt()
    buttons_and_forms = 2
    assert len(bolt.app._listeners) == len(events) + len(commands) + len(shortcuts) + buttons_and_forms
    assert bolt.dispatch(PICK | {"callback_id": shortcuts[0]}).status == 200
    assert bolt.taken
    for event in events:
        bolt.taken.clear()
        assert bolt.event(type=event) == 200
        assert bolt.taken, event


def calls_in_the_source():
    """Methods of Slack's Web API that the channel calls: attributes named as the SDK's client names them."""
    names = {node.attr for path in SOURCE.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Attribute)}  # fmt: skip
    return {name for name in names if "_" in name and callable(getattr(WebClient, name, None))}


def test_every_call_has_its_scopes_and_every_scope_its_call():
    assert calls_in_the_source() == set(CALLS)
    assert {name for name, scopes in CALLS.items() if scopes} > {"reactions_add", "users_info"}


def test_the_manifest_asks_for_what_is_needed_and_the_doctor_looks_for_just_that():
    settings, features = MANIFEST["settings"], MANIFEST["features"]
    needed = {scope for scopes in CALLS.values() for scope in scopes}
    needed |= {scope for name in settings["event_subscriptions"]["bot_events"] for scope in EVENTS[name]}
    needed |= {FEATURES[name] for name in features if name in FEATURES}
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(needed)
    assert sorted(doctor.SCOPES) == asked


def test_the_manifest_needs_no_address():
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(MANIFEST)
