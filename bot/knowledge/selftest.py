"""`capebot check`: the load problems, each file's own tests, and what has grown stale."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.knowledge.load import read
from bot.knowledge.problems import Problem

if TYPE_CHECKING:
    from datetime import date

    from bot.core.catalogue import Catalogue, KnownError
    from bot.core.spotting import Spotter

STALE = timedelta(days=90)  # CBP's guidance changes every few weeks; older facts must be read again


def check(folder: Path, today: date) -> tuple[Problem, ...]:
    """Every problem of the folder, sorted; warnings are of the severity `warning`."""
    catalogue, problems = read(folder)
    if not problems:
        problems = [problem for error in catalogue.errors for problem in _stale(error, today)]
        problems += _own_tests(catalogue)
    return tuple(sorted(problems))


def _stale(error: KnownError, today: date) -> list[Problem]:
    if today - error.verified <= STALE:
        return []
    return [Problem(error.path, 1, f"last checked {error.verified}: read the sources again", "warning")]


def _own_tests(catalogue: Catalogue) -> list[Problem]:
    from bot.core.spotting import Spotter  # noqa: PLC0415 - `explain` needs no matcher

    spotter = Spotter(catalogue)
    problems = []
    for error in catalogue.errors:
        for text in (*error.messages, *error.matches):
            got = _spotted(spotter, text)
            if error.id not in got:
                problems.append(Problem(error.path, _line(error, text), f"“{text}” must be found, and is not"))
            elif len(got) > 1:
                others = ", ".join(sorted(got - {error.id}))
                problems.append(Problem(error.path, _line(error, text), f"“{text}” is found as {others} too"))
        problems += [
            Problem(error.path, _line(error, text), f"“{text}” must not be found, and is")
            for text in error.not_matches
            if error.id in _spotted(spotter, text)
        ]
    return problems


def _spotted(spotter: Spotter, text: str) -> set[str]:
    from bot.core.passages import plain  # noqa: PLC0415

    # The self-tests are single lines out of CAPE mails, so a line that says so stands above each.
    return {sighting.id for sighting in spotter.spot((plain("About CAPE:"), plain(text))).sightings}


def _line(error: KnownError, text: str) -> int:
    """The line on which a text stands in its file."""
    lines = Path(error.path).read_text(encoding="utf-8").splitlines()
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return next((number for number, line in enumerate(lines, 1) if quoted in line), 1)
