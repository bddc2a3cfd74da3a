import email
import re
from datetime import date
from pathlib import Path

import pytest
from entry_numbers import dashed, entry
from reading_files import read

from bot.core.compose import compose
from bot.core.digest import sheet_verdict
from bot.core.model import Attachment, Incoming, Sheet
from bot.core.passages import BOT_MARKER
from bot.core.spotting import Spotter
from bot.core.triage import Known, triage
from bot.core.voice import TemplateProblem, Voice
from bot.knowledge import load
from bot.resources import template_sources

ROOT = Path(__file__).parents[2]
CATALOGUE = load(ROOT / "knowledge")
KNOWN = Known(CATALOGUE, Spotter(CATALOGUE))
VOICE = Voice(template_sources(ROOT / "templates"))
TODAY = date(2026, 11, 24)
A = entry("B76", 1)


def answer(text, subject="", **facts):
    incoming = Incoming(id="1", sender="pat@harborlight.example", text=text, subject=subject, **facts)
    return compose(incoming, triage(incoming, KNOWN, TODAY), VOICE)


def test_the_first_line_is_the_verdict_behind_the_marker():
    _, reply = answer("CAPE claim status: Not Started")
    assert reply.text.startswith(f"{BOT_MARKER}: Claim status Not Started: wait, do not resubmit")
    assert f"{BOT_MARKER}:" in reply.html


def test_silence_has_no_reply():
    assert answer("lunch on Friday?")[1] is None


def test_plain_text_is_narrow_and_complete():
    _, reply = answer(f"HTS RELATIONSHIP MISMATCH, FTZ weekly, entry {A}")
    assert all(len(line) <= 78 or " " not in line.strip() for line in reply.text.splitlines())
    for words in ("DRAFT, not sent", "IEEPARefunds@cbp.dhs.gov", A, "Sources", "facts last checked Tue 24 Nov 2026"):
        assert words in reply.text
    assert "\n\n\n" not in reply.text


def test_the_draft_is_a_file_that_opens_unsent():
    diagnosis, reply = answer(f"HTS RELATIONSHIP MISMATCH, FTZ weekly, entry {A}")
    (output,) = reply.outputs
    mail = email.message_from_bytes(output.content)
    assert (output.name, output.role) == ("draft-hts-relationship-mismatch.eml", "draft")
    assert (mail["X-Unsent"], mail["To"]) == ("1", "IEEPARefunds@cbp.dhs.gov")
    assert mail["Date"] is None
    assert mail["Message-ID"] is None
    assert mail["From"] is None
    body = mail.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert body == diagnosis.drafts[0].body
    assert "confirm that this\ncase is logged" in body


def test_many_entries_go_as_a_file_and_the_bytes_do_not_change():
    rows = "\n".join(entry("B76", serial) for serial in range(40))
    file = Attachment("a.csv", f"Entry Number\n{rows}\n".encode())
    first = answer("HTS RELATIONSHIP MISMATCH, all type 06", attachments=(file,))[1]
    again = answer("HTS RELATIONSHIP MISMATCH, all type 06", attachments=(file,))[1]
    assert first == again
    mail = email.message_from_bytes(first.outputs[0].content)
    attached = mail.get_payload(1)
    assert attached.get_filename() == "entry-numbers.csv"
    assert attached.get_payload(decode=True).decode().splitlines() == ["Entry Number", *rows.split("\n")]
    assert "40, in the attached file" in mail.get_payload(0).get_payload(decode=True).decode()


HOSTILE = "{{ 7*7 }}<script>alert(1)</script>\r\nBcc: evil@example.com =cmd()"


def test_hostile_words_stay_words():
    file = Attachment(f"{HOSTILE}.csv", f'Entry Number\n"{HOSTILE}"\n{A}\n'.encode())
    _, reply = answer(f"CAPE: HTS RELATIONSHIP MISMATCH FTZ {HOSTILE}", subject=HOSTILE, attachments=(file,))
    assert "<script>" not in reply.html
    assert "49" not in re.sub(r"[-\d]{8,}", "", reply.text.split("Attached:")[0].replace("849", ""))
    assert "\n" not in reply.subject
    for output in reply.outputs:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", output.name)
        if output.role == "draft":
            mail = email.message_from_bytes(output.content)
            assert mail["Bcc"] is None
            assert "\n" not in mail["Subject"]


