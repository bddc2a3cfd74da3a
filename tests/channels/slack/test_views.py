import json
from dataclasses import replace

import pytest
import slack_replies as replies
import tables
from servers.slack_limits import complaints

from bot.channels.slack import views
from bot.core.digest import digests
from bot.core.model import Fault, Output, Sheet


@pytest.mark.parametrize("words", ["x", replies.HOSTILE, "€" * 5_000, "", "a\nb\n\nc\0"])
@pytest.mark.parametrize("drafts", [0, 1, 60])
@pytest.mark.parametrize("faults", [0, 1, 40])
def test_slack_takes_whatever_is_said(words, drafts, faults):
    blocks, whole = views.blocks(replies.reply(faults, 5, drafts, words))
    assert complaints(blocks) == []
    assert whole is not ("answer.txt" in str(blocks[-1]))


def test_the_complaints_can_complain():
    assert complaints([])
    assert complaints([{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}])
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}
    assert len(complaints([table, table])) == 3


def test_the_verdict_comes_first_and_the_draft_is_there():
    blocks, whole = views.blocks(replies.reply(1, 1, 1, "x"))
    assert whole
    assert blocks[0] == {"type": "header", "text": {"type": "plain_text", "text": "x", "emoji": False}}
    raw = [one for block in blocks if block["type"] == "rich_text" for one in block["elements"]]
    drafts = [one for one in raw if one["type"] == "rich_text_preformatted"]
    assert drafts[0]["elements"][0]["text"].startswith("To: IEEPARefunds@cbp.dhs.gov\nSubject: x\n\nx")


def test_when_room_is_short_the_draft_and_the_steps_stay():
    long = replies.finding("Advice that fills a section to its brim. " * 60, 5)
    reply = replies.reply(12, 5, 1, "x")
    diagnosis = replace(reply.diagnosis, findings=(replies.finding("x", 2), long, long, long))
    blocks, whole = views.blocks(replace(reply, diagnosis=diagnosis))
    assert complaints(blocks) == []
    assert not whole
    assert "IEEPARefunds@cbp.dhs.gov" in json.dumps(blocks)
    assert "Next step:" in json.dumps(blocks)


def test_a_finding_says_what_hangs_on_it():
    said = json.dumps(views.blocks(replies.short())[0], ensure_ascii=False)
    for words in (
        "Next step:* write to CBP, on or after Tue 24 Nov 2026 (3 business days)", "Was anything filed?* Not known",
        "Deadline:* HTS", "CBP retired this message on Tue 24 Nov 2026", "not an exact match", "you sent (text)",
        "Sources: HTS Relationship Mismatch. Advice as of Tue 24 Nov 2026. Facts last checked Tue 24 Nov 2026.",
    ):  # fmt: skip
        assert words in said, words


def test_rows_stand_in_one_table_and_the_rest_is_counted():
    faults = tuple(Fault(n, f"v{n}", "bad-check-digit", proposal="p") for n in range(2, 22))
    sheet = Sheet("a <!here>.csv", "declaration", rows=30, faults=faults)
    diagnosis = replace(replies.short().diagnosis, findings=(), sheets=(sheet,))
    blocks = views.blocks(replace(replies.short(), diagnosis=diagnosis, digests=digests(diagnosis)))[0]
    table = next(block for block in blocks if block["type"] == "table")
    assert [cell["text"] for cell in table["rows"][0]] == ["Row", "Value", "Finding", "Proposal"]
    assert [cell["text"] for cell in table["rows"][1]] == [
        "2",
        "v2",
        "the check digit is wrong: compare with the CF-7501",
        "p",
    ]
    assert len(table["rows"]) == 13
    assert "and 8 more" in str(blocks)
    assert "a <!here>.csv: 30 rows: 10 ready, 0 repaired, 20 need you" in str(blocks)


def test_two_files_share_the_table():
    sheets = [Sheet(name, "declaration", rows=1, faults=(Fault(2, "v", "dash"),)) for name in ("a.csv", "b.csv")]
    diagnosis = replace(replies.short().diagnosis, sheets=tuple(sheets))
    blocks = views.blocks(replace(replies.short(), diagnosis=diagnosis, digests=digests(diagnosis)))[0]
    assert complaints(blocks) == []
    table = next(block for block in blocks if block["type"] == "table")
    assert [[cell["text"] for cell in row][:2] for row in table["rows"]] == [
        ["File", "Row"],
        ["a.csv", "2"],
        ["b.csv", "2"],
    ]


@pytest.mark.parametrize("words", ["x", replies.HOSTILE, "€" * 5_000, ""])
def test_slack_takes_the_digests_of_tables(words):
    groups = tuple(tables.group("unknown", range(20), "escalate", message=f"{words} {n}") for n in range(40))
    claim = replace(tables.claim_details(words or "x"), groups=groups, notes=(words or "x",) * 20)
    export = replace(tables.es003(), faults=tuple(Fault(n, words, "dash") for n in range(40)))
    diagnosis = replace(replies.short().diagnosis, sheets=(claim, export) * 3)
    outputs = tuple(Output(f"upload-{n}.csv", "upload", b"", what=words) for n in range(60))
    reply = replace(replies.short(outputs), diagnosis=diagnosis, digests=digests(diagnosis))
    assert complaints(views.blocks(reply)[0]) == []


def test_slack_shows_what_to_do_with_the_nearest_day_first():
    diagnosis = replace(replies.short().diagnosis, findings=(), sheets=(tables.es003(), tables.claim_details()))
    outputs = (Output("upload-B76.csv", "upload", b"", what="2 entries, ready for ACE"),)
    reply = replace(replies.short(outputs), diagnosis=diagnosis, digests=digests(diagnosis))
    blocks, whole = views.blocks(reply)
    assert whole
    said = json.dumps(blocks, ensure_ascii=False)
    for words in (
        "ES-003.csv: 12 entries: 2 file now", "next deadlines: file now Fri 27 Nov 2026", "File now: 2 entries, last day Fri 27 Nov 2026",
        "file today; last day Fri 27 Nov 2026: 1 entry", "398 accepted, 14 failed", "A NEW {{ 7*7 }} <b>TEXT</b>",
        "resubmit it as it is, on a new Declaration", "A note.", "upload-B76.csv: 2 entries, ready for ACE",
    ):  # fmt: skip
        assert words in said, words
    assert said.index("File now: 2") < said.index("Protest: 2") < said.index("No IEEPA duty")


def test_of_many_drafts_the_first_are_written_out_and_the_others_counted():
    (draft,) = replies.reply(drafts=1).diagnosis.drafts
    many = tuple(replace(draft, subject=f"CAPE: number {number}", body="Please.") for number in range(7))
    reply = replace(replies.short(), diagnosis=replace(replies.short().diagnosis, drafts=many))
    said = json.dumps(views.blocks(reply)[0])
    assert [f"number {number}" in said for number in range(7)] == [True] * 5 + [False] * 2
    assert "2 more drafts" in said
