"""The whole bot against a local Slack: one run of one scenario, looked at from many sides."""

import json

import pytest
from entry_numbers import dashed, entry
from servers import local_slack
from servers.needed import missing, program
from servers.slack_limits import complaints

from bot.channels import End
from bot.channels.slack import send

A, B, C = entry("B76", 1), entry("B76", 2), entry("012", 3456789)
CSV = f"Entry Number\n{A}\n{dashed(B)}\n<!channel>\n{C[1:]}\n"
MENTION = "<@U0BOT> the Claim Details file says:\n&gt; HTS RELATIONSHIP MISMATCH\nfor " + dashed(A) + ", FTZ weekly"
GENERAL = {"channel": "C01GEN"}
ALICE = {"user": "U01ALICE"}
BOB = {"user": "U02BOB"}
SCENARIO = [
    ["line", "connected", {}],
    ["doctor", "doctor", {}],
    ["lunch", "message", GENERAL | BOB | {"text": "lunch at noon? CAPE is slow today"}],
    ["mention", "message", GENERAL | ALICE | {"text": MENTION}],
    ["file", "upload", GENERAL | BOB | {"text": "<@U0BOT> is this CAPE file fine?", "files": [["claims <!here>.csv", CSV]]}],
    ["direct", "message", ALICE | {"channel": "U01ALICE", "text": "ACE says: JMS processing exception"}],
    ["thanks alone", "message", BOB | {"channel": "U02BOB", "text": "thanks!"}],
    ["to Dana", "message", GENERAL | BOB | {"text": "<@U01ALICE> ask Dana about the JMS processing exception"}],
    ["command", "command", GENERAL | ALICE | {"command": "/cape", "text": "claim status Not Started"}],
    ["to mention", "answered", GENERAL | {"thread": "$mention.ts", "files": 1}],
    ["to file", "answered", GENERAL | {"thread": "$file.ts", "files": 1}],
    ["confirming", "message", GENERAL | ALICE | {"text": "confirm row 5, please", "thread_ts": "$file.ts"}],
    ["to confirming", "answered", GENERAL | {"thread": "$file.ts", "blocks": 2, "files": 2}],
    ["to direct", "answered", {"channel": "$direct.channel", "thread": "$direct.ts"}],
    ["to command", "answered", GENERAL | {"thread": ""}],
    ["thanks", "message", GENERAL | ALICE | {"text": "thanks!", "thread_ts": "$mention.ts"}],
    ["follow-up", "message", GENERAL | BOB | {"text": "and what is JMS processing exception?", "thread_ts": "$mention.ts"}],
    ["edit", "edit-message", GENERAL | ALICE | {"ts": "$mention.ts", "text": MENTION + " now"}],
    ["to follow-up", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 2, "files": 1}],
    ["settle", "pause", {"seconds": 0.7}],  # long enough for a second answer to show itself
    ["all", "messages", GENERAL],
    ["with Bob", "messages", {"channel": "$thanks alone.channel"}],
    ["with Alice", "messages", {"channel": "$direct.channel"}],
    ["silent command", "command", GENERAL | BOB | {"command": "/cape", "text": "thanks"}],
    ["settle again", "pause", {"seconds": 1.5}],  # as long as an answer takes
    ["at last", "messages", GENERAL],
]  # fmt: skip
OUTAGES = [
    ["start", "away-at-start", {"seconds": 4}],
    ["line", "connected", {}],
    ["first", "message", GENERAL | ALICE | {"text": MENTION}],
    ["to first", "answered", GENERAL | {"thread": "$first.ts", "files": 1}],
    ["cut", "restart", {"away": 1}],
    ["line again", "connected", {}],
    ["second", "message", GENERAL | ALICE | {"text": MENTION}],
    ["to second", "answered", GENERAL | {"thread": "$second.ts", "files": 1}],
    ["dead", "freeze", {"seconds": 6}],
    ["line anew", "connected", {"again": 1}],
    ["third", "message", GENERAL | ALICE | {"text": MENTION}],
    ["to third", "answered", GENERAL | {"thread": "$third.ts", "files": 1}],
]


def played(scenario, folder):
    program("unshare", "sudo apt-get install util-linux")
    program("ip", "sudo apt-get install iproute2", "/usr/sbin", "/sbin")
    if local_slack.binary() is None:
        missing(f"the local Slack is missing: {local_slack.HOW}")
    return local_slack.play(scenario, folder)


