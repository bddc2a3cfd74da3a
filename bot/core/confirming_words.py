"""The words by which people confirm, each with the letter that `confirming` reads sentences by."""

from __future__ import annotations

import re

_DIGITS = r"#?\d{1,6}(?!\w|\.\d|/\d|%|-\d{1,7}-\d)"
_NUMBER = rf"(?<![\w./-]){_DIGITS}"
_TO = r"\s*(?:-|to|through|thru|until|\.\.)\s*"
_SPAN = rf"{_NUMBER}(?:{_TO}{_DIGITS})?"
_AND = r"(?:\s*(?:,|&|\+)\s*(?:and\s+)?|\s+and\s+)"
_LIST = rf"{_SPAN}(?:{_AND}(?:rows?\s*)?{_SPAN})*"
_ROWS = r"rows?\s*(?:numbers?|nos?|#)?\s*:?\s*"
_EXTENSIONS = "csv|tsv|txt|xlsx|xlsm|xls|zip|html?|xml"
_NAME = rf"[^\n\"]{{1,120}}?\.(?:{_EXTENSIONS})(?![\w.])"
# Seven digits or more, or a rounded figure; "1001-1003" are rows.
_VALUE = (
    r"(?<![\w])(?:[a-z0-9]{3}[ -]\d{7}[ -]\d(?!\w)|\d(?:\.\d+)?e\+?\d{1,2}(?!\w)"
    r"|(?!\d{1,6}-\d{1,6}(?![\w-]))(?=(?:[a-z.+/-]*\d){7})[a-z0-9][a-z0-9.+/-]*[a-z0-9])"
)
LIST_LINE = r"(?:(?i:rows?)\s*)?#?\d{1,6}(?:\s*(?:,|-|to|and|&)\s*#?\d{1,6})*\s*(?:\n|\Z)"
RANGE = re.compile(rf"#?(\d{{1,6}})(?:{_TO}#?(\d{{1,6}}))?")

_NOTHING = (
    r"good (?:morning|afternoon|evening|day)(?: (?:all|team|everyone))?|(?:many )?thanks(?: (?:you|a lot|again|all))?|thank you(?: (?:all|very much|again))?|as (?:it|they) (?:is|are|stands?)|as (?:is|proposed|"
    r"suggested|you (?:proposed?|suggest(?:ed)?|read (?:it|them)))|of (?:them|these|those|the(?: (?:rows|entries|proposals))?)|"
    r"on (?:my|our) (?:side|end)|(?:checked |verified )?(?:as per|per|against|with|on|from) the (?:cf-?|cbp form )?7501s?|"
    r"(?:happy|pleased|glad) to(?= confirm)|"
    r"(?:i|we)(?: can|'d like to| would like to| do)?(?: also)?(?: hereby| herewith)?(?= confirm)|"
    r"those are|these are|please find"
)
_VAGUE = r"(?:it'?s )?all (?:good|right|ok|okay|fine|set|clear)"
_YES = r"^(?:ok|okay|yes|yep|yeah|yup|sure|right|correct|good|perfect)(?=\s*[,:.!-]|\s*$|\s+(?:i|we|please|pls|confirm))|(?<=: )(?:yes|yep)$"
_NEGATED = r"(?:do|does|did|is|are|was|were|have|has|wo|would|could)n't|(?:do|does|did) not|can(?:not|'t| not)|not|never|no|nor|neither"
_EXCEPT = r"except(?: for)?|but not|other than|apart from|excluding|save for|without|not including"
_EQUALS = r"=>?|->|→|should (?:be|read)|(?:must|has to) be|is (?:really|actually|in fact)|means|reads"
_WHATEVER = r"all (?:the )?(?:rows|entries|numbers|proposals|proposed (?:rows|numbers))|(?:they are|they're) all|all of (?:them|these|those|it)|all|everything|every (?:row|one|proposal)"

TOKENS = re.compile(
    rf"(?:\b(?:in|of|from|for)\s+)?(?:the\s+)?(?:file\s+)?\"(?P<in_quotes>{_NAME})\""
    rf"|\b(?:in|of|from|for)\s+(?:the\s+)?(?:file\s+)?(?P<name>{_NAME})"
    rf"|(?P<k>{_SPAN}\s*(?:(?:valid|wrong|other)\s+)?(?:entries|entry numbers?|numbers|rows|lines|proposals|corrections|of|times|days)\b|\bthe (?:first|last|other)\b)"
    rf"|(?P<o>\b(?:{_NOTHING})(?!\w))"
    rf"|(?P<v>{_VALUE})"
    rf"|\b(?P<r>{_ROWS}{_LIST})"
    rf"|(?P<d>{_LIST})"
    rf"|(?P<y>{_YES})"
    rf"|(?P<e>(?:{_EQUALS})(?!\w)|\b(?:is|as)(?=\s+(?:entry\s+(?:number\s+)?|number\s+)?{_VALUE})|:(?=\s*{_VALUE}))"
    rf"|(?P<a>(?<!\w)(?:they are|they're) all(?!\w))|(?P<q>\b(?:{_VAGUE})(?!\w))|\b(?P<a2>(?:{_WHATEVER})(?!\w))"
    rf"|\b(?P<x>(?:{_EXCEPT})(?!\w))|\b(?P<n>(?:{_NEGATED})(?!\w))"
    r"|(?P<w>[^\W\d_][\w'-]*)|(?P<u>[^\s,:.!()*_;~])"
)
_WORDS = {
    word: letter
    for letter, words in {
        "c": "confirm confirmed confirms confirming approve approved verified",
        "g": "right correct ok okay fine good valid true accurate",
        "b": "wrong incorrect bad invalid false",
        "h": "if whether should shall would could can may might maybe perhaps probably possibly think guess believe suppose"
        " assume unsure unclear wonder tomorrow later soon will until unless once when before after or either asked asks"
        " says said told wants why how what which who whose seems seem",
        "k": "row rows any none several some most both",
        "": "please pls plz kindly hi hello hey dear team all i we you hereby herewith the a are is was were be been it"
        " they them those these that this my our and but also as so then only just entry entries number numbers"
        " proposal proposals proposed capebot thx thanks cheers now here following still indeed",
    }.items()
    for word in words.split()
}


def letter_of(token: re.Match[str]) -> str:
    """The letter of a token of `TOKENS`, empty for what changes nothing."""
    kind = token.lastgroup or "u"
    if kind in ("name", "in_quotes"):
        return "f"
    if kind == "w":
        return _WORDS.get(token[0], "u")
    return {"o": "", "a2": "a"}.get(kind, kind)
