r"""Listening to an IMAP folder: IDLE with a poll beside it, UIDs only, nothing taken before it is stored.

The order is: fetch with BODY.PEEK[], hand over, and only when the service has it safe: keyword or move, then the mark.
A crash anywhere in between brings the mail again, and the service knows it by its identity. `\Seen` is neither read
nor set: people read the mailbox too. Nothing is ever expunged.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from bot.channels.mail import connect, oauth
from bot.channels.marks import Mark
from bot.mailformat.identity import identity
from bot.mailformat.read import OVERSIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from imapclient import IMAPClient

    from bot.channels.marks import MarkStore
    from bot.settings import Mailbox

MAX_MAIL = 25_000_000  # bytes; of a larger mail only the headers are fetched
_IDLE = 300.0  # seconds of IDLE at most: servers and firewalls forget silent lines, some after ten minutes
_SLICE = 1.0  # seconds between looks at `stop`
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0  # seconds before connecting again
_REFUSED_PAUSE = 60.0  # a wrong password is not hammered: accounts get locked
_TRIES = 3  # fetches of one mail before it is passed over, loudly
_log = structlog.get_logger()


class Inbox:
    """One folder of one mailbox."""

    def __init__(self, settings: Mailbox, marks: MarkStore) -> None:
        self._settings = settings
        self._marks = marks
        self._failed: dict[int, int] = {}

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Watch the folder until `stop`, over as many connections as it takes."""
        pause = _FIRST_PAUSE
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._watch(take, stop)
                continue
            except (connect.Refused, oauth.SignInNeeded) as error:
                _log.error("the mailbox refuses the sign-in", channel=self._settings.name, todo=str(error))
                pause = max(pause, _REFUSED_PAUSE)
            except (IMAPClientError, OSError, ValueError) as error:
                if time.monotonic() - began > _REFUSED_PAUSE:
                    pause = _FIRST_PAUSE
                _log.warning(
                    "the mailbox is away and is tried again",
                    channel=self._settings.name, error=type(error).__name__, seconds=round(pause),
                )  # fmt: skip
            stop.wait(pause * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _watch(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """One connection's life."""
        client = connect.imap(self._settings)
        try:
            folder = client.select_folder(self._settings.folder)
            keywords = b"\\*" in folder.get(b"PERMANENTFLAGS", ()) or self._keyword in folder.get(b"PERMANENTFLAGS", ())
            mark = self._mark(folder)
            _log.info("the mailbox is watched", channel=self._settings.name, idle=client.has_capability("IDLE"))
            while not stop.is_set():
                mark = self._take_new(client, mark, take, keywords=keywords)
                self._wait(client, stop)
        finally:
            client.shutdown()

    @property
    def _keyword(self) -> bytes:
        return self._settings.done_keyword.encode("ascii", "replace")

    def _mark(self, folder: dict[bytes, object]) -> Mark:
        """Where to go on. A first run answers nothing older; a renumbered folder is looked through from our start."""
        uidvalidity = int(folder[b"UIDVALIDITY"])  # type: ignore[call-overload]  # imapclient has no types
        mark = self._marks.mark(self._account, self._settings.folder)
        if mark is None:
            # UIDNEXT is optional in old servers; then the newest UID is asked for by the first search.
            mark = Mark(uidvalidity, int(folder.get(b"UIDNEXT", 1)), datetime.now(UTC))  # type: ignore[call-overload]
        elif mark.uidvalidity != uidvalidity:
            _log.warning(
                "the folder was renumbered; mail since the start is looked through", channel=self._settings.name
            )
            mark = Mark(uidvalidity, 1, mark.started)
        else:
            return mark
        self._marks.set_mark(self._account, self._settings.folder, mark)
        return mark

    @property
    def _account(self) -> str:
        return f"{self._settings.user or self._settings.address}@{self._settings.host}"

    def _take_new(self, client: IMAPClient, mark: Mark, take: Callable[[str, bytes], bool], *, keywords: bool) -> Mark:
        """Hand over what is new; stop at the first that the service cannot store."""
        flag = keywords and self._settings.done == "flag"
        since = (mark.started - timedelta(days=1)).date()  # SINCE compares days, in the server's zone
        criteria = ["UID", f"{mark.next_uid}:*", "SINCE", since]
        uids = client.search([*criteria, "UNKEYWORD", self._settings.done_keyword] if flag else criteria)
        for uid in sorted(uid for uid in uids if uid >= mark.next_uid):  # "n:*" gives the last one even below n
            if not self._hand_over(client, uid, mark.started, take, flag=flag):
                break
            mark = Mark(mark.uidvalidity, uid + 1, mark.started)
            self._marks.set_mark(self._account, self._settings.folder, mark)
        return mark

    def _hand_over(
        self, client: IMAPClient, uid: int, started: datetime, take: Callable[[str, bytes], bool], *, flag: bool
    ) -> bool:
        """One mail. True: it is dealt with, or is not there any more."""
        if self._failed.get(uid, 0) >= _TRIES:
            _log.error("a mail cannot be fetched and is passed over", channel=self._settings.name, uid=uid)
            return True
        self._failed[uid] = self._failed.get(uid, 0) + 1
        facts = client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
        if facts is None or _older(facts[b"INTERNALDATE"], started):
            self._failed.pop(uid)
            return True
        raw = self._raw(client, uid, facts[b"RFC822.SIZE"])
        if raw is None:
            return True
        if not take(identity(raw), raw):
            self._failed.pop(uid)
            return False
        self._done(client, uid, flag=flag)
        self._failed.pop(uid)
        return True

    def _raw(self, client: IMAPClient, uid: int, size: int) -> bytes | None:
        """The mail's bytes; of one over the limit the headers, with the size noted in front. None: it went away."""
        part = b"BODY[HEADER]" if size > MAX_MAIL else b"BODY[]"
        fetched = client.fetch([uid], [part.replace(b"BODY", b"BODY.PEEK")]).get(uid, {}).get(part)
        if fetched is None:
            return None
        note = f"{OVERSIZE}:".encode()
        while fetched[: len(note)].lower() == note.lower():  # only we may say so
            fetched = fetched.partition(b"\n")[2]
        return b"%s %d\r\n%s" % (note, size, fetched) if size > MAX_MAIL else fetched

    def _done(self, client: IMAPClient, uid: int, *, flag: bool) -> None:
        """Show people that the mail is taken: a keyword, or another folder. Without either the mark alone keeps it."""
        if flag:
            client.add_flags([uid], [self._keyword], silent=True)
        elif self._settings.done == "move":
            folder = self._settings.done_folder
            if not client.folder_exists(folder):
                client.create_folder(folder)
            if client.has_capability("MOVE"):
                client.move([uid], folder)
            else:
                _log.warning("the server cannot move mail; it stays", channel=self._settings.name)

    def _wait(self, client: IMAPClient, stop: Event) -> None:
        """Until something may be new: a word from the server, or the poll interval."""
        end = time.monotonic() + min(self._settings.poll_seconds, _IDLE)
        if client.has_capability("IDLE"):
            client.idle()
            while not stop.is_set() and (left := end - time.monotonic()) > 0:
                asked = time.monotonic()
                if client.idle_check(timeout=min(_SLICE, left)):
                    break
                if time.monotonic() - asked < min(_SLICE, left) / 2:
                    break  # a closed line answers at once with nothing; NOOP tells
            client.idle_done()
        else:
            stop.wait(max(0.0, end - time.monotonic()))
        if not stop.is_set():
            client.noop()


def in_sent_folder(settings: Mailbox, message_id: str) -> bool:
    """Whether a mail with this Message-ID lies in the Sent folder; False also when that cannot be found out."""
    try:
        client = connect.imap(settings)
    except (connect.Refused, oauth.SignInNeeded, IMAPClientError, OSError):
        return False
    try:
        folder = settings.sent_folder or client.find_special_folder(SENT)
        if not folder:
            return False
        client.select_folder(folder, readonly=True)
        return bool(client.search(["HEADER", "Message-ID", message_id]))
    except (IMAPClientError, OSError):
        return False
    finally:
        client.shutdown()


def _older(received: datetime, started: datetime) -> bool:
    """Whether the server got it before our first run; imapclient gives its own zone's time without a zone."""
    aware = received.astimezone(UTC) if received.tzinfo else received.astimezone().astimezone(UTC)
    return aware < started.astimezone(UTC) - timedelta(seconds=1)  # INTERNALDATE has whole seconds
