"""Buttons, the modal and Ask a person with the whole bot against a local Slack: one run, looked at from many sides."""

import json

import pytest
from entry_numbers import dashed, entry
from servers import local_slack
from servers.needed import missing, program

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
    ["told", "answered", GENERAL | {"thread": "$mention.ts", "blocks": 5, "files": 4}],
    press("no, too late", "$answer.0", BOB, "type06_no"),
    ["too late", "shown", GENERAL | {"ts": "", "words": "pressed that already"}],
    ["changed", "shown", GENERAL | {"ts": "$answer.0.ts", "words": "Type 06: yes, all of them"}],
    press("ask", "$answer.0", BOB, "person", times=2),
    ["question", "shown", HELP | {"ts": "", "words": "asks for a person"}],
    ["thread told", "shown", GENERAL | {"ts": "", "words": "asked a person about this"}],
    press("take", "$question", ALICE, "take"),
    ["taken", "shown", HELP | {"ts": "$question.ts", "words": "Taken by"}],
    ["thread told of it", "shown", GENERAL | {"ts": "", "words": "takes care of this"}],
    press("take too", "$question", BOB, "take"),
    ["told Bob", "shown", HELP | {"ts": "", "words": "pressed that already"}],
    press("resolve", "$question", ALICE, "resolve"),
    ["resolved", "shown", HELP | {"ts": "$question.ts", "words": "Resolved by"}],
    ["thread told of the end", "shown", GENERAL | {"ts": "", "words": "has resolved this"}],
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


def test_dump(gave):
    open("/tmp/gave.json", "w").write(json.dumps(gave, indent=1))
