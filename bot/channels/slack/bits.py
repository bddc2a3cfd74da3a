"""The pieces that every message of ours is made of. What came from somebody is raw text, never parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Block = dict[str, Any]

TEXT = 2_900  # characters of one text; Slack's limit is 3,000
CONTEXT = 1_900  # characters of a small line; Slack's limit is 2,000
QUOTE = 300  # characters of the sender's words shown again
CELL = 120  # characters of a cell: more makes the table unreadable
ITEMS = 12  # of a list of the sender's own data


def note(text: str) -> Block:
    """A small line of raw text."""
    return {"type": "context", "elements": [raw(text, CONTEXT)]}


def listed(heading: str, items: Sequence[str], *, ordered: bool = False) -> Block:
    """A list of raw text under a heading; what is too long for a list is counted."""
    shown = [*items[:ITEMS], *([f"and {len(items) - ITEMS:,} more"] if len(items) > ITEMS else [])]
    elements = [{"type": "rich_text_section", "elements": [words_of(item, most=QUOTE * 2)]} for item in shown]
    laid: list[Block] = [{"type": "rich_text_section", "elements": [words_of(heading, bold=True)]}] if heading else []
    style = "ordered" if ordered else "bullet"
    return rich(*laid, {"type": "rich_text_list", "style": style, "elements": elements})


def rich(*elements: Block) -> Block:
    """Text whose parts are laid out one by one."""
    return {"type": "rich_text", "elements": list(elements)}


def words_of(text: str, *, bold: bool = False, most: int | None = TEXT) -> Block:
    """Words that Slack shows as they are. On one line, unless `most` is None."""
    shown = text if most is None else " ".join(text.split())
    if most is not None and len(shown) > most:
        shown = f"{shown[: most - 1]}…"
    if most is not None and text[:1] == " ":
        shown = f" {shown}"
    return {"type": "text", "text": shown or "–"} | ({"style": {"bold": True}} if bold else {})


def marked(markdown: str) -> Block:
    """Our own words, laid out with Slack's marks; what is not ours in it is escaped."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": markdown[:TEXT] or "–", "verbatim": True}}


def raw(text: str, most: int) -> Block:
    """Text that Slack shows as it is, cut at `most` characters."""
    shown = text if len(text) <= most else f"{text[: most - 1]}…"
    return {"type": "plain_text", "text": shown or "–", "emoji": False}


def cell(text: str) -> Block:
    """A cell of raw text; Slack refuses an empty one."""
    return {"type": "raw_text", "text": " ".join(text.split())[:CELL] or "–"}
