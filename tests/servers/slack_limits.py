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
    return found + _one_by_one(blocks)


def _one_by_one(blocks):
    found = []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)) or any(not 0 < len(one) <= 255 for one in ids):
        found.append("block ids")
    for number, block in enumerate(blocks):
        found += [f"block {number}: {what}" for what in _CHECKS[block["type"]](block)]
    return found


def view_complaints(view):
    """Every reason for which Slack would refuse a modal."""
    found = [f"{key}: {len(view[key]['text'])}" for key in ("title", "submit", "close")
             if key in view and not 0 < len(view[key]["text"]) <= 24]  # fmt: skip
    if not 0 < len(view["blocks"]) <= 100:
        found.append(f"{len(view['blocks'])} blocks")
    if len(view.get("private_metadata", "")) > 3_000 or len(json.dumps(view)) > 250_000:
        found.append("too much")
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("an input and nothing to submit it")
    return found + _one_by_one(view["blocks"])


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
            yield from _part(part)


def _part(part):
    if part["type"] == "user":
        if not re.fullmatch(r"[UW][A-Z0-9]+", part["user_id"]):
            yield "a user without an id"
    elif part["type"] == "link":
        if not re.match(r"https?://", part["url"]) or not part["text"]:
            yield "a link to nowhere"
    elif part["type"] != "text" or not 0 < len(part["text"]) <= 3_000:
        yield f"a part of type {part['type']}"


def _actions(block):
    elements = block["elements"]
    ids = [one["action_id"] for one in elements]
    if not 0 < len(elements) <= 25 or len(set(ids)) != len(ids):
        yield "elements"
    for one in elements:
        if one["type"] != "button" or len(one["action_id"]) > 255 or not 0 < len(one["value"]) <= 2_000:
            yield f"a button {one}"
        yield from _text(one["text"], 75, "plain_text")


def _input(block):
    yield from _text(block["label"], 2_000, "plain_text")
    element = block["element"]
    if element["type"] == "plain_text_input":
        initial = element.get("initial_value")
        if not 0 < element["max_length"] <= 3_000 or initial == "" or len(initial or "") > element["max_length"]:
            yield f"an input of {len(initial or '')} characters"
        if "\n" in (initial or "") and not element.get("multiline"):
            yield "lines in one line"
        return
    if element["type"] not in ("static_select", "radio_buttons") or not 0 < len(element["options"]) <= 100:
        yield f"an element {element['type']}"
    if element["type"] == "radio_buttons" and len(element["options"]) > 10:
        yield "too many radio buttons"
    if element.get("initial_option", element["options"][0]) not in element["options"]:
        yield "an initial option that is none"
    for option in element["options"]:
        yield from _text(option["text"], 75, "plain_text")
        if not 0 < len(option["value"]) <= 75:
            yield "a value"


_CHECKS = {
    "header": _header,
    "section": _section,
    "context": _context,
    "table": _table,
    "rich_text": _rich_text,
    "actions": _actions,
    "input": _input,
    "divider": lambda _: (),
}
