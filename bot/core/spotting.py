"""Known errors in passages: by code, by wording, by likeness, in this order, each with its confidence.

Saying nothing beats a wrong diagnosis. Codes count only near words such as "error". Wordings are found exactly in one
Aho-Corasick pass. Likeness compares sentence pieces with phrases, never codes; hinge words ("not", "already") must
agree, and it must be clearly more like one error than like any other, else both are only candidates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind
from rapidfuzz import fuzz

from bot.core.folding import Folded, fold, folded, ocr
from bot.core.model import How, Passage, PassageKind, Sighting, Spotting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.catalogue import Catalogue, KnownError

COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
_NEAR = 40  # characters within which a word such as "error" makes a number a code
_SHORT_WORDS = 2  # "Not Started" alone may be about anything: counts only in a message about CAPE
_LIKE_TEXT = 60_000  # characters looked at for likeness; longer messages are logs, and exact matching reads all of them
_PIECE = 240  # characters compared at a time: about two sentences
_LIKE_LEAST = 14  # shorter phrases are like too much
_MARGIN = 4.0  # points over the runner-up of another error
_CANDIDATE = 82.0  # points from which a likeness is worth asking about
_CANDIDATES = 3
_VARIABLE = re.compile(r"\{[^}]*\}")
_GAP = r"\W{0,3}(?:\S+\s){0,3}\S*?\W{0,3}"  # a variable part: up to four words
_NOT_BEFORE = re.compile(
    r"(?:\bnot|n't|\bno longer|\bnever|\bwithout|\bno more|\brather than|\binstead of|\bisn't|\bno)"
    r"(?: (?:the|a|an|any|get|got|getting|see|seeing|seen|have|had|this|that|about|it|of|is|one|another|more)){0,4} ?[\"'(]?\Z"
)
_NOT_AFTER = re.compile(
    r"\A[\"').,]? ?(?:error|message|status|one|rejection|code)? ?"
    r"(?:(?:is|are|was|were|has|have|did|does)(?: not|n't)|is gone|went away|is solved|is resolved|was resolved"
    r"|no longer|never came|has been (?:solved|resolved|fixed))\b"
)
_SENTENCE_END = re.compile(r"[.!?;\n](?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class _Phrase:
    id: str
    text: str  # folded; for a variable phrase its longest fixed part
    official: bool
    pattern: re.Pattern[str] | None = None  # the whole of a phrase with a variable part

    near: re.Pattern[str] | None = None  # words of which one must stand in the sentence of a short phrase

    @property
    def short(self) -> bool:
        return len(self.text.split()) <= _SHORT_WORDS

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the sentence holds one of the words that make a short phrase mean this."""
        if self.near is None:
            return True
        rest = _sentence(text, start, end).replace(self.text, " ")
        return bool(self.near.search(rest)) or not any(map(str.isalnum, rest))


