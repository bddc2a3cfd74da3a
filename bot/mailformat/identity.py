"""Which mail this is: the same for every copy of it, another for every other mail."""

from __future__ import annotations

import hashlib

from bot.mailformat import headers, parse

_LONGEST = (
    1_000_000  # bytes of a header block; a table of 200 MB without a blank line is none, and costs gigabytes as one
)
_NAMES = ("Message-ID", "From", "Subject", "Date")  # not the trace: each copy has its own Received lines


def identity(raw: bytes) -> str:
    """`mail:` and a hash over Message-ID, sender, subject, date and body.

    A Message-ID alone is not enough: senders leave it out and reuse it. Bytes without any of these headers are known by
    all of their bytes.
    """
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    mail = parse.head(head if gap and len(head) <= _LONGEST else b"")
    named = [headers.first(mail, name) for name in _NAMES]
    parts = [*(value.encode() for value in named), body.rstrip()] if any(named) else [raw]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"mail:{digest.hexdigest()[:40]}"
