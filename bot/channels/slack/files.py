"""Files out of Slack: the token goes to allowed hosts only, sizes are capped, a log-in page is no file."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.core.model import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from email.message import Message
    from typing import IO

MAX_FILE = 200_000_000  # bytes; the contract's limit for a file from Slack
_TIMEOUT = 60  # seconds without a byte
_CHUNK = 1 << 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NO_SCOPE = (
    "I may not read files here. Ask whoever installed me to add the permission files:read (app settings, OAuth &"
    " Permissions) and to reinstall the app; meanwhile paste the text."
)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the token is not carried anywhere else."""


def attachment(
    file: dict[str, Any], token: str, hosts: Collection[str], look_up: Callable[[str], dict[str, Any]]
) -> Attachment:
    """Take a file object of a message; give the file, or why it could not be had. Raises OSError when Slack is away."""
    if file.get("file_access") == "check_file_info" and file.get("id"):
        file = look_up(file["id"])  # a file of another organisation comes as a stub
    name = str(file.get("name") or file.get("title") or "file")[:200]
    media = str(file.get("mimetype") or "application/octet-stream")
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    problem = _unfit(file, url, hosts)
    if problem:
        return Attachment(name, b"", media, problem=problem)
    content = _fetched(url, token, media)
    return (
        Attachment(name, b"", media, problem=content) if isinstance(content, str) else Attachment(name, content, media)
    )


def _unfit(file: dict[str, Any], url: str, hosts: Collection[str]) -> str:
    parts = urlsplit(url)
    allowed = parts.hostname in hosts and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
    if int(file.get("size") or 0) > MAX_FILE:
        return f"The file has {int(file['size']) / 1e6:,.0f} MB; I read up to {MAX_FILE / 1e6:,.0f} MB. Split it."
    if not url or file.get("mode") in ("tombstone", "hidden_by_limit"):
        return "Slack does not hand the file out any more. Upload it again."
    return "" if allowed else "The file does not lie at Slack, so I do not fetch it. Upload it here, or paste the text."


def _fetched(url: str, token: str, media: str) -> bytes | str:
    """The bytes, or a sentence why not."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - scheme and host are checked
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
            return _read(answer, answer.headers, media)
    except urllib.error.HTTPError as error:
        if error.code in (301, 302, 303, 307, 308, 401, 403):
            return _NO_SCOPE
        if error.code == 404:  # noqa: PLR2004 - HTTP's "not found"
            return "Slack does not have the file any more. Upload it again."
        raise OSError(f"Slack answered {error.code} for a file") from error


def _read(answer: IO[bytes], headers: Message, media: str) -> bytes | str:
    got = bytearray()
    while chunk := answer.read(_CHUNK):
        got += chunk
        if len(got) > MAX_FILE:
            return f"The file has more than {MAX_FILE / 1e6:,.0f} MB, which I do not read. Split it."
    page = headers.get_content_type() == "text/html" and media != "text/html"
    if page and got.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        return _NO_SCOPE  # without the permission Slack answers 200 with its log-in page
    return bytes(got)
