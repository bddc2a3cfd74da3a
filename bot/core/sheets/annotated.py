"""The sender's rows with what was found beside each, as a CSV that is safe to open."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.words import fault_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.model import Fault, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # a Japanese Excel reads the wide ones alike
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INNER = re.compile(r"([;\t])(?=\s*[=+\-@＝＋－＠])")  # where ";" separates, a formula may begin after one


def annotate(
    rows: Sequence[Row], faults: Sequence[Fault], above: int = 0, marks: Mapping[int, str] = MappingProxyType({})
) -> bytes:
    """Give UTF-8 with a byte order mark, so that Excel reads it as such; every cell defused.

    `above` is the number of the header row: it and the rows above it are not judged. `marks` are row -> what else there is
    to say of it.

    A CSV cannot keep Excel from eating a leading zero: this copy is for reading, never for uploading.
    """
    by_row: dict[int | None, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_row[fault.row].append(fault)
    width = max((len(row.cells) for row in rows), default=1)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        ["Row", *(["Your file"] + [""] * (width - 1)), "Finding", "Corrected value", "Proposal (confirm first)"]
    )
    for fault in by_row.get(None, ()):
        writer.writerow(["file", *[""] * width, fault_words(fault), "", ""])
    for row in rows:
        found = by_row.get(row.number)
        mark = marks.get(row.number, "")
        if (
            found is None and not mark and len(row.cells) == width == 1 and row.number > above
        ):  # most rows: one good number
            writer.writerow([row.number, defuse(row.cells[0]), "ready", "", ""])
            continue
        found = found or []
        writer.writerow([
            row.number,
            *(defuse(cell) for cell in (*row.cells, *[""] * (width - len(row.cells)))),
            "; ".join(filter(None, (mark, *map(fault_words, found)))) or ("ready" if row.number > above else ""),
            next((fault.proposal for fault in found if fault.repaired and fault.proposal), ""),
            next((fault.proposal for fault in found if fault.proposal and not fault.repaired), ""),
        ])  # fmt: skip
    return ("\ufeff" + out.getvalue()).encode()


def defuse(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; line ends and controls go, so that a row stays a row."""
    if not cell or (cell.isalnum() and cell.isascii()):  # most cells: an entry number
        return cell
    flat = _CONTROL.sub("", cell).replace("\r", " ").replace("\n", " ")
    visible = flat.lstrip().lstrip("\ufeff\u200b\u200e\u200f\u2060").lstrip()
    flat = _INNER.sub(r"\1'", flat)
    return f"'{flat}" if visible.startswith(_FORMULA) or cell.startswith(_FORMULA) else flat
