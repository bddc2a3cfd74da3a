"""What of an answer stands in Slack already, by the marks that it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

EVENT = "capebot_reply"  # the kind of metadata that carries our reference
REFUSAL = "capebot_refusal"  # the id of the block that tells an outsider why there is no answer
_PAGE = 200  # messages of a thread per call
_PAGES = 20  # calls at the most: an answer stands right after its question


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes. `thread` is empty for a direct message that answers a command; `since` is a Slack time."""

    channel: str
    thread: str
    since: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an answer stands in Slack: itself, and its files (or the line that says why they do not)."""

    answered: bool
    complete: bool


def stands(look: WebClient, place: Place, reference: str) -> Standing:
    """What of the answer with this reference stands. Raises when Slack does not tell."""
    answered = False
    expected = 0
    for message in _messages(look, place):
        found = _read_mark(message)
        if found and found[0] == reference:
            answered, expected = True, found[1]
        elif found and answered:
            break  # the next answer: files after it are its own
        elif (
            answered
            and _is_ours(message)
            and (message.get("files") or _first_block_id(message) == no_files_mark(reference))
        ):
            return Standing(answered=True, complete=True)
    return Standing(answered, answered and expected == 0)


def _messages(look: WebClient, place: Place) -> Iterator[dict[str, Any]]:
    """The thread from the question on, in order; of a direct message without one, the latest page."""
    if not place.thread:
        page = look.conversations_history(channel=place.channel, include_all_metadata=True, limit=_PAGE)
        yield from reversed(page.get("messages") or [])
        return
    cursor = None
    for _ in range(_PAGES):
        page = look.conversations_replies(
            channel=place.channel, ts=place.thread, oldest=place.since or None, inclusive=True,
            include_all_metadata=True, limit=_PAGE, cursor=cursor,
        )  # fmt: skip
        yield from page.get("messages") or []
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def mark(reference: str, files: int) -> str:
    """The id of an answer's first block; `files` is how many are to follow it."""
    return f"{EVENT}:{files}:{reference}"


def _read_mark(message: dict[str, Any]) -> tuple[str, int] | None:
    """The reference and the number of files that an answer of ours carries; Slack drops metadata now and then."""
    if not _is_ours(message):
        return None
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == EVENT:
        payload = metadata.get("event_payload") or {}
        return str(payload.get("reference", "")), int(payload.get("files") or 0)
    event, _, rest = _first_block_id(message).partition(":")
    files, _, reference = rest.partition(":")
    return (reference, int(files)) if event == EVENT and files.isdigit() else None


def _is_ours(message: dict[str, Any]) -> bool:
    """Of a bot: people cannot set metadata or block ids, other bots have no reference of ours."""
    return bool(message.get("bot_id"))


def is_refusal(message: dict[str, Any]) -> bool:
    """Whether a message of ours only says that it gives no answer."""
    return _first_block_id(message) == REFUSAL


def no_files_mark(reference: str) -> str:
    """The id of the line that says why an answer's files are not there."""
    return f"{EVENT}:files:{reference}"


def _first_block_id(message: dict[str, Any]) -> str:
    for block in message.get("blocks") or ():
        return str(block.get("block_id", ""))
    return ""
