"""The words on which a sense turns: whether two phrases agree in them, and whether a sighting is being denied."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.core.folding import scanned

_WORD = re.compile(r"[\w']+")
_MISSPELT_LEAST = 6  # letters; a slip in a shorter hinge word makes another word ("not", "now")
_ENDING = 2  # letters that a hinge word may have more ("completed"); one less is another word ("update", "accept")
_BARE_NOT = frozenset(  # typed without the apostrophe
    scanned(f"{verb}nt").text
    for verb in ("is", "are", "was", "were", "has", "have", "had", "do", "does", "did", "ca", "could", "wo", "would")
)
_BEFORE = 110  # characters before a phrase in which it may be denied
_AFTER = 70

# "it is not the …", "we no longer get the …", "instead of the …": the denial stands right before the phrase.
_FILLER = (
    "a|an|the|any|this|that|those|these|our|your|usual|old|same|other|further|new|single|such|one|more|of|it|is|was|be"
    "|been|being|about|get|gets|got|gotten|getting|see|sees|saw|seen|seeing|have|has|had|having|receive|received"
    "|receiving|return|returned|returning|show|shows|showing|shown|say|says|saying|caused|by|because|due|to|do|with"
    "|related|error|message|status|rejection|code"
)
_DENIED = re.compile(
    r"(?:\bnot|n't|\bcannot|\bno longer|\bnever|\bwithout|\bno more|\brather than|\binstead of|\bno|\bneither|\bnor"
    rf"|\bstopped)(?: (?:{_FILLER})\b){{0,6}} ?['\"(]{{0,2}}\Z"
)
# "It passed from Not Started to Accepted": that is what it was.
_WAS = re.compile(r"\bfrom (?:(?:the|a|being|status) )*['\"]?\Z")
_IS_NOW = re.compile(r"['\"]?,? (?:in)?to\b")
_STOP = re.compile(r"[.!?;:\n]")
# "never seen this before", "had not got it until now": here it is.
_NEW_HERE = re.compile(r"\b(?:seen|saw|see|had|got|gotten|get|received|have)\b[^.!?]*\Z")
_BEFORE_NOW = re.compile(r"[^.!?;\n]{0,30}\b(?:before|until|till)\b")
_GONE = re.compile(
    r"['\").,]{0,2} ?(?:(?:error|message|status|one|rejection|code|problem)\b ?)?"
    r"(?:(?:is|are|was|were)(?: not|n't) (?:the|our|my|what|it|its|there|here|shown|showing|coming|this|that|among)\b"
    r"|(?:does|did|do)(?: not|n't) (?:appear|show|come|occur|apply|happen)\b"
    r"|(?:(?:is|are|was|were|has|have|had)(?: been| now| already| finally| all)* )"
    r"(?:gone|solved|resolved|fixed|cleared)\b"
    r"|,? ?(?:but )?no,? (?:this|that|it)(?:'s| is| was)(?: not|n't) (?:it|the|our|what)\b"
    r"|(?:is |are )?no longer\b|never (?:came|appeared|showed)\b|went away\b|disappeared\b|is absent\b"
    r"|(?:has|have)(?: not|n't) (?:come back|appeared|shown up|occurred|happened)\b)"
)


def denied(text: str, start: int, end: int) -> bool:
    """Whether folded `text` says round the phrase at this span that this is not it. Not what the phrase itself says."""
    before = text[max(0, start - _BEFORE) : start]
    stops = list(_STOP.finditer(before))
    before = before[stops[-1].end() :] if stops else before
    after = text[end : end + _AFTER]
    if _GONE.match(after):
        return True
    if _WAS.search(before) and _IS_NOW.match(after):
        return True
    if not _DENIED.search(before):
        return False
    return not (_NEW_HERE.search(before) and _BEFORE_NOW.match(after))


class Hinges:
    """The hinge words of a catalogue. Built once; all texts given to it are folded and scanned."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._single = frozenset(_plain(scanned(word.lower()).text) for word in words if " " not in word)
        self._long = sorted(word for word in self._single if len(word) >= _MISSPELT_LEAST)
        self._several = tuple(scanned(word.lower()).text for word in words if " " in word)
        self.of = lru_cache(maxsize=4096)(self._of)  # phrases are asked again and again

    def _of(self, text: str) -> frozenset[str]:
        """The hinge words in a text, slightly misspelt long ones too; "isn't" and "cannot" hold "not"."""
        found = {hinge for hinge in self._several if re.search(rf"(?<!\w){re.escape(hinge)}(?!\w)", text)}
        for word in _WORD.findall(text):
            plain = _plain(word)
            hinge = plain if plain in self._single else self._misspelt(plain)
            if hinge:
                found.add(hinge)
        return frozenset(found)

    def _misspelt(self, word: str) -> str:
        """The hinge word that this is with an ending, or with one slip ("rejcted", "unabel"); else empty."""
        for one in self._long if len(word) >= _MISSPELT_LEAST else ():
            if word.startswith(one) and len(word) - len(one) <= _ENDING:
                return one
            if not one.startswith(word) and OSA.distance(word, one, score_cutoff=1) <= 1:
                return one
        return ""


def _plain(word: str) -> str:
    """A negation as "not", whatever it is part of."""
    return "not" if word.endswith("n't") or word == "cannot" or word in _BARE_NOT else word
