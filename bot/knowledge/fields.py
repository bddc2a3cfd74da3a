"""Typed reading of a TOML table: every missing, unknown or wrong value is a complaint with its line, never a stop."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_NEXT_KEY = re.compile(r"[A-Za-z\[]")  # what ends a list that was begun above: a key or a table at the line's start
_REQUIRED = object()
_FEW = 20  # words that a complaint can still list
NEVER = date(1900, 1, 1)  # stands in for a day that cannot be read; the complaint has been made
_A_DAY = "a day such as 2026-06-25, without quotes"


class Fields:
    """One table at `path` in a text. Every key asked for is known; `finish` complains of the others.

    `default` in the readers is what stands for a field that is left out; without it the field must be there.
    """

    def __init__(
        self,
        text: str,
        table: dict[str, Any],
        complain: Callable[[int, str], None],
        path: tuple[str | int, ...] = (),
        inline: Callable[[], int] = lambda: 0,
    ) -> None:
        """`inline` gives the line of a table written as {…}, whose keys have no line of their own; else 0.

        Lines are looked up only to complain: there are thousands of fields, and nearly all of them are right.
        """
        self._text, self._table, self._complain, self._path = text, table, complain, path
        self._inline = inline
        self._known: set[str] = set()

    def word(self, key: str, among: Collection[str] = (), default: Any = _REQUIRED) -> str:
        """A text on one line; one of `among` when given."""
        value = self._value(key, str, "a text in double quotes", default)
        if not isinstance(value, str) or value == default:
            return value if isinstance(value, str) else ""
        if not value.strip():
            self.complain(key, f"{key} is empty")
        elif "\n" in value:
            self.complain(key, f"{key} must stand on one line")
        elif among and value not in among:
            self.complain(key, f"{key} = “{value}” is not one of: {', '.join(among)}{_meant(value, among)}")
        return value

    def number(self, key: str, default: Any = _REQUIRED) -> int:
        """A whole number above 0; 1 when it cannot be read."""
        value = self._value(key, int, "a whole number, without quotes", default)
        if value is default:
            return int(value)
        if isinstance(value, bool) or (isinstance(value, int) and value < 1):
            self.complain(key, f"{key} must be a whole number above 0")
            return 1
        return value if isinstance(value, int) else 1

    def flag(self, key: str, default: Any = _REQUIRED) -> bool:
        """True or false; true when it cannot be read."""
        return self._value(key, bool, "true or false, without quotes", default) is not False

    def day(self, key: str, default: Any = _REQUIRED) -> date | None:
        """A day such as 2026-06-25, without quotes."""
        value = self._value(key, date, _A_DAY, default)
        if isinstance(value, datetime):
            self.complain(key, f"{key} must be {_A_DAY}, and without a time")
            return value.date()
        return value if isinstance(value, date) else None

    def words(self, key: str, among: Collection[str] = (), default: Any = _REQUIRED) -> tuple[str, ...]:
        """A list of texts, each of `among` when given, none twice."""
        value = self._value(key, list, 'a list of texts: ["…", "…"]', default)
        texts: list[str] = []
        for one in value if isinstance(value, list) else ():
            if not isinstance(one, str) or not one.strip():
                self.complain(key, f"{key} holds something that is no text: {one!r}")
                continue
            if "\n" in one:
                self.complain_of(key, one, f"{key}: “{one.splitlines()[0]} …” must stand on one line")
            elif among and one not in among:
                offered = f" {', '.join(among)}" if len(among) <= _FEW else ""
                self.complain_of(key, one, f"{key}: “{one}” is not one of those allowed{offered}{_meant(one, among)}")
            elif one.casefold() in (text.casefold() for text in texts):
                self.complain_of(key, one, f"{key} holds “{one}” twice")
            texts.append(one)
        return tuple(texts)

    def table(self, key: str) -> dict[str, Fields]:
        """A table of tables, each as Fields, by name."""
        value = self._value(key, dict, f"a table [{key}]", _REQUIRED)
        found: dict[str, Fields] = {}
        for name, one in value.items() if isinstance(value, dict) else ():
            if isinstance(one, dict):
                line = partial(line_of, self._text, (*self._path, key, name))
                found[name] = Fields(self._text, one, self._complain, (*self._path, key, name), line)
            else:
                self._complain(line_of(self._text, (*self._path, key, name)), f"{name} must be a table {{…}}")
        return found

    def tables(self, key: str, default: Any = _REQUIRED) -> tuple[Fields, ...]:
        """A list of tables, each as Fields."""
        value = self._value(key, list, "a list of tables", default)
        found: list[Fields] = []
        for index, one in enumerate(value if isinstance(value, list) else ()):
            path = (*self._path, key, index)
            if isinstance(one, dict):
                found.append(Fields(self._text, one, self._complain, path, partial(self._inline_line, key, index)))
            else:
                self.complain(key, f"{key} holds something that is no table {{…}}: {one!r}")
        return tuple(found)

    def complain(self, key: str, what: str) -> None:
        """Say what is wrong on the line of `key`."""
        self._complain(self._line(key), what)

    def complain_of(self, key: str, item: str, what: str) -> None:
        """Say what is wrong on the line of one text in the list `key`; of a text that stands there twice, the last."""
        quoted = item.replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            number for number, line in self._lines_of(key) if f'"{quoted}"' in line or f"'{item}'" in line
        ]  # fmt: skip
        self._complain(lines[-1] if lines else self._line(key), what)

    def finish(self, hint: str = "knowledge/README.md lists the fields") -> None:
        """Complain of every key that nobody asked for."""
        for key in self._table:
            if key not in self._known:
                self.complain(key, f"“{key}” is no field here{_meant(key, self._known)}; {hint}")

    def _line(self, key: str) -> int:
        return self._inline() or line_of(self._text, (*self._path, key))

    def _lines_of(self, key: str) -> list[tuple[int, str]]:
        """The numbered lines from the key's own to the one before the next key."""
        first = self._line(key)
        found: list[tuple[int, str]] = []
        for number, line in enumerate(self._text.splitlines()[first - 1 :], first):
            if found and _NEXT_KEY.match(line):
                break
            found.append((number, line))
        return found

    def _inline_line(self, key: str, index: int) -> int:
        """The line of the table number `index` in a list of {…}; 0 for a [[table]], whose keys have their own lines."""
        first = line_of(self._text, (*self._path, key, index))
        if self._text.splitlines()[first - 1].lstrip().startswith("[["):
            return 0
        lines = [number for number, line in self._lines_of(key) if line.lstrip().startswith("{")]
        return lines[index] if index < len(lines) else first

    def _value(self, key: str, kind: type, what: str, default: Any) -> Any:
        self._known.add(key)
        if key not in self._table:
            if default is _REQUIRED:
                self.complain(key, f"the field “{key}” is missing")
                return None
            return default
        value = self._table[key]
        if not isinstance(value, kind):
            self.complain(key, f"{key} must be {what}")
            return None
        return value


def _meant(word: str, among: Collection[str]) -> str:
    """A guess at what was meant, to end a complaint with; else empty."""
    import difflib  # noqa: PLC0415 - only when there is something to complain of

    near = difflib.get_close_matches(word, list(among), 1)
    return f" (did you mean “{near[0]}”?)" if near else ""
