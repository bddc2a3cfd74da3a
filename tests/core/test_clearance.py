"""What goes up when several files of a message speak of one entry."""

from datetime import date

import pytest
from entry_numbers import entry
from reading_files import TODAY, catalogue, read_all

from bot.core import clearance

A, B, C, D = (entry("B76", serial) for serial in (1, 2, 3, 4))
LISTED = ("list.csv", f"Entry Number\r\n{A}\r\n{B}\r\n{C}\r\n{D}\r\n".encode())


def table(name, header, *rows):
    return name, "\r\n".join((header, *rows)).encode()


def cleared(*files):
    return clearance.cleared(read_all(*files), (), (), catalogue().rules, TODAY)


@pytest.mark.parametrize("first", [True, False])
def test_what_failed_is_not_uploaded_because_a_declaration_lists_it(first):
    claims = table(
        "claims.csv", "ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION",
        f"{A},1,Failed,NO IEEPA HTS ON ENTRY", f"{B},1,Failed,STATEMENT PROCESSING NOT COMPLETE",
        f"{C},1,Failed,UNEXPECTED ERROR-TRY AGAIN", f"{D},1,Failed,NEVER HEARD OF",
    )  # fmt: skip
    files, (note,) = cleared(*((LISTED, claims) if first else (claims, LISTED)))
    assert {(one.day, one.entries) for one in files} == {(None, (C,)), (date(2026, 11, 30), (B,))}
    assert "2 entries, such as" in note


def test_a_validation_result_bars_only_what_no_new_upload_mends():
    result = table(
        "result.csv", "Entry Number,Error Message", f"{A},Duplicate Entry", f"{B},ENTRY TYPE NOT ALLOWED FOR CAPE"
    )
    files, _ = cleared(LISTED, result)
    assert [one.entries for one in files] == [(A, C, D)]


def test_an_importer_that_one_file_knows_parts_the_upload():
    known = table("a.csv", "Entry Number,Importer Number", f"{A},12-3456789", f"{B},98-7654321")
    files, _ = cleared(LISTED, known)
    assert [(one.importer, one.entries) for one in files] == [
        ("12-3456789", (A,)), ("98-7654321", (B,)), ("", (C, D)),
    ]  # fmt: skip
