"""What a message is about: what stands there to the letter, and what its words mean to the trained model, weighed.

Saying nothing beats a wrong diagnosis. CBP's own words and codes count where they stand, unless the message as a whole
is ordinary talk. A wording of ours counts when the model finds it likely too. The model alone counts when it leads by a
margin. What is left is a candidate, to be asked about.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from bot.core.folding import fold
from bot.core.matchers import Matchers
from bot.core.model import How, Passage, PassageKind, Sighting, Spotting
from bot.core.phrases import any_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.catalogue import Catalogue
    from bot.core.matchers import Reading, Seen
    from bot.core.meaning import Meaning, Scores

COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
_REPLY = re.compile(r"\s*(?:re|aw|sv|antw|rv|tr)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
_CANDIDATES = 3
_AROUND = 300  # characters either side in which the sentence's ends are looked for
_SENTENCE_END = re.compile(r"[.!?;](?=\s|\Z)|\n")
_SPACES = re.compile(r"\s+")
_SURE = 0.05  # by which the model's best must lead everything else to be a diagnosis on its own
_LIKELY = 0.6  # how far below the model's best a wording of ours may lie and still count
_ORDINARY = 0.9  # by which ordinary talk must lead to silence even CBP's own words
_ALSO = 9  # by which the best must lead in one sentence to be a second diagnosis beside that of the message
_SENTENCE = 4  # words a sentence must have to be a second diagnosis
_CONFIDENCE = 0.94  # of the model at most: another spelling is another chance of being wrong


class Spotter:
    """Reads messages for one catalogue. Built once; `spot` changes nothing. Without a model it goes by wordings alone."""

    def __init__(self, catalogue: Catalogue, meaning: Meaning | None = None) -> None:
        self.topics = any_of(catalogue.topic_words)
        self.matchers = Matchers(catalogue)
        self.meaning = meaning
        self.ids = frozenset(error.id for error in catalogue.errors)

    def spot(self, passages: tuple[Passage, ...]) -> Spotting:
        """Give the sightings, one for each known error, the candidates, and whether the words are about CAPE at all."""
        counted = [passage for passage in passages if _counts(passage)]
        named = any(self.topics.search(fold(passage.text).text) for passage in counted)
        readings = [self.matchers.read(passage, about=named) for passage in counted]
        scores = self._scores(readings)
        about = named or _is_about(scores)
        sure, maybe = self._literal(readings, scores, named=named)
        sure += self._meant(readings, scores, sure)
        maybe += self._likely(readings, scores)
        sightings = _best(sure)
        known = {sighting.id for sighting in sightings}
        unsure = sorted(_best([one for one in maybe if one.id not in known]), key=lambda one: -one.confidence)
        return Spotting(sightings, tuple(unsure[:_CANDIDATES]) if about or sightings else (), about)

    def named_in(self, passage: Passage) -> list[str]:
        """The ids that a passage names to the letter, in their order; quicker than `spot`, and blind to paraphrases."""
        return [one.id for one in self.matchers.read(passage, about=True).seen if one.sure]

    def _scores(self, readings: Sequence[Reading]) -> Scores | None:
        """The model's scores of the whole message, without what the sender says it is not."""
        if self.meaning is None:
            return None
        return self.meaning.scores("\n".join(_without_denied(reading) for reading in readings))

    def _literal(
        self, readings: Sequence[Reading], scores: Scores | None, *, named: bool
    ) -> tuple[list[Sighting], list[Sighting]]:
        """What stands there: sure, and only maybe."""
        sure: list[Sighting] = []
        maybe: list[Sighting] = []
        for reading in readings:
            for one in reading.seen:
                counts = one.sure and _is_plausible(one, scores, named=named)
                (sure if counts else maybe).append(_sighting(one, reading))
        return sure, maybe

    def _meant(
        self, readings: Sequence[Reading], scores: Scores | None, sure: Sequence[Sighting]
    ) -> Iterator[Sighting]:
        """What the model is sure of, for the message and for its sentences."""
        if scores is None or self.meaning is None:
            return
        known = {one.id for one in sure}
        best = scores.best[0][0]
        if best in self.ids and best not in known and scores.margin >= _SURE:
            known.add(best)
            yield self._quoted(best, readings, scores.margin)
        for reading, start, end in _sentences(readings):
            text = reading.passage.text[start:end]
            if len(text.split()) < _SENTENCE or any(one.start < end and start < one.end for one in reading.seen):
                continue
            of_it = self.meaning.scores(text)
            also = of_it.best[0][0]
            if also in self.ids and also not in known and of_it.margin >= _ALSO:
                known.add(also)
                yield self._quoted(also, [reading], of_it.margin)

    def _likely(self, readings: Sequence[Reading], scores: Scores | None) -> Iterator[Sighting]:
        """What the model thinks likeliest, to be asked about."""
        if scores is None:
            return
        for name, score in scores.best[:_CANDIDATES]:
            if name in self.ids:
                yield self._quoted(name, readings, score, sure=False)

    def _quoted(self, name: str, readings: Sequence[Reading], score: float, *, sure: bool = True) -> Sighting:
        """A sighting of the model's, with the sentence that spoke for it most."""
        assert self.meaning is not None  # noqa: S101 - only called with scores
        places = [(reading, start, end) for reading, start, end in _sentences(readings)]
        meaning = self.meaning
        reading, start, end = max(
            places, key=lambda place: meaning.scores(place[0].passage.text[place[1] : place[2]]).of(name)
        )
        quote = reading.passage.original(start, end).strip()
        level = 1 / (1 + math.exp(-4 * score))
        return Sighting(
            name, How.LIKENESS, round(_CONFIDENCE * level if sure else 0.5 * level, 3), quote, reading.passage.where,
            surroundings=_SPACES.sub(" ", quote),
        )  # fmt: skip


