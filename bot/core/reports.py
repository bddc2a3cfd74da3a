"""What stands in a report: rows of text from the outcomes of an ES-003, or from the groups of a Claim Details file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.core import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.model import ClaimRow, Outcome

_OUTCOMES = ("Entry", "Importer", "Type", "Outcome", "What to do", "Deadline", "File by", "Liquidated", "Why", "See")
_CLAIM_ROWS = ("Row", "Entry", "Claim number", "Status", "Message", "Next step")
_RANK = {outcome: rank for rank, outcome in enumerate(words.OUTCOMES)}


def of_outcomes(outcomes: Sequence[Outcome], title: Callable[[str], str]) -> list[list[str]]:
    """One row for each entry summary, the nearest deadline first, those without one last. `title` names a reason."""
    dated = sorted(outcomes, key=lambda one: (one.deadline or date.max, _RANK.get(one.outcome, len(_RANK))))
    alike: dict[tuple[object, ...], list[str]] = {}  # many thousand entries share all but their number
    rows = [list(_OUTCOMES)]
    for one in dated:
        key = one[1:-2] + one[-1:]  # without the entry and its row
        rest = alike.get(key)
        if rest is None:
            rest = alike[key] = _rest(one, title)
        rows.append([words.entry_words(one.entry), *rest])
    return rows


def of_claim_rows(rows: Sequence[ClaimRow]) -> list[list[str]]:
    """The sender's rows in their order, each with what it asks for."""
    found = ((one.row, words.entry_words(one.entry), one.claim, one.status, one.message, one.said) for one in rows)
    return [list(_CLAIM_ROWS), *([str(row), *rest] for row, *rest in found)]


def _rest(one: Outcome, title: Callable[[str], str]) -> list[str]:
    _, heading, step = words.OUTCOME_WORDS.get(one.outcome, ("", one.outcome, ""))
    return [
        one.importer,
        one.type,
        heading,
        step,
        _day(one.deadline),
        _day(one.file_by),
        _day(one.liquidated),
        one.why,
        "; ".join(map(title, one.reasons)),
    ]


def _day(day: date | None) -> str:
    """ISO, so that it sorts."""
    return day.isoformat() if day else ""
