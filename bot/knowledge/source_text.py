"""Text and TOML out of a file that people edit on any system: line ends, byte order marks, curly quotes."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CURLY = "“”„‘’"


def text_of(path: Path, complain: Callable[[int, str], None]) -> str | None:
    """The text with plain line ends and without a byte order mark; None, and a complaint, when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        complain(1, "this file is missing")
    except OSError as error:
        complain(1, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        complain(error.object.count(b"\n", 0, error.start) + 1, "is not UTF-8: save the file as UTF-8")
    return None


def toml_of(text: str, complain: Callable[[int, str], None]) -> dict[str, Any] | None:
    """The table; None, and a complaint, when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _line_in(str(error), text)
        stood = text.splitlines()[line - 1] if text else ""
        hint = "; write straight quotes, not curly ones" if any(mark in stood for mark in _CURLY) else ""
        complain(line, f"not valid TOML: {error}{hint}")
        return None


def _line_in(message: str, text: str) -> int:
    """The line that a TOML error names; at the end of the document, the last."""
    words = message.replace(",", " ").replace(")", " ").split()
    if "line" in words:
        return int(words[words.index("line") + 1])
    return max(1, len(text.splitlines()))
