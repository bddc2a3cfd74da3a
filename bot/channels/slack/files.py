"""Files out of Slack: the token goes to allowed hosts only, sizes are capped, a log-in page is no file."""

from __future__ import annotations

import io
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from bot.channels.slack import client
from bot.core.model import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from http.client import HTTPResponse

MAX_FILE = 200_000_000  # bytes; the contract's limit for a file from Slack
_SILENCE = 30.0  # seconds without a byte
_IN_ALL = 600.0  # seconds for one file: 200 MB at 3 Mbit/s
_PAUSES = (1.0, 4.0)  # seconds before the second and the third try
_CHUNK = 1 << 18
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REDIRECTS = (301, 302, 303, 307, 308)
_FORBIDDEN = (401, 403)
_GONE = (404, 410)
_NO_SCOPE = (
    "I may not read files here. Ask whoever installed me to add the files:read permission (OAuth & Permissions in the"
    " app settings) and reinstall; meanwhile paste the text."
)
_NOT_HERE = "The file does not lie at Slack, so I do not fetch it. Upload it here, or paste the text."
_NOT_ANY_MORE = "Slack does not hand the file out any more. Upload it again."


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the token is not carried anywhere else."""


class _Failed(Exception):  # noqa: N818 - it says what happened
    """One try did not bring the file; another may."""


def attachment(
    file: dict[str, Any], token: str, hosts: Collection[str], look_up: Callable[[str], dict[str, Any]]
) -> Attachment:
    """Take a file object of a message; give the file, or why it could not be had.

    `look_up` asks Slack about a file by its id; it is all that may raise, when Slack is away.
    """
    refused = ""
    if file.get("id") and (file.get("file_access") == "check_file_info" or not _address(file)):
        try:
            file = look_up(file["id"]) or file  # a file of another organisation comes as a stub
        except SlackApiError as error:
            if client.is_server_error(error):
                raise
            refused = _NO_SCOPE if client.code(error) == "missing_scope" else _NOT_ANY_MORE
    name = _name(file)
    media = str(file.get("mimetype") or "application/octet-stream")
    got = refused or _unfit(file, hosts) or _fetched(file, token)
    return Attachment(name, b"", media, problem=got) if isinstance(got, str) else Attachment(name, got, media)


def _address(file: dict[str, Any]) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


def _name(file: dict[str, Any]) -> str:
    """A name without a path or control characters."""
    given = str(file.get("name") or file.get("title") or "")
    shown = "".join(sign for sign in given if sign.isprintable()).replace("\\", "/").rpartition("/")[2].strip()
    return shown[:200] or "file"


def _size(file: dict[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0


def _unfit(file: dict[str, Any], hosts: Collection[str]) -> str:
    if _size(file) > MAX_FILE:
        return _too_big(_size(file))
    if file.get("mode") in ("tombstone", "hidden_by_limit") or not _address(file):
        return _NOT_ANY_MORE
    try:
        parts = urlsplit(_address(file))
        host = parts.hostname or ""
    except ValueError:
        return _NOT_HERE
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return "" if safe and host in hosts else _NOT_HERE


def _too_big(size: int) -> str:
    return f"The file has {size / 1e6:,.0f} MB; I read up to {MAX_FILE / 1e6:,.0f} MB. Split it, then upload the parts."


def _fetched(file: dict[str, Any], token: str) -> bytes | str:
    """The bytes, or a sentence why not; what is passing is tried three times."""
    why = ""
    for pause in (0.0, *_PAUSES):
        time.sleep(pause)
        try:
            return _once(file, token)
        except _Failed as failed:
            why = str(failed)
    return f"Slack could not hand the file over ({why}). Upload it again in a few minutes, or paste the text."


def _once(file: dict[str, Any], token: str) -> bytes | str:
    try:
        request = urllib.request.Request(_address(file), headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - scheme and host are checked
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_SILENCE) as answer:
            return _read(answer, file)
    except urllib.error.HTTPError as error:
        if error.code in _REDIRECTS or error.code in _FORBIDDEN:  # without the permission Slack points to its log-in
            return _NO_SCOPE
        if error.code in _GONE:
            return _NOT_ANY_MORE
        raise _Failed(f"HTTP {error.code}") from error
    except TimeoutError as error:
        raise _Failed("it took too long") from error
    except (OSError, HTTPException, ValueError) as error:
        raise _Failed(type(error).__name__) from error


def _read(answer: HTTPResponse, file: dict[str, Any]) -> bytes | str:
    """All of the answer's body, or why it is not the file."""
    promised = answer.headers.get("Content-Length", "")
    if promised.isdigit() and int(promised) > MAX_FILE:
        return _too_big(int(promised))
    got, end = io.BytesIO(), time.monotonic() + _IN_ALL
    while chunk := answer.read1(_CHUNK):
        got.write(chunk)
        if got.tell() > MAX_FILE:
            return _too_big(got.tell())
        if time.monotonic() > end:
            raise TimeoutError
    content = got.getvalue()
    if promised.isdigit() and int(promised) != len(content):
        raise _Failed("it broke off")
    return _NO_SCOPE if _is_log_in(answer, content, file) else content


def _is_log_in(answer: HTTPResponse, content: bytes, file: dict[str, Any]) -> bool:
    """Without the permission Slack answers 200 with its log-in page. A web page that was uploaded has its own size."""
    page = answer.headers.get_content_type() == "text/html"
    page = page and content.lstrip()[:15].lower().startswith((b"<!doctype", b"<html"))
    own = file.get("mimetype") == "text/html" and _size(file) == len(content)
    return page and not own
