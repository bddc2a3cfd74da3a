"""A table as a reader hands it over, before anybody knows what it is: rows on demand, so that a million fit in memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.model import Attachment, Fault, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Unreadable(Exception):  # noqa: N818 - it carries the sentence for the reader
    """The file cannot be read (further): its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows()` starts anew each time and gives (row number as a spreadsheet shows it, cells as text).

    Numbers may leave a gap where rows are blank. Rows may have different lengths. It raises Unreadable where a table ends
    in the middle. `title` names the worksheet, empty where there is only one table. `foreign`: ACE refuses this form of
    file (`not-csv`). `notes` are faults of the form.
    """

    rows: Callable[[], Iterator[tuple[int, Sequence[str]]]]
    title: str = ""
    foreign: bool = False
    notes: tuple[Fault, ...] = ()

    def head(self, most: int) -> Table:
        """The first rows, as far as there are any."""
        return Table(tuple(Row(number, tuple(cells)) for number, cells in itertools.islice(self.rows(), most)))


# What is inside a file: tables (a workbook's), or files (an archive's), to be opened in their turn; a sentence when it
# cannot be read; None when it holds nothing inside: it is text, or what it is is told elsewhere.
Inside = tuple[Grid, ...] | tuple[Attachment, ...] | str | None
