"""What a later message of a thread changed, in one line: "Added: FTZ Type 06 yes; importer number 12-3456789. …"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import entries_in_text, escalation, passages, told
from bot.core.model import PassageKind, Type06
from bot.core.of_entries import OfEntry
from bot.core.words import ASK_WORDS, count_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bot.core.model import Diagnosis, Passage
    from bot.core.told import Thread, Told
    from bot.core.triage import Reading

_SHOWN = 6  # things that a line names; a person reads no more of them
_BLANK = " [FILL IN"
_NAMES = {
    "importer-number": "importer number",
    "where-seen": "seen in",
    "hts-lines": "HTS lines",
    "liquidation": "",
    "type06": "FTZ Type 06",
}
_COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)


def line(reading: Reading, thread: Thread, diagnosis: Diagnosis) -> str:
    """What the newest message added and corrected, and what is still missing; empty when it changed nothing."""
    if not thread.said:
        return ""
    first = passages.split(reading.incoming)
    before = told.together((first, *thread.said[:-1]), diagnosis.entries)
    after = told.together((first, *thread.said), diagnosis.entries)
    added, corrected = _changes(before, after)
    known = {entry for sheet in reading.sheets for entry in sheet.entries}
    added += _entries((first, *thread.said[:-1]), thread.said[-1], known)
    if reading.grounds:
        wordings = reading.grounds.catalogue.persists_wordings
        added += ["what was tried"] if escalation.tried(thread.said[-1], wordings) else []
        vouched = [one for finding in reading.due for one in reading.grounds.evidence(finding)]
        new = "\n".join(part.text for part in thread.said[-1])
        added += ["what you checked"] if any(one in new for one in vouched) else []
    corrected += [f"{entry} is left out" for entry in _left_out(before, after)[:_SHOWN]]
    added += [f"the file {name}" for name in thread.files]
    corrected += [f"{name} is no longer looked at" for name in thread.instead]
    said = [f"{word}: {'; '.join(some[:_SHOWN])}." for word, some in (("Added", added), ("Changed", corrected)) if some]
    unclear = [_name(key) for key in after.doubts if after.doubts[key] != before.doubts.get(key)]
    said += [f"Unclear, so not used: {', '.join(unclear)}."] if unclear else []
    if not said:
        return ""
    return " ".join((*said, *_missing(diagnosis)))


def _changes(before: Told, after: Told) -> tuple[list[str], list[str]]:
    added, corrected = [], []
    for key, values in after.facts.items():
        was = before.facts.get(key, ())
        if was == values:
            continue
        new = [value for value in values if value not in was]
        what = f"{_name(key)} {_listed(new or values)}".strip()
        if was and not set(was) <= set(values):
            corrected.append(f"{what} (was {_listed(was)})")
        else:
            added.append(what)
    single = [
        entry
        for entry, one in after.of_entries.items()
        if one.over(had := before.of_entries.get(entry, OfEntry())) != had and not one.out
    ]
    if after.type06 not in (before.type06, Type06.UNKNOWN) and (after.general != before.general or not single):
        what = f"FTZ Type 06 {after.type06.value}"
        known = before.type06 is not Type06.UNKNOWN
        (corrected if known else added).append(f"{what} (was {before.type06.value})" if known else what)
    if single:
        added.append(f"what you say of {', '.join(single[:_SHOWN])}{' …' if len(single) > _SHOWN else ''}")
    return added, corrected


def _left_out(before: Told, after: Told) -> list[str]:
    """The entries that the newest message takes out."""
    return [
        entry for entry, one in after.of_entries.items() if one.out and not before.of_entries.get(entry, OfEntry()).out
    ]


def _name(key: str) -> str:
    """What a fact is called in the line."""
    label = ASK_WORDS[key][0]
    return _NAMES.get(key, label if label.startswith("ACE") else label[0].lower() + label[1:])


def _listed(values: Iterable[str]) -> str:
    return ", ".join(value.partition(_BLANK)[0] for value in values)


def _entries(before: Iterable[Sequence[Passage]], newest: Sequence[Passage], known: Collection[str]) -> list[str]:
    old = {*known} | {entry for parts in before for entry in _found(parts)}
    new = [entry for entry in dict.fromkeys(_found(newest)) if entry not in old]
    return (
        [f"{count_words(len(new), 'entry', 'entries')} ({', '.join(new[:_SHOWN])}{' …' if len(new) > _SHOWN else ''})"]
        if new
        else []
    )


def _found(parts: Sequence[Passage]) -> Iterator[str]:
    yield from entries_in_text.find("\n".join(part.text for part in parts if part.kind in _COUNTED)).entries


def _missing(diagnosis: Diagnosis) -> Iterator[str]:
    """What the drafts still need, by name; what is no plain fact is counted."""
    if not diagnosis.drafts:
        return
    labels = {label for label, _ in ASK_WORDS.values()}
    items = sorted({item: None for draft in diagnosis.drafts for item in draft.missing}, key=escalation.usefulness)
    named = list(
        dict.fromkeys(label for item in items if (label := item.partition(":")[0]) in labels and not item.endswith("?"))
    )
    others = sum(item.partition(":")[0] not in labels or item.endswith("?") for item in items)
    if not items:
        yield "The draft is complete: read it, and send it."
        return
    if others:
        named.append(
            count_words(others, "question") + " below" if named else count_words(others, "question") + ", below"
        )
    yield f"Still missing: {', '.join(named)}."
