"""A message as passages: whose words are whose, with wrapped lines joined and every character's origin kept.

Each line gets one letter, and plain regular expressions over the letters find the parts:
`t`ext, `q`uoted with >, `h`eader of a quoted mail (From: …), `f`orward marker, `w` ("On … wrote:"), `o` (original
message marker), `s`ignature mark, `d`isclaimer, `m`arker of the bot's own answer, `b`lank.
Everything is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.model import Passage, PassageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.model import Incoming

BOT_MARKER = "capebot answer"  # the first words of every reply: the bot knows its own voice by them
_HEADER_NAMES = (
    "from|sent|to|cc|subject|date|von|gesendet|an|betreff|datum|de|envoyé|à|objet|enviado(?: el)?|para|asunto|fecha"
    "|da|inviato|a|oggetto|data|reply-to|importance|attachments"
)
_HEADER = re.compile(rf"\s{{0,3}}\*?(?:{_HEADER_NAMES})\s?:\*?\s", re.IGNORECASE)
_FIRST_HEADER = re.compile(r"\s{0,3}\*?(?:from|von|de|da)\s?:\*?\s", re.IGNORECASE)
_FORWARD = re.compile(
    r"\s*-{2,}\s*(?:forwarded message|forwarded by .{0,80}|weitergeleitete nachricht|message transféré|message transmis"
    r"|mensaje reenviado|messaggio inoltrato)\s*-{2,}\s*\Z"
    r"|\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message réexpédié"
    r"|inicio del mensaje reenviado)\s*:\s*\Z",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original)\s*-{2,}", re.IGNORECASE
)
_WROTE = re.compile(
    r"\s*(?:on|am|le|el)\b.{3,200}\b(?:wrote|schrieb(?: .{1,80})?|a écrit|escribió)\s?:\s*\Z", re.IGNORECASE
)
_WROTE_START = re.compile(r"\s*(?:on|am|le|el)\s.{0,30}\d{4}.{0,170}\Z", re.IGNORECASE)
_WROTE_END = re.compile(r".{0,200}\b(?:wrote|schrieb|a écrit|escribió)\s?:\s*\Z", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"--\s?\Z|_{5,}\s*\Z|\s*sent from my \w+.{0,40}\Z|\s*get outlook for \w+.{0,60}\Z", re.IGNORECASE
)
_DISCLAIMER = re.compile(
    r"\s*\*?(?:confidentiality notice|disclaimer|privileged and confidential|this (?:e-?mail|message)(?: and any"
    r" attachments?)? (?:is|are|may|contains?|and its)\b.{0,80}(?:confidential|privileged|intended))",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"(?:\s?>)+ ?")
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|i|enc|vs)\s*:", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|aw|sv|antw|r)\s*:", re.IGNORECASE)
_HARD = re.compile(
    r"\s*(?:[-*•–·]|\d{1,3}[.)]|\|)\s|\s*[A-Z0-9]{2,3}-?\d{5}|.*\t|.*[:;]\s*\Z|[^A-Za-z]*\Z"
)  # a line that stands for itself
_WRAP = 45  # a line shorter than this was ended by its writer, not by a mail program's wrapping at 60 to 80
_LONG = 4_000  # characters of a line that are looked at for its kind; kinds are told by how a line begins


@dataclass(frozen=True, slots=True)
class _Line:
    start: int  # in the source
    text: str  # without quote marks
    letter: str
    depth: int  # how many quote marks stood before it


def plain(text: str) -> Passage:
    """A bare text as the sender's own passage."""
    return _passage(PassageKind.OWN, text, _lines(text), "text")


def split(incoming: Incoming) -> tuple[Passage, ...]:
    """The passages of a message: subject, body, and one for each attached mail, whose words count as forwarded."""
    parts = [_passage(PassageKind.SUBJECT, incoming.subject, _lines(incoming.subject), "subject")]
    parts += _body(incoming)
    for mail in incoming.attached:
        text = f"{mail.subject}\n\n{mail.text}"
        parts += _attached(text, mail.name or "forwarded")
    return tuple(part for part in parts if part.text.strip())


def _body(incoming: Incoming) -> list[Passage]:
    lines = _lines(incoming.text)
    letters = "".join(line.letter for line in lines)
    cut = _history(letters, lines)
    own, rest = lines[:cut], lines[cut:]
    parts = _own(incoming.text, own, "text")
    if rest:
        kind = PassageKind.FORWARDED if _is_forward(incoming.subject, letters, cut, own) else PassageKind.QUOTED
        parts += _history_parts(incoming.text, rest, kind)
    return parts


def _attached(text: str, where: str) -> list[Passage]:
    """An attached mail: all of it counts but its signatures and the bot's own words."""
    return _history_parts(text, _lines(text), PassageKind.FORWARDED, where)


def _history(letters: str, lines: Sequence[_Line]) -> int:
    """The index of the line from which on the words are those of an earlier mail; the length if there is none."""
    found = re.search(r"f|o|m|w(?=[bqw]*q)|w|h{2,}", letters)
    marked = found.start() if found else len(letters)
    if found and found[0][0] == "h" and not _FIRST_HEADER.match(lines[marked].text):
        later = next(
            (i for i in range(marked, len(lines)) if letters[i] == "h" and _FIRST_HEADER.match(lines[i].text)), None
        )
        marked = later if later is not None else len(letters)
    tail = re.search(r"q[qb]*[sdtb]*\Z", letters)  # a block of > at the end without any introduction
    return min(marked, tail.start() if tail and "t" not in letters[tail.start() :].strip("b") else marked)


