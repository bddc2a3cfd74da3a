import time

import pytest
from entry_numbers import dashed, entry, wrong

from bot.core.entries_in_text import find

A, B, C = entry("B76", 324527), entry("H5K", 4410017), entry("012", 2203118)
DIGITS, SAME, OTHER = entry("316", 2509314), entry("316", 2509315), entry("595", 5663812)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (f"{dashed(A)} was rejected", [A]),
        (f"entries {A}, {B} and {DIGITS}", [A, B, DIGITS]),
        (f"entry number {DIGITS}", [DIGITS]),
        (f"{dashed(B)}\n{dashed(A)}\n{dashed(B)}", [B, A]),
        (f"see\n{DIGITS}\n", [DIGITS]),  # a line of its own
        ("B76 0324527 8", [A]),
        ("B76–0324527–8", [A]),
        ("b76-0324527-8", [A]),
        ("B760324527-8", [A]),
        (f"({dashed(A)}).", [A]),
        (f"entry:{A};{B}", [A, B]),
        (f"Entry #{dashed(A)} was rejected", [A]),
        (
            f"our claim on {dashed(A)} and the account for {dashed(B)}",
            [A, B],
        ),  # sure by its form, whatever it is called
        (f"claims for entry {DIGITS}", [DIGITS]),
        (f"{dashed(DIGITS)},{dashed(OTHER)}", [DIGITS, OTHER]),
        (f"entries {DIGITS},{OTHER} and {dashed(A)}/{dashed(B)}", [DIGITS, OTHER, A, B]),
        (f"-{dashed(A)}\n-{dashed(B)}", [A, B]),
        (f"7501_{dashed(A)}.pdf", [A]),
        (f"Entry Number\n{DIGITS}  Rejected\n{OTHER}  Rejected", [DIGITS, OTHER]),
        (f"{SAME}, {DIGITS}: what now?", [SAME, DIGITS]),  # two of one filer that pass
        (f"container MSCU1234567, entry {DIGITS}", [DIGITS]),
        (f'"{DIGITS}" (entry)', [DIGITS]),
        ("B76-\n0324527-8", [A]),
        ("B76\u200b-0324527-8", [A]),
        ("B76-03245278", [A]),
        ("entry 316-25093146", [DIGITS]),
        (f"my ref is {dashed(A)}", [A]),
        (f"the surety paid on {A}, and the invoice for {A} is lost", [A]),
    ],
)
def test_found(text, entries):
    assert list(find(text).entries) == entries
    assert not find(text).suspects


@pytest.mark.parametrize(
    "text",
    [
        "HTS 9903.01.25 and 8471.30.0150",
        "HTS 8471300150",
        "claim number 100000200001",
        "EIN 12-3456789 or 12-345678900",
        "container MSCU1234567",
        "call 866-530-4172 or +1 866 530 4172, 1-866-530-4172",
        "CSMS 69056483, 68340863",
        "2026-11-24T18:04:11 and 11/24/2026",
        f"the number {DIGITS} came up",  # one random number in ten passes the check
        f"phone {DIGITS}",
        f"https://ace.example/{A} and {A}@example.com",
        f"<{A}.1234@mail.example>",
        f"x{A}x {A}{B}",
        "$12,345,678.90 and USD 31625093146.50",
        "250101-12345",
        "123-45-6789",
        "550e8400-e29b-41d4-a716-446655440000",
        "MAWB 176-12345675",
        "MAWB: 176-12345675 for the entry pending",
        "the 20260420 release",
        "HBL SHA12345678",
        "booked ABC12345678",
        "case 123-456789-0",
        "see 12-345678-9",
        "the entry was filed 20260420 by agent 11234567890",
        "call me about the entry at 18665304172",
        "USD 31625093146 paid",
        f"tracking {DIGITS} and {SAME}",
        "18665304172",
    ],
)
def test_passed_over(text):
    found = find(text)
    assert found.entries == ()
    assert found.suspects == ()


@pytest.mark.parametrize(
    ("text", "reason", "proposal"),
    [
        (dashed(wrong(A)), "bad-check-digit", ""),
        (f"entry {wrong(A)}", "bad-check-digit", ""),
        (f"entry {C[1:]}", "lost-leading-zero", C),
        (f"entry {C[1:3]}-{C[3:10]}-{C[10]}", "lost-leading-zero", C),
        ("entry B76-O324527-8", "bad-format", A),
        ("entry B76-032457-8", "not-11-characters", ""),
        ("entry B76-0324527", "not-11-characters", ""),
    ],
)
def test_suspects_are_named_and_never_applied(text, reason, proposal):
    found = find(text)
    assert found.entries == ()
    (suspect,) = found.suspects
    assert (suspect.reason, suspect.proposal) == (reason, proposal)


@pytest.mark.parametrize("first", range(10))
def test_an_air_waybill_is_not_an_entry_whatever_its_last_digit(first):
    found = find(f"MAWB 176-1234567{first} is here; see 020-7654321{first}")
    assert (found.entries, found.suspects) == ((), ())


def test_what_a_person_confirms_is_taken_and_named():
    text = f"entry {dashed(wrong(A))} and entry {C[1:]}"
    found = find(text, (wrong(A), f"{C[1:]}={C}"))
    assert found.entries == (wrong(A), C)
    assert found.suspects == ()
    assert found.repaired == ((dashed(wrong(A)), wrong(A)), (C[1:], C))


def test_repairs_are_reported_and_the_usual_form_is_not():
    assert find(f"{dashed(A)} {B}").repaired == ()
    assert find("B76–0324527–8").repaired == (("B76–0324527–8", A),)
    assert find("B76\u200b-0324527-8").repaired == (("B76\u200b-0324527-8", A),)


@pytest.mark.parametrize("text", ["B76-0324527-8 " * 7_000, "1" * 100_000, "a@" * 50_000, "B76-03245 27-8\n" * 6_000])
def test_cost_grows_with_length_only(text):
    started = time.perf_counter()
    find(text)
    once = time.perf_counter() - started
    started = time.perf_counter()
    find(text * 4)
    assert time.perf_counter() - started < max(0.2, 12 * once)


@pytest.mark.parametrize(
    "text",
    [
        "The shipment is {spaced}, type 11.",
        "Goods from {spaced} (01) must leave the dock.",
        "The 3461 for {bare} was sent at noon.",
        "holds:\n1. {spaced} / 11 / two pieces",
        'claim 100000418822 is "accepted with errors", the bad one ({letters}) is on a 09',
    ],
)
def test_a_type_or_a_form_beside_a_number_makes_it_an_entry(text):
    number, lettered = entry("316", 9904418), entry("WDR", 4410083)
    said = text.format(spaced=f"{number[:3]} {number[3:]}", bare=number, letters=lettered)
    assert find(said).entries == ((lettered,) if "letters" in text else (number,))


def test_a_date_behind_a_number_is_no_type():
    number = entry("316", 9904418)
    assert find(f"Invoice {number} / 11 / 2026").entries == ()
