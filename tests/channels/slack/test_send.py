"""Posting, and what becomes of it when something goes wrong, against a strict API."""

import json
from dataclasses import replace

import pytest
import slack_replies as replies
from slack_trail import MemoryTrail

from bot.channels import NotForUs, NotSent
from bot.channels.slack import SlackChannel, send, traces
from bot.core.model import Incoming
from bot.settings import Slack

HANDLE = {"channel": "C1", "user": "U1", "ts": "1799999999.000001", "thread": "1799999999.000001", "command": False}
INCOMING = Incoming("slack:T1:C1:1799999999.000001", "U1", "", handle=json.dumps(HANDLE), asked=True)
REPLY = replies.short((replies.DRAFT,))
HOSTILE = "<!channel> " * 1_000


@pytest.fixture
def channel(api, monkeypatch):
    monkeypatch.setattr(send, "_SETTLE", 0.01)
    return SlackChannel(Slack(), MemoryTrail())


def answers(api):
    return [one for one in api.messages if one.get("metadata")]


def files(api):
    return [file["name"] for one in api.messages for file in one.get("files", [])]


def test_the_answer_stands_in_the_thread_with_its_reference_and_its_file(api, channel):
    channel.send(INCOMING, REPLY, "ref-1")
    (answer,) = answers(api)
    assert answer["thread_ts"] == HANDLE["thread"]
    assert answer["metadata"] == {"event_type": "capebot_reply", "event_payload": {"reference": "ref-1", "files": 1}}
    assert files(api) == ["draft-x.eml"]
    assert api.contents["F0"] == replies.DRAFT.content
    posted = dict(api.calls)["chat.postMessage"]
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)
    assert channel.was_sent(INCOMING, "ref-1") is True
    assert channel.was_sent(INCOMING, "ref-2") is False


OVERHEARD = replace(INCOMING, addressed=False, asked=False)


def test_overheard_a_member_is_answered(api, channel):
    channel.send(OVERHEARD, REPLY, "ref-1")
    assert len(answers(api)) == 1


def test_overheard_an_outsider_is_not_answered(api, channel):
    api.users["U1"] = {"is_restricted": True}
    with pytest.raises(NotForUs, match="guest"):
        channel.send(OVERHEARD, REPLY, "ref-1")
    assert answers(api) == []


def test_overheard_nobody_is_answered_while_slack_does_not_tell_who_it_was(api, channel):
    api.faults["users.info"] = [("refuse", "missing_scope")]
    with pytest.raises(NotSent, match="who the sender is") as caught:
        channel.send(OVERHEARD, REPLY, "ref-1")
    assert caught.value.retry


def test_sending_again_posts_nothing_again(api, channel):
    channel.send(INCOMING, REPLY, "ref-1")
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1
    assert files(api) == ["draft-x.eml"]


def test_an_answer_without_its_files_is_completed(api, channel):
    """As after a crash between the two."""
    channel.send(INCOMING, REPLY, "ref-1")
    api.messages[:] = answers(api)
    assert channel.was_sent(INCOMING, "ref-1") is False
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1
    assert files(api) == ["draft-x.eml"]


def test_the_next_answers_files_are_not_its_own(api, channel):
    channel.send(INCOMING, REPLY, "ref-1")
    api.messages[:] = answers(api)
    channel.send(INCOMING, REPLY, "ref-2")
    assert channel.was_sent(INCOMING, "ref-1") is False
    assert channel.was_sent(INCOMING, "ref-2") is True


def test_where_metadata_get_lost_the_block_tells(api, channel):
    channel.send(INCOMING, REPLY, "ref-1")
    for message in api.messages:
        message.pop("metadata", None)
    assert channel.was_sent(INCOMING, "ref-1") is True


@pytest.mark.parametrize("fault", [("lose",), ("status", 502)])
def test_a_broken_line_doubles_nothing(api, channel, fault):
    """Done, and the answer lost; or a gateway's error, and nothing done."""
    api.faults["chat.postMessage"] = [fault]
    if fault == ("lose",):
        channel.send(INCOMING, REPLY, "ref-1")
    else:
        with pytest.raises(NotSent, match="looks before it posts") as caught:
            channel.send(INCOMING, REPLY, "ref-1")
        assert caught.value.retry
        channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1
    assert files(api) == ["draft-x.eml"]


def test_when_nobody_can_tell_the_next_try_looks(api, channel):
    api.faults = {"chat.postMessage": [("lose",)], "conversations.replies": [("fine",), ("refuse", "internal_error")]}
    with pytest.raises(NotSent):
        channel.send(INCOMING, REPLY, "ref-1")
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_attachments"])
def test_a_refused_layout_goes_as_text(api, channel, code):
    api.faults["chat.postMessage"] = [("refuse", code)]
    channel.send(INCOMING, REPLY, "ref-1")
    (answer,) = answers(api)
    assert answer["blocks"] == []
    assert answer["text"].startswith("Write to CBP.")
    assert channel.was_sent(INCOMING, "ref-1") is True


