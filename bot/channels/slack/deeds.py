"""Messages for what was carried out: a completed draft to copy, and a question to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.slack.bits import QUOTE, TEXT, listed, note, rich, words_of
from bot.channels.slack.views import headline
from bot.core import words
from bot.core.completing import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.model import Diagnosis, Reply

Block = dict[str, Any]

_COPIED = 3 * TEXT  # characters of a completed draft that are shown; Slack takes about 13,000 in a message
_FINDINGS = 5  # of a summary
_ENTRIES = 10  # of a summary
_TYPE06 = "type06"


def completed(reply: Reply) -> list[Block]:
    """A draft as somebody completed it: all of it, to copy; what does not fit is in the file."""
    (draft,) = reply.diagnosis.drafts
    body = as_text(draft).strip()
    parts = [body[at : at + TEXT] for at in range(0, min(len(body), _COPIED), TEXT)]
    laid = [headline(reply)]
    laid += [rich({"type": "rich_text_preformatted", "elements": [words_of(part, most=None)]}) for part in parts]
    if len(body) > _COPIED:
        laid.append(note("That is not all of it: the whole text is in the attached file."))
    if lines := [*reply.diagnosis.notes, *draft.missing]:
        laid.append(listed("", lines))
    return laid


def question(reply: Reply, name: str, link: str) -> list[Block]:
    """A summary of an answer for the people who are asked; `name` asks, `link` leads to the message."""
    asked: list[Block] = [words_of(f"{name} asks for a person.", bold=True)]
    if link:
        asked += [words_of(" See "), {"type": "link", "url": link, "text": "the message"}, words_of(".")]
    about = [words_of(f"My answer: {reply.headline or 'none'}", most=QUOTE * 2)]
    laid = [
        rich({"type": "rich_text_section", "elements": asked}),
        rich({"type": "rich_text_section", "elements": about}),
    ]
    if lines := list(_summary(reply.diagnosis)):
        laid.append(listed("", lines))
    if reply.diagnosis.questions:
        laid.append(listed("Still open:", reply.diagnosis.questions, ordered=True))
    return laid


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
