"""Made-up mail full of numbers: how many entry numbers are found, and how much else is taken for one."""

import random
import string

import pytest
from entry_numbers import dashed, entry, wrong

from bot.core.entries_in_text import find

FILERS = ("B76", "H5K", "9XQ", "AB4", "316", "595", "113", "RTK", "LMN", "0K2", "N21", "871")
# How people name one entry; the number itself is put in as they write it.
ONE = (
    "Entry {} was rejected with a value error.", "entry no. {} failed", "Entry #{}", "entry number: {}",
    "Please look at entry summary {} again.", "ES {} is in trust status", "Entry Summary No. {}", "the entry is {}",
    "our claim for entry {} shows Failed", "CAPE refused entry {}, and the claim number is 100000200001.",
    "{} (entry) has failed", "Hi,\n\n{}\n\nwhat does this mean?", "Entry Number\n{}  Failed  STATEMENT NOT PAID",
    "EIN 12-3456789, entry {}, phone 866-530-4172", "container MSCU1234567 / entry {}", "[entry {}]", "ENTRY:{}.",
    "entry={}; importer=12-345678900", "Subject: RE: entry {} / PO 4500012345",
)  # fmt: skip
LISTS = (
    ("Entries {}.", ", "), ("entries: {}", ","), ("The following entries failed:\n{}\nThank you", "\n"),
    ("Entry numbers {} were refused", " and "), ("Entries\n- {}", "\n- "), ("Entries:\n1. {}", "\n2. "),
    ("Entry summaries {}", " / "), ("entries {}", "; "), ("Entry Number\n{}  Failed", "  Failed\n"),
)  # fmt: skip
DASHED_ONLY = (
    "{} was rejected", "see {}, thanks", "our ref is {}", "account says {} failed", "({})", "FW: {} CAPE", "7501_{}.pdf",
    "claim on {} again", "-{}-style? no", "*{}*", "{}: UNABLE TO CALCULATE DUTY", "Re {}/JMS", "“{}”", "{}…",
)  # fmt: skip
WRITTEN = (
    str, dashed, lambda n: dashed(n).replace("-", "–"), lambda n: dashed(n).replace("-", "‑"), lambda n: f"{n[:3]} {n[3:10]} {n[10]}",
    lambda n: f"{n[:3]}-{n[3:10]} {n[10]}", lambda n: f"{n[:10]}-{n[10]}", lambda n: f"{n[:3]} - {n[3:10]} - {n[10]}",
    lambda n: dashed(n).lower(), lambda n: f"{n[:3]}-\n{n[3:10]}-{n[10]}", lambda n: f"\u200b{dashed(n)}",
)  # fmt: skip


def _digits(dice, count):
    return "".join(dice.choice(string.digits) for _ in range(count))


