import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from core.test_compose import CATALOGUE, VOICE
from core.test_masking import unpacked
from core.test_spreadsheet import cells_of
from entry_numbers import dashed, entry
from tables import SECRET, TODAY, claim_details, es003, group, liquidated, undated

from bot.core.compose import compose
from bot.core.masking import MASK, NOTE, importer_shown, masked
from bot.core.model import (
    ClaimRow,
    Diagnosis,
    Finding,
    How,
    Incoming,
    Outcome,
    Ready,
    Sheet,
    Sighting,
    Type06,
    Verdict,
)
from bot.core.triage import finding
from bot.core.uploads import uploads
from bot.report import report
from bot.store import outbound
from bot.store.outbound import to_json

INCOMING = Incoming(id="1", sender="pat@harborlight.example", text="see attached", subject="CAPE")
HOSTILE = "=1+1{{ 7*7 }}<script>alert(1)</script>\r\nBEGIN:VEVENT;,\\ <!channel>"


def composed(*sheets, findings=(), **more):
    ready = [one for sheet in sheets for one in sheet.ready]
    made = uploads(ready, (), CATALOGUE.rules, TODAY)
    diagnosis = Diagnosis(
        Verdict.ANSWER, "otherwise", TODAY, sheets=sheets, uploads=made, findings=findings,
        entries=tuple(one for sheet in sheets for one in sheet.entries), **more,
    )  # fmt: skip
    return compose(INCOMING, diagnosis, VOICE, CATALOGUE)


def from_sheet(known):
    error = CATALOGUE.error(known)
    seen = Sighting(known, How.SHEET, 1.0, error.official, "Claim Details.csv row 3", verbatim=True)
    return finding(seen, CATALOGUE, TODAY, Type06.UNKNOWN)


def rows_of(output):
    return list(csv.reader(io.StringIO(output.content.decode("utf-8-sig"), newline="")))


def test_an_export_gives_uploads_a_calendar_and_a_report_twice():
    _, reply = composed(es003())
    assert [(output.name, output.role) for output in reply.outputs] == [
        (f"upload-B76-importer-{MASK}-1.csv", "upload"), ("upload-B76-importer-12-345678900.csv", "upload"),
        ("cape-deadlines.ics", "calendar"), ("ES-003-report.csv", "report"), ("ES-003-report.xlsx", "report"),
    ]  # fmt: skip
    assert all(output.what for output in reply.outputs)


def test_the_report_of_an_export_is_sorted_by_the_nearest_day_and_names_reasons():
    *_, table, workbook = composed(es003())[1].outputs
    head, *rows = rows_of(table)
    assert head[:4] == ["Entry", "Importer", "Type", "Outcome"]
    days = [row[head.index("Deadline")] for row in rows]
    assert days == sorted(days, key=lambda day: day or "9")
    assert rows[0] == [
        dashed(entry(serial=3)), "12-345678900", "01", "File now", rows[0][4], "2026-11-27", "2026-11-24", "2026-09-08",
        "Liquidated in time.", "",
    ]  # fmt: skip
    psc = next(row for row in rows if row[3] == "PSC first")
    assert psc[-1] == CATALOGUE.title("value-not-allowed-on-hts")
    cells = cells_of(workbook.content)
    assert cells["A2"] == dashed(entry(serial=3))
    assert cells["C2"] == "01"


def test_the_report_of_claim_details_has_the_senders_rows_with_what_each_asks_for():
    rows = (
        ClaimRow(2, entry(serial=400), "100000200001", "Failed", "INVALID HTS", "correct it"),
        ClaimRow(3, "=cmd()", "100000200001", "Failed", "@SUM(A1)", "ask"),
    )
    _, reply = composed(replace(claim_details(), claim_rows=rows))
    table = next(output for output in reply.outputs if output.name.endswith("-report.csv"))
    assert rows_of(table) == [
        ["Row", "Entry", "Claim number", "Status", "Message", "Next step"],
        ["2", dashed(entry(serial=400)), "100000200001", "Failed", "INVALID HTS", "correct it"],
        ["3", "'=cmd()", "100000200001", "Failed", "'@SUM(A1)", "ask"],
    ]


def test_numbers_come_first_and_the_long_advice_last_when_the_file_is_the_point():
    known = from_sheet("hts-relationship-sequence-mismatch")
    _, reply = composed(claim_details(), findings=(known,))
    assert reply.headline == ("Claim Details.csv: 412 entries: 398 accepted, 14 failed in 3 groups, 9 to resubmit")
    order = [reply.text.index(said) for said in (
        "9 to resubmit", ": 9 entries", "READY FOR ACE", "upload-B76.csv: 9 entries", "What it means", "Also attached:",
    )]  # fmt: skip
    assert order == sorted(order)
    assert reply.text.count("412 entries") == 1
    assert reply.html.index("Ready for ACE, attached") < reply.html.index("What it means")


def test_the_senders_words_are_answered_above_the_table_and_its_numbers_stand_in_the_first_line():
    known: Finding = replace(from_sheet("hts-relationship-sequence-mismatch"), how=How.WORDING)
    _, reply = composed(claim_details(), findings=(known,))
    assert reply.headline.startswith("Claim Details.csv: 412 entries: 398 accepted")
    assert "HTS Relationship/Sequence Mismatch: resubmit" in reply.headline
    below = reply.text.partition("\n\n")[2]
    assert below.index("What it means") < below.index("\nClaim Details.csv\n")


