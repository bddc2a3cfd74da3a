"""How far a mailbox folder was read, and where that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """The next UID to look at under this UIDVALIDITY.

    What has a UID from `first_uid` on came after the first run, whatever its date says: it may have been moved in, or
    the server's clock is behind. Below it, as in a renumbered folder, nothing from before `started` is answered.
    """

    uidvalidity: int
    next_uid: int
    started: datetime
    first_uid: int


class MarkStore(Protocol):
    """Keeps marks over restarts."""

    def mark(self, account: str, folder: str) -> Mark | None:
        """The mark of a folder; None before the first run."""

    def set_mark(self, account: str, folder: str, mark: Mark) -> None:
        """Keep a mark."""
