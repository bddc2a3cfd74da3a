from datetime import date
from pathlib import Path

import pytest
from entry_numbers import dashed, entry

from bot.core.model import Attachment, Incoming, Type06, Verdict
from bot.core.spotting import Spotter
from bot.core.triage import RULES, Known, triage
from bot.knowledge import load

CATALOGUE = load(Path(__file__).parents[2] / "knowledge")
KNOWN = Known(CATALOGUE, Spotter(CATALOGUE))
TODAY = date(2026, 11, 24)
A, B = entry("B76", 1), entry("B76", 2)


def diagnose(text, day=TODAY, **facts):
    return triage(Incoming(id="1", sender="pat@harborlight.example", text=text, **facts), KNOWN, day)


def decided(text, **facts):
    got = diagnose(text, **facts)
    return got.verdict.value, got.rule


JMS = "CAPE upload: Uncategorized exception occurred during JMS processing"


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        (JMS, {"automatic": "Auto-Submitted"}, ("silent", "came_from_a_machine")),
        (JMS, {"refused": "the sender is not on the allow-list"}, ("silent", "sender_not_allowed")),
        ("", {"unreadable": "Your mail is encrypted (PGP)."}, ("ask", "cannot_be_read")),
        ("ACE says Statement Processing Not Complete", {"addressed": False}, ("answer", "otherwise")),
        (JMS, {"addressed": False}, ("silent", "overheard_and_unsure")),  # a part of CBP's message, not all of it
        ("a CAPE question for somebody else", {"addressed": False}, ("silent", "overheard_and_unsure")),
        ("lunch?", {"addressed": False}, ("silent", "overheard_and_unsure")),
        ("Great, thank you!\n\nPat", {"subject": "Re: Claim Details"}, ("silent", "only_thanks")),
        ("Thanks, and what is CAPE's envelope status?", {}, ("ask", "about_cape_but_unknown")),
        (f"thanks, CAPE again: {dashed(A)}", {}, ("ask", "about_cape_but_unknown")),
        ("see attached", {"attachments": (Attachment("a.png", b"\x89PNG"),)}, ("ask", "only_a_file_it_cannot_read")),
        ("Attached is our invoice for October.", {}, ("silent", "not_about_cape_unasked")),
        ("hello there", {"asked": True}, ("ask", "not_about_cape")),
        ("CAPE says the envelope is sealed", {}, ("ask", "about_cape_but_unknown")),
        ("HTS RELATIONSHIP MISMATCH, all FTZ weekly", {}, ("escalate", "needs_cbp")),
        (JMS, {}, ("answer", "otherwise")),
        ("", {"attachments": (Attachment("a.csv", f"Entry Number\n{A}\n".encode()),)}, ("answer", "otherwise")),
    ],
)
def test_the_verdict_table(text, facts, expected):
    assert decided(text, **facts) == expected


def test_every_row_of_the_table_decides_something_above():
    rows = {test.__name__ for test, _ in RULES}
    seen = {
        mark.args[1][index][2][1] for mark in test_the_verdict_table.pytestmark for index in range(len(mark.args[1]))
    }
    assert rows == seen


def test_advice_and_rule_follow_the_day():
    text = "HTS RELATIONSHIP/SEQUENCE MISMATCH on one"
    april, today = diagnose(text, date(2026, 4, 25)), diagnose(text)
    assert (april.verdict, april.findings[0].next_step) == (Verdict.ESCALATE, "escalate")
    assert (today.verdict, today.findings[0].next_step) == (Verdict.ANSWER, "resubmit")
    assert april.findings[0].retired is None
    assert today.findings[0].retired == date(2026, 6, 25)


def test_type_06_changes_the_answer_from_its_day_on():
    text = "HTS RELATIONSHIP MISMATCH, type 06"
    assert diagnose(text, date(2026, 8, 20)).verdict is Verdict.ANSWER
    assert diagnose(text, date(2026, 8, 21)).verdict is Verdict.ESCALATE
    assert diagnose("HTS RELATIONSHIP MISMATCH, type 01").verdict is Verdict.ANSWER


