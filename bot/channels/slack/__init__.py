"""The Slack channel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels import NotSent
from bot.channels.slack import app, client, send, traces
from bot.channels.slack.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.core.model import Incoming, Reply
    from bot.settings import Slack

_log = structlog.get_logger()


class SlackChannel:
    """One workspace: mentions, direct messages, files, `/cape`, and threads in which the bot has answered."""

    def __init__(self, settings: Slack) -> None:
        self.name = settings.name
        self._settings = settings
        self._reader = Reader(settings)

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Hand over messages until `stop`."""
        app.listen(self._settings, take, stop)

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Turn a stored message or command into an Incoming, its files downloaded. Raises when Slack is away.

        Nothing is downloaded of talk that is not said to the bot, or of somebody who is not answered.
        """
        said = json.loads(payload)
        incoming = None
        try:
            incoming = self._reader.read(id, said)
        finally:
            if incoming is None or (incoming.refused and incoming.asked):
                self._sign_off(said)
        return incoming

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
        try:
            send.answer(web, look, _place(handle), reply, reference)
            self._reader.remember(incoming.thread)
        finally:
            if incoming.asked:
                self._sign_off(handle)

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

    def _refuse_overheard(self, user: str) -> None:
        """Raise NotSent when the sender of overheard talk may not be answered: only now it matters who that is."""
        try:
            why = self._reader.refusal(user)
        except client.TROUBLE as error:
            raise NotSent(f"Slack does not tell who the sender is ({client.code(error)})", retry=True) from error
        if why:
            raise NotSent(f"{why}, and did not speak to the bot: leave it", retry=False)

    def _sign_off(self, said: dict[str, Any]) -> None:
        """Take the sign away: the answer stands, or there will be none."""
        if said.get("ts"):
            app.sign(client.courteous(self._settings), said["channel"], said["ts"], on=False)


def _place(handle: dict[str, Any]) -> traces.Place:
    return traces.Place(handle["channel"], handle["thread"], handle.get("ts", ""))
