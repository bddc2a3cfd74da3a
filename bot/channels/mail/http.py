"""An HTTP client for msal whose requests to one authority go to another: a private authority, or a test's."""

from __future__ import annotations

from typing import Any

_TIMEOUT = 30  # seconds


class Redirecting:
    """Requests whose address begins with `old` go to `new` instead. Redirects are not followed."""

    def __init__(self, old: str, new: str) -> None:
        import requests  # noqa: PLC0415 - comes with msal

        self._old, self._new, self._session = old, new.rstrip("/"), requests.Session()

    def get(self, url: str, **options: Any) -> Any:
        """A GET."""
        return self._session.get(self._moved(url), timeout=_TIMEOUT, allow_redirects=False, **_plain(options))

    def post(self, url: str, **options: Any) -> Any:
        """A POST."""
        return self._session.post(self._moved(url), timeout=_TIMEOUT, allow_redirects=False, **_plain(options))

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()

    def _moved(self, url: str) -> str:
        return self._new + url.removeprefix(self._old) if url.startswith(self._old) else url


def _plain(options: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in ("timeout", "allow_redirects")}
