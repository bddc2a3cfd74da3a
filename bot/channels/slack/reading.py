"""A stored payload into an Incoming: what Slack must be asked for is asked here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.channels.slack import client, events, files, people, text, traces
from bot.core import prose
from bot.core.model import AttachedMessage, Attachment, Incoming
from bot.inputs import is_mail
from bot.mailformat.forwarded import unpacked

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.settings import Slack

_LOOKED_THROUGH = 100  # messages at a thread's beginning in which an answer of ours is looked for
_REMEMBERED = 5_000  # threads known to hold an answer of ours; a bounded memory, the rest is asked again


@dataclass(slots=True)
class Found:
    """What the files of a message hold: the sender's words, mails that they hand on, and files."""

    words: list[str] = field(default_factory=list)
    mails: list[AttachedMessage] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


class Reader:
    """Reads for one workspace, and remembers what it need not ask twice."""

    def __init__(self, settings: Slack) -> None:
        self._settings = settings
        self._bot_user = ""
        self._people = people.People()
        self._answered: dict[str, None] = {}

    def read(self, id_: str, said: dict[str, Any]) -> Incoming | None:
        """Take a stored payload; give the message, or None: it is others' talk among themselves.

        That is what is said to somebody else by name, and what somebody who may not be answered did not say to the bot
        in person. Talk that is only overheard is not looked into: no file of it is downloaded, and its sender is looked
        up only when there is an answer, in `refusal`. Raises when Slack is away or does not say who the sender is.
        """
        web = client.reading(self._settings)
        bot_user = self.own(web)
        command, spoken_to = said["kind"] == "command", self.spoken_to(said)
        said = said if command else _completed(web, said)
        if not spoken_to and text.is_to_others(said.get("text", ""), bot_user):
            return None
        beginning = root(said) or id_
        thread = f"slack:{said['home']}:{said['channel']}:{beginning}"
        addressed = spoken_to or ("thread_ts" in said and self._answered_in(web, said, thread))
        refused = people.stranger(said) or (self._people.refusal(web, said["user"]) if addressed else "")
        if refused and not spoken_to:
            return None
        shared = [one for one in said.get("shared", ()) if one.get("author_id") != bot_user]
        given = [*said.get("files", ()), *(file for one in shared for file in one.get("files", ()))]
        found = self.fetched(web, given) if addressed and not refused else Found()
        handle = {key: said[key] for key in ("channel", "user", "ts", "response_url") if said.get(key)}
        return Incoming(
            id=id_,
            sender=said["user"],
            text="\n\n".join(part for part in (text.plain(said.get("text", ""), bot_user), *found.words) if part),
            thread=thread,
            attached=(
                *(AttachedMessage(one["author"], "", text.plain(one["text"], bot_user)) for one in shared),
                *found.mails,
            ),
            attachments=tuple(found.files),
            addressed=addressed,
            private=command or events.is_direct(said),
            refused=refused,
            handle=json.dumps({**handle, "thread": beginning, "command": command}),
            asked=spoken_to,
            quoted=text.quoted(said.get("text", ""), bot_user),
        )

    def spoken_to(self, said: dict[str, Any]) -> bool:
        """Whether a stored payload was said to the bot in person: a command, a direct message, a mention."""
        if said["kind"] == "command" or events.is_direct(said):
            return True
        return text.mentions(said.get("text", ""), self.own(client.reading(self._settings)))

    def refusal(self, user: str) -> str:
        """Why this user may not be answered, or empty. Raises when Slack cannot tell now."""
        return self._people.refusal(client.reading(self._settings), user)

    def outside(self, said: dict[str, Any], channel: str) -> str:
        """Why somebody may not press, submit or ask about a message of this channel, or empty. Raises as above."""
        if why := people.stranger(said) or self.refusal(said["user"]):
            return why
        inside = self._people.is_in(client.reading(self._settings), channel, said["user"])
        return "" if inside else "the sender is not in the channel"

    def name(self, user: str) -> str:
        """What somebody is called. Raises when Slack cannot tell now."""
        return self._people.name(client.reading(self._settings), user)

    def fetched(self, web: WebClient, given: list[dict[str, Any]]) -> Found:
        """What the files hold, told by their bytes, as on the command line."""
        found = Found()
        token, hosts = client.token(self._settings), client.file_hosts(self._settings)
        for file in given:
            got = files.attachment(file, token, hosts, lambda id_: dict(web.files_info(file=id_)["file"]))
            if is_mail(got.content):
                mails, inside = unpacked(got)
                found.mails += mails
                found.files += inside
            elif words := prose.words(got):
                found.words.append(words)
            else:
                found.files.append(got)
        return found

    def own(self, web: WebClient) -> str:
        """The bot's own user."""
        if not self._bot_user:
            self._bot_user = str(web.auth_test()["user_id"])
        return self._bot_user

    def _answered_in(self, web: WebClient, said: dict[str, Any], thread: str) -> bool:
        """Whether the bot has answered in the thread: then a follow-up needs no mention."""
        if thread in self._answered:
            return True
        try:
            page = web.conversations_replies(channel=said["channel"], ts=said["thread_ts"], limit=_LOOKED_THROUGH)
        except SlackApiError as error:
            if client.is_server_error(error):
                raise
            return False  # a channel that it may not read is one in which it has not answered
        messages: list[dict[str, Any]] = page.get("messages") or []
        mine = [one for one in messages if one.get("user") == self._bot_user]
        answered = any(not traces.is_refusal(one) for one in mine)
        if not mine:  # further down than is looked
            answered = any(self._bot_user in one.get("reply_users", ()) for one in messages)
        if answered:
            self.remember(thread)
        return answered

    def remember(self, thread: str) -> None:
        """The bot has spoken there."""
        if len(self._answered) >= _REMEMBERED:
            self._answered.clear()
        self._answered[thread] = None


def root(said: dict[str, Any]) -> str:
    """The beginning of the thread that a stored message is in, or begins; empty for a command."""
    return str(said.get("thread_ts") or said.get("ts") or "")


def _completed(web: WebClient, said: dict[str, Any]) -> dict[str, Any]:
    """A mention's own event may lack the files that the message has: the message itself is asked for."""
    if said.get("heard_as") != "app_mention" or said.get("files"):
        return said
    ts, thread = said["ts"], said.get("thread_ts", said["ts"])
    try:
        page = web.conversations_replies(
            channel=said["channel"], ts=thread, oldest=ts, latest=ts, inclusive=True, limit=2
        )
    except SlackApiError as error:
        if client.is_server_error(error):
            raise
        return said
    messages: list[dict[str, Any]] = page.get("messages") or []
    found = [file for one in messages if one.get("ts") == ts for file in one.get("files") or ()]
    return {**said, "files": found}
