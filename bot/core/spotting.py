"""What a message is about: what stands there to the letter, and what its words mean to the trained model, weighed.

Saying nothing beats a wrong diagnosis. CBP's own words and codes count where they stand, unless the message as a whole
is ordinary talk. A wording of ours counts when the model finds it likely too. The model alone counts when it leads by a
margin. What is left is a candidate, to be asked about.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from bot.core.folding import fold
from bot.core.matchers import SENTENCE_END, Matchers
from bot.core.model import How, Passage, PassageKind, Sighting, Spotting
from bot.core.phrases import any_of
from bot.core.sheets.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.catalogue import Catalogue
    from bot.core.matchers import Reading, Seen
    from bot.core.meaning import Meaning, Scores

COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
_REPLY = re.compile(r"\s*(?:re|aw|sv|antw|rv|tr)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
_CANDIDATES = 3
_AROUND = 300  # characters either side in which the sentence's ends are looked for
_SPACES = re.compile(r"\s+")
_SURE = 0.2  # by which the model's best must lead everything else to be a diagnosis on its own
_LEAST = -0.45  # score below which even the best fits badly: a message that nobody knows
_ASKED = -0.55  # and below which it is not even asked about
_BESIDE = 0.4  # by which it must lead to be one beside what stands there to the letter
_BESIDE_ALIKE = 1.2  # and by which a look-alike of that must
_NAMED = 0.2  # by which it must lead ordinary talk where a word names CAPE: newsletters do too
_ABOUT = 0.6  # by which anything about CAPE must lead ordinary talk to be asked about, where no word names it
_CLEAR = 0.5  # and where none does: other portals refuse files too
_LIKELY = 0.6  # how far below the model's best a wording of ours may lie and still count
_SHARE = -0.7  # score that the whole message must give to a second matter in it
# By how much the second matter must lead in a part of its own, and its score in the whole message with half of that:
# where nothing says that there are several, where something does, and where they are enumerated.
_ALSO, _ALSO_SEVERAL, _ALSO_ENUMERATED = (0.8, 0.9), (0.5, 0.2), (0.3, -0.3)
_ALIKE = 1.15  # the latter for a look-alike of the first, where nothing says that there are several
_WEAK = -0.45  # score in the whole message below which a second matter must be plain, if nothing is enumerated
_MOST_LEAD = 2.0  # of which more says no more
_ITS_PLACE = 0.3  # by which a matter must lead in a part for it to stand there
_SENTENCES = 400  # in which the one that spoke for a diagnosis is looked for
_PART = 3  # words a part must have to speak for a second matter: "one's cancelled" has them
_WORD = re.compile(r"\b[^\W\d]+\b")
_PARTS = 60  # clauses, and sentences, that are looked at: a longer message is a list or a log
_CLAUSE_END = re.compile(
    rf"{SENTENCE_END.pattern}|, (?:and |but |plus )?| and (?=\w+ )| plus |: (?=\w)| (?=\(?(?:[1-9]|[a-d])\) )| [|–—-] "
)
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,3})"
# How people say that there is more than one matter: "two things", "1) …", "the other three", "also", "one …, one …".
_SEVERAL = re.compile(
    r"\b(?:two|2|three|3|four|several|both|different|separate) (?:[a-z]+ )?(?:things?|kinds?|types|groups?|reasons?"
    r"|problems?|questions?|errors?|rejects?|rejections?|topics?|sets?|issues?|points?|messages?|answers?|results?|matters?"
    r"|cases?|categories)\b|\b(?:first|second|third)(?:ly)?\b ?[:,(-]|\b(?:the )?(?:others?|another|rest|remaining)\b"
    r"|\bthe next (?:one )?(?:is|was|has|says|got)\b"
    r"|(?:^|\n) ?\(?(?:\d|[a-d])[.)] |\b(?:also|additionally|in addition|besides|on top|plus|as well|moreover)\b"
    rf"|\b{_NUMBER}\b[^.;\n]{{4,90}}(?:,| and|;|\n| while| but) ?{_NUMBER}\b"
)
# The plainest of them, after which less is asked of each clause: numbered, lettered, or an entry and words on each line.
_ENUMERATED = re.compile(
    r"\b(?:two|2|three|3|four|4|both) (?:[a-z]+ )?(?:things?|kinds?|types|groups?|reasons?|problems?|questions?|errors?|rejects?"
    r"|topics?|sets?|issues?|points?|messages?|matters?|cases?)\b|\bfirst(?:ly)?\b.{1,400}\bsecond(?:ly)?\b"
    r"|(?:^|\n) ?\(?(?:1|a)[.)] .{1,400}?\n? ?\(?(?:2|b)[.)] |\(a\) .{1,300}\(b\) "
    r"|\b(?:part|pile|group|problem|snag|q|issue|question)s? ?(?:no\. ?)?(?:1|one|a)\b.{1,400}\b(?:q ?)?(?:2|two|b)\b"
    r"|\bone(?:'s| is| was| has| says) .{1,120}\bone(?:'s| is| was| has| says) "
    r"|(?:(?:^|\n)[^\n]{0,30}\b[a-z0-9]{3}[- ]?\d{7}[- ]?\d\b[^\na-z]{0,40}[a-z]{3}[^\n]*+){2}",
    re.DOTALL,
)
# "It wasn't the JMS error": the clause says what it is not. Not every "not": "not a CSV" is an error itself.
_IS_NOT = re.compile(
    r"\b(?:is|was|are|were)?(?:n't| not) (?:the|an?|about|any of)\b[^.,;:!?\n]{0,60}"
    r"\b(?:errors?|things?|ones?|problems?|messages?|issues?|mismatch|exceptions?)\b|\bnor (?:the|an?) [^.,;:!?\n]{0,40}"
)
# A clause that only says what it is not: "not on drawback", "no protest on it". CBP's own messages say other things with
# "not": not a CSV, not in ACE, not on file, not started.
_DENIES = re.compile(
    rf"{_IS_NOT.pattern}"
    r"|^\W*(?:and |but |we |i |it's |it is |there's |there is )*(?:never|not|no)(?: \w+){0,2} (?:f\d{3}|[1-9]\d{1,2})\W*$"
    r"|^\W*(?:no[,:]? |and |but |so )?(?:(?:it|this|that|they|these|we|he|she|there|ours?)"
    r"(?:'s| is| was| are|'re| were|'ve| have)? |is |was |are |(?:the |our )?[a-z]+ )?(?:not|isn't|wasn't|aren't|weren't|never|neither|nor)\b "
    r"(?:the |of the |about |an? (?!csv)|any |on (?!file|rec)|under |in (?!ace|the system)|from |type |suspended|extended"
    r"|flagged|final|liquidated|cancell?ed|diverted|returned|unsafe|protest|drawback)"
    r"|^\W*(?:there's |there is |we have |we've |with )?(?:no|neither) "
    r"(?:protest|drawback|recon|suspension|injunction|review|diversion|extension)\b"
)
# A few words behind a "not": what a part says it is not, if its matter is told without one.
_NEGATION = re.compile(
    r"\b(?:not|never|no|neither|nor|without|nothing of|(?!can)\w+n't) (?P<what>(?!(?:sure|clear|know|see|understand|idea)\b)"
    r"[\w'-]+(?: [\w'-]+){0,2})"
)
_NOT = re.compile(r"\b(?:not|never|no|unable|unknown|missing|cannot|without)\b")  # in a message: it is told with one
_NEGATED = 0.3  # share that those words must have in what speaks for the matter
_ENTRY = r"\b(?=[a-z0-9]*\d)[a-z0-9]{3}[- ]?\d{7}[- ]?\d\b"
# Words between entry numbers, two dashed lines, one thing after another: each may be a matter of its own.
_EACH = re.compile(
    rf"{_ENTRY}[^\n]{{0,160}}?[a-z]{{4}}[^\n]{{0,160}}(?:\n[^\n]{{0,120}})?{_ENTRY}"
    r"|(?:^|\n) ?[-•·*] [^\n]*[a-z]{4}[^\n]*\n ?[-•·*] [^\n]*[a-z]{4}|\b(?:then|after that|afterwards)\b"
)
_FEW = 9  # words of a message, "CAPE says" among them, that may be nothing but an error's text
_UNMISTAKABLE = 1.5  # unless the model leads by this
_CONFIDENCE = 0.94  # of the model at most: another spelling is another chance of being wrong


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause or sentence in which one situation leads all else, and by how much."""

    reading: Reading
    start: int
    end: int
    lead: float
    clause: bool

    @property
    def long(self) -> bool:
        """Whether it has words enough to speak for a matter of its own: a lone word may be said by chance."""
        text = self.reading.passage.text[self.start : self.end]
        return max(len(text.split()), len(_WORD.findall(text))) >= _PART

    def holds(self, other: _Part) -> bool:
        """Whether this is a sentence, and the other one a part of it."""
        return not self.clause and self.reading is other.reading and self.start <= other.start < self.end

    @property
    def in_subject(self) -> bool:
        """Whether it stands in the subject, which names the matter again."""
        return self.reading.passage.kind is PassageKind.SUBJECT


