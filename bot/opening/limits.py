"""What a file may cost: the child process keeps to it, and the parent sees to it."""

from __future__ import annotations

from typing import NamedTuple


class Refused(Exception):  # noqa: N818 - it carries the sentence for the reader
    """The file cannot be read: its text says why and what to do."""


class Limits(NamedTuple):
    """Sizes in bytes, times in seconds. The defaults leave room for the largest honest file."""

    # Address space of the child. Measured: a web page of 65,536 rows by 20 takes 910 MB, a workbook of a million rows with
    # five million texts 370 MB, an .xls of two million cells 210 MB.
    memory: int = 1_500_000_000
    seconds: int = 30  # of wall clock and of processor, for the smallest file …
    seconds_per_megabyte: int = 5  # … and for each more: a million rows of 20 columns, 74 MB, took 180 s on busy cores
    written: int = 2_000_000_000  # what comes back: a million rows of 20 columns are 300 MB
    unpacked: int = 3_000_000_000  # a workbook's parts together, as its ZIP directory states them
    archive: int = 200_000_000  # an archive's files together: the contract's limit for one file
    ratio: int = 200  # unpacked to packed; tables reach 40
    ratio_from: int = 20_000_000  # unpacked bytes below which the ratio is nobody's harm
    cells: int = 100_000_000  # blanks within a row counted: a million rows of 100 columns
    columns: int = 1_000  # the widest report has some 130
    text: int = 1_000_000  # characters in one cell; Excel holds 32,767, other programs more
    texts: int = 300_000_000  # characters of texts that cells share, where no limit of memory can be set
    sheets: int = 200
    members: int = 200  # files in an archive
    parts: int = 10_000  # of a workbook: pictures and printer settings count
    depth: int = 3  # archives in archives
    blank_rows: int = 1_000  # of a table that are handed over as empty rows; further ones are gaps in the numbers
    notes: int = 1_000  # faults of the form, of a table

    def time(self, size: int) -> int:
        """Seconds for a file of a size in bytes."""
        return self.seconds + size * self.seconds_per_megabyte // 1_000_000
