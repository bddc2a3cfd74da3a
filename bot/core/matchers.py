"""Known errors in one passage by what stands there: by code, by wording, by scanning slips, by likeness, in this order.

A wording counts whole, and not where it is denied; of two that overlap the longer stands; what is only near is not
sure. A matcher is one function in MATCHERS.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from bot.core.codes import Codes
from bot.core.folding import Folded, Scanned, fold, scanned
from bot.core.hinges import denied
from bot.core.likeness import Likeness
from bot.core.model import How, Passage
from bot.core.phrases import LONGEST_GAP, Phrase, phrases_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.core.catalogue import Catalogue

_OFFICIAL, _WORDING, _CODE, _SCANNED = 1.0, 0.95, 0.97, 0.96
_MOST_MATCHES = 20_000  # of one kind in one passage: more is a hostile text, and says nothing new
_SENTENCE = 2  # spaces: three words or more
_NEAR = 40  # characters within which an everyday phrase needs its company
SENTENCE_END = re.compile(r"[.!?;](?=\s|\Z)|\n")
_PEOPLE = re.compile(
    r"\b(?:i|we|you|they|he|she|who)(?:'ve|'re|'d|'s)?(?: (?:have|had|has|are|were|was|still|just|yet))*\Z"
)
_SAYS = re.compile(r"(?::|=|\b(?:says|said|shows|showing|shown as|reads|marked|marked as)) ?'?\Z")
# A sentence or line that is nothing else, but for an entry number before it, as in a row.
_ALONE = re.compile(r"(?:(?:^|\n|[.!?] ) ?[-•·]?|\d{7}[- ]?\d ?[:,;|=-]*) ?\Z")
_ALONE_AFTER = re.compile(r"[.!]?(?:\Z|\n)|[.!] ")
_ALONE_REACH = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A known error at a place in folded text. `sure` is False for a candidate."""

    id: str
    how: How
    confidence: float
    start: int
    end: int
    verbatim: bool = False
    sure: bool = True


