"""What a text is about, told by its words: a linear model over words, pairs of words and pieces of words.

`capebot learn` makes the model from `knowledge/paraphrases/`: how people put each situation in their own words, and what
else they write about. A score is a plain sum over the features that stand in the text, so whatever spoke for a
situation can be named. Pieces of words carry typing errors and inflections. Scores near or above 0 say "this one";
classes whose name begins with `_` are other talk. Pure: bytes in, scores out.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from bot.core.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAGIC = b"capebot learned 1\n"
_BIG_ENDIAN = array("H", [1]).tobytes()[0] == 0
_PIECES = (3, 4, 5)  # characters of the pieces of a word
_MOST = 6_000  # characters of a text that are read: a bag of more words says ever less
_LANE = 4  # bytes for the sum of one class: weights are one byte, features of a text some thousands
_KEPT = 30_000  # rows kept wide, of some 400 bytes each: those of all common words
_TELLING = 5.0  # rarity from which a word says what the matter is: "when" has 4.4, "missing" 5.2
_COMMON = 7.5  # rarity up to which a word is common: one that is not known may be a slip of it
_SLIPPED = 5  # letters of a word that is mended; a slip in a shorter one makes another word
# Quotation marks are folded to apostrophes: at an edge of a word they are no letters.
_WORD = re.compile(r"[\w=]+(?:['-][\w=]+)*")
# What differs in every message says nothing: entry numbers, claim numbers, amounts, addresses. A number of up to three
# digits stays, since codes (864), entry types (06) and days (180) are told by it.
_VARYING = (
    (re.compile(r"\b(?=[a-z0-9]*\d)[a-z0-9]{3}[- ]?\d{7}[- ]?\d\b"), " #entry "),
    (re.compile(r"\S+@\S+|https?://\S+|www\.\S+"), " #address "),
    (re.compile(r"(?:usd|us\$|\$|€) ?[\d,.]+\w?"), " #money "),
    (re.compile(r"\b\d{12}\b"), " #claim "),
    (re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"), " #date "),
    (re.compile(r"\b(?:99\d\d)[.]?\d\d(?:[.]?\d\d)?\b"), lambda found: f" {found[0][:7]} "),
    (re.compile(r"\b\d{4,}\b"), " #number "),
)


@dataclass(frozen=True, slots=True)
class Scores:
    """The score of each class, the best first. `best` leaves other talk out."""

    every: tuple[tuple[str, float], ...]

    @property
    def best(self) -> tuple[tuple[str, float], ...]:
        """Situations alone."""
        return tuple(one for one in self.every if not one[0].startswith("_"))

    def of(self, name: str) -> float:
        """The score of a class; minus infinity when the model does not know it."""
        return next((score for one, score in self.every if one == name), -math.inf)

    @property
    def margin(self) -> float:
        """By how much the best situation leads over everything else."""
        best = self.best
        if not best:
            return -math.inf
        return best[0][1] - max((score for name, score in self.every if name != best[0][0]), default=-math.inf)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A trained model. Row r of the table has the weights `weights[starts[r]:starts[r+1]]` of classes `at[…]`."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    made_from: str
    rows: Mapping[str, int]
    rarity: array[float]
    starts: array[int]
    at: bytes
    weights: array[int]
    _wide: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _slips: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every common word by what is left of it without one letter, the commonest word last."""
        common = [
            word for word, row in self.rows.items()
            if self.rarity[row] <= _COMMON and len(word) >= _SLIPPED and word.isalpha()
        ]  # fmt: skip
        for word in sorted(common, key=lambda word: -self.rarity[self.rows[word]]):
            self._slips.update(dict.fromkeys((word, *_shortened(word)), word))

    def scores(self, text: str) -> Scores:
        """Score a text of any length; only its first characters are read."""
        words = [self._mended(word) for word in tokens(text[:_MOST])]
        total = list(self.bias)
        for names in (words_of(words), pieces_of(words)):
            self._add(names, total)
        return Scores(tuple(sorted(zip(self.classes, total, strict=True), key=lambda one: -one[1])))

    def leaning(self, text: str, name: str) -> float:
        """How much the words of a short text speak for one class: for finding the sentence that said it."""
        number, found = self.classes.index(name), 0
        for feature in words_of(tokens(text[:_MOST])):
            row = self.rows.get(feature)
            if row is not None:
                place = self.at.find(number, self.starts[row], self.starts[row + 1])
                found += self.weights[place] if place >= 0 else 0
        return found * self.scale

    def strangers(self, text: str, name: str) -> list[str]:
        """The telling words of a text that speak for other classes or none: "payment" in "payment type not allowed"."""
        found = []
        for word in dict.fromkeys(tokens(text[:_MOST])):
            row = self.rows.get(word)
            if row is not None and self.rarity[row] >= _TELLING and self.leaning(word, name) <= 0:
                found.append(word)
        return found

    def _mended(self, word: str) -> str:
        """A word that is not known, as the common word that it is but for one slip: "liqudation"."""
        if word in self.rows or len(word) < _SLIPPED or not word.isalpha():
            return word
        for short in (word, *_shortened(word)):
            known = self._slips.get(short)
            if known is not None and OSA.distance(word, known, score_cutoff=1) <= 1:
                return known
        return word

    def _add(self, names: Iterable[str], total: list[float]) -> None:
        """One block of features: its weights, divided by the length of the block."""
        summed, length = 0, 0.0
        for name in names:
            row = self.rows.get(name)
            if row is not None:
                length += self.rarity[row] ** 2
                summed += self._wide.get(row) or self._widened(row)
        if length:
            unit = self.scale / math.sqrt(length)
            for number, one in enumerate(self._narrowed(summed)):
                total[number] += one * unit

    def _widened(self, row: int) -> int:
        """A row's weights as one number, 32 bits a class: adding such numbers adds all classes at once."""
        span = slice(self.starts[row], self.starts[row + 1])
        wide = sum(
            weight << 8 * _LANE * number for number, weight in zip(self.at[span], self.weights[span], strict=True)
        )
        if len(self._wide) < _KEPT:
            self._wide[row] = wide
        return wide

    def _narrowed(self, summed: int) -> array[int]:
        """The sums of the classes, out of one number."""
        size = len(self.classes)
        middle = int.from_bytes(b"\0\0\0\x80" * size, "little")  # so that no lane is below 0 and borrows from the next
        lanes = _little(array("I", (summed + middle).to_bytes(_LANE * size, "little")))
        return array("q", (lane - (1 << 31) for lane in lanes))

    def to_bytes(self) -> bytes:
        """The model as a file."""
        head = {"classes": self.classes, "bias": self.bias, "scale": self.scale, "made_from": self.made_from}
        names = sorted(self.rows, key=self.rows.__getitem__)
        tables = [_little(table).tobytes() for table in (self.rarity, self.starts, self.weights)]
        parts = ["\n".join(names).encode(), *tables, self.at]
        sizes = {"sizes": [len(part) for part in parts]}
        return _MAGIC + json.dumps(head | sizes).encode() + b"\n" + zlib.compress(b"".join(parts), 9)


