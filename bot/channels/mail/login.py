"""`capebot login`: a person signs the mailbox in once. Microsoft by device code, Google by its page and a local reply."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.channels.mail import oauth

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Mailbox

_GOOGLE_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_WAIT = 300  # seconds for a person to come back from Google's page


def login(settings: Mailbox, tell: Callable[[str], None]) -> None:
    """Sign in and keep the refresh token. `tell` shows what the person must do. Raises SignInNeeded when it fails."""
    block = settings.oauth
    if block is None or block.flow == "app":
        oauth.access_token(settings)
        tell(f"{settings.name}: the credentials work; there is nothing to sign in")
        return
    if block.provider == "google":
        _google(settings, tell)
    else:
        _microsoft(settings, tell)
    tell(f"{settings.name}: signed in")


def _microsoft(settings: Mailbox, tell: Callable[[str], None]) -> None:
    assert settings.oauth is not None  # noqa: S101 - login() has looked
    with oauth.kept(settings) as mine:
        cache = oauth.microsoft_cache(mine)
        client = oauth.microsoft_public(settings.oauth, cache)
        flow = client.initiate_device_flow(scopes=oauth.DELEGATED)
        if "user_code" not in flow:
            raise oauth.SignInNeeded(
                f"Microsoft gives no code ({flow.get('error', 'no reason given')}): check client_id and tenant"
            )
        tell(str(flow["message"]))
        result = client.acquire_token_by_device_flow(flow)
        if "access_token" not in result:
            raise oauth.SignInNeeded(f"the sign-in failed ({result.get('error', 'no reason given')}): try again")
        mine["msal"] = cache.serialize()


def _google(settings: Mailbox, tell: Callable[[str], None]) -> None:
    """Google gives mail access to no device code, so its page sends the answer to a port of this machine."""
    assert settings.oauth is not None  # noqa: S101 - login() has looked
    client = _client_file(settings)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        server.timeout = _WAIT
        back = f"http://127.0.0.1:{server.server_port}/"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": settings.oauth.client_id, "redirect_uri": back, "response_type": "code", "state": state,
            "scope": oauth.GOOGLE_SCOPE, "access_type": "offline", "prompt": "consent", "login_hint": settings.address,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        tell(f"Open this page in a browser on this machine and allow access:\n{_GOOGLE_PAGE}?{urlencode(query)}")
        server.handle_request()
        answer = getattr(server, "answer", {})
    if answer.get("state") != [state] or "code" not in answer:
        raise oauth.SignInNeeded("no valid answer came from Google's page: try again")
    tokens = _exchange(settings, client, {"code": answer["code"][0], "redirect_uri": back, "code_verifier": verifier})
    with oauth.kept(settings) as mine:
        mine["google"], mine["google_secret"] = tokens["refresh_token"], client["client_secret"]


def _exchange(settings: Mailbox, client: dict[str, Any], what: dict[str, str]) -> dict[str, Any]:
    import requests  # noqa: PLC0415 - comes with the extra

    assert settings.oauth is not None  # noqa: S101 - login() has looked
    form = {
        **what, "grant_type": "authorization_code", "client_id": settings.oauth.client_id,
        "client_secret": client["client_secret"],
    }  # fmt: skip
    answer = requests.post(settings.oauth.token_url or oauth.GOOGLE_TOKEN, data=form, timeout=30, allow_redirects=False)
    tokens: dict[str, Any] = answer.json() if answer.ok else {}
    if "refresh_token" not in tokens:
        raise oauth.SignInNeeded(f"Google gives no refresh token (HTTP {answer.status_code}): try again")
    return tokens


def _client_file(settings: Mailbox) -> dict[str, Any]:
    """The desktop client's file from Google's console; its path stands in the variable."""
    try:
        data = json.loads(Path(oauth.secret(settings)).read_text(encoding="utf-8"))
        client: dict[str, Any] = data.get("installed") or data["web"]
        return {"client_secret": client["client_secret"]}
    except (OSError, ValueError, KeyError) as error:
        raise oauth.SignInNeeded(
            "the OAuth client's file cannot be read: download it again from Google's console"
        ) from error


class _Answer(BaseHTTPRequestHandler):
    """Takes the one request that Google's page makes the browser send."""

    def do_GET(self) -> None:
        """Keep the query and thank the person."""
        self.server.answer = parse_qs(urlsplit(self.path).query)  # type: ignore[attr-defined]  # our own mailbox on it
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Signed in. You can close this page.")

    def log_message(self, *_: object) -> None:
        """The query holds a code: it is not logged."""
