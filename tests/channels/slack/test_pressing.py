"""Stored presses and forms carried out by the channel, against a strict API; and what is done again after a crash."""

import json
from dataclasses import replace

import pytest
import slack_replies as replies
from servers.slack_limits import complaints
from slack_trail import MemoryTrail
from worker_parts import wait_until

from bot.channels import Acting, End, NotSent
from bot.channels.slack import SlackChannel, actions, forms, pressing, send
from bot.channels.trail import Answer
from bot.core.model import Draft, Incoming, Type06
from bot.core.words import ASK_WORDS
from bot.settings import Slack

HANDLE = {"channel": "C1", "user": "U1", "ts": "1799999999.000001", "thread": "1799999999.000001", "command": False}
INCOMING = Incoming(
    "1", "U1", "", thread="slack:T1:C1:1", handle=json.dumps(HANDLE), asked=True, private=False, addressed=True
)
DRAFT = Draft("x", "IEEPARefunds@cbp.dhs.gov", "CAPE: X", "body", (), "", Type06.UNKNOWN, (ASK_WORDS["type06"][0],))
BASE = replies.short((replies.DRAFT,))
REPLY = replace(BASE, diagnosis=replace(BASE.diagnosis, drafts=(DRAFT,)))


class Desk:
    """A channel with one answer that stands, and presses under it."""

    def __init__(self, api, people="C9"):
        self.api = api
        self.trail = MemoryTrail(Answer("ref-1", INCOMING, REPLY))
        self.channel = SlackChannel(Slack(people=people), self.trail)
        api.members |= {"C1": ["U1", "U2", "U3"], "C9": ["U2", "U3"]}
        self.channel.send(INCOMING, REPLY, "ref-1")
        self.answer = api.messages[0]

    def body(self, what, value="", *, user="U2", moment="1", message=None, channel="C1"):
        message = message or self.answer
        return {
            "type": "block_actions", "user": {"id": user, "team_id": "T1"}, "channel": {"id": channel},
            "container": {"message_ts": message["ts"], "channel_id": channel}, "message": message, "trigger_id": "7",
            "actions": [{"action_id": actions.ACTION[what, value], "value": "ref-1", "action_ts": moment}],
        }  # fmt: skip

    def press(self, what, value="", **more):
        body = self.body(what, value, **more)
        id_, payload = actions.press_id("T1", body), actions.press_payload("T1", body)
        return self.channel.act(id_, payload), id_, payload

    def go(self, what, value="", **more):
        """Press, and have what comes of it sent."""
        deed, id_, _ = self.press(what, value, **more)
        if deed and deed.reply:
            self.channel.send(deed.incoming, deed.reply, f"key of {id_}")
        return deed

    def asides(self):
        return [(given["user"], given["text"]) for method, given in self.api.calls if method == "chat.postEphemeral"]

    def notices(self):
        return [one["text"] for one in self.api.messages if one.get("thread_ts") == HANDLE["thread"] and one["text"]]

    def question(self):
        return next(one for one in self.api.messages if "asks for a person" in str(one.get("blocks")))


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


class TestAsking:
    def test_the_people_get_a_summary_and_the_files_and_the_thread_is_told(self, desk):
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

    def test_asked_twice_it_stands_once_and_it_is_said_how_it_stands(self, desk):
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
    def test_a_crash_anywhere_leaves_nothing_out_and_nothing_twice(self, desk, lost):
        deed, _, _ = desk.press(actions.PERSON)
        desk.channel.send(deed.incoming, deed.reply, "key")
        whole = [one["text"] for one in desk.api.messages]
        desk.api.messages[:] = desk.api.messages[:-lost]
        assert not desk.channel.was_sent(deed.incoming, "key")
        deed, _, _ = desk.press(actions.PERSON)
        desk.channel.send(deed.incoming, deed.reply, "key")
        assert [one["text"] for one in desk.api.messages] == whole
        assert desk.channel.was_sent(deed.incoming, "key")

    def test_a_channel_that_the_bot_is_not_in_is_said_to_the_operator(self, desk):
        deed, _, _ = desk.press(actions.PERSON)
        desk.api.faults["chat.postMessage"] = [("refuse", "not_in_channel")]
        with pytest.raises(NotSent, match="invite it"):
            desk.channel.send(deed.incoming, deed.reply, "key")

    def test_only_one_can_take_it_and_the_thread_is_told(self, desk):
        desk.go(actions.PERSON)
        question = desk.question()
        assert desk.go(actions.TAKE, user="U3", message=question, channel="C9").reply
        assert desk.go(actions.TAKE, user="U2", message=question, channel="C9", moment="2").reply is None
        assert desk.notices()[-1] == "U3 takes care of this."
        assert desk.asides() == [("U2", "U3 has taken this already.")]
        assert "Taken by" in str(question["blocks"])
        assert "capebot_take" not in str(question["blocks"])
        assert question["blocks"][0]["block_id"].startswith("capebot_reply:1:")

    def test_it_is_resolved_once_and_the_thread_is_told(self, desk):
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

    def test_take_and_resolve_are_for_the_people_in_their_channel(self, desk):
        desk.go(actions.PERSON)
        assert desk.go(actions.TAKE, user="U1", message=desk.question(), channel="C9").reply is None
        assert desk.go(actions.TAKE, user="U2", channel="C1", moment="2").reply is None
        assert desk.trail.asks["ref-1"].taken_by == ""

    def test_a_question_about_a_direct_message_has_no_link(self, api, desk):
        direct = replace(INCOMING, private=True, handle=json.dumps(HANDLE | {"channel": "D1"}))
        desk.trail.answers["ref-1"] = Answer("ref-1", direct, REPLY)
        desk.go(actions.PERSON, channel="D1")
        assert "https://" not in str(desk.question()["blocks"])
        assert api.methods().count("conversations.members") == 0

    def test_posting_needs_nothing_but_what_was_kept(self, desk):
        """A database or a name that is away would leave open whether it went out."""
        deed, _, _ = desk.press(actions.PERSON)
        desk.trail.answers.clear()
        desk.trail.asks.clear()
        asked = desk.api.methods().count("users.info")
        desk.channel.send(deed.incoming, deed.reply, "key")
        assert desk.channel.was_sent(deed.incoming, "key")
        assert desk.api.methods().count("users.info") == asked


