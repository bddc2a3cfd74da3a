"""Messages for what was carried out: a completed draft to copy, and a question to people."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bot.channels.slack.bits import QUOTE, TEXT, listed, note, rich, words_of
from bot.channels.slack.views import headline
from bot.core import words
from bot.core.completing import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.model import Diagnosis, Reply

Block = dict[str, Any]

_ALL = 11_000  # characters of the blocks; Slack refuses at about 13,000, and buttons follow
_DENSE = 1_500  # characters of one block where each takes six in JSON
_FINDINGS = 5  # of a summary
_ENTRIES = 10  # of a summary
_TYPE06 = "type06"


def completed(reply: Reply) -> list[Block]:
    """A draft as somebody completed it: all of it, to copy; what does not fit is in the file."""
    (draft,) = reply.diagnosis.drafts
    body = as_text(draft).strip()
    size = TEXT if len(json.dumps(body[:TEXT])) < 2 * TEXT else _DENSE
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    told = [listed("", lines)] if (lines := [*reply.diagnosis.notes, *draft.missing]) else []
    copied = _fitting([_preformatted(part) for part in parts], _ALL - len(json.dumps(told)))
    whole = len(copied) == len(parts)
    rest = [] if whole else [note("That is not all of it: the whole text is in the attached file.")]
    return [headline(reply), *copied, *rest, *told]


def question(reply: Reply, name: str, link: str) -> list[Block]:
    """A summary of an answer for the people who are asked; `name` asks, `link` leads to the message."""
    asked: list[Block] = [words_of(f"{name} asks for a person.", bold=True, most=QUOTE)]
    if link:
        asked += [
            {"type": "text", "text": " See "},
            {"type": "link", "url": link, "text": "the message"},
            words_of("."),
        ]
    about = [words_of(f"My answer: {reply.headline or 'none'}", most=QUOTE * 2)]
    laid = [
        rich({"type": "rich_text_section", "elements": asked}),
        rich({"type": "rich_text_section", "elements": about}),
    ]
    if lines := list(_summary(reply.diagnosis)):
        laid.append(listed("", lines))
    if reply.diagnosis.questions:
        laid.append(listed("Still open:", reply.diagnosis.questions, ordered=True))
    return _fitting(laid, _ALL)


def _fitting(laid: list[Block], most: int) -> list[Block]:
    """The first blocks, as many as have room."""
    sizes = accumulate(len(json.dumps(block)) for block in laid)
    return [block for block, size in zip(laid, sizes, strict=True) if size <= most]


def _preformatted(text: str) -> Block:
    return rich({"type": "rich_text_preformatted", "elements": [words_of(text, most=None)]})


def _summary(diagnosis: Diagnosis) -> Iterator[str]:
    """What was found, a line each."""
    for one in (*diagnosis.findings, *diagnosis.candidates)[:_FINDINGS]:
        said = f": \u201c{' '.join(one.quote.split())[:QUOTE]}\u201d" if one.quote else ""
        yield f"{one.title}{said}"
    if entries := diagnosis.entries:
        more = f" and {len(entries) - _ENTRIES:,} more" if len(entries) > _ENTRIES else ""
        yield f"Entries: {', '.join(entries[:_ENTRIES])}{more}"
    if diagnosis.entries or diagnosis.drafts:
        yield f"{words.ASK_WORDS[_TYPE06][0]}: {diagnosis.type06.value}"
    for draft in diagnosis.drafts[:_FINDINGS]:
        yield f"Draft: {draft.subject}"
