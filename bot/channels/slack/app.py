"""Listening over Socket Mode: every message is stored first and acknowledged then; nothing is worked here."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.channels.slack import client, events, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from slack_sdk import WebClient

    from bot.settings import Slack

MESSAGE_EVENTS = ("message", "app_mention")  # deploy/slack-manifest.json subscribes to just these
COMMAND = "/cape"
EYES = "eyes"  # the sign that a message is being worked; taken away with the answer
_REFUSED_PAUSE = 60.0  # seconds between tries with a token that Slack refuses
_AWAY_PAUSE = 5.0  # seconds between tries while Slack is away
_DEAF = 90.0  # seconds without a connection after which everything is set up anew
_log = structlog.get_logger()


class NotStored(Exception):  # noqa: N818 - it says what happened
    """The message could not be stored: without an acknowledgement Slack delivers it again."""


def listen(settings: Slack, take: Callable[[str, bytes], bool], stop: Event) -> None:
    """Hand over messages until `stop`; Slack being away or refusing is waited for."""
    while not stop.is_set():
        pause = _AWAY_PAUSE
        try:
            _connected(settings, take, stop)
            continue
        except client.TokenMissing as problem:
            _log.error("Slack cannot be used", channel=settings.name, todo=str(problem))
            pause = _REFUSED_PAUSE
        except SlackApiError as error:
            pause = _REFUSED_PAUSE
            _log.error("Slack refuses the token", channel=settings.name, code=error.response.get("error"),
                       todo="install the app again and renew SLACK_BOT_TOKEN and SLACK_APP_TOKEN")  # fmt: skip
        except (URLError, OSError) as error:
            _log.warning("Slack is away and is tried again", channel=settings.name, error=type(error).__name__)
        stop.wait(pause)


def bolt_app(
    settings: Slack, take: Callable[[str, bytes], bool], bot_user: str, seen: Callable[[dict[str, Any]], None]
) -> App:
    """The Bolt app with its listeners. `seen` is told of a message that was stored and is spoken to the bot."""
    app = App(
        client=client.reading(settings), process_before_response=True, token_verification_enabled=False,
        request_verification_enabled=False,  # Socket Mode: the connection itself is authenticated
    )  # fmt: skip

    def on_message(body: dict[str, Any], event: dict[str, Any]) -> None:
        if events.is_for_us(event, bot_user):
            team = str(body.get("team_id", ""))
            _store(take, events.event_id(team, event), events.event_payload(team, event))
            if event.get("channel_type") == "im" or text.mentions(event.get("text", ""), bot_user):
                seen(event)

    def on_command(body: dict[str, Any], ack: Callable[..., object]) -> None:
        _store(take, events.command_id(body), events.command_payload(body))
        ack("One moment, I am looking at it." if body.get("text", "").strip() else "Write the message behind /cape.")

    for name in MESSAGE_EVENTS:
        app.event(name)(on_message)
    app.command(COMMAND)(on_command)
    app.event(re.compile(".*"))(lambda: None)  # whatever else comes is acknowledged, or Slack repeats it
    return app


def _connected(settings: Slack, take: Callable[[str, bytes], bool], stop: Event) -> None:
    """One life of the connection, with a watch on it."""
    web = client.reading(settings)
    app_token = client.token(settings, app=True)
    bot_user = str(web.auth_test()["user_id"])
    with ThreadPoolExecutor(1, thread_name_prefix="slack-sign") as signs:
        app = bolt_app(settings, take, bot_user, lambda event: _later(signs, web, event))
        handler = SocketModeHandler(app, app_token, web_client=web)
        handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own
        _log.info("Slack is listened to", channel=settings.name)
        heard = time.monotonic()
        try:
            while not stop.wait(1.0):
                now = time.monotonic()
                heard = now if handler.client.is_connected() else heard
                if now - heard > _DEAF:
                    _log.warning("Slack's line stays dead and is set up anew", channel=settings.name)
                    return
        finally:
            handler.close()  # type: ignore[no-untyped-call]  # Bolt's own


def _store(take: Callable[[str, bytes], bool], identity: str, payload: bytes) -> None:
    if not take(identity, payload):
        raise NotStored


def _later(signs: ThreadPoolExecutor, web: WebClient, event: dict[str, Any]) -> None:
    """Show the sign without holding up the acknowledgement."""
    signs.submit(sign, web, event["channel"], event["ts"], on=True)


def sign(web: WebClient, channel: str, ts: str, *, on: bool) -> None:
    """Set or take away the sign. It is a courtesy: that it is there already, or may not be set, is no trouble."""
    try:
        (web.reactions_add if on else web.reactions_remove)(channel=channel, timestamp=ts, name=EYES)
    except (SlackApiError, OSError) as error:
        _log.debug("the sign could not be changed", error=type(error).__name__)