def test_evidence_first_then_the_draft():
    without = diagnose(f"Rejected by batch validation, {dashed(A)}")
    assert without.verdict is Verdict.ANSWER
    assert "importer number on the CF-7501" in without.questions[0]
    shown = diagnose(f"Rejected by batch validation, {dashed(A)}. The IOR matches.")
    assert shown.verdict is Verdict.ESCALATE
    denied = diagnose(f"Rejected by batch validation, {dashed(A)}. I doubt that it is so, the IOR does not match.")
    assert denied.verdict is Verdict.ANSWER


def test_a_draft_that_is_asked_for_exists_with_its_blanks():
    (draft,) = diagnose(f"Rejected by batch validation on {dashed(A)}, please draft the mail to CBP").drafts
    assert any(item.startswith("Evidence: ") for item in draft.missing)


def test_persisting_trouble_goes_to_cbp():
    assert diagnose(JMS).drafts == ()
    (draft,) = diagnose(f"{JMS}. Same error for three days.").drafts
    assert dict(draft.lines)["Tried so far"] == "Same error for three days"


def test_no_draft_where_writing_is_useless_and_it_says_so():
    got = diagnose("CAPE claim status Not Started, please draft an email to CBP")
    assert got.drafts == ()
    assert "No draft to CBP" in got.notes[0]


def test_the_draft_carries_what_cbp_needs():
    text = (
        f"Claim Details, claim 100000200001: {dashed(A)} and {dashed(B)} failed with HTS RELATIONSHIP MISMATCH. "
        "All FTZ weekly. We resubmitted once."
    )
    (draft,) = diagnose(text).drafts
    lines = dict(draft.lines)
    assert draft.to == "IEEPARefunds@cbp.dhs.gov"
    assert draft.subject == "CAPE: HTS RELATIONSHIP MISMATCH - 2 entries"
    assert (draft.entries, draft.type06, draft.message) == ((A, B), Type06.YES, "HTS RELATIONSHIP MISMATCH")
    assert lines["CBP's message"] == '"HTS RELATIONSHIP MISMATCH"'
    assert lines["Seen in"].startswith("Claim Details file")
    assert lines["FTZ Type 06"] == "Yes, all of them"
    assert lines["Claim number"] == "100000200001"
    assert lines["Filer code"] == "B76"
    assert lines["Tried so far"] == "We resubmitted once"
    assert draft.missing == ("HTS lines",)


def test_a_paraphrase_is_no_quotation_of_cbp():
    (draft,) = diagnose("CAPE: the HTS codes do not pair on our FTZ weeklies").drafts
    assert draft.message == ""
    assert "[FILL IN: CBP's words exactly" in dict(draft.lines)["CBP's message"]
    assert any('Official text: "HTS Relationship Mismatch"' in item for item in draft.missing)
    assert "Entry numbers" in draft.missing


def test_type06_of_column_and_words_must_agree():
    file = Attachment("a.csv", f"Entry Number,Entry Type\n{A},06\n".encode())
    assert diagnose("CAPE file attached", attachments=(file,)).type06 is Type06.YES
    got = diagnose("CAPE file attached. They are not FTZ.", attachments=(file,))
    assert got.type06 is Type06.UNKNOWN
    assert "disagree" in got.questions[0]


def test_the_order_of_findings():
    got = diagnose("JMS error first, now Rejected by batch validation, and HTS Relationship Mismatch")
    assert [one.kind for one in got.findings] == ["entry", "upload", "server"], [one.id for one in got.findings]


def test_the_day_to_act_skips_thanksgiving():
    (one,) = diagnose("Statement Processing Not Complete on one CAPE entry").findings
    assert one.not_before == date(2026, 11, 30)


def test_entries_of_text_and_file_are_given_once():
    file = Attachment("a.csv", f"Entry Number\n{A}\n{B}\n".encode())
    assert diagnose(f"CAPE: entry {dashed(A)} is in the file", attachments=(file,)).entries == (A, B)


def test_messages_of_one_kind_stand_in_the_order_of_the_text():
    text = "CAPE: one claim is Not Started, the other is Accepted with Error(s)."
    assert [one.id for one in diagnose(text).findings] == ["claim-not-started", "accepted-with-errors"]
    text = "CAPE: ENTRY SUMMARY FLAGGED FOR RECON on one entry, Invalid HTS on the next, and the claim is Not Started."
    assert [one.id for one in diagnose(text).findings] == ["flagged-for-recon", "invalid-hts", "claim-not-started"]
