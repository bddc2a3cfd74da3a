import textwrap
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.core.model import How, Passage, PassageKind
from bot.core.passages import plain
from bot.core.spotting import Spotter
from bot.knowledge import load, load_meaning

SHIPPED = Path(__file__).parents[2] / "knowledge"
CATALOGUE = load(SHIPPED)
SPOTTER = Spotter(CATALOGUE)
LEARNT = Spotter(CATALOGUE, load_meaning(SHIPPED))
TEXTS = Counter(message.casefold() for error in CATALOGUE.errors for message in error.messages)
# Two errors have the same text: of the one with a code its code must stand there.
OFFICIAL = [
    (error.id, message)
    for error in CATALOGUE.errors
    for message in error.messages
    if TEXTS[message.casefold()] == 1 or not error.codes
]
LONG = [(id_, message) for id_, message in OFFICIAL if len(message) > 24 and "{" not in message]


def spot(text, *more):
    return SPOTTER.spot((plain("About CAPE."), plain(text), *more))


def ids(text):
    return [one.id for one in spot(text).sightings]


@pytest.mark.parametrize(("id_", "message"), OFFICIAL)
def test_every_official_message_is_found_as_itself_and_verbatim(id_, message):
    message = message.replace("{…}", "A1")
    (one,) = spot(f"claim status says {message}").sightings
    assert (one.id, one.how, one.confidence, one.verbatim) == (id_, How.WORDING, 1.0, True)
    assert one.quote.rstrip(".").casefold() == message.rstrip(".").casefold()


@pytest.mark.parametrize(("id_", "message"), LONG)
@pytest.mark.parametrize(
    "mutation",
    [
        str.upper,
        str.lower,
        lambda text: "\n".join(textwrap.wrap(f"This is the text we got back from the portal: {text}", 60)),
        lambda text: text.replace("'", "’").replace(" - ", " – "),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("o", "0", 1).replace("i", "1", 1),  # scanning
    ],
    ids=["upper", "lower", "wrapped", "smart", "nbsp", "ocr"],
)
def test_mutations_are_found(id_, message, mutation):
    assert ids(mutation(message)) == [id_]


@pytest.mark.parametrize(
    "text",
    [
        "it is not the statement processing not complete error",
        "we no longer get the HTS RELATIONSHIP MISMATCH",
        "Rejected by batch validation is gone",
        "statement processing complete",  # the hinge word is missing
        "the JMS error did not come back",
    ],
)
def test_negation_and_missing_hinges(text):
    assert ids(text) == []


@pytest.mark.parametrize("text", ["error code 864", "PSC refused, code: 864", "got 864 from ABI on the PSC"])
def test_a_code_near_its_word(text):
    (one,) = spot(text).sightings
    assert (one.id, one.how) == ("psc-not-allowed-864", How.CODE)
    assert one.quote == "864"


@pytest.mark.parametrize(
    "text", ["864 entries were filed", "error 8641", "PSC of $864.20", "error code 846", "code ERR-864-A"]
)
def test_no_code(text):
    assert ids(text) == []


def test_a_longer_message_is_not_the_shorter_one():
    assert ids("HTS RELATIONSHIP/SEQUENCE MISMATCH") == ["hts-relationship-sequence-mismatch"]
    assert ids("HTS RELATIONSHIP MISMATCH") == ["hts-relationship-mismatch"]


def test_several_errors_each_once():
    text = "HTS RELATIONSHIP MISMATCH on two, Statement Processing Not Complete on one, HTS relationship mismatch again"
    assert ids(text) == ["hts-relationship-mismatch", "statement-processing-not-complete"]


def test_misspelt_is_likeness_and_says_so():
    (one,) = spot("we see statment procesing not complete in claim details").sightings
    assert (one.id, one.how, one.verbatim) == ("statement-processing-not-complete", How.LIKENESS, False)
    assert one.confidence < 1


def test_what_is_quoted_or_signed_does_not_count():
    for kind in (PassageKind.QUOTED, PassageKind.SIGNATURE, PassageKind.BOT):
        text = "JMS error"
        assert SPOTTER.spot((Passage(kind, text, text, tuple(range(9)), "text"),)).sightings == ()


def test_about_cape_without_an_error():
    assert spot("what is new?").about_cape
    assert not SPOTTER.spot((plain("Attached is the invoice for October."),)).about_cape


def test_a_status_of_two_words_needs_its_subject():
    assert SPOTTER.spot((plain("The warehouse work is not started."),)).sightings == ()
    assert ids("the claim is Not Started") == ["claim-not-started"]


@pytest.mark.parametrize("error", CATALOGUE.errors, ids=lambda error: error.id)
def test_a_rule_holds_today(error):
    assert error.rule_on(date(2026, 11, 24)).start <= date(2026, 11, 24)


