"""Each matcher on official messages that are hard to tell apart: which one finds, with what sureness, and when none."""

import textwrap
import time

import pytest
from core.small_catalogue import SMALL, known
from rapidfuzz import fuzz

from bot.core.catalogue import Catalogue
from bot.core.model import How, Incoming, Passage, PassageKind
from bot.core.passages import plain, split
from bot.core.spotting import Spotter

SPOTTER = Spotter(SMALL)
PAIRS = [(error.id, message.replace("{…}", "7")) for error in SMALL.errors for message in error.messages]
PAIRS = [(id_, message) for id_, message in PAIRS if not id_.startswith("abi-")]  # its words are another's too
LONG = [pair for pair in PAIRS if len(pair[1]) > 12]


def spot(text):
    return SPOTTER.spot((plain("About CAPE."), plain(text)))


def found(text):
    return [(one.id, one.how) for one in spot(text).sightings]


def ids(text):
    return [id_ for id_, _ in found(text)]


def rewrapped(message):
    return "\n".join(
        textwrap.wrap(f"The Claim Details file of this morning, which I attach, says in every row: {message}", 60)
    )


def quoted_reply(message):
    return "Claim status says\n" + "\n".join(textwrap.wrap(message, 30))


@pytest.mark.parametrize(("id_", "message"), PAIRS, ids=lambda value: value[:30])
@pytest.mark.parametrize(
    "mutation",
    [
        str.upper,
        rewrapped,
        quoted_reply,
        lambda message: message.replace("'", "’").replace("-", "–"),
        lambda message: "\u00a0 ".join(message.split(" ")),
        lambda message: f"“{message}”",
        lambda message: f"*{message}*",
        lambda message: message.replace("/", " / ").replace("-", " - "),
    ],
    ids=["upper", "at-60", "at-30", "smart", "no-break", "quoted", "bold", "spaced"],
)
def test_a_message_is_found_however_it_is_set(id_, message, mutation):
    (one,) = spot(f"Claim status: {mutation(message)}").sightings
    expected = How.CODE if id_ == "ace-error-42" and one.how is How.CODE else How.WORDING
    assert (one.id, one.how) == (id_, expected)
    assert one.verbatim
    assert one.confidence == 1.0


@pytest.mark.parametrize(
    ("id_", "message"), [pair for pair in LONG if "Comp Code" not in pair[1] and "42" not in pair[1]]
)
@pytest.mark.parametrize("slip", [("o", "0"), ("i", "1"), ("l", "1"), ("m", "rn"), ("s", "5")], ids="".join)
def test_scanning_slips_are_likeness_and_not_verbatim(id_, message, slip):
    mutated = message.lower().replace(*slip)
    if mutated != message.lower():
        (one,) = spot(f"claim error: {mutated}").sightings
        assert (one.id, one.how, one.verbatim) == (id_, How.LIKENESS, False)


@pytest.mark.parametrize(("id_", "message"), [pair for pair in LONG if pair[0] != "duplicate-entry"])
def test_one_letter_lost_is_still_found_or_asked_about(id_, message):
    word = max(message.split(), key=len)
    result = spot(f"claim error: {message.replace(word, word[:3] + word[4:])}")
    assert id_ in {one.id for one in (*result.sightings, *result.candidates)}
    assert {one.id for one in result.sightings} <= {id_}


@pytest.mark.parametrize(
    ("text", "not_this"),
    [
        ("Statement Processing Complete", "statement-processing-not-complete"),
        ("Statement processing is now complete on all", "statement-processing-not-complete"),
        ("Statement Processing Incomplete", "statement-processing-not-complete"),  # its own wording, not a likeness
        ("the number is 11 characters long", "not-11-characters-long"),
        ("Not 10 characters long", "not-11-characters-long"),
        ("able to calculate duty", "unable-to-calculate-duty"),
        ("Recon Filed for Entry Summary", "recon-already-filed"),
        ("Entry Summary is in Liquidation Status", "final-liquidation"),
        ("Uncategorized exception occurred during SQL processing", "jms-processing-exception"),
        ("PSC NOT ALLOWED - REFUND", "psc-not-allowed-864"),
        ("The file exceeds the maximum 9,999 allowed entry numbers per file", "exceeds-maximum-entries"),
        ("IEEPA HTS on Entry", "no-ieepa-hts"),
    ],
)
def test_a_hinge_removed_is_not_found(text, not_this):
    assert not_this not in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "it is not the {} this time",
        "we no longer get the {}",
        "we did not get “{}” today",
        "it went through without the {} error",
        "{} is gone",
        "they said “{}”, but no, this isn't the problem",
        "it moved from {} to the next status",
        "The {} error has been resolved.",
        "{} was fixed by a PSC",
        "There is no {} message any more",
        "this is a question about refunds, rather than {}",
        "we have not seen the same {} message again",
        "{} did not appear",
    ],
)
def test_denied(text):
    assert ids(text.format("Statement Processing Not Complete")) == []
    assert ids(text.format("JMS error")) == []


