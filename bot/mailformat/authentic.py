"""Does our own mail server vouch for the From domain? Only its topmost Authentication-Results header counts."""

from __future__ import annotations

import authres
import structlog

_log = structlog.get_logger()


def aligned(values: list[str], authserv_id: str, domain: str) -> bool:
    """Whether DMARC passed, or DKIM or SPF passed for the domain itself, by the topmost header of `authserv_id`.

    A header below the first one may have been injected by the sender. What cannot be parsed counts as none.
    """
    if not values:
        return False
    header = _parsed(values[0], authserv_id)
    if header is None or (header.authserv_id or "").lower() != authserv_id.lower():
        return False
    return any(_vouches(result, domain) for result in header.results)


def _parsed(value: str, authserv_id: str) -> authres.AuthenticationResultsHeader | None:
    """The header; Microsoft 365 leaves out the server's name, so a value without one is tried with it."""
    first = value.split(";", 1)[0].strip()
    tries = [value] if "=" not in first else [f"{authserv_id}; {value}"]
    for one in tries:
        try:
            return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {one}")
        except (authres.AuthResError, ValueError, IndexError, AttributeError) as error:
            _log.info("Authentication-Results could not be read", error=type(error).__name__)
    return None


def _vouches(result: object, domain: str) -> bool:
    method, verdict = getattr(result, "method", ""), getattr(result, "result", "")
    if verdict != "pass":
        return False
    if method == "dmarc":
        named = _property(result, "header", "from")
        return named in ("", domain)
    if method == "dkim":
        return _property(result, "header", "d") == domain
    if method == "spf":
        return _property(result, "smtp", "mailfrom").rpartition("@")[2] == domain
    return False


def _property(result: object, kind: str, name: str) -> str:
    for one in getattr(result, "properties", ()):
        if one.type == kind and one.name == name:
            return str(one.value).strip("<>\"' ").lower()
    return ""
