"""Ask a person: a question in the channel of the people, who takes it, and that it is resolved; the thread is told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels import Deed
from bot.channels.slack import actions, buttons, client, send
from bot.channels.slack.bits import note
from bot.channels.slack.deeds import question
from bot.channels.slack.traces import Place, stands
from bot.channels.trail import ASKED, RESOLVED, TAKEN, Ask
from bot.core.model import Diagnosis, Incoming, Reply, Verdict

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.channels.slack.reading import Reader
    from bot.channels.trail import Answer, Trail
    from bot.settings import Slack

Said = dict[str, Any]

_ASKED = "{name} asked a person about this. Whoever takes it up is named here."
_TAKEN = "{name} takes care of this."
_RESOLVED = "{name} has resolved this. If something is left, write it here."
_OPEN = "A person was asked about this already{taken}."
_HAS_IT = "{name} has taken this already."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """What asking needs: the workspace, the store, and who is who."""

    settings: Slack
    trail: Trail
    reader: Reader


def asked_already(desk: Desk, id_: str, said: Said, answer: Answer) -> Deed | None:
    """Note the question; None: it is new, and this event asked it. Else its presser is told how it stands."""
    ask = desk.trail.ask(answer.reference, id_, said["user"])
    if ask.event == id_:
        return None
    taken = f", and {desk.reader.name(ask.taken_by)} has taken it" if ask.taken_by else ""
    return _told(desk, said, _OPEN.format(taken=taken), "a person was asked already")


def asked(desk: Desk, id_: str, said: Said, answer: Answer) -> Deed:
    """The question for the people's channel, with all that posting it needs; its files are those of the answer."""
    handle = {
        "channel": desk.settings.people, "user": said["user"], "thread": "", "ts": "", "command": False,
        "deed": ASKED, "about": answer.reference, "name": desk.reader.name(said["user"]),
        "link": _link(desk, answer), "told": asdict(place_of(answer)),
    }  # fmt: skip
    incoming = Incoming(id_, said["user"], "", thread=answer.incoming.thread, handle=json.dumps(handle))
    diagnosis = replace(answer.reply.diagnosis, verdict=Verdict.ANSWER, rule=ASKED)
    return Deed(incoming, replace(answer.reply, text=_line(answer), html="", diagnosis=diagnosis, digests=()))


def settled(desk: Desk, id_: str, said: Said, answer: Answer) -> Deed:
    """Somebody takes the question, or resolves it: the question shows it, and the thread is told."""
    takes = said["what"] == actions.TAKE
    change = desk.trail.take_up if takes else desk.trail.resolve
    ask = change(answer.reference, said["user"])
    if ask is None:
        return Deed(reason="the question is not kept any more")
    _show(desk, said, answer, ask)
    if takes and ask.taken_by != said["user"]:
        return _told(desk, said, _HAS_IT.format(name=desk.reader.name(ask.taken_by)), "taken before by another")
    rule, line = (TAKEN, _TAKEN) if takes else (RESOLVED, _RESOLVED)
    text = line.format(name=desk.reader.name(said["user"]))
    return Deed(in_thread(id_, said["user"], answer, rule), _notice(rule, text))


def post(web: WebClient, look: WebClient, incoming: Incoming, reply: Reply, reference: str) -> None:
    """Post the question, and tell the thread; each at most once. Raises NotSent."""
    handle = json.loads(incoming.handle)
    under = buttons.under_question(Ask(handle["about"], incoming.id, handle["user"]))
    layout = send.laid_out(reply, reference, under, question(reply, handle["name"], handle["link"]))
    send.answer(web, look, Place(handle["channel"], "", ""), reply, reference, layout)
    told = _notice(ASKED, _ASKED.format(name=handle["name"]))
    tell(web, look, Place(**handle["told"]), told, _told_reference(reference))


def posted(look: WebClient, incoming: Incoming, reference: str) -> bool:
    """Whether the question and the line in the thread both stand."""
    handle = json.loads(incoming.handle)
    asked_there = stands(look, Place(handle["channel"], "", ""), reference).complete
    return asked_there and stands(look, Place(**handle["told"]), _told_reference(reference)).complete


def tell(web: WebClient, look: WebClient, place: Place, reply: Reply, reference: str) -> None:
    """A line in a thread, at most once. Raises NotSent."""
    send.answer(web, look, place, reply, reference, send.laid_out(reply, reference, above=[note(reply.text)]))


def in_thread(id_: str, user: str, answer: Answer, deed: str) -> Incoming:
    """An event about an answer, to be answered where that answer stands."""
    handle = json.loads(answer.incoming.handle) | {"user": user, "deed": deed}
    handle.pop("response_url", None)
    thread, private = answer.incoming.thread, answer.incoming.private
    return Incoming(id_, user, "", thread=thread, private=private, handle=json.dumps(handle))


def place_of(answer: Answer) -> Place:
    """Where an answer stands."""
    handle = json.loads(answer.incoming.handle)
    return Place(handle["channel"], handle["thread"], handle.get("ts", ""))


def _show(desk: Desk, said: Said, answer: Answer, ask: Ask) -> None:
    shown = question(answer.reply, desk.reader.name(ask.asked_by), _link(desk, answer))
    layout = [*shown, *buttons.under_question(ask)]
    place = Place(said["channel"], "", said["ts"])
    send.refresh(client.courteous(desk.settings), place, _line(answer), layout, said["mark"])


def _link(desk: Desk, answer: Answer) -> str:
    """The address of the message that was answered; a direct message has none that others could open."""
    place = place_of(answer)
    if answer.incoming.private or not place.thread:
        return ""
    try:
        web = client.courteous(desk.settings)
        found = web.chat_getPermalink(channel=place.channel, message_ts=place.thread)
    except client.TROUBLE as error:
        _log.warning("a question goes without its link", code=client.code(error))
        return ""
    return str(found.get("permalink") or "")


def _line(answer: Answer) -> str:
    return f"Somebody asks for a person: {answer.reply.headline}"


def _told(desk: Desk, said: Said, line: str, reason: str) -> Deed:
    place = Place(said["channel"], said["thread_ts"], "")
    send.aside(client.courteous(desk.settings), place, said["user"], line)
    return Deed(reason=reason)


def _told_reference(reference: str) -> str:
    return f"{reference}:told"


def _notice(rule: str, text: str) -> Reply:
    """A reply that only says something; nothing was diagnosed for it."""
    day = datetime.now(UTC).astimezone().date()
    return Reply("", text, "", Diagnosis(Verdict.ANSWER, rule, day), headline=text)
