"""What the child wrote: a file without a name, gone with the last table that reads from it."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from typing import TYPE_CHECKING

from bot.core.sheets.grid import Unreadable
from bot.opening import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CHUNK = 262_144  # bytes in memory at once, per reader


class Spool:
    """An anonymous temporary file. Several readers may be at it at once: each keeps its own place."""

    def __init__(self) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this object
        self.descriptor = file.fileno()
        self._closed = weakref.finalize(self, file.close)

    def close(self) -> None:
        """Let the file go now; nothing can be read any more."""
        self._closed()

    def part(self, start: int, end: int) -> bytes:
        """A part of the file."""
        return b"".join(self._chunks(start, end))

    def rows(self, start: int, end: int) -> Iterator[tuple[int, Sequence[str]]]:
        """The rows of a table, anew with each call, without holding more than a chunk."""
        rest = b""
        for chunk in self._chunks(start, end):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                number, cells = json.loads(line)
                yield number, cells

    def _chunks(self, start: int, end: int) -> Iterator[bytes]:
        at = start
        while at < end:
            chunk = os.pread(self.descriptor, min(_CHUNK, end - at), at)
            if not chunk:
                raise Unreadable(sentences.DAMAGED)
            yield chunk
            at += len(chunk)