def test_text_and_html_say_what_to_do_tomorrow():
    _, reply = composed(es003())
    for said in ("File now", "last day Fri 27 Nov 2026", "act by Fri 27 Nov 2026", "CBP Form 19", "cape-deadlines.ics"):
        assert said in reply.text
        assert said in reply.html
    assert all(len(line) <= 78 or " " not in line.strip() for line in reply.text.splitlines())
    assert "\n\n\n" not in reply.text


def test_hostile_names_importers_and_cells_stay_data():
    hostile = group("unknown", [1], "escalate", message=HOSTILE)
    claim = replace(claim_details(f"../{HOSTILE}.csv"), groups=(hostile,), notes=(HOSTILE,))
    export = es003(
        HOSTILE, (liquidated(2, 30, HOSTILE, why=HOSTILE, type=HOSTILE), undated(3, "check", HOSTILE, HOSTILE))
    )
    _, reply = composed(claim, export)
    assert "<script>" not in reply.html
    assert "{{ 7*7 }}" in reply.text
    for output in reply.outputs:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}", output.name)
        if output.role == "calendar":
            assert output.content.count(b"BEGIN:VEVENT") == output.content.count(b"\r\nUID:")
        if output.name.endswith("-report.csv"):
            assert not [cell for row in rows_of(output) for cell in row if cell.startswith(("=", "@", "+", "-"))]
        if output.name.endswith(".xlsx"):
            cells_of(output.content)
    assert len({output.name for output in reply.outputs}) == len(reply.outputs)


@pytest.mark.parametrize("secret", [SECRET, "123 45 6789", "123456789", "123.45.6789"])
def test_no_social_security_number_of_an_importer_comes_back(secret):
    export = es003(
        outcomes=(
            liquidated(1, 30, secret),
            undated(2, "check", f"Importer {SECRET}."),
            undated(3, "wait", importer=secret),
        )
    )
    diagnosis, reply = composed(export)
    whole = "".join((
        json.dumps(report("x", diagnosis, reply, {})), reply.text, reply.html, repr(reply.diagnosis), repr(reply.digests),
        *(output.name + unpacked(output.content) for output in reply.outputs),
    ))  # fmt: skip
    assert secret not in whole
    assert SECRET not in whole
    assert MASK in whole
    assert diagnosis.notes == (NOTE,)
    assert isinstance(diagnosis.sheets[0].outcomes[0], Outcome)


def test_an_employers_number_stays_and_nine_bare_digits_accuse_nobody():
    diagnosis, _ = composed(es003(outcomes=(liquidated(1, 30), liquidated(2, 30, "123456789"))))
    assert [one.importer for one in diagnosis.sheets[0].outcomes] == ["12-345678900", MASK]
    assert diagnosis.notes == ()
    for stays in ("12-3456789", "12-345678900", "260420-12345", ""):
        assert importer_shown(stays) == stays


def test_a_named_tuple_stays_one_when_masked():
    one = Ready(entry(), SECRET)
    assert masked((one,)) == (Ready(entry(), MASK),)
    assert type(masked(one)) is Ready
    assert masked(Ready(entry(), "x")) == Ready(entry(), "x")


def test_the_json_has_groups_and_outcomes_as_promised():
    diagnosis, reply = composed(claim_details(), es003())
    claim, export = json.loads(json.dumps(report("x", diagnosis, reply, {})))["sheets"]
    assert {"id", "message", "entries", "next_step"} <= set(claim["groups"][0])
    assert claim["groups"][1]["not_before"] == "2026-12-01"
    assert len(claim["groups"][0]["entries"]) == 398
    first = export["outcomes"][0]
    assert {"entry", "outcome", "deadline", "file_by", "reasons", "importer", "type"} <= set(first)
    assert (first["importer"], first["deadline"]) == (MASK, None)
    assert export["outcomes"][2]["deadline"] == "2026-11-27"


def test_what_is_stored_is_small_and_has_what_a_channel_shows():
    many = es003(
        outcomes=tuple(liquidated(serial, serial % 180, f"12-3456789{serial % 5:02d}") for serial in range(40_000))
    )
    _, reply = composed(many, claim_details())
    outputs = sum(len(output.content) for output in reply.outputs)
    assert len(to_json(INCOMING, reply)) < outputs * 1.4 + 60_000
    assert outbound._JSON.validate_json(to_json(INCOMING, reply))[1] == reply
    assert len(reply.digests) == 2
    assert not any(sheet.outcomes or sheet.ready or sheet.entries for sheet in reply.diagnosis.sheets)


def test_a_large_report_goes_packed():
    many = es003(outcomes=tuple(liquidated(serial, serial % 180, why="Because. " * 40) for serial in range(15_000)))
    _, reply = composed(many)
    table = next(output for output in reply.outputs if output.role == "report")
    assert (table.name, table.media_type) == ("ES-003-report.csv.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(table.content)) as archive:
        assert archive.namelist() == ["ES-003-report.csv"]
        assert archive.read("ES-003-report.csv").count(b"\n") == 15_001


def test_names_differ_on_a_system_that_ignores_capitals():
    sheets = [replace(claim_details(name), ready=()) for name in ("a.csv", "A.csv", "a-report.csv")]
    names = [output.name.casefold() for output in composed(*sheets)[1].outputs]
    assert len(set(names)) == len(names)


def test_an_upload_for_a_later_day_says_so():
    later = Sheet(
        "a.csv", "claim-details", groups=claim_details().groups, ready=(Ready(entry(), day=TODAY + timedelta(6)),)
    )
    _, reply = composed(later)
    (upload,) = (output for output in reply.outputs if output.role == "upload")
    assert upload.name == "upload-on-2026-11-30-B76.csv"
    assert "ready for ACE from Mon 30 Nov 2026 on, once the statement shows paid" in " ".join(reply.text.split())
