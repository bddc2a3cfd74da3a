"""Which buttons stand under an answer, and that Slack takes them under any."""

from dataclasses import replace

import pytest
import slack_replies as replies
from servers.slack_limits import complaints

from bot.channels.slack import buttons, deeds, send, views
from bot.channels.trail import DEEDS, Ask, Press
from bot.core import completing
from bot.core.model import Draft, Output, Type06
from bot.core.words import ASK_WORDS

LABEL, QUESTION = ASK_WORDS["type06"]
DIAGNOSIS = replies.short().diagnosis
TYPE06 = ["Type 06: yes", "Type 06: no", "Type 06: some"]
VOTE = ["Helpful", "Not helpful"]


def texts(blocks):
    return [one["text"]["text"] for block in blocks if block["type"] == "actions" for one in block["elements"]]


def below(diagnosis, pressed=(), *, people=False):
    return buttons.below(diagnosis, "ref-1", pressed, people=people)


def draft(**change):
    return Draft("x", "IEEPARefunds@cbp.dhs.gov", "s", "b", (), "", Type06.UNKNOWN, **change)


@pytest.mark.parametrize(
    ("change", "people", "stand"),
    [
        ({"findings": ()}, False, VOTE),
        ({"findings": ()}, True, ["Ask a person", *VOTE]),
        ({}, False, ["Draft CBP email", *VOTE]),  # its finding may go to CBP
        ({"findings": (replace(DIAGNOSIS.findings[0], escalate="never"),)}, False, VOTE),
        ({"drafts": (draft(missing=(LABEL,)),)}, False, ["Draft CBP email", *TYPE06, *VOTE]),
        ({"drafts": (draft(),)}, False, ["Draft CBP email", *VOTE]),
        ({"questions": (QUESTION,), "findings": ()}, False, [*TYPE06, *VOTE]),
        ({"questions": (QUESTION,), "findings": (), "type06": Type06.NO}, False, VOTE),
        ({"rule": "not_about_cape"}, True, []),
        *(({"rule": rule}, True, []) for rule in DEEDS),
    ],
)  # fmt: skip
def test_only_what_makes_sense_stands_there(change, people, stand):
    assert texts(below(replace(DIAGNOSIS, **change), people=people)) == stand


def test_a_draft_that_is_there_is_opened_and_one_that_is_not_is_asked_for():
    said = {one["action_id"] for one in below(DIAGNOSIS)[0]["elements"]}
    assert said == {"capebot_say_draft"}
    opened = below(replace(DIAGNOSIS, drafts=(draft(),) * 3))[0]["elements"]
    assert [(one["action_id"], one["value"]) for one in opened] == [("capebot_draft", "ref-1")]


def test_what_was_pressed_is_shown_in_place_of_its_buttons():
    asked = replace(DIAGNOSIS, questions=(QUESTION,))
    pressed = (Press("type06", "U1", "some", "e"), Press("person", "U2", "", "e"), Press("say_draft", "U3", "", "e"))
    blocks = below(asked, (*pressed, Press("helpful", "U1", "yes", "e")), people=True)
    assert texts(blocks) == VOTE  # a vote may be changed
    for words in ("Type 06: some of them", "A person was asked", "Draft asked for", "U1", "U2", "U3"):
        assert words in str(blocks[0])
    assert complaints(blocks) == []


EVERYTHING = (Press("type06", "U0123456789", "yes", "e"), Press("person", "U0123456789", "", "e"))


@pytest.mark.parametrize("words", ["x", replies.HOSTILE, "€" * 5_000, "", "a\nb\n\nc\0"])
@pytest.mark.parametrize(("drafts", "faults"), [(0, 0), (1, 40), (60, 1)])
@pytest.mark.parametrize("pressed", [(), EVERYTHING])
def test_slack_takes_them_under_any_answer(words, drafts, faults, pressed):
    reply = replies.reply(faults, 5, drafts, words)
    diagnosis = replace(reply.diagnosis, questions=(words, QUESTION))
    reply = replace(reply, diagnosis=diagnosis)
    under = buttons.below(diagnosis, "slack-" + "0" * 20, pressed, people=True)
    assert len(under) <= buttons.MOST
    layout = send.laid_out(reply, "slack-" + "0" * 20, under)
    assert complaints(layout.blocks) == []
    assert len(texts(layout.blocks)) >= 3


@pytest.mark.parametrize("words", ["x", replies.HOSTILE, "€" * 5_000, "", "a\nb\n\nc\0"])
@pytest.mark.parametrize("ask", [Ask("r", "e", "U1"), Ask("r", "e", "U1", "U2"), Ask("r", "e", "U1", "U2", "U3")])
def test_slack_takes_any_question_to_people(words, ask):
    reply = replies.reply(1, 1, 60, words)
    reply = replace(reply, diagnosis=replace(reply.diagnosis, entries=("B7600000015",) * 30))
    layout = send.laid_out(
        reply, "ref", buttons.under_question(ask), deeds.question(reply, words or "U1", "https://x.example/p1")
    )
    assert complaints(layout.blocks) == []
    stand = {"": ["Take", "Resolve"], "U2": ["Resolve"]}[ask.taken_by] if not ask.resolved_by else []
    assert texts(layout.blocks) == stand


@pytest.mark.parametrize("words", ["x", "word " * 900, replies.HOSTILE, "€" * 30_000, '"\\' * 5_000])
def test_slack_takes_any_completed_draft(words):
    reply = completing.completed(replies.reply(0, 0, 1, words), 0, words, words, replies.DAY)
    layout = deeds.completed(reply)
    assert complaints(layout) == []
    shown = "".join(part["text"] for block in layout[1:] if block["type"] == "rich_text"
                    for one in block["elements"] if one["type"] == "rich_text_preformatted" for part in one["elements"])  # fmt: skip
    assert shown.startswith("To: IEEPARefunds@cbp.dhs.gov\nSubject: ")
    assert ("the whole text is in the attached file" in str(layout)) is (len(words) > 9_000)


def test_files_stay_named_when_an_answer_is_shown_anew():
    reply = replies.short((Output("a.csv", "upload", b"x"),))
    assert views.blocks(reply)[0][1:] == send.laid_out(reply, "r").blocks[1:]