NOISE = (
    lambda d: f"HTS 9903.01.{_digits(d, 2)} and {_digits(d, 4)}.{_digits(d, 2)}.{_digits(d, 4)} are on the line.",
    lambda d: f"HTS {_digits(d, 10)} free",
    lambda d: f"The claim number is 1000{_digits(d, 8)}.",
    lambda d: f"Claim 1000{_digits(d, 8)} is Not Started.",
    lambda d: f"EIN {_digits(d, 2)}-{_digits(d, 7)} or {_digits(d, 2)}-{_digits(d, 9)}.",
    lambda d: f"CBP importer number {_digits(d, 6)}-{_digits(d, 5)}.",
    lambda d: f"SSN {_digits(d, 3)}-{_digits(d, 2)}-{_digits(d, 4)}",
    lambda d: f"Container MSCU{_digits(d, 7)}, TCNU {_digits(d, 7)} sailed.",
    lambda d: f"MAWB {_digits(d, 3)}-{_digits(d, 8)} HAWB SHA{_digits(d, 8)}",
    lambda d: f"B/L MAEU{_digits(d, 9)}, house B/L ABC{_digits(d, 8)}",
    lambda d: f"Call +1 {d.randint(201, 989)} {d.randint(200, 999)} {_digits(d, 4)} or 1{d.randint(201, 989)}{d.randint(200, 999)}{_digits(d, 4)}.",
    lambda d: f"Tel: {d.randint(201, 989)}-{d.randint(200, 999)}-{_digits(d, 4)} ext {_digits(d, 4)}",
    lambda d: f"Filed 2026-0{d.randint(1, 9)}-{d.randint(10, 28)} and 0{d.randint(1, 9)}/{d.randint(10, 28)}/2026 at 14:22:{_digits(d, 2)}.",
    lambda d: f"CSMS {_digits(d, 8)} (and # {_digits(d, 8)}) says so.",
    lambda d: f"Houston, TX {_digits(d, 5)}-{_digits(d, 4)}",
    lambda d: f"${d.randint(1, 99)},{_digits(d, 3)},{_digits(d, 3)}.{_digits(d, 2)} or USD {_digits(d, 7)}.{_digits(d, 2)}",
    lambda d: f"id {_digits(d, 8)}-{_digits(d, 4)}-4{_digits(d, 3)}-a{_digits(d, 3)}-{_digits(d, 12)}",
    lambda d: f"Message-ID: <{_digits(d, 11)}.{_digits(d, 8)}@mail.example>",
    lambda d: f"https://ace.example/claims/{_digits(d, 11)}?e={_digits(d, 11)}",
    lambda d: f"Tracking 1Z{_digits(d, 16)}, FedEx {_digits(d, 12)}",
    lambda d: f"Invoice {_digits(d, 10)}, PO {_digits(d, 10)}, order 114-{_digits(d, 7)}-{_digits(d, 7)}",
    lambda d: f"the {_digits(d, 8)} release and {_digits(d, 8)} of it",
    lambda d: f"Statement number {_digits(d, 11)}",
    lambda d: f"account {_digits(d, 11)}, bond {_digits(d, 9)}",
    lambda d: f"ticket INC{_digits(d, 8)}, case {_digits(d, 8)}",
)  # fmt: skip


def _text(dice):
    """A mail of a few lines and the entries that it names."""
    numbers = [entry(dice.choice(FILERS), dice.randrange(10_000_000)) for _ in range(dice.randint(1, 6))]
    kind = dice.random()
    if kind < 0.35:
        numbers = numbers[:1]
        said = dice.choice(ONE).format(dice.choice(WRITTEN)(numbers[0]))
    elif kind < 0.75:
        frame, separator = dice.choice(LISTS)
        write = dice.choice((str, dashed, lambda n: dashed(n).replace("-", "–")))
        said = frame.format(separator.join(map(write, numbers)))
    elif kind < 0.95:
        numbers = numbers[:1]
        said = dice.choice(DASHED_ONLY).format(dashed(numbers[0]))
    else:
        numbers, said = [], "What does this mean?"
    noise = [dice.choice(NOISE)(dice) for _ in range(dice.randint(0, 4))]
    at = dice.randint(0, len(noise))
    return dice.choice(("\n", "\n\n")).join([*noise[:at], said, *noise[at:]]), numbers


def _score(count, seed):
    dice = random.Random(seed)  # noqa: S311 - made-up mail
    right = missed = wrongly = doubted = 0
    shown = []
    for _ in range(count):
        text, numbers = _text(dice)
        found = find(text)
        got, want = set(found.entries), set(numbers)
        right, missed, wrongly = right + len(got & want), missed + len(want - got), wrongly + len(got - want)
        doubted += len(found.suspects)
        if got != want or found.suspects:
            shown.append((text, want - got, got - want, found.suspects))
    return 2 * right / (2 * right + missed + wrongly), doubted / count, shown


def test_found_among_other_numbers():
    f1, doubted, shown = _score(2_000, 20261124)
    assert f1 >= 0.995, shown[:5]
    assert doubted <= 0.002, [one for one in shown if one[3]][:5]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_found_among_other_numbers_at_length(seed):
    f1, doubted, shown = _score(10_000, seed)
    assert f1 >= 0.995, shown[:5]
    assert doubted <= 0.002, [one for one in shown if one[3]][:5]


def test_damaged_numbers_are_never_taken_and_mostly_named():
    dice = random.Random(7)  # noqa: S311 - made-up mail
    named = 0
    for _ in range(500):
        number = wrong(entry(dice.choice(FILERS), dice.randrange(10_000_000)))
        found = find(dice.choice(ONE[:8]).format(dice.choice((str, dashed))(number)))
        assert number not in found.entries
        named += any(one.reason == "bad-check-digit" for one in found.suspects)
    assert named >= 495
