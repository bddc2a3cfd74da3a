"""Access tokens for IMAP and SMTP: Microsoft 365 through msal, Gmail through google-auth.

What a sign-in leaves behind (refresh tokens) lies in a file outside the repository, readable by its owner only.
Tried against a local authority; the steps in Microsoft's and Google's consoles could not be tried on a live tenant.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.channels.mail.http import Redirecting
from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Mailbox, OAuth

MICROSOFT = "https://login.microsoftonline.com"
GOOGLE_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret
GOOGLE_SCOPE = "https://mail.google.com/"
DELEGATED = ["https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"]
APP_ONLY = ["https://outlook.office365.com/.default"]


_TIMEOUT = 30  # seconds for an answer of a token server; msal itself would wait for ever
_LOCKED = 60.0  # seconds to wait for the token file: longer than the other worker's refresh may take


class SignInNeeded(Mendable):
    """There is no usable sign-in; a person must run `capebot login` or correct what the text names."""


def access_token(settings: Mailbox) -> str:
    """A token that is valid now, fetched anew when the kept one is about to end. Raises SignInNeeded."""
    oauth = _block(settings)
    if oauth.provider == "google":
        return _google(settings, oauth)
    return _microsoft_app(settings, oauth) if oauth.flow == "app" else _microsoft_user(settings, oauth)


def microsoft_public(oauth: OAuth, cache: Any) -> Any:
    """Msal's client for a person's sign-in, over the given token cache."""
    msal = _import_msal()
    return msal.PublicClientApplication(
        oauth.client_id, authority=f"{MICROSOFT}/{oauth.tenant}", token_cache=cache, **_elsewhere(oauth)
    )


@contextmanager
def reached(oauth: OAuth) -> Iterator[None]:
    """What goes wrong while a token server is asked, as SignInNeeded: which setting is wrong, or that it is away."""
    from requests import RequestException  # noqa: PLC0415 - comes with either extra

    try:
        yield
    except RequestException as error:
        server = oauth.token_url or (GOOGLE_TOKEN if oauth.provider == "google" else MICROSOFT)
        raise SignInNeeded(
            f"the token server {server} cannot be reached ({type(error).__name__}): check the network; the sign-in is kept"
        ) from error
    except ValueError as error:  # msal's word for a tenant that nobody knows
        raise SignInNeeded(f"Microsoft knows no tenant {oauth.tenant!r} for this client: correct `tenant`") from error


@contextmanager
def kept(settings: Mailbox) -> Iterator[dict[str, str]]:
    """What is kept for this mailbox; changes are written back at the end, whole or not at all.

    Nothing that waits for a person belongs inside: the running bot waits for the file too.
    """
    path = _block(settings).token_cache.expanduser()
    with _locked(path):
        try:
            every = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            every = {}
        except (OSError, ValueError) as error:
            raise SignInNeeded(f"{path} cannot be read: remove it and run `capebot login`") from error
        mine = every.setdefault(settings.address, {})
        before = dict(mine)
        yield mine
        if mine != before:
            _write(path, every)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two workers refresh in turn."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = path.with_suffix(".lock").open("w")
    except OSError as error:
        raise SignInNeeded(_unwritable(path, error)) from error
    with lock:
        deadline = time.monotonic() + _LOCKED
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise SignInNeeded(
                        f"{path} is held by another process of capebot for {_LOCKED:g} s: see which, and end it"
                    ) from error
            time.sleep(0.05)
        yield


def _write(path: Path, every: dict[str, dict[str, str]]) -> None:
    fresh = path.with_suffix(".new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(every, file)
        fresh.replace(path)
    except OSError as error:
        raise SignInNeeded(_unwritable(path, error)) from error


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"the token file {path} cannot be written ({error.strerror}): correct token_cache or make its folder writable"
    )


def microsoft_cache(mine: dict[str, str]) -> Any:
    """Msal's token cache out of what is kept."""
    cache = _import_msal().SerializableTokenCache()
    if "msal" in mine:
        cache.deserialize(mine["msal"])
    return cache


def secret(settings: Mailbox) -> str:
    """The value of the variable that the settings name for OAuth."""
    name = _block(settings).secret_env
    value = os.environ.get(name, "")
    if not value:
        raise SignInNeeded(f"{settings.name}: the variable {name} is empty; the README says what it holds")
    return value


def _microsoft_user(settings: Mailbox, oauth: OAuth) -> str:
    with kept(settings) as mine:
        cache = microsoft_cache(mine)
        with reached(oauth):
            client = microsoft_public(oauth, cache)
            accounts = client.get_accounts()
            result = client.acquire_token_silent(DELEGATED, account=accounts[0]) if accounts else None
        if cache.has_state_changed:
            mine["msal"] = cache.serialize()
    return _token(settings, result)


