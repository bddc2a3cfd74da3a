"""Ask a person: the question, who takes it, that it is resolved; against a strict API."""

import json
from dataclasses import replace

import pytest
from servers.slack_limits import complaints
from slack_desk import HANDLE, INCOMING, REPLY, Desk

from bot.channels import NotSent
from bot.channels.slack import actions, send
from bot.channels.trail import Answer


@pytest.fixture
def desk(api, monkeypatch):
    monkeypatch.setattr(send, "_SETTLE", 0.01)
    return Desk(api)


def test_the_people_get_a_summary_and_the_files_and_the_thread_is_told(desk):
    desk.api.users["U2"] = {"id": "U2", "real_name": "Bob <!channel>"}
    desk.go(actions.PERSON)
    question = desk.question()
    posted = [given for method, given in desk.api.calls if method == "chat.postMessage"]
    assert [one["channel"] for one in posted] == ["C1", "C9", "C1"]
    assert complaints(question["blocks"]) == []
    assert "Bob <!channel> asks for a person." in str(question["blocks"])
    assert "https://brokerage.example/archives/C1/p1" in str(question["blocks"])
    assert desk.notices()[-1].startswith("Bob &lt;!channel&gt; asked a person")
    assert [file["name"] for one in desk.api.messages for file in one.get("files", ())] == ["draft-x.eml"] * 2
    assert "A person was asked" in str(desk.answer["blocks"])


def test_asked_twice_it_stands_once_and_it_is_said_how_it_stands(desk):
    desk.go(actions.PERSON)
    before = len(desk.api.messages)
    desk.go(actions.PERSON)  # as after a crash
    desk.go(actions.PERSON, user="U3", moment="2")
    desk.go(actions.TAKE, user="U2", message=desk.question(), channel="C9", moment="3")
    desk.go(actions.PERSON, user="U3", moment="4")
    assert len(desk.api.messages) == before + 1
    assert [line for _, line in desk.asides()] == [
        "A person was asked about this already.", "A person was asked about this already, and U2 has taken it.",
    ]  # fmt: skip


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_crash_anywhere_leaves_nothing_out_and_nothing_twice(desk, lost):
    deed, _, _ = desk.press(actions.PERSON)
    desk.channel.send(deed.incoming, deed.reply, "key")
    whole = [one["text"] for one in desk.api.messages]
    desk.api.messages[:] = desk.api.messages[:-lost]
    assert not desk.channel.was_sent(deed.incoming, "key")
    deed, _, _ = desk.press(actions.PERSON)
    desk.channel.send(deed.incoming, deed.reply, "key")
    assert [one["text"] for one in desk.api.messages] == whole
    assert desk.channel.was_sent(deed.incoming, "key")


def test_a_channel_that_the_bot_is_not_in_is_said_to_the_operator(desk):
    deed, _, _ = desk.press(actions.PERSON)
    desk.api.faults["chat.postMessage"] = [("refuse", "not_in_channel")]
    with pytest.raises(NotSent, match="invite it"):
        desk.channel.send(deed.incoming, deed.reply, "key")


def test_only_one_can_take_it_and_the_thread_is_told(desk):
    desk.go(actions.PERSON)
    question = desk.question()
    assert desk.go(actions.TAKE, user="U3", message=question, channel="C9").reply
    assert desk.go(actions.TAKE, user="U2", message=question, channel="C9", moment="2").reply is None
    assert desk.notices()[-1] == "U3 takes care of this."
    assert desk.asides() == [("U2", "U3 has taken this already.")]
    assert "Taken by" in str(question["blocks"])
    assert "capebot_take" not in str(question["blocks"])
    assert question["blocks"][0]["block_id"].startswith("capebot_reply:1:")


def test_it_is_resolved_once_and_the_thread_is_told(desk):
    desk.go(actions.PERSON)
    question = desk.question()
    for moment in ("1", "2"):
        desk.go(actions.RESOLVE, user="U3", message=question, channel="C9", moment=moment)
    desk.go(actions.RESOLVE, user="U2", message=question, channel="C9", moment="3")
    late = desk.go(actions.TAKE, user="U2", message=question, channel="C9", moment="4")
    assert late.reply is None
    assert [one for one in desk.notices() if "resolved" in one] == [
        "U3 has resolved this. If something is left, write it here."
    ]
    assert [line for _, line in desk.asides()] == ["U3 has resolved this already.", "U3 has taken this already."]
    assert complaints(question["blocks"]) == []
    assert "actions" not in [block["type"] for block in question["blocks"]]


def test_take_and_resolve_are_for_the_people_in_their_channel(desk):
    desk.go(actions.PERSON)
    assert desk.go(actions.TAKE, user="U1", message=desk.question(), channel="C9").reply is None
    assert desk.go(actions.TAKE, user="U2", channel="C1", moment="2").reply is None
    assert desk.trail.asks["ref-1"].taken_by == ""


def test_a_question_about_a_direct_message_has_no_link(api, desk):
    direct = replace(INCOMING, private=True, handle=json.dumps(HANDLE | {"channel": "D1"}))
    desk.trail.answers["ref-1"] = Answer("ref-1", direct, REPLY)
    desk.go(actions.PERSON, channel="D1")
    assert "https://" not in str(desk.question()["blocks"])
    assert api.methods().count("conversations.members") == 0


def test_posting_needs_nothing_but_what_was_kept(desk):
    """A database or a name that is away would leave open whether it went out."""
    deed, _, _ = desk.press(actions.PERSON)
    desk.trail.answers.clear()
    desk.trail.asks.clear()
    asked = desk.api.methods().count("users.info")
    desk.channel.send(deed.incoming, deed.reply, "key")
    assert desk.channel.was_sent(deed.incoming, "key")
    assert desk.api.methods().count("users.info") == asked