@pytest.mark.parametrize(
    "near",
    [
        "Invalid file format",
        "CAPE says Invalid consignee",
        "CAPE says: invalid quantity on line 2",
        'CAPE says "Payment type not allowed"',
        'CAPE says "warehouse entry not found"',
        "claim details says: line count differs",
        "CAPE: Statement not found",
        "CAPE: record type not supported",
        "CAPE: goods value missing",
        "CAPE: refund exceeds duty paid",
        "CAPE: carrier not found",
    ],
)
def test_a_message_that_is_nearly_a_known_one_is_none(near):
    spotting = LEARNT.spot((plain(near),))
    assert spotting.sightings == ()
    assert spotting.about_cape


def test_which_entries_are_ftz_is_no_error():
    said = "CAPE: two entries failed with HTS Relationship Mismatch.\n1) B76-0324527-8 is an FTZ weekly (type 06).\n2) both are"
    assert [one.id for one in LEARNT.spot((plain(said),)).sightings] == ["hts-relationship-mismatch"]


def test_two_matters_in_one_sentence_keep_their_order():
    said = (
        "Two things about CAPE: the claim has been at Not Started since Monday, and one entry in it was already claimed by"
        " the importer on an earlier declaration."
    )
    assert [one.id for one in LEARNT.spot((plain(said),)).sightings] == [
        "claim-not-started",
        "already-on-a-declaration",
    ]


def learnt(text):
    return [one.id for one in LEARNT.spot((plain(text),)).sightings]


def test_several_matters_are_each_found_in_a_part_of_their_own_and_in_order():
    rows = "CAPE results:\nB76-0324527-8 | drawback\nB76-0324528-6 | can't work out the duty\nB76-0324529-4 | protest is open"
    assert learnt(rows) == ["entry-on-drawback", "unable-to-calculate-duty", "protest-on-entry"]
    polite = (
        "Dear all, on the first entry they say that our lawyer's protest is still open, and besides that the other one"
        " was liquidated too long ago, more than eighty days. Which of the two can go into CAPE again?"
    )
    assert learnt(polite) == ["protest-on-entry", "final-liquidation"]


def test_what_the_sender_says_it_is_not_is_no_second_matter():
    assert learnt("No, not on drawback, we checked. What CAPE shows is Protest on Entry.") == ["protest-on-entry"]
    assert learnt("CAPE: it isn't suspended, no protest on it either. It says Invalid HTS.") == ["invalid-hts"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("never got an 864, never got F883. ABI answers the CAPE entry with 852, HTS out of sequence", "abi-852-hts-out-of-sequence"),
        ("CAPE claim not rejected, not accepted either, it still says Not Started", "claim-not-started"),
        ("Our CAPE claim status passed from Not Started to Accepted today, the whole claim, no entry failed. Are we done?", "claim-accepted"),
    ],
)  # fmt: skip
def test_what_a_clause_denies_is_not_taken_for_its_matter(text, expected):
    assert learnt(text) == [expected]


def test_a_look_alike_in_the_subject_is_the_same_matter_again():
    subject = Passage(
        PassageKind.SUBJECT, title := "Order of numbers on line 3", title, tuple(range(len(title))), "subject"
    )
    text = "We transmit a summary in ABI and get error 852: chapters 98, 99 and the others are not in sequence. Which is first?"
    assert [one.id for one in LEARNT.spot((subject, plain(text))).sightings] == ["abi-852-hts-out-of-sequence"]


def test_a_matter_stands_where_no_other_one_has_the_sentence():
    said = "CAPE: accepted in August, extended entry, no money. Another one not extended: treasury issued 3 weeks ago, not here yet"
    assert learnt(said) == ["suspended-extended-under-review-accepted", "refund-status"]


@pytest.mark.parametrize(
    "text",
    [
        "CAPE failed three of ours and the reason is Finnal Liqudation, can that be?",
        "CAPE sais teh liquidaton of our entry is finaal, more than 80 days ago",
    ],
)
def test_a_slip_in_a_common_word_is_read_as_that_word(text):
    assert learnt(text) == ["final-liquidation"]


def test_a_look_alike_is_not_found_in_the_words_of_the_message_itself():
    assert learnt("CAPE claim details: HTS RELATIONSHIP MISMATCH, no word of a sequence") == [
        "hts-relationship-mismatch"
    ]


def test_a_newsletter_that_quotes_a_message_is_ordinary():
    letter = (
        'TRADE WEDNESDAY | In this issue: what "Accepted with Error(s)" means in CAPE, Section 232 news, our spring'
        " conference, job adverts. Manage your subscription or forward to a colleague."
    )
    assert learnt(letter) == []
