"""Phrases that a sentence is like though it does not hold them: typing slips, scanning slips, a word more or less.

Only CBP's own messages are compared: how people put things is the trained model's business (`meaning`). A likeness is
sure when the score is high (the shorter the phrase the higher), the hinge words and the numbers agree, every word of the
phrase has its like in the sentence, and no other error comes near. Codes are never compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.core.folding import Scanned, scanned
from bot.core.hinges import Hinges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.catalogue import Catalogue
    from bot.core.phrases import Phrase

MOST_READ = 60_000  # characters of a passage; longer ones are logs, and exact matching reads all of them
_LEAST = 14  # shorter phrases are like too much
_CANDIDATE = 82.0  # points from which a likeness is worth asking about
_FLOORS = ((20, 95.0), (32, 92.0), (60, 89.0))  # phrases shorter than this: points from which they are sure
_FLOOR = 86.0  # longer ones: a word or two may differ in ten
_MARGIN = 4.0  # points over the runner-up of another error
_PIECE = 240  # characters compared at a time: about two sentences
_JOINT = 2  # characters between two sentences that stand side by side
_CHUNK = 2_000  # characters in which all phrases are first looked for, before sentence by sentence
_WORD_LIKE = 66.0  # points from which a word has its like; two slips in six letters
_END = re.compile(r"[.!?;](?=\s)|\n+")
_WORDS = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Like:
    """A phrase that `text[start:end]` is like, and by how many points of 100. `sure`: enough to say so."""

    phrase: Phrase
    score: float
    start: int
    end: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Model:
    """A phrase made ready: scanned, with its hinge words, its words and its numbers."""

    phrase: Phrase
    text: str
    hinges: frozenset[str]
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    floor: float
    sentences: bool  # more than one


class Likeness:
    """The phrases of a catalogue that can be recognised by likeness. Built once."""

    def __init__(self, catalogue: Catalogue, phrases: Sequence[Phrase]) -> None:
        self._hinges = Hinges(catalogue.hinge_words)
        likeable = [one for one in phrases if one.printed and not one.everyday and len(one.text) >= _LEAST]
        self._models = tuple({(one.id, one.text): self._model(one) for one in likeable}.values())

    def _model(self, phrase: Phrase) -> _Model:
        text = scanned(phrase.text).text
        words = tuple(word for word in _WORDS.findall(text) if len(word) > 2)  # noqa: PLR2004 - not "of", "on", "is"
        numbers = tuple(scanned(word).text for word in re.findall(r"\w*\d[\w.,]*", phrase.text))
        floor = next((points for length, points in _FLOORS if len(text) < length), _FLOOR)
        return _Model(phrase, text, self._hinges.of(text), words, numbers, floor, bool(_END.search(phrase.text)))

    def find(self, text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Like]:
        """The likenesses in folded text, outside the spans that are taken (ascending), in no order of worth.

        Give text in which line ends stand only where one was meant. A likeness that is not sure may be asked about.
        """
        done: set[str] = set()
        for chunk in _chunks(_pieces(text[:MOST_READ], taken)):
            whole = scanned(" ".join(text[low:high] for low, high in chunk)).text
            near = [one for one in self._models if fuzz.partial_ratio(one.text, whole, score_cutoff=_CANDIDATE)]
            if not near:
                continue
            short = [one for one in near if not one.sentences]
            long = [one for one in near if one.sentences]
            for index, (low, high) in enumerate(chunk):
                yield from self._in_piece(short, (low, high), text, done)
                before = chunk[index - 1] if index else (low, low)
                if long and before[1] >= low - _JOINT:  # a message of two sentences is sought in two
                    yield from self._in_piece(long, (before[0], high), text, done)

    def _in_piece(self, models: Sequence[_Model], span: tuple[int, int], text: str, done: set[str]) -> Iterator[Like]:
        low, piece = span[0], text[slice(*span)]
        if not models or piece in done:
            return
        done.add(piece)
        seen = scanned(piece)
        found = [like for one in models if (like := self._compare(one, seen, low, text))]
        # Of the sure ones the longest says most; of the others the likest.
        found.sort(key=lambda one: (not one.sure, -len(one.phrase.text) if one.sure else 0, -one.score))
        spans: list[tuple[int, int]] = []
        for like in found:
            if any(start < like.end and like.start < end for start, end in spans):
                continue
            mine = max(one.score for one in found if one.phrase.id == like.phrase.id and _overlap(one, like))
            rival = max(
                (one.score for one in found if _overlap(one, like) and _rivals(one.phrase, like.phrase)), default=0.0
            )
            sure = like.sure and mine - rival >= _MARGIN
            if sure:
                spans.append((like.start, like.end))
            yield Like(like.phrase, like.score, like.start, like.end, sure)

    def _compare(self, model: _Model, seen: Scanned, low: int, text: str) -> Like | None:
        """The phrase's best place in a piece; None when it is not like it or turns on another word."""
        padded = seen.text.ljust(len(model.text))  # else the shorter would be sought in the longer
        place = fuzz.partial_ratio_alignment(model.text, padded, score_cutoff=_CANDIDATE)
        if place is None or not place.score:
            return None
        start, end = _widened(seen.text, place.dest_start, min(place.dest_end, len(seen.text)))
        span = seen.text[start:end]
        if self._hinges.of(span) != model.hinges or any(number not in span for number in model.numbers):
            return None
        missing = sum(fuzz.partial_ratio(word, span) < _WORD_LIKE for word in model.words)
        if missing * 2 > len(model.words):
            return None
        start, end = seen.span(start, end)
        return Like(model.phrase, place.score, *_trimmed(text, low + start, low + end),
                    sure=place.score >= model.floor and not missing)  # fmt: skip


def _rivals(one: Phrase, other: Phrase) -> bool:
    """Whether the two say different things; of the same words for two errors the one without a code is meant."""
    return one.id != other.id and not (one.coded and one.text == other.text)


def _overlap(one: Like, other: Like) -> bool:
    return one.start < other.end and other.start < one.end


def _pieces(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sentences without what is taken; a long one in overlapping windows: likeness is judged within one thought."""
    ends = sorted([*(found.span() for found in _END.finditer(text)), *taken, (len(text), len(text))])
    low = 0
    for end, following in ends:
        high = min(end, len(text))
        while high - low > _PIECE:
            yield low, low + _PIECE
            low += _PIECE // 2
        if high - low >= _LEAST - 2:
            yield low, high
        low = max(low, following)


def _chunks(pieces: Iterator[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    chunk: list[tuple[int, int]] = []
    size = 0
    for piece in pieces:
        chunk.append(piece)
        size += piece[1] - piece[0]
        if size >= _CHUNK:
            yield chunk
            chunk, size = [piece], piece[1] - piece[0]  # again, as the first of two sentences
    yield chunk


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A span moved out to whole words."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end - 1 and not text[start].isalnum():
        start += 1
    while end - 1 > start and not text[end - 1].isalnum():
        end -= 1
    return start, end
