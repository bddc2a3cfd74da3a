"""Entry types from words: which are named, and whether the entries are FTZ consumption entries, type 06.

A type counts when it is stated, not when it is asked about, supposed or denied; the sender's own words go before those
of a forwarded mail. Numbers in dates, entry numbers and HTS numbers are not types. CBP's two-digit codes: 01 … 86.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.folding import fold
from bot.core.model import Passage, PassageKind, Type06

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OWN = (PassageKind.OWN, PassageKind.SUBJECT)
_MOST = 50_000  # characters of a passage; what the entries are is said near the top, not in a log
_AROUND = 120  # characters either side of a type that may say how it is meant
_TYPES = frozenset({
    "01", "02", "03", "06", "07", "08", "09", "11", "12", "21", "22", "23", "24", "25", "26", "31", "32", "34", "38",
    "41", "42", "43", "44", "45", "46", "47", "51", "52", "61", "62", "63", "69", "70", "86",
})  # fmt: skip
_CODE = r"(?:0?[1-9]|[1-8]\d)(?![\d/%]|[.,:-]\d)"
_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,4})"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
# Words right before a bare code that make it an entry type: "they are 06", "an ordinary 01", "| 06 |".
_BEFORE_BARE = "".join(
    rf"(?<={word})|" for word in (
        "all ", "are ", "is ", "an ", " a ", "not ", "no ", "'re ", "'s ", "mixed ", "and ", "both ", "ordinary ", "normal ",
        "regular ", "plain ", "weekly ", "filed as ", "consumption ", r"\| ", " / ", "ftz ",
    )
).rstrip("|")  # fmt: skip
_NAMED = re.compile(
    rf"\b(?:entry[ -])?typ(?:es?)?\.?(?:[ -]codes?)?[ :#=-]{{0,3}}(?P<list>{_CODE}(?:(?:, ?| ?/ ?| ?& ?| and | or |, and )"
    rf"{_CODE}){{0,8}})(?! ?errors?\b)|\bet ?(?P<et>0[1-9])\b"
    r"|\b(?P<ftz>ftz|foreign[ -]trade[ -]zones?)\b(?![ -](?:operators?|managers?|grantees?|board|no\b|numbers?))"
    r"|\b(?P<zone>zones?)\b(?=[ -]?(?:\(0?6\)|entr|weekl|withdraw|estimate|stuff|goods|filing|week\b))"
    r"|(?P<nozone>(?:(?<=from a )|(?<=not a )|(?<=not )|(?<=no ))zone\b)"
    r"|(?<!ftz )(?<!zone )\b(?P<consumption>consumption)\b(?= (?:entr|01\b)|[.,;)]|\Z)"
    r"|(?<=\w \()(?P<paren>0[1-9])(?=[),])"
    r"|(?<![\w.,/:$#-])(?P<plural>0[1-9]|11|2[123])'?s\b"
    rf"|(?<![\w.,:$#-])(?:{_BEFORE_BARE})(?P<bare>0[1-9]|(?<= a )2[123])(?![\w%]|/\d|[.,:-]\d| {_MONTH})"
    r"|(?<![\w.,/:$#-])(?P<before>0[1-9])(?=(?:,? |-)(?:ftz|entry|entries|weekly|weeklies|privileged)\b)"
)
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?!\s|\Z)[^.!?;\n]*)*(?P<end>[.!?;\n]*)")
_UNSURE = re.compile(
    r"\b(?:if|whether|unless|in case|suppose|assuming|wonder\w*|unsure|not sure|no idea|not certain|unclear|(?:may|might|could) be|maybe|perhaps|probably|possibly"
    r"|(?:do not|don't|cannot|can't) (?:know|tell|say)|what (?:does|is|are)|what (?:an? )?(?=(?:entry )?type))\b"
)
_DENIED = re.compile(
    r"(?:\b(?:not|none|no|never|neither|nothing|without|non)|n't)(?:[ -](?:a|an|the|any|all|of|in|from|under|have|has|had"
    r"|see|got|them|these|those|they|it|is|are|was|were|be|been|ones?|entry|entries|single|for|to|do|with)\b){0,6}[ (-]*\Z"
    r"|\bnone of (?:the |these |those |them )?[\w ]{0,16}(?:is|are|was|were) (?:an? )?(?:weekly )?\Z"
)
_ANSWER = re.compile(r"[\s\"')(]*(?P<word>yes|yep|correct|no|nope|none|not|n/a)\b")
_LABEL = re.compile(r"(?: (?:type 0?6|entr(?:y|ies)|status))?[ )]*[:=-] ?(?P<word>yes|no|none|not|n/a)\b")
_PART = re.compile(
    rf"(?<!all )(?<!the )(?<!both )(?<!these )(?<!those )\b(?:some|half|most|several|a few|few|part|{_COUNT})"
    r"(?: of (?:the |them|these|those|our |it)?[\w ]{0,24}?)? ?(?:is|are|was|were) (?:an? )?\Z"
    r"|\bonly [^,]{1,40} (?:is|are) (?:an? )?\Z|\bmostly (?:an? )?\Z"
)
_REST = re.compile(
    rf"\b(?:except|apart from|other than|mix(?:ed|ture)?|both types|(?:the )?(?:rest|remaining|others?)|some (?:are )?not"
    rf"|and {_COUNT} (?:regular|normal|ordinary|consumption))\b"
)
_ASIDE = re.compile(r"\(\Z")  # "(type 23)": said by the way, in a question too
_OURS = re.compile(r"\b(?:this|these|our|my) (?:weekly )?\Z")  # "what about this zone entry?"
# "B76-… (FTZ), B76-… (not FTZ)": each entry is labelled with its own type.
_LABELLED = re.compile(r"\d[ \t]{0,3}[(:,|–-]{0,2} ?(?:not |no |non-)?\Z")
_NO_KIND = frozenset(
    {"09", "47"}
)  # a reconciliation or drawback entry that is talked of beside the entries in question
_STATED = re.compile(
    rf"\b(?:all|only|every|everything|these|those|they|they're|it|it's|ours?|both|is|are|were|for|on|{_COUNT})\b[^,;:]{{0,40}}\Z"
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A type in a sentence, affirmed or denied.

    `part`: of some of the entries; `stated`: as a fact about them; `labelled`: it stands right behind an entry number.
    """

    type: str
    denied: bool
    part: bool
    stated: bool
    labelled: bool


