"""The modal: what is prefilled, what is refused in place, what is warned of once. On values alone."""

from dataclasses import replace

import pytest
import slack_replies as replies
from servers.slack_limits import view_complaints

from bot.channels.slack import actions, forms
from bot.channels.trail import Answer
from bot.core.model import Draft, Incoming, Output, Type06

BODY = "Dear team,\n\nHTS lines: 1 and 2\n"


def answer(*drafts, reference="ref-1", outputs=()):
    reply = replies.short(outputs)
    return Answer(reference, Incoming("1", "U1", ""), replace(reply, diagnosis=replace(reply.diagnosis, drafts=drafts)))


def draft(body=BODY, id_="x", missing=("HTS lines",), **more):
    return Draft(id_, "IEEPARefunds@cbp.dhs.gov", "CAPE: X", body, (), "", Type06.UNKNOWN, missing, **more)


def submitted(view, subject=None, body=None, choice=""):
    """The view as Slack sends it back, with what was typed."""
    values = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        if element["type"] == "plain_text_input":
            typed = {"subject": subject, "body0": body}.get(block["block_id"].partition(":")[0])
            value = element.get("initial_value") if typed is None else typed
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], "value": value}}
        else:
            picked = {"value": choice} if choice else element.get("initial_option")
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], "selected_option": picked}}
    return forms.filled(view | {"state": {"values": values}})


def block_ids(view):
    return [block.get("block_id", "") for block in view["blocks"]]


def test_it_is_prefilled_from_the_draft_and_names_what_is_missing():
    view = forms.opening(answer(draft()))
    assert view_complaints(view) == []
    assert (view["callback_id"], view["private_metadata"]) == (actions.FORM, "ref-1:0")
    assert view["blocks"][0]["text"]["text"] == "To: IEEPARefunds@cbp.dhs.gov"
    assert not any(block["type"] == "input" for block in view["blocks"][:1]), "To is fixed"
    given = submitted(view)
    assert (given.reference, given.number, given.text) == ("ref-1", 0, forms.Text("CAPE: X", BODY.strip()))
    assert "HTS lines" in str(view["blocks"][-2])
    assert forms.verdict(given, answer(draft()), None) is None


@pytest.mark.parametrize("words", ["x", replies.HOSTILE, "€" * 40_000, "line\n" * 5_000, "", "a\nb\n\nc\0"])
def test_slack_takes_any_draft(words):
    subject = " ".join(words.split())
    one = replace(draft(words, missing=(words,) * 60), subject=subject)
    assert view_complaints(forms.form(answer(one), 0)) == []
    assert view_complaints(forms.opening(answer(*(one,) * 130))) == []


@pytest.mark.parametrize("body", ["short", "para\n\n" * 700 + "end", "word " * 1_200 + "\nend"])
def test_a_long_body_is_parted_and_comes_back_whole(body):
    view = forms.opening(answer(draft(body)))
    parts = [block for block in view["blocks"] if block.get("block_id", "").startswith("body")]
    assert len(parts) == (1 if len(body) < 2_700 else 3 if len(body) > 5_400 else 2)
    assert submitted(view).text.body.replace("\n", "").split() == body.replace("\n", "").split()
    if " " not in body:
        assert submitted(view).text.body == body


def test_twelve_parts_keep_their_order():
    body = "\n".join(f"{n:04} " + "x" * 95 for n in range(300))
    assert submitted(forms.opening(answer(draft(body)))).text.body == body


@pytest.mark.parametrize(("typed", "says"), [({"subject": "  "}, forms.NO_SUBJECT), ({"body": "\n "}, forms.NO_BODY)])
def test_an_empty_field_is_an_error_in_place(typed, says):
    view = forms.opening(answer(draft()))
    said = forms.verdict(submitted(view, **typed), answer(draft()), None)
    assert said["response_action"] == "errors"
    ((block, text),) = said["errors"].items()
    assert text == says
    assert block in block_ids(view)