class Spotter:
    """Reads messages for one catalogue. Built once; `spot` changes nothing. Without a model it goes by wordings alone."""

    def __init__(self, catalogue: Catalogue, meaning: Meaning | None = None) -> None:
        self.topics = any_of(catalogue.topic_words)
        self.elsewhere = any_of(catalogue.elsewhere_words)
        self.matchers = Matchers(catalogue)
        self.messages = Messages(catalogue)
        self.meaning = meaning
        self.ids = frozenset(error.id for error in catalogue.errors)
        self.negative = frozenset(
            error.id
            for error in catalogue.errors
            if any(_NOT.search(fold(text).text) for text in (error.title, *error.messages))
        )
        alike = {(error.id, like.id) for error in catalogue.errors for like in error.look_alikes}
        self.alike = alike | {(other, one) for one, other in alike}

    def spot(self, passages: tuple[Passage, ...]) -> Spotting:
        """Give the sightings, one for each known error, the candidates, and whether the words are about CAPE at all."""
        counted = [passage for passage in passages if _counts(passage)]
        named = any(self.topics.search(fold(passage.text).text) for passage in counted)
        if not named and any(self.elsewhere.search(fold(passage.text).text) for passage in counted):
            return Spotting()
        readings = [self.matchers.read(passage, about=named or self._is_ours(counted)) for passage in counted]
        scores = self._scores(readings)
        about = named or _is_about(scores)
        sure, maybe = self._literal(readings, scores, named=named)
        sure += self._meant(readings, scores, sure, named=named)
        maybe += () if sure else self._likely(readings, scores)
        sightings = tuple(sorted(_best(sure), key=lambda one: min(other.at for other in _told(sure, one.id))))
        known = {sighting.id for sighting in sightings}
        unsure = sorted(_best([one for one in maybe if one.id not in known]), key=lambda one: -one.confidence)
        return Spotting(sightings, tuple(unsure[:_CANDIDATES]) if about or sightings else (), about)

    def named_in(self, passage: Passage) -> list[str]:
        """The ids that a passage names to the letter, in their order; quicker than `spot`, and blind to paraphrases."""
        return [one.id for one in self.matchers.read(passage, about=True).seen if one.sure]

    def _is_ours(self, passages: Sequence[Passage]) -> bool:
        """Whether the model takes words without a name for ours: then "Not Started" alone is CBP's status."""
        if self.meaning is None:
            return False
        return _is_clear(self.meaning.scores("\n".join(passage.text for passage in passages)), named=False)

    def _scores(self, readings: Sequence[Reading]) -> Scores | None:
        """The model's scores of the whole message, without what the sender says it is not."""
        if self.meaning is None:
            return None
        text = "\n".join(_without_denied(reading) for reading in readings)
        return self.meaning.scores(text) if any(map(str.isalpha, text)) else None

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
        self, readings: Sequence[Reading], scores: Scores | None, sure: Sequence[Sighting], *, named: bool
    ) -> Iterator[Sighting]:
        """What the model is sure of: what the message is about most, and what else has a part of its own in it."""
        if scores is None or not _is_clear(scores, named=named):
            return
        known = {one.id for one in sure}
        best, score = scores.best[0]
        shares = {name: share for name, share in scores.best if share >= _SHARE and name in self.ids}
        parts = self._parts(readings) if shares.keys() - known - {best} or known else {}
        least, both = _needed("\n".join(reading.folded.lines for reading in readings))
        others = {}
        for name, share in shares.items():
            told = [part for part in parts.get(name, ()) if part.long]
            alike = any((name, one) in self.alike for one in (*known, best))
            if alike:  # the words of look-alikes are much the same
                told = [part for part in told if not part.in_subject]
            lead = max((part.lead for part in told), default=-math.inf)
            wanted = max(both, _ALIKE) if alike and both == _ALSO[1] else both
            if share < _WEAK and both > _ALSO_ENUMERATED[1]:
                wanted = max(wanted, _ALSO[1] / 2)
            if lead >= least and share + min(lead, _MOST_LEAD) / 2 >= wanted:
                others[name] = share
        margin = score - max(
            (one for name, one in scores.every if name != best and name not in others), default=-math.inf
        )
        if margin < _UNMISTAKABLE and self._is_another_message(best, readings):
            return
        least = _SURE if not known else _BESIDE_ALIKE if any((best, one) in self.alike for one in known) else _BESIDE
        if best in self.ids and score >= _LEAST and margin >= (_SURE if best in known else least):
            others[best] = margin
        for name, level in others.items():
            if name not in known:
                rest = [part for other in {*others, *known} - {name} for part in parts.get(other, ())]
                yield self._quoted(name, readings, level, parts=_own(parts.get(name, ()), rest))

    def _parts(self, readings: Sequence[Reading]) -> dict[str, list[_Part]]:
        """The clauses and sentences in which one situation leads, but for those that say what it is not."""
        assert self.meaning is not None  # noqa: S101 - only called with scores
        found: dict[str, list[_Part]] = {}
        clauses = list(islice(_spans(readings, _CLAUSE_END), _PARTS))
        alone = {(id(reading), start, end) for reading, start, end in clauses}
        sentences = (
            (reading, start, end)
            for reading, start, end in islice(_spans(readings, SENTENCE_END), _PARTS)
            if (id(reading), start, end) not in alone
        )
        for clause, spans in ((True, clauses), (False, sentences)):
            for reading, start, end in spans:
                text = reading.passage.text[start:end]
                if _DENIES.search(fold(text).text) or _is_denied_in(reading, start, end):
                    continue
                of_it = self.meaning.scores(text)
                name = of_it.every[0][0]
                if (
                    name in self.ids
                    and not self._negates(text, name)
                    and not any((name, one) in self.alike for one in _named_in(reading, start, end))
                ):
                    found.setdefault(name, []).append(_Part(reading, start, end, of_it.margin, clause=clause))
        return found

    def _negates(self, text: str, name: str) -> bool:
        """Whether a part denies what it would be taken for: "claim not rejected" does; "not started" has its own "not"."""
        if name in self.negative:
            return False
        assert self.meaning is not None  # noqa: S101 - only called with scores
        even = fold(text).text
        for found in _NEGATION.finditer(even):
            plain = self.meaning.leaning(found["what"], name)
            if (
                plain > _NEGATED * self.meaning.leaning(even, name) > 0
                and self.meaning.leaning(found[0], name) <= plain
            ):
                return True
        return False

    def _is_another_message(self, name: str, readings: Sequence[Reading]) -> bool:
        """Whether a few words look like a message that nobody knows: near a known one, with a word that is not of it."""
        text = "\n".join(reading.passage.text for reading in readings)
        assert self.meaning is not None  # noqa: S101 - only called with scores
        return len(text.split()) <= _FEW and bool(self.meaning.strangers(text, name))

    def _likely(self, readings: Sequence[Reading], scores: Scores | None) -> Iterator[Sighting]:
        """What the model thinks likeliest, to be asked about."""
        if scores is None:
            return
        for name, score in scores.best[:_CANDIDATES]:
            if name in self.ids and score >= _ASKED:
                yield self._quoted(name, readings, score, sure=False)

    def _quoted(
        self, name: str, readings: Sequence[Reading], score: float, *, sure: bool = True, parts: Sequence[_Part] = ()
    ) -> Sighting:
        """A sighting of the model's, with the sentence that spoke for it most."""
        place = _place(parts)
        if place:
            reading, at = place.reading, place.start
            start, end = next(
                span for span in _within(reading, 0, len(reading.passage.text), SENTENCE_END) if at < span[1]
            )
        else:
            reading, start, end, at = self._told(name, readings)
        quote = reading.passage.original(start, end).strip()
        level = 1 / (1 + math.exp(-4 * score))
        return Sighting(
            name, How.LIKENESS, round(_CONFIDENCE * level if sure else 0.5 * level, 3), quote, reading.passage.where,
            surroundings=_SPACES.sub(" ", quote), at=_at(reading, at),
        )  # fmt: skip

    def _told(self, name: str, readings: Sequence[Reading]) -> tuple[Reading, int, int, int]:
        """The sentence whose words speak for a class most, and in it the place of the clause that does."""
        assert self.meaning is not None  # noqa: S101 - only called with scores
        meaning = self.meaning
        reading, start, end = max(
            islice(_spans(readings, SENTENCE_END), _SENTENCES),
            key=lambda place: meaning.leaning(place[0].passage.text[place[1] : place[2]], name),
        )
        clause = max(
            _within(reading, start, end), key=lambda place: meaning.leaning(reading.passage.text[slice(*place)], name)
        )
        return reading, start, end, clause[0]


