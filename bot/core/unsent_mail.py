"""A draft as a mail file that opens unsent, for a person to read, complete and send.

`X-Unsent: 1` makes mail programs that know it open the file for editing. It has no Date and no Message-ID: those are
the sending program's. It has no From either: the person who sends it decides on the account.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from bot.core.escalation import LISTED

if TYPE_CHECKING:
    from bot.core.model import Draft


NUMBERS = "entry-numbers.csv"


def numbers_apart(draft: Draft) -> bytes:
    """The entry numbers as a CSV where they are too many for the body; else nothing. Mixed ones with their type 06."""
    if len(draft.entries) <= LISTED:
        return b""
    if draft.ftz:
        rows = (f"{entry},{type06}\r\n" for entry, type06 in draft.ftz)
        return ("Entry Number,FTZ Type 06\r\n" + "".join(rows)).encode("ascii")
    return ("Entry Number\r\n" + "".join(f"{entry}\r\n" for entry in draft.entries)).encode("ascii")


def numbers_of(content: bytes) -> bytes:
    """The entry numbers that are attached to a draft's file; nothing if there are none."""
    for part in message_from_bytes(content, policy=SMTP).walk():
        if part.get_filename() == NUMBERS:
            inside = part.get_payload(decode=True)
            return inside if isinstance(inside, bytes) else b""
    return b""


def unsent(draft: Draft, numbers: bytes = b"") -> bytes:
    """The draft as RFC 5322 bytes; beyond LISTED entries the numbers are attached as a CSV.

    `numbers` is that CSV, for a draft that does not hold all of its entries any more.
    """
    mail = EmailMessage(policy=SMTP)
    mail["To"] = draft.to
    mail["Subject"] = draft.subject
    mail["X-Unsent"] = "1"
    mail.set_content(draft.body)
    if numbers := numbers or numbers_apart(draft):
        mail.add_attachment(numbers, maintype="text", subtype="csv", filename=NUMBERS)
        mail.set_boundary(f"=_capebot_{draft.id}")  # the standard library would draw one by chance
    return mail.as_bytes()
