"""HTML mail as the text that its reader sees: no hidden words, quotes marked, rows of a table one a line.

A tree of tags costs the square of its depth, and formatting left open is copied into every paragraph after it: a mail
of 2 MB can hold a parser for minutes or take all memory. So the tree is made only of as many tags as it can bear at
their worst, and formatting is taken out of it; more tags are read in one pass, as text.
"""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser

_MOST = 2_000_000  # characters; a longer body is a data dump, and its beginning says what it is
_TAGS = 20_000  # start tags that one mail's trees may hold: all nested, they cost about a second
_DEEP = 20  # levels of quoting that are shown; deeper ones only lengthen the lines
_HIDDEN = (
    "script", "style", "head", "title", "template", "noscript", "svg",
    '[style*="display:none"]', '[style*="display: none"]', '[style*="visibility:hidden"]', "[hidden]",
    '[style*="font-size:0"]', '[style*="mso-hide:all"]',
)  # fmt: skip
_BLOCKS = ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "blockquote", "tr", "hr")
_BREAK, _CELL, _QUOTE, _UNQUOTE = "\ue000", "\ue001", "\ue002", "\ue003"  # private characters stand for the structure
_SPACES = re.compile(r"[ \t\r\n\f]+")
_START = re.compile(r"<[a-zA-Z]")
# What a parser opens again in each later paragraph when it was left open; a span is not, and says as much to a reader.
_FORMATTING = re.compile(r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<(?:!--|([!?/]?)([a-zA-Z][^\s/>]*)?)")
_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "svg")


def texts(htmls: list[str], tags: int = 0) -> tuple[str, int]:
    """The visible text of HTML parts, one after the other, and how many start tags the mail had up to here."""
    shown = []
    for html in htmls:
        tags += sum(1 for _ in _START.finditer(html[:_MOST]))
        shown.append(text(html) if tags <= _TAGS else _in_one_pass(_without_marks(html)))
    return "\n".join(shown), tags


def text(html: str) -> str:
    """The visible text. Words that mark-up splits stay whole; a blockquote's lines begin with `> `."""
    plain = _without_marks(html)
    if sum(1 for _ in _START.finditer(plain)) > _TAGS:
        return _in_one_pass(plain)
    tree = LexborHTMLParser(_FORMATTING.sub(r"<\1span", plain))
    for selector in _HIDDEN:
        for node in tree.css(selector):
            node.decompose()
    for node in tree.css("br"):
        node.replace_with(_BREAK)
    for node in tree.css("td, th"):
        node.insert_after(_CELL)
    for node in tree.css(", ".join(_BLOCKS)):
        quote = node.tag == "blockquote"
        node.insert_before(_BREAK + (_QUOTE if quote else ""))
        node.insert_after((_UNQUOTE if quote else "") + _BREAK)
    body = tree.body
    return _laid_out(_SPACES.sub(" ", body.text(deep=True, separator="") if body else ""))


def _without_marks(html: str) -> str:
    """The beginning of it, without the characters that stand for structure here."""
    return html[:_MOST].translate({0xE000: None, 0xE001: None, 0xE002: None, 0xE003: None})


def _in_one_pass(html: str) -> str:
    """The text between the tags, in time that grows with the length alone. Styles that hide words are not seen."""
    pieces: list[str] = []
    ends: dict[str, int] = {}
    at = 0
    while tag := _TAG.search(html, at):
        pieces.append(entities.unescape(html[at : tag.start()]))
        name, at = (tag[2] or "").lower(), tag.end()
        if tag[0] == "<!--":
            at = _behind(html, "-->", at, ends)
        elif not name and not tag[1]:
            pieces.append("<")  # "a < b"
        elif not tag[1] and name in _UNSEEN:
            at = _behind(html, f"</{name}>", at, ends)
        else:
            at = _behind(html, ">", at, ends)
            pieces.append(_structure(name, closing=tag[1] == "/"))
    pieces.append(entities.unescape(html[at:]))
    return _laid_out(_SPACES.sub(" ", "".join(pieces)))


def _behind(html: str, end: str, start: int, ends: dict[str, int]) -> int:
    """The position behind `end`; where none comes any more, `start`, so that no words are lost.

    `ends` keeps where each was found last: nothing is looked through twice.
    """
    known = ends.get(end, 0)
    if 0 <= known < start:
        known = ends[end] = html.find(end, start)
    return known + len(end) if known >= 0 else start


def _structure(name: str, *, closing: bool) -> str:
    """What a tag does to the lines around it."""
    if name == "blockquote":
        return _BREAK + (_UNQUOTE if closing else _QUOTE)
    if name in ("td", "th"):
        return _CELL
    return _BREAK if name == "br" or name in _BLOCKS else ""


def _laid_out(marked: str) -> str:
    """Structure marks to line ends, tabs and quote marks."""
    lines, depth = [], 0
    for part in re.split(f"({_QUOTE}|{_UNQUOTE})", marked):
        if part in (_QUOTE, _UNQUOTE):
            depth = max(0, depth + (1 if part == _QUOTE else -1))
            continue
        for raw in part.split(_BREAK):
            cells = [cell.strip() for cell in raw.split(_CELL)]
            line = "\t".join(cell for cell in cells if cell).replace("\u00a0", " ").strip()
            lines.append(f"{'>' * min(depth, _DEEP)} {line}" if depth and line else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