def _counts(passage: Passage) -> bool:
    """Whether a passage's words are the sender's for this message; a reply's subject is the thread's."""
    return passage.kind in COUNTED and not (passage.kind is PassageKind.SUBJECT and _REPLY.match(passage.text))


def _is_about(scores: Scores | None) -> bool:
    """Whether the model takes the message for one about CAPE, be it vague."""
    if scores is None:
        return False
    return max(score for name, score in scores.every if name != "_ordinary") - scores.of("_ordinary") >= _ABOUT


def _is_clear(scores: Scores, *, named: bool) -> bool:
    """Whether the message is far enough from ordinary talk to be diagnosed by its meaning alone."""
    return bool(scores.best) and scores.best[0][1] - scores.of("_ordinary") >= (_NAMED if named else _CLEAR)


def _is_plausible(one: Seen, scores: Scores | None, *, named: bool) -> bool:
    """Whether what stands there is meant: CBP's words unless all else is ordinary, ours if the model agrees."""
    if scores is None or not scores.best:
        return True
    if not _is_clear(scores, named=named):  # newsletters name CBP's messages too
        return False
    if one.verbatim or one.how is How.CODE:
        return True
    mine = scores.of(one.id)
    return mine == -math.inf or scores.best[0][1] - mine <= _LIKELY


