"""Claim Details and Validation Result files: groups, statuses, and what may be resubmitted."""

from datetime import date

import pytest
from entry_numbers import dashed, entry
from reading_files import messages, read_all

HEADER = "ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION"
A, B, C, D = (entry("B76", serial) for serial in (1, 2, 3, 4))


def row(number, status="Failed", error="", claim="100000200001"):
    return f'="{number}","=""{claim}""",{status},"{error}"'


def details(*rows, header=HEADER):
    return "\r\n".join((*([header] if header else []), *rows)).encode()


def read(*rows, header=HEADER, **how):
    (sheet,) = read_all(("claims.csv", details(*rows, header=header)), **how)
    assert sheet.refused == ""
    return sheet


def grouped(sheet):
    return {group.id: group.entries for group in sheet.groups}


def test_accepted_and_failed_counted_and_failures_grouped():
    sheet = read(
        row(A, "Entry Summary Updated"),
        row(B, error="HTS RELATIONSHIP/SEQUENCE MISMATCH"),
        row(C, error="HTS RELATIONSHIP/SEQUENCE MISMATCH"),
        row(D, error="STATEMENT PROCESSING NOT COMPLETE"),
    )
    assert sheet.statuses == (("Entry Summary Updated", 1), ("Failed", 3))
    assert grouped(sheet) == {
        "hts-relationship-sequence-mismatch": (B, C),
        "statement-processing-not-complete": (D,),
        "entry-summary-updated": (A,),
    }
    steps = {group.id: group.next_step for group in sheet.groups}
    assert steps["hts-relationship-sequence-mismatch"] == "resubmit"
    assert [(one.entry, one.day) for one in sheet.ready] == [(B, None), (C, None), (D, date(2026, 11, 30))]
    assert (sheet.faults, sheet.rows) == ((), 4)


def test_the_step_is_that_of_the_day():
    rows = (row(A, error="HTS RELATIONSHIP/SEQUENCE MISMATCH"),)
    assert read(*rows, today=date(2026, 5, 1)).groups[0].next_step == "escalate"
    assert read(*rows, today=date(2026, 5, 1)).ready == ()
    assert [one.entry for one in read(*rows).ready] == [A]


def test_several_messages_in_one_cell_or_in_several_rows():
    both = (row(A, error="UNEXPECTED ERROR-TRY AGAIN; VALUE NOT ALLOWED ON HTS"), row(B, error="UNEXPECTED ERROR-TRY AGAIN"),
            row(B, error="PROTEST ON ENTRY"), row(C, error="UNEXPECTED ERROR-TRY AGAIN"))  # fmt: skip
    sheet = read(*both)
    assert grouped(sheet) == {
        "unexpected-error-try-again": (A, B, C),
        "value-not-allowed-on-hts": (A,),
        "protest-on-entry": (B,),
    }
    assert [one.entry for one in sheet.ready] == [C]  # the others have a second fault


def test_unknown_texts_stand_verbatim_in_groups_of_their_own():
    sheet = read(
        row(A, error="FLUX CAPACITOR MISSING"), row(B, error="MYSTERY 77"), row(C, error="FLUX CAPACITOR MISSING")
    )
    assert [(group.id, group.message, group.entries) for group in sheet.groups] == [
        ("unknown", "FLUX CAPACITOR MISSING", (A, C)),
        ("unknown", "MYSTERY 77", (B,)),
    ]
    assert sheet.ready == ()


def test_a_cell_longer_than_all_messages_is_not_searched_for_them():
    long = "INVALID HTS, " * 8_000
    assert [(group.id, group.message) for group in read(row(A, error=long)).groups] == [("unknown", long.strip())]


@pytest.mark.parametrize("swapped", [False, True])
def test_accepted_in_one_claim_is_never_resubmitted(swapped):
    rows = [
        row(A, error="UNEXPECTED ERROR-TRY AGAIN", claim="100000200001"),
        row(A, "Entry Summary Updated", claim="100000200002"),
    ]
    sheet = read(*(reversed(rows) if swapped else rows))
    assert sheet.ready == ()
    assert grouped(sheet) == {"entry-summary-updated": (A,)}


def test_the_newest_claim_has_the_last_word():
    sheet = read(
        row(A, error="PROTEST ON ENTRY", claim="100000200009"),
        row(A, error="UNEXPECTED ERROR-TRY AGAIN", claim="100000200010"),
    )
    assert grouped(sheet) == {"unexpected-error-try-again": (A,)}


@pytest.mark.parametrize("claim", ["²", "٣", "9" * 5_000])
def test_a_claim_number_that_is_no_number(claim):
    rows = (row(A, error="PROTEST ON ENTRY", claim=claim), row(A, error="FINAL LIQUIDATION", claim=claim + claim))
    assert read(*rows).entries == (A,)


