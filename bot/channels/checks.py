"""One finding of `capebot doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was tried, whether it is fine, and how to mend it when it is not."""

    ok: bool
    what: str
    mend: str = ""
