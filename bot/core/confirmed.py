"""What a person vouches for: `VALUE` as it stands, or `VALUE=PROPOSAL`."""

from __future__ import annotations

from bot.core import entry_number


def vouched(confirmed: tuple[str, ...]) -> dict[str, str]:
    """Give value -> the number to read for it, under the value as written and as mended.

    `B76-0324527-9` vouches for B7603245279 although its check digit is wrong. What has no shape of an entry number is
    left out: nobody can vouch for that. An equals sign inside Excel's `="…"` is not the one that separates.
    """
    found: dict[str, str] = {}
    for one in confirmed:
        value, _, wanted = one.strip().rpartition("=") if one.rstrip().count("=") > one.count('="') else (one, "", "")
        number = entry_number.compact(wanted or value)
        if entry_number.SHAPE.fullmatch(number):
            found[value.strip()] = number
            found[entry_number.compact(value)] = number
    return found
