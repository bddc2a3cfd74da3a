"""Raw mail -> Incoming. It never raises: what cannot be read is a fact in the Incoming, for the core to answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import case_number
from bot.core.model import Incoming
from bot.mailformat import guard, headers, parse

if TYPE_CHECKING:
    from email.message import Message

OVERSIZE = "X-Capebot-Oversize"  # set by the mail channel, which fetches only the headers of such a mail
UNFETCHED = "X-Capebot-Unfetched"  # set by it in front of what it has of a mail that the server does not give
_REFERENCES = 20  # ids of a thread that are carried on; header lines are bounded
_SHOWN_TO = 200  # addresses that a mail went to; a longer list is a circular
_ID = re.compile(r"<[^<>\s]{1,900}>")
_LONGEST_ID = 900  # characters: an id is not broken, and a line of mail has 998 at most


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose mailbox it is and who is answered. `own`: the bot's addresses, lower case. `max_bytes`: of a whole mail.

    `staff`: who may add to everybody's case; it needs `authserv_id`, else anybody could write such an address.
    `hold`: of a sender who may not be answered only the headers are read, so that strangers cannot cost much.
    """

    own: frozenset[str]
    allow: tuple[str, ...]
    authserv_id: str = ""
    max_bytes: int = 25_000_000
    hold: bool = False
    staff: tuple[str, ...] = ()


def incoming(id: str, raw: bytes, policy: Policy) -> Incoming:  # noqa: A002 - the domain's word
    """Read a mail of any bytes."""
    oversize = max(_oversize(raw), len(raw) if len(raw) > policy.max_bytes else 0)
    mail = parse.head(raw)
    automatic = guard.automatic(mail, policy.own)
    refused = _unfetched(raw) or guard.refused(mail, policy.allow, policy.authserv_id)
    doubt = "" if automatic else guard.doubtful(mail)
    if refused and doubt:
        automatic = doubt  # no person looks through what strangers' machines send
    refused = refused or doubt
    found = parse.Parts() if oversize or (refused and policy.hold) else _parts(raw)
    senders = headers.addresses(headers.every(mail, "From"))
    subject = headers.first(mail, "Subject")
    return Incoming(
        id=id,
        sender=senders[0] if senders else "",
        text=found.text,
        subject=case_number.without(subject),
        thread=_thread(mail) or id,
        attached=tuple(found.mails),
        attachments=tuple(found.files),
        automatic=automatic,
        refused=refused,
        unreadable=unreadable(found, oversize, policy.max_bytes),
        handle=_handle(mail),
        shown_to=tuple(headers.addresses([*headers.every(mail, "To"), *headers.every(mail, "Cc")]))[:_SHOWN_TO],
        answers=_answers(mail),
        names=tuple(headers.first(mail, "Message-ID").split()[:1]),
        case=case_number.named(subject),
        staff=bool(policy.authserv_id and not refused and senders and guard.is_among(senders[0], policy.staff)),
    )


def _oversize(raw: bytes) -> int:
    """The size that the mail channel noted in front of a mail it did not fetch; 0 otherwise."""
    name, _, value = raw.split(b"\n", 1)[0].partition(b":")
    return int(value) if name == OVERSIZE.encode() and value.strip().isdigit() else 0


def _unfetched(raw: bytes) -> str:
    """What the mail channel noted in front of a mail that the server does not give: why a person must look at it."""
    name, _, value = raw.split(b"\n", 1)[0].partition(b":")
    return value.decode("utf-8", "replace").strip() if name == UNFETCHED.encode() else ""


def _parts(raw: bytes) -> parse.Parts:
    try:
        return parse.parts(raw, parse.message(raw))
    except parse.TOO_ODD:
        return parse.Parts(broken=True)


def unreadable(found: parse.Parts, oversize: int, limit: int) -> str:
    """Why a mail cannot be read, with what to do, or empty. `oversize` is the size of a mail over the limit, else 0."""
    if oversize:
        return (
            f"Your mail has {oversize / 1e6:,.0f} MB; I read mails up to {limit / 1e6:,.0f} MB. Send the CSV alone, or"
            " paste the text of the message."
        )
    if found.broken:
        return "Your mail is put together in a way that I cannot take apart. Paste the text of the message instead."
    if found.encrypted:
        return f"Your mail is encrypted ({found.encrypted}), and I have no key. Send it again without encryption."
    if found.count > parse.MOST_PARTS:
        return (
            f"Your mail has more than {parse.MOST_PARTS} parts, and I looked at no more. Send the files that the answer"
            " does not name in another mail."
        )
    return ""


def _thread(mail: Message) -> str:
    """The first mail of the conversation."""
    ids = (headers.first(mail, "References") or headers.first(mail, "In-Reply-To")).split()
    return (ids or headers.first(mail, "Message-ID").split() or [""])[0][:250]


def _answers(mail: Message) -> tuple[str, ...]:
    """The mails that it answers: the nearest first, the one that began it all, and last what In-Reply-To says."""
    ids = _ID.findall(headers.first(mail, "References"))
    nearest = [*reversed(ids[-_REFERENCES:]), *ids[:1], *_ID.findall(headers.first(mail, "In-Reply-To"))[:2]]
    return tuple(dict.fromkeys(nearest))


def _handle(mail: Message) -> str:
    """What answering needs: the id of the mail and of those before it."""
    references = headers.first(mail, "References").split() or headers.first(mail, "In-Reply-To").split()
    own = headers.first(mail, "Message-ID").split()[:1]
    usable = [one for one in (*references, *own) if _is_id(one)]
    return json.dumps({"message_id": (own or [""])[0], "references": usable[-_REFERENCES:]})


def _is_id(word: str) -> bool:
    return word.startswith("<") and word.endswith(">") and word.isascii() and len(word) <= _LONGEST_ID
