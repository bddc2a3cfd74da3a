"""A folder as a channel: a Maildir in, a Maildir out. No server, no account; the embedded default."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.channels import NotSent
from bot.mailformat.identity import identity
from bot.mailformat.read import Policy, incoming
from bot.mailformat.write import message_id, reply_mail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from bot.core.model import Incoming, Reply
    from bot.settings import Folder

_log = structlog.get_logger()


class MaildirChannel:
    """Mail files that appear in `inbox/new` (or in `inbox` itself) are answered into `outbox/new`.

    Taken files move to `inbox/cur`. The files of a reply also stand under `outbox/files/<reference>/`.
    """

    def __init__(self, settings: Folder) -> None:
        self.name = settings.name
        self._settings = settings
        self._policy = Policy(own=frozenset({settings.address.lower()}), allow=settings.allow, hold=True)
        for box in (settings.inbox, settings.outbox):
            for part in ("tmp", "new", "cur"):
                (box / part).mkdir(parents=True, exist_ok=True)

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Look into the folder until `stop`; with `stop_when_empty` until nothing is left in it."""
        while not stop.is_set():
            left = 0
            for path in self._waiting():
                left += not self._hand_over(path, take)
            if self._settings.stop_when_empty and not left:
                return
            stop.wait(self._settings.poll_seconds)

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Read a mail; never None: whatever lies in the folder is for us."""
        return incoming(id, payload, self._policy)

    def send(self, incoming: Incoming, reply: Reply, reference: str) -> None:
        """Put the reply into the outbox, whole or not at all."""
        now = datetime.now(UTC).astimezone()
        try:
            mail = reply_mail(incoming, reply, sender=self._settings.address, reference=reference, now=now)
        except (ValueError, LookupError) as error:
            raise NotSent(f"the reply cannot be written as mail ({type(error).__name__})", retry=False) from error
        try:
            folder = self._settings.outbox / "files" / _name(reference)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "reply.txt").write_text(reply.text, encoding="utf-8")
            for output in reply.outputs:
                (folder / Path(output.name).name).write_bytes(output.content)
            _deliver(self._settings.outbox, _name(reference), mail)
        except OSError as error:
            raise NotSent(
                f"the folder for replies cannot be written ({error.strerror}): make room", retry=True
            ) from error

    def answer_name(self, reference: str) -> str:
        """The Message-ID of the reply."""
        return message_id(reference, self._settings.address)

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:  # noqa: ARG002 - the contract's parameter
        """Whether the reply lies in the outbox; certain, as its name is known."""
        box = self._settings.outbox
        return any(
            path.name.partition(":")[0] == _name(reference)
            for part in ("new", "cur")
            for path in (box / part).iterdir()
        )

    def _waiting(self) -> Iterator[Path]:
        inbox = self._settings.inbox
        for folder in (inbox / "new", inbox):
            yield from sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))

    def _hand_over(self, path: Path, take: Callable[[str, bytes], bool]) -> bool:
        """Give one file to the service, and move it only when that has it safe."""
        try:
            raw = path.read_bytes()
            if not take(identity(raw), raw):
                return False
            flagged = path.name if ":2," in path.name else f"{path.name}:2,S"
            path.replace(self._settings.inbox / "cur" / flagged)
        except OSError as error:
            _log.warning("a file in the folder cannot be taken", channel=self.name, error=error.strerror)
            return False
        return True


def _deliver(box: Path, name: str, content: bytes) -> None:
    """Maildir's way: written and synced under tmp, then moved."""
    draft = box / "tmp" / name
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(box / "new" / name)


def _name(reference: str) -> str:
    """A file name for a reference: the same for the same, and safe whatever it holds."""
    return hashlib.sha256(reference.encode()).hexdigest()[:24]