def _microsoft_app(settings: Mailbox, oauth: OAuth) -> str:
    msal = _import_msal()
    credential = secret(settings)
    with reached(oauth):
        client = msal.ConfidentialClientApplication(
            oauth.client_id,
            client_credential=credential,
            authority=f"{MICROSOFT}/{oauth.tenant}",
            **_elsewhere(oauth),
        )
        result = client.acquire_token_for_client(scopes=APP_ONLY)
    return _token(settings, result)


def _token(settings: Mailbox, result: dict[str, Any] | None) -> str:
    if result and "access_token" in result:
        return str(result["access_token"])
    why = f" ({result.get('error', 'no reason given')})" if result else ""
    if _block(settings).flow == "app":
        raise SignInNeeded(f"{settings.name}: Microsoft gives no token{why}: correct client_id or the client secret")
    raise SignInNeeded(f"{settings.name}: Microsoft gives no token{why}: run `capebot login` again")


def _google(settings: Mailbox, oauth: OAuth) -> str:
    import_google()
    from google.auth.exceptions import GoogleAuthError, TransportError  # noqa: PLC0415 - an extra
    from google.auth.transport.requests import Request  # noqa: PLC0415

    credentials = _google_service(settings, oauth) if oauth.flow == "app" else _google_user(settings, oauth)
    try:
        credentials.refresh(Request())
    except TransportError as error:
        server = oauth.token_url or GOOGLE_TOKEN
        raise SignInNeeded(
            f"{settings.name}: {server} cannot be reached: check the network; the sign-in is kept"
        ) from error
    except GoogleAuthError as error:
        todo = "check the key file and the delegation" if oauth.flow == "app" else "run `capebot login` again"
        raise SignInNeeded(f"{settings.name}: Google gives no token: {todo}") from error
    return str(credentials.token)


def import_google() -> None:
    """Load what the sign-in at Google takes, so that a missing extra is said before a person signs in in vain."""
    try:
        import google.auth.transport.requests  # noqa: PLC0415 - an extra
        import google.oauth2.credentials  # noqa: F401, PLC0415
    except ImportError as error:
        raise SignInNeeded("Gmail needs an extra: pip install -c deploy/constraints.txt '.[google]'") from error


def _google_user(settings: Mailbox, oauth: OAuth) -> Any:
    from google.oauth2.credentials import Credentials  # noqa: PLC0415

    with kept(settings) as mine:
        refresh, client_secret = mine.get("google"), mine.get("google_secret")
    if not refresh:
        raise SignInNeeded(f"{settings.name}: not signed in to Google yet: run `capebot login`")
    return Credentials(  # type: ignore[no-untyped-call]  # google-auth's own
        token=None,
        refresh_token=refresh,
        token_uri=oauth.token_url or GOOGLE_TOKEN,
        client_id=oauth.client_id,
        client_secret=client_secret,
        scopes=[GOOGLE_SCOPE],
    )


def _google_service(settings: Mailbox, oauth: OAuth) -> Any:
    """A service account with domain-wide delegation, acting for the mailbox."""
    from google.oauth2 import service_account  # noqa: PLC0415

    try:
        with open(secret(settings), encoding="utf-8") as file:  # noqa: PTH123 - a path from the environment
            info = json.load(file)
    except (OSError, ValueError) as error:
        raise SignInNeeded(f"{settings.name}: the key file named by {oauth.secret_env} cannot be read") from error
    try:
        if oauth.token_url:
            info["token_uri"] = oauth.token_url
        return service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # google-auth's own
            info, scopes=[GOOGLE_SCOPE], subject=settings.address
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SignInNeeded(
            f"{settings.name}: the file named by {oauth.secret_env} is no service account's key: download that from Google's console"
        ) from error


def _import_msal() -> Any:
    try:
        import msal  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SignInNeeded("Microsoft 365 needs an extra: pip install -c deploy/constraints.txt '.[m365]'") from error
    return msal


def _elsewhere(oauth: OAuth) -> dict[str, Any]:
    """Msal insists on its authority's name; with `token_url` its requests go to another server all the same."""
    if not oauth.token_url:
        return {"timeout": _TIMEOUT}
    return {"http_client": Redirecting(MICROSOFT, oauth.token_url), "instance_discovery": False}


def _block(settings: Mailbox) -> OAuth:
    if settings.oauth is None:
        raise SignInNeeded(f'{settings.name}: auth = "oauth" needs an [mail.oauth] block')
    return settings.oauth