@pytest.mark.parametrize(
    "text",
    [
        "why not? {}",
        "we cannot file: {}",
        "not sure what to do, {}",
        "never seen the {} before",
        "The {} has not been resolved",
        "the {} is not fixed",
        "it did not go through. {}",
        "no answer from CBP on {}",
        "not only {} but also a fine",
        "what does {} mean?",
        "do not resubmit, {} again",
    ],
)
def test_not_denied(text):
    assert ids(text.format("Statement Processing Not Complete")) == ["statement-processing-not-complete"]
    assert ids(text.format("JMS error")) == ["jms-processing-exception"]


def test_of_two_errors_only_the_denied_one_is_left_out():
    assert ids("It is not the JMS error but Invalid HTS on the claim") == ["invalid-hts"]
    assert ids("The JMS error is gone, now the claim error is Invalid HTS") == ["invalid-hts"]


@pytest.mark.parametrize("between", ["/", " / ", " ", "-", "\\", " and ", " & ", "/\n"])
def test_slashes_and_the_longest_wins(between):
    text = f"HTS RELATIONSHIP{between}SEQUENCE MISMATCH"
    (one,) = spot(text).sightings
    assert one.id == "hts-relationship-sequence-mismatch"
    assert one.quote == text
    assert one.verbatim == ("/" in between)


def test_a_denied_longer_message_is_not_read_as_the_shorter():
    assert ids("we no longer get HTS RELATIONSHIP/SEQUENCE MISMATCH") == []


def test_the_same_words_from_abi_need_their_code():
    assert ids("HTS RELATIONSHIP MISMATCH") == ["hts-relationship-mismatch"]
    assert ids("ABI error 613 HTS RELATIONSHIP MISMATCH") == ["abi-613-hts-relationship-mismatch"]


@pytest.mark.parametrize(
    ("text", "verbatim", "quote"),
    [
        ("Unable to Calculate Duty-'X' Duty Comp Code", True, "Unable to Calculate Duty-'X' Duty Comp Code"),
        ("unable to calculate duty - “0” duty comp code.", True, "unable to calculate duty - “0” duty comp code"),
        ("UNABLE TO CALCULATE DUTY", True, "UNABLE TO CALCULATE DUTY"),
        (
            "Unable to Calculate Duty on three lines of the entry, see the Duty Comp Code",
            True,
            "Unable to Calculate Duty",
        ),
    ],
)
def test_variable_parts(text, verbatim, quote):
    (one,) = spot(text).sightings
    assert (one.id, one.verbatim, one.quote) == ("unable-to-calculate-duty", verbatim, quote)


def test_the_full_stop_belongs_to_the_message():
    text = "Unable to process this request at the time. Uncategorized exception occurred during JMS processing."
    assert spot(f"{text} Twice.").sightings[0].quote == text


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("error 42", "ace-error-42"),
        ("Error code: 42.", "ace-error-42"),
        ("it shows code #42", "ace-error-42"),
        ("PSC came back, 864", "psc-not-allowed-864"),
        ("864 error on the PSC", "psc-not-allowed-864"),
        ("(864) is the error code", "psc-not-allowed-864"),
    ],
)
def test_codes(text, id_):
    (one,) = spot(text).sightings
    assert one.id == id_
    assert one.how in (How.CODE, How.WORDING)


@pytest.mark.parametrize(
    "text",
    [
        "we filed 864 entries, one error",
        "got 42 errors",
        "an error in row 42",
        "error on line 864",
        "error on 42 of 50",
        "call (864) 555-0142, there is an error",
        "error? phone 864 555 0142",
        "the PSC for 864-1234567-4",
        "PSC 8641234567",
        "an error of $864 or 864.20 or 1,864 or 864,000",
        "HTS 9903.01.42 error",
        "code 864-A, F864, A864, 8642",
        "error at 10:42",
        "error, 42% of them",
        "zip code 864",
        "19 CFR 42 error",
        "There was an error. We paid 864 last week",
        "not error 42 this time",
        "The error is ERR-4217",
    ],
)
def test_no_codes(text):
    assert ids(text) == []


def test_likeness_never_turns_one_code_into_another():
    codes = Catalogue((known("err-4017", "ERR-4017 tariff lookup failed in batch"),), (), ("CAPE",))
    assert Spotter(codes).spot((plain("CAPE: ERR-4071 tariff lookup failed in batch"),)).sightings == ()


@pytest.mark.parametrize(
    "text",
    [
        "we have not started our claim yet",
        "I've not started on the claim",
        "Not started yet with the claim",
        "The warehouse move is not started",
        "there was a duplicate entry in our address book",
    ],
)
def test_everyday_words_are_not_a_message(text):
    assert ids(text) == []


