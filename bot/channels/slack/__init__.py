"""The Slack channel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.channels.slack import app, client, files, send, text
from bot.core.model import Incoming

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from slack_sdk import WebClient

    from bot.core.model import Reply
    from bot.settings import Slack

_LOOKED_THROUGH = 50  # messages of a thread in which an answer of ours is looked for


class SlackChannel:
    """One workspace: mentions, direct messages, files, `/cape`, and threads in which the bot has answered."""

    def __init__(self, settings: Slack) -> None:
        self.name = settings.name
        self._settings = settings
        self._bot_user = ""

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Hand over messages until `stop`."""
        app.listen(self._settings, take, stop)

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Turn a stored message or command into an Incoming, its files downloaded. Raises when Slack is away."""
        said = json.loads(payload)
        web = client.reading(self._settings)
        bot_user = self._own(web)
        command = said["kind"] == "command"
        direct = said.get("channel_type") == "im"
        spoken_to = command or direct or text.mentions(said.get("text", ""), bot_user)
        thread = said.get("thread_ts") or said.get("ts", "")
        follow_up = not spoken_to and "thread_ts" in said and self._answered_in(web, said["channel"], thread)
        token = client.token(self._settings)
        handle = {key: said[key] for key in ("channel", "user", "ts", "response_url") if said.get(key)}
        return Incoming(
            id=id,
            sender=said["user"],
            text=text.plain(said.get("text", ""), bot_user),
            thread=f"slack:{said['home']}:{said['channel']}:{thread or id}",
            attachments=tuple(
                files.attachment(
                    file, token, self._settings.file_hosts, lambda id_: dict(web.files_info(file=id_)["file"])
                )
                for file in said.get("files", [])
            ),
            addressed=spoken_to or follow_up,
            private=command or direct,
            refused=self._refused(web, said),
            handle=json.dumps({**handle, "thread": thread}),
            asked=spoken_to,
        )

    def send(self, incoming: Incoming, reply: Reply, reference: str) -> None:
        """Answer in the thread, or to the sender of a command alone."""
        web = client.posting(self._settings)
        handle = json.loads(incoming.handle)
        if "response_url" in handle:
            send.whisper(web, handle, reply)
            return
        try:
            send.answer(web, handle, reply, reference)
        finally:
            if incoming.asked:
                app.sign(web, handle["channel"], handle["ts"], on=False)

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:
        """Look through the thread; an answer to a command leaves no trace."""
        handle = json.loads(incoming.handle)
        if "response_url" in handle:
            return None
        return send.was_posted(client.reading(self._settings), handle, reference)

    def _own(self, web: WebClient) -> str:
        if not self._bot_user:
            self._bot_user = str(web.auth_test()["user_id"])
        return self._bot_user

    def _answered_in(self, web: WebClient, channel: str, thread: str) -> bool:
        """Whether the bot has spoken in the thread: then a follow-up needs no mention."""
        try:
            page = web.conversations_replies(channel=channel, ts=thread, limit=_LOOKED_THROUGH)
        except SlackApiError:
            return False  # a channel that it may not read is one in which it has not answered
        messages: list[dict[str, Any]] = page.get("messages", [])
        return any(message.get("user") == self._bot_user for message in messages)

    def _refused(self, web: WebClient, said: dict[str, Any]) -> str:
        """Why this person may not be answered: guests and other companies see no client's data."""
        other = said.get("user_team") or said.get("team") or said["home"]
        if other != said["home"]:
            return "the sender belongs to another workspace"
        user: dict[str, Any] = web.users_info(user=said["user"]).get("user") or {}
        if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
            return "the sender is a guest"
        return "the sender is a bot" if user.get("is_bot") else ""
