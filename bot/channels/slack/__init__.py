"""The Slack channel."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels import End, NotForUs, NotSent
from bot.channels.slack import app, client, people, reading, send, traces
from bot.channels.slack.signs import Signs

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.core.model import Incoming, Reply
    from bot.settings import Slack

_TOLD = 5_000  # outsiders known to have been refused; a bounded memory, the others would be told again
_log = structlog.get_logger()


class SlackChannel:
    """One workspace: mentions, direct messages, files, `/cape`, and threads in which the bot has answered."""

    def __init__(self, settings: Slack) -> None:
        self.name = settings.name
        self._settings = settings
        self._reader = reading.Reader(settings)
        self._signs = Signs(settings)
        self._told: dict[str, None] = {}
        self._lock = Lock()

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Hand over messages until `stop`."""
        app.listen(self._settings, take, lambda event: self._signs.put(event["channel"], event["ts"]), stop)

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Turn a stored message or command into an Incoming, its files downloaded. Raises when Slack is away.

        Nothing is downloaded of talk that is not said to the bot, or of somebody who is not answered.
        """
        return self._reader.read(id, json.loads(payload))

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
        if not incoming.addressed:
            self._refuse_overheard(handle["user"])
        send.answer(web, look, _place(handle), reply, reference)
        self._reader.remember(incoming.thread)

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:
        """Look through the thread; an answer to a command leaves no trace. False: some of it has still to go out."""
        handle = json.loads(incoming.handle)
        if handle.get("command"):
            return None
        try:
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
            if said["kind"] == "command":
                if end in send.CLOSING and said.get("response_url"):
                    send.close(said["response_url"], send.CLOSING[end])
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
