"""What goes on an upload when a message holds several files and words: none is taken against another."""

from datetime import date, timedelta

import pytest
from entry_numbers import entry
from reading_files import TODAY, catalogue, read_all

from bot.core.clearance import cleared

A, B, C, D = (entry("B76", serial) for serial in (1, 2, 3, 4))
COLUMNS = "Entry Summary Number,Entry Type Code,Importer Number,Entry Date,Liquidation Date,Liquidation Status,HTS Number - Full,Line Tariff Duty Amount"
RULES = catalogue().rules


def es003(*rows):
    lines = [COLUMNS]
    for number, liquidated, kind in rows:
        day, status = (liquidated.isoformat(), "Liquidated") if liquidated else ("", "Not Liquidated")
        lines.append(f"{number},{kind},12-345678900,2026-01-30,{day},{status},9903.01.25,100")
    return "es003.csv", "\n".join(lines).encode()


def claims(*rows, name="claims.csv"):
    lines = ["ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION"]
    lines += [
        f"{number},{claim},{'Failed' if error else 'Entry Summary Updated'},{error}" for number, claim, error in rows
    ]
    return name, "\n".join(lines).encode()


def declaration(*numbers):
    return "list.csv", "\n".join(("Entry Number", *numbers)).encode()


def gone_up(*files, findings=(), told=()):
    sheets = read_all(*files)
    uploads, notes = cleared(sheets, told, findings, RULES, TODAY)
    return sheets, {number: one.day for one in uploads for number in one.entries}, notes


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("ENTRY SUMMARY IS SUBJECT TO COURT INJUNCTION", "wait"),
        ("ENTRY ON DRAWBACK", "wait"),
        ("ENTRY SUMMARY IS IN TRADE CONTROL", "wait"),
        ("RECON ALREADY FILED FOR ENTRY SUMMARY", "wait"),
        ("VALUE NOT ALLOWED ON HTS", "psc-first"),
        ("FLUX CAPACITOR MISSING", "check"),
        ("ENTRY SUMMARY IS IN FINAL LIQUIDATION STATUS", "check"),
        ("UNEXPECTED ERROR-TRY AGAIN", "cape-now"),
    ],
)
def test_what_a_claim_refused_is_not_cleared_by_an_export(error, outcome):
    sheets, up, _ = gone_up(es003((A, None, "01")), claims((A, "100000200001", error)))
    assert sheets[0].outcomes[0].outcome == outcome
    assert (A in up) is (outcome == "cape-now")


def test_a_statement_that_would_come_after_the_last_day_is_said():
    late, fine = TODAY - timedelta(78), TODAY - timedelta(20)  # day 80 is the 26th, three business days end on the 30th
    error = "STATEMENT PROCESSING NOT COMPLETE"
    rows = ((A, "100000200001", error), (B, "100000200001", error))
    _, up, notes = gone_up(es003((A, late, "01"), (B, fine, "01")), claims(*rows))
    assert up == {B: date(2026, 11, 30)}
    assert "beyond their last day" in " ".join(notes)
    assert "Thu 26 Nov 2026" in " ".join(notes)


def test_a_declaration_with_entries_that_must_not_go_up_says_which():
    files = (
        declaration(A, B, C, D),
        es003((A, TODAY - timedelta(100), "01"), (B, None, "23")),
        claims((C, "100000200001", "")),
    )
    sheets, up, _ = gone_up(*files)
    assert list(up) == [D]
    assert [number for number, _ in sheets[0].barred] == [A, B, C]
    rows = sheets[0].annotated.decode("utf-8-sig").splitlines()
    assert [("do not upload" in row, ",ready," in row) for row in rows[-4:]] == [(True, False)] * 3 + [(False, True)]


@pytest.mark.parametrize(("claim", "step"), [("100000200001", "resubmit"), ("100000200002", "escalate")])
def test_an_error_that_came_back_goes_to_cbp(claim, step):
    error = "UNABLE TO CALCULATE DUTY-'7' DUTY COMP CODE"
    (sheet,) = read_all(claims((A, "100000200001", error), (A, claim, error)))
    assert [(group.id, group.next_step) for group in sheet.groups] == [("unable-to-calculate-duty", step)]
    assert bool(sheet.ready) is (step == "resubmit")


