"""One reply into Slack: the answer first, once, then its files.

Every posting starts with a look into the thread, so that it may be done again after a crash or a broken line: the
answer carries its reference, as metadata and as the id of its first block.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.channels import End, NotSent
from bot.channels.slack import client
from bot.channels.slack.bits import note
from bot.channels.slack.text import escaped
from bot.channels.slack.traces import EVENT, REFUSAL, Place, Standing, mark, no_files_mark, stands
from bot.channels.slack.views import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk import WebClient

    from bot.core.model import Reply

_MEMBERS = "I answer members of this workspace only."
CLOSING = {  # what a command is told in place of an answer
    End.SILENT: "There is nothing to answer in that. Write what ACE shows behind /cape.",
    End.REFUSED: _MEMBERS,
    End.FAILED: (
        "Something went wrong on my side. If no answer stands here, try again in a while; whoever runs me finds this"
        " message in the quarantine."
    ),
}
FAILED = (
    "Something went wrong on my side, and what you pressed is not done. Say it in the thread instead; whoever runs me"
    " finds this in the quarantine."
)
NOTHING_THERE = "I find nothing about CAPE in that message. If there is, paste the words that ACE shows, or the file."
_TEXT = 3_900  # characters of the text beside the blocks, and in their place; Slack wants 4,000 at the most
_SETTLE = 3.0  # seconds after a broken line before it is looked whether the answer stands: Slack posts within one
_FINE, _SERVER = 200, 500  # HTTP
_LAYOUT = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "msg_too_long")
_RATE = ("ratelimited", "rate_limited", "service_unavailable", "team_added_to_org")
_PLACE = {
    "channel_not_found": "the channel is gone, or the bot was taken out of it: invite it (/invite), then replay",
    "not_in_channel": "the bot is not in the channel: invite it (/invite), then replay",
    "is_archived": "the channel is archived: unarchive it and replay, or leave it",
    "thread_not_found": "the message was deleted: nothing to answer any more",
    "message_not_found": "the message was deleted: nothing to answer any more",
    "cannot_reply_to_message": "Slack takes no answer to this kind of message: leave it",
    "restricted_action": "the workspace does not let the bot post there: ask its administrator, then replay",
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Layout:
    """A reply laid out: its blocks with our mark in the first, and the files that go up with it."""

    blocks: list[dict[str, Any]]
    files: list[tuple[str, bytes]]
    text: str
    metadata: dict[str, Any]


def laid_out(
    reply: Reply, reference: str, below: Sequence[dict[str, Any]] = (), above: Sequence[dict[str, Any]] | None = None
) -> Layout:
    """The reply with what stands below it (buttons); `above` in place of the reply's own layout."""
    layout, whole = blocks(reply) if above is None else (list(above), True)
    files = _files(reply, whole=whole)
    layout[0] = {**layout[0], "block_id": mark(reference, len(files))}
    payload = {"reference": reference, "files": len(files)}
    return Layout([*layout, *below], files, escaped(reply.text, _TEXT), {"event_type": EVENT, "event_payload": payload})


def answer(
    web: WebClient, look: WebClient, place: Place, reply: Reply, reference: str, layout: Layout | None = None
) -> None:
    """Post what of the answer does not stand yet. Raises NotSent when its text does not, and nothing else.

    `retry` of a NotSent also means: nobody knows, and the next try looks before it posts.
    """
    layout = layout or laid_out(reply, reference)
    files = layout.files
    standing = _before(look, place, reference)
    if not standing.answered:
        message: dict[str, Any] = {
            "channel": place.channel, "thread_ts": place.thread or None, "text": layout.text,
            "unfurl_links": False, "unfurl_media": False, "parse": "none", "metadata": layout.metadata,
        }  # fmt: skip
        if _posted(web, look, place, message, layout.blocks, reference):
            files = _files(reply, whole=len(message["text"]) < _TEXT)  # it went as text
    if files and not standing.complete:
        _upload(web, place, files, reference)