def type06_in(passages: Sequence[Passage]) -> Type06:
    """Whether the entries are type 06; UNKNOWN when nobody says, or when what is said contradicts itself."""
    for kinds in (_OWN, (PassageKind.FORWARDED,)):
        verdict = _verdict([one for part in passages if part.kind in kinds for one in _said(part.text)])
        if verdict is not Type06.UNKNOWN:
            return verdict
    return Type06.UNKNOWN


def contradicts(passages: Sequence[Passage]) -> bool:
    """Whether the sender's own words say of the same entries both that they are type 06 and that they are not."""
    said = [one for part in passages if part.kind in _OWN for one in _said(part.text) if one.type == "06"]
    return any(one.denied for one in said) and any(not one.denied for one in said)


def entry_types_in(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The entry types that are stated, two digits each, each once, in order."""
    counted = (*_OWN, PassageKind.FORWARDED)
    said = (one for part in passages if part.kind in counted for one in _said(part.text))
    return tuple(dict.fromkeys(one.type for one in said if not one.denied))


def entry_types_named(text: str) -> bool:
    """Whether a sentence says of which type something is, or is not."""
    return any(True for _ in _said(text))


def _verdict(said: Sequence[_Said]) -> Type06:
    yes = [one for one in said if one.type == "06" and not one.denied]
    no = any(one.type == "06" and one.denied for one in said)
    others = [one for one in said if one.type not in {"06", *_NO_KIND} and not one.denied]
    if yes and (others or any(one.part for one in yes)):
        return Type06.MIXED
    if yes and no and all(one.labelled for one in said if one.type == "06"):
        return Type06.MIXED
    if yes:
        return Type06.UNKNOWN if no else Type06.YES
    return Type06.NO if no or any(one.stated for one in others) else Type06.UNKNOWN


def _said(text: str) -> Iterator[_Said]:
    """The types named in a text, sentence by sentence, without those asked about or supposed."""
    lines = fold(text[:_MOST]).lines
    for sentence in _SENTENCE.finditer(lines):
        words = sentence[0]
        answer = ""
        if "?" in sentence["end"]:
            answered = _ANSWER.match(lines, sentence.end())
            answer = answered["word"] if answered else ""
        asked = "?" in sentence["end"] and not answer
        rest = bool(_REST.search(words))
        for found in _NAMED.finditer(words):
            before = words[max(0, found.start() - _AROUND) : found.start()]
            aside = found["paren"] or _ASIDE.search(before) or (found["zone"] and _OURS.search(before))
            if asked and not aside:
                continue
            after = words[found.end() : found.end() + _AROUND]
            if not _UNSURE.search(before) and not re.match(r" (?:means?|applies)\b", after):
                denied = _is_denied(before, after, answer)
                part = rest or bool(_PART.search(before))
                stated = bool(found["list"]) or not before.strip(" '\"(") or bool(_STATED.search(before))
                stated = (
                    stated
                    or bool(found["paren"] or found["plural"] or found["consumption"] or found["bare"])
                    or bool(re.match(r" entr", after))
                )
                labelled = bool(_LABELLED.search(before))
                yield from (_Said(one, denied, part, stated, labelled) for one in _types(found))


def _is_denied(before: str, after: str, answer: str) -> bool:
    label = _LABEL.match(after)
    word = answer or (label["word"] if label else "")
    return word[:1] == "n" if word else bool(_DENIED.search(before))


def _types(found: re.Match[str]) -> Iterator[str]:
    if found["consumption"]:
        yield "01"
        return
    if found["ftz"] or found["zone"] or found["nozone"]:
        yield "06"
        return
    named = found["list"] or found["et"] or found["paren"] or found["plural"] or found["bare"] or found["before"]
    yield from (code for one in re.findall(r"\d+", named) if (code := one.zfill(2)) in _TYPES)
