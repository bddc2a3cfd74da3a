"""The buttons under an answer, and what shows that they were pressed. Only those that make sense for the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.slack import actions
from bot.channels.trail import DEEDS
from bot.core import words
from bot.core.model import Type06

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.channels.trail import Ask, Press
    from bot.core.model import Diagnosis

Block = dict[str, Any]

MOST = 3  # blocks that the buttons take at the most
SIZE = 1_700  # characters that they take at the most, with all that may be pressed
_TYPE06 = (("Type 06: yes", "yes"), ("Type 06: no", "no"), ("Type 06: some", "some"))
_VOTE = (("Helpful", "yes"), ("Not helpful", "no"))
_LABEL, _QUESTION = words.ASK_WORDS["type06"]
_SHOWN = {"yes": "Type 06: yes, all of them", "no": "Type 06: no, none of them", "some": "Type 06: some of them"}


def below(diagnosis: Diagnosis, reference: str, pressed: Sequence[Press], *, people: bool) -> list[Block]:
    """The blocks below an answer. `people`: somebody can be asked; `pressed` is what was pressed there so far."""
    if diagnosis.rule in DEEDS or diagnosis.rule == "not_about_cape":
        return []
    said = {one.what: one for one in pressed}
    row = [*_draft(diagnosis, reference, said)]
    if actions.TYPE06 not in said and _asks_type06(diagnosis):
        row += [button(text, (actions.TYPE06, value), reference) for text, value in _TYPE06]
    if people and actions.PERSON not in said:
        row.append(button("Ask a person", (actions.PERSON, ""), reference))
    vote = [button(text, (actions.HELPFUL, value), reference) for text, value in _VOTE]
    laid = [_actions("capebot_do", row)] if row else []
    if shown := _shown(said):
        laid.append(_lines(shown))
    return [*laid, _actions("capebot_vote", vote)]


def under_question(ask: Ask) -> list[Block]:
    """The blocks below a question to people: how it stands, and the buttons that are left."""
    row = [] if ask.taken_by else [button("Take", (actions.TAKE, ""), ask.reference, primary=True)]
    if not ask.resolved_by:
        row.append(button("Resolve", (actions.RESOLVE, ""), ask.reference))
    lines = [_section([_plain("Taken by "), _user(ask.taken_by)])] if ask.taken_by else []
    if ask.resolved_by:
        lines.append(_section([_plain("Resolved by "), _user(ask.resolved_by)]))
    laid = [_lines(lines)] if lines else []
    return [*laid, *([_actions("capebot_do", row)] if row else [])]


def button(text: str, what: tuple[str, str], reference: str, *, primary: bool = False) -> Block:
    """A button; its value names the answer and nothing else."""
    style = {"style": "primary"} if primary else {}
    label = {"type": "plain_text", "text": text, "emoji": False}
    return {"type": "button", "action_id": actions.ACTION[what], "text": label, "value": reference, **style}


def _draft(diagnosis: Diagnosis, reference: str, said: dict[str, Press]) -> Iterable[Block]:
    """A draft that is there is opened; one that could be there is asked for in words, once."""
    if diagnosis.drafts:
        yield button("Draft CBP email", (actions.DRAFT, ""), reference, primary=True)
    elif actions.SAY_DRAFT not in said and any(one.escalate not in ("", "never") for one in diagnosis.findings):
        yield button("Draft CBP email", (actions.SAY_DRAFT, ""), reference)


def _asks_type06(diagnosis: Diagnosis) -> bool:
    """Whether it is not known, and somebody wants to know: the reply asks, or a draft has the blank."""
    missing = (item for draft in diagnosis.drafts for item in draft.missing)
    asked = any(one == _QUESTION for one in diagnosis.questions) or any(item.startswith(_LABEL) for item in missing)
    return diagnosis.type06 is Type06.UNKNOWN and asked


def _shown(said: dict[str, Press]) -> list[Block]:
    """A line for each button that is gone since it was pressed."""
    lines = []
    for what in (actions.TYPE06, actions.SAY_DRAFT, actions.PERSON):
        if one := said.get(what):
            text = {actions.SAY_DRAFT: "Draft asked for", actions.PERSON: "A person was asked"}.get(what)
            lines.append(_section([_plain(f"{text or _SHOWN.get(one.value, one.value)} – "), _user(one.who)]))
    return lines


def _actions(name: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": name, "elements": list(elements)}


def _lines(sections: list[Block]) -> Block:
    """Lines below each other: sections alone would run into one."""
    points = {"type": "rich_text_list", "style": "bullet", "elements": sections}
    return {"type": "rich_text", "block_id": "capebot_pressed", "elements": [points]}


def _section(parts: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": parts}


def _plain(text: str) -> Block:
    return {"type": "text", "text": text}


def _user(user: str) -> Block:
    """Somebody by name; only in messages that are changed afterwards, where it notifies nobody."""
    return {"type": "user", "user_id": user}
