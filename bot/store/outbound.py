"""A reply on its way out, as a row keeps it: what it answers and what it says, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter

from bot.core.model import Incoming, Reply
from bot.store.schema import Sending

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

_JSON = TypeAdapter(tuple[Incoming, Reply], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))


@dataclass(frozen=True, slots=True)
class Outbound:
    """A reply and where it stands. `owner` is the token of the worker that has it in `sending`, else empty.

    `tries` counts sendings that surely did not go out. `incoming` has no text and no files any more.
    """

    reference: str
    key: str
    incoming: Incoming
    reply: Reply
    state: Sending
    owner: str
    tries: int
    created_at: datetime


def without_mail(incoming: Incoming) -> Incoming:
    """What a channel needs to answer. The message's text and files are left out: they stand in the stored mail."""
    return replace(
        incoming, text="", attached=(), attachments=(), shown_to=(), quoted=(), earlier=(), answers=(), names=()
    )


def to_json(incoming: Incoming, reply: Reply) -> bytes:
    """What the row keeps."""
    return _JSON.dump_json((without_mail(incoming), reply))


def from_row(row: Row[Any]) -> Outbound:
    """Rebuild the values. Raises pydantic's ValidationError when another version of the program wrote the row."""
    incoming, reply = _JSON.validate_json(row.content)
    return Outbound(
        reference=row.reference,
        key=row.message_key,
        incoming=incoming,
        reply=reply,
        state=Sending(row.state),
        owner=row.owner,
        tries=row.tries,
        created_at=row.created_at,
    )
