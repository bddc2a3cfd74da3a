"""Channels: each hands over raw bytes, reads them into an Incoming, and sends a Reply. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.core.model import Incoming, Reply


class NotSent(Exception):  # noqa: N818 - the contract's word: it states an outcome, not a fault
    """The reply surely did not go out. `retry`: the cause is passing (server away, 4xx), so trying again may help.

    The text says what happened and what an operator can do; it never holds bodies, addresses or entry numbers.
    Any other exception out of `send` means the outcome is unknown.
    """

    def __init__(self, reason: str, *, retry: bool) -> None:
        super().__init__(reason)
        self.retry = retry


class NotForUs(NotSent):
    """Only while sending it shows that the message was not for the bot: nothing goes out, and nobody need look."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, retry=False)


class End(StrEnum):
    """How a message ended, as far as its sender notices."""

    ANSWERED = "answered"
    SILENT = "silent"  # there is nothing to answer, or it is not for the bot
    REFUSED = "refused"  # its sender may not be answered; it is held for a person
    FAILED = "failed"  # it is parked, or nobody knows whether the reply went out: a person looks


class Channel(Protocol):
    """The whole contract of a channel, but for `Closing`. `name` is unique among the configured channels and stable over restarts."""

    name: str

    def listen(self, take: Callable[[str, bytes], bool], stop: Event) -> None:
        """Run until `stop`; hand each message to `take(id, payload)` and acknowledge to the server only if it is True.

        `id` is the message's identity: equal for a redelivery, different for another message. `take` is thread-safe and
        gives False when it could not store (try again later). A lost server is waited for, never raised.
        """

    def read(self, id: str, payload: bytes) -> Incoming | None:  # noqa: A002 - the domain's word
        """Turn stored bytes into an Incoming; None: not for us. Raises only when trying again may help."""

    def send(self, incoming: Incoming, reply: Reply, reference: str) -> None:
        """Send the reply into the incoming's conversation. `reference` is unique per reply and equal on a repeat.

        After a restart `incoming` comes without its text and files: the channel finds all it needs in `handle`.

        Raises NotSent if it surely did not go out (NotForUs: and need not); anything else raised means nobody knows.
        """

    def was_sent(self, incoming: Incoming, reference: str) -> bool | None:
        """After a crash: did the reply with this `reference` go out? None: this channel cannot tell."""


@runtime_checkable
class Named(Protocol):
    """What a channel has beside the contract when later messages name the ones they answer."""

    def answer_name(self, reference: str) -> str:
        """By what an answer to the reply with this `reference` names it."""


@runtime_checkable
class Closing(Protocol):
    """What a channel has beside the contract when its senders see that a message is being worked."""

    def ended(self, payload: bytes, end: End) -> None:
        """The message ended so: clear away what stands for it, say what is owed. Called once an end; raises nothing.

        A message that a person replays ends again. A crash right after the end may swallow the call.
        """


@dataclass(frozen=True, slots=True)
class Deed:
    """What an event came to that carries something out by itself: a reply to send as it is, or none.

    `reason` says, for the lists, why there is nothing to send; it holds no names and no numbers.
    """

    incoming: Incoming | None = None
    reply: Reply | None = None
    reason: str = ""


@runtime_checkable
class Acting(Protocol):
    """What a channel has beside the contract when some of its messages are no words: buttons and forms."""

    def act(self, id: str, payload: bytes) -> Deed | None:  # noqa: A002 - the domain's word
        """Carry out a stored event; None: it is words, and is read and thought about.

        It may be called again after a crash, and then gives the same. Raises only when trying again may help.
        """
