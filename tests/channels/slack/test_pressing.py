"""Stored presses carried out by the channel, against a strict API; and what is done again after a crash."""

import json

import pytest
import slack_replies as replies
from servers.slack_limits import complaints
from slack_desk import HANDLE, INCOMING, Desk

from bot.channels import Acting, End
from bot.channels.slack import actions, forms, pressing, send


@pytest.fixture
def desk(api, monkeypatch):
    monkeypatch.setattr(send, "_SETTLE", 0.01)
    return Desk(api)


def test_the_channel_acts(desk):
    assert isinstance(desk.channel, Acting)
    message = json.dumps({"kind": "message", "home": "T1"}).encode()
    assert desk.channel.act("1", message) is None


@pytest.mark.parametrize("value", ["yes", "no", "some"])
def test_a_press_is_words_of_its_presser_in_the_thread(desk, value):
    deed, id_, payload = desk.press(actions.TYPE06, value)
    assert deed is None
    said = desk.channel.read(id_, payload)
    assert (said.text, said.sender, said.thread) == (actions.WORDS["type06", value], "U2", "slack:T1:C1:1")
    assert (said.addressed, said.asked, said.private, said.refused) == (True, True, False, "")
    desk.channel.send(said, replies.short(), "ref-2")
    assert desk.api.messages[-1]["thread_ts"] in (HANDLE["thread"], desk.answer["ts"])


def test_it_is_shown_under_the_answer_and_the_answer_keeps_its_mark(desk):
    first = desk.answer["blocks"][0]["block_id"]
    desk.press(actions.TYPE06, "yes")
    assert "Type 06: yes, all of them" in str(desk.answer["blocks"])
    assert "capebot_type06" not in str(desk.answer["blocks"])
    assert desk.answer["blocks"][0]["block_id"] == first
    assert complaints(desk.answer["blocks"]) == []
    assert desk.channel.was_sent(INCOMING, "ref-1")


def test_pressed_twice_by_one_it_counts_once(desk):
    assert desk.press(actions.TYPE06, "yes")[0] is None
    assert desk.press(actions.TYPE06, "yes", moment="2")[0].reply is None
    assert desk.asides() == []


def test_the_first_of_two_counts_and_the_second_is_told_how_to_put_it_right(desk):
    desk.api.users["U2"] = {"id": "U2", "real_name": "Bob <!channel>"}
    desk.press(actions.TYPE06, "yes")
    assert desk.press(actions.TYPE06, "no", user="U3")[0].reply is None
    assert desk.asides() == [
        ("U3", "Bob &lt;!channel&gt; pressed that already. To put it right, say it in the thread.")
    ]


def test_after_a_crash_it_comes_to_the_same(desk):
    assert desk.press(actions.TYPE06, "yes")[0] is None
    assert desk.press(actions.TYPE06, "yes")[0] is None


@pytest.mark.parametrize(
    "change",
    [{"is_restricted": True}, {"is_ultra_restricted": True}, {"is_stranger": True}, {"is_bot": True}, None],
)
@pytest.mark.parametrize(("what", "value"), [("type06", "yes"), ("helpful", "no"), ("person", "")])
def test_outsiders_press_nothing(desk, change, what, value):
    desk.api.users["U3"] = change
    deed = desk.press(what, value, user="U3")[0]
    assert deed.reply is None
    assert desk.trail.pressed == desk.trail.asks == {}
    assert desk.asides() == [("U3", pressing.OUTSIDE)]


def test_who_is_not_in_the_channel_presses_nothing(desk):
    assert desk.press(actions.TYPE06, "yes", user="U7")[0].reply is None
    assert desk.asides() == [("U7", pressing.OUTSIDE)]
    assert desk.trail.pressed == {}


def test_members_further_down_the_list_are_found_and_remembered(desk):
    desk.press(actions.HELPFUL, "yes", user="U3")
    asked = desk.api.methods().count("conversations.members")
    assert asked == 2, "two pages"
    desk.press(actions.HELPFUL, "no", user="U3", moment="2")
    assert desk.api.methods().count("conversations.members") == asked


def test_an_answer_of_another_place_is_not_worked(desk):
    assert desk.press(actions.TYPE06, "yes", channel="C2")[0].reply is None
    assert desk.trail.pressed == {}
    assert desk.asides() == [("U2", pressing.OUTSIDE)], "never silent"


