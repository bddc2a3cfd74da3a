"""Stored presses and forms carried out. All of it may be done again after a crash: the store says whose press counts.

What stands for words (Type 06, a draft that is asked for) is only noted here, and then read and thought about like
words said in the thread by whoever pressed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.channels import Deed
from bot.channels.slack import actions, asking, buttons, client, forms, send
from bot.channels.slack.traces import Place
from bot.channels.slack.views import blocks
from bot.channels.trail import COMPLETED, Press
from bot.core.completing import completed
from bot.core.model import Incoming

if TYPE_CHECKING:
    from datetime import date

    from bot.channels.slack.reading import Reader
    from bot.channels.trail import Answer, Trail
    from bot.settings import Slack

Said = dict[str, Any]

OUTSIDE = "Only members of this workspace who are in this channel can use my buttons."
THANKS = {
    "yes": "Thank you: noted as helpful. You may change that.",
    "no": "Thank you: noted as not helpful. Say in the thread what was wrong; you may change your vote.",
}
_ALREADY = {
    actions.TAKE: "{name} has taken this already.",
    actions.RESOLVE: "{name} has resolved this already.",
    actions.SAY_DRAFT: "{name} has asked for it already.",
    actions.TYPE06: "{name} pressed that already. To put it right, say it in the thread.",
}


class Pressing:
    """Carries out for one workspace."""

    def __init__(self, settings: Slack, trail: Trail, reader: Reader) -> None:
        self._settings = settings
        self._trail = trail
        self._reader = reader

    def act(self, id_: str, said: Said) -> Deed | None:
        """Carry out a stored press or form; None: it stands for words."""
        if said["kind"] == "form":
            return self._form(id_, said)
        answer = self._trail.answer(self._settings.name, said["reference"])
        if answer is None:
            return self._told(said, forms.GONE, "the answer is not kept any more")
        asked = said["what"] in (actions.TAKE, actions.RESOLVE)
        home = self._settings.people if asked else json.loads(answer.incoming.handle)["channel"]
        if said["channel"] != home or self._reader.outside(said, home):
            return self._told(said, OUTSIDE, "pressed by somebody who may not")
        return self._carried_out(id_, said, answer)

    def words(self, id_: str, said: Said) -> Incoming | None:
        """What a press says, as a message of its presser in the thread; None: nothing, or its answer is gone."""
        words = actions.WORDS.get((said.get("what", ""), said.get("value", "")))
        answer = self._trail.answer(self._settings.name, said["reference"]) if words else None
        if words is None or answer is None:
            return None
        handle = {
            "channel": said["channel"], "user": said["user"], "ts": said["ts"],
            "thread": said["thread_ts"] or said["ts"], "command": False,
        }  # fmt: skip
        return Incoming(
            id=id_,
            sender=said["user"],
            text=words,
            thread=answer.incoming.thread,
            private=answer.incoming.private,
            asked=True,
            handle=json.dumps(handle),
        )

    def _carried_out(self, id_: str, said: Said, answer: Answer) -> Deed | None:
        what, user = said["what"], said["user"]
        press = Press(what, user, said["value"], id_)
        if what == actions.HELPFUL:
            return self._vote(said, answer, press)
        if what == actions.PERSON and (deed := asking.asked_already(self._desk(), id_, said, answer)):
            return deed
        counts = self._trail.press(answer.reference, press)
        if counts.event != id_:
            if counts.who == user:
                return Deed(reason="pressed twice")
            line = _ALREADY.get(what, "").format(name=self._reader.name(counts.who))
            return self._told(said, line, "pressed before by another") if line else Deed(reason="pressed before")
        if what in (actions.TAKE, actions.RESOLVE):
            return asking.settled(self._desk(), id_, said, answer)
        self._show(said, answer)
        return asking.asked(self._desk(), id_, said, answer) if what == actions.PERSON else None

    def _vote(self, said: Said, answer: Answer, press: Press) -> Deed:
        """Everybody has one, and may change it; pressed twice it is thanked for once."""
        before = self._trail.vote(answer.reference, press)
        if before and before.value == press.value and before.event != press.event:
            return Deed(reason="the same vote again")
        return self._told(said, THANKS[press.value], "a vote")

    def _form(self, id_: str, said: Said) -> Deed:
        reference, number = forms.form_of(said["form"])
        answer = self._trail.answer(self._settings.name, reference)
        if answer is None or number >= len(answer.reply.diagnosis.drafts):
            return Deed(reason="the answer is not kept any more")
        handle = json.loads(answer.incoming.handle)
        if self._reader.outside(said, handle["channel"]):
            return Deed(reason="submitted by somebody who may not")
        reply = completed(answer.reply, number, said["subject"], said["text"], today())
        return Deed(asking.in_thread(id_, said["user"], answer, COMPLETED), reply)

    def _show(self, said: Said, answer: Answer) -> None:
        """Change the answer, so that it shows what was pressed under it."""
        layout, _ = blocks(answer.reply)
        layout += self.below(answer)
        place = Place(said["channel"], "", said["ts"])
        send.refresh(client.courteous(self._settings), place, answer.reply.text, layout, said["mark"])

    def below(self, answer: Answer) -> list[dict[str, Any]]:
        """The buttons under an answer, as they are now."""
        pressed = self._trail.presses(answer.reference)
        people = bool(self._settings.people)
        return buttons.below(answer.reply.diagnosis, answer.reference, pressed, people=people)

    def _desk(self) -> asking.Desk:
        return asking.Desk(self._settings, self._trail, self._reader)

    def _told(self, said: Said, line: str, reason: str) -> Deed:
        """Tell the presser, alone, and end it there."""
        place = Place(said["channel"], said["thread_ts"], "")
        send.aside(client.courteous(self._settings), place, said["user"], line)
        return Deed(reason=reason)


def today() -> date:
    """The day it is here."""
    return datetime.now(UTC).astimezone().date()