def _counts(passage: Passage) -> bool:
    """Whether a passage's words are the sender's for this message; a reply's subject is the thread's."""
    return passage.kind in COUNTED and not (passage.kind is PassageKind.SUBJECT and _REPLY.match(passage.text))


def _is_about(scores: Scores | None) -> bool:
    """Whether the model takes the message for one about CAPE."""
    return scores is not None and scores.every[0][0] != "_ordinary"


def _is_plausible(one: Seen, scores: Scores | None, *, named: bool) -> bool:
    """Whether what stands there is meant: CBP's words unless all else is ordinary, ours if the model agrees."""
    if scores is None or not scores.best:
        return True
    lead = scores.of("_ordinary") - scores.best[0][1]
    if one.verbatim or one.how is How.CODE:
        return named or lead < _ORDINARY
    mine = scores.of(one.id)
    return mine == -math.inf or scores.best[0][1] - mine <= _LIKELY


def _without_denied(reading: Reading) -> str:
    """The passage without the clauses that say what it is not."""
    text, cut = reading.folded.lines, 0
    kept = []
    for start, end in sorted(reading.denied):
        clause = max((found.end() for found in re.finditer(r"[.,;:!?\n]", text[:start])), default=0)
        kept.append(text[cut : max(cut, clause)])
        cut = end
    return "".join([*kept, text[cut:]])


def _sentences(readings: Sequence[Reading]) -> Iterator[tuple[Reading, int, int]]:
    """The spans of all sentences in the passages' own text."""
    for reading in readings:
        text, low = reading.passage.text, 0
        for found in [*_SENTENCE_END.finditer(text), None]:
            high = found.end() if found else len(text)
            if text[low:high].strip():
                yield reading, low, high
            low = high


def _sighting(one: Seen, reading: Reading) -> Sighting:
    passage, text = reading.passage, reading.folded
    start, end = text.span(one.start, one.end)
    low, high = _sentence(text.lines, one.start, one.end)
    around = passage.text[slice(*text.span(low, high))]
    return Sighting(
        one.id, one.how, round(one.confidence, 3), passage.original(start, end), passage.where,
        verbatim=one.verbatim, surroundings=_SPACES.sub(" ", around).strip(),
    )  # fmt: skip


def _sentence(lines: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence round a span."""
    floor = max(0, start - _AROUND)
    low = max((found.end() for found in _SENTENCE_END.finditer(lines, floor, start)), default=floor)
    after = _SENTENCE_END.search(lines, end, end + _AROUND)
    return low, after.end() if after else min(len(lines), end + _AROUND)


def _best(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """One for each error, in the order found: CBP's own words before a paraphrase, then the surer, then a forward."""
    best: dict[str, Sighting] = {}
    for one in sightings:
        other = best.get(one.id)
        if other is None or _worth(one) > _worth(other):
            best[one.id] = one
    return tuple(best.values())


def _worth(one: Sighting) -> tuple[bool, float, bool]:
    return one.verbatim, one.confidence, one.where not in ("subject", "text")
