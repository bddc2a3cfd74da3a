import csv
import io
import time

import pytest
from entry_numbers import dashed, entry, wrong
from hypothesis import given
from hypothesis import strategies as st
from reading_files import read, read_all

from bot.core.confirmed import vouched
from bot.core.confirmed import wrong as why_wrong
from bot.core.model import Attachment, Type06
from bot.core.sheets.annotated import defuse
from bot.core.words import REPAIR_WORDS

A, B, C = entry("B76", 1), entry("B76", 2), entry("012", 2203118)


def sheet(text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return read(Attachment("claims.csv", content), **options)


def faults(text, **options):
    return [(one.row, one.reason, one.repaired) for one in sheet(text, **options).faults]


def test_a_clean_declaration():
    got = sheet(f"Entry Number\r\n{A}\r\n{B}\r\n")
    assert (got.kind, got.rows, got.entries, got.faults, got.refused) == ("declaration", 2, (A, B), (), "")


@pytest.mark.parametrize(
    ("cell", "found", "entries"),
    [
        (dashed(B), [(3, "dash", True)], 2),
        (B.lower(), [(3, "lower-case", True)], 2),
        (f"'{B}", [(3, "apostrophe", True)], 2),
        (f" {B}\u00a0", [(3, "invisible-character", True)], 2),
        (dashed(B).lower(), [(3, "dash", True), (3, "lower-case", True)], 2),
        (A, [(3, "duplicate", True)], 1),
        (dashed(A), [(3, "dash", True), (3, "duplicate", True)], 1),
        (wrong(B), [(3, "bad-check-digit", False)], 1),
        (C[1:], [(3, "lost-leading-zero", False)], 1),
        ("B76-12", [(3, "dash", False), (3, "not-11-characters", False)], 1),
        ("3.16E+10", [(3, "scientific-notation", False)], 1),
        ("B76O3245278", [(3, "bad-format", False)], 1),
    ],
)
def test_each_fault_with_its_spreadsheet_row(cell, found, entries):
    got = sheet(f"Entry Number\n{A}\n{cell}\n")
    assert [(one.row, one.reason, one.repaired) for one in got.faults] == found
    assert len(got.entries) == entries


def test_proposals_are_named_and_not_applied():
    (fault,) = sheet(f"Entry Number\n{C[1:]}\n").faults
    assert fault.proposal == C
    assert sheet(f"Entry Number\n{C[1:]}\n").entries == ()


@pytest.mark.parametrize(
    ("cell", "confirmed", "number", "reasons"),
    [
        (C[1:], f"{C[1:]}={C}", C, ["lost-leading-zero"]),
        (wrong(A), wrong(A), wrong(A), ["bad-check-digit"]),
        (dashed(wrong(A)), wrong(A), wrong(A), ["dash", "bad-check-digit"]),
        ("3.16E+10", f"3.16E+10={A}", A, ["scientific-notation"]),
        (f'="{wrong(A)}"', f'="{wrong(A)}"', wrong(A), ["apostrophe", "bad-check-digit"]),
    ],
)
def test_what_a_person_confirms_is_taken_and_said(cell, confirmed, number, reasons):
    got = sheet(f"Entry Number\n{cell}\n", confirmed=(confirmed,))
    assert got.entries == (number,)
    assert [(one.reason, one.repaired, one.proposal) for one in got.faults] == [(one, True, number) for one in reasons]


@pytest.mark.parametrize("other", ["3.16E+10", " 3.16e+10", '="3.16E+10"'])
def test_a_rounded_number_in_two_rows_is_not_confirmed_by_its_value(other):
    got = sheet(f"Entry Number\n3.16E+10\n{B}\n{other}\n", confirmed=(f"3.16E+10={A}",))
    assert got.entries == (B,)
    noted = [one for one in got.faults if one.note]
    assert [(one.row, one.repaired, one.proposal) for one in noted] == [(2, False, ""), (4, False, "")]
    assert "more than one row" in noted[0].note
    assert noted[0].note in got.annotated.decode()
    both = sheet("Entry Number\n3.16E+10\n3.17E+10\n", confirmed=(f"3.16E+10={A}", f"3.17E+10={B}"))
    assert both.entries == (A, B)


@pytest.mark.parametrize("one", ["nonsense", "B76-12", "", "=", f"={A}", f"nonsense={A}", f"{C[1:]}={wrong(A)}", "x=y"])
def test_what_nobody_can_vouch_for_is_left_out_and_told(one):
    assert vouched((one,)) == {}
    assert why_wrong(one)


@pytest.mark.parametrize(
    "one", [wrong(A), dashed(wrong(A)), f"{C[1:]}={C}", f"3.16E+10={dashed(A)}", f'="{wrong(A)}"', f'="{C[1:]}"={C}']
)
def test_what_a_person_can_vouch_for(one):
    assert vouched((one,))
    assert why_wrong(one) == ""


def test_nobody_can_confirm_what_has_no_shape():
    assert sheet(f"Entry Number\nB76-12\n{A}\n", confirmed=("B76-12",)).entries == (A,)


def test_blank_rows_count_and_quoted_line_ends_do_not():
    got = sheet(f'Entry Number\n\n"{A}"\n,,\n{B}\n\n')
    assert [(one.row, one.reason) for one in got.faults] == [(2, "blank-row"), (4, "blank-row"), (6, "blank-row")]
    assert got.entries == (A, B)
    (fault,) = sheet(f'Entry Number,Note\n{A},"two\nlines"\n{wrong(B)},\n').faults[1:]
    assert fault.row == 3


@pytest.mark.parametrize(
    ("head", "reasons"),
    [
        ("entry number", ["header"]),
        ("Entry Number,Amount", ["extra-columns"]),
        ("\ufeffEntry Number", []),
        (None, ["header"]),
    ],
)
def test_the_header(head, reasons):
    text = (f"{head}\n" if head else "") + f"{A}\n{B}\n"
    got = sheet(text)
    assert [one.reason for one in got.faults] == reasons
    assert got.entries == (A, B)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_odd_forms(encoding, end, delimiter):
    rows = [["Entry Number", "Müller"], [A, "1"], [B, "2"]]
    text = end.join(delimiter.join(row) for row in rows) + end
    assert sheet(text.encode(encoding)).entries == (A, B)


@pytest.mark.parametrize("stray", [f"{B} ; refiled", f"{B}\trefiled", f"{B}|x", "=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("head", ["Entry Number\n", "", "Declaration of May\n\nEntry Number\n"])
def test_one_stray_sign_makes_no_other_form_of_the_file(stray, head):
    got = sheet(f"{head}{A}\n{stray}\n{entry('B76', 3)}\n")
    assert got.entries == (A, entry("B76", 3))
    assert "not-csv" not in {one.reason for one in got.faults}
    assert stray in {one.value for one in got.faults if not one.repaired}


def test_a_remark_of_several_words_behind_one_number_spoils_nothing():
    got = sheet(f"Entry Number\n{A}\n{B} ; refiled in May\n{C}\n")
    assert (got.entries, [(one.row, one.reason) for one in got.faults][-1]) == ((A, C), (3, "not-11-characters"))


def test_a_formula_stays_one_cell_however_often_it_stands_there():
    formula = "=cmd|' /C calc'!A0"
    for text in (
        f"Entry Number\n{formula}\n{A}\n",
        f"{A}\n{formula}\n{formula}\n",
        f"Entry Number\n{formula}\n{formula}\n",
    ):
        assert not any("not-csv" in one.reason or one.value == "=cmd" for one in sheet(text).faults)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_form_is_told_by_the_header_or_by_most_lines(delimiter):
    for text in (f"Entry Number{delimiter}Note\n{A}\n{B}\n", f"{A}{delimiter}x\n{B}{delimiter}y\n{C}\n"):
        got = sheet(text)
        assert "not-csv" in {one.reason for one in got.faults}
        assert set(got.entries) >= {A, B}


@pytest.mark.parametrize(
    ("text", "row", "line"),
    [
        (f"Entry Number;Note\n{A};x\n", 1, "Entry Number;Note"),
        (f"Entry Number\n{A}\n{B},x\n", 3, f"{B},x"),
        (f'{A}\t"two, of them"\n{B}\ty\n', 1, f'{A}\t"two, of them"'),
        ("Entry Number\n" + f"{A}\n" * 30 + f'{B},"a, b"\n{B},c\n', 32, f'{B},"a, b"'),
        (f'Entry Number,Note\r\n{A},"two\r\nlines"\r\n', 1, "Entry Number,Note"),
        (f'x,Note\n{A},\n{B},"two\nlines"\n', 1, "x,Note"),
    ],
)
def test_of_several_columns_the_line_is_shown_as_it_stands(text, row, line):
    assert [(one.row, one.value) for one in sheet(text).faults if one.reason == "extra-columns"] == [(row, line)]


def test_excels_separator_line():
    got = sheet(f"sep=;\nEntry Number;x\n{A};1\n{wrong(B)};2\n")
    assert got.entries == (A,)
    assert got.faults[-1].row == 3  # Excel reads that line and does not show it
    assert ("sep=;", "header") in [(one.value, one.reason) for one in got.faults]


def test_other_filer_codes_only_when_ours_are_known():
    assert faults(f"Entry Number\n{A}\n{C}\n") == []
    assert faults(f"Entry Number\n{A}\n{C}\n", filer_codes=("B76",)) == [(3, "filer-code", False)]


def test_an_entry_of_another_filer_stays_an_entry():
    assert sheet(f"Entry Number\n{A}\n{C}\n", filer_codes=("b76",)).entries == (A, C)


def test_two_of_our_filer_codes_in_one_file_are_a_fault_of_the_file():
    assert faults(f"Entry Number\n{A}\n{C}\n", filer_codes=("B76", "012")) == [(None, "filer-code", False)]


def test_nothing_above_or_between_is_lost():
    got = sheet(f"{A}\nEntry Number\n{B}\nEntry Number\n{C}\n")
    assert got.entries == (A, B, C)
    assert [(one.row, one.reason) for one in got.faults] == [(2, "header"), (4, "header")]
    titled = sheet(f"Declaration of May\n\nEntry Number\n{A}\n")
    assert (titled.entries, titled.rows) == ((A,), 1)


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (f"Entry Number\n{A},foo\n{B}\n", [(2, "extra-columns")]),
        (f"{A},foo\n{B},bar\n", [(None, "header"), (1, "extra-columns")]),
        (f"x,{A}\ny,{B}\n", [(None, "header"), (1, "extra-columns")]),
        (f"Entry Nubmer\n{A}\n{B}\n", [(1, "header")]),
        (f"Entry Number,\n{A},\n{B},\n", []),
    ],
)
def test_columns_are_found_without_a_right_header(text, reasons):
    got = sheet(text)
    assert got.entries == (A, B)
    assert [(one.row, one.reason) for one in got.faults] == reasons


def test_a_quote_mark_that_nobody_closed_swallows_nothing():
    got = sheet(f'Entry Number\n"{A}\n{B}\n"{C}"\n')
    assert got.entries == (A, B, C)
    assert [(one.row, one.reason) for one in got.faults] == [(2, "apostrophe")]


def test_what_cannot_be_seen_is_said():
    text = f"Entry Number\n{A[:4]}\0{A[4:]}\n{B}\ufe0f\n\x1a"
    got = sheet(text)
    assert got.entries == (A, B)
    assert [(one.row, one.reason) for one in got.faults] == [
        (2, "invisible-character"), (3, "invisible-character"), (4, "blank-row"),
    ]  # fmt: skip
    assert not any("\0" in one.value for one in got.faults)


def test_forms_that_ace_refuses_are_said():
    assert [one.reason for one in sheet(f"Entry Number\n{A}\n".encode("utf-16-le")).faults] == ["not-csv"]
    assert "not-csv" in [one.reason for one in sheet(f"Entry Number\tNote\n{A}\tx\n").faults]


def test_blank_rows_without_end_are_bounded():
    started = time.perf_counter()
    got = sheet(f"Entry Number\n{A}\n" + ",\n" * 300_000)
    assert (got.rows, got.entries) == (1, (A,))
    assert len(got.faults) == 1_000
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        f"Dear team,\nplease look at {dashed(A)}, it was rejected with an error.\n",
        f"{dashed(A)}, HTS RELATIONSHIP/SEQUENCE MISMATCH on this one\n",
        f"Entries rejected:\n{dashed(A)}\n{dashed(B)}\n",
        f"Entry Number\n{dashed(A)}\nHTS RELATIONSHIP/SEQUENCE MISMATCH on it\n",
    ],
)
def test_words_are_not_a_table(text):
    assert sheet(text).kind == "other"


