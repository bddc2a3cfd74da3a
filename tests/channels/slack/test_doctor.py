import pytest

from bot.channels.slack import client, doctor
from bot.settings import Slack


def findings(**settings):
    return {one.what.partition(": ")[2]: one for one in doctor.check(Slack(**settings))}


def test_all_is_well(api):
    api.scopes = ",".join(doctor.SCOPES)
    found = findings()
    assert list(found) == ["bot token", "permissions", "files can be read", "app-level token opens a socket"]
    assert all(one.ok and not one.mend for one in found.values())


def test_a_missing_permission_is_named(api):
    api.scopes = ",".join(scope for scope in doctor.SCOPES if scope not in ("files:read", "users:read"))
    api.faults["files.list"] = [("refuse", "missing_scope")]
    found = findings()
    assert "add files:read, users:read" in found["permissions"].mend
    assert "add files:read" in found["files can be read"].mend


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "", "into the variable SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "xapp-1", "holds something else"),
        ("SLACK_BOT_TOKEN", "xoxb-1 xoxb-2", "holds something else"),
        ("SLACK_BOT_TOKEN", "xoxb-€", "holds something else"),
        ("SLACK_API_URL", "slack.com/api", "must begin with https://"),
        ("SLACK_API_URL", "http://[", "must begin with https://"),
    ],
)
def test_what_cannot_be_a_token_or_an_address(api, monkeypatch, variable, value, says):
    monkeypatch.setenv(variable, value)
    (one,) = findings().values()
    assert not one.ok
    assert says in one.mend


def test_an_app_token_of_the_wrong_kind(api, monkeypatch):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-1")
    assert "xapp-" in findings()["app-level token opens a socket"].mend


@pytest.mark.parametrize(("inside", "ok"), [({"C9": True}, True), ({"C9": False}, False), ({}, False)])
def test_the_channel_of_the_people_who_are_asked(api, inside, ok):
    api.inside = inside
    one = findings(people="C9")["the channel of the people who are asked"]
    assert one.ok is ok
    assert ok or "invite the bot" in one.mend


def test_refused_tokens(api):
    api.faults["auth.test"] = [("refuse", "invalid_auth")]
    (one,) = findings().values()
    assert "Slack says invalid_auth: install the app" in one.mend
    api.faults["apps.connections.open"] = [("refuse", "not_allowed_token_type")]
    assert "connections:write" in findings()["app-level token opens a socket"].mend


def test_a_persons_token(api):
    api.user_id = "U1"
    assert "a person's token" in findings()["bot token"].mend


def test_slack_away(api, monkeypatch):
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    monkeypatch.setattr(client, "ConnectionErrorRetryHandler", lambda _: client.RateLimitErrorRetryHandler(0))
    (one,) = findings().values()
    assert "check the network" in one.mend


def test_files_come_from_the_api_that_is_named_too(monkeypatch):
    monkeypatch.delenv("SLACK_API_URL", raising=False)
    assert client.file_hosts(Slack()) == {"files.slack.com"}
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:3100/api/")
    assert client.file_hosts(Slack()) == {"files.slack.com", "127.0.0.1"}