class Spotter:
    """The matchers for one catalogue, built once; `spot` changes nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._phrases = tuple(phrase for error in catalogue.errors for phrase in _phrases(error))
        self._automaton = AhoCorasick([phrase.text for phrase in self._phrases], matchkind=MatchKind.LeftmostLongest)
        self._codes = tuple(_code(error, code) for error in catalogue.errors for code in error.codes)
        self._topics = _any_word(catalogue.topic_words)
        self._hinges = frozenset(ocr(word) for word in catalogue.hinge_words)
        self._likeable = tuple(
            replace(phrase, text=ocr(phrase.text))
            for phrase in self._phrases
            if phrase.pattern is None and len(phrase.text) >= _LIKE_LEAST and not phrase.short
        )

    def spot(self, passages: tuple[Passage, ...]) -> Spotting:
        """Give the sightings, one per known error, the candidates, and whether the words are about CAPE at all."""
        counted = [(passage, fold(passage.text)) for passage in passages if passage.kind in COUNTED]
        about = any(self._topics.search(text.text) for _, text in counted)
        sure: list[Sighting] = []
        maybe: list[Sighting] = []
        for passage, text in counted:
            exact = [*self._by_code(passage, text), *self._by_wording(passage, text, about=about)]
            sure += [sighting for sighting, _ in exact]
            like, unsure = self._by_likeness(passage, text, [span for _, span in exact])
            sure += like
            maybe += unsure
        sightings = _best(sure)
        seen = {sighting.id for sighting in sightings}
        candidates = sorted(_best([one for one in maybe if one.id not in seen]), key=lambda one: -one.confidence)
        asked = tuple(candidates[:_CANDIDATES]) if about or sightings else ()
        return Spotting(sightings, asked, about)

    def _by_code(self, passage: Passage, text: Folded) -> Iterator[tuple[Sighting, tuple[int, int]]]:
        for id_, pattern in self._codes:
            for found in pattern.finditer(text.text):
                start, end = found.span("code") if found["code"] else found.span("code2")
                if not _negated(text.text, start, end):
                    yield _sighting(id_, How.CODE, 0.97, passage, text, (start, end)), (start, end)

    def _by_wording(self, passage: Passage, text: Folded, *, about: bool) -> Iterator[tuple[Sighting, tuple[int, int]]]:
        for index, byte_start, byte_end in self._automaton.find_matches_as_indexes(text.text):
            phrase, start, end = self._phrases[index], byte_start, byte_end
            if phrase.pattern is not None:
                low = max(0, start - 120)
                whole = phrase.pattern.search(text.text, low, end + 120)
                if whole is None:
                    continue
                start, end = whole.span()
            if not _whole_words(text.text, start, end) or (
                phrase.short and not (about and phrase.fits(text.text, start, end))
            ):
                continue
            if _negated(text.text, start, end):
                continue
            official, span = phrase.official, (start, end)
            if not official and (inner := self._official_in(phrase.id, text.text, span)):
                official, span = True, inner
            sighting = _sighting(phrase.id, How.WORDING, 1.0 if official else 0.95, passage, text, span)
            yield replace(sighting, verbatim=official), (start, end)

    def _official_in(self, id_: str, text: str, span: tuple[int, int]) -> tuple[int, int] | None:
        """CBP's own words within a longer wording of the same error."""
        for phrase in self._phrases:
            if phrase.official and phrase.id == id_ and phrase.pattern is None:
                start = text.find(phrase.text, *span)
                if start >= 0:
                    return start, start + len(phrase.text)
        return None

    def _by_likeness(
        self, passage: Passage, text: Folded, taken: list[tuple[int, int]]
    ) -> tuple[list[Sighting], list[Sighting]]:
        """Sure likenesses, and those worth asking about. Words that already told their error are not read twice."""
        sure, maybe = [], []
        for low, high in _pieces(text.text[:_LIKE_TEXT]):
            if any(start < high and end > low for start, end in taken):
                continue
            best = self._likest(text.text[low:high])
            if not best:
                continue
            score, phrase, start, end = best[0]
            span = _widened(text.text, low + start, low + end)
            runner = max((other[0] for other in best if other[1].id != phrase.id), default=0.0)
            sighting = _sighting(phrase.id, How.LIKENESS, score / 100, passage, text, span)
            if _negated(text.text, *span):
                continue
            if score >= _floor(phrase) and score - runner >= _MARGIN:
                sure.append(sighting)
            else:
                maybe += [
                    _sighting(
                        other.id, How.LIKENESS, points / 100, passage, text, _widened(text.text, low + a, low + b)
                    )
                    for points, other, a, b in best
                ]
        return sure, maybe

    def _likest(self, piece: str) -> list[tuple[float, _Phrase, int, int]]:
        """The phrases that a piece is like, the likest first, the best of each error."""
        seen = ocr(piece)
        found: dict[str, tuple[float, _Phrase, int, int]] = {}
        for phrase in self._likeable:
            if len(phrase.text) > len(seen) + 4:
                continue
            alignment = fuzz.partial_ratio_alignment(phrase.text, seen, score_cutoff=_CANDIDATE)
            if alignment is None or alignment.score == 0:
                continue
            start, end = _widened(piece, alignment.dest_start, alignment.dest_end)
            if self._hinges_of(seen[start:end]) != self._hinges_of(phrase.text):
                continue
            if phrase.id not in found or alignment.score > found[phrase.id][0]:
                found[phrase.id] = (alignment.score, phrase, alignment.dest_start, alignment.dest_end)
        return sorted(found.values(), key=lambda one: -one[0])

    def _hinges_of(self, seen: str) -> frozenset[str]:
        return self._hinges & frozenset(re.findall(r"[\w']+", seen))


