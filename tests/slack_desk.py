"""A Slack channel with one answer that stands on a strict API, and presses under it."""

import json
from dataclasses import replace

import slack_replies as replies
from slack_trail import MemoryTrail

from bot.channels.slack import SlackChannel, actions
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
