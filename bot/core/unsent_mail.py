"""A draft as a mail file that opens unsent, for a person to read, complete and send.

`X-Unsent: 1` makes mail programs that know it open the file for editing. It has no Date and no Message-ID: those are
the sending program's. It has no From either: the person who sends it decides on the account.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from bot.core.escalation import LISTED

if TYPE_CHECKING:
    from bot.core.model import Draft


def unsent(draft: Draft) -> bytes:
    """The draft as RFC 5322 bytes; beyond LISTED entries the numbers are attached as a CSV."""
    mail = EmailMessage(policy=SMTP)
    mail["To"] = draft.to
    mail["Subject"] = draft.subject
    mail["X-Unsent"] = "1"
    mail.set_content(draft.body)
    if len(draft.entries) > LISTED:
        rows = "Entry Number\r\n" + "".join(f"{entry}\r\n" for entry in draft.entries)
        mail.add_attachment(rows.encode("ascii"), maintype="text", subtype="csv", filename="entry-numbers.csv")
        mail.set_boundary(f"=_capebot_{draft.id}")  # the standard library would draw one by chance
    return mail.as_bytes()
