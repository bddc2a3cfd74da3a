"""A draft to CBP as a mail for a Drafts folder, and how the bot knows it again: whose place it has, and untouched or not.

The header `X-Capebot-Draft: PLACE.VERSION.CONTENT` holds hashes alone. PLACE is the case and the error, VERSION the reply
it came with, CONTENT what the draft says. A person's mail program that saves the draft anew either leaves the header
out or leaves it as it was beside other words: either way the draft is theirs from then on.
"""

from __future__ import annotations

import email
import hashlib
import re
from dataclasses import dataclass
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from bot.mailformat import headers, parse

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import Message

HEADER = "X-Capebot-Draft"
_MARK = re.compile(r"([0-9a-f]{16})\.([0-9a-f]{16})\.([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the header says."""

    place: str
    version: str
    content: str

    def __str__(self) -> str:
        return f"{self.place}.{self.version}.{self.content}"


def place(case: str, error: str) -> str:
    """The same for every version of the drafts about one error in one case."""
    return _hash(case, error)


def version(reference: str, number: int) -> str:
    """The same whenever this reply's draft is written again; `number` tells drafts about one error apart."""
    return _hash(reference, str(number))


def mark(head: bytes) -> Mark | None:
    """The mark in the headers of a mail; None when it is not the bot's draft."""
    found = _MARK.fullmatch(headers.first(parse.head(head), HEADER))
    return Mark(*found.groups()) if found else None


def draft_mail(unsent: bytes, place: str, version: str, *, sender: str, now: datetime) -> bytes:
    """The unsent mail of a draft as it is put into the folder: from the mailbox, dated, and marked."""
    mail = email.message_from_bytes(unsent, policy=SMTP)
    del mail["X-Unsent"]  # in this folder every mail is
    mail["From"] = sender
    mail["Date"] = format_datetime(now)
    mail[HEADER] = str(Mark(place, version, content(unsent)))
    return mail.as_bytes()


def content(raw: bytes) -> str:
    """What a person could have changed, as a hash: to whom, the subject, the words, the files. Not how it is encoded."""
    mail = parse.message(raw)
    to = [",".join(headers.addresses(headers.every(mail, name))) for name in ("To", "Cc", "Bcc")]
    return _hash(
        *to, headers.first(mail, "Subject"), *(_words(part) for part in mail.walk() if not part.is_multipart())
    )


def _words(part: Message) -> str:
    """A part's name and words with bare line ends; the bytes of a file as a hash."""
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    if part.get_content_maintype() == "text" and not part.get_filename():
        lines = headers.decoded(raw, str(part.get_content_charset() or "")).splitlines()
        return "\n".join([part.get_content_type(), *(line.rstrip() for line in lines)]).rstrip()
    bare = raw.replace(b"\r\n", b"\n").rstrip()
    return f"{part.get_filename()} {hashlib.sha256(bare).hexdigest()}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
