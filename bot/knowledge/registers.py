"""The registers beside the knowledge files: contacts.toml, words.toml, ids.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.catalogue import KINDS, Contact
from bot.knowledge.fields import Fields
from bot.knowledge.problems import Problem, complainer
from bot.knowledge.source_text import text_of, toml_of

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ("topic_words", "elsewhere_words", "escalation_wordings", "persists_wordings", "thanks_wordings", "hinge_words")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z")
_PHONE = re.compile(r"\+?[\d -]{7,20}\Z")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Situation:
    """A line of the list of ids: a situation that has a knowledge file or will get one. `rows`: in the source table."""

    kind: str
    rows: tuple[str, ...]


def contacts_in(path: Path, problems: list[Problem]) -> dict[str, Contact]:
    """The contacts by their keys. `address` is an e-mail address, or empty: then there is a telephone, or neither."""
    contacts: dict[str, Contact] = {}
    for fields in _tables(path, "contact", problems):
        contact = Contact(
            key=fields.word("key"),
            name=fields.word("name"),
            address=fields.word("address", default=""),
            about=fields.word("about"),
            phone=fields.word("phone", default=""),
            team=fields.word("team", default=""),
            subject=fields.word("subject", default=""),
            owner_only=fields.flag("owner_only", default=False),
            accounts=fields.flag("accounts", default=False),
        )
        _check_key(fields, "key", contact.key)
        if contact.key in contacts:
            fields.complain("key", f"there are two contacts with the key “{contact.key}”")
        if contact.address and not _MAIL.match(contact.address):
            fields.complain("address", f"“{contact.address}” is no e-mail address")
        if contact.phone and not _PHONE.match(contact.phone):
            fields.complain("phone", f"“{contact.phone}” is no telephone number")
        fields.word("source")
        dated, official = fields.day("dated", default=None), fields.flag("official")
        if official and dated is None:
            fields.complain("source", "an official source has a day: dated = YYYY-MM-DD")
        fields.finish()
        contacts[contact.key] = contact
    return contacts


def words_in(path: Path, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """The lists of words, by name."""
    fields = fields_of(path, problems)
    if fields is None:
        return dict.fromkeys(WORDS, ())
    lists = {name: fields.words(name) for name in WORDS}
    fields.finish()
    return lists


def ids_in(path: Path, problems: list[Problem]) -> dict[str, Situation]:
    """Every situation by its stable id."""
    fields = fields_of(path, problems)
    if fields is None:
        return {}
    ids: dict[str, Situation] = {}
    for id_, table in fields.table("ids").items():
        ids[id_] = Situation(table.word("kind", KINDS), table.words("rows"))
        _check_key(table, "kind", id_)
        table.finish()
    fields.finish()
    return ids


def _check_key(fields: Fields, key: str, value: str) -> None:
    if value and not _KEY.match(value):
        fields.complain(key, f"“{value}”: write it in small letters and digits, with - between the words")


def fields_of(path: Path, problems: list[Problem]) -> Fields | None:
    """The file's table; None, and a complaint, when it cannot be read."""
    complain = complainer(path, problems)
    text = text_of(path, complain)
    table = None if text is None else toml_of(text, complain)
    return None if text is None or table is None else Fields(text, table, complain)


def _tables(path: Path, key: str, problems: list[Problem]) -> tuple[Fields, ...]:
    fields = fields_of(path, problems)
    if fields is None:
        return ()
    tables = fields.tables(key)
    fields.finish()
    return tables