def test_too_many_and_too_large():
    many = "Entry Number\n" + "\n".join(entry("B76", serial) for serial in range(10_000))
    assert [fault.reason for fault in sheet(many).faults] == ["too-many-entries"]
    wide = "Entry Number,Note\n" + "".join(f"{entry('B76', serial)},{'x' * 2_000}\n" for serial in range(600))
    assert "file-too-large" in [fault.reason for fault in sheet(wide).faults]


def test_type06_from_a_column():
    assert sheet(f"Entry Number,Entry Type\n{A},06\n{B},6\n").type06 is Type06.YES
    assert sheet(f"Entry Number,Entry Type Code\n{A},06\n{B},01\n").type06 is Type06.MIXED
    assert sheet(f"Entry Number,Entry Type\n{A},01\n").type06 is Type06.NO
    assert sheet(f"Entry Number,Entry Type\n{A},6 - FTZ\n").type06 is Type06.YES
    assert sheet(f"Entry Number,Entry Type\n{A},61\n").type06 is Type06.NO
    assert sheet(f"Entry Number\n{A}\n").type06 is Type06.UNKNOWN


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04....xl/workbook.xml", "Excel workbook"),
        (b"PK\x03\x04....xl/workbook.bin", ".xlsb"),
        (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", "OpenDocument"),
        (b"PK\x03\x04....Index/Document.iwa", "Numbers"),
        (b"PK\x03\x04....claims.csv", "ZIP"),
        (b"Rar!\x1a\x07", "RAR or 7z"),
        (b"PK\x03\x04....word/document.xml", "Word"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "picture"),
        (b"\x78\x9f\x3e\x22", "winmail"),
        (b" \r\n\r\n", "blank lines"),
        (b"Entry Number\r\n,\r\n", "no entry number"),
        (b"," * 2_000_000, "longer than any table"),
        (b"ENTRY NUMBER;ERROR MESSAGE\n", "Validation Result"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"<html><table></table></html>", "web page"),
        (bytes(range(256)) * 20, "cannot tell"),
        (b"name,amount\nx,1\n", "do not know this kind"),
        (b"ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION\n", "Claim Details"),
        (b"Entry Summary Number,HTS Number - Full\n", "ES-003"),
        (b'Entry Number\n"' + b"x" * 300_000, "longer than a spreadsheet"),
    ],
)
def test_a_file_it_cannot_use_is_named_with_what_to_do(content, words):
    got = sheet(content)
    assert words in got.refused
    assert (got.entries, got.faults) == ((), ())