def _phrases(error: KnownError) -> Iterator[_Phrase]:
    near = _any_word(error.near) if error.near else None
    for texts, official in ((error.messages, True), (error.wordings, False)):
        for text in texts:
            whole = folded(text).rstrip(".!? ")
            parts = [part.strip() for part in _VARIABLE.split(whole)]
            if len(parts) == 1:
                yield _Phrase(error.id, whole, official, near=near)
            else:
                pattern = re.compile(_GAP.join(re.escape(part) for part in parts))
                yield _Phrase(error.id, max(parts, key=len), official, pattern)


def _code(error: KnownError, code: str) -> tuple[str, re.Pattern[str]]:
    """The code as a whole number, near one of its words, before or behind."""
    near = "|".join(re.escape(folded(word)) for word in error.near)
    bare = rf"(?<![\w.\-/#$]){re.escape(folded(code))}(?![\w\-/%]|[.,]\d)"
    gap = rf"[^\n]{{0,{_NEAR}}}?"
    return error.id, re.compile(rf"\b(?:{near})\b{gap}(?P<code>{bare})|(?P<code2>{bare}){gap}\b(?:{near})\b")


def _any_word(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")  # nothing is about a topic without words
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(folded(word)) for word in words) + r")(?!\w)")


def _sighting(id_: str, how: How, confidence: float, passage: Passage, text: Folded, span: tuple[int, int]) -> Sighting:
    start, end = text.at[span[0]], text.at[span[1] - 1] + 1
    return Sighting(id_, how, round(confidence, 3), passage.original(start, end), passage.where,
                    surroundings=_sentence(text.text, *span))  # fmt: skip


def _sentence(text: str, start: int, end: int) -> str:
    before = max(
        (found.end() for found in _SENTENCE_END.finditer(text, max(0, start - 300), start)), default=max(0, start - 300)
    )
    after = _SENTENCE_END.search(text, end, end + 300)
    return text[before : after.start() if after else end + 300].strip()


def _best(sightings: list[Sighting]) -> tuple[Sighting, ...]:
    """One for each error, in the order found: CBP's own words before a paraphrase, then the surer."""
    best: dict[str, Sighting] = {}
    for one in sightings:
        other = best.get(one.id)
        if other is None or (one.verbatim, one.confidence) > (other.verbatim, other.confidence):
            best[one.id] = one
    return tuple(best.values())


def _negated(text: str, start: int, end: int) -> bool:
    """Whether the words around say that this is not it: "it is not the …", "… is gone". Not the words inside."""
    return bool(_NOT_BEFORE.search(text[max(0, start - 60) : start]) or _NOT_AFTER.match(text[end : end + 60]))


def _whole_words(text: str, start: int, end: int) -> bool:
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return before and (end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum()))


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A span moved out to whole words, at most a word either side."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    while start < end - 1 and text[start] == " ":
        start += 1
    while end - 1 > start and text[end - 1] == " ":
        end -= 1
    return start, end


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, a long one in overlapping windows: likeness is judged within one thought."""
    start = 0
    for stop in [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]:
        low = start
        while stop - low > _PIECE:
            yield low, low + _PIECE
            low += _PIECE // 2
        if stop - low >= _LIKE_LEAST:
            yield low, stop
        start = stop


def _floor(phrase: _Phrase) -> float:
    """Points from which a likeness is sure; the shorter the phrase, the more a slip changes what it says."""
    length = len(phrase.text)
    return 96.0 if length < 20 else 93.0 if length < 32 else 90.0  # noqa: PLR2004 - two slips in 20, three in 32
