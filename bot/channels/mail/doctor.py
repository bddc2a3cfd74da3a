"""Every setting of a mailbox tried."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from bot.channels.checks import Check
from bot.channels.mail import connect, oauth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imapclient import IMAPClient

    from bot.settings import Mailbox


def check(settings: Mailbox) -> Iterator[Check]:
    """Try IMAP, the folder and what may be done in it, then SMTP. Nothing is sent or changed."""
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
        folder = client.select_folder(settings.folder, readonly=False)
    except IMAPClientError:
        yield Check(ok=False, what=f"{settings.name}: the folder {settings.folder}", mend="correct `folder`")
        return
    yield Check(ok=True, what=f"{settings.name}: the folder {settings.folder} opens")
    if client.has_capability("IDLE"):
        yield Check(ok=True, what=f"{settings.name}: the server tells of new mail (IDLE)")
    else:
        seconds = f"every {settings.poll_seconds:g} seconds"
        yield Check(ok=True, what=f"{settings.name}: no IDLE; the folder is looked at {seconds}")
    if settings.done == "flag":
        allowed = b"\\*" in folder.get(b"PERMANENTFLAGS", ())
        yield Check(allowed, f"{settings.name}: taken mail gets a keyword", 'the server keeps none: set done = "move"')
    else:
        allowed = client.has_capability("MOVE")
        yield Check(allowed, f"{settings.name}: taken mail is moved", 'the server cannot move: set done = "flag"')
    sent = settings.sent_folder or client.find_special_folder(SENT)
    yield Check(bool(sent), f"{settings.name}: the Sent folder is known", "name it in `sent_folder`")


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
