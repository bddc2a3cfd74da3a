"""Who may be answered: members of the workspace; no guest, no stranger, no bot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels.slack import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

_KEPT_SECONDS = 600.0  # somebody who becomes a guest is one for the bot ten minutes later
_KEPT_MOST = 2_000  # people remembered; a large workspace must not fill the memory
_PAGE = 1_000  # members of a channel per call: Slack's limit
_NO_CHANNEL = ("channel_not_found", "not_in_channel")
_UNKNOWN = ("user_not_found", "user_not_visible", "users_not_found")
BOT = "the sender is a bot"
_FOREIGN = "the sender belongs to another workspace"
_log = structlog.get_logger()


class People:
    """Looks people up in Slack and remembers for a while what it saw."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, str]] = {}
        self._names: dict[str, str] = {}
        self._inside: dict[tuple[str, str], float] = {}

    def refusal(self, web: WebClient, user: str) -> str:
        """Why this user may not be answered, or empty. Raises when Slack cannot tell now."""
        since, why = self._seen.get(user, (float("-inf"), ""))
        if time.monotonic() - since > _KEPT_SECONDS:
            person, why = _looked_up(web, user)
            if len(self._seen) >= _KEPT_MOST:
                self._seen.clear()
                self._names.clear()
            self._seen[user] = (time.monotonic(), why)
            self._names[user] = _name(person) or user
        return why

    def name(self, web: WebClient, user: str) -> str:
        """What somebody is called, as plain text. Raises when Slack cannot tell now."""
        self.refusal(web, user)
        return self._names.get(user, user)

    def is_in(self, web: WebClient, channel: str, user: str) -> bool:
        """Whether somebody is a member of a channel, or talks to the bot in a direct message. Raises as above."""
        if channel.startswith("D"):
            return True  # there are two in it: the bot, and whoever presses
        if time.monotonic() - self._inside.get((channel, user), float("-inf")) < _KEPT_SECONDS:
            return True
        found = user in _members(web, channel)
        if found:
            if len(self._inside) >= _KEPT_MOST:
                self._inside.clear()
            self._inside[channel, user] = time.monotonic()
        return found


def stranger(said: dict[str, Any]) -> str:
    """Why the sender of a stored message may not be answered, as far as the message itself tells; or empty."""
    home = said["home"]
    return _FOREIGN if (said.get("user_team") or said.get("team") or home) != home else ""


def _members(web: WebClient, channel: str) -> Iterator[str]:
    cursor = None
    while True:
        try:
            page = web.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
        except SlackApiError as error:
            if client.code(error) in _NO_CHANNEL:
                return
            raise
        yield from page.get("members") or ()
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _name(person: dict[str, Any]) -> str:
    """The name that Slack shows, on one line."""
    profile = person.get("profile") or {}
    name = profile.get("display_name") or person.get("real_name") or person.get("name") or ""
    return " ".join(str(name).split())[:80]


def _looked_up(web: WebClient, user: str) -> tuple[dict[str, Any], str]:
    try:
        person: dict[str, Any] = web.users_info(user=user).get("user") or {}
    except SlackApiError as error:
        if client.code(error) in _UNKNOWN:
            return {}, "the sender is not a member of this workspace"
        _log.error("Slack does not tell who the sender is", code=client.code(error),
                   todo="add the permission users:read and install the app again; `capebot doctor` tries it")  # fmt: skip
        raise
    return person, _why(person)


def _why(person: dict[str, Any]) -> str:
    if person.get("is_stranger"):
        return _FOREIGN
    if person.get("is_restricted") or person.get("is_ultra_restricted"):
        return "the sender is a guest"
    return BOT if person.get("is_bot") else ""
