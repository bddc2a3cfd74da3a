"""`capebot check`: knowledge and templates looked over, every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import rehearsal
from bot.knowledge import check as check_knowledge
from bot.resources import data_dir, read_templates

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def check(knowledge: Path | None, templates: Path | None, today: date) -> tuple[list[str], bool]:
    """Give the lines to print and whether anything is an error; staleness is told and is none."""
    problems = check_knowledge(knowledge or data_dir("knowledge"), today)
    lines = [str(problem) for problem in problems]
    failed = any(problem.severity == "error" for problem in problems)
    wrong = template_problems(templates or data_dir("templates"))
    lines += wrong
    failed = failed or bool(wrong)
    return lines or ["knowledge and templates: nothing to mend"], failed


def template_problems(folder: Path) -> list[str]:
    """What is wrong with the templates in a folder, as `path:line: what`."""
    sources, unread = read_templates(folder)
    return [*unread, *(f"{folder}/{line}" for line in rehearsal.problems(sources))]
