"""A message as passages: whose words are whose, with wrapped lines joined and the place of every character kept.

`letters` names the lines; here the first boundary (a forward marker, a header block, "On … wrote:") decides whether
the mail below is handed on, and so counts, or only dragged along by a reply. Linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.letters import BOT_MARKER, Line, read, subject_of
from bot.core.model import Passage, PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.model import Incoming

__all__ = ["BOT_MARKER", "MOST_READ", "plain", "split"]

MOST_READ = 1_000_000  # characters of one text that are read: twice a full Declaration pasted; beyond are logs

# "u": a ruled line belongs to the header block below it.
_BOUNDARY = re.compile(r"(?:[fou]b{0,3})?Bh*|[fo]|w+")
_FORWARD_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|enc|vs|i|doorst|vb)\s?:", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:re|aw|sv|antw|r|ref|res)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
# A reply hands the mail below on too, when it says so: "please see the client's question below", "Below?".
_HANDS_ON = re.compile(
    r"(?:^|[.!?,:\n] ?|\b(?:please|pls|kindly|you|to|fyi) )(?:see|answer|check|read|handle|help with|advise on|look at|review"
    r"|respond to|reply to|comment on|take)\b(?! (?:my|our|your))[^.!?\n]{0,50}\bbelow\b"
    r"|\b(?:client|customer|importer|shipper)\b[^.!?\n]{0,40}\bbelow\b"
    r"|\bbelow\b[^.!?\n]{0,20}\bfrom (?:the |our |a )?(?:client|customer|importer|shipper)\b"
    r"|^\W*below\W*$|\bforwarding (?:this|the|it)\b",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS_ABOVE = 30  # lines above the mail below in which that is looked for
# A line that its writer began on purpose: a list item, a table row, an entry number, "Key: value".
_HARD = re.compile(r"\s*(?:[-*•–·|]|\d{1,3}[.)]\s|\[|[A-Z0-9]{3}-?\d{5}|[\w /]{2,25}:(?:\s|\Z))")
_ROW = re.compile(r".*(?:\t|\||\S {3,}\S)")
_WRAP_LEAST = 45  # a shorter line was ended by its writer
_WRAP_MOST = 130  # a longer one was not made by wrapping
_WRAP_AT = 50  # columns that the next word did not fit into, at the narrowest
_LOOK = 400  # characters of a line that are looked at
_SIGNATURE_MOST = 15  # lines below a bare "--"; more is a text with a rule in it
_NEAR_TOP = 4  # text lines of a mail among which the bot's marker makes all of it the bot's


@dataclass(slots=True)
class _State:
    """Where we are in the mail. `returns`: the part is marked with >, so that unmarked lines are the sender's again."""

    kind: PassageKind = PassageKind.OWN
    returns: bool = False
    bot_depth: int = -1  # of the bot's answer that we are in; -1: not in one


def plain(text: str, where: str = "text") -> Passage:
    """A bare text as the sender's own passage, with nothing told apart."""
    return _passage(PassageKind.OWN, text, read(text[:MOST_READ]), where)


def split(incoming: Incoming) -> tuple[Passage, ...]:
    """The passages of a message: subject, body, and those of each attached mail, whose words count as forwarded.

    Of each text the first MOST_READ characters are read. Nothing is raised.
    """
    subject = incoming.subject[:MOST_READ]
    parts = [_passage(PassageKind.SUBJECT, subject, read(subject), "subject")]
    parts += _parts(incoming.text, incoming.subject, _State(), "text")
    for mail in incoming.attached:
        source = f"{mail.subject}\n\n{mail.text}"
        parts += _parts(source, "", _State(PassageKind.FORWARDED), mail.name or "forwarded")
    return tuple(part for part in parts if part.text.strip())


def _parts(source: str, subject: str, state: _State, where: str) -> Iterator[Passage]:
    """The passages of one text, in its order."""
    lines = read(source[:MOST_READ])
    letters = "".join(line.letter for line in lines)
    presented = _presented(lines, letters, subject)
    run: list[Line] = []
    kind = state.kind
    for start, end in _stretches(letters):
        boundary = letters[start] != "t" and _BOUNDARY.fullmatch(letters, start, end) is not None
        if boundary:
            yield from _told_apart(kind, source, run, where)
            _cross(state, lines, letters, (start, end), subject)
            kind, run = _kind_at(state, lines[start], boundary=True), []
            run += [line for line in map(subject_of, lines[start:end]) if line]
            continue
        for index in range(start, end):
            line = lines[index]
            _notice_bot(state, line)
            wanted = (
                kind if line.letter == "b" else _kind_at(state, line, presented=bool(presented) and presented[index])
            )
            if wanted is not kind:
                yield from _told_apart(kind, source, run, where)
                kind, run = wanted, []
            run.append(line)
    yield from _told_apart(kind, source, run, where)


def _stretches(letters: str) -> Iterator[tuple[int, int]]:
    """Boundaries, and what is between them."""
    last = 0
    for found in _BOUNDARY.finditer(letters):
        if last < found.start():
            yield last, found.start()
        yield found.span()
        last = found.end()
    if last < len(letters):
        yield last, len(letters)


def _cross(state: _State, lines: Sequence[Line], letters: str, span: tuple[int, int], subject: str) -> None:
    """Pass a boundary: decide what the mail below it is."""
    start, end = span
    depth = lines[start].depth
    state.bot_depth = depth if _is_bots(letters, end) else -1
    outside = state.kind is PassageKind.OWN or (state.returns and depth == 0)
    if outside:
        forward = _is_forward(letters[start], subject, depth) or _hands_on(lines[max(0, start - _WORDS_ABOVE) : start])
        state.kind = PassageKind.FORWARDED if forward else PassageKind.QUOTED
        below = next((line for line in lines[end : end + 6] if line.letter != "b"), None)
        state.returns = below is not None and below.depth > 0


