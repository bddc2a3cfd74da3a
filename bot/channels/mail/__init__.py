"""The mail channel: IMAP in, SMTP out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels import NotSent
from bot.channels.mail import imap, smtp
from bot.channels.mail.drafts import DraftFolder
from bot.mailformat.read import Policy, incoming
from bot.mailformat.write import message_id, reply_mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.channels.marks import MarkStore
    from bot.core.model import Incoming, Reply
    from bot.settings import Mailbox


class MailChannel:
    """One mailbox. What it takes is flagged with a keyword or moved; what it answers goes out over SMTP."""

    def __init__(self, settings: Mailbox, marks: MarkStore) -> None:
        self.name = settings.name
        self._settings = settings
        self._marks = marks
        self._drafts = DraftFolder(settings)
        own = frozenset(address.lower() for address in (settings.address, *settings.aliases))
        self._policy = Policy(own, settings.allow, settings.authserv_id, imap.MAX_MAIL, hold=True, staff=settings.staff)

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Hand over new mail until `stop`; a server that is away is waited for."""
        imap.Inbox(self._settings, self._marks).listen(take, stop)

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Read a mail; never None: what lies in the inbox is for us, and the core may still keep silent."""
        return incoming(id, payload, self._policy)

    def send(self, incoming: Incoming, reply: Reply, reference: str) -> None:
        """Send the reply to the sender, and to nobody else; its drafts are put into the Drafts folder first."""
        sender = self._settings.address
        now = datetime.now(UTC).astimezone()
        try:
            notes = self._drafts.put(incoming, reply, reference)
            mail = reply_mail(incoming, reply, sender=sender, reference=reference, now=now, notes=notes)
        except (ValueError, LookupError) as error:
            raise NotSent(f"the reply cannot be written as mail ({type(error).__name__})", retry=False) from error
        smtp.send(self._settings, incoming.sender, mail)

    def answer_name(self, reference: str) -> str:
        """The Message-ID of the reply."""
        return message_id(reference, self._settings.address)

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:  # noqa: ARG002 - the contract's parameter
        """Look for the reply in the Sent folder. Not found means nothing: not every server files what it sends."""
        return True if imap.in_sent_folder(self._settings, self.answer_name(reference)) else None
