"""What Slack refuses in blocks, after its documents: the local Slack takes anything, so the tests look themselves."""

import json
import re

_ELEMENTS = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}


def complaints(blocks):
    """Every reason for which Slack would answer invalid_blocks, or would ping or link somebody."""
    found = []
    if not 0 < len(blocks) <= 50:
        found.append(f"{len(blocks)} blocks")
    if len(json.dumps(blocks)) > 13_000:
        found.append("too long altogether")
    if sum(block["type"] == "table" for block in blocks) > 1:
        found.append("a second table")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(not 0 < len(one) <= 255 for one in ids):
        found.append("block ids")
    for number, block in enumerate(blocks):
        found += [f"block {number}: {what}" for what in _CHECKS[block["type"]](block)]
    return found


def _text(text, most, *kinds):
    if text["type"] not in kinds:
        yield f"a text of type {text['type']}"
    if not 0 < len(text["text"]) <= most:
        yield f"a text of {len(text['text'])} characters"
    if text["type"] == "mrkdwn" and re.search(r"<[!@#]|<http|<mailto", text["text"]):
        yield "a mention or a link in mrkdwn"
    if text["type"] == "plain_text" and text.get("emoji") is not False:
        yield "emoji in data"


def _header(block):
    yield from _text(block["text"], 150, "plain_text")


def _section(block):
    yield from _text(block["text"], 3_000, "plain_text", "mrkdwn")


def _context(block):
    if not 0 < len(block["elements"]) <= 10:
        yield "elements"
    for element in block["elements"]:
        yield from _text(element, 2_000, "plain_text", "mrkdwn")


def _table(block):
    rows = block["rows"]
    if not 0 < len(rows) <= 100 or len({len(row) for row in rows}) != 1 or len(rows[0]) > 20:
        yield "rows or columns"
    if len(block.get("column_settings", [])) > 20:
        yield "column settings"
    for row in rows:
        for cell in row:
            if cell["type"] != "raw_text" or not cell["text"]:
                yield f"cell {cell}"


def _rich_text(block):
    if not block["elements"]:
        yield "no elements"
    for element in block["elements"]:
        if element["type"] not in _ELEMENTS or not element["elements"]:
            yield f"element {element['type']}"
        parts = element["elements"]
        if element["type"] == "rich_text_list":
            parts = [part for section in parts for part in section["elements"]]
        for part in parts:
            if part["type"] != "text" or not 0 < len(part["text"]) <= 3_000:
                yield f"a part of type {part['type']}"


_CHECKS = {
    "header": _header,
    "section": _section,
    "context": _context,
    "table": _table,
    "rich_text": _rich_text,
    "divider": lambda _: (),
}
