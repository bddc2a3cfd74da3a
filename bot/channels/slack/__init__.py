"""The Slack channel."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels import End, NotForUs, NotSent
from bot.channels.slack import app, asking, buttons, client, deeds, people, picking, reading, send, traces
from bot.channels.slack.pressing import Pressing
from bot.channels.slack.signs import Signs
from bot.channels.slack.windows import Windows
from bot.channels.trail import ASKED, COMPLETED

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from slack_sdk import WebClient

    from bot.channels import Deed
    from bot.channels.trail import Trail
    from bot.core.model import Incoming, Reply
    from bot.settings import Slack

_TOLD = 5_000  # outsiders known to have been refused; a bounded memory, the others would be told again
_log = structlog.get_logger()


class SlackChannel:
    """One workspace: mentions, direct messages, files, `/cape`, threads in which the bot has answered, and buttons."""

    def __init__(self, settings: Slack, trail: Trail) -> None:
        self.name = settings.name
        self._settings = settings
        self._reader = reading.Reader(settings)
        self._pressing = Pressing(settings, trail, self._reader)
        self._windows = Windows(settings, trail, self._reader)
        self._signs = Signs(settings)
        self._told: dict[str, None] = {}
        self._lock = Lock()

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Hand over messages until `stop`."""
        app.listen(self._settings, app.Hearing(take, self._signs, self._windows), stop)

    def act(self, id: str, payload: bytes) -> Deed | None:  # noqa: A002 - the domain's word
        """Carry out a press or a completed draft; None: it is words. Raises when Slack is away."""
        said = json.loads(payload)
        return self._pressing.act(id, said) if said["kind"] in ("press", "form") else None

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Turn a stored message or command into an Incoming, its files downloaded. Raises when Slack is away.

        Nothing is downloaded of talk that is not said to the bot, or of somebody who is not answered.
        """
        said = json.loads(payload)
        if said["kind"] == "press":
            return self._pressing.words(id, said)
        if said["kind"] == "shortcut":
            return picking.read(self._reader, client.reading(self._settings), id, said)
        return None if said["kind"] == "form" else self._reader.read(id, said)

    def send(self, incoming: Incoming, reply: Reply, reference: str) -> None:
        """Answer in the thread, or to the sender of a command alone."""
        handle = json.loads(incoming.handle)
        try:
            web, look = client.posting(self._settings), client.reading(self._settings)
        except client.Unusable as problem:
            raise NotSent(str(problem), retry=True) from problem
        if handle.get("command"):
            send.whisper(web, look, handle, reply, reference)
            return
        if handle.get("deed"):
            _send_deed(web, look, incoming, reply, reference)
            return
        if not incoming.addressed:
            self._refuse_overheard(handle["user"])
        # Without a look at what was pressed: nothing can have been, and a send must not fail at the database.
        below = buttons.below(reply.diagnosis, reference, (), people=bool(self._settings.people))
        send.answer(web, look, _place(handle), reply, reference, send.laid_out(reply, reference, below))
        self._reader.remember(incoming.thread)

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:
        """Look through the thread; an answer to a command leaves no trace. False: some of it has still to go out."""
        handle = json.loads(incoming.handle)
        if handle.get("command"):
            return None
        try:
            if handle.get("deed") == ASKED:
                return asking.posted(client.reading(self._settings), incoming, reference)
            return traces.stands(client.reading(self._settings), _place(handle), reference).complete
        except SlackApiError as error:
            if client.is_server_error(error):
                raise
            _log.warning("the thread cannot be read any more", channel=self.name, code=client.code(error))
            return None

    def ended(self, payload: bytes, end: End) -> None:
        """Take the sign away. A command gets its closing line; an outsider is told, once, why there is no answer."""
        said = json.loads(payload)
        try:
            if said["kind"] != "message":
                if line := _closing(said, end):
                    send.close(said["response_url"], line)
            elif self._reader.spoken_to(said):
                self._signs.clear(said["channel"], said["ts"])
                if end is End.REFUSED:
                    self._refuse(said)
        except client.Unusable as problem:
            _log.warning("an end could not be told", channel=self.name, todo=str(problem))
        except client.TROUBLE as error:
            _log.warning("an end could not be told", channel=self.name, code=client.code(error))

    def _refuse(self, said: dict[str, Any]) -> None:
        """Tell an outsider why there is no answer, once as long as the service runs. A bot is not told: it may answer."""
        user = said["user"]
        if self._reader.refusal(user) == people.BOT:
            return
        with self._lock:
            if user in self._told:
                return
            if len(self._told) >= _TOLD:
                self._told.clear()
            self._told[user] = None
        try:
            send.refuse(client.posting(self._settings), traces.Place(said["channel"], reading.root(said), ""))
        except client.TROUBLE:
            self._told.pop(user, None)
            raise

    def _refuse_overheard(self, user: str) -> None:
        """Raise NotForUs when the sender of overheard talk may not be answered: only now it matters who that is."""
        try:
            why = self._reader.refusal(user)
        except client.TROUBLE as error:
            raise NotSent(f"Slack does not tell who the sender is ({client.code(error)})", retry=True) from error
        if why:
            raise NotForUs(f"{why}, and did not speak to the bot")


def _place(handle: dict[str, Any]) -> traces.Place:
    return traces.Place(handle["channel"], handle["thread"], handle.get("ts", ""))


def _send_deed(web: WebClient, look: WebClient, incoming: Incoming, reply: Reply, reference: str) -> None:
    """Post what was carried out: a question to people, a completed draft, or a line in the thread."""
    handle = json.loads(incoming.handle)
    if handle["deed"] == ASKED:
        asking.post(web, look, incoming, reply, reference)
    elif handle["deed"] == COMPLETED:
        layout = send.laid_out(reply, reference, above=deeds.completed(reply))
        send.answer(web, look, _place(handle), reply, reference, layout)
    else:
        asking.tell(web, look, _place(handle), reply, reference)


def _closing(said: dict[str, Any], end: End) -> str:
    """What somebody who used a command, a shortcut or a button is told in place of an answer; empty: nothing."""
    if not said.get("response_url"):
        return ""
    if said["kind"] in ("press", "form"):
        return send.FAILED if end is End.FAILED else ""
    if said["kind"] == "shortcut" and end is End.SILENT:
        return send.NOTHING_THERE
    return send.CLOSING.get(end, "")
