"""A Reply as a mail in the sender's thread: text and HTML, the files attached, marked as automatic."""

from __future__ import annotations

import hashlib
import json
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from bot.core import case_number
from bot.mailformat import headers
from bot.mailformat.guard import OWN_HEADER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.core.model import Incoming, Reply


_IDS = ("message-id", "in-reply-to", "references")


class _AsItStands(EmailPolicy):
    """Message ids are folded between ids only, and an address outside ASCII stays one.

    The library folds what is longer than a line into encoded words, which no mail program takes for an id or an
    address: the reply would fall out of its thread.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """See email.policy."""
        if name.lower() in _IDS:
            between = f"{self.linesep} "
            return f"{name}: {between.join(value.split())}{self.linesep}".encode("ascii", "replace")
        if name.lower() == "to" and not value.isascii():
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


# Not every server between here and the reader takes 8-bit lines.
_SEVEN_BIT = _AsItStands(linesep="\r\n", cte_type="7bit")


def message_id(reference: str, sender: str) -> str:
    """The reply's Message-ID: the same whenever it is written again, so that a copy can be found and told."""
    return f"<capebot.{hashlib.sha256(reference.encode()).hexdigest()[:24]}@{sender.rpartition('@')[2]}>"


def reply_mail(
    incoming: Incoming, reply: Reply, *, sender: str, reference: str, now: datetime, notes: Sequence[str] = ()
) -> bytes:
    """Give the whole mail as bytes, CRLF lines.

    It goes to the address of From and to nobody else: Reply-To is not covered by authentication, and no address in a
    body ever becomes a recipient. A draft is attached as application/octet-stream, so that mail programs offer it as a
    file to open rather than showing it as a forwarded message. `notes` are sentences that only the channel knows.
    """
    handle = json.loads(incoming.handle or "{}")
    mail = EmailMessage(policy=_SEVEN_BIT)
    mail["From"] = sender
    mail["To"] = incoming.sender
    mail["Subject"] = case_number.with_token(reply.subject, incoming.case)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(reference, sender)
    if usable := handle.get("references"):
        mail["In-Reply-To"] = usable[-1]
        mail["References"] = " ".join(usable)
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OWN_HEADER] = "reply"
    mail.set_content("\n".join((reply.text, *notes, "")) if notes else reply.text)
    mail.add_alternative(_with_notes(reply.html, notes), subtype="html")
    for output in reply.outputs:
        kind = "application/octet-stream" if output.media_type == "message/rfc822" else output.media_type
        main, _, sub = kind.partition("/")
        mail.add_attachment(output.content, maintype=main, subtype=sub, filename=headers.line(output.name))
    return mail.as_bytes()


def _with_notes(html: str, notes: Sequence[str]) -> str:
    """The notes below everything else, in whatever template of a site's own."""
    style = "margin:0 0 8px 0;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.45;"
    below = "".join(f'<p style="{style}">{escape(note)}</p>\n' for note in notes)
    body, end, rest = html.rpartition("</body>")
    return f"{body}{below}{end}{rest}" if end else html + below
