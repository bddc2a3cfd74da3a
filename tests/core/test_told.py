"""What senders tell of a matter, read out of their own words."""

import pytest
from entry_numbers import dashed, entry

from bot.core import importer_number
from bot.core.masking import MASK
from bot.core.masking import mask as mask_all
from bot.core.model import PassageKind, Type06
from bot.core.passages import plain
from bot.core.secrets_in_text import BANK, PASSWORD
from bot.core.told import Told, read

A, B, C = (entry("B76", serial) for serial in (1, 2, 3))


def told(text, entries=(A, B, C)):
    return read((plain(text),), entries)


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("EIN 12-3456789", "importer-number", ("12-3456789",)),
        ("our EIN is 123456789.", "importer-number", ("12-3456789",)),
        ("IOR 12-345678900", "importer-number", ("12-345678900",)),
        ("importer number: 000000-12345", "importer-number", ("000000-12345",)),
        ("1. 12-3456789", "importer-number", ("12-3456789",)),
        ("importer is Larkfield Lamps LLC", "importer-name", ("Larkfield Lamps LLC",)),
        ("Importer: Larkfield Lamps, LLC (EIN 12-3456789)", "importer-name", ("Larkfield Lamps, LLC",)),
        ("Larkfield Lamps Inc., EIN 12-3456789", "importer-name", ("Larkfield Lamps Inc.",)),
        ("the importer of record is Ana Delgado Imports and they are FTZ", "importer-name", ("Ana Delgado Imports",)),
        ("claim 100000200001", "claim-number", ("100000200001",)),
        ("Claim no. 100000200001", "claim-number", ("100000200001",)),
        ("claims 100000200001 and 100000200002", "claim-number", ("100000200001", "100000200002")),
        ("no claim number, it failed", "claim-number", ("none",)),
        ("uploaded 20 Nov 2026 at 4 pm", "declaration-date", ("20 Nov 2026 at 4 pm",)),
        ("We submitted it on 11/20/2026, 16:05 EST", "declaration-date", ("11/20/2026, 16:05 EST",)),
        ("line 3, 9903.01.25", "hts-lines", ("line 3", "9903.01.25")),
        ("lines 3 and 4, 8539.50.0050", "hts-lines", ("lines 3 and 4", "8539.50.0050")),
        ("statement 123456 paid on 18 Nov", "statement", ("123456, paid on 18 Nov",)),
        ("statement number 123456", "statement", ("123456 [FILL IN: the day it was paid]",)),
        ("ACE account 1234567", "account-number", ("1234567",)),
        ("account number: 1234567", "account-number", ("1234567",)),
        ("I saw it in Claim Details", "where-seen", ("Claim Details file (CAPE tab, Claim Status)",)),
        ("type 01, liquidated 3 Nov 2026", "liquidation", ("liquidated 3 Nov 2026",)),
        ("type 01, liquidated 3 Nov", "liquidation", ("liquidated 3 Nov [FILL IN: the year]",)),
        ("they are not liquidated yet", "liquidation", ("not liquidated",)),
    ],
)
def test_a_fact_is_read(text, key, values):
    assert told(text).facts[key] == values


@pytest.mark.parametrize(
    "text",
    [
        "Is the EIN 12-3456789 right?",
        "if the claim is 100000200001 we will see",
        "not claim 100000200001",
        f"{dashed(entry('012', 3456789))} failed",
        "our ISF is late, call 212-555-0100",
        "9903.01 is the heading",
        "dated 2026.11.20",
        "the importer is not happy",
        "routing 021000021, account number 1234567890",
    ],
)
def test_what_is_asked_supposed_or_denied_is_no_fact(text):
    assert not told(text).facts


@pytest.mark.parametrize(
    ("text", "key", "asked"),
    [
        ("EIN 07-1234567", "importer-number", "begins with 07"),
        ("importer number 123456789", "importer-number", "Nine digits may be a Social Security number"),
        ("IOR 123-45-6789", "importer-number", "trade name (DBA)"),
        ("claim 100000200001, sorry, claim 100000200002", "claim-number", "100000200001 or 100000200002?"),
        ("ACE account 1234567. ACE account 7654321.", "account-number", "1234567 or 7654321?"),
        ("The first one is not FTZ.", "type06", "Which entries do you mean by “The first one”?"),
        ("They are type 06. They are not type 06.", "type06", "both that they are type 06 and that they are not"),
    ],
)
def test_what_is_doubtful_is_asked_and_not_used(text, key, asked):
    found = told(text)
    assert asked in found.doubts[key]
    assert key not in found.facts
    assert "123-45-6789" not in repr(found)