def _is_forward(subject: str, letters: str, cut: int, own: Sequence[_Line]) -> bool:
    """A forward hands the mail on; a reply drags it along. The marker says which, then the subject."""
    if letters[cut] == "f":
        return True
    if letters[cut] in "wqm":
        return False
    if _FORWARD_SUBJECT.match(subject):
        return True
    if _REPLY_SUBJECT.match(subject):
        return False
    return letters[cut] == "h" or not any(line.letter == "t" for line in own)


def _history_parts(source: str, lines: Sequence[_Line], kind: PassageKind, where: str = "forwarded") -> list[Passage]:
    """Earlier mail: header lines and markers left out, signatures and the bot's own answers set apart."""
    parts: list[Passage] = []
    run: list[_Line] = []
    current = kind
    for line in lines:
        wanted = current
        if line.letter == "m":
            wanted = PassageKind.BOT
        elif line.letter in "fow" or (line.letter == "h" and _FIRST_HEADER.match(line.text)):
            wanted = kind
        elif current is not PassageKind.BOT:
            wanted = PassageKind.SIGNATURE if line.letter in "sd" else current
            if current is PassageKind.SIGNATURE and line.letter == "h":
                wanted = kind
        if wanted is not current:
            parts.append(_passage(current, source, run, where))
            run, current = [], wanted
        if line.letter not in "fowh" or _says_subject(line):
            run.append(line)
    parts.append(_passage(current, source, run, where))
    return parts


def _says_subject(line: _Line) -> bool:
    """The forwarded mail's subject often is the error itself."""
    return line.letter == "h" and bool(
        re.match(r"\s{0,3}\*?(?:subject|betreff|objet|asunto|oggetto)\s?:", line.text, re.IGNORECASE)
    )


def _own(source: str, lines: Sequence[_Line], where: str) -> list[Passage]:
    """The sender's own part: quotes among it set apart, and the signature at its end."""
    end = next((index for index, line in enumerate(lines) if line.letter in "sd"), len(lines))
    quoted = [line for line in lines[:end] if line.letter == "q"]
    own = [line for line in lines[:end] if line.letter != "q"]
    return [
        _passage(PassageKind.OWN, source, own, where),
        _passage(PassageKind.QUOTED, source, quoted, where),
        _passage(PassageKind.SIGNATURE, source, lines[end:], where),
    ]


def _lines(text: str) -> list[_Line]:
    """The lines with their letters; an "On … wrote:" that a mail program broke in two is seen too."""
    lines, start, below_forward = [], 0, False
    raw = text.split("\n")
    for index, whole in enumerate(raw):
        marks = _QUOTE.match(whole)
        body = whole[marks.end() :] if marks else whole
        following = raw[index + 1] if index + 1 < len(raw) else ""
        letter = _letter(body[:_LONG], following[:_LONG])
        below_forward = below_forward or letter == "f"
        if marks and letter not in "mfb" and not below_forward:
            letter = "q"
        depth = marks[0].count(">") if marks else 0
        lines.append(_Line(start + (marks.end() if marks else 0), body.rstrip("\r"), letter, depth))
        start += len(whole) + 1
    return lines


def _letter(text: str, following: str) -> str:  # noqa: PLR0911 - a table of kinds, first match decides
    if not text.strip():
        return "b"
    if BOT_MARKER in text.casefold():
        return "m"
    if _FORWARD.match(text):
        return "f"
    if _ORIGINAL.match(text):
        return "o"
    if _WROTE.match(text) or (_WROTE_START.match(text) and _WROTE_END.match(_QUOTE.sub("", following, count=1))):
        return "w"
    if _SIGNATURE.match(text):
        return "s"
    if _DISCLAIMER.match(text):
        return "d"
    return "h" if _HEADER.match(text) else "t"


def _passage(kind: PassageKind, source: str, lines: Sequence[_Line], where: str) -> Passage:
    """Join wrapped lines by a space, keep paragraphs and list lines apart, and remember where each character stood."""
    text: list[str] = []
    origin: list[int] = []
    previous: _Line | None = None
    for line in lines:
        if previous is not None:
            text.append(_joint(previous, line))
            origin.append(max(previous.start + len(previous.text) - 1, previous.start))
        text.append(line.text)
        origin.extend(range(line.start, line.start + len(line.text)))
        previous = line
    return Passage(kind, "".join(text), source, tuple(origin), where)


def _joint(above: _Line, below: _Line) -> str:
    """A space where a mail program wrapped the line, a line end where the writer ended it."""
    wrapped = (
        len(above.text.rstrip()) >= _WRAP
        and below.text.strip()
        and above.letter in "tq"
        and below.letter in "tq"
        and not _HARD.match(below.text[:_LONG])
        and "\t" not in above.text[:_LONG]
    )
    return " " if wrapped else "\n"
