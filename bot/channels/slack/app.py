"""Listening over Socket Mode: every message is stored first and acknowledged then; nothing is worked here."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
import websocket
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.channels.slack import actions, client, events, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from slack_sdk import WebClient

    from bot.channels.slack.signs import Signs
    from bot.channels.slack.windows import Windows
    from bot.settings import Slack

    Take = Callable[[str, bytes], bool]
    Listener = Callable[..., None]

MESSAGE_EVENTS = ("message", "app_mention")  # deploy/slack-manifest.json subscribes to just these
COMMAND = "/cape"
HELP = (
    "Write what ACE shows behind /cape, for instance: /cape HTS relationship mismatch\n"
    "For a file, or to go on talking, write to me directly or mention me in a channel."
)
WORKING = "One moment, I am looking at it. Only you will see the answer; files come as a direct message."
LOOKING = "One moment, I am looking at that message. The answer comes in its thread, or to you as a direct message."
NOT_KEPT = "I could not keep this just now, so nothing is worked. Please send it again in a minute."
_ANY_BUTTON = re.compile("|".join(actions.BUTTONS))
_ANY_FORM = re.compile(f"{actions.FORM}|{actions.CHOICE}")
_REFUSED_PAUSE = 60.0  # seconds between tries with a token that Slack refuses
_AWAY_PAUSE = 5.0  # seconds between tries while Slack is away
_PING = 10.0  # seconds between our pings on the line
_DEAF = 35.0  # seconds without an answer to a ping, three of them, after which the line is set up anew
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of what comes in: `take` stores it, `signs` and `windows` show the sender that it is there, unasked."""

    take: Take
    signs: Signs
    windows: Windows


class NotStored(Exception):  # noqa: N818 - it says what happened
    """The message could not be stored: without an acknowledgement Slack delivers it again."""


def listen(settings: Slack, hearing: Hearing, stop: Event) -> None:
    """Hand over messages until `stop`; Slack being away or refusing is waited for."""
    while not stop.is_set():
        try:
            _connected(settings, hearing, stop)
            continue
        except client.Unusable as problem:
            pause = _REFUSED_PAUSE
            _log.error("Slack cannot be used", channel=settings.name, todo=str(problem))
        except SlackApiError as error:
            pause = _refused(settings, client.code(error))
        except client.TROUBLE as error:
            pause = _AWAY_PAUSE
            _log.warning("Slack is away and is tried again", channel=settings.name, error=client.code(error))
        stop.wait(pause)


def bolt_app(web: WebClient, own: AuthorizeResult, hearing: Hearing) -> App:
    """The Bolt app with its listeners. `own` is who we are."""
    app = App(
        client=web,
        authorize=lambda: own,
        process_before_response=True,
        request_verification_enabled=False,  # Socket Mode: the connection itself is authenticated
        logger=client.quiet("slack-bolt", logging.CRITICAL),
    )
    app.middleware(_only_ours)
    for name in MESSAGE_EVENTS:
        app.event(name)(_message_listener(own, hearing))
    app.command(COMMAND)(_command_listener(own, hearing.take))
    app.action({"type": "block_actions", "action_id": _ANY_BUTTON})(_press_listener(own, hearing))
    app.view({"type": "view_submission", "callback_id": _ANY_FORM})(_form_listener(own, hearing))
    app.shortcut({"type": "message_action", "callback_id": actions.SHORTCUT})(_shortcut_listener(own, hearing))
    app.error(_on_error)
    return app


