"""Buttons, the modal and Ask a person with the whole bot against a local Slack: one run, looked at from many sides."""

import json

import pytest
from entry_numbers import dashed, entry
from servers import local_slack
from servers.needed import missing, program
from servers.slack_limits import complaints, view_complaints

A = entry("B76", 1)
MENTION = (
    "<@U0BOT> please draft the e-mail to CBP: the Claim Details file says:\n&gt; HTS RELATIONSHIP MISMATCH\nfor "
    + dashed(A)
)
GENERAL, HELP = {"channel": "C01GEN"}, {"channel": "C02HELP"}
ALICE, BOB, EVE = {"user": "U01ALICE"}, {"user": "U02BOB"}, {"user": "U03EVE"}
HOSTILE = "Dear CBP <!channel> & <@U02BOB>,\nmy number is 123-45-6789.\n[FILL IN: name]"


def press(name, message, who, action, **more):
    return [name, "press", {"message": message, "action": f"capebot_{action}"} | who | more]


SCENARIO = [
    ["line", "connected", {}],
    ["mention", "message", GENERAL | ALICE | {"text": MENTION}],
    ["answer", "answered", GENERAL | {"thread": "$mention.ts", "files": 1}],
    press("eve presses", "$answer.0", EVE, "type06_yes"),
    ["eve is told", "shown", GENERAL | {"ts": "", "words": "Only members of this workspace"}],
    press("helpful", "$answer.0", BOB, "helpful_yes", times=2),
    ["thanks", "shown", GENERAL | {"ts": "", "words": "noted as helpful"}],
    press("open", "$answer.0", BOB, "draft"),
    ["opened", "modal", {}],
    ["no subject", "submit", BOB | {"change": [["subject", "  "]]}],
    ["blanks", "submit", BOB | {"change": [["body", HOSTILE]]}],
    ["done", "submit", BOB | {"change": [["body", HOSTILE]]}],
    ["completed", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 2, "files": 2}],
    press("open again", "$answer.0", BOB, "draft"),
    ["opened again", "modal", {}],
    ["newer", "message", GENERAL | ALICE | {"text": MENTION + ", all FTZ weekly", "thread_ts": "$mention.ts"}],
    ["newer answer", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 3, "files": 3}],
    ["case changed", "submit", BOB | {"change": [["body", "mine"]]}],
    ["the newer one", "submit", BOB | {"change": [["body", "mine"]], "pick": "newer"}],
    ["sent newer", "submit", BOB | {"change": [["body", "Dear CBP,\nall is said."]], "times": 2}],
    ["completed again", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 4, "files": 4}],
    press("yes", "$answer.0", ALICE, "type06_yes", times=2),
    ["changed", "shown", GENERAL | {"ts": "$answer.0.ts", "words": "Type 06: yes, all of them"}],
    ["told", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 7, "files": 4}],  # lines to one person count too
    press("no, too late", "$answer.0", BOB, "type06_no"),
    ["too late", "shown", GENERAL | {"ts": "", "words": "pressed that already"}],
    press("ask", "$answer.0", BOB, "person", times=2),
    ["question", "shown", HELP | {"ts": "", "words": "asks for a person"}],
    ["thread told", "shown", GENERAL | {"ts": "", "words": "asked a person about this"}],
    press("take", "$question", ALICE, "take"),
    ["taken", "shown", HELP | {"ts": "$question.ts", "words": "Taken by"}],
    ["thread told of it", "shown", GENERAL | {"ts": "", "words": "takes care of this"}],
    press("take too", "$question", BOB, "take"),
    ["told Bob", "shown", HELP | {"ts": "", "words": "has taken this already"}],
    press("resolve", "$question", ALICE, "resolve"),
    ["resolved", "shown", HELP | {"ts": "$question.ts", "words": "Resolved by"}],
    ["thread told of the end", "shown", GENERAL | {"ts": "", "words": "has resolved this"}],
    ["direct", "message", ALICE | {"channel": "U01ALICE", "text": MENTION}],
    ["alone", "answered", {"channel": "$direct.channel", "thread": "$direct.ts", "files": 1}],
    press("vote alone", "$alone.0", ALICE, "helpful_no"),
    press("open alone", "$alone.0", ALICE, "draft"),
    ["opened alone", "modal", {}],
    ["done alone", "submit", ALICE | {"change": [["body", "Dear CBP,\nthis is between us."]]}],
    ["completed alone", "answered", {"channel": "$direct.channel", "thread": "$direct.ts", "blocks": 3, "files": 2}],
    ["settle", "pause", {"seconds": 1}],
    ["all", "messages", GENERAL],
    ["help", "messages", HELP],
]  # fmt: skip


@pytest.fixture(scope="module")
def gave(tmp_path_factory):
    program("unshare", "sudo apt-get install util-linux")
    program("ip", "sudo apt-get install iproute2", "/usr/sbin", "/sbin")
    if local_slack.binary() is None:
        missing(f"the local Slack is missing: {local_slack.HOW}")
    return local_slack.play(SCENARIO, tmp_path_factory.mktemp("slack"))


def thread(gave):
    return [one for one in gave["all"] if one.get("bot_id") and one.get("thread_ts") == gave["mention"]["ts"]]


def said(message):
    return json.dumps(message["blocks"], ensure_ascii=False)


