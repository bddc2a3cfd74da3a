"""Slack's payloads and what we keep of them. Pure: recorded payloads are its tests."""

from __future__ import annotations

import json
from typing import Any

Payload = dict[str, Any]

# Subtypes of `message` that hold a person's own words; a file comes as file_share, and every other is no message.
_SPOKEN = {None, "file_share", "thread_broadcast", "me_message"}
_NEEDED = ("channel", "user", "ts")
_SLACKBOT = "USLACKBOT"  # speaks without a bot_id
_KEPT = ("channel", "channel_type", "user", "text", "ts", "thread_ts", "team", "user_team")
_FILE = (
    "id", "name", "title", "mimetype", "filetype", "mode", "size", "url_private", "url_private_download", "file_access",
)  # fmt: skip


def is_for_us(event: Payload, bot_user: str) -> bool:
    """Whether a person said this: no bot, not ourselves, no edit, no deletion, no join."""
    if event.get("type") not in ("message", "app_mention") or event.get("subtype") not in _SPOKEN:
        return False
    if not all(isinstance(event.get(key), str) and event[key] for key in _NEEDED):
        return False
    return event["user"] not in (bot_user, _SLACKBOT) and not event.get("bot_id") and not event.get("edited")


def is_direct(event: Payload) -> bool:
    """Whether it was said to the bot alone; a mention's event does not name the kind of channel."""
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def event_id(team: str, event: Payload) -> str:
    """The message's identity: a mention arrives as two events, and each may be delivered again."""
    return f"slack:{team}:{event['channel']}:{event['ts']}"


def event_payload(team: str, event: Payload) -> bytes:
    """What is stored of a message: what reading and answering need, and no more."""
    kept = {key: event[key] for key in _KEPT if event.get(key)}
    kept["files"] = [kept_file(file) for file in event.get("files") or ()]
    kept["shared"] = [shared for shared in map(kept_share, event.get("attachments") or ()) if shared]
    return json.dumps({"kind": "message", "heard_as": event["type"], "home": team, **kept}, sort_keys=True).encode()


def command_id(team: str, body: Payload) -> str:
    """A command's identity; Slack gives each call a trigger of its own."""
    return f"slack:{team}:command:{body.get('trigger_id', '')}"


def command_payload(team: str, body: Payload) -> bytes:
    """What is stored of a command."""
    return json.dumps({
        "kind": "command", "home": team, "team": body.get("team_id", ""),
        "channel": body["channel_id"], "user": body["user_id"], "text": body.get("text", ""),
        "response_url": body.get("response_url", ""),
    }, sort_keys=True).encode()  # fmt: skip


def kept_file(file: Payload) -> Payload:
    """What is stored of a file that came with a message."""
    return {key: file[key] for key in _FILE if key in file}


def kept_share(attachment: Payload) -> Payload | None:
    """What is stored of somebody's message that the sender passed on ("Share message"); previews of web pages are nobody's words."""
    if not (attachment.get("is_share") or attachment.get("is_msg_unfurl")):
        return None
    return {
        "author": str(attachment.get("author_name") or ""),
        "author_id": str(attachment.get("author_id") or ""),
        "text": str(attachment.get("text") or ""),
        "files": [kept_file(file) for file in attachment.get("files") or ()],
    }
