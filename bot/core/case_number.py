"""A case's number, and the token by which a mail's subject names it: `[CAPE-7K3FXQF]`.

A subject survives where ids do not: gateways rewrite Message-IDs, and people answer from another program. The token is
the number with a check character, so that a slip of the pen names no case. It only says which case is meant; who may
add to a case is decided elsewhere, from who was in it.
"""

from __future__ import annotations

import re

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: a case number is read aloud on the telephone
DRAWN = 6  # characters drawn by chance: one in 700 million is not guessed from outside
_PREFIX = "C"
# Gateways put other brackets around it, or none, and other dashes into it; capitals get lost.
_TOKEN = re.compile(
    rf"[\[(<{{]?(?<![A-Za-z0-9])CAPE[-\u2010-\u2015]([{ALPHABET}]{{{DRAWN + 1}}})(?![A-Za-z0-9])[\])>}}]?",
    re.IGNORECASE,
)


def number(drawn: str) -> str:
    """The case number of DRAWN characters of ALPHABET."""
    return _PREFIX + drawn


def token(case: str) -> str:
    """What stands in a subject for a case number."""
    drawn = case.removeprefix(_PREFIX)
    return f"[CAPE-{drawn}{_check(drawn)}]"


def named(subject: str) -> str:
    """The case that a subject names, wherever in it; the last when there are several; empty when none is right."""
    cases = [number(found[:-1]) for one in _TOKEN.findall(subject) if _check((found := one.upper())[:-1]) == found[-1]]
    return cases[-1] if cases else ""


def without(subject: str) -> str:
    """The subject without any token: what the sender meant by it."""
    return " ".join(_TOKEN.sub(lambda one: " " if named(one[0]) else one[0], subject).split())


def with_token(subject: str, case: str) -> str:
    """The subject with the token of this case, once, at its end."""
    return f"{without(subject)} {token(case)}".strip() if case else subject


def _check(drawn: str) -> str:
    """Luhn's sum modulo the alphabet: every wrong character shows, and nearly every swapped pair."""
    base, total = len(ALPHABET), 0
    for place, character in enumerate(reversed(drawn)):
        value = ALPHABET.index(character) * (2 - place % 2)
        total += value // base + value % base
    return ALPHABET[-total % base]
