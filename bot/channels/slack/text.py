"""Slack's text and plain text, both ways. Incoming is escaped and marked up; outgoing must ping nobody."""

from __future__ import annotations

import re

_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_QUOTE = re.compile(r"(?m)^(?:&gt;|>)+ ?")
_FENCE = re.compile(r"```\n?|`")


def plain(text: str, bot_user: str) -> str:
    """What the sender sees, as plain text.

    Block quotes and code marks go: in Slack they hold what the sender pasted, not older mail. The bot's own mention
    goes too; other mentions stay as words.
    """

    def shown(mark: re.Match[str]) -> str:
        kind, target, label = mark.groups()
        if kind == "@":
            return "" if target == bot_user else f"@{label or target}"
        if kind in "#!" and kind:
            return f"{kind if kind == '#' else '@'}{label or target}"
        return label or target.removeprefix("mailto:")

    unmarked = _FENCE.sub("", _QUOTE.sub("", _MARK.sub(shown, text)))
    return unmarked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\0", "").strip()


def mentions(text: str, bot_user: str) -> bool:
    """Whether the text speaks to the bot by name."""
    return f"<@{bot_user}>" in text or f"<@{bot_user}|" in text


def escaped(text: str) -> str:
    """Text for a mrkdwn field: nothing in it is a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