@dataclass(slots=True)
class Reading:
    """A passage being read. `taken` are the spans whose meaning is settled, ascending; `denied` those of them that say what it is not."""

    passage: Passage
    folded: Folded
    about: bool
    taken: list[tuple[int, int]] = field(default_factory=list)
    denied: list[tuple[int, int]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no settled span overlaps this one."""
        place = bisect_left(self.taken, (end, end))
        return place == 0 or self.taken[place - 1][1] <= start


class Matchers:
    """The matchers for one catalogue. Built once, which takes milliseconds; `read` changes nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.codes = Codes(catalogue)
        self.phrases = phrases_of(catalogue)
        self.likeness = Likeness(catalogue, self.phrases)
        self.coded = {phrase.text: phrase.id for phrase in self.phrases if phrase.coded and phrase.printed}
        self.exact = AhoCorasick([phrase.text for phrase in self.phrases] or ["\0"])
        self.slipped = tuple(phrase for phrase in self.phrases if phrase.whole is None)
        self.scans = AhoCorasick([scanned(phrase.text).text for phrase in self.slipped] or ["\0"])

    def read(self, passage: Passage, *, about: bool) -> Reading:
        """Read one passage; `about` says that the whole message is about CAPE. Everything seen is in `seen`."""
        reading = Reading(passage, fold(passage.text), about)
        reading.seen = best_seen([one for matcher in MATCHERS for one in matcher(self, reading)])
        return reading


def by_code(matchers: Matchers, reading: Reading) -> Iterator[Seen]:
    """A bare code near a word such as "error"."""
    text = reading.folded.text
    for id_, start, end in matchers.codes.find(text):
        if denied(text, start, end):
            reading.denied.append((start, end))
        else:
            reading.codes.add(id_)
            yield Seen(id_, How.CODE, _CODE, start, end)


def by_wording(matchers: Matchers, reading: Reading) -> Iterator[Seen]:
    """An official message or a wording that stands there whole; the leftmost longest of those that overlap."""
    text = reading.folded.text
    places: list[tuple[int, int, Phrase, bool]] = []
    for index, start, end in _matches(matchers.exact, text):
        phrase = matchers.phrases[index]
        place = _whole_place(phrase, text, start, end)
        if place:
            places.append((place[0], place[1], phrase, place[2]))
    yield from _settled(places, reading, lambda phrase: (How.WORDING, _OFFICIAL if phrase.official else _WORDING))


def by_scanning_slips(matchers: Matchers, reading: Reading) -> Iterator[Seen]:
    """The same, but for characters that scanning confuses: "lnvalid HTS", "N0t a CSV file"."""
    text = reading.folded.text
    slipped: Scanned = scanned(text)
    places: list[tuple[int, int, Phrase, bool]] = []
    for index, start, end in _matches(matchers.scans, slipped.text):
        low, high = slipped.span(start, end)
        if reading.is_free(low, high) and _is_whole(text, low, high):
            places.append((low, high, matchers.slipped[index], False))
    yield from _settled(places, reading, lambda _: (How.LIKENESS, _SCANNED))


def by_likeness(matchers: Matchers, reading: Reading) -> Iterator[Seen]:
    """What is nearly a known phrase, and candidates that are somewhat like one."""
    text = reading.folded
    for like in matchers.likeness.find(text.text, reading.taken):
        coded = matchers.coded.get(like.phrase.text)
        if coded in reading.codes and coded != like.phrase.id:
            continue  # the code says that the same words are the other error's
        if not denied(text.text, like.start, like.end):
            # Never as sure as an exact match: another spelling is another chance of being wrong.
            confidence = min(like.score / 100, _WORDING - 0.01)
            yield Seen(like.phrase.id, How.LIKENESS, confidence, like.start, like.end, sure=like.sure)


# In order: a span that one has settled is not read again by the next.
MATCHERS: tuple[Callable[[Matchers, Reading], Iterator[Seen]], ...] = (
    by_code,
    by_wording,
    by_scanning_slips,
    by_likeness,
)


def _matches(automaton: AhoCorasick, text: str) -> Sequence[tuple[int, int, int]]:
    return automaton.find_matches_as_indexes(text, overlapping=True)[:_MOST_MATCHES]


def _whole_place(phrase: Phrase, text: str, start: int, end: int) -> tuple[int, int, bool] | None:
    """The span of all of a phrase whose fixed text stands at this place, and whether it is official to the letter."""
    if phrase.whole is None:
        if not _is_whole(text, start, end):
            return None
        if phrase.tail and text.startswith(phrase.tail, end):
            end += len(phrase.tail)
        return start, end, phrase.official
    low, high = max(0, start - LONGEST_GAP), end + LONGEST_GAP
    for pattern, official in ((phrase.exact, True), (phrase.whole, False)):
        if pattern is None:
            continue
        for found in pattern.finditer(text, low, high):
            if found.start() <= start and end <= found.end() and _is_whole(text, *found.span()):
                return found.start(), found.end(), official
    return None


def _settled(
    places: list[tuple[int, int, Phrase, bool]], reading: Reading, sureness: Callable[[Phrase], tuple[How, float]]
) -> Iterator[Seen]:
    """The leftmost longest of the places, if they count. A denied one is settled too: it is not read as another."""
    text = reading.folded.text
    # Of the same words for two errors, the one whose code stands there, then one that has none, then CBP's own words.
    places.sort(key=lambda one: (one[0], -one[1], one[2].id not in reading.codes, one[2].coded, not one[3]))
    sentences = [(start, end) for start, end, phrase, _ in places if _is_sentence(phrase)]
    last = 0
    for index, (start, end, phrase, verbatim) in enumerate(places):
        if start < last or not reading.is_free(start, end) or _cuts(sentences, start, end):
            continue
        if phrase.everyday and not _in_company(phrase, reading, start, end):
            continue
        last = end
        insort(reading.taken, (start, end))
        if denied(text, start, end):
            reading.denied.append((start, end))
        else:
            within = None if verbatim else _official_within(places, index)
            how, confidence = sureness(within[2] if within else phrase)
            place = within or (start, end)
            yield Seen(phrase.id, how, confidence, place[0], place[1], verbatim or within is not None)


def _cuts(sentences: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a span cuts through CBP's sentence: "status says rejected" does not stand in "… Rejected by batch …"."""
    place = bisect_left(sentences, (end, 0)) - 1
    return place >= 0 and start < sentences[place][1] and (sentences[place][0] < start or end < sentences[place][1])


def _is_sentence(phrase: Phrase) -> bool:
    """Whether it is one of CBP's messages that nobody says by chance."""
    return phrase.printed and not phrase.everyday and phrase.text.count(" ") >= _SENTENCE


def _official_within(places: Sequence[tuple[int, int, Phrase, bool]], index: int) -> tuple[int, int, Phrase] | None:
    """CBP's own words inside a longer wording of the same error ("says Not Started"), else None."""
    _, high, phrase, _ = places[index]
    for start, end, other, verbatim in islice(places, index + 1, None):
        if start >= high:
            return None
        if verbatim and end <= high and other.id == phrase.id:
            return start, end, other
    return None


def _in_company(phrase: Phrase, reading: Reading, start: int, end: int) -> bool:
    """Whether everyday words are meant as the message, in a text about CAPE.

    They are in quotes, or behind a word such as "status" and not of people; and, written as CBP writes them, on a line
    of their own or before such a word ("Not Started claims").
    """
    if not reading.about:
        return False
    text, lines = reading.folded.text, reading.folded.lines
    stood = reading.passage.text[slice(*reading.folded.span(start, end))]
    as_printed = stood.isupper() or stood == phrase.stood
    if as_printed and _ALONE.search(lines, max(0, start - _ALONE_REACH), start) and _ALONE_AFTER.match(lines, end):
        return True
    if text[start - 1 : start] == "'" and text[end : end + 1] == "'":
        return True
    before = SENTENCE_END.split(text[max(0, start - _NEAR) : start])[-1].rstrip()
    after = SENTENCE_END.split(text[end : end + _NEAR])[0]
    if phrase.near is None or _PEOPLE.search(before):
        return False
    if phrase.near.search(before) or phrase.near.search(phrase.text) or (as_printed and _SAYS.search(before)):
        return True
    return as_printed and bool(phrase.near.search(after))


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a span begins and ends with whole words."""
    begins = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return begins and (end >= len(text) or not (text[end].isalnum() and text[end - 1].isalnum()))


def best_seen(seen: Sequence[Seen]) -> list[Seen]:
    """Of each error in one passage the best, sure and not, in the order first found."""
    best: dict[tuple[str, bool], Seen] = {}
    for one in sorted(seen, key=lambda one: one.start):
        other = best.setdefault((one.id, one.sure), one)
        if (one.verbatim, one.confidence) > (other.verbatim, other.confidence):
            best[one.id, one.sure] = one
    return list(best.values())