def test_accepted_by_another_file_of_the_message():
    failed, later = details(row(A, error="UNEXPECTED ERROR-TRY AGAIN")), details(row(A, "Entry Summary Updated"))
    sheets = read_all(("a.csv", failed), ("b.csv", later))
    assert [sheet.ready for sheet in sheets] == [(), ()]


def test_an_accepted_row_that_lost_its_zero_keeps_the_entry_out_of_every_upload():
    number = entry("034", 8769309)
    lost = details(row(number.lstrip("0"), "Entry Summary Updated"))
    again = details(row(number, error="UNEXPECTED ERROR-TRY AGAIN"), row(A, error="UNEXPECTED ERROR-TRY AGAIN"))
    listed = f"Entry Number\r\n{number}\r\n{A}\r\n".encode()
    _, failed, declared = read_all(("a.csv", lost), ("b.csv", again), ("c.csv", listed))
    assert [one.entry for one in failed.ready] == [one.entry for one in declared.ready] == [A]
    assert grouped(failed) == {"unexpected-error-try-again": (number, A)}
    assert len(failed.notes) == len(declared.notes) == 1


def test_excel_took_the_zeros_and_the_claim_numbers():
    number = entry("034", 8769309)
    content = f"{HEADER}\r\n{number.lstrip('0')},1.00000E+11,Failed,UNEXPECTED ERROR-TRY AGAIN\r\n{A},1.00000E+11,Failed,UNEXPECTED ERROR-TRY AGAIN\r\n"
    (sheet,) = read_all(("claims.csv", content.encode()))
    assert [(one.reason, one.proposal, one.repaired) for one in sheet.faults] == [("lost-leading-zero", number, False)]
    assert [one.entry for one in sheet.ready] == [A]


def test_a_dash_is_repaired_and_said():
    (sheet,) = read_all(
        ("claims.csv", f"{HEADER}\n{dashed(A)},100000200001,Failed,UNEXPECTED ERROR-TRY AGAIN\n".encode())
    )
    assert [(one.reason, one.repaired) for one in sheet.faults] == [("dash", True)]
    assert [one.entry for one in sheet.ready] == [A]


def test_without_a_header_it_is_told_by_its_statuses():
    sheet = read(row(A, "Entry Summary Updated"), row(B, error="PROTEST ON ENTRY"), header="")
    assert sheet.kind == "claim-details"
    assert grouped(sheet) == {"protest-on-entry": (B,), "entry-summary-updated": (A,)}
    assert sheet.groups[0].row == 2


def test_title_case_statuses_blanks_and_totals():
    sheet = read(
        row(A, "ENTRY SUMMARY UPDATED"), "", row(B, "FAILED", "Protest on Entry"), "Total,,2,", row(C, "failed")
    )
    assert sheet.statuses == (("ENTRY SUMMARY UPDATED", 1), ("FAILED", 2))
    assert grouped(sheet) == {"protest-on-entry": (B,), "entry-failed": (C,), "entry-summary-updated": (A,)}


def test_a_validation_result_is_read_by_its_texts():
    content = f"Row,Entry Number,Error Message,Colour\n2,{A},Not 11 characters long,red\n3,{B},Duplicate Entry,blue\n"
    (sheet,) = read_all(("result.csv", content.encode()))
    assert sheet.kind == "validation-result"
    assert grouped(sheet) == {"not-11-characters-long": (A,), "duplicate-entry": (B,)}
    assert any("Colour" in note for note in sheet.notes)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("HTS RELATIONSHIP MISMATCH", ["hts-relationship-mismatch"]),
        ("hts relationship/sequence mismatch", ["hts-relationship-sequence-mismatch"]),
        ("UNABLE TO CALCULATE DUTY-'7' DUTY COMP CODE", ["unable-to-calculate-duty"]),
        ("UNABLE TO CALCULATE DUTY", ["unable-to-calculate-duty"]),
        ("STATMENT PROCESSING NOT COMPLETE", ["statement-processing-not-complete"]),
        ("VALUE ALLOWED ON HTS", [""]),
        (
            "VALUE NOT ALLOWED ON HTS, FOO BAR BAZ, PROTEST ON ENTRY",
            ["value-not-allowed-on-hts", "", "protest-on-entry"],
        ),
        (
            "VALUE NOT ALLOWED ON HTS HTS RELATIONSHIP MISMATCH",
            ["value-not-allowed-on-hts", "hts-relationship-mismatch"],
        ),
        ("Entry Summary is Cancelled/Rejected", ["entry-summary-cancelled-or-rejected"]),
        ("ENTRY ON DRAWBACK / INVALID HTS", ["entry-on-drawback", "invalid-hts"]),
        ("THE PROTEST ON ENTRY WAS WITHDRAWN BY THE FILER LAST WEEK", [""]),
    ],
)
def test_texts_are_told_to_the_letter_or_with_a_slip(text, ids):
    assert [known for known, _ in messages().within(text)] == ids
