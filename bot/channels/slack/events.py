"""Slack's payloads and what we keep of them. Pure: recorded payloads are its tests."""

from __future__ import annotations

import json
from typing import Any

# Subtypes of `message` that hold a person's own words; a file comes as file_share, and every other subtype is no message.
_SPOKEN = {None, "file_share", "thread_broadcast", "me_message"}


def is_for_us(event: dict[str, Any], bot_user: str) -> bool:
    """Whether a person said this: no bot, not ourselves, no edit, no deletion, no join."""
    if event.get("type") not in ("message", "app_mention") or event.get("subtype") not in _SPOKEN:
        return False
    return bool(event.get("user")) and event["user"] != bot_user and not event.get("bot_id") and not event.get("edited")


def event_id(team: str, event: dict[str, Any]) -> str:
    """The message's identity: a mention arrives as two events, and each may be delivered again."""
    return f"slack:{team}:{event['channel']}:{event['ts']}"


def event_payload(team: str, event: dict[str, Any]) -> bytes:
    """What is stored of a message: what reading and answering need, and no more."""
    kept = {
        key: event[key]
        for key in ("channel", "channel_type", "user", "text", "ts", "thread_ts", "files", "team", "user_team")
        if key in event
    }
    return json.dumps({"kind": "message", "home": team, **kept}, sort_keys=True).encode()


def command_id(body: dict[str, Any]) -> str:
    """A command's identity; Slack gives each call a trigger of its own."""
    return f"slack:{body.get('team_id', '')}:command:{body.get('trigger_id', '')}"


def command_payload(body: dict[str, Any]) -> bytes:
    """What is stored of a command."""
    return json.dumps({
        "kind": "command", "home": body.get("team_id", ""), "team": body.get("team_id", ""),
        "channel": body["channel_id"], "user": body["user_id"], "text": body.get("text", ""),
        "response_url": body.get("response_url", ""),
    }, sort_keys=True).encode()  # fmt: skip
