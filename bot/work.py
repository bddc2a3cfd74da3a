"""One message's way from stored bytes to its end. Every step starts from the rows, so that it may be taken twice."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import Acting, Closing, End, NotForUs, NotSent
from bot.core import conversation
from bot.store import Outcome, Sending, State
from bot.store.schema import now
from bot.threads import placed, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels import Channel, Deed
    from bot.core.model import Diagnosis, Incoming, Reply
    from bot.store import Job, Message, Outbound, Store

    Think = Callable[[Incoming], tuple[Diagnosis, Reply | None]]

_log = structlog.get_logger()
_BOT = Path(__file__).parent


_HELD = 60_000_000  # bytes of files of a thread: two mails of the largest size
_LOOKED_BACK = 50  # messages of a thread; a file further back is attached again sooner than it is found

_ENDS = {
    Outcome.ANSWERED: End.ANSWERED,
    Outcome.SILENT: End.SILENT,
    Outcome.IGNORED: End.SILENT,
    Outcome.ACTED: End.ANSWERED,
    Outcome.HELD: End.REFUSED,
    Outcome.PARKED: End.FAILED,
    Outcome.UNKNOWN: End.FAILED,
}


class Stage(StrEnum):
    """What was being done; the value completes "… while …"."""

    ANSWERING = "reading it or composing the reply"
    LOOKING = "looking whether the reply went out"
    SENDING = "sending the reply"
    RECORDING = "noting that the reply went out"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what fails is tried again. All in seconds."""

    answering: tuple[float, ...] = (2, 30)  # after the first and the second failure; the third parks
    sending_first: float = 30
    sending_longest: float = 3600
    sending_in_all: float = 48 * 3600  # mail servers, too, give up after two days
    recording: tuple[float, ...] = (0.2, 1, 5, 15)


@dataclass(slots=True)
class Turn:
    """A job being done: at what stage, since when (monotonic seconds), and with what."""

    job: Job
    stage: Stage = Stage.ANSWERING
    since: float = field(default_factory=time.monotonic)
    message: Message | None = None
    diagnosis: Diagnosis | None = None
    outbound: Outbound | None = None


