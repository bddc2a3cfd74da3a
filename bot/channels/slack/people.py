"""Who may be answered: members of the workspace; no guest, no stranger, no bot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels.slack import client

if TYPE_CHECKING:
    from slack_sdk import WebClient

_KEPT_SECONDS = 600.0  # somebody who becomes a guest is one for the bot ten minutes later
_KEPT_MOST = 2_000  # people remembered; a large workspace must not fill the memory
_UNKNOWN = ("user_not_found", "user_not_visible", "users_not_found")
BOT = "the sender is a bot"
_FOREIGN = "the sender belongs to another workspace"
_log = structlog.get_logger()


class People:
    """Looks people up in Slack and remembers for a while what it saw."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, str]] = {}

    def refusal(self, web: WebClient, user: str) -> str:
        """Why this user may not be answered, or empty. Raises when Slack cannot tell now."""
        since, why = self._seen.get(user, (float("-inf"), ""))
        if time.monotonic() - since > _KEPT_SECONDS:
            why = _looked_up(web, user)
            if len(self._seen) >= _KEPT_MOST:
                self._seen.clear()
            self._seen[user] = (time.monotonic(), why)
        return why


def stranger(said: dict[str, Any]) -> str:
    """Why the sender of a stored message may not be answered, as far as the message itself tells; or empty."""
    home = said["home"]
    return _FOREIGN if (said.get("user_team") or said.get("team") or home) != home else ""


def _looked_up(web: WebClient, user: str) -> str:
    try:
        person: dict[str, Any] = web.users_info(user=user).get("user") or {}
    except SlackApiError as error:
        if client.code(error) in _UNKNOWN:
            return "the sender is not a member of this workspace"
        _log.error("Slack does not tell who the sender is", code=client.code(error),
                   todo="add the permission users:read and install the app again; `capebot doctor` tries it")  # fmt: skip
        raise
    if person.get("is_stranger"):
        return _FOREIGN
    if person.get("is_restricted") or person.get("is_ultra_restricted"):
        return "the sender is a guest"
    return BOT if person.get("is_bot") else ""
