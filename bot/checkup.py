"""`capebot check`: knowledge and templates looked over, every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.compose import TemplateProblem, Voice
from bot.knowledge import check as check_knowledge
from bot.resources import data_dir, template_sources

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def check(knowledge: Path | None, templates: Path | None, today: date) -> tuple[list[str], bool]:
    """Give the lines to print and whether anything is an error; staleness is told and is none."""
    problems = check_knowledge(knowledge or data_dir("knowledge"), today)
    lines = [str(problem) for problem in problems]
    failed = any(problem.severity == "error" for problem in problems)
    folder = templates or data_dir("templates")
    try:
        Voice(template_sources(folder))
    except TemplateProblem as problem:
        lines.append(f"{folder}/{problem}")
        failed = True
    return lines or ["knowledge and templates: nothing to mend"], failed
