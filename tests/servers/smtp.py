"""A real SMTP server on loopback: STARTTLS, passwords and XOAUTH2, and faults at will."""

import base64
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from servers.dovecot import free_port


class Handler:
    """Keeps what it takes. `faults` maps a stage (MAIL, RCPT, DATA) to the answer given instead."""

    def __init__(self):
        self.mails = []
        self.faults = {}
        self.hang_up_after_data = False
        self.tokens = set()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if "MAIL" in self.faults:
            return self.faults["MAIL"]
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if "RCPT" in self.faults:
            return self.faults["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.faults:
            return self.faults["DATA"]
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.hang_up_after_data:
            server.transport.abort()
        return "250 taken"

    async def auth_XOAUTH2(self, server, args):  # noqa: N802 - aiosmtpd's name
        raw = args[1] if len(args) > 1 else (await server.challenge_auth("")).decode()
        text = base64.b64decode(raw).decode()
        fields = dict(part.partition("=")[::2] for part in text.split("\1") if part)
        if fields.get("auth", "").removeprefix("Bearer ") in self.tokens:
            return AuthResult(success=True, auth_data=fields["user"])
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


def _password(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b"pw", handled=False)


class Server(Controller):
    def __init__(self, cert, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.tls = context
        super().__init__(Handler(), hostname="127.0.0.1", port=free_port())

    def factory(self):
        return SMTP(
            self.handler, tls_context=self.tls, require_starttls=True, auth_required=True, authenticator=_password,
            hostname="smtp.brokerage.example",
        )  # fmt: skip
