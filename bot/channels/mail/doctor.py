"""Every setting of a mailbox tried."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from bot.channels.checks import Check
from bot.channels.mail import connect, drafts, imap, oauth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imapclient import IMAPClient

    from bot.settings import Mailbox


def check(settings: Mailbox) -> Iterator[Check]:
    """Try IMAP, the folder and what may be done in it, then SMTP. Nothing is sent; a folder for taken mail is made.

    A draft is put into the Drafts folder and deleted again, if drafts are to go there.
    """
    if not settings.allow:
        yield Check(ok=False, what=f"{settings.name}: allow is empty", mend="name who is answered, or nobody is")
    try:
        client = connect.imap(settings)
    except (connect.Refused, oauth.SignInNeeded) as problem:
        yield Check(ok=False, what=f"{settings.name}: IMAP sign-in", mend=str(problem))
    except (IMAPClientError, OSError) as error:
        yield Check(ok=False, what=f"{settings.name}: IMAP at {settings.host}:{settings.port}", mend=_away(error))
    else:
        try:
            yield Check(ok=True, what=f"{settings.name}: IMAP sign-in")
            yield from _folder(settings, client)
        finally:
            client.shutdown()
    yield _smtp(settings)


def _folder(settings: Mailbox, client: IMAPClient) -> Iterator[Check]:
    try:
        folder = connect.selected(client, settings)
    except connect.Refused as problem:
        yield Check(ok=False, what=f"{settings.name}: the folder {settings.folder}", mend=str(problem))
        return
    yield Check(ok=True, what=f"{settings.name}: the folder {settings.folder} opens")
    if client.has_capability("IDLE"):
        yield Check(ok=True, what=f"{settings.name}: the server tells of new mail (IDLE)")
    else:
        seconds = f"every {settings.poll_seconds:g} seconds"
        yield Check(ok=True, what=f"{settings.name}: no IDLE; the folder is looked at {seconds}")
    if settings.done == "flag":
        flags = folder.get(b"PERMANENTFLAGS", ())
        allowed = b"\\*" in flags or settings.done_keyword.encode() in flags
        yield Check(allowed, f"{settings.name}: taken mail gets a keyword", 'the server keeps none: set done = "move"')
    else:
        yield _done_folder(settings, client)
    sent = settings.sent_folder or client.find_special_folder(SENT)
    yield Check(bool(sent), f"{settings.name}: the Sent folder is known", "name it in `sent_folder`")
    if settings.drafts:
        yield drafts.check(settings, client)


def _done_folder(settings: Mailbox, client: IMAPClient) -> Check:
    what = f"{settings.name}: taken mail is moved to {settings.done_folder}"
    if not client.has_capability("MOVE"):
        return Check(ok=False, what=what, mend='the server cannot move: set done = "flag"')
    try:
        client.select_folder(imap.done_folder(client, settings.done_folder), readonly=True)
    except IMAPClientError:
        return Check(
            ok=False,
            what=what,
            mend='the folder can neither be opened nor made: correct done_folder, or set done = "flag"',
        )
    return Check(ok=True, what=what)


def _smtp(settings: Mailbox) -> Check:
    what = f"{settings.name}: SMTP sign-in at {settings.smtp.host}:{settings.smtp.port}"
    try:
        connect.smtp(settings).close()
    except (connect.Refused, oauth.SignInNeeded) as problem:
        return Check(ok=False, what=what, mend=str(problem))
    except (OSError, smtplib.SMTPException) as error:
        return Check(ok=False, what=what, mend=_away(error))
    return Check(ok=True, what=what)


def _away(error: Exception) -> str:
    return f"the server does not answer as it should ({type(error).__name__}): check host, port, tls and the network"
