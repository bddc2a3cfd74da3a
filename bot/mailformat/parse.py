"""Raw mail -> its parts: words, files and mails inside it. mail-parser in a guard, the standard library behind it.

mail-parser reads the top-level words. It flattens attached mails into the mail around them and gives files as base64
strings, so the tree, the files and attached mails come from the standard library's tolerant parser (compat32), which is
also the fallback when mail-parser cannot read a mail or the mail is one that makes parsers slow.
"""

from __future__ import annotations

import binascii
import email
import email.policy
import logging
import quopri
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

import mailparser
import structlog

from bot.core.model import AttachedMessage, Attachment
from bot.mailformat import headers, html_text

if TYPE_CHECKING:
    from email.message import Message

_DEPTH = 5  # mails within mails that are looked into; deeper ones are handed on as files
MOST_PARTS = 300  # parts of one mail; more is an attack or a mailbox export
_HEAD = 64_000  # bytes of headers up to which mail-parser is trusted with a mail
_TEXT = 2_000_000  # characters of words kept; what follows is data
_BYTES = 4 * _TEXT  # of one part's words that are decoded: no charset takes more for a character
_PARAMETERS = 2_000  # characters of a Content-… header; reading its parameters costs the square of its length
_LOGO = 30_000  # bytes; a picture that HTML shows inline and that is smaller is a logo, not a screenshot
TOO_ODD = (RecursionError, ValueError, LookupError)  # mails nested without end; a boundary in an impossible charset
_log = structlog.get_logger()
# Its log lines quote headers: a subject with entry numbers must not reach any log.
logging.getLogger("mailparser").addHandler(logging.NullHandler())
logging.getLogger("mailparser").propagate = False


class _Bounded(email.policy.Compat32):
    """The tolerant policy, with headers whose parameters are read kept to a bearable length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """See email.policy."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_PARAMETERS] if name.lower().startswith("content-") else value


_POLICY = _Bounded()


@dataclass(slots=True)
class Parts:
    """What a mail holds. `text` is the top-level words; `encrypted` says by what it is locked, or is empty.

    `broken`: its parts cannot be told apart. `slow`: a part names a charset or has a length over which mail-parser would take very long. `count` is that of its parts: beyond MOST_PARTS they are not looked at.
    """

    text: str = ""
    files: list[Attachment] = field(default_factory=list)
    mails: list[AttachedMessage] = field(default_factory=list)
    encrypted: str = ""
    broken: bool = False
    slow: bool = False
    count: int = 0
    tags: int = 0


def message(raw: bytes) -> Message:
    """The standard library's tree. It reads nearly anything: see TOO_ODD."""
    return email.message_from_bytes(raw, policy=_POLICY)


def head(raw: bytes) -> Message:
    """The headers alone; it reads anything, however long the rest is."""
    return BytesHeaderParser(policy=_POLICY).parsebytes(_head_of(raw))


def _head_of(raw: bytes) -> bytes:
    """The bytes up to the first blank line."""
    lines = raw.partition(b"\n\n")[0]
    return lines.partition(b"\n\r\n")[0] + b"\n\n"


def parts(raw: bytes, mail: Message) -> Parts:
    """Everything in the mail, with the path of each nested file."""
    found = Parts()
    plain: list[str] = []
    html: list[str] = []
    _walk(mail, "", 0, found, plain, html)
    words = _words(plain, html, found)
    if not found.mails and not found.slow and len(_head_of(raw)) < _HEAD and found.count < MOST_PARTS:
        words = _better(_by_mailparser(mail), words)
    found.text = headers.clean(words)[:_TEXT].replace("\r\n", "\n")
    if not found.encrypted and "-----BEGIN PGP MESSAGE-----" in found.text[:10_000]:
        found.encrypted = "PGP"
    return found


def forwarded(raw: bytes, name: str) -> Parts:
    """A mail that came as a file of this name: its words under `mails`, its files with the path to them."""
    found = Parts()
    try:
        _nested(message(raw.removeprefix(b"\xef\xbb\xbf")), name, "", 0, found)
    except TOO_ODD:
        return Parts(broken=True)
    return found


def _words(plain: list[str], html: list[str], found: Parts) -> str:
    """The plain words, or those of the HTML when there are none."""
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    words, found.tags = html_text.texts(html, found.tags)
    return words


def _better(one: str, other: str) -> str:
    """The first, unless it is empty or lost characters that the other kept."""
    return one if one and one.count("\ufffd") <= other.count("\ufffd") else other