def test_text_pings_nobody_and_what_is_cut_goes_up_as_a_file(api, channel):
    api.faults["chat.postMessage"] = [("refuse", "invalid_blocks")]
    channel.send(INCOMING, replies.short(text=HOSTILE), "ref-1")
    (answer,) = answers(api)
    assert "<!" not in answer["text"]
    assert len(answer["text"]) <= 4_000
    assert files(api) == ["answer.txt"]
    assert api.contents["F0"].decode() == HOSTILE


@pytest.mark.parametrize(
    ("code", "retry", "says"),
    [
        ("channel_not_found", False, "invite it"),
        ("not_in_channel", False, "invite it"),
        ("is_archived", False, "unarchive"),
        ("token_revoked", True, "capebot doctor"),
        ("missing_scope", True, "capebot doctor"),
        ("some_new_code", False, "some_new_code"),
    ],
)
def test_a_refusal_says_what_to_do(api, channel, code, retry, says):
    api.faults["chat.postMessage"] = [("refuse", code)]
    with pytest.raises(NotSent, match=says) as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry is retry
    assert answers(api) == []


def test_a_rate_limit_is_waited_for(api, channel):
    api.faults["chat.postMessage"] = [("rate", 0)]
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1


def test_too_many_rate_limits_are_tried_later(api, channel):
    api.faults["chat.postMessage"] = [("rate", 0)] * 3
    with pytest.raises(NotSent, match="asks to wait") as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry


def test_slack_away_is_tried_later(api, channel, monkeypatch):
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    with pytest.raises(NotSent, match="Slack is away") as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry


def test_a_lost_token_is_tried_later(api, channel, monkeypatch):
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    with pytest.raises(NotSent, match="SLACK_BOT_TOKEN") as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry


def test_a_failed_upload_is_told_and_doubles_nothing(api, channel):
    api.faults["files.getUploadURLExternal"] = [("refuse", "missing_scope")]
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1
    assert "could not upload draft-x.eml (missing_scope)" in api.messages[-1]["text"]
    assert "files:write" in api.messages[-1]["text"]
    assert channel.was_sent(INCOMING, "ref-1") is True
    api.faults = {"files.completeUploadExternal": [("status", 500)], "chat.postMessage": [("fine",), ("drop",)]}
    channel.send(INCOMING, REPLY, "ref-2")  # not even the telling works: no exception, no second answer
    assert len(answers(api)) == 2


def test_a_thread_that_cannot_be_read_is_answered(api, channel):
    api.faults["conversations.replies"] = [("refuse", "thread_not_found")] * 3
    assert channel.was_sent(INCOMING, "ref-1") is None
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(answers(api)) == 1


def command(api):
    return Incoming("c", "U1", "", handle=json.dumps(
        {"channel": "C1", "user": "U1", "response_url": f"{api.root}/hook", "thread": "c", "command": True}))  # fmt: skip


def test_a_command_is_answered_where_it_was_given_and_its_files_come_directly(api, channel):
    channel.send(command(api), REPLY, "ref-1")
    (hooked,) = [given for method, given in api.calls if method == "hook"]
    assert hooked["response_type"] == "ephemeral"
    assert "direct messages" in str(hooked["blocks"][-1])
    assert files(api) == ["draft-x.eml"]
    assert answers(api) == []
    assert channel.was_sent(command(api), "ref-1") is None


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_command_answered_too_late_is_answered_directly(api, channel, status):
    api.faults["hook"] = [("hook", status, "expired_url")] * 2
    channel.send(command(api), REPLY, "ref-1")
    assert len(answers(api)) == 1
    assert dict(api.calls)["chat.postMessage"]["channel"] == "D1"
    assert files(api) == ["draft-x.eml"]


def test_a_command_whose_layout_is_refused_is_answered_as_text(api, channel):
    api.faults["hook"] = [("hook", 500, "invalid_blocks")]
    channel.send(command(api), replies.short(), "ref-1")
    assert ["blocks" in given for method, given in api.calls if method == "hook"] == [True, False]
    assert api.messages == []


def test_nobody_knows_of_a_command_when_the_line_breaks(api, channel):
    api.faults["hook"] = [("drop",)]
    with pytest.raises(OSError):  # noqa: PT011 - any error of the line leaves it open
        channel.send(command(api), replies.short(), "ref-1")


def test_a_long_thread_is_read_page_by_page():
    class Pages:
        """Slack's answers for one thread of three pages."""

        asked = []  # noqa: RUF012 - one object, read after the test

        def conversations_replies(self, **given):
            self.asked.append(given)
            here = int(given["cursor"] or 0)
            mark = {"event_type": traces.EVENT, "event_payload": {"reference": "r", "files": 0}}
            message = {"ts": str(here), "bot_id": "B", **({"metadata": mark} if here == 2 else {})}
            return {"messages": [message], "response_metadata": {"next_cursor": str(here + 1) if here < 2 else ""}}

    assert traces.stands(Pages(), traces.Place("C1", "1.0", "1.5"), "r").complete
    assert [one["oldest"] for one in Pages.asked] == ["1.5"] * 3
