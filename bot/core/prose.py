"""Text files that hold somebody's words: a long paste, a note, a message saved from the screen; told by their bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import sheets
from bot.core.passages import MOST_READ

if TYPE_CHECKING:
    from bot.core.model import Attachment

_LIKE_AN_ENTRY = re.compile(r"\d{6}")  # an entry number has eight digits in a row, or seven between its dashes
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f]")  # none of these in what a person wrote
_DELIMITERS = ("\t", ",", ";", "|")
_WORDS_OF_A_CELL = 2  # "Entry Number": a line with more words and no delimiter is somebody's sentence
_TABLE_NAMES = (".csv", ".tsv")
_TABLE_TYPES = ("text/csv", "text/tab-separated-values")
_PASTED = ("claim-details", "es-003", "validation-result")  # rows of CBP's own that people copy off the screen
_ENTRY = re.compile(r"\b[A-Z0-9]{3}[- ]?\d{7}[- ]?\d\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_HEADER_WORD = re.compile(
    r"entry|entries|summary|numbers?|num|nbr|filer|code|type|date|importer|name|status|errors?|message|reason|description"
    r"|record|port|claim"
)
_SAID_MOST = 2_000  # lines beside entry numbers that are looked at


def words(file: Attachment) -> str:
    """The words in a file, or empty when it is a table, or no text that a person wrote.

    What holds nothing like an entry number is no table of ours: two words are a message. What calls itself a table and
    looks like one is left a table all the same, so that the sender is told which tables are read.
    """
    if len(file.content) > MOST_READ or sheets.foreign.read(file.content):
        return ""
    text = decoded(file.content)
    if not text.strip():
        return ""
    kind = sheets.kind_of(file)
    if kind in _PASTED and not _is_called_a_table(file) and beside(file):
        return text
    if kind != "other":
        return ""
    lines = [line for line in text.splitlines() if line.strip()]
    aligned = len(lines) > 1 and any(
        mark in lines[0] and len({line.count(mark) for line in lines}) == 1 for mark in _DELIMITERS
    )
    if aligned and (_LIKE_AN_ENTRY.search(text) or _is_called_a_table(file)):
        return ""
    sentence = any(len(line.split()) > _WORDS_OF_A_CELL for line in lines)
    return text if sentence or not _LIKE_AN_ENTRY.search(text) else ""


def beside(file: Attachment) -> str:
    """What a list of entry numbers says beside them: its lines with words, without the header; empty when none.

    People paste "B76-… HTS RELATIONSHIP MISMATCH" row by row, or write the status above the numbers.
    """
    if len(file.content) > MOST_READ:
        return ""
    said = [line for line in decoded(file.content).splitlines() if _says_something(line)]
    return "\n".join(said[:_SAID_MOST])


def _says_something(line: str) -> bool:
    return not all(_HEADER_WORD.fullmatch(word.lower()) for word in _WORD.findall(_ENTRY.sub(" ", line)))


def _is_called_a_table(file: Attachment) -> bool:
    return file.name.lower().endswith(_TABLE_NAMES) or file.media_type in _TABLE_TYPES


def decoded(content: bytes) -> str:
    """The text, as Windows and others save it; empty when it is none."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if _CONTROL.search(text) else text
    return ""
