"""Slack's text and plain text, both ways. Incoming is escaped and marked up; outgoing must ping nobody."""

from __future__ import annotations

import re

_SOMEBODY = re.compile(r"<(?:@[^<>|]+|!subteam\^[^<>|]+)(?:\|[^<>]*)?>")  # a person, or a group of people
_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_QUOTE = re.compile(r"(?m)^[ \t]*(?:(?:&gt;)+|>+) ?")
_FENCE = re.compile(r"```")
_STYLED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n*_~]+?)(?<=\S)\1(?![\w*_~])")
_CUT_ENTITY = re.compile(r"&[a-z]{0,4}\Z")
_EVERYBODY = ("here", "channel", "everyone")


def plain(text: str, bot_user: str) -> str:
    """What the sender sees, as plain text.

    Block quotes, code marks and bold go: in Slack they hold what the sender pasted, not older mail. The bot's own
    mention goes too; other mentions stay as words.
    """

    def shown(mark: re.Match[str]) -> str:
        kind, target, label = mark.groups()
        if kind == "@":
            return "" if target == bot_user else f"@{label or target}"
        if kind == "!":
            return f"@{target}" if target in _EVERYBODY else label or ""
        if kind == "#":
            return f"#{label or target}"
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    unmarked = _MARK.sub(shown, _QUOTE.sub("", text))
    unmarked = _FENCE.sub("\n", unmarked).replace("`", "")
    unmarked = _STYLED.sub(r"\2", unmarked)
    unmarked = unmarked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\0", "")
    return re.sub(r"\n{3,}", "\n\n", unmarked).strip()


def quoted(text: str, bot_user: str) -> tuple[str, ...]:
    """The lines in block quotes and code blocks, as `plain` shows them: pasted words, perhaps the bot's own."""
    lines, all_below = [], False
    for line in "\n".join(_FENCE.split(text)[::2]).split("\n"):
        all_below = all_below or line.lstrip().startswith(("&gt;&gt;&gt;", ">>>"))
        if all_below or _QUOTE.match(line):
            lines.append(line)
    lines += [line for fenced in _FENCE.split(text)[1::2] for line in fenced.split("\n")]
    return tuple(shown for line in lines if (shown := plain(line, bot_user)))


def mentions(text: str, bot_user: str) -> bool:
    """Whether the text speaks to the bot by name."""
    return f"<@{bot_user}>" in text or f"<@{bot_user}|" in text


def is_to_others(text: str, bot_user: str) -> bool:
    """Whether the text speaks to somebody by name, and not to the bot. `@here` and the like name nobody."""
    return bool(_SOMEBODY.search(text)) and not mentions(text, bot_user)


def escaped(text: str, most: int | None = None) -> str:
    """Text for a field that Slack parses: nothing in it is a mention or a link. Cut at `most` characters if given."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if most is None or len(safe) <= most:
        return safe
    return _CUT_ENTITY.sub("", safe[: most - 1]) + "…"
