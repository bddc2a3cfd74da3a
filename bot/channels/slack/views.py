"""A reply as Slack blocks. What came from somebody is raw text, never parsed; Slack's limits are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.slack import buttons
from bot.channels.slack.bits import CELL, QUOTE, TEXT, cell, listed, marked, note, raw, rich, words_of
from bot.channels.slack.text import escaped
from bot.core import words
from bot.core.completing import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.model import Diagnosis, Digest, Draft, Fault, Finding, Output, Reply, Section, Task

Block = dict[str, Any]

_BLOCKS = 50 - 2 - buttons.MOST  # Slack takes 50 in a message; two are kept for what closes it
_ALL = 12_500 - buttons.SIZE  # characters of all blocks together; Slack refuses at about 13,000
_HEADER = 150  # characters of a header: Slack's limit
_WRITTEN = 5  # drafts that are written out, as in a mail
_ROWS = 12  # of the table; the annotated file has them all
_TOGETHER = 4  # tasks in one list: when room is short the less urgent go, not all of them
_CORE = ("What it means", "Do now", "Do not", "When to write to CBP")  # the other sections go first when room is short


@dataclass(frozen=True, slots=True)
class Part:
    """Some blocks that stand or go together. The lower `rank`, the later they go when room is short."""

    rank: int
    blocks: list[Block]


def blocks(reply: Reply) -> tuple[list[Block], bool]:
    """The blocks for a reply, and whether all of it fitted; what did not is in `reply.text`."""
    parts = list(_parts(reply))
    fitting: set[int] = set()
    count = size = 0
    for index in sorted(range(len(parts)), key=lambda index: parts[index].rank):
        length = len(json.dumps(parts[index].blocks))
        if size + length <= _ALL and count + len(parts[index].blocks) <= _BLOCKS:
            fitting.add(index)
            size += length
            count += len(parts[index].blocks)
    laid = [block for index, part in enumerate(parts) if index in fitting for block in part.blocks]
    whole = len(fitting) == len(parts)
    return (
        (laid, True) if whole else ([*laid, note("There is more: the whole answer is in the file answer.txt.")], False)
    )


def _parts(reply: Reply) -> Iterator[Part]:
    """Everything there is to say, in the order in which it is read."""
    diagnosis = reply.diagnosis
    yield Part(0, [headline(reply)])
    if diagnosis.notes:
        yield Part(2, [listed("", diagnosis.notes)])
    if any(one.verdict not in reply.headline for one in reply.digests):
        yield Part(1, [_files_read(reply.digests)])
    yield from _told(diagnosis)
    for digest in reply.digests:
        yield from _tasks(digest, named=len(reply.digests) > 1)
    if table := _table(reply.digests):
        yield Part(1, table)
    yield from _attached(reply.outputs)
    for finding in diagnosis.findings:
        yield from _finding(finding)
    if diagnosis.candidates:
        lines = [f"{one.title}: “{one.official}”" if one.official else one.title for one in diagnosis.candidates]
        yield Part(3, [listed("Is it one of these?", lines)])
    yield from _numbers(diagnosis)
    if diagnosis.questions:
        yield Part(2, [listed("Please tell me, here in the thread:", diagnosis.questions, ordered=True)])
    yield from _drafts(diagnosis.drafts)
    if diagnosis.rule == "not_about_cape":
        yield Part(
            5,
            [
                note(
                    "I read CAPE messages, Declarations, Claim Details and ES-003 files, and prepare the e-mail to CBP; I never send it."
                )
            ],
        )


def _drafts(drafts: Sequence[Draft]) -> Iterator[Part]:
    """The drafts of most entries; the others are attached together."""
    for draft in drafts[:_WRITTEN]:
        yield Part(1, _draft(draft))
    more = len(drafts) - _WRITTEN
    if more > 0:
        yield Part(2, [note(f"And {words.count_words(more, 'more draft')}, attached together as a ZIP file.")])


def _told(diagnosis: Diagnosis) -> Iterator[Part]:
    """The entries whose liquidation the message tells of."""
    if diagnosis.outcomes:
        told = [
            f"{words.entry_words(one.entry)}: {words.OUTCOME_WORDS[one.outcome][1]}. {one.why}"
            for one in diagnosis.outcomes
        ]
        yield Part(1, [listed("", told)])


def headline(reply: Reply) -> Block:
    """The verdict in the first line."""
    line = " ".join((reply.headline or reply.text.split("\n\n", 1)[0]).split()) or "My answer"
    if len(line) <= _HEADER:
        return {"type": "header", "text": raw(line, _HEADER)}
    return rich({"type": "rich_text_section", "elements": [words_of(line, bold=True)]})


def _finding(one: Finding) -> Iterator[Part]:
    title = one.title if one.is_error else f"{one.title} (a status, not an error)"
    named = [words_of(title, bold=True), *([words_of(f" – you sent ({one.where}):")] if one.quote else [])]
    seen: list[Block] = [{"type": "rich_text_section", "elements": named}]
    if one.quote:
        seen.append({"type": "rich_text_quote", "elements": [words_of(one.quote, most=QUOTE)]})
    shown = [_advice(section) for section in one.sections if section.name in _CORE]
    yield Part(2, [{"type": "divider"}, rich(*seen), marked(_step(one)), *shown])
    rest = [_advice(section) for section in one.sections if section.name not in _CORE]
    rest += [marked(f"*Easily taken for “{escaped(title)}”:* {escaped(how)}") for title, how in one.look_alikes]
    if rest:
        yield Part(4, rest)
    yield Part(3, [_sources(one)])


def _step(one: Finding) -> str:
    """The next step and what hangs on it, one line each."""
    step = words.NEXT_STEP_WORDS.get(one.next_step, one.next_step)
    when = f", {words.when_words(one.next_step, one.not_before)}" if one.not_before else ""
    lines = [f"*Next step:* {escaped(step + when + (f' ({one.wait})' if one.wait else ''))}."]
    lines.append(f"*Was anything filed?* {escaped(words.FILED_WORDS.get(one.filed, one.filed))}")
    if one.clock:
        lines.append(f"*Deadline:* {escaped(one.clock)}")
    if one.windows:
        lines.append(escaped(one.windows))
    if one.retired:
        instead = f" In its place: {one.replaced_by}." if one.replaced_by else ""
        lines.append(escaped(f"CBP retired this message on {words.day_words(one.retired)}.{instead}"))
    if one.how.value == "likeness":
        lines.append("_This is my reading of your words, not an exact match: if ACE shows something else, paste that._")
    return "\n".join(lines)


def _advice(section: Section) -> Block:
    """A part of the advice: our own words, so that they may be laid out."""
    marks = [f"{number}." if section.numbered else "•" for number in range(1, len(section.items) + 1)]
    lines = [*section.paragraphs, *(f"{mark} {item}" for mark, item in zip(marks, section.items, strict=True))]
    return marked(f"*{escaped(section.name)}*\n" + escaped("\n".join(lines), TEXT - 100))


def _sources(one: Finding) -> Block:
    said = [f"Sources: {'; '.join(one.sources)}."] if one.sources else []
    if one.advice_day:
        said.append(f"Advice as of {words.day_words(one.advice_day)}.")
    if one.verified:
        said.append(f"Facts last checked {words.day_words(one.verified)}.")
    return note(" ".join(said) or one.id)


def _numbers(diagnosis: Diagnosis) -> Iterator[Part]:
    """Entry numbers that a person must look at, and those that were read otherwise than they stood."""
    doubtful = [words.suspect_words(one.value, one.reason, one.proposal) for one in diagnosis.suspects]
    if doubtful:
        yield Part(3, [listed("These look like entry numbers and are not valid:", doubtful)])
    if diagnosis.repaired:
        lines = [f"{meant}, from “{stood}”" for stood, meant in diagnosis.repaired]
        yield Part(4, [listed("I read these entry numbers so:", lines)])


def _files_read(digests: Sequence[Digest]) -> Block:
    """A line for each file, with its numbers."""
    return listed("", [f"{one.name[:100]}: {one.verdict}" for one in digests])


def _tasks(digest: Digest, *, named: bool) -> Iterator[Part]:
    """What to do with the entries of a file, most urgent first; what the file is about as a whole."""
    for start in range(0, len(digest.tasks), _TOGETHER):
        few = digest.tasks[start : start + _TOGETHER]
        name = {"type": "rich_text_section", "elements": [words_of(digest.name, bold=True, most=CELL)]}
        yield Part(
            1, [rich(*([name] if named and not start else []), *(element for one in few for element in _task(one)))]
        )
    if digest.more_tasks:
        yield Part(2, [note(f"and {words.count_words(digest.more_tasks, 'more group')}, in the attached report")])
    if digest.notes:
        yield Part(2, [listed("", digest.notes)])


def _task(one: Task) -> Iterator[Block]:
    """The class or group, how many, the day and what to do; below it its nearest days and some of its entries."""
    named = f"{one.title}: {words.count_words(one.count, 'entry', 'entries')}{f', {one.when}' if one.when else ''}"
    said = f" – “{' '.join(one.quote.split())[:CELL]}”" if one.quote else ""
    whole = [words_of(named, bold=True, most=QUOTE), words_of(f"{said} – {one.step}", most=QUOTE * 2)]
    yield {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": whole}]}
    if one.lines:
        elements = [{"type": "rich_text_section", "elements": [words_of(line, most=QUOTE)]} for line in one.lines]
        yield {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": elements}


def _attached(outputs: Sequence[Output]) -> Iterator[Part]:
    """What is in each attached file; a draft alone needs no such list."""
    if any(one.role != "draft" for one in outputs):
        yield Part(2, [listed("Attached:", [f"{one.name}: {one.what}" if one.what else one.name for one in outputs])])


def _table(digests: Sequence[Digest]) -> list[Block]:
    """One table (Slack takes no second one) of the rows that need somebody."""
    found = [(digest.name, fault) for digest in digests for fault in digest.faults]
    if not found:
        return []
    several = len({name for name, _ in found}) > 1
    head = [*(["File"] if several else []), "Row", "Value", "Finding", "Proposal"]
    rows = [[*([name] if several else []), *_row(fault)] for name, fault in found[:_ROWS]]
    right = [{"align": "left"}] if several else []
    laid: list[Block] = [{
        "type": "table", "column_settings": [*right, {"align": "right"}, {"is_wrapped": True}],
        "rows": [[cell(text) for text in row] for row in (head, *rows)],
    }]  # fmt: skip
    if more := len(found[_ROWS:]) + sum(one.more_faults for one in digests):
        laid.append(note(f"and {more:,} more, in the attached report"))
    return laid


def _row(fault: Fault) -> list[str]:
    reason = words.fault_words(fault) + (" (repaired)" if fault.repaired else "")
    return [str(fault.row) if fault.row else "file", fault.value, reason, fault.proposal]


def _draft(draft: Draft) -> list[Block]:
    body = as_text(draft)
    if len(body) > TEXT:
        body = body[:TEXT] + "\n… (the rest is in the file)"
    laid = [
        {"type": "divider"},
        marked("*Draft, not sent.* Complete the blanks, then send it yourself."),
        rich({"type": "rich_text_preformatted", "elements": [words_of(body, most=None)]}),
    ]
    if draft.missing:
        laid.append(listed("Still to complete:", draft.missing))
    return laid
