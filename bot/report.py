"""A diagnosis and its reply as the published JSON object: one per file, every key always present."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.core.model import (
        Diagnosis,
        Draft,
        Fault,
        Finding,
        Group,
        Outcome,
        Output,
        Reply,
        Sheet,
        SuspectEntry,
    )


def report(file: str, diagnosis: Diagnosis, reply: Reply | None, paths: Mapping[str, str]) -> dict[str, Any]:
    """Give the object for one FILE. `paths` maps an output's name to where it was written, if it was.

    The diagnosis is the one that `compose` gives: without Social Security numbers.
    """
    outputs = reply.outputs if reply else ()
    return {
        "file": file,
        "verdict": diagnosis.verdict.value,
        "rule": diagnosis.rule,
        "findings": [_finding(one) for one in diagnosis.findings],
        "candidates": [_finding(one) for one in diagnosis.candidates],
        "entries": list(diagnosis.entries),
        "suspect_entries": [_suspect(one) for one in diagnosis.suspects],
        "type06": diagnosis.type06.value,
        "sheets": [_sheet(one) for one in diagnosis.sheets],
        "outcomes": [_outcome(one) for one in diagnosis.outcomes],
        "drafts": [_draft(one) for one in diagnosis.drafts],
        "outputs": [_output(one, paths) for one in outputs],
        "reply": {"subject": reply.subject, "text": reply.text} if reply else None,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "is_error": one.is_error,
        "how": one.how.value,
        "confidence": one.confidence,
        "quote": one.quote,
        "where": one.where,
        "next_step": one.next_step,
        "escalate": one.escalate,
    }


def _suspect(one: SuspectEntry) -> dict[str, Any]:
    return {"value": one.value, "reason": one.reason, "proposal": one.proposal or None}


def _sheet(one: Sheet) -> dict[str, Any]:
    return {
        "name": one.name,
        "path_in": one.path_in,
        "kind": one.kind,
        "rows": one.rows,
        "entries": list(one.entries),
        "statuses": dict(one.statuses),
        "faults": [_fault(fault) for fault in one.faults],
        "refused": one.refused or None,
        "groups": [_group(group) for group in one.groups],
        "outcomes": [_outcome(outcome) for outcome in one.outcomes],
    }


def _group(one: Group) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "message": one.message,
        "entries": list(one.entries),
        "next_step": one.next_step,
        "not_before": _day(one.not_before),
        "row": one.row,
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "outcome": one.outcome,
        "deadline": _day(one.deadline),
        "file_by": _day(one.file_by),
        "reasons": list(one.reasons),
        "importer": one.importer,
        "type": one.type,
        "why": one.why,
        "liquidated": _day(one.liquidated),
        "row": one.row,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _fault(one: Fault) -> dict[str, Any]:
    return {
        "row": one.row,
        "value": one.value,
        "reason": one.reason,
        "repaired": one.repaired,
        "proposal": one.proposal or None,
        "note": one.note or None,
    }


def _draft(one: Draft) -> dict[str, Any]:
    return {
        "to": one.to,
        "subject": one.subject,
        "body": one.body,
        "id": one.id,
        "entries": list(one.entries),
        "message": one.message,
        "type06": one.type06.value,
        "missing": list(one.missing),
        "importer": one.importer or None,
    }


def _output(one: Output, paths: Mapping[str, str]) -> dict[str, Any]:
    return {"name": one.name, "role": one.role, "path": paths.get(one.name)}
