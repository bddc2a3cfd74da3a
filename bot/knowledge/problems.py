"""A problem in a knowledge file, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Where and what. `severity` is `error`, or `warning` for what does not stop the bot."""

    path: str
    line: int
    what: str
    severity: str = "error"

    def __str__(self) -> str:
        kind = "" if self.severity == "error" else f"{self.severity}: "
        return f"{self.path}:{self.line}: {kind}{self.what}"


class KnowledgeError(Mendable):
    """The knowledge cannot be used; `problems` holds all that is wrong, one a line in the text."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def complainer(path: Path, problems: list[Problem]) -> Callable[[int, str], None]:
    """What adds a problem of this file to the list, by line and text."""
    return lambda line, what: problems.append(Problem(str(path), line, what))


def errors_of(problems: list[Problem]) -> list[Problem]:
    """Those that stop the bot."""
    return [problem for problem in problems if problem.severity == "error"]
