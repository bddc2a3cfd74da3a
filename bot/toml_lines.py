"""Which line of a TOML text holds a key: tomllib does not say, and every complaint names its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Give the line (from 1) on which the value at `path` is set; the nearest enclosing line known, else 1.

    `path` is ("mail", 0, "host") for `host` in the first `[[mail]]`.
    """
    seen: dict[tuple[str | int, ...], int] = {}
    prefix: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if table := _TABLE.match(line):
            prefix = _enter(table[2].split("."), array=table[1] == "[[", seen=seen)
            seen.setdefault(prefix, number)
        elif key := _KEY.match(line):
            seen.setdefault((*prefix, key[1].strip('"')), number)
    wanted = tuple(path)
    while wanted and wanted not in seen:
        wanted = wanted[:-1]
    return seen.get(wanted, 1)


def _enter(names: list[str], *, array: bool, seen: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """The full path of a table header: an array's tables are numbered, and sub-tables belong to the last of them."""
    path: tuple[str | int, ...] = ()
    for depth, name in enumerate(part.strip().strip('"') for part in names):
        path = (*path, name)
        count = sum(1 for known in seen if known[:-1] == path and isinstance(known[-1], int))
        if array and depth == len(names) - 1:
            path = (*path, count)
        elif count:
            path = (*path, count - 1)
    return path