def _named_in(reading: Reading, start: int, end: int) -> Iterator[str]:
    """The ids whose messages stand in a part to the letter: what is like them there is their own words."""
    for one in reading.seen:
        if one.sure and start <= reading.folded.span(one.start, one.end)[0] < end:
            yield one.id


def _is_denied_in(reading: Reading, start: int, end: int) -> bool:
    """Whether a part holds a message or code of which it says that it is not that."""
    return any(start <= reading.folded.span(*span)[0] < end for span in reading.denied)


def _needed(lines: str) -> tuple[float, float]:
    """What a second matter needs to be a diagnosis: the less, the plainer the message says that there are several."""
    if _ENUMERATED.search(lines):
        return _ALSO_ENUMERATED
    return _ALSO_SEVERAL if _SEVERAL.search(lines) or _EACH.search(lines) else _ALSO


def _own(parts: Sequence[_Part], rest: Sequence[_Part]) -> Sequence[_Part]:
    """The parts of a matter that do not lie in a sentence which is more another's, if there are such."""
    own = [part for part in parts if not any(other.holds(part) and other.lead > part.lead for other in rest)]
    return own or parts


def _place(parts: Sequence[_Part]) -> _Part | None:
    """Where a matter stands first: in the text rather than the subject, in a clause rather than a sentence."""
    told = [part for part in parts if part.clause] or list(parts)
    body = [part for part in told if not part.in_subject and part.lead >= _ITS_PLACE]
    told = body or told
    most = max((part.lead for part in told), default=0.0)
    least = min(most, max(_ITS_PLACE, most / 2))
    return next((part for part in told if part.lead >= least), None)


