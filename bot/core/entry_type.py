"""Entry types from words: which there are, and whether the entries are FTZ type 06. Negation and mixtures understood."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.model import Passage, PassageKind, Type06
from bot.core.sentences import folded, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COUNTED = (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
_FTZ = r"(?:ftz(?: (?:weekly|weeklies|entry|entries|estimates?))?s?|foreign[- ]trade[- ]zones?(?: entries)?)"
_SIX = r"(?:(?:entry )?types? ?0?6(?![\d/.-])|(?<![\d./-])06['’]?s\b|(?<![\d./-])06 (?:entries|entry|weeklies)\b)"
_IS_06 = re.compile(rf"(?<!\w)(?:{_FTZ}|{_SIX})(?!\w)")
_OTHER = re.compile(
    r"(?<!\w)(?:entry )?types? ?(0?[1-9]|[1-4]\d)(?![\d/.-])|(?<![\d./-])(0[1-57-9]|1[1-9]|2[1-9]|3\d)['’]?s\b"
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|none|no|never|neither|without|non)|n't)"
    r"(?:[ -](?:the|a|an|any|all|of|them|these|those|it|they|is|are|was|were|entry|entries|one|type|for))*[ -]?\Z"
)
_NOT_AFTER = re.compile(r"(?: type 0?6| entries)?\W{0,3}(?:no|none|not|n/a)\b")
_SOME = re.compile(
    r"\b(?:some|half|two|three|four|five|several|a few|one|\d+) (?:of (?:them|these|the entries) )?(?:is|are|were)\b|\bmix(?:ed|ture)?\b|\bthe (?:rest|others?)\b|\bboth types\b"
)
_ASKING = re.compile(r"\b(?:is|are|does|do|should|whether|if)\b[^.]*\Z")
_CLAUSE = re.compile(r",|;| but | and (?=type|the rest|the other|not)| while | - ")


def type06_in(passages: Sequence[Passage]) -> Type06:
    """Whether the entries are type 06, from what the sender says; UNKNOWN when they do not say or contradict themselves.

    A question ("is this type 06?") says nothing. Some of one and some of another is MIXED.
    """
    yes = no = some = False
    for sentence, asked in _said(passages):
        if asked:
            continue
        found = [
            (clause, _negated(clause, one)) for clause in _CLAUSE.split(sentence) if (one := _IS_06.search(clause))
        ]
        partly = bool(_SOME.search(sentence)) and bool(found) and not all(negated for _, negated in found)
        some = some or (
            partly and (bool(_others(sentence)) or bool(re.search(r"\bmix|\brest\b|\bothers?\b", sentence)))
        )
        yes = yes or any(not negated for _, negated in found)
        no = no or any(negated for _, negated in found)
        if (
            not found
            and _others(sentence)
            and re.search(r"\b(?:all|only|every|these are|they(?:'re| are))\b", sentence)
        ):
            no = True
    if some:
        return Type06.MIXED
    if yes and no:
        return Type06.UNKNOWN
    return Type06.YES if yes else Type06.NO if no else Type06.UNKNOWN


def entry_types_in(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The entry types named, two digits each, in order."""
    types: dict[str, None] = {}
    for sentence, _ in _said(passages):
        if _IS_06.search(sentence):
            types.setdefault("06")
        types.update(dict.fromkeys(_others(sentence)))
    return tuple(types)


def _negated(clause: str, found: re.Match[str]) -> bool:
    """Whether it is said not to be so, right before or right behind."""
    return bool(_NOT_BEFORE.search(clause[: found.start()]) or _NOT_AFTER.match(clause[found.end() :]))


def _others(sentence: str) -> list[str]:
    found = ((one[1] or one[2]).zfill(2) for one in _OTHER.finditer(sentence))
    return [one for one in found if one != "06"]


def _said(passages: Sequence[Passage]) -> Iterator[tuple[str, bool]]:
    """Each sentence folded, and whether it is a question."""
    for passage in passages:
        if passage.kind in _COUNTED:
            place = 0
            for sentence in sentences(passage.text):
                place = passage.text.find(sentence, place) + len(sentence)
                yield folded(sentence), passage.text[place : place + 1] == "?"