def whisper(web: WebClient, look: WebClient, handle: dict[str, Any], reply: Reply, reference: str) -> None:
    """Answer a command to its sender alone, where it was given; files, and late answers, as a direct message.

    Raises NotSent when it surely did not go out; other errors of the line leave it open.
    """
    layout, whole = blocks(reply)
    files = _files(reply, whole=whole)
    if files:
        layout.append(note("The files are in our direct messages."))
    taken = _hooked(handle["response_url"], reply, layout) if handle.get("response_url") else False
    if taken and not files:
        return
    try:
        channel = str(look.conversations_open(users=handle["user"])["channel"]["id"])
    except client.TROUBLE as error:
        if not taken:
            raise _not_sent(error) from error
        _log.warning("the files of a command's answer could not be handed over", code=client.code(error))
        return
    if taken:
        _upload(web, Place(channel, "", ""), files, reference)
    else:
        answer(web, look, Place(channel, "", ""), reply, reference)


def refresh(web: WebClient, place: Place, text: str, layout: list[dict[str, Any]], first: str) -> None:
    """Show a message of ours anew, at `since`; `first` is the id of its first block. Failing is no trouble."""
    shown = [{**layout[0], **({"block_id": first} if first else {})}, *layout[1:]]
    try:  # without metadata: Slack then leaves ours as it is
        web.chat_update(channel=place.channel, ts=place.since, text=escaped(text, _TEXT), blocks=shown, parse="none")
    except client.TROUBLE as error:
        _log.warning("a pressed button could not be shown", code=client.code(error))


def aside(web: WebClient, place: Place, user: str, line: str) -> None:
    """A line that only one person sees. That it cannot be said is no trouble."""
    try:
        web.chat_postEphemeral(
            channel=place.channel, user=user, thread_ts=place.thread or None, text=escaped(line, _TEXT),
            blocks=[note(line)],
        )  # fmt: skip
    except client.TROUBLE as error:
        _log.warning("a line to one person could not be said", code=client.code(error))


def close(url: str, line: str) -> None:
    """Tell the sender of a command, alone, that no answer comes. Raises when Slack cannot be reached."""
    result = _hook(url).send(text=line, response_type="ephemeral")
    if result.status_code != _FINE:
        _log.warning("a command could not be closed", code=f"http_{result.status_code}")


def refuse(web: WebClient, place: Place) -> None:
    """Tell an outsider, in the thread, that no answer comes. Raises when Slack refuses or is away."""
    web.chat_postMessage(
        channel=place.channel, thread_ts=place.thread, text=_MEMBERS, blocks=[note(_MEMBERS) | {"block_id": REFUSAL}],
        unfurl_links=False, unfurl_media=False,
    )  # fmt: skip


def _before(look: WebClient, place: Place, reference: str) -> Standing:
    """A look before posting; where the bot may not read, it posts."""
    try:
        return stands(look, place, reference)
    except client.TROUBLE as error:
        if client.is_server_error(error) or client.code(error) in _RATE or client.code(error) in client.BAD_TOKEN:
            raise _not_sent(error) from error
        return Standing(answered=False, complete=False)


def _posted(
    web: WebClient, look: WebClient, place: Place, message: dict[str, Any], layout: list[dict[str, Any]], reference: str
) -> bool:
    """Post the answer; True when it had to go as text alone. Raises NotSent."""
    with_blocks: dict[str, Any] = {"blocks": layout}
    for refused, extra in ((False, with_blocks), (True, {})):
        try:
            web.chat_postMessage(**message, **extra)
        except client.TROUBLE as error:
            if client.code(error) in _LAYOUT and not refused:
                _log.warning("Slack refuses the layout; the answer goes as text", code=client.code(error))
                continue
            if not client.is_server_error(error) or client.never_reached(error):
                raise _not_sent(error) from error
            _find_out(look, place, reference, error)
        return refused
    return True


