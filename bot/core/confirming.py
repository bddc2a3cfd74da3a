"""What a sender vouches for in their own words: "confirm rows 4, 9", "row 4 is 012-3456789-7", "all except row 9".

Each sentence becomes one letter per word, and a regular expression over the letters says what it means. A sentence
that is about confirming and does not fit, or is a question or a supposition, is `unclear`: the bot asks, it never
guesses. What is quoted, forwarded, or the bot's own is not read.

Letters: `c` confirm, `g` right, `b` wrong, `n` not, `x` except, `a` all, `r` rows 4, 9, `d` bare numbers, `v` a value,
`e` is, `f` in FILE, `y` yes, `q` a phrase that may mean anything ("all good"), `k` a count, `h` a question or
supposition, `u` any other word. Words that change nothing have none.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.confirming_words import LIST_LINE, RANGE, TOKENS, letter_of
from bot.core.model import PassageKind
from bot.core.passages import split
from bot.core.sentences import folded, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.model import Incoming, Passage

MOST_READ = 200_000  # characters of a message that are looked at; what confirms is short, what is longer is pasted
_MOST = 1_000  # sentences, likewise
_LONGEST = 5_000  # characters of a sentence: a list of some thousand rows; beyond that "confirm all" is there
_LETTERS = 60  # of a sentence: people say no more at once, and the expressions are not linear
_FEW_WORDS = 12  # beside a confirmation: a greeting and thanks

_T = "(?:[rv]|(?<![rd])d)(?:[rvf]|(?<![rd])d)*"  # targets; "rows 4, 9 2026" may be anything
_CLAUSE = (
    rf"f?y?(?:c?[rdv]f?ev|c(?:{_T}|af?)(?:[xn]{_T})*|nc(?:{_T}|af?)|n?c[rvda]f?g"
    rf"|{_T}(?:x{_T})*[cg](?:[xn]{_T})*|{_T}(?:n[cg]|b|y)|y{_T}"
    rf"|af?(?:x{_T})*[cg](?:[xn]{_T})*|af?(?:n[cg]|b))f?"
)
_LAST = rf"(?:{_T}n)?"  # "row 9 not" says something at the end only: "row 4, not row 9 confirmed" may mean either
_ONE, _ALL = re.compile(_CLAUSE), re.compile(rf"(?:{_CLAUSE})*{_LAST}")
_CORRECTS = re.compile("f?y?c?[rdv]f?evf?")
_DENIES = re.compile("n[cg]|b|n$")
_ABOUT = re.compile("(?=.*[cgbyq])(?=.*[rvak]).*|(?=.*c)(?=.*[dk]).*|[cgyqdrn]+")
_CLOSING = re.compile(
    r"(?!.*\b(?:yes|yep|yeah|yup|correct|right)\b).*\b(?:thanks?|thx|cheers)\b", re.IGNORECASE | re.DOTALL
)
_EXCEPTION = re.compile(
    r"[.,;]?\s+(?=(?:but not|and not|not rows?|except|apart from|other than|excluding)\b)", re.IGNORECASE
)
_TAKES_BACK = re.compile(
    r"(?:no,? )?(?:if|unless|provided|only if|as long as|except|excluding|wait|scratch|ignore|forget|disregard|correction|actually)\b",
    re.IGNORECASE,
)
_SERIOUS = re.compile(r"\d|confirm", re.IGNORECASE)
_NUMBERED = re.compile(r"\bno\.\s*(?=\d)", re.IGNORECASE)
_WORD_QUOTED = re.compile(r'"([^"\s]+)"')
_QUOTED = re.compile(r'"([^"]*)"')
_BULLET = re.compile(r"^(?:[-*•·]\s+|\d{1,2}\)\s+)")
_BROKEN_LIST = re.compile(rf"(?<=\d)[ \t]*,?[ \t]*\n[ \t]*(?:[-*•·][ \t]*)?(?={LIST_LINE})")
_OPEN_LINE = re.compile(
    r"(\b(?:and|rows?|confirm(?:ed)?):?|&)[ \t]*\n[ \t]*(?:[-*•·][ \t]*)?(?=(?:rows?\b|#?\d))", re.IGNORECASE
)


class Says(StrEnum):
    """What is said of a target."""

    YES = "yes"
    NO = "no"
    BUT = "but"  # an exception from what else the sentence says
    IS = "is"  # another number is right


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing said: of `rows` (first, last), of a `value`, or of `everything`. `number` is what a value should be.

    `plain`: it names rows or a value; otherwise ("confirm 4 and 9", "all are right") it means something only as an
    answer. `file` is empty when none is named.
    """

    says: Says
    rows: tuple[tuple[int, int], ...] = ()
    value: str = ""
    everything: bool = False
    number: str = ""
    file: str = ""
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """A message as far as it confirms. `unclear` are sentences about confirming that say no clear thing.

    `rest` has these, and all others that confirm nothing.
    """

    sayings: tuple[Saying, ...] = ()
    unclear: tuple[str, ...] = ()
    rest: str = ""

    @property
    def concerns(self) -> bool:
        """Whether the earlier messages of the thread have to be looked at."""
        return bool(self.sayings or self.unclear)

    @property
    def insists(self) -> bool:
        """Whether it is a confirmation without any file or question to look at."""
        yes = [one for one in self.sayings if one.says in (Says.YES, Says.IS)]
        alone = len(self.rest.split()) <= _FEW_WORDS
        return any((one.plain and one.rows) or (one.everything and one.plain and alone) for one in yes)


