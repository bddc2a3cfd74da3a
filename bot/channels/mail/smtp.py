"""One reply out over SMTP, with the moment known from which on nobody can say that it surely did not go out."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from bot.channels import NotSent
from bot.channels.mail import connect, oauth

if TYPE_CHECKING:
    from bot.settings import Mailbox

_PASSING = range(400, 500)


def send(settings: Mailbox, to: str, mail: bytes) -> None:
    """Send a mail to one address.

    Raises NotSent as long as the server cannot have taken it: before the final dot, or when it refused afterwards. An
    error between the final dot and the server's answer is passed on: the outcome is unknown.
    """
    try:
        server = connect.smtp(settings)
    except (connect.Refused, oauth.SignInNeeded) as error:
        raise NotSent(str(error), retry=True) from error  # an operator can mend it within the days of trying
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"the SMTP server answered {error.smtp_code} on connecting", retry=True) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSent(f"the SMTP server is away ({type(error).__name__})", retry=True) from error
    try:
        _envelope(server, settings.address, to)
        _data(server, mail)
    finally:
        server.close()


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> None:
    try:
        _expect(server.mail(sender), "the sender")
        _expect(server.rcpt(to), "the recipient")
        code, _ = server.docmd("DATA")
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the SMTP server hung up before the mail ({type(error).__name__})", retry=True) from error
    except ValueError as error:  # smtplib writes addresses in ASCII
        raise NotSent(
            "the address needs SMTPUTF8 (it has letters outside ASCII), which this bot does not speak: answer by hand",
            retry=False,
        ) from error
    if code != 354:  # noqa: PLR2004 - RFC 5321: start mail input
        raise _refusal(code, "DATA")


def _data(server: smtplib.SMTP, mail: bytes) -> None:
    """The mail and its final dot. From the first byte on, only an answer says that it was not taken."""
    lines = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines.split(b"\r\n"))
    server.send(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))
    code, _ = server.getreply()
    if code != 250:  # noqa: PLR2004 - RFC 5321: taken
        raise _refusal(code, "the mail")


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if answer[0] not in (250, 251):
        raise _refusal(answer[0], what)


def _refusal(code: int, what: str) -> NotSent:
    return NotSent(f"the SMTP server answered {code} to {what}", retry=code in _PASSING)