def test_a_problem_of_the_channel_is_passed_on():
    assert read(Attachment("x.csv", b"", problem="Ask for files:read.")).refused == "Ask for files:read."


def test_the_annotated_copy_keeps_every_row_and_defuses_cells():
    got = sheet(f"Entry Number,Note\n{A},=1+1\n{dashed(B)},-2\n@x,+3\n")
    rows = list(csv.reader(io.StringIO(got.annotated.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Row", "1", "2", "3", "4"]
    assert rows[2][1:3] == [A, "'=1+1"]
    assert rows[3][2:] == ["'-2", REPAIR_WORDS["dash"], B, ""]
    assert rows[4][1:3] == ["'@x", "'+3"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_of_a_row_that_stays_unconfirmed_nothing_is_said_to_be_done():
    got = sheet(f"Entry Number\n12-345\n'b76-12\n{dashed(A)}\n")
    findings = [row[2] for row in csv.reader(io.StringIO(got.annotated.decode("utf-8-sig")))][2:]
    assert findings == [
        "has a dash; not 11 characters long",
        "has an apostrophe or quote mark; has a dash; not 11 characters long",
        "dash taken out",
    ]


@pytest.mark.parametrize("cell", ["=1+1", " =1", "\u200b=1", "\ufeff@x", "＝1", "\t=1", "\r\n=1", "-2+3", "+1"])
def test_formulas_are_defused(cell):
    assert defuse(cell).startswith("'")


def test_a_formula_after_a_foreign_separator_is_defused():
    assert defuse("a; =1") == "a;' =1"
    assert defuse("B7603245278") == "B7603245278"


@given(st.text(max_size=60))
def test_no_cell_starts_a_formula(cell):
    assert not defuse(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


MUTATIONS = st.sampled_from([
    lambda number: number, dashed, str.lower, lambda number: f"'{number}", lambda number: f" {number}",
    wrong, lambda number: number[:-1], lambda number: dashed(number).replace("-", "–"), lambda number: number[:5] + "O" + number[6:], lambda number: f"{number}\u200b", lambda number: f'="{number}"',
])  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 50), MUTATIONS), max_size=30))
def test_the_clean_set_and_the_faults_account_for_every_value(rows):
    cells = [change(entry("B76", serial)) for serial, change in rows]
    out = io.StringIO()
    csv.writer(out).writerows([["Entry Number"], *[[cell] for cell in cells]])
    got = sheet(out.getvalue())
    unsure = {fault.row for fault in got.faults if not fault.repaired and fault.row}
    said = {fault.row for fault in got.faults}
    assert said >= {row for row, (serial, _) in enumerate(rows, 2) if cells[row - 2] != entry("B76", serial)}
    assert set(got.entries) <= {entry("B76", serial) for serial, _ in rows}
    double = {fault.row for fault in got.faults if fault.reason == "duplicate"}
    assert got.rows == len(cells)
    assert len(got.entries) + len(unsure) + len(double) == len(cells)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content):
    read(Attachment("x", content))