class _Unclear(Exception):  # noqa: N818 - it says what the sentence is
    """The sentence fits the form and yet says no clear thing."""


def read(incoming: Incoming) -> Words:
    """Read what the sender's own words confirm. Nothing is raised."""
    text = "\n".join(_own_text(part) for part in split(_without_quotes(incoming)) if part.kind is PassageKind.OWN)
    joined = _OPEN_LINE.sub(r"\1 ", _BROKEN_LIST.sub(", ", _EXCEPTION.sub(", ", text[:MOST_READ])))
    every = list(sentences(_NUMBERED.sub("", joined)))
    read_ = [(sentence, _read(sentence)) for sentence in every[:_MOST]]
    others = [sentence for sentence, found in read_ if not found]  # what is unclear may well be about something else
    sayings = [one for _, found in read_ for one in found or ()]
    unread = len(text) > MOST_READ or len(every) > _MOST  # an "except row 9" may stand there
    if sayings and (unread or any(_doubts(sentence, sayings) for sentence in others)):
        return Words((), tuple(sentence for sentence, found in read_ if found), "\n".join(every))
    unclear = [sentence for sentence, found in read_ if found is None]
    if not sayings and len(text.split()) <= _FEW_WORDS and _CLOSING.match(text):
        unclear = [one for one in unclear if _SERIOUS.search(one)]  # "ok, thanks": it is over
    return Words(tuple(sayings), tuple(unclear), "\n".join([*others, *every[_MOST:]]))


def _doubts(sentence: str, sayings: list[Saying]) -> bool:
    """Whether a sentence that confirms nothing takes back what another one does: "Not sure about row 9", "No, wait"."""
    tokens = _tokens(sentence[:_LONGEST])
    letters = {letter for letter, _ in tokens}
    if _TAKES_BACK.match(sentence) or (letters <= set("nbx") and letters):
        return True
    if not letters & set("nbxh"):
        return False
    named = [(letter, stood) for letter, stood in tokens if letter in "rv"]
    rows = [
        (int(first), int(last or first))
        for letter, stood in named
        if letter == "r"
        for first, last in RANGE.findall(stood)
    ]
    return any(
        (one.everything and named)
        or ("v", one.value) in named
        or any(first <= end and start <= last for first, last in one.rows for start, end in rows)
        for one in sayings
        if one.says in (Says.YES, Says.IS)
    )


def _without_quotes(incoming: Incoming) -> Incoming:
    """Without the lines that a chat marked as quotes; the same words typed again below stay."""
    if not incoming.quoted:
        return incoming
    quoted = Counter(line.strip() for line in incoming.quoted)
    kept = []
    for line in incoming.text.split("\n"):
        if quoted[line.strip()] > 0:
            quoted[line.strip()] -= 1
        else:
            kept.append(line)
    return replace(incoming, text="\n".join(kept))


