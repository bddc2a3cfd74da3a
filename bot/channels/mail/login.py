"""`capebot login`: a person signs the mailbox in once. Microsoft by device code, Google by its page and a local reply."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
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
    with oauth.kept(settings):
        pass  # that it can be kept is better known before a person signs in than after
    if block.provider == "google":
        _google(settings, tell)
    else:
        _microsoft(settings, tell)
    tell(f"{settings.name}: signed in")


def _microsoft(settings: Mailbox, tell: Callable[[str], None]) -> None:
    assert settings.oauth is not None  # noqa: S101 - login() has looked
    cache = oauth.microsoft_cache({})  # of its own: the bot may run, and waits for what is kept
    with oauth.reached(settings.oauth):
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
    with oauth.kept(settings) as mine:
        mine["msal"] = cache.serialize()  # the person signed in anew: what was kept for this mailbox is replaced


def _google(settings: Mailbox, tell: Callable[[str], None]) -> None:
    """Google gives mail access to no device code, so its page sends the answer to a port of this machine."""
    assert settings.oauth is not None  # noqa: S101 - login() has looked
    oauth.import_google()
    client = _client_file(settings)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with _Page(state) as page:
        back = f"http://127.0.0.1:{page.server_port}/"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": settings.oauth.client_id, "redirect_uri": back, "response_type": "code", "state": state,
            "scope": oauth.GOOGLE_SCOPE, "access_type": "offline", "prompt": "consent", "login_hint": settings.address,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        tell(f"Open this page in a browser on this machine and allow access:\n{_GOOGLE_PAGE}?{urlencode(query)}")
        answer = page.wait()
    if "code" not in answer:
        why = f"Google says {answer['error'][0][:60]!r}" if "error" in answer else f"no answer within {_WAIT} seconds"
        raise oauth.SignInNeeded(f"no valid answer came from Google's page ({why}): try again")
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
    with oauth.reached(settings.oauth):
        answer = requests.post(
            settings.oauth.token_url or oauth.GOOGLE_TOKEN, data=form, timeout=30, allow_redirects=False
        )
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
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise oauth.SignInNeeded(
            "the OAuth client's file cannot be read: download it again from Google's console"
        ) from error


class _Page(ThreadingHTTPServer):
    """Waits on this machine for the one request that Google's page makes the browser send.

    Browsers open connections that they do not use, and ask for icons: none of that may stand in the way.
    """

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.state = state
        self.answer: dict[str, list[str]] = {}
        self.came = Event()
        Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def wait(self) -> dict[str, list[str]]:
        """The answer's query; empty when none came in time."""
        self.came.wait(_WAIT)
        self.shutdown()
        return self.answer


class _Answer(BaseHTTPRequestHandler):
    """Takes the request that carries our state; all others are not found."""

    server: _Page
    timeout = 5  # seconds for a request: a connection that says nothing is let go

    def do_GET(self) -> None:
        """Keep the query and thank the person."""
        query = parse_qs(urlsplit(self.path).query)
        mine = query.get("state") == [self.server.state] and not self.server.came.is_set()
        self.send_response(200 if mine else 404)
        self.end_headers()
        if mine:
            words = b"Signed in." if "code" in query else b"Not signed in."
            self.wfile.write(words + b" You can close this page.")
            self.server.answer = query
            self.server.came.set()

    def log_message(self, *_: object) -> None:
        """The query holds a code: it is not logged."""