def _by_mailparser(mail: Message) -> str:
    """The words as mail-parser reads them; empty when it cannot."""
    try:
        return "\n".join(part for part in mailparser.MailParser(mail).text_plain if part.strip())
    except Exception as error:  # noqa: BLE001 - other people's parser on hostile bytes: the fallback has the words
        _log.info("mail-parser could not read a mail; the fallback did", error=type(error).__name__)
        return ""


def _walk(part: Message, path: str, depth: int, found: Parts, plain: list[str], html: list[str]) -> None:
    """Sort a part, and those inside it, into words, files and mails."""
    found.count += 1
    if found.count > MOST_PARTS:
        return
    kind = part.get_content_type()
    if kind == "multipart/encrypted" or _is_enveloped(part, kind):
        found.encrypted = "PGP" if kind == "multipart/encrypted" else "S/MIME"
        return
    if kind == "message/rfc822" and part.is_multipart():
        _nested(_unwrapped(part), _name(part) or "forwarded.eml", path, depth, found)
    elif part.is_multipart():
        for inner in part.get_payload():
            _walk(inner, path, depth, found, plain, html)  # type: ignore[arg-type]  # multipart holds Messages
    else:
        _leaf(part, kind, path, depth, found, plain, html)


def _leaf(part: Message, kind: str, path: str, depth: int, found: Parts, plain: list[str], html: list[str]) -> None:
    name = _name(part)
    content = _content(part)
    charset = _charset(part)
    found.slow = found.slow or not headers.is_charset(charset or "ascii")
    if kind.startswith("multipart/"):
        kind = "text/plain"  # without a boundary it has no parts, and its words stand there plainly
    # A name on the only part of a mail is a broken header more often than a file.
    attached = part.get_content_disposition() == "attachment" or (bool(name) and found.count > 1)
    if kind in ("text/plain", "text/html") and not attached:
        found.slow = found.slow or len(content) > _BYTES
        (plain if kind == "text/plain" else html).append(headers.decoded(content[:_BYTES], charset))
    elif (
        kind == "application/pgp-signature"
        or (name or "").lower() in ("smime.p7s", "signature.asc")
        or _is_logo(part, kind, content)
    ):
        return
    elif (name or "").lower().endswith(".eml") and depth < _DEPTH:
        _nested(message(content), name, path, depth, found)
    elif attached or content.strip():
        found.files.append(Attachment(name or _unnamed(kind), content, kind, path))


def _nested(inner: Message, name: str, path: str, depth: int, found: Parts) -> None:
    """A mail inside the mail: its words count as forwarded, its files carry its name in their path."""
    below = f"{path}/{name}" if path else name
    if depth >= _DEPTH:
        found.files.append(Attachment(name, inner.as_bytes(), "message/rfc822", path))
        return
    plain: list[str] = []
    html: list[str] = []
    _walk(inner, below, depth + 1, found, plain, html)
    words = _words(plain, html, found)
    sender = (headers.addresses(headers.every(inner, "From")) or [""])[0]
    text = headers.clean(words)[:_TEXT].replace("\r\n", "\n")
    found.mails.insert(0, AttachedMessage(sender, headers.first(inner, "Subject"), text, name))


def _unwrapped(part: Message) -> Message:
    """The mail in a message/rfc822 part. In base64 or quoted-printable, which no standard allows, it is common."""
    inner: Message = part.get_payload(0)  # type: ignore[assignment]  # rfc822 holds one Message
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable"):
        return inner
    written = inner.as_bytes(policy=_POLICY.clone(max_line_length=None))
    try:
        raw = binascii.a2b_base64(written) if encoding == "base64" else quopri.decodestring(written)
    except ValueError:
        return inner
    decoded = message(raw)
    return decoded if decoded.keys() else inner


def _content(part: Message) -> bytes:
    """The part's bytes; the raw ones when its transfer encoding is not what it says."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _charset(part: Message) -> str | None:
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None
    return charset if isinstance(charset, str) and "\0" not in charset else None


def _name(part: Message) -> str:
    """The file's name without any folder; RFC 2231 and encoded words decoded. Empty when it has none."""
    try:
        raw = part.get_filename()
    except (ValueError, LookupError, TypeError):
        raw = None
    return headers.line(raw or "").replace("\\", "/").rpartition("/")[2].strip()[:200]


def _unnamed(kind: str) -> str:
    return {"text/csv": "attachment.csv", "application/pdf": "attachment.pdf"}.get(kind, "attachment")


def _is_logo(part: Message, kind: str, content: bytes) -> bool:
    inline = part.get("Content-ID") is not None and part.get_content_disposition() != "attachment"
    return kind.startswith("image/") and inline and len(content) < _LOGO


def _is_enveloped(part: Message, kind: str) -> bool:
    if kind not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return False
    return (part.get_param("smime-type") or "enveloped-data") != "signed-data"
