"""Connections to the mailbox's two servers: encrypted, signed in, with a deadline on everything."""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from bot.channels.mail import oauth
from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Mailbox

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CONNECT = 15  # seconds to connect
_READ = 60  # seconds for an answer; a slow SEARCH takes some, a frozen line never answers


class Refused(Mendable):
    """The server does not let us in: waiting does not help, a person must."""


def imap(settings: Mailbox) -> IMAPClient:
    """A signed-in IMAP connection. Raises Refused when the sign-in fails, OSError when the server is away."""
    context = _context(settings.ca_file)
    _allow_plain(settings.tls, settings.host, "IMAP")
    with _host_name(settings.host):
        client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.tls == "tls",
            ssl_context=context if settings.tls == "tls" else None,
            timeout=SocketTimeout(connect=_CONNECT, read=_READ),
        )
    with ExitStack() as undo:
        undo.callback(client.shutdown)
        if settings.tls == "starttls":
            client.starttls(context)
        _imap_login(settings, client)
        if client.has_capability("ID"):
            client.id_({"name": "capebot"})
        undo.pop_all()
    return client


def selected(client: IMAPClient, settings: Mailbox) -> dict[bytes, Any]:
    """Open the folder that is watched; give what the server says of it. Raises Refused when it does not open."""
    try:
        folder: dict[bytes, Any] = client.select_folder(settings.folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise Refused(
            f"{settings.name}: the server does not open the folder {settings.folder}: correct `folder`"
        ) from error
    return folder


def smtp(settings: Mailbox) -> smtplib.SMTP:
    """A signed-in SMTP connection. Raises Refused, or smtplib's and the socket's errors; nothing was sent then."""
    out = settings.smtp
    context = _context(out.ca_file or settings.ca_file)
    _allow_plain(out.tls, out.host, "SMTP")
    with _host_name(out.host):
        if out.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(out.host, out.port, timeout=out.timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(out.host, out.port, timeout=out.timeout_seconds)
    with ExitStack() as undo:
        undo.callback(server.close)
        if out.tls == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if out.auth == "as-imap":
            _smtp_login(settings, server)
        undo.pop_all()
    return server


def password(settings: Mailbox) -> str:
    """The password from the variable that the settings name."""
    secret = os.environ.get(settings.password_env, "")
    if not secret:
        raise Refused(f"{settings.name}: put the mailbox's password into the variable {settings.password_env}")
    return secret


def _imap_login(settings: Mailbox, client: IMAPClient) -> None:
    try:
        if settings.auth == "oauth":
            client.oauth2_login(_user(settings), oauth.access_token(settings))
        else:
            client.login(_user(settings), password(settings))
    except LoginError as error:
        raise Refused(_refused(settings, "IMAP")) from error
    except UnicodeError as error:
        raise Refused(_not_ascii(settings)) from error


def _smtp_login(settings: Mailbox, server: smtplib.SMTP) -> None:
    user = settings.smtp.user or _user(settings)
    try:
        if settings.auth == "oauth":
            answer = f"user={user}\1auth=Bearer {oauth.access_token(settings)}\1\1"
            # A refusal comes as a challenge first; the empty answer asks for the final word.
            server.auth("XOAUTH2", lambda challenge=None: answer if challenge is None else "", initial_response_ok=True)
        else:
            server.login(user, password(settings))
    except smtplib.SMTPAuthenticationError as error:
        raise Refused(_refused(settings, "SMTP")) from error
    except UnicodeError as error:
        raise Refused(_not_ascii(settings)) from error


@contextmanager
def _host_name(host: str) -> Iterator[None]:
    """What Python says of an impossible name ("imap..example") in words that help."""
    try:
        yield
    except UnicodeError as error:
        raise Refused(f"{host} is no host name: correct `host`") from error


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        raise Refused(f"the certificate file {ca_file} cannot be read: correct ca_file") from error


def _allow_plain(tls: str, host: str, what: str) -> None:
    if tls == "none" and host not in _LOOPBACK:
        raise Refused(f'{what} to {host} without encryption would show the password: set tls = "starttls" or "tls"')


def _user(settings: Mailbox) -> str:
    return settings.user or settings.address


def _not_ascii(settings: Mailbox) -> str:
    name = f"the user or the password in {settings.password_env}"
    return f"{settings.name}: {name} has letters outside ASCII, which the sign-in cannot carry: set another password"


def _refused(settings: Mailbox, what: str) -> str:
    if settings.auth == "oauth":
        return f"{settings.name}: the {what} server refused the token: check its permissions, then run `capebot login`"
    return f"{settings.name}: the {what} server refused the password in {settings.password_env}: correct it (often an app password is needed)"
