"""One knowledge file -> KnownError: TOML facts above, dated advice below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.catalogue import ASKS, ESCALATE, FILED, KINDS, NEXT_STEPS, KnownError, LookAlike, Rule, Source
from bot.knowledge.advice import parse
from bot.knowledge.coherence import Places, check_one
from bot.knowledge.fields import NEVER, Fields
from bot.knowledge.problems import Problem, complainer
from bot.knowledge.source_text import text_of, toml_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.core.catalogue import Advice, Contact
    from bot.knowledge.registers import Situation

_FENCE = "+++"
TYPE06 = ("any", "yes", "no")


def read_error(
    path: Path, contacts: Mapping[str, Contact], ids: Mapping[str, Situation], problems: list[Problem]
) -> KnownError | None:
    """One knowledge file, its problems added to the list; None when it has no readable facts at all.

    A file whose name begins with “_” is an example: it need not be in the list of ids, `_example.md` has id "example".
    """
    complain = complainer(path, problems)
    text = text_of(path, complain)
    if text is None:
        return None
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(fences) < 2 or fences[0] != 0:  # noqa: PLR2004 - one above the facts, one below
        complain(1, f"the file begins with a line {_FENCE}, then the facts, then a line {_FENCE}")
        return None
    head = "\n".join(["", *lines[1 : fences[1]]])  # the empty line keeps the line numbers those of the file
    table = toml_of(head, complain)
    advice = parse("\n".join(lines[fences[1] + 1 :]), fences[1] + 2, complain)
    if table is None:
        return None
    return _error(path, Fields(head, table, complain), advice, contacts, ids)


def _error(
    path: Path,
    fields: Fields,
    advice: tuple[Advice, ...],
    contacts: Mapping[str, Contact],
    ids: Mapping[str, Situation],
) -> KnownError:
    rules, sources = fields.tables("rule", default=()), fields.tables("sources")
    error = KnownError(
        id=fields.word("id"),
        title=fields.word("title"),
        kind=fields.word("kind", KINDS),
        is_error=fields.flag("is_error"),
        filed=fields.word("filed", FILED),
        messages=fields.words("messages", default=()),
        wordings=fields.words("wordings", default=()),
        matches=fields.words("matches", default=()),
        not_matches=fields.words("not_matches", default=()),
        rules=tuple(_rule(rule) for rule in rules),
        advice=advice,
        contact=fields.word("contact", contacts),
        sources=tuple(_source(source) for source in sources),
        verified=fields.day("verified") or NEVER,
        codes=fields.words("codes", default=()),
        near=fields.words("near", default=()),
        look_alikes=tuple(_look_alike(one, ids) for one in fields.tables("look_alikes", default=())),
        asks=fields.words("asks", ASKS, default=()),
        retired=fields.day("retired", default=None),
        replaced_by=fields.words("replaced_by", ids, default=()),
        first=fields.word("first", contacts, default=""),
        path=str(path),
    )
    fields.finish()
    _check_name(path, error, fields, ids)
    check_one(error, Places(fields, rules, sources), contacts)
    return error


def _check_name(path: Path, error: KnownError, fields: Fields, ids: Mapping[str, Situation]) -> None:
    """The id is the file's name, and stands with its kind in the list of ids."""
    name = path.stem
    if error.id and error.id != name.removeprefix("_"):
        fields.complain("id", f"id = “{error.id}” and the file is called {path.name}: they must be the same")
    elif error.id and not name.startswith("_") and ids:
        if error.id not in ids:
            fields.complain("id", f"“{error.id}” is not in knowledge/ids.toml")
        elif error.kind in KINDS and error.kind != ids[error.id].kind:
            fields.complain("kind", f"kind = “{error.kind}”, and knowledge/ids.toml says “{ids[error.id].kind}”")


def _rule(fields: Fields) -> Rule:
    rule = Rule(
        start=fields.day("from") or NEVER,
        next_step=fields.word("next_step", NEXT_STEPS),
        escalate=fields.word("escalate", ESCALATE),
        type06=fields.word("type06", TYPE06, default="any"),
        wait=fields.word("wait", default=""),
        evidence=fields.word("evidence", default=""),
        evidence_wordings=fields.words("evidence_wordings", default=()),
        clock=fields.word("clock", default=""),
        tries=fields.number("tries", default=0),
        since_paid=fields.word("since_paid", default=""),
    )
    fields.finish("what belongs to the file as a whole stands above the first [[rule]]")
    return rule


def _source(fields: Fields) -> Source:
    source = Source(
        what=fields.word("what"),
        dated=fields.day("dated"),
        official=fields.flag("official"),
        address=fields.word("address", default=""),
    )
    if source.address and not source.address.startswith("https://"):
        fields.complain("address", "address must begin with https://")
    fields.finish()
    return source


def _look_alike(fields: Fields, ids: Mapping[str, Situation]) -> LookAlike:
    like = LookAlike(fields.word("id", ids), fields.word("question"))
    if like.question and "?" not in like.question:
        fields.complain("question", "question must ask something: it tells the two apart")
    fields.finish()
    return like
