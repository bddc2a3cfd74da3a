"""A mail that somebody hands on as a file: its words count as forwarded, its files are files of the message."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.mailformat import parse
from bot.mailformat.read import unreadable

if TYPE_CHECKING:
    from bot.core.model import AttachedMessage, Attachment

_MAX_MAIL = 25_000_000  # bytes; the contract's limit for a mail


def unpacked(file: Attachment) -> tuple[list[AttachedMessage], list[Attachment]]:
    """The mails in it, the outermost first, and their files, each with the path to it. Never raises.

    A mail that cannot be read is given back as a file with the reason.
    """
    found = parse.Parts()
    oversize = len(file.content) if len(file.content) > _MAX_MAIL else 0
    if not oversize:
        found = parse.forwarded(file.content, file.name)
    if why := unreadable(found, oversize, _MAX_MAIL):
        return [], [replace(file, content=b"", problem=why)]
    return found.mails, found.files
