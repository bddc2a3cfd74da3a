"""How far a mailbox folder was read, and where that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """The next UID to look at under this UIDVALIDITY; `started`: nothing older is ever answered."""

    uidvalidity: int
    next_uid: int
    started: datetime


class MarkStore(Protocol):
    """Keeps marks over restarts."""

    def mark(self, account: str, folder: str) -> Mark | None:
        """The mark of a folder; None before the first run."""

    def set_mark(self, account: str, folder: str, mark: Mark) -> None:
        """Keep a mark."""
