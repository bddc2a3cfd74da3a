"""Modals opened and answered, against a strict API."""

import json
from dataclasses import replace

import pytest
from slack_desk import DRAFT, INCOMING, REPLY, Desk
from worker_parts import wait_until

from bot.channels.slack import actions, forms, pressing, send
from bot.channels.trail import Answer


@pytest.fixture
def desk(api, monkeypatch):
    monkeypatch.setattr(send, "_SETTLE", 0.01)
    return Desk(api)


def press(desk, **more):
    desk.channel._windows.open("T1", desk.body(actions.DRAFT, **more))


def test_the_draft_opens(desk):
    press(desk)
    wait_until(lambda: desk.api.views)
    assert desk.api.views[0]["private_metadata"] == "ref-1:0"
    assert desk.trail.pressed == {}


@pytest.mark.parametrize("user", ["U7", "U3"])
def test_not_for_outsiders(desk, user):
    desk.api.users["U3"] = {"is_restricted": True}
    press(desk, user=user)
    wait_until(desk.asides)
    assert (desk.api.views, desk.asides()) == ([], [(user, pressing.OUTSIDE)])


def test_one_that_is_gone_is_said(desk):
    desk.trail.answers.clear()
    press(desk)
    wait_until(desk.asides)
    assert desk.asides() == [("U2", forms.GONE)]


@pytest.mark.parametrize(
    ("method", "code", "says"),
    [
        ("views.open", "expired_trigger_id", "too slow"),
        ("conversations.members", "missing_scope", "could not open"),
    ],
)
def test_one_that_does_not_open_is_said(desk, method, code, says):
    desk.api.faults[method] = [("refuse", code)]
    press(desk)
    wait_until(desk.asides)
    assert says in desk.asides()[0][1]


def submit(desk, view, body="Dear CBP", *, safe=True):
    typed = {"subject": "S", "body0": body}
    values = {
        block["block_id"]: {block["element"]["action_id"]: {"value": typed[block["block_id"].partition(":")[0]]}}
        for block in view["blocks"] if block["type"] == "input"
    }  # fmt: skip
    taken = {}

    def take(id_, payload):
        taken[id_] = payload
        return safe

    given = {"user": {"id": "U2", "team_id": "T1"}, "view": view | {"state": {"values": values}}}
    return desk.channel._windows.submitted("T1", given, take), taken


def test_a_complete_form_is_stored_and_then_closed(desk):
    view = forms.opening(desk.trail.answers["ref-1"])
    said, taken = submit(desk, view)
    assert said == {"response_action": "clear"}
    assert submit(desk, view)[1].keys() == taken.keys(), "a double submit makes one draft"
    (payload,) = taken.values()
    assert json.loads(payload)["text"] == "Dear CBP"


def test_one_that_could_not_be_stored_stays_open(desk):
    said, _ = submit(desk, forms.opening(desk.trail.answers["ref-1"]), safe=False)
    assert said == {"response_action": "errors", "errors": {"subject:ref-1:0": forms.NOT_KEPT}}


def test_what_is_incomplete_is_not_stored(desk):
    said, taken = submit(desk, forms.opening(desk.trail.answers["ref-1"]), "[FILL IN: x]")
    assert (said["response_action"], taken) == ("update", {})


def test_a_case_that_changed_is_told(desk):
    newer = replace(REPLY.diagnosis, drafts=(replace(DRAFT, body="newer"),))
    desk.trail.later = (Answer("ref-2", INCOMING, replace(REPLY, diagnosis=newer)),)
    said, taken = submit(desk, forms.opening(desk.trail.answers["ref-1"]))
    assert "newer draft" in str(said["view"])
    assert taken == {}


def test_a_choice_leads_to_its_draft(desk):
    many = replace(REPLY.diagnosis, drafts=(DRAFT, replace(DRAFT, subject="second")))
    desk.trail.answers["ref-1"] = Answer("ref-1", INCOMING, replace(REPLY, diagnosis=many))
    view = forms.opening(desk.trail.answers["ref-1"])
    picked = {"choice": {"choice": {"selected_option": {"value": "1"}}}}
    given = {"user": {"id": "U2"}, "view": view | {"state": {"values": picked}}}
    said = desk.channel._windows.submitted("T1", given, None)
    assert said["view"]["private_metadata"] == "ref-1:1"
    desk.trail.answers.clear()
    assert forms.GONE in str(desk.channel._windows.submitted("T1", given, None))


def test_a_press_that_was_not_kept_is_told(desk):
    desk.channel._windows.not_kept("T1", desk.body(actions.TYPE06, "yes"))
    wait_until(desk.asides)
    assert desk.asides() == [("U2", forms.NOT_KEPT)]
