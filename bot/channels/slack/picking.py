"""A message that somebody wants to have diagnosed, by the shortcut on it: whose words it holds, and who is answered.

It is answered in its thread when the bot is in the channel and the message is of these days: there the others see it,
and nobody asks again. Otherwise whoever asked gets the answer alone, as a direct message: into a channel that the bot is
not in it cannot post, and an old thread would wake people who are done with it.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.channels.slack import client, people, text
from bot.core.model import AttachedMessage, Incoming

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.channels.slack.reading import Found, Reader

Said = dict[str, Any]

_OLD = 7 * 86_400.0  # seconds: after a week a thread is a matter of the past


def read(reader: Reader, web: WebClient, id_: str, said: Said) -> Incoming | None:
    """Turn a stored shortcut into a message of whoever used it; None: it was used on an answer of ours."""
    bot_user = reader.own(web)
    if said["author"] == bot_user:
        return None
    refused = people.stranger(said) or reader.refusal(said["user"])
    shared = said.get("shared", ())
    given = [*said["files"], *(file for one in shared for file in one.get("files", ()))]
    found = reader.fetched(web, given) if not refused else None
    place = {"channel": "", "thread": ""} if refused else _place(web, said)
    threaded = bool(place["thread"])
    home = f"slack:{said['home']}:{said['channel']}:{said['thread_ts'] or said['ts']}"
    own = said["author"] == said["user"]
    plain = "\n\n".join(one for one in (text.plain(said["text"], bot_user), *(found.words if found else ())) if one)
    handle = {**place, "user": said["user"], "command": False, "ts": said["ts"] if threaded else ""}
    return Incoming(
        id=id_,
        sender=said["user"],
        text=plain if own else "",
        thread=home if threaded else f"{home}:{said['user']}",
        attached=_attached(said, plain, found, bot_user, own=own),
        attachments=tuple(found.files) if found else (),
        private=not threaded or _is_direct(said),
        refused=refused,
        handle=json.dumps(handle),
        asked=True,
        quoted=text.quoted(said["text"], bot_user) if own else (),
    )


def _attached(said: Said, plain: str, found: Found | None, bot_user: str, *, own: bool) -> tuple[AttachedMessage, ...]:
    """Somebody else's words count as handed on, like mails and shared messages."""
    theirs = () if own or not plain else (AttachedMessage(said["name"] or said["author"], "", plain),)
    shared = (
        AttachedMessage(one["author"], "", text.plain(one["text"], bot_user))
        for one in said.get("shared", ()) if one.get("author_id") != bot_user
    )  # fmt: skip
    return (*theirs, *shared, *(found.mails if found else ()))


def _place(web: WebClient, said: Said) -> dict[str, str]:
    """Where the answer goes: into the message's thread, or to whoever asked."""
    if time.time() - _moment(said["ts"]) < _OLD and _reaches(web, said):
        return {"channel": said["channel"], "thread": said["thread_ts"] or said["ts"]}
    return {"channel": _direct(web, said["user"]), "thread": ""}


def _reaches(web: WebClient, said: Said) -> bool:
    """Whether the bot can post where the message stands."""
    if _is_direct(said):
        return bool(said["channel"] == _direct(web, said["user"]))
    return _is_inside(web, said["channel"])


def _is_direct(said: Said) -> bool:
    return bool(said["channel"].startswith("D"))


def _direct(web: WebClient, user: str) -> str:
    """The direct messages of the bot and somebody."""
    return str(web.conversations_open(users=user)["channel"]["id"])


def _is_inside(web: WebClient, channel: str) -> bool:
    """Whether the bot is in the channel."""
    try:
        found: dict[str, Any] = web.conversations_info(channel=channel).get("channel") or {}
    except SlackApiError as error:
        if client.is_server_error(error):
            raise
        return False  # it may not even know of the channel
    return bool(found.get("is_member"))


def _moment(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