def test_two_files_of_claims_are_one_history():
    first, second = (
        claims((A, "100000200001", "UNEXPECTED ERROR-TRY AGAIN"), name="a.csv"),
        claims((A, "100000200002", "PROTEST ON ENTRY"), name="b.csv"),
    )
    sheets, up, _ = gone_up(first, second)
    assert [[group.id for group in sheet.groups] for sheet in sheets] == [[], ["protest-on-entry"]]
    assert up == {}


def test_the_importer_of_the_export_splits_the_uploads_of_the_claims():
    sheets = read_all(es003((A, None, "01")), claims((A, "100000200001", "UNEXPECTED ERROR-TRY AGAIN")))
    uploads, _ = cleared(sheets, (), (), RULES, TODAY)
    assert [(one.importer, one.entries) for one in uploads] == [("12-345678900", (A,))]


def test_several_filer_codes_are_named():
    (sheet,) = read_all(declaration(A, entry("316", 1)))
    assert any("2 filer codes (316, B76)" in note for note in sheet.notes)


def test_an_entry_after_the_end_of_ieepa_is_looked_up():
    name, content = es003((A, None, "01"))
    (sheet,) = read_all((name, content.replace(b"2026-01-30", b"2026-03-10")))
    assert (sheet.outcomes[0].outcome, sheet.outcomes[0].reasons) == ("check", ("invalid-hts",))


LISTED = ("list.csv", f"Entry Number\r\n{A}\r\n{B}\r\n{C}\r\n{D}\r\n".encode())


def table(name, header, *rows):
    return name, "\r\n".join((header, *rows)).encode()


def gone(*files):
    return cleared(read_all(*files), (), (), RULES, TODAY)


@pytest.mark.parametrize("first", [True, False])
def test_what_failed_is_not_uploaded_because_a_declaration_lists_it(first):
    claims = table(
        "claims.csv", "ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION",
        f"{A},1,Failed,NO IEEPA HTS ON ENTRY", f"{B},1,Failed,STATEMENT PROCESSING NOT COMPLETE",
        f"{C},1,Failed,UNEXPECTED ERROR-TRY AGAIN", f"{D},1,Failed,NEVER HEARD OF",
    )  # fmt: skip
    files, _ = gone(*((LISTED, claims) if first else (claims, LISTED)))
    assert {(one.day, one.entries) for one in files} == {(None, (C,)), (date(2026, 11, 30), (B,))}


def test_a_validation_result_bars_only_what_no_new_upload_mends():
    result = table(
        "result.csv", "Entry Number,Error Message", f"{A},Duplicate Entry", f"{B},ENTRY TYPE NOT ALLOWED FOR CAPE"
    )
    files, _ = gone(LISTED, result)
    assert [one.entries for one in files] == [(A, C, D)]


def test_an_importer_that_one_file_knows_parts_the_upload():
    known = table("a.csv", "Entry Number,Importer Number", f"{A},12-3456789", f"{B},98-7654321")
    files, _ = gone(LISTED, known)
    assert [(one.importer, one.entries) for one in files] == [
        ("12-3456789", (A,)), ("98-7654321", (B,)), ("", (C, D)),
    ]  # fmt: skip


def test_a_type_column_of_a_declaration_keeps_out_what_cape_does_not_take():
    listed = table("list.csv", "Entry Number,Entry Type", f"{A},01", f"{B},23", f"{C},21", f"{D},6")
    files, _ = gone(listed)
    assert [one.entries for one in files] == [(A, D)]


def test_an_export_is_read_alike_before_the_first_list_of_headings():
    (sheet,) = read_all(es003((A, None, "01")), today=date(2026, 4, 19))
    assert sheet.outcomes[0].outcome == "cape-now"