def _is_forward(letter: str, subject: str, depth: int) -> bool:
    """A forward hands the mail on; a reply drags it along. The marker says which, then the subject."""
    reply = bool(_REPLY_SUBJECT.match(subject))
    if letter == "f":
        return not (reply and depth)
    if _FORWARD_SUBJECT.match(subject):
        return True
    return letter != "w" and not reply and not depth


def _hands_on(above: Sequence[Line]) -> bool:
    """Whether the sender's words above a mail hand it on."""
    return bool(_HANDS_ON.search("\n".join(line.text[:_LOOK] for line in above if not line.depth)))


def _is_bots(letters: str, start: int) -> bool:
    """Whether the mail that begins here is the bot's own answer: its marker stands near the top."""
    for letter in letters[start : start + 3 * _NEAR_TOP].replace("b", "")[:_NEAR_TOP]:
        if letter in "mfoBw":
            return letter == "m"
    return False


def _notice_bot(state: _State, line: Line) -> None:
    """The bot's answer begins with its marker, and ends where the quoting that it stands in ends."""
    if line.letter == "m":
        state.bot_depth = line.depth
    elif line.letter != "b" and line.depth < state.bot_depth:
        state.bot_depth = -1


def _kind_at(state: _State, line: Line, *, boundary: bool = False, presented: bool = False) -> PassageKind:
    if state.bot_depth >= 0:
        return PassageKind.BOT
    if state.kind is PassageKind.OWN:
        return PassageKind.QUOTED if line.depth and not presented else PassageKind.OWN
    return PassageKind.OWN if state.returns and not line.depth and not boundary else state.kind


def _presented(lines: Sequence[Line], letters: str, subject: str) -> list[bool]:
    """For each line: is it a quote that the sender shows ("ACE says:" and then > …), not older mail? Empty: none is.

    In a chat, which has no subject, a quote beside a question is shown too; and so is all that a forward quotes.
    """
    if "m" in letters or _BOUNDARY.search(letters) or not any(line.depth for line in lines):
        return []
    asked = not subject and any("?" in line.text for line in lines if not line.depth)
    asked = asked or bool(_FORWARD_SUBJECT.match(subject))
    shown: list[bool] = []
    introduced = False
    for line in lines:
        if line.depth == 0 and line.letter != "b":
            introduced = line.text.endswith(":")
        shown.append(bool(line.depth) and (asked or introduced))
    return shown


def _told_apart(kind: PassageKind, source: str, lines: Sequence[Line], where: str) -> Iterator[Passage]:
    """One mail's lines as passages: its signature and disclaimers apart when its words count."""
    if kind is PassageKind.FORWARDED and where == "text":
        where = "forwarded"
    if kind not in (PassageKind.OWN, PassageKind.FORWARDED):
        yield _passage(kind, source, lines, where)
        return
    signed = _signature(lines)
    run: list[Line] = []
    last = False
    for line, is_signature in zip(lines, signed, strict=True):
        if is_signature is not last and run:
            yield _passage(PassageKind.SIGNATURE if last else kind, source, run, where)
            run = []
        last = is_signature
        run.append(line)
    yield _passage(PassageKind.SIGNATURE if last else kind, source, run, where)


def _signature(lines: Sequence[Line]) -> list[bool]:
    """For each line, whether it is signature, disclaimer or banner.

    "-- " signs all that follows. A bare "--" does so when it is the last one and little follows: people rule off with
    it too. "Sent from my phone" is a line, a disclaimer a paragraph.
    """
    signed = [False] * len(lines)
    marks = [index for index, line in enumerate(lines) if line.letter == "s"]
    mark = marks[-1] if len(marks) == 1 else len(lines)
    if sum(line.letter != "b" for line in lines[mark:]) > _SIGNATURE_MOST:
        mark = len(lines)
    paragraph = False
    for index, line in enumerate(lines):
        if line.letter == "d":
            paragraph = True
        elif line.letter == "b" and not _is_heading(lines, index):
            paragraph = False
        signed[index] = index >= mark or paragraph or line.letter == "g"
    return signed


def _is_heading(lines: Sequence[Line], blank: int) -> bool:
    """Whether the line above a blank one is only a disclaimer's title, whose text follows."""
    above = lines[blank - 1] if blank else None
    return above is not None and above.letter == "d" and len(above.text.split()) <= 3  # noqa: PLR2004 - "Confidentiality notice:"


def _passage(kind: PassageKind, source: str, lines: Sequence[Line], where: str) -> Passage:
    """Join wrapped lines by a space, keep paragraphs and list lines apart, and remember where each character stood."""
    text: list[str] = []
    origin: list[int] = []
    above: Line | None = None
    blanks = False
    for line in lines:
        if line.letter == "b":
            blanks = above is not None
            continue
        if above is not None:
            joint = "\n\n" if blanks else " " if _is_wrapped(above, line) else "\n"
            text.append(joint)
            origin.extend([above.end] * len(joint))
        text.append(line.text)
        origin.extend(range(line.start, line.end))
        above, blanks = line, False
    return Passage(kind, "".join(text), source, tuple(origin), where)


def _is_wrapped(above: Line, below: Line) -> bool:
    """Whether a mail program, not the writer, began the line below."""
    length = len(above.text)
    if not _WRAP_LEAST <= length <= _WRAP_MOST or above.depth != below.depth or above.text.endswith((":", ";")):
        return False
    start = below.text[:_LOOK]
    word = start.split(maxsplit=1)[0]
    return length + 1 + len(word) > _WRAP_AT and not (_HARD.match(start) or _ROW.match(start) or _ROW.match(above.text))
