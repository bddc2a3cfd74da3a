"""HTML mail as the text that its reader sees: no hidden words, quotes marked, rows of a table one a line."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

_MOST = 2_000_000  # characters; a longer body is a data dump, and its beginning says what it is
_HIDDEN = (
    "script", "style", "head", "title", "template", "noscript", "svg",
    '[style*="display:none"]', '[style*="display: none"]', '[style*="visibility:hidden"]', "[hidden]",
    '[style*="font-size:0"]', '[style*="mso-hide:all"]',
)  # fmt: skip
_BLOCKS = ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "blockquote", "tr", "hr")
_BREAK, _CELL, _QUOTE, _UNQUOTE = "\ue000", "\ue001", "\ue002", "\ue003"  # private characters stand for the structure
_SPACES = re.compile(r"[ \t\r\n\f]+")


def text(html: str) -> str:
    """The visible text. Words that mark-up splits stay whole; a blockquote's lines begin with `> `."""
    tree = LexborHTMLParser(html[:_MOST].translate({0xE000: None, 0xE001: None, 0xE002: None, 0xE003: None}))
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
            lines.append(f"{'>' * depth} {line}" if depth and line else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