def test_the_same_file_name_twice_gives_two_outputs():
    files = tuple(Attachment("a.csv", f"Entry Number\n{entry('B76', n)}\n".encode()) for n in (1, 2))
    _, reply = answer("CAPE files", attachments=files)
    assert [output.name for output in reply.outputs] == [
        "upload-B76.csv", "a-checked.csv", "a-checked.xlsx", "a-checked-2.csv", "a-checked-2.xlsx",
    ]  # fmt: skip


def test_a_sheet_in_numbers():
    assert sheet_verdict(Sheet("x", "declaration", rows=9_999)) == "9,999 rows: 9,999 ready, 0 repaired, 0 need you"


B, C = entry("B76", 324527), entry("B76", 1_000_000)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (f"entry number\n{B}\n", "1 row: 1 ready, 0 repaired, 0 need you"),
        (f"{B}\n", "1 row: 1 ready, 0 repaired, 0 need you"),
        (f"Report title\n\nEntry Number\n{B}\n\n{B}\nEntry Number\n{C}\n,,,\n", "3 rows: 2 ready, 1 repaired, 0 need you, 1 duplicate left out"),
        (f"Entry Number,Amount\n{B},1\n{C},2\n", "2 rows: 2 ready, 0 repaired, 0 need you"),
        (f"Entry Number\n{B}\n12-345\n{dashed(C)}\n", "3 rows: 1 ready, 1 repaired, 1 needs you"),
        ("Entry Number\n12-345\n3.16E+10\n", "2 rows: 0 ready, 0 repaired, 2 need you"),
    ],
)  # fmt: skip
def test_only_data_rows_are_counted(rows, said):
    assert sheet_verdict(read(Attachment("a.csv", rows.encode()))) == said


def test_the_reply_says_of_an_unconfirmed_row_what_it_has_and_not_what_was_done():
    _, reply = answer("CAPE file", attachments=(Attachment("a.csv", f"Entry Number\n12-345\n{dashed(A)}\n".encode()),))
    assert "12-345 - has a dash\n" in reply.text
    assert f"{dashed(A)} - dash taken out (repaired: {A})" in reply.text
    assert reply.html.count("dash taken out") == 1


def test_a_long_list_of_faults_is_cut_and_the_rest_is_in_the_file():
    rows = "\n".join(f"bad{serial}" for serial in range(30))
    file = Attachment("a.csv", f"Entry Number\n{A}\n{rows}\n".encode())
    _, reply = answer("CAPE file", attachments=(file,))
    assert "and 18 more, in the attached report" in reply.text
    (checked,) = (one for one in reply.outputs if one.name.endswith("checked.csv"))
    assert checked.content.count(b"\n") == 33


@pytest.mark.parametrize(
    ("source", "problem"),
    [("{% if %}", "reply.txt.j2:1:"), ("a\n{{ nothing }", "reply.txt.j2:2:")],
)
def test_a_broken_template_is_named_by_line(source, problem):
    sources = {**template_sources(ROOT / "templates"), "reply.txt.j2": source}
    with pytest.raises(TemplateProblem, match=re.escape(problem)):
        Voice(sources)


def test_a_missing_template_is_named():
    with pytest.raises(TemplateProblem, match="escalation"):
        Voice(dict.fromkeys(("reply.txt.j2", "reply.html.j2"), ""))


def test_a_template_cannot_reach_the_program():
    sources = {**template_sources(ROOT / "templates"), "reply.txt.j2": "{{ diagnosis.__class__.__mro__ }}"}
    incoming = Incoming(id="1", sender="", text="CAPE claim status: Not Started")
    with pytest.raises(Exception, match="unsafe"):
        compose(incoming, triage(incoming, KNOWN, TODAY), Voice(sources))


def test_more_entries_than_a_mail_lists_come_as_a_file_of_their_own_too():
    numbers = [entry("B76", serial) for serial in range(30)]
    _, reply = answer("HTS RELATIONSHIP MISMATCH, all type 06, for these entries:\n" + "\n".join(numbers))
    (file,) = [output for output in reply.outputs if output.name == "entry-numbers.csv"]
    assert file.content.decode().split() == ["Entry", "Number", *numbers]
    assert "Entry numbers: 30, in the attached file entry-numbers.csv" in reply.text
    assert "  entry-numbers.csv: the 30 entries of the draft" in reply.text
