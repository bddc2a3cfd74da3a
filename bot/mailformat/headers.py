"""Header values decoded tolerantly: nothing in a header can stop the bot, and nothing in it can break a header again."""

from __future__ import annotations

import binascii
import codecs
import contextlib
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

_MOST = 16_000  # characters of one header value; real ones are far shorter, bombs are not
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Python knows these by name, and no mail is written in them; decoding the first two costs the square of the length.
_NO_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}
_ALIASES = {"iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "x-unknown": "utf-8", "uft-8": "utf-8"}


def first(mail: Message, name: str) -> str:
    """The first header of this name, as one clean line; empty when there is none."""
    values = every(mail, name)
    return values[0] if values else ""


def every(mail: Message, name: str) -> list[str]:
    """All headers of this name, topmost first, each as one clean line."""
    wanted = name.lower()
    return [line(str(value)) for key, value in mail.raw_items() if key.lower() == wanted]


def line(raw: str) -> str:
    """Encoded words decoded, folding and control characters to single spaces, lone surrogates replaced."""
    value = raw[:_MOST]
    if "=?" in value:
        with contextlib.suppress(
            HeaderParseError, binascii.Error, ValueError
        ):  # then the raw value is the best we have
            value = "".join(_text(piece, charset) for piece, charset in decode_header(value))
    return " ".join(_CONTROL.sub(" ", clean(value)).split())


def addresses(values: list[str]) -> list[str]:
    """The bare addresses in header values, lower case; what does not look like one is left out."""
    try:
        found = [address.strip().lower() for _, address in getaddresses(values)]
    except RecursionError:  # thousands of nested comments: nobody's address
        return []
    return [address for address in found if re.fullmatch(r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\]+", address)]


def decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text in the charset named; in UTF-8, else cp1252, when that is unknown or does not fit."""
    named = _ALIASES.get((charset or "").lower(), charset)
    for name in (named if named and is_charset(named) else None, "utf-8"):
        try:
            return clean(content.decode(name or "utf-8"))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return clean(content.decode("cp1252", errors="replace"))


def is_charset(name: str) -> bool:
    """Whether text in mail may be in this encoding; what only transforms bytes (base64, zlib) is none either."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.name not in _NO_CHARSETS  # noqa: SLF001 - what bytes.decode itself asks


def clean(text: str) -> str:
    """Valid UTF-8 without NUL and lone surrogates; raw 8-bit header bytes are read as UTF-8 or cp1252."""
    if any("\udc80" <= character <= "\udcff" for character in text):
        raw = text.encode("utf-8", "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _text(piece: bytes | str, charset: str | None) -> str:
    return decoded(piece, charset) if isinstance(piece, bytes) else piece