def from_bytes(raw: bytes) -> Meaning:
    """The model in a file. Raises ValueError when it is none of this version."""
    if not raw.startswith(_MAGIC):
        raise ValueError("not a model of this version: run capebot learn")
    line, _, packed = raw[len(_MAGIC) :].partition(b"\n")
    try:
        head = json.loads(line)
        body = zlib.decompress(packed)
        parts = []
        for size in head["sizes"]:
            parts.append(body[:size])
            body = body[size:]
        names, rarity, starts, weights, at = parts
        return Meaning(
            classes=tuple(head["classes"]),
            bias=tuple(head["bias"]),
            scale=head["scale"],
            made_from=head["made_from"],
            rows=dict(zip(listed := names.decode().split("\n"), range(len(listed)), strict=True)),
            rarity=_little(array("f", rarity)),
            starts=_little(array("I", starts)),
            at=at,
            weights=array("b", weights),
        )
    except (KeyError, TypeError, zlib.error, json.JSONDecodeError) as error:
        raise ValueError("the model is damaged: run capebot learn") from error


def tokens(text: str) -> list[str]:
    """The words of a text, folded, with what varies from message to message replaced by its kind."""
    even = folded(text)
    for pattern, instead in _VARYING:
        even = pattern.sub(instead, even)
    return _WORD.findall(even.replace("#", "="))


def words_of(words: list[str]) -> set[str]:
    """The features of the first block: words, pairs of neighbours, and pairs with one word between."""
    next_but_one = zip(words, words[2:], strict=False)
    return {*words, *(f"{one} {two}" for one, two in pairwise(words)), *(f"{one}_{two}" for one, two in next_but_one)}


def pieces_of(words: list[str]) -> set[str]:
    """The features of the second block: pieces of words, their edges marked."""
    found: set[str] = set()
    for word in set(words):
        found.update(_pieces(word))
    return found


def _shortened(word: str) -> tuple[str, ...]:
    """A word without each of its letters."""
    return tuple(word[:at] + word[at + 1 :] for at in range(len(word)))


@lru_cache(maxsize=8_192)  # words come again and again
def _pieces(word: str) -> tuple[str, ...]:
    edged = f"<{word}>"
    return tuple(f"/{edged[at : at + size]}" for size in _PIECES for at in range(max(1, len(edged) - size + 1)))


def _little(table: array) -> array:  # type: ignore[type-arg]  # of any kind
    """Little-endian, whatever the machine is."""
    if _BIG_ENDIAN:
        table = array(table.typecode, table)
        table.byteswap()
    return table