def test_everyday_words_need_a_text_about_cape():
    assert SPOTTER.spot((plain("The status is Not Started"),)).sightings == ()
    assert ids("the claim is still Not Started") == ["claim-not-started"]
    assert ids("Not Started") == ["claim-not-started"]  # nothing else on the line


def test_two_likely_errors_are_asked_about_not_guessed():
    twins = Catalogue(
        (
            known("first", "Control number rejected at the first gate"),
            known("second", "Control number rejected at the final gate"),
        ),
        (),
        ("CAPE",),
    )
    result = Spotter(twins).spot((plain("CAPE: control number rejectd at the fist gate"),))
    assert [one.id for one in result.sightings] in ([], ["first"])
    result = Spotter(twins).spot((plain("CAPE: control number rejected at the fi?al gate"),))
    assert "first" not in [one.id for one in result.sightings]


def test_candidates_are_few_likeliest_first_and_only_about_cape():
    text = "statement processing complete? or recon filed for the entry summary? or unable to calc duty?"
    result = spot(text)
    assert len(result.candidates) <= 3
    scores = [one.confidence for one in result.candidates]
    assert scores == sorted(scores, reverse=True)
    assert SPOTTER.spot((plain("unable to calc duty?"),)).candidates == ()


def test_cbps_own_words_in_the_forward_beat_the_paraphrase():
    mail = "got the jms error, see below\n\n---------- Forwarded message ---------\nFrom: a@b.example\n\n"
    message = "Uncategorized exception occurred during JMS processing."
    message = f"Unable to process this request at the time. {message}"
    (one,) = SPOTTER.spot(split(Incoming(id="1", sender="", text=mail + message, subject="Fwd: CAPE"))).sightings
    assert (one.where, one.verbatim, one.quote) == ("forwarded", True, message)


def test_only_words_that_count_are_read():
    text = "About CAPE: JMS error"
    for kind in PassageKind:
        result = SPOTTER.spot((Passage(kind, text, text, tuple(range(len(text))), "text"),))
        counts = kind in (PassageKind.SUBJECT, PassageKind.OWN, PassageKind.FORWARDED)
        assert bool(result.sightings) is counts
        assert result.about_cape is counts


def test_order_quote_and_surroundings():
    text = "About CAPE. First we saw Invalid HTS on the claim.\nThen the “JMS\nerror”, twice. That is all."
    first, second = SPOTTER.spot((plain(text),)).sightings
    assert (first.id, second.id) == ("invalid-hts", "jms-processing-exception")
    assert second.quote == "JMS\nerror"
    assert first.surroundings == "First we saw Invalid HTS on the claim."


def test_an_empty_catalogue_and_no_passages():
    spotter = Spotter(Catalogue((), ()))
    assert spotter.spot((plain("error 42"),)).sightings == ()
    assert SPOTTER.spot(()).about_cape is False
    hollow = Spotter(Catalogue((known("hollow", "{…}", "...", ""),), (), ("CAPE",)))
    assert hollow.spot((plain("CAPE ... and so on"),)).sightings == ()


MAIL = (
    "Hi team, can somebody look at this one for me please? We uploaded the declaration this morning and the portal came"
    " back with something odd about duty that nobody here has seen. The importer is asking for news and we have told"
    " them to wait until Thursday. All of them filed in October through Long Beach. Thanks a lot for your help. "
)


def test_as_fast_as_the_comparison_it_rests_on():
    passages = (plain(MAIL * 50),)
    spotting = min(timed(lambda: SPOTTER.spot(passages)) for _ in range(5))
    texts = [phrase.text for phrase in SPOTTER.matchers.phrases]
    comparing = min(timed(lambda: [fuzz.partial_ratio(text, passages[0].text) for text in texts]) for _ in range(5))
    assert spotting < 10 * comparing


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


HOSTILE = {
    "message": "HTS RELATIONSHIP MISMATCH " * 38_000,
    "variable": "unable to calculate duty " * 40_000,
    "likeness": "".join(f"unable to calculte dutty {index} for us. " for index in range(27_000)),
    "code": "error 864 " * 100_000,
    "negation": "not the " * 125_000,
    "stops": ". " * 500_000,
    "everyday": "claim not started. " * 52_000,
    "lines": "x\n" * 500_000,
    "quotes": "'" * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("length", [200_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_a_text_that_means_harm_takes_time_in_its_length_only(text, length):
    passages = (plain("CAPE"), plain(text[:length]))
    assert timed(lambda: SPOTTER.spot(passages)) < 1 + 4 * length / 1_000_000


@pytest.mark.parametrize(
    "text", ["B76-0324527-8 Invalid HTS", "What now? Not Started. Not Started.", "B76 0324527 8 | Invalid HTS\n"]
)
def test_everyday_words_count_as_a_sentence_or_a_row_of_their_own(text):
    assert len(ids(text)) == 1
