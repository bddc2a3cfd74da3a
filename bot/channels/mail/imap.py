r"""Listening to an IMAP folder: IDLE with a poll beside it, UIDs only, nothing taken before it is stored.

The order is: fetch with BODY.PEEK[], hand over, and only when the service has it safe: keyword or move, then the mark.
A crash anywhere in between brings the mail again, and the service knows it by its identity. `\Seen` is neither read
nor set: people read the mailbox too. Nothing is ever expunged.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.imapclient import SENT

from bot.channels.mail import connect, oauth
from bot.channels.marks import Mark
from bot.mailformat.identity import identity
from bot.mailformat.read import OVERSIZE, UNFETCHED

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from imapclient import IMAPClient

    from bot.channels.marks import MarkStore
    from bot.settings import Mailbox

MAX_MAIL = 25_000_000  # bytes; of a larger mail only the headers are fetched
_FIRST_IDLE = 1.0  # seconds; each further one is twice as long
_IDLE = 300.0  # seconds of IDLE at most: servers and firewalls forget silent lines, some after ten minutes
_SLICE = 1.0  # seconds between looks at `stop`
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0  # seconds before connecting again
_REFUSED_PAUSE = 60.0  # a wrong password is not hammered: accounts get locked
_TRIES = 3  # refused fetches of one mail before a person is told to look at it
_LOST = 20  # lines lost while fetching one mail, some hours with the pauses: then it is the mail, not the line
_CHUNK = 500  # UIDs in one command: servers limit its length
_NO_UID = 2**32  # above every UID: where the server does not say which comes next, all mail is asked for its date
_log = structlog.get_logger()


class Inbox:
    """One folder of one mailbox."""

    def __init__(self, settings: Mailbox, marks: MarkStore) -> None:
        self._settings = settings
        self._marks = marks
        self._refused: dict[tuple[int, int], int] = {}  # by UIDVALIDITY and UID, as are the lost lines
        self._lost: dict[tuple[int, int], int] = {}
        self._done_folder = ""  # as this connection's server names it
        self._unmarked = False  # it was said that taken mail cannot be marked

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Watch the folder until `stop`, over as many connections as it takes."""
        pause = _FIRST_PAUSE
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._watch(take, stop)
                continue
            except (connect.Refused, oauth.SignInNeeded) as error:
                _log.error("the mailbox refuses the bot", channel=self._settings.name, todo=str(error))
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
        self._done_folder = ""
        try:
            folder = connect.selected(client, self._settings)
            keywords = b"\\*" in folder.get(b"PERMANENTFLAGS", ()) or self._keyword in folder.get(b"PERMANENTFLAGS", ())
            mark = self._mark(folder)
            _log.info("the mailbox is watched", channel=self._settings.name, idle=client.has_capability("IDLE"))
            while not stop.is_set():
                mark = self._take_new(client, mark, take, keywords=keywords)
                # What arrives during a command is told in its answer, and not once more in IDLE. A SELECT right before
                # IDLE leaves no such gap.
                before, folder = folder, connect.selected(client, self._settings)
                if folder.get(b"UIDNEXT") == before.get(b"UIDNEXT"):
                    self._wait(client, stop)
        finally:
            client.shutdown()

    @property
    def _keyword(self) -> bytes:
        return self._settings.done_keyword.encode("ascii", "replace")

    def _mark(self, folder: dict[bytes, Any]) -> Mark:
        """Where to go on. A first run answers nothing older; a renumbered folder is looked through from our start."""
        uidvalidity = int(folder[b"UIDVALIDITY"])
        next_uid = int(folder.get(b"UIDNEXT", _NO_UID))  # optional in old servers
        mark = self._marks.mark(self._account, self._settings.folder)
        if mark is None:
            mark = Mark(uidvalidity, next_uid if next_uid < _NO_UID else 1, datetime.now(UTC), next_uid)
            _log.info(
                "a first run: mail that lies in the folder is left alone",
                channel=self._settings.name, mails=folder.get(b"EXISTS"),
            )  # fmt: skip
        elif mark.uidvalidity != uidvalidity:
            _log.warning(
                "the folder was renumbered; mail since the start is looked through", channel=self._settings.name
            )
            mark = Mark(uidvalidity, 1, mark.started, next_uid)
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
        unmarked = ["UNKEYWORD", self._settings.done_keyword] if flag else []
        old, older = self._from_before(client, mark, unmarked)
        start = max(mark.next_uid, mark.first_uid)
        new = client.search(["UID", f"{start}:*", *unmarked]) if start < _NO_UID else []
        for uid in (*old, *sorted(uid for uid in new if uid >= start)):  # "n:*" gives the last one even below n
            if not self._hand_over(client, uid, mark, take, flag=flag):
                return mark
            mark = self._keep(replace(mark, next_uid=uid + 1))
        if mark.next_uid < mark.first_uid < _NO_UID:  # the renumbered folder is looked through
            mark = self._keep(replace(mark, next_uid=mark.first_uid))
        if older:
            _log.info("mail from before the first run is left alone", channel=self._settings.name, mails=older)
        return mark

    def _from_before(self, client: IMAPClient, mark: Mark, unmarked: list[str]) -> tuple[list[int], int]:
        """UIDs below those that are surely new, received since our start; and how many others there are."""
        if mark.next_uid >= mark.first_uid:
            return [], 0
        last = mark.first_uid - 1
        since = (mark.started - timedelta(days=1)).date()  # SINCE compares days, in the server's zone
        uids = client.search(["UID", f"{mark.next_uid}:{last}", "SINCE", since, *unmarked])
        uids = sorted(uid for uid in uids if mark.next_uid <= uid <= last)
        dates: dict[int, dict[bytes, Any]] = {}
        for first in range(0, len(uids), _CHUNK):
            dates |= client.fetch(uids[first : first + _CHUNK], ["INTERNALDATE"])
        young = [uid for uid in uids if not _older(dates.get(uid, {}).get(b"INTERNALDATE"), mark.started)]
        if mark.first_uid == _NO_UID:
            return young, 0  # asked anew each time: what is left alone would be counted each time
        everything = client.search(["UID", f"{mark.next_uid}:{last}", *unmarked])
        return young, len([uid for uid in everything if mark.next_uid <= uid <= last]) - len(young)

    def _keep(self, mark: Mark) -> Mark:
        self._marks.set_mark(self._account, self._settings.folder, mark)
        return mark

    def _hand_over(
        self, client: IMAPClient, uid: int, mark: Mark, take: Callable[[str, bytes], bool], *, flag: bool
    ) -> bool:
        """One mail. True: it is dealt with, or is not there any more."""
        key = (mark.uidvalidity, uid)
        try:
            there, raw = self._fetched(client, uid, key)
        except (OSError, IMAPClientAbortError):
            self._lost[key] = self._lost.get(key, 0) + 1
            raise
        if not there:
            return True
        if raw is None:
            self._refused[key] = self._refused.get(key, 0) + 1
            _log.warning("the server does not give a mail", channel=self._settings.name, uid=uid)
            return False
        if not take(identity(raw), raw):
            return False
        self._refused.pop(key, None)
        self._lost.pop(key, None)
        self._done(client, uid, flag=flag)
        return True

    def _fetched(self, client: IMAPClient, uid: int, key: tuple[int, int]) -> tuple[bool, bytes | None]:
        """Whether the mail is still there, and its bytes; None: refused, later again. At last a note stands for it."""
        if self._refused.get(key, 0) >= _TRIES or self._lost.get(key, 0) >= _LOST:
            todo = f"open UID {uid} of {self._settings.folder} in a mail program and answer it by hand"
            _log.error("a mail cannot be fetched and is held", channel=self._settings.name, uid=uid, todo=todo)
            return True, self._stand_in(client, key, todo)
        try:
            facts = client.fetch([uid], ["RFC822.SIZE"]).get(uid)
            return facts is not None, self._raw(
                client, uid, facts.get(b"RFC822.SIZE", 0)
            ) if facts is not None else None
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return True, None

    def _stand_in(self, client: IMAPClient, key: tuple[int, int], todo: str) -> bytes:
        """What a person sees of a mail that cannot be fetched: the headers where they can be had, and what to do."""
        head = b""
        if self._lost.get(key, 0) < _LOST:  # else even they may end the line
            try:
                head = client.fetch([key[1]], ["BODY.PEEK[HEADER]"]).get(key[1], {}).get(b"BODY[HEADER]") or b""
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                head = b""
        note = f"{UNFETCHED}: the mail server does not give this mail: {todo}\r\nX-Capebot-UID: {key[0]} {key[1]}\r\n"
        return note.encode() + (_without_notes(head) or b"\r\n")

    def _raw(self, client: IMAPClient, uid: int, size: int) -> bytes | None:
        """The mail's bytes; of one over the limit the headers, with the size noted in front. None: not given."""
        part = b"BODY[HEADER]" if size > MAX_MAIL else b"BODY[]"
        fetched = client.fetch([uid], [part.replace(b"BODY", b"BODY.PEEK")]).get(uid, {}).get(part)
        if fetched is None:
            return None
        fetched = _without_notes(fetched)
        return b"%s: %d\r\n%s" % (OVERSIZE.encode(), size, fetched) if size > MAX_MAIL else fetched

    def _done(self, client: IMAPClient, uid: int, *, flag: bool) -> None:
        """Show people that the mail is taken: a keyword, or another folder. Without either the mark alone keeps it."""
        try:
            if flag:
                client.add_flags([uid], [self._keyword], silent=True)
            elif self._settings.done == "move":
                self._done_folder = self._done_folder or done_folder(client, self._settings.done_folder)
                client.move([uid], self._done_folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if not self._unmarked:
                todo = f'`capebot doctor` says more; correct done_folder, or set done = "{"move" if flag else "flag"}"'
                _log.error(
                    "taken mail cannot be marked; it is answered all the same",
                    channel=self._settings.name, error=type(error).__name__, todo=todo,
                )  # fmt: skip
            self._unmarked = True

    def _wait(self, client: IMAPClient, stop: Event) -> None:
        """Until something may be new: a word from the server, or the poll interval."""
        end = time.monotonic() + min(self._settings.poll_seconds, _IDLE)
        if client.has_capability("IDLE"):
            seconds = _FIRST_IDLE
            while (
                not stop.is_set()
                and (left := end - time.monotonic()) > 0
                and not _told(client, min(seconds, left), stop)
            ):
                seconds *= 2
        else:
            stop.wait(max(0.0, end - time.monotonic()))
        if not stop.is_set():
            client.noop()


def _told(client: IMAPClient, seconds: float, stop: Event) -> bool:
    """Whether the server says anything in one IDLE of so many seconds, or the line is dead.

    News in the same packet as the answer to IDLE lies in a buffer that `idle_check` does not see, and comes out at the
    end: so the first IDLE is short.
    """
    client.idle()
    end, told = time.monotonic() + seconds, False
    while not told and not stop.is_set() and (left := min(_SLICE, end - time.monotonic())) > 0:
        asked = time.monotonic()
        told = bool(client.idle_check(timeout=left))
        told = told or time.monotonic() - asked < left / 2  # a closed line answers at once with nothing; NOOP tells
    _, late = client.idle_done()
    return told or bool(late)


def done_folder(client: IMAPClient, name: str) -> str:
    """The folder for taken mail as this server names it, made when it is missing. Raises IMAPClientError.

    Many servers keep all folders under a prefix ("INBOX."), and not all put "/" between a folder and the one in it.
    """
    full = full_name(client, name)
    if not client.folder_exists(full):
        client.create_folder(full)
    return full


def full_name(client: IMAPClient, name: str) -> str:
    """A folder's name with the prefix and the delimiter of this server."""
    if not client.has_capability("NAMESPACE"):
        return name
    spaces = client.namespace()
    prefix, delimiter = (spaces.personal or (("", ""),))[0]
    inner: str = name.replace("/", delimiter) if delimiter else name
    known = [one for space in spaces for one, _ in space or () if one]
    return inner if any(inner.startswith(one) for one in known) else prefix + inner


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


def _older(received: datetime | None, started: datetime) -> bool:
    """Whether the server got it before our first run; imapclient gives its own zone's time without a zone."""
    if received is None:  # a date that nobody can read
        return False
    aware = received.astimezone(UTC) if received.tzinfo else received.astimezone().astimezone(UTC)
    return aware < started.astimezone(UTC) - timedelta(seconds=1)  # INTERNALDATE has whole seconds


def _without_notes(mail: bytes) -> bytes:
    """The mail without lines in front that only we may write."""
    notes = tuple(f"{name}:".lower().encode() for name in (OVERSIZE, UNFETCHED))
    while mail[:40].lower().startswith(notes):
        mail = mail.partition(b"\n")[2]
    return mail
