"""knowledge/rules.toml -> RuleBook: windows, limits, entry types, headings, phases, every problem as path:line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.core.rulebook import (
    CAPE,
    CHECKS,
    CLASSES,
    DAYS,
    LIMITS,
    WINDOWS,
    Check,
    Count,
    EntryType,
    Headings,
    Phase,
    RuleBook,
)
from bot.knowledge.fields import NEVER
from bot.knowledge.registers import fields_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from bot.knowledge.fields import Fields
    from bot.knowledge.problems import Problem

_HEADING = re.compile(r"9903\.\d\d(?:\.\d\d)?(?:-9903\.\d\d\.\d\d)?\Z")
_TYPE = re.compile(r"\d\d\Z")


def rules_in(path: Path, problems: list[Problem]) -> RuleBook:
    """Read the file; an empty book when it cannot be read."""
    fields = fields_of(path, problems)
    if fields is None:
        return RuleBook()
    book = RuleBook(
        windows=tuple(_count(one, "days", WINDOWS) for one in fields.tables("window")),
        limits=tuple(_count(one, "value", LIMITS) for one in fields.tables("limit")),
        days=tuple(_day(one) for one in fields.tables("day")),
        types=tuple(_type(one) for one in fields.tables("entry_type")),
        headings=tuple(_headings(one) for one in fields.tables("headings")),
        phases=tuple(_phase(one) for one in fields.tables("phase")),
        checks=tuple(_check(one) for one in fields.tables("check")),
    )
    _complete(book, fields)
    fields.finish()
    return book


def _complete(book: RuleBook, fields: Fields) -> None:
    """What the program asks for by name must be there; and nothing twice from one day."""
    for key, names, wanted in (
        ("window", [one.name for one in book.windows], WINDOWS),
        ("limit", [one.name for one in book.limits], LIMITS),
        ("day", [name for name, _ in book.days], DAYS),
        ("check", [one.name for one in book.checks], CHECKS),
    ):
        for name in wanted:
            if name not in names:
                fields.complain(key, f"there is no [[{key}]] with the name “{name}”")
    dated = [("window", one.name, one.start) for one in book.windows]
    dated += [("limit", one.name, one.start) for one in book.limits]
    dated += [("entry_type", code, one.start) for one in book.types for code in one.codes]
    dated += [("headings", one.kind, one.start) for one in book.headings]
    dated += [("check", one.name, one.start) for one in book.checks]
    for key, name, start in sorted({one for one in dated if dated.count(one) > 1}):
        fields.complain(key, f"there are two [[{key}]] for “{name}” from {start}")


def _source(fields: Fields) -> None:
    """Where it stands: asked of every rule, and shown to whoever reads the file."""
    fields.word("source")
    dated, official = fields.day("dated", default=None), fields.flag("official")
    if official and dated is None:
        fields.complain("source", "an official source has a day: dated = YYYY-MM-DD")


def _common(fields: Fields) -> dict[str, Any]:
    found = {"start": fields.day("from") or NEVER, "what": fields.word("what")}
    _source(fields)
    fields.finish()
    return found


def _count(fields: Fields, key: str, names: tuple[str, ...]) -> Count:
    name, value = fields.word("name", names), fields.number(key)
    return Count(name=name, value=value, **_common(fields))


def _day(fields: Fields) -> tuple[str, date]:
    name, day = fields.word("name", DAYS), fields.day("day") or NEVER
    fields.word("what")
    _source(fields)
    fields.finish()
    return name, day


def _type(fields: Fields) -> EntryType:
    codes, cape = fields.words("codes"), fields.word("cape", CAPE)
    for code in codes:
        if not _TYPE.match(code):
            fields.complain_of("codes", code, f"“{code}” is no entry type: two digits")
    return EntryType(codes=codes, cape=cape, **_common(fields))


def _headings(fields: Fields) -> Headings:
    kind, listed = fields.word("class", CLASSES), fields.words("list")
    for one in listed:
        if not _HEADING.match(one):
            fields.complain_of("list", one, f"“{one}”: write 9903.01.25, 9903.88, or 9903.01.43-9903.01.77")
    return Headings(kind=kind, listed=listed, **_common(fields))


def _check(fields: Fields) -> Check:
    name, id, look_at = fields.word("name", CHECKS), fields.word("id"), fields.words("look_at")  # noqa: A001 - the domain's word
    for one in look_at:
        if one not in (*CLASSES, "chapter-99") and not _HEADING.match(one):
            fields.complain_of("look_at", one, f"“{one}” is no class of headings, no heading, and not chapter-99")
    return Check(name=name, id=id, look_at=look_at, **_common(fields))


def _phase(fields: Fields) -> Phase:
    return Phase(name=fields.word("name"), **_common(fields))