def _without_denied(reading: Reading) -> str:
    """The passage without the clauses that say what it is not."""
    text, cut = reading.folded.lines, 0
    kept = []
    for start, end in sorted(reading.denied):
        clause = max((found.end() for found in re.finditer(r"[.,;:!?\n]", text[:start])), default=0)
        kept.append(text[cut : max(cut, clause)])
        cut = end
    said = _IS_NOT.sub(" ", "".join([*kept, text[cut:]]))
    ends = [0, *(found.end() for found in _CLAUSE_END.finditer(said)), len(said)]
    return "".join(said[low:high] for low, high in pairwise(ends) if not _DENIES.search(said[low:high]))


def _spans(readings: Sequence[Reading], ends: re.Pattern[str]) -> Iterator[tuple[Reading, int, int]]:
    """The spans between the ends, in the passages' own text."""
    for reading in readings:
        for low, high in _within(reading, 0, len(reading.passage.text), ends):
            yield reading, low, high


def _within(reading: Reading, start: int, stop: int, ends: re.Pattern[str] = _CLAUSE_END) -> Iterator[tuple[int, int]]:
    """The spans between the ends, from one place of a passage's text to another."""
    text, low = reading.passage.text, start
    for found in [*ends.finditer(text, start, stop), None]:
        high = found.end() if found else stop
        if text[low:high].strip():
            yield low, high
        low = high


