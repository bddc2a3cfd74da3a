"""`capebot check`: the load problems, each file's own tests, and what has grown stale."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.knowledge.coherence import line_of_text
from bot.knowledge.learned import check_learned, load_meaning
from bot.knowledge.load import read
from bot.knowledge.problems import Problem, errors_of
from bot.knowledge.registers import ids_in
from bot.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from bot.core.catalogue import Catalogue, KnownError
    from bot.core.model import Sighting

STALE = timedelta(days=90)  # CBP's guidance changes every few weeks; older facts must be read again


def check(folder: Path, today: date) -> tuple[Problem, ...]:
    """Every problem of the folder, sorted; what does not stop the bot has the severity `warning`.

    The tests of a file run when the file itself can be read, whatever is wrong with others.
    """
    catalogue, problems = read(folder)
    broken = {problem.path for problem in errors_of(problems)}
    sound = [error for error in catalogue.errors if error.path not in broken]
    found = [problem for error in sound for problem in _age(error, today)]
    ids = ids_in(folder / "ids.toml", [])
    found += _missing(catalogue, list(ids), folder)
    learned = list(check_learned(catalogue, ids, folder))
    if str(folder / "words.toml") not in broken and not errors_of(learned):
        found += _own_tests(catalogue, sound, folder)
    found += learned
    return tuple(sorted([*problems, *found]))


def _missing(catalogue: Catalogue, ids: list[str], folder: Path) -> Iterator[Problem]:
    """Situations of the list that have no file."""
    path = folder / "ids.toml"
    have = {error.id for error in catalogue.errors}
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    for id_ in ids:
        if id_ not in have:
            number = next((n for n, line in enumerate(lines, 1) if line.startswith(f"{id_} ")), 1)
            yield Problem(str(path), number, f"“{id_}” has no file errors/{id_}.md yet", "warning")


def _age(error: KnownError, today: date) -> Iterator[Problem]:
    """Facts that are old, or checked on a day that has not come; and tests that are missing."""
    line = _line_of_key(error, "verified")
    if error.verified > today:
        yield Problem(error.path, line, f"verified = {error.verified} lies in the future")
    elif today - error.verified > STALE:
        days = (today - error.verified).days
        yield Problem(error.path, line, f"last checked {days} days ago: read the sources again", "warning")
    for key, texts in (("matches", error.matches), ("not_matches", error.not_matches)):
        if not texts:
            yield Problem(
                error.path, _line_of_key(error, key), f"there are no {key}: nothing tests this file", "warning"
            )


def _own_tests(catalogue: Catalogue, errors: list[KnownError], folder: Path) -> Iterator[Problem]:
    """What must be found and what must not, tried with the matcher that the bot itself uses."""
    from bot.core.passages import plain  # noqa: PLC0415 - `explain` needs no matcher
    from bot.core.spotting import Spotter  # noqa: PLC0415

    literal, whole = Spotter(catalogue), Spotter(catalogue, load_meaning(folder))
    # The texts are single lines out of mails about CAPE, so a line that says so stands above each.
    about = plain("About CAPE:")

    def spot(text: str) -> dict[str, Sighting]:
        return {one.id: one for one in literal.spot((about, plain(text))).sightings}

    for error in errors:
        yield from _messages(error, catalogue, spot)
        yield from _texts(error, spot)
        for text in error.matches:  # by wording, or by what the model has learnt
            got = whole.spot((about, plain(text))).sightings
            if not any(one.id == error.id for one in got):
                instead = _instead({one.id: one for one in got})
                yield Problem(error.path, line_of_text(error, text), f"“{text}” must be found, and {instead}")


def _messages(error: KnownError, catalogue: Catalogue, spot: Callable[[str], dict[str, Sighting]]) -> Iterator[Problem]:
    """Each of CBP's texts is found as this error, as CBP's own words and not as something like them."""
    for message in error.messages:
        text = _as_printed(message, error, catalogue)
        got = spot(text)
        line = line_of_text(error, message)
        if error.id not in got:
            yield Problem(error.path, line, f"“{text}” must be found, and {_instead(got)}")
        elif len(got) > 1:
            yield Problem(error.path, line, f"“{text}” is found as {_others(got, error)} too")
        elif not got[error.id].verbatim:
            yield Problem(error.path, line, f"“{text}” is found only as something like it ({got[error.id].how.value})")


def _texts(error: KnownError, spot: Callable[[str], dict[str, Sighting]]) -> Iterator[Problem]:
    """The file's own examples; and no wording is taken for another error."""
    for text in error.matches:
        got = spot(text)
        if set(got) - {error.id}:
            yield Problem(error.path, line_of_text(error, text), f"“{text}” is found as {_others(got, error)} too")
    for text in error.not_matches:
        if error.id in spot(text):
            yield Problem(error.path, line_of_text(error, text), f"“{text}” must not be found, and is")
    for text in error.wordings:
        got = spot(text)
        if got and error.id not in got:
            yield Problem(error.path, line_of_text(error, text), f"the wording “{text}” {_instead(got)}")


def _as_printed(message: str, error: KnownError, catalogue: Catalogue) -> str:
    """The message as it would stand in a mail: variable parts filled in; with its code where another has its words."""
    text = message.replace("{", "").replace("}", "").replace("…", "7")
    shared = any(message.casefold() == other.casefold() for one in catalogue.errors if one is not error
                 for other in one.messages)  # fmt: skip
    return f"{error.near[0]} {error.codes[0]} {text}" if shared and error.codes else text


def _others(got: dict[str, Sighting], error: KnownError) -> str:
    return ", ".join(sorted(set(got) - {error.id}))


def _instead(got: dict[str, Sighting]) -> str:
    return f"is found as {', '.join(sorted(got))}" if got else "is not"


def _line_of_key(error: KnownError, key: str) -> int:
    return line_of(Path(error.path).read_text(encoding="utf-8-sig"), (key,))
