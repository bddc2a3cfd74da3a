r"""Drafts to CBP put into the mailbox's Drafts folder, each version of a case once, the new one before the old one goes.

A crash anywhere leaves at most the former draft beside the new one, and the next run finds the new one by its header and
goes on from there. What a person has changed is never deleted. Drafts go by UID, one by one: the folder is people's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import structlog
from imapclient import DELETED, DRAFT
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.imapclient import DRAFTS

from bot.channels import NotSent
from bot.channels.checks import Check
from bot.channels.mail import connect, imap, oauth
from bot.core.words import count_words
from bot.mailformat import drafts as written

if TYPE_CHECKING:
    from imapclient import IMAPClient

    from bot.core.model import Incoming, Reply
    from bot.settings import Mailbox

_TRIES = 3  # of a reply while the folder is away; then the reply goes out without: the draft stands in it anyway
_NEWEST = 500  # drafts whose headers are looked at, as not every server searches headers that it does not know
_REMEMBERED = 1_000  # replies
_MARKS = f"BODY.PEEK[HEADER.FIELDS ({written.HEADER.upper()})]"
_PROBE = b"Subject: capebot doctor tries the Drafts folder\r\n%s\r\nThis mail deletes itself.\r\n"
_log = structlog.get_logger()


class Filed(NamedTuple):
    """What came of it: where they are, how many, and how many former ones a person has edited."""

    folder: str
    drafts: int
    edited: int


@dataclass(frozen=True, slots=True)
class _Draft:
    place: str
    version: str
    mail: bytes


class DraftFolder:
    """The Drafts folder of one mailbox."""

    def __init__(self, settings: Mailbox) -> None:
        self._settings = settings
        self._tries: dict[str, int] = {}  # by reference
        self._notes: dict[str, tuple[str, ...]] = {}  # by reference, of the last replies
        self._turn = Lock()  # two messages of one case would each miss what the other puts there

    def put(self, incoming: Incoming, reply: Reply, reference: str) -> tuple[str, ...]:
        """Put a reply's drafts into the folder; give what the reply says of it.

        Raises NotSent while the server is away and it is worth waiting for. What else goes wrong is logged and said:
        the reply carries the drafts in any case.
        """
        if not self._settings.drafts:
            return ()
        if reference in self._notes:  # the mail server was away since: people may have dealt with the draft meanwhile
            return self._notes[reference]
        drafts, tries = self._drafts(incoming, reply, reference), self._tries.pop(reference, 0) + 1
        try:
            with self._turn:
                notes = _notes(self._settings, put(self._settings, drafts)) if drafts else ()
        except (connect.Refused, oauth.SignInNeeded) as problem:
            return self._failed(str(problem))
        except (OSError, IMAPClientAbortError) as error:
            if tries < _TRIES:
                self._tries[reference] = tries
                raise NotSent(f"the Drafts folder is away ({type(error).__name__})", retry=True) from error
            return self._failed(f"the server is away ({type(error).__name__})")
        except IMAPClientError as error:
            return self._failed(f"the server refuses ({type(error).__name__}): `capebot doctor` says more")
        self._notes[reference] = notes
        for old in list(self._notes)[:-_REMEMBERED]:
            del self._notes[old]
        return notes

    def _drafts(self, incoming: Incoming, reply: Reply, reference: str) -> list[_Draft]:
        files = [one.content for one in reply.outputs if one.role == "draft" and one.media_type == "message/rfc822"]
        sender, moment = self._settings.address, datetime.now(UTC).astimezone()
        made = []
        for number, (draft, unsent) in enumerate(zip(reply.diagnosis.drafts, files, strict=False)):
            place = written.place(incoming.case or incoming.thread, draft.id)
            version = written.version(reference, number)
            made.append(_Draft(place, version, written.draft_mail(unsent, place, version, sender=sender, now=moment)))
        return made

    def _failed(self, why: str) -> tuple[str, ...]:
        _log.error("a draft is not in the Drafts folder; it is in the reply", channel=self._settings.name, todo=why)
        return ("I could not put the draft into the Drafts folder. It is here, and attached.",)


def put(settings: Mailbox, drafts: list[_Draft]) -> Filed:
    """Put drafts into the folder and take the former ones of the same places out, as far as nobody has edited them."""
    client = connect.imap(settings)
    try:
        folder = folder_of(settings, client)
        client.select_folder(folder)
        places, ours = {one.place for one in drafts}, {one.version for one in drafts}
        there = _marked(client, places)
        missing = [one for one in drafts if one.version not in {mark.version for mark in there.values()}]
        for one in missing:
            client.append(folder, one.mail, flags=[DRAFT])
        if missing:  # again: what a killed worker was just putting there may have come in only now
            there = _marked(client, places)
        kept = {mark.version: uid for uid, mark in sorted(there.items(), reverse=True) if mark.version in ours}
        stale = {uid: mark for uid, mark in there.items() if uid not in kept.values()}
        found = {uid: _content(client, uid) for uid in stale}
        _delete(client, [uid for uid, mark in stale.items() if found[uid] == mark.content])
        edited = sum(mark.version not in ours and found[uid] not in ("", mark.content) for uid, mark in stale.items())
        return Filed(folder, len(drafts), edited)
    finally:
        client.shutdown()


def folder_of(settings: Mailbox, client: IMAPClient) -> str:
    """The folder's name on this server. Raises Refused when there is none: one is never made up."""
    if isinstance(settings.drafts, str):
        named = imap.full_name(client, settings.drafts)
        if not client.folder_exists(named):
            raise connect.Refused(f"{settings.name}: there is no folder {settings.drafts}: correct `drafts`")
        return named
    # Not the library's search: without a mark it guesses from names, and a folder of that name may be somebody's own.
    special = next((name for flags, _, name in client.list_folders() if DRAFTS in flags), None)
    if special is None:
        raise connect.Refused(
            f'{settings.name}: the server marks no folder as the one for drafts: name it, drafts = "Drafts"'
        )
    return str(special)