def _find_out(look: WebClient, place: Place, reference: str, cause: BaseException) -> None:
    """The line broke in mid-call: return when the answer stands all the same, else raise NotSent."""
    time.sleep(_SETTLE)
    try:
        if stands(look, place, reference).answered:
            return
    except client.TROUBLE as error:
        _log.warning("it cannot be told yet whether the answer stands", code=client.code(error))
    reason = f"the line to Slack broke in mid-answer ({client.code(cause)}); the next try looks before it posts"
    raise NotSent(reason, retry=True) from cause


def _hooked(url: str, reply: Reply, layout: list[dict[str, Any]]) -> bool:
    """Answer a command where it was given; False when Slack takes no answer there any more (after 30 minutes)."""
    hook = _hook(url)
    for extra in ({"blocks": layout}, {}):
        try:
            result = hook.send(text=escaped(reply.text, _TEXT), response_type="ephemeral", **extra)  # type: ignore[arg-type]  # blocks as they are
        except client.TROUBLE as error:
            if client.never_reached(error):
                raise _not_sent(error) from error
            raise
        if result.status_code == _FINE:
            return True
        if result.status_code > _SERVER or (result.status_code == _SERVER and "invalid" not in result.body):
            raise HTTPException(f"http_{result.status_code}")
    return False


def _hook(url: str) -> WebhookClient:
    return WebhookClient(
        url, retry_handlers=[RateLimitErrorRetryHandler(2)], logger=client.quiet("slack-web", logging.CRITICAL)
    )


def _files(reply: Reply, *, whole: bool) -> list[tuple[str, bytes]]:
    """What goes up with the answer; an answer that does not fit goes up as a file too."""
    files = [(output.name, output.content) for output in reply.outputs if output.content]
    return files if whole else [*files, ("answer.txt", reply.text.encode())]


def _upload(web: WebClient, place: Place, files: list[tuple[str, bytes]], reference: str) -> None:
    """The files, in one message. The answer stands already: trouble is told in the thread and raises nothing."""
    uploads = [{"filename": name, "content": content, "title": name} for name, content in files]
    try:
        web.files_upload_v2(channel=place.channel, thread_ts=place.thread or None, file_uploads=uploads)
    except client.TROUBLE as error:
        code = client.code(error)
        _log.warning("files could not be uploaded", code=code, files=len(files))
        what = (
            "Ask whoever installed me to add the files:write permission (OAuth & Permissions in the app settings) and"
            " reinstall; then ask me again." if code == "missing_scope" else "Ask me again in a few minutes."
        )  # fmt: skip
        words = f"I could not upload {', '.join(name for name, _ in files)} ({code}). {what}"
        _tell(web, place, words, reference)


def _tell(web: WebClient, place: Place, words: str, reference: str) -> None:
    line = note(words) | {"block_id": no_files_mark(reference)}
    try:
        web.chat_postMessage(
            channel=place.channel, thread_ts=place.thread or None, text=escaped(words, _TEXT), blocks=[line],
            unfurl_links=False, unfurl_media=False,
        )  # fmt: skip
    except client.TROUBLE as error:
        _log.warning("the thread could not be told", code=client.code(error))


def _not_sent(error: BaseException) -> NotSent:
    """The reason in words, for the operator."""
    code = client.code(error)
    if code in _PLACE:
        return NotSent(_PLACE[code], retry=False)
    if code in client.BAD_TOKEN:  # mended by an operator, and then the answers go out by themselves
        return NotSent(f"Slack refuses the bot ({code}): run `capebot doctor`, which says what to mend", retry=True)
    if code in _RATE:
        return NotSent(f"Slack asks to wait ({code})", retry=True)
    if client.is_server_error(error):
        return NotSent(f"Slack is away ({code})", retry=True)
    return NotSent(
        f"Slack refuses the answer ({code}): look the code up under chat.postMessage, then replay", retry=False
    )