@pytest.mark.parametrize("control", ["\0", "\a", "\x1b", "\f", "\x7f", "\x85"])
def test_no_control_character_goes_back(control):
    assert defuse(f"{control}=1+1{control}") == "'=1+1"
    assert defuse(f"A{control}1") == "A1"


def test_archives_are_opened_as_far_as_there_is_room():
    content = f"Entry Number\r\n{A}\r\n".encode()

    def open_file(file):
        return tuple(Attachment(f"{at}.csv", content) for at in range(150)) if file.name.endswith(".zip") else None

    names = [f"{at}.zip" for at in range(50)]
    found = read_all(*((name, b"PK\3\4") for name in names), ("plain.csv", content), open_file=open_file)
    opened = [sheet for sheet in found if not sheet.refused]
    assert len(opened) == 6 * 150 + 1
    assert [sheet.name for sheet in found if "more packed" in sheet.refused] == names[6:]


@pytest.mark.parametrize("head", ["Entry Number,Entry Number\n", "Entry Number\n", ""])
def test_entry_numbers_in_a_second_column_are_said(head):
    one, two, three = (entry("B76", serial) for serial in (7, 8, 9))
    got = sheet(f"{head}{A},{dashed(two)}\n{one},{A}\n{three},\n")
    assert got.entries == (A, one, three)
    said = [(fault.row, fault.value) for fault in got.faults if fault.note]
    assert said == [(2 if head else 1, dashed(two))]