class TestLater:
    def test_a_later_word_replaces_an_earlier_one(self):
        both = told("claim 100000200001, EIN 12-3456789").then(told("sorry, claim 100000200002"))
        assert both.facts == {"claim-number": ("100000200002",), "importer-number": ("12-3456789",)}

    def test_another_one_comes_to_the_first(self):
        both = told("claim 100000200001").then(told("also claim 100000200002"))
        assert both.facts["claim-number"] == ("100000200001", "100000200002")

    def test_a_contradiction_takes_back_and_an_answer_settles_it(self):
        torn = told("They are type 06.").then(told("They are type 06. They are not type 06."))
        assert torn.type06 is Type06.UNKNOWN
        assert "type06" in torn.doubts
        settled = torn.then(told("all FTZ"))
        assert (settled.type06, dict(settled.doubts)) == (Type06.YES, {})

    def test_a_doubtful_number_takes_the_earlier_one_back(self):
        both = told("EIN 12-3456789").then(told("EIN 07-1234567"))
        assert "importer-number" not in both.facts
        assert "importer-number" in both.doubts

    def test_one_entry_of_another_type_makes_them_mixed(self):
        both = told("all of them are FTZ").then(told(f"{dashed(C)} is type 01"))
        assert both.type06 is Type06.MIXED
        assert both.of_entries[C].ftz is False

    def test_a_word_on_all_replaces_what_was_said_of_one(self):
        both = told(f"{dashed(C)} is type 01").then(told("sorry, they are all FTZ weekly"))
        assert both.type06 is Type06.YES
        assert both.of_entries[C].ftz is None

    def test_nothing_is_nothing(self):
        assert not Told()
        assert not told("thanks!")


class TestOfEntries:
    @pytest.mark.parametrize(
        ("text", "ftz"),
        [
            (f"Only {dashed(A)} is FTZ, the others are type 01", {A: True, B: False, C: False}),
            (f"{dashed(A)} (FTZ), {dashed(B)} (not FTZ)", {A: True, B: False}),
            (f"{dashed(A)} and {dashed(B)} are FTZ. {dashed(C)} is type 01.", {A: True, B: True, C: False}),
            (f"{dashed(A)} is FTZ weekly; the rest is 01", {A: True, B: False, C: False}),
            (f"if {dashed(A)} is FTZ, tell me", {}),
        ],
    )
    def test_type_06(self, text, ftz):
        assert {key: one.ftz for key, one in told(text).of_entries.items() if one.ftz is not None} == ftz

    def test_importers_by_block_and_by_line(self):
        text = f"EIN 12-3456789:\n{dashed(A)}\n{dashed(B)}\n\n{dashed(C)} is of EIN 98-7654321"
        whose = {key: one.importer for key, one in told(text).of_entries.items()}
        assert whose == {A: "12-3456789", B: "12-3456789", C: "98-7654321"}

    def test_an_importer_holds_for_the_entries_of_its_sentence(self):
        found = told(f"Leave {dashed(A)} out. EIN 12-3456789").of_entries
        assert (found[A].importer, found[A].out) == ("", True)
        found = told(f"{dashed(A)} is EIN 12-3456789; {dashed(B)} is EIN 98-7654321").of_entries
        assert (found[A].importer, found[B].importer) == ("12-3456789", "98-7654321")

    def test_liquidation(self):
        found = told(f"{dashed(A)} liquidated 2 Feb 2026, {dashed(B)} is suspended").of_entries
        assert (found[A].liquidation, found[B].liquidation) == ("liquidated 2 Feb 2026", "suspended")


def test_own_words_go_before_forwarded_ones():
    forwarded = plain("claim 100000200009, EIN 12-3456789")
    forwarded = type(forwarded)(
        PassageKind.FORWARDED, *[getattr(forwarded, name) for name in ("text", "source", "origin", "where")]
    )
    found = read((plain("claim 100000200001"), forwarded))
    assert found.facts == {"claim-number": ("100000200001",), "importer-number": ("12-3456789",)}


def test_quoted_words_tell_nothing():
    quoted = plain("claim 100000200009. All FTZ.")
    quoted = type(quoted)(
        PassageKind.QUOTED, *[getattr(quoted, name) for name in ("text", "source", "origin", "where")]
    )
    assert not read((quoted,))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("routing 021000021", f"routing {BANK}"),
        ("ABA number: 021000021, checking account 12345678", f"ABA number: {BANK}, checking account {BANK}"),
        ("ACE account 1234567", "ACE account 1234567"),
        ("our bank is closed. ACE account number 1234567", "our bank is closed. ACE account number 1234567"),
        ("password: Tulip-77", f"password: {PASSWORD}"),
        ("the password is Tulip77!", f"the password is {PASSWORD}"),
        ("the password is expired", "the password is expired"),
        ("wire account 4455667788 failed", f"wire account {BANK} failed"),
        ("acct# 1234567890 at Chase Bank", f"acct# {BANK} at Chase Bank"),
        ("account 1234567890 (routing 021000021)", f"account {BANK} (routing {BANK})"),
        ("password Tulip77, pwd - Tulip77", f"password {PASSWORD}, pwd - {PASSWORD}"),
        ("the password for ACE: Tulip77", f"the password for ACE: {PASSWORD}"),
        ("password is: Tulip-77", f"password is: {PASSWORD}"),
        ("password reset 3 times", "password reset 3 times"),
        ("SSN 123456789", f"SSN {MASK}"),
        ("his social security number is 123456789.", f"his social security number is {MASK}."),
        ("SSN of John Doe: 123456789", f"SSN of John Doe: {MASK}"),
        ("SSN on file, EIN 123456789", "SSN on file, EIN 123456789"),
        (f"password: {PASSWORD}", f"password: {PASSWORD}"),
        (f"routing {BANK}", f"routing {BANK}"),
    ],
)
def test_bank_data_and_passwords_are_masked(text, masked):
    assert mask_all(text) == masked
    assert mask_all(masked) == masked


def test_two_writings_of_one_importer_number_are_one():
    assert importer_number.key("12-345678900") == importer_number.key("12-3456789") == importer_number.key("123456789")
    assert importer_number.key("12-345678901") != importer_number.key("12-3456789")
