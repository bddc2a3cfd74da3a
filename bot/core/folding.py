"""Text evened out for comparing, with the index of every character in what it came from."""

from __future__ import annotations

from dataclasses import dataclass

_SAME = str.maketrans({
    **dict.fromkeys("’‘‛`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    "\u2026": ".", "\u2044": "/", "\uff0f": "/",
})  # fmt: skip
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff*_")  # no width, or a mark of emphasis
# What scanning and retyping confuse, each to one of its kind; applied to both sides of a comparison.
_SLIPS = str.maketrans("01!|i5$8", "ollllssb")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `at[i]` is the index in the source of `text[i]`."""

    text: str
    at: tuple[int, ...]


def fold(source: str) -> Folded:
    """Case, quotes, dashes and white space evened out; slashes without spaces round them."""
    text: list[str] = []
    at: list[int] = []
    for index, character in enumerate(source.translate(_SAME)):
        if character in _DROPPED:
            continue
        if character.isspace():
            if not text or text[-1] in " /":
                continue
            character = " "  # noqa: PLW2901 - the point of the loop
        elif character == "/" and text and text[-1] == " ":
            text.pop()
            at.pop()
        low = character.lower()  # not casefold: one character must stay one
        text.append(low if len(low) == 1 else character)
        at.append(index)
    return Folded("".join(text), tuple(at))


def folded(source: str) -> str:
    """Only the text of `fold`, trimmed."""
    return fold(source).text.strip()


def ocr(text: str) -> str:
    """Characters that scanning confuses made equal; the length stays. For likeness only, never for codes."""
    return text.translate(_SLIPS)
