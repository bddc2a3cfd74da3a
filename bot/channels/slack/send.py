"""One reply into Slack: the answer first, once, then its files."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.channels import NotSent
from bot.channels.slack.views import blocks

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.core.model import Reply

EVENT = "capebot_reply"  # the kind of metadata that carries our reference
_TEXT = 3_900  # characters of the plain text beside the blocks; Slack cuts at 4,000
_OPERATOR = ("invalid_auth", "token_revoked", "account_inactive", "token_expired", "not_authed", "missing_scope")
_PASSING = ("ratelimited", "rate_limited", "service_unavailable")
_log = structlog.get_logger()


def answer(web: WebClient, handle: dict[str, Any], reply: Reply, reference: str) -> None:
    """Post the answer into the thread with its reference, then the files. Raises NotSent, or unknown errors."""
    layout, whole = blocks(reply)
    message = {
        "channel": handle["channel"], "thread_ts": handle["thread"], "text": reply.text[:_TEXT],
        "unfurl_links": False, "unfurl_media": False,
        "metadata": {"event_type": EVENT, "event_payload": {"reference": reference}},
    }  # fmt: skip
    try:
        web.chat_postMessage(**message, blocks=layout)
    except SlackApiError as error:
        if error.response.get("error") not in ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"):
            raise _not_sent(error) from error
        whole = False
        _text_only(web, message)
    except URLError as error:
        raise _unreached(error) from error
    upload(web, handle["channel"], handle["thread"], reply, whole=whole)


def whisper(web: WebClient, handle: dict[str, Any], reply: Reply) -> None:
    """Answer a command to its sender alone; the files go to the direct messages with them."""
    layout, whole = blocks(reply)
    hook = WebhookClient(handle["response_url"])
    try:
        result = hook.send(text=reply.text[:_TEXT], blocks=layout, response_type="ephemeral")
        if result.status_code != 200:  # noqa: PLR2004 - HTTP's "fine"
            whole = False
            result = hook.send(text=reply.text[:_TEXT], response_type="ephemeral")
    except URLError as error:
        raise _unreached(error) from error
    if result.status_code != 200:  # noqa: PLR2004 - HTTP's "fine"
        raise NotSent(f"Slack answered {result.status_code} to the command's answer", retry=False)
    if reply.outputs or not whole:
        try:
            direct = web.conversations_open(users=handle["user"])["channel"]["id"]
        except (SlackApiError, OSError) as error:
            _log.warning("the files of a command's answer could not be handed over", error=type(error).__name__)
            return
        upload(web, direct, None, reply, whole=whole)


def upload(web: WebClient, channel: str, thread: str | None, reply: Reply, *, whole: bool) -> None:
    """The files; the answer stands already, so trouble with a file is told in the thread and raises nothing."""
    files: list[tuple[str, bytes]] = [(output.name, output.content) for output in reply.outputs]
    if not whole:
        files.append(("answer.txt", reply.text.encode()))
    for name, content in files:
        try:
            web.files_upload_v2(channel=channel, thread_ts=thread, filename=name, content=content, title=name)
        except (SlackApiError, OSError) as error:
            code = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
            _log.warning("a file could not be uploaded", code=code)
            _tell(web, channel, thread, f"I could not upload the file {name} ({code}). Ask me again in a few minutes.")


def was_posted(web: WebClient, handle: dict[str, Any], reference: str) -> bool:
    """Whether the thread holds a message with our reference."""
    cursor = None
    while True:
        page = web.conversations_replies(
            channel=handle["channel"], ts=handle["thread"], include_all_metadata=True, limit=200, cursor=cursor
        )
        messages: list[dict[str, Any]] = page.get("messages", [])
        for message in messages:
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT and metadata.get("event_payload", {}).get("reference") == reference:
                return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return False


def _text_only(web: WebClient, message: dict[str, Any]) -> None:
    _log.warning("Slack refused the layout; the answer goes as text")
    try:
        web.chat_postMessage(**message)
    except SlackApiError as error:
        raise _not_sent(error) from error
    except URLError as error:
        raise _unreached(error) from error


def _tell(web: WebClient, channel: str, thread: str | None, words: str) -> None:
    try:
        web.chat_postMessage(channel=channel, thread_ts=thread, text=words)
    except (SlackApiError, OSError) as error:
        _log.warning("the thread could not be told", error=type(error).__name__)


def _not_sent(error: SlackApiError) -> Exception:
    """Slack's own word that it did not post; an inner error of theirs leaves it open."""
    code = str(error.response.get("error"))
    if code in _PASSING or code in _OPERATOR:
        return NotSent(f"Slack answers {code}: run `capebot doctor`", retry=True)
    if code in ("internal_error", "fatal_error", "request_timeout"):
        return error
    return NotSent(f"Slack answers {code}", retry=False)


def _unreached(error: URLError) -> Exception:
    """A connection that never came about surely posted nothing; one that broke may have."""
    if isinstance(error.reason, (ConnectionRefusedError, socket.gaierror)):
        return NotSent("Slack is away", retry=True)
    return error
