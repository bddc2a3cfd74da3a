"""The workspace's tokens and permissions tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from bot.channels.checks import Check
from bot.channels.slack import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Slack

# What deploy/slack-manifest.json asks for; a test keeps the two equal.
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "files:read", "files:write",
    "groups:history", "im:history", "im:read", "im:write", "mpim:history", "reactions:write", "users:read",
)  # fmt: skip


def check(settings: Slack) -> Iterator[Check]:
    """Try both tokens, and compare the permissions granted with those needed. Nothing is posted."""
    try:
        answer = client.reading(settings).auth_test()
    except client.TokenMissing as problem:
        yield Check(ok=False, what=f"{settings.name}: bot token", mend=str(problem))
        return
    except SlackApiError as error:
        mend = f"Slack says {error.response.get('error')}: install the app again, renew {settings.bot_token_env}"
        yield Check(ok=False, what=f"{settings.name}: bot token", mend=mend)
        return
    except OSError as error:
        yield Check(
            ok=False,
            what=f"{settings.name}: Slack's API",
            mend=f"not reached ({type(error).__name__}): check the network",
        )
        return
    yield Check(ok=True, what=f"{settings.name}: bot token")
    yield from _scopes(settings, str(answer.headers.get("x-oauth-scopes", "")))
    yield _socket(settings)


def _scopes(settings: Slack, header: str) -> Iterator[Check]:
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not granted:
        return  # the API in front of us does not tell
    missing = [scope for scope in SCOPES if scope not in granted]
    what = f"{settings.name}: permissions"
    yield Check(
        not missing, what, f"add {', '.join(missing)} (app settings, OAuth & Permissions) and reinstall the app"
    )


def _socket(settings: Slack) -> Check:
    what = f"{settings.name}: app-level token opens a socket"
    try:
        client.reading(settings).apps_connections_open(app_token=client.token(settings, app=True))
    except client.TokenMissing as problem:
        return Check(ok=False, what=what, mend=str(problem))
    except SlackApiError as error:
        mend = f"Slack says {error.response.get('error')}: make a token with connections:write for {settings.app_token_env}"
        return Check(ok=False, what=what, mend=mend)
    except OSError as error:
        return Check(ok=False, what=what, mend=f"not reached ({type(error).__name__}): check the network")
    return Check(ok=True, what=what)
