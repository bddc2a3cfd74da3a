import pytest

from bot.core.model import PassageKind
from bot.core.passages import plain
from bot.core.sentences import affirmed, happened, requested, said, sentences


def own(text):
    return (plain(text),)


def test_sentences_end_at_stops_and_line_ends_and_questions_keep_their_mark():
    assert list(sentences("One. Two! three? four\nfive; 9903.01 stays")) == [
        "One", "Two", "three?", "four", "five", "9903.01 stays",
    ]  # fmt: skip


def test_said_whole_words_and_negation():
    assert own("x")[0].kind is PassageKind.OWN
    assert said(own("It’s the same number."), ["it's the same number"])
    assert not said(own("the unmatched number"), ["matched number"])
    assert not said(own("I do not think the importer number matches."), ["importer number matches"])
    assert said(own("Not sure why. The importer number matches."), ["importer number matches"])


@pytest.mark.parametrize(
    ("text", "is_request"),
    [
        ("Please draft a mail to CBP", True),
        ("Can you draft a mail to CBP?", True),
        ("Should we draft a mail to CBP?", False),
        ("Is it worth it to draft a mail?", False),
        ("do not draft a mail", False),
    ],
)
def test_a_question_whether_is_no_request(text, is_request):
    assert requested(own(text), ["draft a mail"]) is is_request


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We tried AGAIN today. ok. We tried AGAIN today.", ("We tried AGAIN today",)),
        ("It is still not working.", ("It is still not working",)),
        ("It does not work again this morning", ("It does not work again this morning",)),
        ("Why is it still not working?", ("Why is it still not working",)),
        ("We have not resubmitted it.", ()),
        ("It was never resubmitted, what now?", ()),
        ("Not yet resubmitted.", ()),
        ("If it is still not working tomorrow, should we write?", ()),
        ("Should it be resubmitted?", ()),
    ],
)
def test_what_happened(text, told):
    assert happened(own(text), ["tried again", "still not working", "again this morning", "resubmitted"]) == told


@pytest.mark.parametrize(
    ("text", "vouched"),
    [
        ("I checked two of them: the importer number matches.", True),
        ("How do I check whether the importer number matches?", False),
        ("I don't know yet if the importer number matches.", False),
        ("The importer number matches, is that so?", False),
        ("For another client the importer number matches.", False),
        ("none of it, neither the importer number matches", False),
    ],
)
def test_a_doubt_or_a_question_is_no_evidence(text, vouched):
    assert bool(affirmed(own(text), ["importer number matches"])) is vouched
