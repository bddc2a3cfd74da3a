from bot.core.model import Passage, PassageKind
from bot.core.sentences import said, saying, sentences


def own(text):
    return (Passage(PassageKind.OWN, text, text, tuple(range(len(text))), "text"),)


def test_sentences_end_at_stops_and_lines_but_not_inside_headings():
    assert list(sentences("It failed. HTS 9903.01.25 is there\nWhy?")) == [
        "It failed",
        "HTS 9903.01.25 is there",
        "Why",
    ]


def test_said_takes_whole_words_and_curly_apostrophes():
    assert said(own("It’s the same number."), ["it's the same number"])
    assert not said(own("the unmatched number"), ["matched number"])


def test_a_negated_sentence_does_not_say_it():
    assert not said(own("I do not think the importer number matches."), ["importer number matches"])
    assert said(own("Not sure why. The importer number matches."), ["importer number matches"])
    assert said(own("Claim status Not Started, please draft a mail."), ["draft"])


def test_a_wording_may_itself_hold_a_negation():
    assert said(own("It is still not working."), ["still not working"])


def test_saying_gives_the_words_as_written_once():
    assert saying(own("We tried AGAIN today. ok. We tried AGAIN today."), ["tried again"]) == ("We tried AGAIN today",)
