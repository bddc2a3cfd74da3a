"""The lines of a mail, one letter each, so that plain regular expressions over the letters find its parts.

`t` text, `b` blank, `f` forward marker, `o` "original message" marker, `B` the first line of a header block (From: …)
and `h` the others, `w` "On … wrote:", `s` signature mark, `g` "Sent from my phone", `d` disclaimer or warning banner,
`m` the bot's own answer, `u` a ruled line. Linear: each line meets one anchored expression, and its first characters
only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BOT_MARKER = "capebot answer"  # the first words of every reply: the bot knows its own voice by them

_LOOK = 1_000  # characters of a line that are looked at for its kind; kinds are told by how a line begins
_ATTRIBUTION_LINES = 3  # a long name and address break "On … wrote:" over as many
_HEADER_LEAST = 3  # header lines that make a block; "From: Long Beach" alone is a sentence's business
_MARKED_LEAST = 2  # after a marker or a rule, which say it too

_FORWARDED = (
    "forwarded message|forwarded by [^-]{1,120}|weitergeleitete nachricht|weitergeleitet von [^-]{1,120}"
    "|message transf[ée]r[ée]|message transmis|mensaje reenviado|messaggio inoltrato|mensagem encaminhada"
    "|doorgestuurd bericht|vidarebefordrat meddelande"
)
_BEGUN = (
    "begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)"
    "|d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|inicio del mensaje reenviado"
    "|inizio messaggio inoltrato|begin doorgestuurd bericht|in[íi]cio da mensagem (?:encaminhada|reenviada)"
)
_ORIGINAL = (
    "original message|original appointment|urspr[üu]ngliche nachricht|message d['’]origine|mensaje original"
    "|messaggio originale|mensagem original|oorspronkelijk bericht"
)
_SENDER = "from|von|de|da|van|fr[åa]n|fra"
_FIELDS = (
    "sent|date|to|cc|bcc|subject|reply-to|importance|attachments?|gesendet|datum|an|betreff|anlagen?|envoy[ée](?: le)?"
    "|[àa]|objet|cci|pi[èe]ces jointes|enviado(?: el)?|fecha|para|asunto|inviato|data|oggetto|verzonden|aan|onderwerp"
    "|enviada(?: em)?|assunto|skickat|till|[äa]mne"
)
_SUBJECTS = "subject|betreff|objet|asunto|oggetto|onderwerp|assunto|[äa]mne"
_PHONES = (
    r"sent from my \w|sent (?:from|via) (?:outlook|gmail|yahoo|proton)|get outlook for \w|von meinem \w+ gesendet"
    r"|gesendet von |envoy[ée] (?:de|depuis) mon \w|enviado desde mi \w|inviato da \w|holen sie sich outlook f"
)
_DISCLAIMERS = (
    r"confidentiality\b.{0,40}(?:notice|statement|note)\b|disclaimer\b|privileged (?:and|&) confidential\b"
    r"|legal (?:notice|disclaimer)\b"
    r"|(?:notice: ?)?(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|transmission)\b"
    r".{0,120}\b(?:confidential|privileged|intended)"
    r"|if you are not the intended recipient|diese (?:e-?mail|nachricht)\b.{0,80}\bvertraulich"
    r"|ce (?:message|courriel)\b.{0,80}\bconfidentiel|este (?:mensaje|correo)\b.{0,80}\bconfidencial"
    r"|\[?(?:external(?: e-?mail| sender)?|ext)\]?(?::|\s*\Z)|(?:caution|warning|attention)\b.{0,40}"
    r"\b(?:external|originated (?:from )?outside|outside (?:of )?(?:the|your|our) organi[sz]ation)"
)
_EDGE = r"\s{0,20}[*_]{0,2}"  # mail programs that turn bold into asterisks
_KIND = re.compile(
    rf"(?P<f>\s*-{{2,}}\s?(?:{_FORWARDED})\s?-{{2,}}|{_EDGE}(?:{_BEGUN})\s?:)"
    rf"|(?P<o>\s*-{{2,}}\s?(?:{_ORIGINAL})\s?-{{2,}})"
    rf"|(?P<H>{_EDGE}(?:{_SENDER})\s?:[*_]{{0,2}}\s.{{1,200}}?\b(?:sent|date|gesendet|envoy[ée]|enviado(?: el)?)\s?:\s"
    rf".{{1,400}}?\b(?:{_SUBJECTS})\s?:)"
    rf"|(?P<F>{_EDGE}(?:{_SENDER})\s?:[*_]{{0,2}}(?:\s|\Z))"
    rf"|(?P<h>{_EDGE}(?:{_FIELDS})\s?:[*_]{{0,2}}(?:\s|\Z))"
    rf"|(?P<s>--\s?\Z)|(?P<u>\s*(?:_{{5,}}|-{{10,}}|={{10,}})\s*\Z)"
    rf"|(?P<g>\s*(?:{_PHONES}))|(?P<d>{_EDGE}(?:{_DISCLAIMERS}))"
    rf"|(?P<w>{_EDGE}(?:on|am|le|el|il|op|em)\s|[^:\n]{{1,120}}[>)]\s?(?:wrote|schrieb|a écrit|escribió)\s?:\s*\Z)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r".{3,300}?\b(?:wrote|schrieb\b.{0,100}|a écrit|escribió|ha scritto|schreef\b.{0,100}|escreveu|skrev\b.{0,100})"
    r"\s?:[*_]{0,2}\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT = re.compile(rf"{_EDGE}(?:{_SUBJECTS})\s?:[*_]{{0,2}}\s?", re.IGNORECASE)
_SUBJECT_WITHIN = re.compile(rf".{{1,600}}?\b(?:{_SUBJECTS})\s?:\s?", re.IGNORECASE)
_QUOTE = re.compile(r"(?: ?>)+ ?")
_BOT = re.compile(rf"\W*{BOT_MARKER}\b|.*\b{BOT_MARKER}\s?:", re.IGNORECASE)
_BOT_QUOTED = re.compile(rf".*\b{BOT_MARKER}\b", re.IGNORECASE)
# A header block over the first letters: a wrapped list of recipients may stand between two headers, or one blank.
_BLOCK = re.compile(r"H|[Fh](?:b?[Fh]|t{1,8}h)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its quote marks. `start` is its place in the source; `depth` counts the marks before it."""

    start: int
    text: str
    letter: str
    depth: int

    @property
    def end(self) -> int:
        """The place in the source behind its last character."""
        return self.start + len(self.text)