def asides(messages, user):
    return [one["text"] for one in messages if one.get("ephemeral_to") == user]


def with_rule(gave, words):
    return [one for one in thread(gave) if words in one["text"]]


def test_buttons_stand_under_the_answer(gave):
    buttons = [one["text"]["text"] for block in gave["answer"][0]["blocks"] if block["type"] == "actions"
               for one in block["elements"]]  # fmt: skip
    assert buttons == [
        "Draft CBP email", "Type 06: yes", "Type 06: no", "Type 06: some", "Ask a person", "Helpful", "Not helpful",
    ]  # fmt: skip


def test_slack_takes_all_of_it(gave):
    for one in [*gave["all"], *gave["help"]]:
        assert one.get("blocks") is None or complaints(one["blocks"]) == []
        assert "<!" not in one["text"].replace("<!channel>", "") or one["user"] != "U0BOT"
    for name in ("opened", "blanks", "case changed", "the newer one"):
        assert view_complaints(gave[name]) == [], name


def test_outsiders_are_told_alone(gave):
    assert asides(gave["all"], "U03EVE") == [
        "Only members of this workspace who are in this channel can use my buttons."
    ]


def test_a_vote_is_thanked_for_alone_and_once(gave):
    assert asides(gave["all"], "U02BOB").count("Thank you: noted as helpful. You may change that.") == 1


def test_the_modal_is_prefilled(gave):
    blocks = {block.get("block_id", "").partition(":")[0]: block for block in gave["opened"]["blocks"]}
    assert blocks["to"]["text"]["text"] == "To: IEEPARefunds@cbp.dhs.gov"
    assert blocks["subject"]["element"]["initial_value"] == "CAPE: HTS RELATIONSHIP MISMATCH - 1 entry"
    assert A in blocks["body0"]["element"]["initial_value"]
    assert "FTZ Type 06" in json.dumps(blocks["missing"])


def test_an_empty_subject_keeps_it_open_and_blanks_are_warned_of_once(gave):
    assert gave["no subject"]["id"] == gave["opened"]["id"]
    assert "warned-blanks" in [block.get("block_id") for block in gave["blanks"]["blocks"]]
    assert gave["done"] is None


def test_the_completed_draft_is_there_to_copy_and_as_a_file(gave):
    first, second = with_rule(gave, "to copy and send")
    code = first["blocks"][1]["elements"][0]
    assert code["type"] == "rich_text_preformatted"
    assert code["elements"][0]["text"] == (
        "To: IEEPARefunds@cbp.dhs.gov\nSubject: CAPE: HTS RELATIONSHIP MISMATCH - 1 entry\n\n"
        "Dear CBP <!channel> & <@U02BOB>,\nmy number is XXX-XX-XXXX.\n[FILL IN: name]"
    )
    assert "still in it" in said(first)
    assert "all is said" in said(second)
    for one in (first, second):  # a double submit made one
        after = thread(gave)[thread(gave).index(one) + 1]
        assert [file["name"] for file in after["files"]] == ["draft-hts-relationship-mismatch.eml"]


def test_a_case_that_changed_meanwhile_offers_the_newer_draft(gave):
    assert "there is a newer draft" in json.dumps(gave["case changed"])
    assert gave["the newer one"]["private_metadata"] != gave["opened"]["private_metadata"]
    assert "Yes, all of them" in json.dumps(gave["the newer one"]), "what the thread said since"


def test_a_press_is_words_in_the_thread_and_answered_once(gave):
    answers = [one for one in thread(gave) if one["text"].startswith("capebot answer")]
    assert len(answers) == 3, "the mention, the second one, and Type 06"
    assert "capebot_type06" not in json.dumps(gave["changed"]["blocks"])
    assert any("alice pressed that already" in line for line in asides(gave["all"], "U02BOB"))


def test_a_person_is_asked_once_takes_it_alone_and_the_thread_is_told(gave):
    questions = [one for one in gave["help"] if "asks for a person" in json.dumps(one)]
    assert len(questions) == 1
    assert [file["name"] for one in gave["help"] for file in one.get("files", ())] == [
        "draft-hts-relationship-mismatch.eml"
    ]
    assert asides(gave["help"], "U02BOB") == ["alice has taken this already."]
    told = [one["text"] for one in thread(gave)
            if any(words in one["text"] for words in ("asked a person", "takes care", "has resolved"))]  # fmt: skip
    assert [line.split()[0] for line in told] == ["bob", "alice", "alice"]
    assert len(told) == 3
    assert not any(block["type"] == "actions" for block in questions[0]["blocks"])


def test_in_a_direct_message_it_is_all_the_same_and_stays_there(gave):
    (done,) = [one for one in gave["completed alone"] if "to copy and send" in one["text"]]
    assert done["channel"] == gave["direct"]["channel"]
    assert "this is between us" in said(done)
    assert "between us" not in json.dumps([gave["all"], gave["help"]])
    assert any("noted as not helpful" in line for line in asides(gave["completed alone"], "U01ALICE"))


def test_the_log_holds_ids_and_codes_only(gave):
    assert gave["stopped"]
    for word in (A, dashed(A), "xoxb-", "Dear CBP", "123-45", "alice", "bob"):
        assert word not in gave["log"], word
