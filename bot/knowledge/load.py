"""Reading the folder: contacts.toml, words.toml, ids.toml, rules.toml and errors/*.md. All problems at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.catalogue import Catalogue
from bot.knowledge.coherence import check_all
from bot.knowledge.facts import read_error
from bot.knowledge.problems import KnowledgeError, Problem, errors_of
from bot.knowledge.registers import contacts_in, ids_in, words_in
from bot.knowledge.rules import rules_in

if TYPE_CHECKING:
    from pathlib import Path


def load(folder: Path) -> Catalogue:
    """Read a knowledge folder; raise KnowledgeError with every problem in it that is an error."""
    catalogue, problems = read(folder)
    if errors := errors_of(problems):
        raise KnowledgeError(tuple(sorted(errors)))
    return catalogue


def read(folder: Path) -> tuple[Catalogue, list[Problem]]:
    """The catalogue as far as it can be read, and the problems, warnings too.

    A file whose name begins with “_” is checked and is no part of the catalogue.
    """
    problems: list[Problem] = []
    contacts = contacts_in(folder / "contacts.toml", problems)
    words = words_in(folder / "words.toml", problems)
    ids = ids_in(folder / "ids.toml", problems)
    rules = rules_in(folder / "rules.toml", problems)
    errors = []
    files = _files(folder / "errors", problems)
    if all(path.name.startswith("_") for path in files):
        problems.append(Problem(str(folder / "errors"), 1, "there is no knowledge file: ID.md"))
    for path in files:
        error = read_error(path, contacts, ids, problems)
        if error and not path.name.startswith("_"):
            errors.append(error)
    check_all(errors, problems)
    return Catalogue(tuple(errors), tuple(contacts.values()), rules=rules, **words), problems


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    """The knowledge files by name. Anything else that stands there is told: nobody would miss its knowledge."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name.endswith("~"):
            continue  # what systems and editors leave behind
        if path.suffix == ".md" and path.is_file():
            found.append(path)
        else:
            problems.append(Problem(str(path), 1, "is not read: a knowledge file is called ID.md", "warning"))
    return found
