"""What a channel may look up and note in the store: answers that went out, what was pressed under them, who was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.core import completing

if TYPE_CHECKING:
    from bot.core.model import Incoming, Reply

# Rules of answers that carry out what somebody pressed; nothing was diagnosed for them.
COMPLETED = completing.RULE
ASKED, TAKEN, RESOLVED = "person_asked", "person_took_it", "person_resolved_it"
DEEDS = (COMPLETED, ASKED, TAKEN, RESOLVED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply of ours. `incoming` is what it answered, without text and files."""

    reference: str
    incoming: Incoming
    reply: Reply


@dataclass(frozen=True, slots=True)
class Press:
    """Something pressed under an answer: by whom, and which event said so."""

    what: str
    who: str
    value: str
    event: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question handed to the people of a channel. `event` asked it; `taken_by` and `resolved_by` are empty until then."""

    reference: str
    event: str
    asked_by: str
    taken_by: str = ""
    resolved_by: str = ""


class Trail(Protocol):
    """The store, as far as a channel with buttons needs it. Every call may raise when the database is away."""

    def answer(self, channel: str, reference: str) -> Answer | None:
        """An answer of this channel; None: there is none, or it was purged."""

    def newer(self, answer: Answer) -> tuple[Answer, ...]:
        """Diagnoses of the same thread that were answered after this one, the newest first; a few at the most."""

    def press(self, reference: str, press: Press) -> Press:
        """Note what was pressed; give what counts: the first one, whoever it was."""

    def vote(self, reference: str, press: Press) -> Press | None:
        """Note what this person thinks of it, in place of what they thought before; give that."""

    def presses(self, reference: str) -> tuple[Press, ...]:
        """All that was pressed under an answer, in order."""

    def ask(self, reference: str, event: str, who: str) -> Ask:
        """Note that people are asked; give that, or the question of the same thread that is still open."""

    def asked(self, reference: str) -> Ask | None:
        """The question that was asked about an answer."""

    def take_up(self, reference: str, who: str) -> Ask | None:
        """Make the question this person's, if nobody has it yet; give how it stands now."""

    def resolve(self, reference: str, who: str) -> Ask | None:
        """Close the question, if it is open; give how it stands now. Nobody having taken it, this person has."""
