"""What a text of a Claim Details or Validation Result file asks for, on the day answered for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.business_days import wait_until
from bot.core.sheets.claim_details import Answer, unknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.core.catalogue import Catalogue
    from bot.core.model import Type06
    from bot.core.sheets.messages import Messages


def answering(
    catalogue: Catalogue, messages: Messages, today: date, type06: Type06
) -> Callable[[str], tuple[Answer, ...]]:
    """Give the function that looks a text up: an Answer for each message in it; one `unknown` for what nobody knows.

    It takes an id for itself too, for a row that shows its state by a status alone.
    """
    ids = {error.id for error in catalogue.errors}

    def answers(text: str) -> tuple[Answer, ...]:
        found = ((text, text),) if text in ids else messages.within(text)
        return tuple(answer(known, part) if known else unknown(part) for known, part in found)

    def answer(id: str, part: str) -> Answer:  # noqa: A002 - the domain's word
        error = catalogue.error(id)
        rule = error.rule_on(today, type06)
        return Answer(id, error.title, rule.next_step, part, wait_until(today, rule.wait), rule.wait, rule.tries)

    return answers