@pytest.mark.parametrize(("people", "stands"), [("", False), ("C9", True)])
def test_without_a_channel_of_people_there_is_no_such_button(api, people, stands):
    assert ("Ask a person" in str(Desk(api, people).answer["blocks"])) is stands


@pytest.mark.parametrize(("end", "told"), [(End.FAILED, [send.FAILED]), (End.ANSWERED, []), (End.SILENT, [])])
def test_a_press_that_fails_is_told(desk, end, told):
    body = desk.body(actions.TYPE06, "yes") | {"response_url": f"{desk.api.root}/hook"}
    desk.channel.ended(actions.press_payload("T1", body), end)
    assert [given["text"] for method, given in desk.api.calls if method == "hook"] == told


class TestWindows:
    def open(self, desk, **more):
        desk.channel._windows.open("T1", desk.body(actions.DRAFT, **more))

    def test_the_draft_opens(self, desk):
        self.open(desk)
        wait_until(lambda: desk.api.views)
        assert desk.api.views[0]["private_metadata"] == "ref-1:0"
        assert desk.trail.pressed == {}

    @pytest.mark.parametrize("user", ["U7", "U3"])
    def test_not_for_outsiders(self, desk, user):
        desk.api.users["U3"] = {"is_restricted": True}
        self.open(desk, user=user)
        wait_until(desk.asides)
        assert (desk.api.views, desk.asides()) == ([], [(user, pressing.OUTSIDE)])

    def test_one_that_is_gone_is_said(self, desk):
        desk.trail.answers.clear()
        self.open(desk)
        wait_until(desk.asides)
        assert desk.asides() == [("U2", forms.GONE)]

    @pytest.mark.parametrize(
        ("method", "code", "says"),
        [
            ("views.open", "expired_trigger_id", "too slow"),
            ("conversations.members", "missing_scope", "could not open"),
        ],
    )
    def test_one_that_does_not_open_is_said(self, desk, method, code, says):
        desk.api.faults[method] = [("refuse", code)]
        self.open(desk)
        wait_until(desk.asides)
        assert says in desk.asides()[0][1]

    def submit(self, desk, view, body="Dear CBP", *, safe=True):
        typed = {"subject": "S", "body0": body}
        values = {
            block["block_id"]: {block["element"]["action_id"]: {"value": typed[block["block_id"].partition(":")[0]]}}
            for block in view["blocks"] if block["type"] == "input"
        }  # fmt: skip
        taken = {}

        def take(id_, payload):
            taken[id_] = payload
            return safe

        given = {"user": {"id": "U2", "team_id": "T1"}, "view": view | {"state": {"values": values}}}
        return desk.channel._windows.submitted("T1", given, take), taken

    def test_a_complete_form_is_stored_and_then_closed(self, desk):
        view = forms.opening(desk.trail.answers["ref-1"])
        said, taken = self.submit(desk, view)
        assert said == {"response_action": "clear"}
        assert self.submit(desk, view)[1].keys() == taken.keys(), "a double submit makes one draft"
        (payload,) = taken.values()
        assert json.loads(payload)["text"] == "Dear CBP"

    def test_one_that_could_not_be_stored_stays_open(self, desk):
        said, _ = self.submit(desk, forms.opening(desk.trail.answers["ref-1"]), safe=False)
        assert said == {"response_action": "errors", "errors": {"subject:ref-1:0": forms.NOT_KEPT}}

    def test_what_is_incomplete_is_not_stored(self, desk):
        said, taken = self.submit(desk, forms.opening(desk.trail.answers["ref-1"]), "[FILL IN: x]")
        assert (said["response_action"], taken) == ("update", {})

    def test_a_case_that_changed_is_told(self, desk):
        newer = replace(REPLY.diagnosis, drafts=(replace(DRAFT, body="newer"),))
        desk.trail.later = (Answer("ref-2", INCOMING, replace(REPLY, diagnosis=newer)),)
        said, taken = self.submit(desk, forms.opening(desk.trail.answers["ref-1"]))
        assert "newer draft" in str(said["view"])
        assert taken == {}

    def test_a_choice_leads_to_its_draft(self, desk):
        many = replace(REPLY.diagnosis, drafts=(DRAFT, replace(DRAFT, subject="second")))
        desk.trail.answers["ref-1"] = Answer("ref-1", INCOMING, replace(REPLY, diagnosis=many))
        view = forms.opening(desk.trail.answers["ref-1"])
        picked = {"choice": {"choice": {"selected_option": {"value": "1"}}}}
        given = {"user": {"id": "U2"}, "view": view | {"state": {"values": picked}}}
        said = desk.channel._windows.submitted("T1", given, None)
        assert said["view"]["private_metadata"] == "ref-1:1"
        desk.trail.answers.clear()
        assert forms.GONE in str(desk.channel._windows.submitted("T1", given, None))

    def test_a_press_that_was_not_kept_is_told(self, desk):
        desk.channel._windows.not_kept("T1", desk.body(actions.TYPE06, "yes"))
        wait_until(desk.asides)
        assert desk.asides() == [("U2", forms.NOT_KEPT)]