def read(text: str) -> list[Line]:
    """The lines of a text with their letters."""
    raw = [_unquoted(whole) for whole in text.split("\n")]
    letters = [_letter(body) for body, _, _ in raw]
    if BOT_MARKER in text.casefold():
        for index, (body, _, depth) in enumerate(raw):
            if _is_bot(body, depth):
                letters[index] = "m"
    _mark_attributions(letters, [body for body, _, _ in raw])
    _mark_blocks(letters)
    lines = []
    start = 0
    for (body, cut, depth), letter, whole in zip(raw, letters, text.split("\n"), strict=True):
        lines.append(Line(start + cut, body, letter, depth))
        start += len(whole) + 1
    return lines


def _unquoted(whole: str) -> tuple[str, int, int]:
    """A line without its quote marks, how many characters they took, and how many marks there are."""
    marks = _QUOTE.match(whole)
    if marks is None:
        return whole.rstrip(), 0, 0
    return whole[marks.end() :].rstrip(), marks.end(), marks[0].count(">")


def subject_of(line: Line) -> Line | None:
    """The subject that a header line states, as a line of text; None when it states none."""
    found = _SUBJECT.match(line.text[:_LOOK]) if line.letter in "Bh" else None
    if found is None and line.letter == "B":
        found = _SUBJECT_WITHIN.match(line.text[:_LOOK])
    rest = line.text[found.end() :].strip() if found else ""
    return Line(line.end - len(rest), rest, "t", line.depth) if rest else None


def _letter(body: str) -> str:
    if not body:
        return "b"
    found = _KIND.match(body if len(body) <= _LOOK else body[:_LOOK])
    return found.lastgroup or "t" if found else "t"


def _is_bot(body: str, depth: int) -> bool:
    """Whether a line begins the bot's own answer; a remark of the sender about it does not."""
    return bool((_BOT_QUOTED if depth else _BOT).match(body[:_LOOK]))


def _mark_attributions(letters: list[str], bodies: list[str]) -> None:
    """Keep `w` where the line, or it and the next ones, end in "wrote:" and hold a date or an address."""
    for index, letter in enumerate(letters):
        if letter != "w" or (index and letters[index - 1] == "W"):
            continue
        letters[index] = "t"
        joined = ""
        for length in range(1, _ATTRIBUTION_LINES + 1):
            if index + length > len(bodies) or letters[index + length - 1] == "b":
                break
            joined += " " + bodies[index + length - 1][:_LOOK]
            if _WROTE.match(joined[:_LOOK]) and re.search(r"\d|@", joined):
                letters[index : index + length] = ["W"] * length
                break
    letters[:] = ["w" if letter == "W" else letter for letter in letters]


def _mark_blocks(letters: list[str]) -> None:
    """Header lines that make a block become `B` and `h`; lone ones are text."""
    text = "".join(letters)
    place = 0
    while found := _BLOCK.search(text, place):
        start, end = _trimmed(text, found.start(), found.end())
        run = text[start:end]
        heads = sum(run.count(letter) for letter in "Fh")
        least = _MARKED_LEAST if re.search(r"[fou]b{0,3}\Z", text[max(0, start - 4) : start]) else _HEADER_LEAST
        if run == "H" or ("F" in run and heads >= least):
            letters[start:end] = ["B"] + ["h"] * (end - start - 1)
        else:
            letters[start:end] = ["t" if letter in "FhH" else letter for letter in run]
        letters[found.start() : start] = ["t" if one in "Fh" else one for one in text[found.start() : start]]
        place = end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A run without what only looks like more headers: before a blank line and From, or behind the first blank line."""
    sender = text.find("F", start, end)
    if sender > start and "b" in text[start:sender]:
        start = text.rindex("b", start, sender) + 1
    first_gap = re.compile(r"[Fh]b").match(text, start)
    blank = text.find("b", start, end)
    if not first_gap and blank >= 0:
        end = blank
    return start, end
