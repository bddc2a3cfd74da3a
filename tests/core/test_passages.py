import time

import pytest

from bot.core.model import AttachedMessage, Incoming, PassageKind
from bot.core.passages import BOT_MARKER, plain, split

OWN, FORWARDED, QUOTED = PassageKind.OWN, PassageKind.FORWARDED, PassageKind.QUOTED
SIGNATURE, BOT, SUBJECT = PassageKind.SIGNATURE, PassageKind.BOT, PassageKind.SUBJECT


def parts(text, subject="", attached=()):
    found = {}
    for part in split(Incoming(id="1", sender="", text=text, subject=subject, attached=attached)):
        found[part.kind] = found.get(part.kind, "") + part.text
    return found


OUTLOOK = """What is this?

From: Dana <dana@larkfield.example>
Sent: Monday, November 23, 2026 5:41 PM
To: Pat <pat@harborlight.example>
Subject: CAPE rejected

the error text
"""


def test_an_outlook_block_under_a_forward_counts():
    found = parts(OUTLOOK, "FW: CAPE")
    assert found[OWN].strip() == "What is this?"
    assert "the error text" in found[FORWARDED]
    assert "CAPE rejected" in found[FORWARDED]  # the forwarded subject often is the error
    assert "dana@" not in found[FORWARDED]


@pytest.mark.parametrize(
    "words",
    [
        "Please see the client's question below.",
        "Adding the desk. Can you answer Dana below?",
        "Below.",
        "forwarding this to you",
    ],
)
def test_a_reply_that_hands_the_mail_below_on_is_a_forward(words):
    assert "the error text" in parts(OUTLOOK.replace("What is this?", words), "RE: CAPE")[FORWARDED]


@pytest.mark.parametrize("words", ["Please see my note below.", "Thanks, I read it below.", "we are below the limit"])
def test_a_reply_that_only_speaks_of_below_is_none(words):
    assert "the error text" in parts(OUTLOOK.replace("What is this?", words), "RE: CAPE")[QUOTED]


def test_what_a_forward_quotes_without_a_word_between_is_handed_on():
    text = (
        '> From: "CBP Refund Center" <refunds@pay.example>\n> Subject: confirm\n>\n> your bank login\n\nIs this real?'
    )
    assert "your bank login" in parts(text, "Fwd: Fraud?")[OWN]
    assert "your bank login" in parts(text, "Re: Fraud?")[QUOTED]


def test_the_same_block_under_a_reply_is_older_mail():
    found = parts(OUTLOOK, "RE: CAPE")
    assert "the error text" in found[QUOTED]
    assert FORWARDED not in found


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Message transféré ---------",
        "----- Forwarded by Pat Moreno/Harborlight on 11/23/2026 -----",
    ],
)
def test_forward_markers(marker):
    found = parts(f"see below\n\n{marker}\nFrom: a@b.example\nSubject: x\n\nthe error text\n", "Re: x")
    assert found[OWN].strip() == "see below"
    assert "the error text" in found[FORWARDED]


def test_apple_quotes_what_it_forwards():
    found = parts("Pls check\n\n> Begin forwarded message:\n> \n> From: a@b.example\n> \n> the error text\n")
    assert "the error text" in found[FORWARDED]


def test_a_reply_quote_is_not_the_senders():
    found = parts(
        "still failing\n\nOn Mon, Nov 23, 2026 at 4:55 PM Sam <sam@x.example>\nwrote:\n\n> JMS error\n> again\n"
    )
    assert found[OWN].strip() == "still failing"
    assert "JMS error" in found[QUOTED]


def test_signature_and_disclaimer_are_set_apart():
    found = parts("the question\n-- \nLee Brandt\nJMS Trading\n")
    assert found[OWN].strip() == "the question"
    assert "JMS Trading" in found[SIGNATURE]
    found = parts("the question\n\nCONFIDENTIALITY NOTICE: the statement is not complete\n")
    assert "statement" not in found[OWN]


def test_the_bots_own_answer_is_known_by_its_marker():
    found = parts(f"thanks!\n\nOn Mon, Nov 23, 2026 capebot wrote:\n> {BOT_MARKER}: Not Started\n> wait\n")
    assert "Not Started" in found[BOT]
    assert found[OWN].strip() == "thanks!"
    found = parts(
        f"fyi\n\n---------- Forwarded message ---------\nFrom: x@y.example\n\n{BOT_MARKER}: JMS error\nretry\n"
    )
    assert "JMS" in found[BOT]
    assert "JMS" not in found.get(FORWARDED, "")


def test_an_attached_mail_counts_with_its_subject():
    mail = AttachedMessage("a@b.example", "Rejected", "the error text", "claim.eml")
    (part,) = split(Incoming(id="1", sender="", text="", attached=(mail,)))
    assert (part.kind, part.where) == (FORWARDED, "claim.eml")
    assert "Rejected" in part.text
    assert "the error text" in part.text


def test_wrapped_lines_are_joined_and_short_ones_are_not():
    text = plain("a line that was wrapped by a mail program at some\ncolumn or other\nnew line\n- item").text
    assert text == "a line that was wrapped by a mail program at some column or other\nnew line\n- item"


def test_words_can_be_given_back_as_they_stood():
    source = "See: uncategorized exception occurred during JMS\nprocessing, right?"
    passage = plain(source)
    start = passage.text.index("uncategorized")
    end = passage.text.index("processing") + len("processing")
    assert passage.original(start, end) == "uncategorized exception occurred during JMS\nprocessing"
    quoted = split(Incoming(id="1", sender="", text="Fwd\n> Begin forwarded message:\n> one error\n> more\n"))[-1]
    at = quoted.text.index("one error")
    assert quoted.original(at, at + 9) == "one error"


@pytest.mark.parametrize(
    "text", ["> q\n" * 50_000, "x\n" * 50_000, "a" * 500_000, "From: x\n" * 30_000, "On " * 50_000]
)
def test_hostile_lengths(text):
    started = time.perf_counter()
    parts(text)
    assert time.perf_counter() - started < 5
