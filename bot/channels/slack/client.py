"""Clients of Slack's Web API, from the environment that the settings name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

from bot.core.problems import Mendable

if TYPE_CHECKING:
    from bot.settings import Slack

_TIMEOUT = 30  # seconds for an answer


class TokenMissing(Mendable):
    """A token is not in the environment."""


def token(settings: Slack, *, app: bool = False) -> str:
    """The bot's token, or the app-level one."""
    name = settings.app_token_env if app else settings.bot_token_env
    value = os.environ.get(name, "")
    if not value:
        raise TokenMissing(
            f"{settings.name}: put the {'app-level (xapp-)' if app else 'bot (xoxb-)'} token into the variable {name}"
        )
    return value


def reading(settings: Slack) -> WebClient:
    """For calls that may be repeated: lost connections and rate limits are tried again."""
    return _client(
        settings, [ConnectionErrorRetryHandler(max_retry_count=2), RateLimitErrorRetryHandler(max_retry_count=2)]
    )


def posting(settings: Slack) -> WebClient:
    """For calls that post: only a rate limit is tried again, since after a lost line the message may stand there."""
    return _client(settings, [RateLimitErrorRetryHandler(max_retry_count=2)])


def _client(settings: Slack, handlers: list[object]) -> WebClient:
    base = os.environ.get(settings.api_url_env, "") or WebClient.BASE_URL
    return WebClient(token(settings), base_url=base, timeout=_TIMEOUT, retry_handlers=handlers)  # type: ignore[arg-type]  # both kinds of handler are RetryHandlers
