"""What single fields cannot show: whether a file agrees with itself, and the files with each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.folding import folded
from bot.knowledge.fields import NEVER
from bot.knowledge.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.core.catalogue import Contact, KnownError, Rule
    from bot.knowledge.fields import Fields


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a file stand: its own fields, those of each rule and of each source."""

    top: Fields
    rules: tuple[Fields, ...]
    sources: tuple[Fields, ...]


_WAIT = re.compile(r"[1-9]\d{0,3} (?:minutes?|hours?|days?|business days?)\Z")
_STATUS_STEPS = ("nothing-to-do", "wait")


def check_one(error: KnownError, places: Places, contacts: Mapping[str, Contact]) -> None:
    """Complain of what does not fit together in one file."""
    fields = places.top
    _check_recognition(error, fields)
    _check_dates(error, places)
    for rule, place in zip(error.rules, places.rules, strict=True):
        _check_rule(rule, error, place)
    _check_rules(error, places)
    contact = contacts.get(error.contact)
    if contact and not contact.address and any(rule.escalate == "always" for rule in error.rules):
        fields.complain("contact", f"“{error.contact}” has no e-mail address, and this file always leads to a draft")
    if contact and contact.owner_only and any(rule.escalate in ("always", "if-persists") for rule in error.rules):
        fields.complain("contact", f"“{error.contact}” listens to the account's owner alone: escalate = if-evidence")
    for like in error.look_alikes:
        if like.id == error.id:
            fields.complain("look_alikes", "look_alikes names the file itself")


def _check_recognition(error: KnownError, fields: Fields) -> None:
    if not (error.messages or error.wordings or error.codes):
        fields.complain("messages", "nothing to find it by: give messages, wordings or codes")
    if error.codes and not error.near:
        fields.complain("codes", "a bare code counts only near a word such as “error”: give near")
    for text in error.matches:
        if text in error.wordings or text in error.messages:
            fields.complain_of("matches", text, f"“{text}” is a wording or message too, so it tests nothing")
    for key, texts in (("messages", error.messages), ("wordings", error.wordings)):
        for text in texts:
            if text.count("{") != text.count("}") or re.match(r"\W*\{|.*\}\W*\Z", text):
                fields.complain_of(key, text, f"“{text}”: a variable part {{…}} stands between words")


def _check_dates(error: KnownError, places: Places) -> None:
    """Days that cannot follow each other."""
    fields = places.top
    if error.verified != NEVER:
        for source, place in zip(error.sources, places.sources, strict=True):
            if source.dated and source.dated > error.verified:
                place.complain("dated", f"this source is newer than verified = {error.verified}")
    if error.replaced_by and error.retired is None:
        fields.complain("replaced_by", "replaced_by needs the day: retired = YYYY-MM-DD")
    if error.retired and error.advice and max(one.start for one in error.advice) < error.retired:
        fields.complain("retired", f"no advice from {error.retired} on says what to do with the retired message")


def _check_rule(rule: Rule, error: KnownError, fields: Fields) -> None:
    for key, span in (("wait", rule.wait), ("since_paid", rule.since_paid)):
        if span and not _WAIT.match(span):
            fields.complain(key, f"{key} = “{span}”: write a number, then minutes, hours, days or business days")
    if rule.escalate == "if-evidence" and not (rule.evidence and rule.evidence_wordings):
        fields.complain("escalate", "if-evidence needs evidence and evidence_wordings")
    if rule.evidence_wordings and not rule.evidence:
        fields.complain("evidence_wordings", "evidence_wordings without evidence: say what must be shown")
    if rule.next_step == "escalate" and rule.escalate == "never":
        fields.complain("escalate", "next_step says to write to CBP and escalate says never to")
    if not error.is_error and (rule.escalate != "never" or rule.next_step not in _STATUS_STEPS):
        fields.complain("next_step", "a status (is_error = false) has escalate = never, and nothing-to-do or wait")
    starts = [one.start for one in error.advice if one.start != NEVER]
    if starts and NEVER < rule.start < min(starts):
        fields.complain("from", f"no advice holds on {rule.start}: the first is of {min(starts)}")


def _check_rules(error: KnownError, places: Places) -> None:
    """The rules as a list: one for everybody, each day and type once, in order, none missing before an advice."""
    if not error.rules:
        places.top.complain("rule", "there is no [[rule]]: say what to do, from which day on")
        return
    if not any(rule.type06 == "any" for rule in error.rules):
        places.rules[0].complain("type06", 'one rule must hold for everybody: type06 = "any"')
    seen: set[tuple[date, str]] = set()
    last = NEVER
    for rule, place in zip(error.rules, places.rules, strict=True):
        if (rule.start, rule.type06) in seen:
            place.complain("from", f"there are two rules from {rule.start} for type06 = “{rule.type06}”")
        elif rule.start < last:
            place.complain("from", "rules stand in the order of their days, the oldest first")
        seen.add((rule.start, rule.type06))
        last = max(last, rule.start)
    starts = [one.start for one in error.advice if one.start != NEVER]
    days = [rule.start for rule in error.rules if rule.start != NEVER]
    if starts and days and min(starts) < min(days):
        places.rules[0].complain("from", f"the first advice is of {min(starts)}: no rule holds on that day")


def check_all(errors: Sequence[KnownError], problems: list[Problem]) -> None:
    """One id, one file; one text, one error. Only look-alikes that name each other may share CBP's own words."""
    owners: dict[str, KnownError] = {}
    files: dict[str, str] = {}
    for error in errors:
        if error.id and error.id in files:
            problems.append(Problem(error.path, 1, f"the id “{error.id}” stands in {files[error.id]} too"))
        files.setdefault(error.id, error.path)
        for text in (*error.messages, *error.wordings):
            other = owners.setdefault(folded(text), error)
            if other.path != error.path and not _may_share(text, error, other):
                problems.append(Problem(error.path, line_of_text(error, text), f"“{text}” stands in {other.path} too"))


def _may_share(text: str, one: KnownError, other: KnownError) -> bool:
    official = all(folded(text) in (folded(message) for message in error.messages) for error in (one, other))
    return official and _names(one, other) and _names(other, one)


def _names(one: KnownError, other: KnownError) -> bool:
    return any(like.id == other.id for like in one.look_alikes)


def line_of_text(error: KnownError, text: str) -> int:
    """The line on which a text in quotes stands in the error's file; 1 when it does not."""
    lines = Path(error.path).read_text(encoding="utf-8-sig").splitlines()
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return next((number for number, line in enumerate(lines, 1) if f'"{quoted}"' in line or f"'{text}'" in line), 1)
