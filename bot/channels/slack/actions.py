"""What is pressed, submitted and picked in Slack, and what we keep of it. Pure: recorded payloads are its tests."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bot.channels.slack.events import kept_file, kept_share

Payload = dict[str, Any]

DRAFT, SAY_DRAFT, PERSON, TAKE, RESOLVE = "draft", "say_draft", "person", "take", "resolve"
TYPE06, HELPFUL = "type06", "helpful"
BUTTONS = {  # action id -> what it is about, and with which value
    "capebot_draft": (DRAFT, ""),
    "capebot_say_draft": (SAY_DRAFT, ""),
    "capebot_type06_yes": (TYPE06, "yes"),
    "capebot_type06_no": (TYPE06, "no"),
    "capebot_type06_some": (TYPE06, "some"),
    "capebot_person": (PERSON, ""),
    "capebot_take": (TAKE, ""),
    "capebot_resolve": (RESOLVE, ""),
    "capebot_helpful_yes": (HELPFUL, "yes"),
    "capebot_helpful_no": (HELPFUL, "no"),
}
ACTION = {pair: action for action, pair in BUTTONS.items()}
# The words that a press stands for, as if its presser had said them in the thread.
WORDS = {
    (TYPE06, "yes"): "All of them are FTZ Type 06.",
    (TYPE06, "no"): "None of them are type 06.",
    (TYPE06, "some"): "Some of them are FTZ Type 06, the others are not.",
    (SAY_DRAFT, ""): "Please draft the e-mail to CBP.",
}
FORM, CHOICE = "capebot_form", "capebot_choice"  # callback ids of our modals
SHORTCUT = "capebot_diagnose"  # callback id of the message shortcut, as in deploy/slack-manifest.json


def pressed(body: Payload) -> tuple[str, str] | None:
    """What a block_actions payload presses of ours: what about, and with which value; None: nothing of ours."""
    if body.get("type") != "block_actions" or not body.get("actions"):
        return None
    return BUTTONS.get(str(body["actions"][0].get("action_id")))


def is_ours(body: Payload) -> bool:
    """Whether a payload of Slack's interactivity is for a listener of ours."""
    kind = body.get("type")
    if kind == "block_actions":
        return pressed(body) is not None and bool(_place(body)[0])
    if kind == "view_submission":
        return body.get("view", {}).get("callback_id") in (FORM, CHOICE)
    return kind == "message_action" and body.get("callback_id") == SHORTCUT


def reference(body: Payload) -> str:
    """The answer that a press is about."""
    return str(body["actions"][0].get("value") or "")


def press_id(team: str, body: Payload) -> str:
    """A press's identity: a redelivery has the same moment, a second press another one."""
    channel, ts = _place(body)
    action = body["actions"][0]
    moment = action.get("action_ts") or body.get("trigger_id", "")
    return f"slack:{team}:press:{channel}:{ts}:{action['action_id']}:{body['user']['id']}:{moment}"


def press_payload(team: str, body: Payload) -> bytes:
    """What is stored of a press."""
    channel, ts = _place(body)
    what, value = pressed(body) or ("", "")
    return _stored(
        "press", team, body, channel=channel, ts=ts, what=what, value=value, reference=reference(body),
        mark=_first_block(body.get("message") or {}),
        thread_ts=str((body.get("message") or {}).get("thread_ts") or body.get("container", {}).get("thread_ts") or ""),
    )  # fmt: skip


def form_id(team: str, user: str, form: str, subject: str, text: str) -> str:
    """A submitted draft's identity: the same words of the same person for the same draft are one."""
    digest = hashlib.sha256(f"{subject}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"slack:{team}:form:{form}:{user}:{digest}"


def form_payload(team: str, body: Payload, form: str, subject: str, text: str) -> bytes:
    """What is stored of a submitted draft."""
    return _stored("form", team, body, form=form, subject=subject, text=text)


def shortcut_id(team: str, body: Payload) -> str:
    """A shortcut's identity; Slack gives each call a trigger of its own."""
    return f"slack:{team}:shortcut:{body.get('trigger_id', '')}"


def shortcut_payload(team: str, body: Payload) -> bytes:
    """What is stored of a message that somebody wants to have diagnosed."""
    message = body.get("message") or {}
    return _stored(
        "shortcut", team, body, channel=str(body.get("channel", {}).get("id") or ""), text=str(message.get("text") or ""),
        ts=str(message.get("ts") or body.get("message_ts") or ""), thread_ts=str(message.get("thread_ts") or ""),
        author=str(message.get("user") or message.get("bot_id") or ""), name=str(message.get("username") or ""),
        files=[kept_file(file) for file in message.get("files") or ()],
        shared=[one for one in map(kept_share, message.get("attachments") or ()) if one],
    )  # fmt: skip


def _stored(kind: str, team: str, body: Payload, **more: object) -> bytes:
    user = body["user"]
    common = {"kind": kind, "home": team, "user": user["id"], "user_team": user.get("team_id") or team}
    return json.dumps(common | {"response_url": body.get("response_url") or ""} | more, sort_keys=True).encode()


def _first_block(message: Payload) -> str:
    """The id of a message's first block: our mark, which a change of the message has to keep."""
    return next((str(block.get("block_id") or "") for block in message.get("blocks") or ()), "")


def _place(body: Payload) -> tuple[str, str]:
    """The channel and the time of the message that was pressed."""
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    return str(channel), str(container.get("message_ts") or (body.get("message") or {}).get("ts") or "")