def _own_text(part: Passage) -> str:
    """The passage without quotes that the sender only shows, e.g. below "you asked:"."""
    kept = []
    at = 0
    for line in part.text.split("\n"):
        start = part.origin[at] if line else 0
        above = part.source.rfind("\n", 0, start) + 1
        if not (line and part.source[above : start + 1].lstrip().startswith((">", "|"))):
            kept.append(line)
        at += len(line) + 1
    return "\n".join(kept)


def _read(sentence: str) -> tuple[Saying, ...] | None:
    """What a sentence says; nothing: it is about something else; None: it is unclear."""
    if len(sentence) > _LONGEST:
        return None if "confirm" in sentence.casefold() else ()
    tokens = _tokens(sentence)
    letters = "".join(letter for letter, _ in tokens)
    if "h" not in letters and 0 < len(letters) <= _LETTERS and _ALL.fullmatch(letters):
        try:
            return _with_file(tokens, tuple(_said(letters, tokens)))
        except _Unclear:
            return None
    named = "confirm" in sentence.casefold() and any(letter in letters for letter in "rv")  # "un-confirm row 4"
    return None if named or _ABOUT.fullmatch(letters.replace("h", "")) else ()


def _tokens(sentence: str) -> list[tuple[str, str]]:
    """Letters with what they stand for; words without a letter are left out."""
    text = re.sub("[\u2010-\u2015\u2212]", "-", folded(_BULLET.sub("", sentence)).replace("“", '"').replace("”", '"'))
    whole = _QUOTED.fullmatch(text)
    text = _WORD_QUOTED.sub(r"\1", whole[1] if whole else text)
    found = []
    for token in TOKENS.finditer(text):
        letter = letter_of(token)
        if letter:
            found.append((letter, token["name"] or token["in_quotes"] or token[0]))
    return [*found, ("h", "?")] if text.endswith("?") else found


def _said(letters: str, tokens: list[tuple[str, str]]) -> Iterator[Saying]:
    """Clause by clause: the longest that leaves a rest which is one."""
    at = 0
    while at < len(letters):
        ends = range(len(letters), at, -1)
        end = next(
            (e for e in ends if _ONE.fullmatch(letters, at, e) and _ALL.fullmatch(letters, e)),
            len(letters),  # what may stand at the end only
        )
        yield from _clause(letters[at:end], tokens[at:end])
        at = end


def _clause(letters: str, tokens: list[tuple[str, str]]) -> Iterator[Saying]:
    if _CORRECTS.fullmatch(letters):
        targets = [token for token in tokens if token[0] in "rdv"]
        yield replace(_target(*targets[0], Says.IS), number=targets[1][1], file=_file(tokens))
        return
    says = Says.NO if _DENIES.search(letters) else Says.YES
    since: list[Saying] = []
    for index, (letter, stood) in enumerate(tokens):
        if letter == "x" or (letter == "n" and letters[index + 1 : index + 2] in ("r", "d", "v")):
            says = Says.BUT
        elif letter == "f":
            since = [one if one.file else replace(one, file=stood) for one in since]
        elif letter == "a":
            since.append(Saying(says, everything=True, plain="c" in letters))
        elif letter in "rdv":
            one = _target(letter, stood, says)
            if (
                letter == "d"
                and "c" not in letters
                and len(RANGE.findall(stood)) == 1
                and one.rows[0][0] == one.rows[0][1]
            ):
                raise _Unclear  # "2 are right": a row, or how many?
            since.append(one)
    yield from since


def _target(letter: str, stood: str, says: Says) -> Saying:
    if letter == "v":
        return Saying(says, value=stood)
    rows = tuple((int(first), int(last or first)) for first, last in RANGE.findall(stood))
    if not rows or any(last < first or first < 1 for first, last in rows):
        raise _Unclear
    return Saying(says, rows=rows, plain=letter == "r")


def _file(tokens: list[tuple[str, str]]) -> str:
    return next((stood for letter, stood in tokens if letter == "f"), "")


def _with_file(tokens: list[tuple[str, str]], sayings: tuple[Saying, ...]) -> tuple[Saying, ...]:
    """A file that a sentence names once holds for all of it."""
    named = {stood for letter, stood in tokens if letter == "f"}
    if len(named) != 1:
        return sayings
    return tuple(replace(one, file=one.file or next(iter(named))) for one in sayings)
