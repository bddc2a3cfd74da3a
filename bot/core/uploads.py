"""Entries that may go on a Declaration -> Declarations that ACE takes as they are, and their bytes and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import entry_number
from bot.core.masking import importer_shown, mask
from bot.core.model import Upload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from bot.core.model import Ready
    from bot.core.rulebook import RuleBook

_HEADER = "Entry Number\r\n"
_ROW = entry_number.LENGTH + len("\r\n")
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_NAMED = 30  # characters of an importer number in a file name; the longest real one has 12
_Key = tuple["date | None", str, str]  # first day, importer, filer code


def uploads(ready: Iterable[Ready], accepted: Collection[str], rules: RuleBook, day: date) -> tuple[Upload, ...]:
    """Take what may be uploaded, what a claim has accepted already, and the rules of a day; give the Declarations.

    Each entry stands in one of them once, an accepted one in none. Those of one first day, importer and filer code
    stand together, in the order given, in parts that keep CBP's limits. An importer number that may be a Social
    Security number is no longer in what comes out: masked, with a running number, so that two stay apart.
    """
    most = max(1, min(rules.limit("entries", day), (rules.limit("bytes", day) - len(_HEADER)) // _ROW))
    taken = set(accepted)
    together: dict[_Key, list[str]] = {}
    for one in ready:
        if one.entry not in taken:
            taken.add(one.entry)
            key = (one.day, one.importer.strip(), one.entry[: entry_number.FILER])
            together.setdefault(key, []).append(one.entry)
    shown = _shown(importer for _, importer, _ in together)
    return tuple(
        upload
        for (first_day, importer, filer), entries in together.items()
        for upload in _parts(entries, most, filer, shown[importer], first_day)
    )


def content(upload: Upload) -> bytes:
    """The file: ASCII, CRLF, no byte order mark, no quotes, no dashes."""
    return (_HEADER + "".join(f"{entry}\r\n" for entry in upload.entries)).encode("ascii")


def names(several: Sequence[Upload]) -> tuple[str, ...]:
    """A file name for each: what it is, in an order that a folder keeps; the importer where any is known."""
    by_importer = any(one.importer for one in several)
    return tuple(_name(one, by_importer=by_importer) for one in several)


def _name(one: Upload, *, by_importer: bool) -> str:
    words = ["upload"]
    if one.day:
        words += ["on", one.day.isoformat()]
    words.append(_safe(one.filer_code) or "filer")
    if by_importer:
        words += ["importer", _safe(one.importer) or "unknown"]
    if one.parts > 1:
        words += [f"{one.part:0{len(str(one.parts))}d}", "of", str(one.parts)]
    return "-".join(words) + ".csv"


def _safe(text: str) -> str:
    """Somebody's words as a part of a file name; what only now reads as a Social Security number is masked."""
    return mask(_UNSAFE.sub("-", text).strip("-"))[:_NAMED].strip("-")


def _shown(importers: Iterable[str]) -> dict[str, str]:
    """Each importer number as it may be shown, masked ones told apart by a number."""
    shown: dict[str, str] = {}
    hidden = 0
    for importer in importers:
        if importer not in shown:
            safe = importer_shown(importer)
            hidden += safe != importer
            shown[importer] = safe if safe == importer else f"{safe} ({hidden})"
    return shown


def _parts(entries: list[str], most: int, filer: str, importer: str, day: date | None) -> Iterator[Upload]:
    parts = -(-len(entries) // most)
    for part in range(parts):
        chunk = tuple(entries[part * most : (part + 1) * most])
        yield Upload(chunk, filer, importer, day, part + 1, parts)
