"""A diagnosis as Slack blocks. Everything that came from somebody is raw text or escaped; Slack's limits are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.channels.slack.text import escaped

if TYPE_CHECKING:
    from bot.core.model import Diagnosis, Draft, Finding, Reply, Sheet

Block = dict[str, Any]

_BLOCKS = 48  # Slack takes 50 in a message; two are kept for what closes it
_ALL = 12_000  # characters of all blocks together; Slack refuses at about 13,000
_SECTION = 2_900  # Slack's limit is 3,000
_ROWS = 12  # of a table; the annotated file has them all
_CELL = 120  # characters of a cell
_SHOWN = ("What it means", "Do now", "Do not", "When to write to CBP")  # the rest stands in the mail-like text only


def blocks(reply: Reply) -> tuple[list[Block], bool]:
    """The blocks for a reply, and whether all of it fitted; what did not is in `reply.text`."""
    wanted = _wanted(reply)
    taken: list[Block] = []
    size = 0
    for block in wanted:
        size += len(json.dumps(block))
        if size > _ALL or len(taken) >= _BLOCKS:
            taken.append(_section("_The whole answer is in the attached file._"))
            return taken, False
        taken.append(block)
    return taken, True


def _wanted(reply: Reply) -> list[Block]:
    diagnosis = reply.diagnosis
    found = [_section(f"*{escaped(_first_line(reply.text))}*")]
    found += [_section(escaped(note)) for note in diagnosis.notes]
    for sheet in diagnosis.sheets:
        found += _sheet(sheet)
    for finding in diagnosis.findings:
        found += [{"type": "divider"}, *_finding(finding)]
    if diagnosis.candidates:
        lines = [f"• {one.title}" + (f": “{one.official}”" if one.official else "") for one in diagnosis.candidates]
        found.append(_section("*Is it one of these?*\n" + escaped("\n".join(lines))))
    if diagnosis.questions:
        lines = [f"{number}. {question}" for number, question in enumerate(diagnosis.questions, 1)]
        found.append(_section("*Please tell me, here in the thread:*\n" + escaped("\n".join(lines))))
    for draft in diagnosis.drafts:
        found += [{"type": "divider"}, *_draft(draft)]
    return found + _last(diagnosis)


def _first_line(text: str) -> str:
    """The verdict: the first paragraph of the text, which plain mail wraps."""
    return " ".join(text.split("\n\n", 1)[0].split())


def _finding(one: Finding) -> list[Block]:
    found = []
    if one.quote:
        found.append(_section(f"*{escaped(one.title)}* — you sent: “{escaped(' '.join(one.quote.split())[:300])}”"))
    for section in one.sections:
        if section.name in _SHOWN:
            marks = [f"{number}." if section.numbered else "•" for number in range(1, len(section.items) + 1)]
            lines = [*section.paragraphs, *(f"{mark} {item}" for mark, item in zip(marks, section.items, strict=True))]
            found.append(_section(f"*{section.name}*\n" + escaped("\n".join(lines))))
    if one.clock:
        found.append(_section("*Deadline*\n" + escaped(one.clock)))
    source = f"Source: {one.sources[0]}. " if one.sources else ""
    checked = f"Facts last checked {one.verified.isoformat()}." if one.verified else ""
    found.append({"type": "context", "elements": [{"type": "plain_text", "text": (source + checked)[:_SECTION]}]})
    return found


def _sheet(sheet: Sheet) -> list[Block]:
    """A table of the rows that need somebody."""
    title = f"*{escaped(sheet.name[:150])}*"
    if sheet.refused:
        return [_section(f"{title}\n{escaped(sheet.refused)}")]
    if not sheet.faults:
        return [_section(f"{title}: {sheet.rows:,} rows, nothing to mend")]
    head = [_cell(text) for text in ("Row", "Value", "Finding", "Proposal")]
    rows = [
        [
            _cell(str(fault.row) if fault.row else "file"), _cell(fault.value),
            _cell(fault.reason.replace("-", " ") + (" (repaired)" if fault.repaired else "")), _cell(fault.proposal),
        ]
        for fault in sheet.faults[:_ROWS]
    ]  # fmt: skip
    found: list[Block] = [_section(title), {"type": "table", "rows": [head, *rows]}]
    more = len(sheet.faults) - _ROWS
    if more > 0:
        found.append(_section(f"and {more:,} more, in the attached file"))
    return found


def _draft(draft: Draft) -> list[Block]:
    body = f"To: {draft.to}\nSubject: {draft.subject}\n\n{draft.body}"
    text = {
        "type": "text",
        "text": body if len(body) <= _SECTION else body[:_SECTION] + "\n… (the rest is in the file)",
    }
    found: list[Block] = [
        _section("*Draft, not sent:* complete the blanks, then send it yourself."),
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [text]}]},
    ]
    if draft.missing:
        found.append(_section("*Still to complete*\n" + escaped("\n".join(f"• {item}" for item in draft.missing))))
    return found


def _last(diagnosis: Diagnosis) -> list[Block]:
    if diagnosis.rule != "not_about_cape":
        return []
    return [_section("Paste a CAPE message, or drop a Declaration CSV here. I never write to CBP.")]


def _section(markdown: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": markdown[:_SECTION]}}


def _cell(text: str) -> Block:
    """A cell of raw text; Slack refuses an empty one."""
    return {"type": "raw_text", "text": " ".join(text.split())[:_CELL] or "–"}
