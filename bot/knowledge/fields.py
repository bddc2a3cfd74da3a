"""Typed reading of a TOML table: every missing, unknown or wrong value is a complaint with its line, never a stop."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.toml_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

WAIT = re.compile(r"[1-9]\d{0,3} (?:minutes?|hours?|days?|business days?)\Z")


class Fields:
    """One table at `path` in a text. Every key asked for is known; `finish` complains of the others."""

    def __init__(
        self, text: str, table: dict[str, Any], complain: Callable[[int, str], None], path: tuple[str | int, ...] = ()
    ) -> None:
        self._text, self._table, self._complain, self._path = text, table, complain, path
        self._known: set[str] = set()

    def word(self, key: str, among: Collection[str] = (), default: str | None = None) -> str:
        """A text; one of `among` when given."""
        value = self._value(key, str, "a text", default)
        if value and among and value not in among:
            self.complain(key, f"{key} = “{value}” is not one of: {', '.join(among)}")
        if value is not None and not value.strip() and default is None:
            self.complain(key, f"{key} is empty")
        return value or ""

    def flag(self, key: str) -> bool:
        """True or false."""
        return bool(self._value(key, bool, "true or false", None))

    def day(self, key: str, *, required: bool = True) -> date | None:
        """A day such as 2026-06-25, without quotes."""
        value = self._value(key, date, "a day such as 2026-06-25, without quotes", None if required else _ABSENT)
        return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None

    def words(self, key: str, among: Collection[str] = (), *, required: bool = False) -> tuple[str, ...]:
        """A list of texts, each of `among` when given, none twice."""
        value = self._value(key, list, "a list of texts", None if required else _ABSENT)
        if not isinstance(value, list):
            return ()
        for one in value:
            if not isinstance(one, str) or not one.strip():
                self.complain(key, f"{key} holds something that is no text")
            elif among and one not in among:
                self.complain(key, f"{key}: “{one}” is not one of: {', '.join(among)}")
        texts = [one for one in value if isinstance(one, str)]
        if len({text.casefold() for text in texts}) != len(texts):
            self.complain(key, f"{key} holds the same text twice")
        return tuple(texts)

    def tables(self, key: str, *, required: bool = False) -> tuple[Fields, ...]:
        """A list of tables, each as Fields."""
        value = self._value(key, list, "a list of tables", None if required else _ABSENT)
        if not isinstance(value, list):
            return ()
        if not all(isinstance(one, dict) for one in value):
            self.complain(key, f"{key} holds something that is no table {{…}}")
        tables = [one for one in value if isinstance(one, dict)]
        return tuple(
            Fields(self._text, one, self._complain, (*self._path, key, index)) for index, one in enumerate(tables)
        )

    def complain(self, key: str, what: str) -> None:
        """Say what is wrong on the line of `key`."""
        self._complain(line_of(self._text, (*self._path, key)), what)

    def finish(self) -> None:
        """Complain of every key that nobody asked for."""
        for key in self._table:
            if key not in self._known:
                self.complain(key, f"“{key}” is no field here; knowledge/README.md lists them")

    def _value(self, key: str, kind: type, what: str, default: Any) -> Any:
        self._known.add(key)
        if key not in self._table:
            if default is None:
                self.complain(key, f"the field “{key}” is missing")
            return None if default is _ABSENT else default
        value = self._table[key]
        if not isinstance(value, kind):
            self.complain(key, f"{key} must be {what}")
            return None if default is _ABSENT else default
        return value


_ABSENT = object()  # the field may be left out
