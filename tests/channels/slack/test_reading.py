"""A stored payload into an Incoming, with Slack asked on a strict API."""

import json
from pathlib import Path

import pytest
from slack_trail import MemoryTrail

from bot import inputs
from bot.channels.slack import SlackChannel, events, files
from bot.core import confirming
from bot.settings import Slack

EVENT = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hi", "ts": "5.1"}
MENTION = EVENT | {"text": "<@U0BOT> what is JMS error?"}
FILE = {"id": "F1", "name": "a.csv", "mimetype": "text/csv", "size": 1, "url_private": "https://elsewhere.example/a"}


@pytest.fixture
def read(api):
    channel = SlackChannel(Slack(), MemoryTrail())

    def reading(**change):
        event = EVENT | change
        return channel.read(events.event_id("T1", event), events.event_payload("T1", event))

    reading.channel = channel
    return reading


def test_a_mention(read):
    got = read(text=MENTION["text"])
    assert (got.text, got.sender, got.thread) == ("what is JMS error?", "U1", "slack:T1:C1:5.1")
    assert (got.addressed, got.asked, got.private, got.refused) == (True, True, False, "")
    assert json.loads(got.handle) == {"channel": "C1", "user": "U1", "ts": "5.1", "thread": "5.1", "command": False}


def test_what_is_quoted_is_told_apart(read):
    got = read(text="<@U0BOT> you say\n&gt; confirm rows 4, 9\nwhy?")
    assert got.quoted == ("confirm rows 4, 9",)
    assert not confirming.read(got).sayings
    assert confirming.read(read(text="<@U0BOT> confirm rows 4, 9")).sayings


def test_a_direct_message(read):
    got = read(channel="D1", channel_type="im")
    assert (got.addressed, got.asked, got.private) == (True, True, True)


def test_talk_in_a_channel_is_overheard_and_its_files_are_left(read, api):
    got = read(files=[FILE])
    assert (got.addressed, got.asked, got.attachments) == (False, False, ())
    assert api.methods() == ["auth.test"]  # neither its file nor its sender is looked up


@pytest.mark.parametrize(
    ("words", "is_read"),
    [
        ("<@U02BOB> please call Dana about the JMS processing exception", False),
        ("<@U02BOB|bob> JMS processing exception", False),
        ("<!subteam^S1|@imports> JMS processing exception", False),
        ("<@U02BOB> and <@U0BOT>: JMS processing exception", True),
        ("<!here> JMS processing exception", True),
    ],
)
@pytest.mark.parametrize("thread", [{}, {"thread_ts": "4.1"}])
def test_what_is_said_to_somebody_else_is_not_read(read, api, words, is_read, thread):
    api.messages = [{"ts": "4.2", "thread_ts": "4.1", "user": "U0BOT", "bot_id": "B0BOT"}]
    assert (read(text=words, **thread) is not None) is is_read


def test_in_a_direct_message_another_name_is_only_a_name(read):
    assert read(channel="D1", channel_type="im", text="<@U02BOB> got a JMS processing exception").addressed


@pytest.mark.parametrize("thread", [{}, {"thread_ts": "4.1"}])
def test_what_outsiders_say_to_others_is_not_for_the_bot(read, api, thread):
    api.messages = [{"ts": "4.2", "thread_ts": "4.1", "user": "U0BOT", "bot_id": "B0BOT"}]
    api.users["U1"] = {"is_restricted": True}
    assert read(text="lunch?", user_team="T2", **thread) is None
    got = read(text="lunch?", **thread)
    assert got is None or not (got.addressed or got.refused)


def test_a_follow_up_where_it_has_answered_is_said_to_it(read, api):
    api.messages = [{"ts": "4.1", "user": "U1"}, {"ts": "4.2", "thread_ts": "4.1", "user": "U0BOT", "bot_id": "B0BOT"}]
    got = read(thread_ts="4.1", text="they are type 06")
    assert (got.addressed, got.asked, got.thread) == (True, False, "slack:T1:C1:4.1")
    assert json.loads(got.handle)["thread"] == "4.1"
    asked = api.methods().count("conversations.replies")
    read(thread_ts="4.1", ts="5.2")
    assert api.methods().count("conversations.replies") == asked  # remembered


def test_a_thread_of_others_is_none_of_its_business(read, api):
    api.messages = [{"ts": "4.1", "user": "U1"}, {"ts": "4.2", "thread_ts": "4.1", "user": "U2"}]
    assert not read(thread_ts="4.1").addressed


