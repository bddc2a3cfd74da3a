"""What the sender tells of the matter, for a draft: importer, claim, statement, days, lines … in their own words.

A fact counts when it is stated: a question, a supposition and a denial tell nothing. What is said in two ways in one
message is no fact but a question; what a later message of the thread says replaces what an earlier one said.
The sender's own words go before those of a forwarded mail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING

from bot.core import entry_type, importer_number, of_entries, passages
from bot.core.masking import MASK, mask
from bot.core.model import PassageKind, Type06
from bot.core.sentences import of_another_client, sentences
from bot.core.told_words import PATTERNS, PLACES, SINGLE, Pattern
from bot.core.words import ASK_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.core.model import Passage
    from bot.core.of_entries import OfEntry

_MOST = 50_000  # characters of a passage; what is told is told near the top, not in a log
_MOST_VALUES = 200  # of one kind in a sentence: more is a table pasted
_NEAR = 60  # characters before a fact in which it may be denied
_OWN = (PassageKind.SUBJECT, PassageKind.OWN)
_SUPPOSED = re.compile(
    r"(?:if|unless|in case|suppose|assuming|should|shall|could|would|can|is|are|was|do|does|did)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:not|isn't|no longer|instead of|rather than|was wrong|is wrong|wrong)\W{0,3}(?:the |an? )?\Z", re.IGNORECASE
)
_ADDS = re.compile(r"\b(?:also|too|another|additional(?:ly)?|second|further|as well|both|plus)\b", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\b(?:sorry|correction|i meant|i mean|no,? wait|oops|should read|typo|instead of)\b", re.IGNORECASE
)
_SOME = re.compile(
    r"\bthe (?:first|second|third|fourth|last|other|latter|former)(?: (?:one|two|three|entry|entries))?\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(no|nr|acct|st)\.[ \t]*(?=[\d#])", re.IGNORECASE)  # the full stop ends no sentence
_PREFIX_ASKED = (
    "Is the importer number {} right? The IRS gives out no number that begins with {}: compare it with the CF-7501"
)
_SHAPE_ASKED = (
    "Nine digits may be a Social Security number, so I left your importer number out. If it is an EIN, write it as"
    " EIN 12-3456789"
)
SSN_ASKED = (
    "The importer number is a Social Security number, which goes into no e-mail: is there a CBP-assigned number, or under"
    " which trade name (DBA) does the importer stand in ACE?"
)


@dataclass(frozen=True, slots=True)
class Told:
    """`facts` by the words of `catalogue.ASKS`, as a draft lists them. `doubts` are questions, likewise.

    `added`: facts that come to those told before, not in their place. `names` is importer number -> name, both as told;
    `of_entries` what is told of single entries. `type06` is what all of it comes to, `general` what is said of no entry by
    number.
    """

    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    type06: Type06 = Type06.UNKNOWN
    general: Type06 = Type06.UNKNOWN
    names: Mapping[str, str] = field(default_factory=dict)
    of_entries: Mapping[str, OfEntry] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is told."""
        return bool(self.facts or self.doubts or self.of_entries or self.type06 is not Type06.UNKNOWN)

    def then(self, later: Told) -> Told:
        """Both, where the later one's word counts."""
        facts = {key: one for key, one in self.facts.items() if key not in later.doubts}
        for key, one in later.facts.items():
            before = facts.get(key, ()) if key in later.added else ()
            facts[key] = tuple(dict.fromkeys((*before, *one)))
        settled = {*later.facts, *(("type06",) if later.type06 is not Type06.UNKNOWN else ())}
        doubts = {key: one for key, one in self.doubts.items() if key not in settled}
        of_all = later.general in (Type06.YES, Type06.NO)
        earlier = {entry: replace(one, ftz=None, type="") if of_all else one for entry, one in self.of_entries.items()}
        return Told(
            facts,
            {**doubts, **later.doubts},
            frozenset(),
            self._type06(later),
            Type06.UNKNOWN
            if "type06" in later.doubts
            else later.general
            if later.general is not Type06.UNKNOWN
            else self.general,
            {**self.names, **later.names},
            of_entries.over(earlier, later.of_entries),
        )

    def _type06(self, later: Told) -> Type06:
        """What both come to: a later word on all replaces, one on single entries may make them mixed."""
        if "type06" in later.doubts:
            return Type06.UNKNOWN
        if later.type06 is Type06.UNKNOWN:
            return self.type06
        single = later.general is Type06.UNKNOWN and self.type06 not in (Type06.UNKNOWN, later.type06)
        return Type06.MIXED if single else later.type06


@dataclass(frozen=True, slots=True)
class Thread:
    """What the later messages of a thread say, one after the other: `said` are the words of each.

    `naming` are the places, in `said`, of those that name an error: only there one is looked for. `files` are the names of
    those that came with the newest message, `instead` of those that they replace.
    """

    said: tuple[tuple[Passage, ...], ...] = ()
    naming: frozenset[int] = frozenset()
    files: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Passage, ...]:
        """All their words."""
        return tuple(part for parts in self.said for part in parts)

    @property
    def looked_at(self) -> tuple[Passage, ...]:
        """The words in which an error is looked for."""
        return tuple(part for at in sorted(self.naming) for part in self.said[at])


