"""Reading the folder: errors/*.md, contacts.toml, words.toml, ids.toml. All problems at once."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.core.catalogue import (
    ASKS,
    ESCALATE,
    FILED,
    KINDS,
    NEXT_STEPS,
    Catalogue,
    Contact,
    KnownError,
    LookAlike,
    Rule,
    Source,
)
from bot.knowledge.advice import parse
from bot.knowledge.fields import WAIT, Fields
from bot.knowledge.problems import KnowledgeError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

_FENCE = "+++"
_NEVER = date(1900, 1, 1)  # stands in where a day is missing; the complaint has been made
_WORDS = ("topic_words", "escalation_wordings", "persists_wordings", "hinge_words")


def load(folder: Path) -> Catalogue:
    """Read a knowledge folder; raise KnowledgeError with every problem in it."""
    catalogue, problems = read(folder)
    if problems:
        raise KnowledgeError(tuple(sorted(problems)))
    return catalogue


def read(folder: Path) -> tuple[Catalogue, list[Problem]]:
    """The catalogue as far as it can be read, and the problems."""
    problems: list[Problem] = []
    contacts = _contacts(folder / "contacts.toml", problems)
    words = _words(folder / "words.toml", problems)
    ids = _ids(folder / "ids.toml", problems)
    errors = []
    for path in sorted((folder / "errors").glob("*.md")):
        if path.name.startswith("_"):
            continue
        error = read_error(path, {contact.key for contact in contacts}, ids, problems)
        if error:
            errors.append(error)
    if not errors:
        problems.append(Problem(str(folder / "errors"), 1, "there is no knowledge file"))
    _compare(errors, problems)
    return Catalogue(tuple(errors), contacts, *words), problems


def read_error(
    path: Path, contacts: Collection[str], ids: Collection[str], problems: list[Problem]
) -> KnownError | None:
    """One knowledge file; None when it has no readable facts at all."""
    complain = _complainer(path, problems)
    text = _text(path, complain)
    head, separator, body = text.removeprefix(_FENCE + "\n").partition(f"\n{_FENCE}\n")
    if not text.startswith(_FENCE + "\n") or not separator:
        complain(1, f"the file begins with a line {_FENCE}, then the facts, then a line {_FENCE}")
        return None
    facts = "\n" + head  # so that line numbers are those of the file
    table = _toml(facts, complain)
    if table is None:
        return None
    error = _error(path, Fields(facts, table, complain), parse(body, facts.count("\n") + 3, complain), contacts, ids)
    if path.stem not in ids and not path.stem.startswith("_"):
        complain(1, "the file's name is not in knowledge/ids.toml")
    return error


def _error(
    path: Path, fields: Fields, advice: tuple[Any, ...], contacts: Collection[str], ids: Collection[str]
) -> KnownError:
    id_ = fields.word("id")
    if id_ and id_ != path.stem.removeprefix("_"):
        fields.complain("id", f"id = “{id_}” and the file is called {path.name}")
    verified = fields.day("verified")
    error = KnownError(
        id=id_,
        title=fields.word("title"),
        kind=fields.word("kind", KINDS),
        is_error=fields.flag("is_error"),
        filed=fields.word("filed", FILED),
        messages=fields.words("messages"),
        wordings=fields.words("wordings", required=True),
        matches=fields.words("matches", required=True),
        not_matches=fields.words("not_matches", required=True),
        rules=tuple(_rule(rule) for rule in fields.tables("rule", required=True)),
        advice=advice,
        contact=fields.word("contact", contacts),
        sources=tuple(_source(source) for source in fields.tables("sources", required=True)),
        verified=verified or _NEVER,
        codes=fields.words("codes"),
        near=fields.words("near"),
        look_alikes=tuple(_look_alike(one, ids) for one in fields.tables("look_alikes")),
        asks=fields.words("asks", ASKS),
        retired=fields.day("retired", required=False),
        replaced_by=fields.words("replaced_by", ids),
        path=str(path),
    )
    fields.finish()
    _hangs_together(error, fields)
    return error


def _hangs_together(error: KnownError, fields: Fields) -> None:
    """What single fields cannot show."""
    if not error.rules:
        fields.complain("rule", "there is no [[rule]]")
    if error.rules and not any(rule.type06 == "any" for rule in error.rules):
        fields.complain("rule", 'one rule must hold for type06 = "any"')
    if error.codes and not error.near:
        fields.complain("codes", "codes count only near words: give near")
    if not error.is_error and any(rule.escalate == "always" for rule in error.rules):
        fields.complain("is_error", "a status that is no error does not always go to CBP")
    if error.replaced_by and error.retired is None:
        fields.complain("replaced_by", "replaced_by needs the day: retired = YYYY-MM-DD")
    days = {rule.start for rule in error.rules} | {advice.start for advice in error.advice}
    if error.rules and error.advice and min(rule.start for rule in error.rules) > min(days):
        fields.complain("rule", "the first advice is older than the first rule")


def _rule(fields: Fields) -> Rule:
    wait = fields.word("wait", default="")
    if wait and not WAIT.match(wait):
        fields.complain("wait", f"wait = “{wait}”: write a number and minutes, hours, days or business days")
    escalate = fields.word("escalate", ESCALATE)
    rule = Rule(
        start=fields.day("from") or _NEVER,
        next_step=fields.word("next_step", NEXT_STEPS),
        escalate=escalate,
        type06=fields.word("type06", ("any", "yes", "no"), default="any"),
        wait=wait,
        evidence=fields.word("evidence", default=""),
        evidence_wordings=fields.words("evidence_wordings"),
        clock=fields.word("clock", default=""),
    )
    if escalate == "if-evidence" and not (rule.evidence and rule.evidence_wordings):
        fields.complain("escalate", "if-evidence needs evidence and evidence_wordings")
    fields.finish()
    return rule


def _source(fields: Fields) -> Source:
    source = Source(fields.word("what"), fields.day("dated"), fields.flag("official"))
    fields.finish()
    return source


def _look_alike(fields: Fields, ids: Collection[str]) -> LookAlike:
    like = LookAlike(fields.word("id", ids), fields.word("question"))
    fields.finish()
    return like


def _compare(errors: list[KnownError], problems: list[Problem]) -> None:
    """One message, one id; only look-alikes that name each other may share it."""
    owner: dict[str, KnownError] = {}
    for error in errors:
        for text in (*error.messages, *error.wordings):
            other = owner.setdefault(" ".join(text.casefold().split()), error)
            if other.id != error.id:
                problems.append(Problem(error.path, 1, f"“{text}” stands in {other.id} too"))


def _contacts(path: Path, problems: list[Problem]) -> tuple[Contact, ...]:
    complain = _complainer(path, problems)
    text = _text(path, complain)
    contacts = []
    for fields in Fields(text, _toml(text, complain) or {}, complain).tables("contact", required=True):
        contacts.append(Contact(fields.word("key"), fields.word("name"), fields.word("address"), fields.word("about")))
        fields.word("source")
        fields.day("dated")
        fields.finish()
    return tuple(contacts)


def _words(path: Path, problems: list[Problem]) -> tuple[tuple[str, ...], ...]:
    complain = _complainer(path, problems)
    text = _text(path, complain)
    fields = Fields(text, _toml(text, complain) or {}, complain)
    lists = tuple(fields.words(name, required=True) for name in _WORDS)
    fields.finish()
    return lists


def _ids(path: Path, problems: list[Problem]) -> tuple[str, ...]:
    complain = _complainer(path, problems)
    text = _text(path, complain)
    fields = Fields(text, _toml(text, complain) or {}, complain)
    ids = fields.words("ids", required=True)
    fields.finish()
    return ids


def _complainer(path: Path, problems: list[Problem]) -> Callable[[int, str], None]:
    return lambda line, what: problems.append(Problem(str(path), line, what))


def _text(path: Path, complain: Callable[[int, str], None]) -> str:
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        complain(1, f"cannot be read: {error}")
        return ""


def _toml(text: str, complain: Callable[[int, str], None]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = str(error).replace(",", " ").replace(")", " ").split()
        complain(int(words[words.index("line") + 1]) if "line" in words else 1, f"not valid TOML: {error}")
        return None