def check(settings: Mailbox, client: IMAPClient) -> Check:
    """Put a mail into the folder, find it again and delete it."""
    try:
        folder = folder_of(settings, client)
        client.select_folder(folder)
        mark = written.Mark(
            written.place("doctor", settings.address), *[written.version(str(datetime.now(UTC)), 0)] * 2
        )
        client.append(folder, _PROBE % f"{written.HEADER}: {mark}\r\n".encode(), flags=[DRAFT])
        mine = list(_marked(client, {mark.place}))
        _delete(client, mine)
    except connect.Refused as problem:
        return Check(ok=False, what=f"{settings.name}: the Drafts folder", mend=str(problem))
    except IMAPClientError as error:
        mend = (
            f"the server does not let the bot write there ({type(error).__name__}): correct `drafts`, or leave it out"
        )
        return Check(ok=False, what=f"{settings.name}: drafts are put into {folder}", mend=mend)
    how = "" if client.has_capability("UIDPLUS") else "; former ones are only marked as deleted (no UIDPLUS)"
    what = f"{settings.name}: drafts are put into {folder}{how}"
    return Check(bool(mine), what, "the server does not show what was put there: leave `drafts` out")


def _marked(client: IMAPClient, places: set[str]) -> dict[int, written.Mark]:
    """The bot's drafts in these places, by UID."""
    # A crash may leave one that is marked as deleted and not expunged; without UIDPLUS all that are marked are done with.
    which = "ALL" if client.has_capability("UIDPLUS") else "UNDELETED"
    newest = sorted(client.search([which]))[-_NEWEST:]
    older = [uid for place in places for uid in client.search([which, "HEADER", written.HEADER, place])]
    uids = sorted({*newest, *older})
    found = {}
    for uid, fields in (client.fetch(uids, [_MARKS]) if uids else {}).items():
        heads = (value for name, value in fields.items() if name.upper().startswith(b"BODY[HEADER.FIELDS"))
        mark = written.mark(next(heads, b"") or b"")
        if mark and mark.place in places:
            found[uid] = mark
    return found


def _content(client: IMAPClient, uid: int) -> str:
    """What a draft says, as a hash; empty when it is gone meanwhile."""
    raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
    return written.content(raw) if raw else ""


def _delete(client: IMAPClient, uids: list[int]) -> None:
    """Delete these and no other: without UIDPLUS, an EXPUNGE would take what people have marked with it."""
    if uids:
        client.add_flags(uids, [DELETED], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)


def _notes(settings: Mailbox, filed: Filed) -> tuple[str, ...]:
    what = "The draft is" if filed.drafts == 1 else f"The {count_words(filed.drafts, 'draft', 'drafts')} are"
    said = [f"{what} also in the folder {filed.folder} of {settings.address}."]
    if filed.edited:
        said.append(
            "The former draft there was edited by a person: I left it as it is, and the new one stands beside it."
            if filed.edited == 1
            else f"{filed.edited} former drafts there were edited by a person: I left them, and the new one stands beside."
        )
    return tuple(said)
