"""The workspace's tokens and permissions tried. Nothing is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from bot.channels.checks import Check
from bot.channels.slack import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.settings import Slack

# What deploy/slack-manifest.json asks for; a test keeps the two equal.
SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands", "files:read",
    "files:write", "groups:history", "groups:read", "im:history", "im:write", "mpim:history", "mpim:read",
    "reactions:write", "users:read",
)  # fmt: skip
_BOT = "install the app from deploy/slack-manifest.json and put its Bot User OAuth Token into {}"
_APP = "make an app-level token with the scope connections:write (Basic Information) and put it into {}"


def check(settings: Slack) -> Iterator[Check]:
    """Try both tokens, the permissions and the file access, one finding each."""
    what = f"{settings.name}: bot token"
    try:
        answer = client.reading(settings).auth_test()
    except client.Unusable as problem:
        yield Check(ok=False, what=what, mend=str(problem))
        return
    except client.TROUBLE as error:
        yield Check(ok=False, what=what, mend=_mend(error, _BOT.format(settings.bot_token_env)))
        return
    is_bot = bool(answer.get("bot_id"))
    mend = f"this is a person's token: put the Bot User OAuth Token (xoxb-…) into {settings.bot_token_env}"
    yield Check(is_bot, what, "" if is_bot else mend)
    granted = {name.lower(): value for name, value in dict(answer.headers).items()}.get("x-oauth-scopes", "")
    yield from _scopes(settings, granted)
    yield _tried(settings, "files can be read", lambda: client.reading(settings).files_list(count=1),
                 "add files:read (app settings, OAuth & Permissions) and reinstall the app")  # fmt: skip
    if settings.people:
        yield _tried(settings, "the channel of the people who are asked", lambda: _is_inside(settings),
                     f"invite the bot to it (/invite), or correct people = {settings.people!r}: the id, not the name")  # fmt: skip
    yield _tried(settings, "app-level token opens a socket", lambda: _open(settings),
                 _APP.format(settings.app_token_env))  # fmt: skip


def _scopes(settings: Slack, header: str) -> Iterator[Check]:
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not granted:
        return  # the API in front of us does not tell
    missing = [scope for scope in SCOPES if scope not in granted]
    mend = f"add {', '.join(missing)} (app settings, OAuth & Permissions) and reinstall the app"
    yield Check(not missing, f"{settings.name}: permissions", mend if missing else "")


def _is_inside(settings: Slack) -> None:
    found = client.reading(settings).conversations_info(channel=settings.people)
    if not (found.get("channel") or {}).get("is_member"):
        raise SlackApiError("not inside", {"error": "not_in_channel"})  # type: ignore[no-untyped-call]  # the SDK's


def _open(settings: Slack) -> None:
    client.reading(settings).apps_connections_open(app_token=client.token(settings, app=True))


def _tried(settings: Slack, name: str, call: Callable[[], object], mend: str) -> Check:
    what = f"{settings.name}: {name}"
    try:
        call()
    except client.Unusable as problem:
        return Check(ok=False, what=what, mend=str(problem))
    except client.TROUBLE as error:
        if client.code(error) == "unknown_method":
            return Check(ok=True, what=f"{what} (not tried: this API does not know the call)")
        return Check(ok=False, what=what, mend=_mend(error, mend))
    return Check(ok=True, what=what)


def _mend(error: BaseException, refused: str) -> str:
    if client.is_server_error(error):
        return f"Slack is not reached ({client.code(error)}): check the network, the proxy and SLACK_API_URL"
    return f"Slack says {client.code(error)}: {refused}"