def _only_ours(body: events.Payload, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002 - Bolt's word
    """Whatever else comes is acknowledged: Slack repeats what is not, and shows the user an error."""
    heard = body.get("command") == COMMAND or body.get("event", {}).get("type") in MESSAGE_EVENTS
    if heard or actions.is_ours(body):
        return next()
    return BoltResponse(status=200)


def _message_listener(own: AuthorizeResult, hearing: Hearing) -> Listener:
    team, bot_user = str(own.team_id), str(own.bot_user_id)

    def on_message(event: events.Payload) -> None:
        if events.is_for_us(event, bot_user):
            _store(hearing.take, events.event_id(team, event), events.event_payload(team, event))
            if events.is_direct(event) or text.mentions(str(event.get("text") or ""), bot_user):
                hearing.signs.put(event["channel"], event["ts"])

    return on_message


def _command_listener(own: AuthorizeResult, take: Take) -> Listener:
    team = str(own.team_id)

    def on_command(body: events.Payload, ack: Callable[..., object]) -> None:
        said = HELP
        if str(body.get("text") or "").strip().lower() not in ("", "help"):
            try:
                _store(take, events.command_id(team, body), events.command_payload(team, body))
                said = WORKING
            except NotStored:
                said = NOT_KEPT  # Slack does not repeat a command, so its sender has to
        ack(text=said, response_type="ephemeral")

    return on_command


def _press_listener(own: AuthorizeResult, hearing: Hearing) -> Listener:
    team = str(own.team_id)

    def on_press(body: events.Payload, ack: Callable[..., object]) -> None:
        if (actions.pressed(body) or ("",))[0] == actions.DRAFT:
            hearing.windows.open(team, body)  # nothing that lasts: a press that is lost opens nothing
        elif not hearing.take(actions.press_id(team, body), actions.press_payload(team, body)):
            hearing.windows.not_kept(team, body)  # Slack does not repeat a press, so its sender has to
        ack()

    return on_press


def _form_listener(own: AuthorizeResult, hearing: Hearing) -> Listener:
    team = str(own.team_id)

    def on_form(body: events.Payload, ack: Callable[..., object]) -> None:
        ack(**hearing.windows.submitted(team, body, hearing.take))

    return on_form


def _shortcut_listener(own: AuthorizeResult, hearing: Hearing) -> Listener:
    team = str(own.team_id)

    def on_shortcut(body: events.Payload, ack: Callable[..., object]) -> None:
        kept = hearing.take(actions.shortcut_id(team, body), actions.shortcut_payload(team, body))
        hearing.windows.working(body, LOOKING if kept else NOT_KEPT)
        ack()

    return on_shortcut


def _on_error(error: Exception) -> None:
    _log.error("a Slack event was not taken; Slack delivers it again", error=type(error).__name__)


def who_am_i(web: WebClient, token: str) -> AuthorizeResult:
    """The bot as Slack knows it: its workspace and its user. Raises when Slack refuses the token or is away."""
    return AuthorizeResult.from_auth_test_response(bot_token=token, auth_test_response=web.auth_test())


def _connected(settings: Slack, hearing: Hearing, stop: Event) -> None:
    """One life of the connection, with a watch on it."""
    websocket.setdefaulttimeout(_DEAF)  # of connecting; the library has none of its own
    web = client.reading(settings)
    app_token = client.token(settings, app=True)
    own = who_am_i(web, client.token(settings))
    handler = SocketModeHandler(
        bolt_app(web, own, hearing), app_token, web_client=web, ping_interval=_PING,
        logger=client.quiet("slack-socket", logging.CRITICAL),
    )  # fmt: skip
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own
        _log.info("Slack is listened to", channel=settings.name)
        _watch(handler, settings.name, stop)
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # Bolt's own


def _watch(handler: SocketModeHandler, channel: str, stop: Event) -> None:
    """Return at `stop`, or when the line has been dead for too long. A cut line the handler itself mends at once."""
    pong, heard = 0.0, time.monotonic()
    while not stop.wait(1.0):
        session = handler.client.current_session
        latest = session.last_pong_tm if session is not None else 0.0
        if latest != pong:
            pong, heard = latest, time.monotonic()
        if time.monotonic() - heard > _DEAF:
            _log.warning("Slack's line is dead and is set up anew", channel=channel)
            return


def _refused(settings: Slack, code: str) -> float:
    """Say why Slack does not let us in; give the seconds to wait."""
    if code in client.BAD_TOKEN:
        _log.error("Slack refuses the token", channel=settings.name, code=code,
                   todo=f"install the app again and renew {settings.bot_token_env} and {settings.app_token_env};"
                   " `capebot doctor` tells which")  # fmt: skip
        return _REFUSED_PAUSE
    _log.warning("Slack is away and is tried again", channel=settings.name, error=code)
    return _AWAY_PAUSE


def _store(take: Take, identity: str, payload: bytes) -> None:
    if not take(identity, payload):
        raise NotStored