def test_blanks_are_warned_of_once_and_then_let_through():
    mine = answer(draft())
    typed = "Dear team,\n[FILL IN: name] <!channel>"
    said = forms.verdict(submitted(forms.opening(mine), body=typed), mine, None)
    assert said["response_action"] == "update"
    assert view_complaints(said["view"]) == []
    again = submitted(said["view"])
    assert again.text.body == typed, "what was typed stays"
    assert forms.verdict(again, mine, None) is None
    assert said["view"]["private_metadata"] == "ref-1:0", "an id and nothing else"


def test_a_newer_draft_is_said_and_offered():
    mine, newer = answer(draft()), answer(draft("all is said"), reference="ref-2")
    found = forms.newest(mine, 0, (newer,))
    said = forms.verdict(submitted(forms.opening(mine), body="mine"), mine, found)
    assert view_complaints(said["view"]) == []
    assert "there is a newer draft" in str(said["view"]["blocks"][1])
    assert submitted(said["view"]).text.body == "mine"
    taken = forms.verdict(submitted(said["view"], choice="newer"), mine, found)
    assert taken["view"]["private_metadata"] == "ref-2:0"
    assert submitted(taken["view"]).text.body == "all is said"
    assert not set(block_ids(taken["view"])) & {one for one in block_ids(said["view"]) if one.startswith("body")}
    assert forms.verdict(submitted(said["view"], choice="mine"), mine, found) is None


def test_one_that_is_newer_still_is_said_again():
    mine = answer(draft())
    said = forms.verdict(submitted(forms.opening(mine)), mine, (answer(draft("b"), reference="ref-2"), 0))
    again = forms.verdict(
        submitted(said["view"], choice="mine"), mine, (answer(draft("c"), reference="ref-3"), 0)
    )  # fmt: skip
    assert "warned-newer:ref-3:0" in block_ids(again["view"])


def test_both_warnings_come_at_once_and_only_once():
    mine, found = answer(draft()), (answer(draft("b"), reference="ref-2"), 0)
    said = forms.verdict(submitted(forms.opening(mine), body="[FILL IN"), mine, found)
    assert {"warned-blanks", "warned-newer:ref-2:0"} <= set(block_ids(said["view"]))
    assert forms.verdict(submitted(said["view"], choice="mine"), mine, found) is None


def test_an_answer_that_is_gone_is_said():
    said = forms.verdict(submitted(forms.opening(answer(draft()))), None, None)
    assert said["view"]["blocks"][0]["text"]["text"] == forms.GONE
    assert view_complaints(said["view"]) == []


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ((), None),
        (([draft("other")],), ("L0", 0)),
        (([draft()],), None),  # says the same
        (([draft("other", id_="y")],), None),  # is about something else
        (([], [draft("other")]), ("L1", 0)),
        (([draft("a", id_="y"), draft("b")],), ("L0", 1)),
        (([draft()], [draft("old")]), None),  # the newest counts
    ],
)
def test_which_newer_draft(later, found):
    answers = [answer(*drafts, reference=f"L{n}") for n, drafts in enumerate(later)]
    got = forms.newest(answer(draft()), 0, answers)
    assert (got and (got[0].reference, got[1])) == found


def test_of_two_drafts_about_one_error_the_second_stays_the_second():
    mine = answer(draft("a"), draft("b"))
    other = answer(draft("a2"), draft("b2"), reference="ref-2")
    assert forms.newest(mine, 1, (other,))[1] == 1
    assert forms.newest(mine, 1, (answer(draft("only"), reference="ref-3"),))[1] == 0


def test_several_drafts_are_chosen_from():
    many = answer(*(draft(id_=f"x{n}") for n in range(130)))
    view = forms.opening(many)
    assert (view["callback_id"], view["private_metadata"]) == (actions.CHOICE, "ref-1")
    options = view["blocks"][0]["element"]["options"]
    assert (len(options), options[7]["value"]) == (100, "7")
    assert "first 100" in str(view["blocks"][1])
    assert submitted(view, choice="7").choice == "7"


def test_entries_in_a_file_are_said_to_be_there():
    numbers = Output("entry-numbers.csv", "draft", b"x", "text/csv")
    many = replace(draft(), entries=("B7600000015",) * 25)
    assert "entry-numbers.csv" in str(forms.opening(answer(many, outputs=(numbers,)))["blocks"][-1])
    assert "entry-numbers.csv" not in str(forms.opening(answer(many))["blocks"][-1])