def read(parts: Sequence[Passage], entries: Sequence[str] = ()) -> Told:
    """What the passages of one message tell; `entries` are those that they may speak of one by one."""
    own = _read([part for part in parts if part.kind in _OWN])
    handed_on = _read([part for part in parts if part.kind is PassageKind.FORWARDED])
    counted = [part for part in parts if part.kind in (*_OWN, PassageKind.FORWARDED)]
    facts = {**handed_on.facts, **own.facts}
    told = replace(
        own,
        facts={key: one for key, one in facts.items() if key in own.facts or key not in own.doubts},
        doubts={key: one for key, one in {**handed_on.doubts, **own.doubts}.items() if key not in own.facts or key in own.doubts},
        names={**handed_on.names, **own.names},
        type06=entry_type.type06_in(counted),
        general=entry_type.type06_in(_of_none(counted)),
        of_entries=of_entries.read(counted, entries),
    )  # fmt: skip
    if told.general is not Type06.UNKNOWN and (which := _which(counted)):
        asked = (
            f"Which entries do you mean by “{which}”? Answer with their numbers: are they type 06, and are the others?"
        )
        return replace(told, doubts={**told.doubts, "type06": asked}, type06=Type06.UNKNOWN, general=Type06.UNKNOWN)
    if told.type06 is Type06.UNKNOWN and entry_type.contradicts(counted):
        asked = "You say of these entries both that they are type 06 and that they are not: which of them are?"
        return replace(told, doubts={**told.doubts, "type06": asked})
    return told


def _of_none(parts: Sequence[Passage]) -> Sequence[Passage]:
    """The passages without the lines that name an entry."""
    bare = (
        (part, "\n".join(line for line in part.text[:_MOST].splitlines() if not of_entries.ENTRY.search(line)))
        for part in parts
    )
    return [replace(passages.plain(text), kind=part.kind) for part, text in bare if text.strip()]


def together(messages: Sequence[Sequence[Passage]], entries: Sequence[str] = ()) -> Told:
    """What several messages tell, the later over the earlier."""
    return reduce(Told.then, (read(parts, entries) for parts in messages), Told())


def _which(parts: Sequence[Passage]) -> str:
    """Words that say of some entries, without their numbers, what type they are; or empty."""
    for part in parts:
        for sentence in stated(part.text) if part.kind in _OWN else ():
            some = _SOME.search(sentence)
            if some and not of_entries.ENTRY.search(sentence) and entry_type.entry_types_named(sentence):
                return some[0]
    return ""


def stated(text: str) -> Iterator[str]:
    """The sentences that state something, masked."""
    for sentence in sentences(_NUMBERED.sub(r"\1 ", mask(text[:_MOST]))):
        if not of_another_client(sentence) and not sentence.endswith("?") and not _SUPPOSED.match(sentence):
            yield sentence


def _read(parts: Sequence[Passage]) -> Told:
    said = [sentence for part in parts for sentence in stated(part.text)]
    facts, added = _facts(said)
    doubts = {}
    corrected = any(map(_CORRECTS.search, said))
    for key, values in list(facts.items()):
        if len(values) > 1 and (key in SINGLE or (corrected and key == "claim-number")):
            doubts[key] = f"{ASK_WORDS[key][0]}: {' or '.join(facts.pop(key))}?"
    numbers, asked, names = _importers(said, facts.get("importer-name", ()))
    if numbers:
        facts["importer-number"] = numbers
    if len(names) < len(numbers) and len(numbers) > 1:
        facts.pop("importer-name", None)  # whose name it is nobody knows
    return Told(facts, {**doubts, **asked}, added, names=names)


def _facts(said: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """The facts of some sentences, and which of them come to others told before."""
    found: dict[str, dict[str, None]] = {}
    added = set()
    for sentence in said:
        for pattern in PATTERNS:
            values = dict.fromkeys(_values(pattern, sentence))
            found.setdefault(pattern.key, {}).update(values)
            if values and _ADDS.search(sentence):
                added.add(pattern.key)
        if not of_entries.ENTRY.search(sentence):
            found.setdefault("liquidation", {}).update(dict.fromkeys(of_entries.liquidation_in(sentence)))
    if place := _place(said):
        found["where-seen"] = {place: None}
    return {key: tuple(values) for key, values in found.items() if values}, frozenset(added)


def _values(pattern: Pattern, sentence: str) -> Iterator[str]:
    for found in islice(pattern.words.finditer(sentence), _MOST_VALUES):
        if not _denied(sentence, found.start()):
            yield from pattern.values(found)


def _denied(sentence: str, at: int) -> bool:
    return _DENIED.search(sentence[max(0, at - _NEAR) : at]) is not None


def _place(said: Sequence[str]) -> str:
    text = "\n".join(said).casefold()
    return next((place for words, place in PLACES if words in text), "")


def _importers(said: Sequence[str], named: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str], dict[str, str]]:
    """The importer numbers, what is asked of them, and the name that stands beside each."""
    numbers: dict[str, None] = {}
    doubts: dict[str, str] = {}
    names: dict[str, str] = {}
    for sentence in said:
        for called, text in of_entries.importers_in(sentence):
            one = importer_number.read(text, called)
            if one is None or _denied(sentence, at := sentence.find(text)) or of_entries.denied(sentence, at):
                continue
            if one.kind == "ssn":
                doubts["importer-number"] = SSN_ASKED
            elif one.doubt == "shape":
                doubts["importer-number"] = _SHAPE_ASKED
            elif one.doubt:
                doubts["importer-number"] = _PREFIX_ASKED.format(one.value, one.value[:2])
            else:
                numbers[one.value] = None
                beside = [name for name in named if name in sentence]
                if len(beside) == 1:
                    names[importer_number.key(one.value)] = beside[0]
    if len(numbers) == 1 and len(named) == 1:
        names[importer_number.key(next(iter(numbers)))] = named[0]
    if numbers and MASK not in "".join(doubts.values()) and doubts.get("importer-number") == SSN_ASKED:
        doubts.pop("importer-number")  # CBP's or the IRS's number was given beside it
    return tuple(numbers), doubts, names