def test_an_answer_that_was_purged_is_said_to_be_gone(desk):
    desk.trail.answers.clear()
    deed, id_, payload = desk.press(actions.TYPE06, "yes")
    assert deed.reply is None
    assert desk.asides() == [("U2", forms.GONE)]
    assert desk.channel.read(id_, payload) is None


def test_a_vote_is_one_per_person_and_may_change(desk):
    for user, value, moment in (("U2", "yes", "1"), ("U3", "yes", "1"), ("U2", "no", "2"), ("U2", "no", "3")):
        assert desk.press(actions.HELPFUL, value, user=user, moment=moment)[0].reply is None
    votes = {press.who: press.value for press in desk.trail.presses("ref-1")}
    assert votes == {"U2": "no", "U3": "yes"}
    assert desk.asides() == [
        ("U2", pressing.THANKS["yes"]), ("U3", pressing.THANKS["yes"]), ("U2", pressing.THANKS["no"]),
    ]  # fmt: skip


def test_slack_away_is_raised_so_that_it_is_tried_again(desk):
    desk.api.faults["conversations.members"] = [("refuse", "missing_scope")]
    with pytest.raises(Exception, match="missing_scope"):
        desk.press(actions.TYPE06, "yes")


def test_that_it_cannot_be_shown_is_no_trouble(desk):
    desk.api.faults["chat.update"] = [("refuse", "cant_update_message")]
    assert desk.press(actions.TYPE06, "yes")[0] is None
    desk.api.faults["chat.postEphemeral"] = [("refuse", "user_not_in_channel")]
    assert desk.press(actions.HELPFUL, "yes")[0].reply is None


@pytest.mark.parametrize(("people", "stands"), [("", False), ("C9", True)])
def test_without_a_channel_of_people_there_is_no_such_button(api, people, stands):
    assert ("Ask a person" in str(Desk(api, people).answer["blocks"])) is stands


@pytest.mark.parametrize(("end", "told"), [(End.FAILED, [send.FAILED]), (End.ANSWERED, []), (End.SILENT, [])])
def test_a_press_that_fails_is_told(desk, end, told):
    body = desk.body(actions.TYPE06, "yes") | {"response_url": f"{desk.api.root}/hook"}
    desk.channel.ended(actions.press_payload("T1", body), end)
    assert [given["text"] for method, given in desk.api.calls if method == "hook"] == told


class TestForm:
    def submit(self, desk, user="U2", form="ref-1:0", text="Dear CBP <!channel>"):
        body = {"user": {"id": user, "team_id": "T1"}, "view": {}}
        id_ = actions.form_id("T1", user, form, "Subject", text)
        return self.work(desk, id_, actions.form_payload("T1", body, form, "Subject", text))

    def work(self, desk, id_, payload):
        deed = desk.channel.act(id_, payload)
        if deed.reply:
            desk.channel.send(deed.incoming, deed.reply, f"key of {id_}")
        return deed

    def test_the_draft_comes_into_the_thread_to_copy_and_as_a_file(self, desk):
        deed = self.submit(desk)
        text = next(one for one in desk.api.messages if "to copy and send" in one["text"])
        assert text["thread_ts"] == HANDLE["thread"]
        assert complaints(text["blocks"]) == []
        code = text["blocks"][1]["elements"][0]
        assert code["type"] == "rich_text_preformatted"
        assert code["elements"][0]["text"].endswith("Subject: Subject\n\nDear CBP <!channel>")
        assert "<!channel>" not in text["text"]
        assert b"Dear CBP <!channel>" in desk.api.contents[list(desk.api.contents)[-1]]
        assert desk.channel.was_sent(deed.incoming, text["metadata"]["event_payload"]["reference"])
        assert "actions" not in [block["type"] for block in text["blocks"]]

    def test_sent_again_it_stands_once(self, desk):
        self.submit(desk)
        before = len(desk.api.messages)
        self.submit(desk)
        assert len(desk.api.messages) == before

    @pytest.mark.parametrize("user", ["U7", "U3"])
    def test_outsiders_submit_nothing(self, desk, user):
        desk.api.users["U3"] = {"is_restricted": True}
        assert self.submit(desk, user).reply is None

    @pytest.mark.parametrize("form", ["gone:0", "ref-1:9", "ref-1"])
    def test_what_is_not_there_is_not_completed(self, desk, form):
        assert self.submit(desk, form=form).reply is None
