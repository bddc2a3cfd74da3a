"""The trail as a person reads it, and as a program does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.core import case_number
from bot.store import Outcome, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.store import Case, CaseLine, Store

UNKNOWN = "about_cape_but_unknown"  # the rule that decides when a message is about CAPE and nothing recognises it
_ENDS = {
    Outcome.WAITING: "waiting",
    Outcome.ANSWERED: "answered",
    Outcome.ACTED: "done, nothing to say",
    Outcome.SILENT: "no answer needed",
    Outcome.IGNORED: "not for the bot",
    Outcome.HELD: "held for a person",
    Outcome.TAKEN: "taken by a person",
    Outcome.UNKNOWN: "nobody knows whether the reply went out",
    Outcome.PARKED: "could not be worked",
}


def lines(store: Store, wanted: Wanted, *, unknown: bool, as_json: bool) -> list[str]:
    """Each case with its messages, the newest first; `unknown`: only messages that nothing recognised."""
    wanted = Wanted(wanted.limit, wanted.since, wanted.found, case_number.named(wanted.thread) or wanted.thread)
    if unknown:
        found = store.cases(wanted.limit, UNKNOWN, wanted.since, wanted.found, wanted.thread)
        if as_json:
            return [json.dumps({"case": one.case_id, "channel": one.channel, **_fields(one)}) for one in found]
        return [f"{one.case_id}  {one.channel:<10}{_line(one)}" for one in found] or ["no message went unrecognised"]
    cases = store.trail(wanted)
    if as_json:
        return [json.dumps(_object(case)) for case in cases]
    narrowed = wanted.since or wanted.found or wanted.thread
    return [line for case in cases for line in _of(case)] or ["no case is like that" if narrowed else "no case yet"]


def _of(case: Case) -> Iterator[str]:
    yield f"{case.id}  {case_number.token(case.id)}  {case.channel}  since {_moment(case.opened_at)}"
    yield from (f"  {_line(one)}" for one in case.lines)
    if not case.lines:
        yield "  what was said is deleted"


def _line(one: CaseLine) -> str:
    said = f"{one.verdict or '-':<9} {', '.join(one.ids) or one.rule or '-'}"
    drafts = f"; drafts: {', '.join(one.drafts)}" if one.drafts else ""
    purged = f"; raw mail deleted {one.purged_at:%Y-%m-%d}" if one.purged_at else ""
    return f"{_moment(one.received_at)}  {one.sender or '-'}  {said}{drafts}; {_ENDS[one.outcome]}{purged}"


def _object(case: Case) -> dict[str, object]:
    return {
        "case": case.id,
        "token": case_number.token(case.id),
        "channel": case.channel,
        "thread": case.thread,
        "opened": case.opened_at.isoformat(),
        "last": case.last_at.isoformat(),
        "messages": [_fields(one) for one in case.lines],
    }


def _fields(one: CaseLine) -> dict[str, object]:
    return {
        "key": one.key,
        "received": one.received_at.isoformat(),
        "sender": one.sender,
        "verdict": one.verdict,
        "rule": one.rule,
        "ids": one.ids,
        "drafts": one.drafts,
        "outcome": one.outcome.value,
        "reason": one.reason,
        "raw_deleted": one.purged_at.isoformat() if one.purged_at else None,
    }


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
