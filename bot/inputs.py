"""What is given on the command line, as Incoming: a mail, a typed message, or a bare attachment, told by its bytes."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core import prose, sheets
from bot.core.model import Attachment, Incoming
from bot.mailformat.identity import identity
from bot.mailformat.read import Policy, incoming

MAX_FILE = 200_000_000  # bytes; the contract's limit for a file from the command line
_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:From [^\n]*\n)?(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_MAIL_NAMES = re.compile(rb"(?im)^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):")
_ENOUGH_MAIL_NAMES = 2  # a typed message may well hold one line "Subject: …"
_SEPARATED = re.compile(rb"[,;\t|]")
_MOST_TEXT = 25_000_000  # bytes; nobody types more: it is a file, and decoding it for words takes gigabytes
_HEAD = 65_536  # header blocks longer than this are not what a person forwards
_EVERYBODY = Policy(own=frozenset(), allow=("*",))


def expand(given: str) -> list[str]:
    """A folder stands for the files in it, by name, not deeper; anything else for itself."""
    if given != "-" and Path(given).is_dir():
        return [str(path) for path in sorted(Path(given).iterdir()) if path.is_file()]
    return [given]


def read_input(name: str, content: bytes) -> Incoming:
    """Turn a file into a message to the inbox. Never raises: what cannot be read is said in the answer."""
    key = identity(content)
    shown = Path(name).name if name != "-" else "standard input"
    if is_mail(content):
        return incoming(key, content, _EVERYBODY)
    file = Attachment(name=shown, content=content)
    text = _text(content) if len(content) <= _MOST_TEXT else None
    if text is None or _is_table(file):
        return Incoming(id=key, sender="", text="", attachments=(file,))
    return Incoming(id=key, sender="", text=text)


def is_mail(content: bytes) -> bool:
    """Whether the bytes begin with a mail's header block: at least two of a mail's own header names."""
    block = _HEADER.match(content[:_HEAD])
    return block is not None and len({name.lower() for name in _MAIL_NAMES.findall(block[0])}) >= _ENOUGH_MAIL_NAMES


def _is_table(file: Attachment) -> bool:
    """A table of ours, or a format that is no text for a person; a lone word, such as an entry number, is a message."""
    if sheets.foreign.read(file.content):
        return True
    if len(file.content.split()) <= 1 and not _SEPARATED.search(file.content):
        return False
    return sheets.kind_of(file) != "other" and not prose.words(file)


def _text(content: bytes) -> str | None:
    """The bytes as text: UTF-8 with whatever is in it, or as Windows saves a note; None when they are none."""
    if content.strip() and b"\0" not in content:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # perhaps another encoding
    return prose.decoded(content).strip() or None
