"""A knowledge file as a person likes to read it in a terminal, and the list of all of them."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import words
from bot.core.business_days import wait_until
from bot.core.model import Type06

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.core.catalogue import Catalogue, KnownError, Rule

WIDTH = 78  # columns: as the mail's text has it, so that a terminal of 80 breaks no line
_LABEL = 25  # columns of the labels in front of the facts
_STALE = timedelta(days=90)  # as `capebot check` has it
_ESCALATE = {
    "never": "No, it would not help.",
    "if-persists": "Only if it goes on after that.",
    "if-evidence": "Only with evidence.",
    "always": "Yes.",
}


def explain(error: KnownError, day: date, catalogue: Catalogue) -> str:
    """Give the whole file as of a day, wrapped for a terminal."""
    blocks = [
        [_wrap(error.title), "=" * min(len(error.title), WIDTH)],
        [line for label, value in _facts(error, day, catalogue) for line in _fact(label, value)],
        *_advice(error, day),
        [_wrap(like.question, f"Easily taken for {like.id}? ") for like in error.look_alikes],
        ["Sources", *_sources(error)],
        [_wrap(line) for line in _freshness(error, day)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def listing(catalogue: Catalogue, day: date) -> str:
    """One line for each situation: id, next step as of the day, title."""
    if not catalogue.errors:
        return "There is no knowledge file."
    width = max(len(error.id) for error in catalogue.errors)
    lines = [
        f"{error.id:<{width}}  {error.rule_on(day).next_step:<18}  {error.title}{_mark(error, day)}"
        for error in catalogue.errors
    ]
    return "\n".join([*lines, "", f"{len(lines)} situations, as of {words.day_words(day)}. More: capebot explain ID"])


def _facts(error: KnownError, day: date, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """The questions that a broker asks first, each with its answer."""
    usual, ftz = error.rule_on(day), error.rule_on(day, Type06.YES)
    contact = catalogue.contact(error.contact)
    yield "Id", error.id
    yield "Is it an error?", "Yes." if error.is_error else "No, it is a status."
    if retired := _retired(error, day):
        yield "Still in use?", retired
    for message in error.messages:
        yield "CBP's words", f'"{message.replace("{", "").replace("}", "")}"'
    if error.codes:
        yield "Code", ", ".join(error.codes)
    yield "Did anything get filed?", words.FILED_WORDS[error.filed]
    yield "Next step", _step(usual, day)
    yield "Write to CBP?", _to_cbp(usual)
    if ftz != usual:
        yield "FTZ Type 06: next step", _step(ftz, day)
        yield "FTZ Type 06: to CBP?", _to_cbp(ftz)
    if {usual.escalate, ftz.escalate} != {"never"}:
        yield "Whom to write to", f"{contact.name}, {contact.address}"
    if usual.clock:
        yield "Deadline", usual.clock


def _fact(label: str, value: str) -> list[str]:
    """A label and its answer, wrapped beside it."""
    first = f"{label:<{_LABEL}}"
    return textwrap.wrap(value, WIDTH, initial_indent=first, subsequent_indent=" " * _LABEL, break_on_hyphens=False)


def _step(rule: Rule, day: date) -> str:
    until = wait_until(day, rule.wait)
    when = f", {words.when_words(rule.next_step, until)}" if until else ""
    return _sentence(f"{words.NEXT_STEP_WORDS[rule.next_step]}{when}{f' ({rule.wait})' if rule.wait else ''}")


def _to_cbp(rule: Rule) -> str:
    shown = f" To show: {rule.evidence}." if rule.evidence and rule.escalate != "never" else ""
    return f"{_ESCALATE[rule.escalate]}{shown}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _retired(error: KnownError, day: date) -> str:
    """What became of the message; empty while it is in use on the day."""
    if error.retired is None or error.retired > day:
        return ""
    instead = f" In its place: {', '.join(error.replaced_by)}." if error.replaced_by else ""
    return f"No. CBP retired it on {words.day_words(error.retired)}.{instead}"


def _mark(error: KnownError, day: date) -> str:
    marks = ["status"] if not error.is_error else []
    marks += ["retired"] if _retired(error, day) else []
    return f" ({', '.join(marks)})" if marks else ""


def _advice(error: KnownError, day: date) -> Iterator[list[str]]:
    """Each section of the advice in force, and of that for FTZ Type 06 where it is another one."""
    usual, ftz = error.advice_on(day), error.advice_on(day, Type06.YES)
    for heading, sections in (
        ("", usual.sections),
        ("FTZ Type 06: ", [section for section in ftz.sections if section not in usual.sections]),
    ):
        for section in sections:
            items = [
                _wrap(item, f"  {number}. " if section.numbered else "  - ")
                for number, item in enumerate(section.items, 1)
            ]
            yield [f"{heading}{section.name}", *(_wrap(text, "  ") for text in section.paragraphs), *items]


def _sources(error: KnownError) -> Iterator[str]:
    for source in error.sources:
        dated = f", {words.day_words(source.dated)}" if source.dated else ""
        yield _wrap(f"{source.what}{dated}{' (official)' if source.official else ''}", "  - ")
        if source.address:
            yield f"    {source.address}"  # whole, however long: it is there to be copied


def _freshness(error: KnownError, day: date) -> Iterator[str]:
    """From when the advice is, when it was checked, and on which other days the answer is another one."""
    started = error.advice_on(day).start
    since = f"Advice of {words.day_words(started)}"
    late = " That is long ago: look at the sources again." if day - error.verified > _STALE else ""
    yield f"{since}; facts last checked on {words.day_words(error.verified)}.{late}"
    changes = {advice.start for advice in error.advice} | {rule.start for rule in error.rules}
    others = sorted(changes - {started})
    if others:
        days = ", ".join(one.isoformat() for one in others)
        yield f"What is said here changes with the day, see --as-of: {days}."


def _wrap(text: str, first: str = "") -> str:
    indent = " " * (len(first) if first[:1] in ("", " ") else 2)
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