def _at(reading: Reading, start: int) -> tuple[str, int]:
    """Where in the message: its own words first, then what was forwarded."""
    order = {PassageKind.SUBJECT: "0", PassageKind.OWN: "1"}.get(reading.passage.kind, f"2 {reading.passage.where}")
    return order, reading.passage.origin[start] if start < len(reading.passage.origin) else 0


def _sighting(one: Seen, reading: Reading) -> Sighting:
    passage, text = reading.passage, reading.folded
    start, end = text.span(one.start, one.end)
    low, high = _sentence(text.lines, one.start, one.end)
    around = passage.text[slice(*text.span(low, high))]
    return Sighting(
        one.id, one.how, round(one.confidence, 3), passage.original(start, end), passage.where,
        verbatim=one.verbatim, surroundings=_SPACES.sub(" ", around).strip(), at=_at(reading, start),
    )  # fmt: skip


def _sentence(lines: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence round a span."""
    floor = max(0, start - _AROUND)
    low = max((found.end() for found in SENTENCE_END.finditer(lines, floor, start)), default=floor)
    after = SENTENCE_END.search(lines, end, end + _AROUND)
    return low, after.end() if after else min(len(lines), end + _AROUND)


def _best(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """One for each error, in the order found: CBP's own words before a paraphrase, then the surer, then a forward."""
    best: dict[str, Sighting] = {}
    for one in sightings:
        other = best.get(one.id)
        if other is None or _worth(one) > _worth(other):
            best[one.id] = one
    return tuple(best.values())


def _told(sightings: Sequence[Sighting], name: str) -> list[Sighting]:
    """The sightings of one error; those in the text if there are any, since a subject names things in any order."""
    mine = [one for one in sightings if one.id == name]
    return [one for one in mine if one.where != "subject"] or mine


def _worth(one: Sighting) -> tuple[bool, float, bool]:
    return one.verbatim, one.confidence, one.where not in ("subject", "text")
