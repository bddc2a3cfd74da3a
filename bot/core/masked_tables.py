"""The tables of a diagnosis without Social Security numbers. An export has some hundred thousand rows, and few importers.

So the bulk is not walked text by text: entry numbers are valid ones, ids are ours, and each text of the rest is looked
at once however often it stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.masking import importer_shown, mask, masked, masked_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.model import Diagnosis, Outcome, Ready, Sheet


def masked_diagnosis(diagnosis: Diagnosis) -> tuple[Diagnosis, bool]:
    """Every text and file masked, and whether a Social Security number stood anywhere. `uploads` hold none as they are.

    Nine bare digits in a column of importer numbers are masked too, and do not count: most are an employer's.
    """
    slim = replace(diagnosis, sheets=(), entries=(), uploads=())
    safe = masked(slim)
    tables = [_masked_sheet(sheet) for sheet in diagnosis.sheets]
    whole = replace(
        safe, sheets=tuple(sheet for sheet, _ in tables), entries=diagnosis.entries, uploads=diagnosis.uploads
    )
    return whole, safe is not slim or any(found for _, found in tables)


def _masked_sheet(sheet: Sheet) -> tuple[Sheet, bool]:
    groups = tuple(replace(group, entries=()) for group in sheet.groups)
    slim = replace(sheet, entries=(), groups=groups, outcomes=(), ready=(), listed=(), annotated=b"")
    safe, annotated = masked(slim), masked_bytes(sheet.annotated)
    importer, text = _once(importer_shown), _once(mask)
    outcomes = tuple(_outcome(one, importer, text) for one in sheet.outcomes)
    of_rows = {word for one in sheet.outcomes for word in (one.importer, one.type, one.why)}
    of_rows.update(one.importer for one in (*sheet.ready, *sheet.listed))
    whole = replace(
        safe,
        entries=sheet.entries,
        groups=tuple(replace(group, entries=one.entries) for group, one in zip(safe.groups, sheet.groups, strict=True)),
        outcomes=outcomes,
        ready=tuple(_ready(one, importer) for one in sheet.ready),
        listed=tuple(_ready(one, importer) for one in sheet.listed),
        annotated=annotated,
    )
    found = safe is not slim or annotated is not sheet.annotated or any(mask(word) != word for word in of_rows)
    return whole, found


def _outcome(one: Outcome, importer: Callable[[str], str], text: Callable[[str], str]) -> Outcome:
    shown, kind, why = importer(one.importer), text(one.type), text(one.why)
    if shown == one.importer and kind == one.type and why == one.why:
        return one
    return one._replace(importer=shown, type=kind, why=why)


def _ready(one: Ready, importer: Callable[[str], str]) -> Ready:
    shown = importer(one.importer)
    return one if shown == one.importer else one._replace(importer=shown)


def _once(change: Callable[[str], str]) -> Callable[[str], str]:
    """The function, asked once for each text; forgotten with the table: what is masked is kept nowhere."""
    known: dict[str, str] = {}

    def changed(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = known[text] = change(text)
        return found

    return changed