class Work:
    """Advances messages for one worker. `token` is the worker's: it owns what it sends under it."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        store: Store,
        think: Think,
        patience: Patience,
        alive: Callable[[str], bool],
    ) -> None:
        self._channels = channels
        self._store = store
        self._think = think
        self._patience = patience
        self._alive = alive
        self.token = ""

    def advance(self, turn: Turn) -> None:
        """Take the message as far as it gets. What it raises goes to `failed`."""
        message = turn.message = self._store.message(turn.job.key)
        if message is None or message.state != State.NEW or message.run != turn.job.run:
            return None
        channel = self._channels.get(message.channel)
        if channel is None:
            reason = (
                f"no channel named {message.channel!r} is set up any more: put it back into the settings and replay"
            )
            return self._end(turn, State.PARKED, Outcome.PARKED, reason)
        if message.answered:
            turn.outbound = self._store.outbound(message.key)
        else:
            self._answer(turn, channel, message)
        if turn.outbound is not None:
            self._deliver(turn, channel, message, turn.outbound)
        return None

    def _answer(self, turn: Turn, channel: Channel, message: Message) -> None:
        """Read, think, and keep the reply; or end the message without one."""
        deed = channel.act(message.id, message.payload) if isinstance(channel, Acting) else None
        if deed is not None:
            return self._did(turn, message, deed)
        incoming = channel.read(message.id, message.payload)
        if incoming is None:
            return self._end(turn, State.DONE, Outcome.IGNORED, "the channel says that it is not for the bot")
        incoming = placed(self._store, channel, message, incoming)
        if incoming.refused and not incoming.automatic:
            return self._end(turn, State.HELD, Outcome.HELD, incoming.refused, incoming)
        if conversation.looks_back(incoming):
            incoming = replace(incoming, earlier=self._earlier(channel, message, incoming))
        diagnosis, reply = self._think(incoming)
        turn.diagnosis = diagnosis
        if reply is None:
            self._store.silent(message.key, incoming, diagnosis)
            return self._say(turn, Outcome.SILENT)
        if incoming.refused:
            return self._end(turn, State.HELD, Outcome.HELD, incoming.refused, incoming)
        turn.outbound = self._store.prepared(message, incoming, diagnosis, reply)
        return self._leave(turn) if turn.outbound is None else None

    def _did(self, turn: Turn, message: Message, deed: Deed) -> None:
        """Something was carried out: keep what is to be sent of it, or end the message."""
        if deed.incoming is None or deed.reply is None:
            return self._end(turn, State.DONE, Outcome.ACTED, deed.reason)
        turn.outbound = self._store.prepared(message, deed.incoming, deed.reply.diagnosis, deed.reply)
        return self._leave(turn) if turn.outbound is None else None

    def _earlier(self, channel: Channel, message: Message, incoming: Incoming) -> tuple[Incoming, ...]:
        """What was said before in the thread, oldest first, as far as this sender may add to it.

        Read again from the raw bytes, the latest first, until they are too many or too much to hold.
        """
        found: list[Incoming] = []
        held = 0
        for key in self._store.before(message, incoming.thread, _LOOKED_BACK):
            stored = self._store.message(key)
            said = channel.read(stored.id, stored.payload) if stored else remembered(self._store, key)
            if said is None or not conversation.may_add(said, incoming):
                continue
            found.insert(0, said)
            held += sum(len(file.content) for file in said.attachments)
            if held > _HELD:
                break
        return tuple(found)

    def _deliver(self, turn: Turn, channel: Channel, message: Message, outbound: Outbound) -> None:
        """Send the reply, once. One found in `sending` is looked for first, and never sent on a guess."""
        found_sending = outbound.state == Sending.SENDING
        if found_sending and outbound.owner != self.token and self._alive(outbound.owner):
            return None  # another worker is at it, or dies and leaves it to a later run
        if not self._store.claim(outbound, self.token):
            return None
        if found_sending:
            turn.stage = Stage.LOOKING
            went_out = channel.was_sent(outbound.incoming, outbound.reference)
            if went_out is None:
                return self._unknown(turn, outbound, "the worker stopped while it sent the reply")
            if went_out:
                return self._sent(turn, outbound)
        turn.stage = Stage.SENDING
        try:
            channel.send(outbound.incoming, outbound.reply, outbound.reference)
        except NotSent as no:
            return self._not_sent(turn, message, outbound, no)
        return self._sent(turn, outbound)

    def _leave(self, turn: Turn) -> None:
        """Another worker is at it, or this one was taken for dead: a later run sees what came of it."""
        self._store.later(turn.job, self._patience.sending_first, "another worker has it", failed=False)

    def _sent(self, turn: Turn, outbound: Outbound) -> None:
        """Note it, with patience: the reply is out, and forgetting that is how a second one goes out."""
        turn.stage = Stage.RECORDING
        for pause in (*self._patience.recording, None):
            try:
                self._store.sent(outbound, self.token)
                break
            except SQLAlchemyError:
                if pause is None:
                    raise
                time.sleep(pause)
        self._say(turn, Outcome.ANSWERED)

    def _not_sent(self, turn: Turn, message: Message, outbound: Outbound, no: NotSent) -> None:
        reason = str(no)
        if isinstance(no, NotForUs):
            self._store.dropped(outbound, self.token, reason)
            return self._say(turn, Outcome.IGNORED, reason)
        patience = self._patience
        if no.retry and now() - outbound.created_at < timedelta(seconds=patience.sending_in_all):
            delay = min(patience.sending_first * 2.0 ** min(outbound.tries, 20), patience.sending_longest)
            self._store.postponed(message, outbound, self.token, delay, reason)
            _log.warning("not sent, later again", id=message.key, channel=message.channel, reason=reason, seconds=delay)
            return None
        if no.retry:
            reason = f"{reason} (tried for {patience.sending_in_all / 3600:.0f} hours)"
        self._store.failed(outbound, self.token, reason)
        return self._say(turn, Outcome.PARKED, reason)

    def failed(self, turn: Turn, error: Exception) -> None:
        """Decide what an exception out of `advance` means. The text of `error` is left out: it may quote the mail."""
        message, outbound = turn.message, turn.outbound
        what = f"{where(error)} while {turn.stage.value}"
        if message is None or turn.stage is Stage.RECORDING:
            _log.error("the database is away; later again", id=turn.job.key, error=what)
        elif turn.stage is Stage.SENDING and outbound:
            self._unknown(turn, outbound, what)
        elif turn.stage is Stage.LOOKING:
            self._store.later(turn.job, self._patience.sending_first, what, failed=False)
            _log.warning("cannot look whether the reply went out, later again", id=message.key, error=what)
        elif message.attempts < len(self._patience.answering):
            delay = self._patience.answering[message.attempts]
            self._store.later(turn.job, delay, what, failed=True)
            _log.warning("a message failed, later again", id=message.key, error=what, seconds=delay)
        else:
            tries = message.attempts + 1
            reason = f"{what}, {tries} times: mend that (or report it with the raw message), then replay"
            self._end(turn, State.PARKED, Outcome.PARKED, reason)

    def _unknown(self, turn: Turn, outbound: Outbound, what: str) -> None:
        reason = (
            f"{what}: nobody knows whether it went out; look for it among the sent messages, then replay or leave it"
        )
        self._store.unknown(outbound, self.token, reason)
        self._say(turn, Outcome.UNKNOWN, reason)

    def _end(self, turn: Turn, state: State, outcome: Outcome, reason: str, incoming: Incoming | None = None) -> None:
        self._store.end(turn.job.key, state, outcome, reason, incoming)
        self._say(turn, outcome, reason)

    def died(self, job: Job) -> None:
        """A message was parked from outside, since its jobs kept dying: its channel is told."""
        message = self._store.message(job.key)
        if message is not None:
            self._tell(message, Outcome.PARKED)

    def _tell(self, message: Message, outcome: Outcome) -> None:
        """Tell the channel of the end, if it wants to know."""
        channel = self._channels.get(message.channel)
        if isinstance(channel, Closing):
            channel.ended(message.payload, _ENDS[outcome])

    def _say(self, turn: Turn, outcome: Outcome, reason: str = "") -> None:
        """Tell the channel, and leave the one line of each message in the log: ids and codes.

        A refusal's reason may name the sender, and is left out.
        """
        diagnosis = turn.outbound.reply.diagnosis if turn.outbound else turn.diagnosis
        found = {"verdict": diagnosis.verdict.value, "rule": diagnosis.rule} if diagnosis else {}
        level = "warning" if outcome in {Outcome.PARKED, Outcome.UNKNOWN} else "info"
        if reason and outcome is not Outcome.HELD:
            found["reason"] = reason
        getattr(_log, level)(
            "message",
            id=turn.job.key,
            channel=turn.message.channel if turn.message else "",
            outcome=outcome.value,
            ms=round((time.monotonic() - turn.since) * 1000),
            **found,
        )
        if turn.message:
            self._tell(turn.message, outcome)


def where(error: BaseException) -> str:
    """The class of an exception and the last line of this program it passed: enough to mend it, nothing of the mail."""
    place = ""
    trace = error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_BOT) and file.name != "service.py":
            place = f" at {file.relative_to(_BOT.parent)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