@pytest.fixture(scope="module")
def gave(tmp_path_factory):
    return played(SCENARIO, tmp_path_factory.mktemp("slack"))


def laid(messages):
    return [one for one in messages if one.get("blocks")]


def text_of(message):
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_a_mention_is_answered_once_in_its_thread(gave):
    in_thread = [one for one in gave["all"] if one.get("bot_id") and one.get("thread_ts") == gave["mention"]["ts"]]
    first, second = laid(in_thread)  # the second answers the follow-up; thanks and the edit get none
    assert first["blocks"][0]["text"]["text"].startswith("HTS Relationship Mismatch: write to CBP")
    assert "IEEPARefunds@cbp.dhs.gov" in text_of(first)
    assert A in text_of(first)
    assert "JMS" in second["blocks"][0]["text"]["text"]
    assert [file["name"] for one in in_thread for file in one.get("files", [])] == [
        "draft-hts-relationship-mismatch.eml"
    ]


def test_a_direct_message_is_answered(gave):
    (answer,) = laid(gave["to direct"])
    assert "JMS" in text_of(answer)


@pytest.mark.parametrize("name", ["lunch", "to Dana"])
def test_talk_that_is_not_for_it_is_left_alone(gave, name):
    assert not any(one.get("thread_ts") == gave[name]["ts"] for one in gave["all"])


def test_a_file_is_checked_and_comes_back_annotated(gave):
    (answer,) = laid(gave["to file"])
    table = next(block for block in answer["blocks"] if block["type"] == "table")
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    assert ["3", dashed(B), "dash taken out (repaired)", B] in rows
    assert [file["name"] for one in gave["to file"] for file in one.get("files", [])] == [
        "upload-B76.csv",
        "claims-here-checked.csv",
        "claims-here-checked.xlsx",
    ]


def test_anyone_in_the_thread_confirms_a_row_of_the_file(gave):
    asked, answer = laid(gave["to confirming"])
    assert "Answer: confirm row 5" in text_of(asked)
    assert f"row 5: {C[1:]} read as {C}" in text_of(answer)
    assert "confirmed by the sender" in text_of(answer)


def test_a_command_is_answered_at_once_and_then_to_its_sender_alone(gave):
    said = [one for one in gave["to command"] if one.get("subtype") == "ephemeral"]
    assert len(said) == len(gave["to command"]) == 2
    assert {one["ephemeral_to"] for one in said} == {"U01ALICE"}
    assert "One moment" in said[0]["text"]
    assert "Not Started" in text_of(said[1])


def test_a_command_without_an_answer_is_closed(gave):
    said = [one["text"] for one in gave["at last"] if one.get("ephemeral_to") == "U02BOB"]
    assert ["One moment" in said[0], *said[1:]] == [True, send.CLOSING[End.SILENT]]


def test_slack_takes_every_answer_and_a_cell_pings_nobody(gave):
    answers = laid([*gave["all"], *gave["to direct"]])
    assert len(answers) >= 5
    for one in answers:
        assert [what for what in complaints(one["blocks"]) if "long" not in what] == []
        assert "<!" not in one["text"]


def test_the_sign_goes_when_the_answer_is_there(gave):
    assert gave["with Alice"]
    assert gave["with Bob"]
    for one in [*gave["all"], *gave["with Alice"], *gave["with Bob"]]:
        assert not [reaction for reaction in one.get("reactions", []) if reaction["name"] == "eyes"]


def test_the_doctor_is_content(gave):
    assert [ok for ok, _ in gave["doctor"]] == [True] * 3


def test_it_stops_when_told_and_leaks_nothing_into_its_log(gave):
    assert gave["stopped"]
    for word in (A, dashed(B), "xoxb-", "xapp-", "lunch", "alice@"):
        assert word not in gave["log"], word


@pytest.mark.soak
def test_slack_away_at_the_start_a_cut_line_and_a_dead_one(tmp_path):
    gave = played(OUTAGES, tmp_path)
    for name in ("to first", "to second", "to third"):
        assert len(laid(gave[name])) == 1, name
    assert "Slack is away and is tried again" in gave["log"]
    assert "Slack's line is dead and is set up anew" in gave["log"]
