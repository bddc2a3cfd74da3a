"""Clients of Slack's Web API, from the environment that the settings name."""

from __future__ import annotations

import logging
import os
import re
import socket
from http.client import HTTPException
from json import JSONDecodeError
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.core.problems import Mendable

if TYPE_CHECKING:
    from slack_sdk.http_retry import RetryHandler

    from bot.settings import Slack

# Slack refuses, is away, or answers something that is no answer.
TROUBLE = (SlackClientError, OSError, HTTPException, JSONDecodeError)
BAD_TOKEN = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
    "missing_scope", "no_permission", "org_login_required", "ekm_access_denied",
})  # fmt: skip
_TIMEOUT = 30  # seconds for an answer
_COURTESY = 5  # seconds for a call that nobody waits for
_SERVER = 500  # HTTP: from here on the server's own trouble
_CODE = re.compile(r"[a-z0-9_]{1,60}")


class Unusable(Mendable):
    """A token or an address in the environment cannot be used; the text says which and what to do."""


def token(settings: Slack, *, app: bool = False) -> str:
    """The bot's token, or the app-level one. Raises Unusable when it is missing or surely another kind of token."""
    name, mine, other = settings.bot_token_env, "bot token (xoxb-…)", "xapp-"
    if app:
        name, mine, other = settings.app_token_env, "app-level token (xapp-…)", "xox"
    value = os.environ.get(name, "").strip()
    if not value:
        raise Unusable(f"{settings.name}: put the {mine} into the variable {name}")
    if value.startswith(other) or not value.isascii() or not value.isprintable() or " " in value:
        raise Unusable(f"{settings.name}: the variable {name} holds something else: put the {mine} there")
    return value


def base(settings: Slack) -> str:
    """The API's address. Raises Unusable when the variable holds none."""
    address = os.environ.get(settings.api_url_env, "").strip() or WebClient.BASE_URL
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise Unusable(f"{settings.name}: the variable {settings.api_url_env} must begin with https://, or be unset")
    return address


def file_hosts(settings: Slack) -> frozenset[str]:
    """Hosts that may see the token: those of the settings, and the host of another API, which sees it anyway."""
    api = {str(urlsplit(base(settings)).hostname)} if os.environ.get(settings.api_url_env, "").strip() else set()
    return frozenset(settings.file_hosts) | api


def reading(settings: Slack) -> WebClient:
    """For calls that may be repeated: lost connections, server errors and rate limits are tried again."""
    again = [ConnectionErrorRetryHandler(2), RateLimitErrorRetryHandler(2), ServerErrorRetryHandler(2)]
    return _client(settings, again)


def posting(settings: Slack) -> WebClient:
    """For calls that post: only a rate limit is tried again, since after a lost line the message may stand there."""
    return _client(settings, [RateLimitErrorRetryHandler(2)])


def courteous(settings: Slack) -> WebClient:
    """For calls that may fail unheard: given up soon, but a rate limit is waited for: a busy minute meets it."""
    return _client(settings, [RateLimitErrorRetryHandler(1)], _COURTESY)


def quiet(name: str, level: int) -> logging.Logger:
    """A logger for a library. Ours tells what fails, in ids and codes; theirs quote whole messages."""
    logger = logging.getLogger(f"capebot.{name}")
    logger.setLevel(level)
    return logger


def _client(settings: Slack, handlers: list[RetryHandler], timeout: int = _TIMEOUT) -> WebClient:
    return WebClient(
        token(settings), base_url=base(settings), timeout=timeout, retry_handlers=handlers,
        logger=quiet("slack-web", logging.CRITICAL),
    )  # fmt: skip


def code(error: BaseException) -> str:
    """What went wrong in one word, for a log or a reader: Slack's own code, the HTTP status, or the kind of error."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    said = str(error.response.get("error") or "")
    return said if _CODE.fullmatch(said) else f"http_{status(error)}"


def status(error: SlackApiError) -> int:
    """The HTTP status of Slack's answer."""
    return int(getattr(error.response, "status_code", 0) or 0)


def is_server_error(error: BaseException) -> bool:
    """Whether the failure is Slack's own, so that what was asked for may have been done all the same."""
    if not isinstance(error, SlackApiError):
        return isinstance(error, TROUBLE)
    inner = code(error) in ("internal_error", "fatal_error", "request_timeout")
    return inner or status(error) >= _SERVER or code(error).startswith("http_")


def never_reached(error: BaseException) -> bool:
    """Whether no connection came about at all, so that nothing was done."""
    reason = error.reason if isinstance(error, URLError) else error
    return isinstance(reason, (ConnectionRefusedError, socket.gaierror))
