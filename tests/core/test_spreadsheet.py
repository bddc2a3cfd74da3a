import csv
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import spreadsheet

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\ufeff=1", "x;=1", "0;\t@x")
CELLS = st.text(max_size=12) | st.sampled_from((*FORMULAS, "0012", "B7603245278", "", "<b>&", "\0x", "\x0b", "\ud800"))
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells_of(content):
    """{(row, column letter): text}; fails when a cell is anything but text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 - our own file
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    assert not sheet.findall(".//m:f", NS)
    assert {cell.get("t") for cell in sheet.findall(".//m:c", NS)} <= {"inlineStr"}
    return {cell.get("r"): cell.find(".//m:t", NS).text or "" for cell in sheet.findall(".//m:c", NS)}


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_no_cell_is_a_formula_and_a_row_stays_a_row(rows):
    content = spreadsheet.as_csv(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\0" not in content
    back = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in back] == [len(row) for row in rows]
    texts = [cell for row in back for cell in row] + list(cells_of(spreadsheet.as_xlsx(rows)).values())
    for text in texts:
        assert not text.lstrip(" \ufeff\u200b").startswith(("=", "+", "-", "@", "＝", "\t"))
        assert ";=" not in text


def test_a_workbook_keeps_every_zero():
    content = spreadsheet.as_xlsx([["Entry", "Type"], ["01234567004", "01"], ["", "06"]])
    assert cells_of(content) == {"A1": "Entry", "B1": "Type", "A2": "01234567004", "B2": "01", "B3": "06"}


def test_openpyxl_reads_text_cells():
    openpyxl = pytest.importorskip("openpyxl")
    rows = [["Entry", "Type", "Why"], ["01234567004", "01", "“ünder” <&>"], ["=1+1", "", "x" * 40_000]]
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet.as_xlsx(rows))).active
    got = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert got == [rows[0], rows[1], ["'=1+1", None, "x" * 32_767]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet["A2"].number_format == "@"
    assert sheet.freeze_panes == "A2"


def test_the_same_rows_give_the_same_bytes():
    rows = [["a"], ["b"]]
    assert spreadsheet.as_xlsx(rows) == spreadsheet.as_xlsx(rows)
    assert spreadsheet.packed("a.csv", b"x") == spreadsheet.packed("a.csv", b"x")


def test_too_many_rows_give_no_workbook():
    assert spreadsheet.as_xlsx([["a"]] * (spreadsheet.MOST_ROWS + 1))
    assert spreadsheet.as_xlsx([["a"]] * (spreadsheet.MOST_ROWS + 2)) == b""
    assert spreadsheet.as_xlsx([]) == b""
    assert spreadsheet.rows_of(b"a\n" * (spreadsheet.MOST_ROWS + 2)) == []


def test_a_cell_that_the_csv_module_refuses_gives_no_workbook():
    assert spreadsheet.rows_of(b"x" * 200_000) == []


def test_columns_beyond_z():
    assert set(cells_of(spreadsheet.as_xlsx([["x"] * 28]))) >= {"A1", "Z1", "AA1", "AB1"}
