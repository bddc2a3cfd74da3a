"""A knowledge file as a person likes to read it, and the list of all of them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bot.core import words
from bot.core.business_days import wait_until
from bot.core.model import Type06

if TYPE_CHECKING:
    from datetime import date

    from bot.core.catalogue import Catalogue, KnownError, Rule

WIDTH = 88  # columns: fits a terminal beside another window


def explain(error: KnownError, day: date, catalogue: Catalogue) -> str:
    """The whole file as of a day, wrapped for a terminal."""
    lines = [error.title, "=" * min(len(error.title), WIDTH), ""]
    lines += _facts(error, day, catalogue)
    for section in error.advice_on(day).sections:
        lines += ["", section.name, *(_wrap(text, "  ") for text in section.paragraphs)]
        lines += [
            _wrap(item, f"  {number}. " if section.numbered else "  - ") for number, item in enumerate(section.items, 1)
        ]
    lines += [""] + [_wrap(f"Easily taken for {like.id}: {like.question}", "") for like in error.look_alikes]
    lines += ["", "Sources"]
    for source in error.sources:
        day_of = f", {source.dated.isoformat()}" if source.dated else ""
        lines.append(_wrap(f"{source.what}{day_of}{' (official)' if source.official else ''}", "  - "))
    started = error.advice_on(day).start
    lines.append(_wrap(f"Advice in force since {started}; facts last checked {error.verified}.", ""))
    others = [str(advice.start) for advice in error.advice if advice.start != started]
    if others:
        lines.append(_wrap(f"Other advice: {', '.join(others)} (see --as-of).", ""))
    return "\n".join(lines)


def listing(catalogue: Catalogue, day: date) -> str:
    """One line for each situation: id, title, next step as of the day."""
    width = max(len(error.id) for error in catalogue.errors)
    return "\n".join(
        f"{error.id:<{width}}  {error.rule_on(day).next_step:<18}  {error.title}{_retired(error, day)}"
        for error in catalogue.errors
    )


def _facts(error: KnownError, day: date, catalogue: Catalogue) -> list[str]:
    """The questions a broker asks first."""
    contact = catalogue.contact(error.contact)
    facts = [
        f"Id: {error.id}",
        f"Is it an error? {'Yes.' if error.is_error else 'No, it is a status.'}{_retired(error, day)}",
        f"Was anything filed? {words.FILED_WORDS[error.filed]}",
        *(f'CBP\'s words: "{message}"' for message in error.messages),
        f"Next step: {_step(error.rule_on(day), day)}",
    ]
    usual, ftz = error.rule_on(day), error.rule_on(day, Type06.YES)
    if ftz != usual:
        facts.append(f"Next step for FTZ Type 06: {_step(ftz, day)}")
    facts.append(f"To CBP? {_ESCALATE[usual.escalate]} ({contact.name}, {contact.address})")
    facts += [f"Shown first: {usual.evidence}"] if usual.evidence else []
    facts += [f"Deadline: {usual.clock}"] if usual.clock else []
    return [_wrap(fact, "") for fact in facts]


_ESCALATE = {
    "never": "No; it does not help.",
    "if-persists": "Only if it goes on.",
    "if-evidence": "Only with evidence.",
    "always": "Yes.",
}


def _step(rule: Rule, day: date) -> str:
    until = wait_until(day, rule.wait)
    when = f", {words.when_words(rule.next_step, until)}" if until else f" ({rule.wait})" if rule.wait else ""
    return f"{words.NEXT_STEP_WORDS[rule.next_step]}{when}"


def _retired(error: KnownError, day: date) -> str:
    if error.retired is None or error.retired > day:
        return ""
    instead = f"; in its place: {', '.join(error.replaced_by)}" if error.replaced_by else ""
    return f" [retired {error.retired}{instead}]"


def _wrap(text: str, first: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