def test_a_thread_in_which_it_only_refused_somebody_is_not_its_own(read, api):
    refusal = {"user": "U0BOT", "bot_id": "B0BOT", "thread_ts": "4.1", "blocks": [{"block_id": "capebot_refusal"}]}
    api.messages = [{"ts": "4.1", "user": "U1", "reply_users": ["U0BOT"]}, {"ts": "4.2", **refusal}]
    assert not read(thread_ts="4.1").addressed


def test_a_thread_that_it_may_not_read_is_not_its_own(read, api):
    api.faults["conversations.replies"] = [("refuse", "missing_scope")]
    assert not read(thread_ts="4.1").addressed


def test_a_command(read, api):
    body = {"channel_id": "C1", "user_id": "U1", "team_id": "T1", "text": "JMS &lt;error&gt;", "trigger_id": "7",
            "response_url": "https://hooks.slack.com/x"}  # fmt: skip
    got = read.channel.read("slack:T1:command:7", events.command_payload("T1", body))
    assert (got.text, got.addressed, got.asked, got.private) == ("JMS <error>", True, True, True)
    assert json.loads(got.handle)["response_url"] == "https://hooks.slack.com/x"


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ({"is_restricted": True}, "guest"), ({"is_ultra_restricted": True}, "guest"), ({"is_bot": True}, "bot"),
        ({"is_stranger": True}, "another workspace"), (None, "not a member"),
    ],
)  # fmt: skip
def test_outsiders_are_refused_and_nothing_of_theirs_is_fetched(read, api, user, why):
    api.users["U1"] = user
    got = read(text=MENTION["text"], files=[FILE])
    assert why in got.refused
    assert got.attachments == ()
    assert "files.info" not in api.methods()


def test_another_workspace_is_refused_unasked(read, api):
    assert "another workspace" in read(text=MENTION["text"], user_team="T2").refused
    assert "users.info" not in api.methods()


def test_people_are_looked_up_once(read, api):
    read(text=MENTION["text"])
    read(text=MENTION["text"], ts="5.2")
    assert api.methods().count("users.info") == 1


def test_slack_away_is_raised(read, api):
    api.faults["users.info"] = [("refuse", "missing_scope")]
    with pytest.raises(Exception, match="missing_scope"):
        read(text=MENTION["text"])


def test_a_mention_without_its_files_gets_them_from_the_message(read, api):
    api.messages = [{"ts": "5.1", "user": "U1", "text": MENTION["text"], "files": [FILE]}]
    got = read(type="app_mention", text=MENTION["text"])
    assert [(file.name, "does not lie at Slack" in file.problem) for file in got.attachments] == [("a.csv", True)]


def test_a_shared_message_counts_as_forwarded(read):
    share = {"is_share": True, "author_name": "Pat", "author_id": "U7", "text": "&gt; JMS error", "files": [FILE]}
    own = share | {"author_id": "U0BOT"}
    got = read(text="<@U0BOT> ?", attachments=[share, own])
    assert [(one.sender, one.text) for one in got.attached] == [("Pat", "JMS error")]
    assert len(got.attachments) == 1


@pytest.fixture
def holds(monkeypatch):
    """What Slack hands out for every file."""

    def holding(content):
        monkeypatch.setattr(files, "_fetched", lambda *_: content)
        monkeypatch.setattr(files, "_unfit", lambda *_: "")

    return holding


@pytest.mark.parametrize("kind", [{"mode": "snippet", "filetype": "text"}, {"mimetype": "text/plain", "name": "a.txt"}])
@pytest.mark.parametrize(
    ("content", "is_words"),
    [
        (b"ACE shows:\nHTS RELATIONSHIP MISMATCH for two entries", True),
        (b"Not Started", True),
        (b"Entry Number\nB7600000019\n", False),
    ],
)
def test_a_long_paste_or_a_text_file_is_what_the_sender_says(read, holds, kind, content, is_words):
    holds(content)
    got = read(text="<@U0BOT> see", files=[FILE | kind])
    assert got.text == (f"see\n\n{content.decode()}" if is_words else "see")
    assert len(got.attachments) == (0 if is_words else 1)


@pytest.mark.parametrize("name", ["reject.eml", "file"])
def test_a_mail_dropped_in_is_forwarded(read, holds, name):
    holds((Path(inputs.__file__).parent / "demo" / "mail" / "1-outlook-forward-with-csv.eml").read_bytes())
    got = read(text="<@U0BOT> see", files=[FILE | {"name": name}])
    assert [(one.name, one.sender) for one in got.attached] == [(name, "pat.moreno@harborlight.example")]
    assert [one.path_in for one in got.attachments] == [name]
