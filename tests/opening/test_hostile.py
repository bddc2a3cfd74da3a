"""Files made to hurt: each is refused with a reason or read, and the bot goes on."""

import workbooks

from bot.core.model import Attachment
from bot.opening import Limits, open_file, sentences

CELL = "<row><c><v>1</v></c></row>"


def opened(content, **limits):
    return open_file(Attachment("a.xlsx", content), Limits(**limits))


def sheet(text):
    return workbooks.xlsx("", parts={"xl/worksheets/sheet0.xml": text})


def test_a_workbook_that_claims_to_be_huge():
    content = workbooks.xlsx(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>3</v></c></row>',
        dimension='<dimension ref="A1:XFD1048576"/>',
    )
    (grid,) = opened(content)
    assert list(grid.rows()) == [(1, ["1"])]
    assert [(note.row, note.value, note.reason) for note in grid.notes] == [
        (1, "2", "extra-columns"),
        (1_048_576, "3", "extra-columns"),
    ]


def test_places_that_no_sheet_has():
    for place in ("XFE1", "ZZZZZZZZ1", "?1", "1"):
        assert opened(workbooks.xlsx(f'<row><c r="{place}"><v>1</v></c></row>')) == sentences.DAMAGED
    for row in ("1048577", "0", "-1", "x", "1e400"):
        assert opened(workbooks.xlsx(f'<row r="{row}"><c><v>1</v></c></row>')) == sentences.DAMAGED


def test_places_that_come_twice_or_backwards():
    (grid,) = opened(
        workbooks.xlsx('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row><row r="1"><c><v>3</v></c></row>')
    )
    assert list(grid.rows()) == [(1, []), (2, ["2", "1"]), (1, ["3"])]


def test_entities_and_outside_types_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    for kind in (bomb, outside, f"<!-- {'x' * 3_000} -->{bomb}"):
        assert opened(sheet(f"<?xml version='1.0'?>{kind}<worksheet/>")) == sentences.ENTITIES
    assert (
        opened(sheet(f"<?xml version='1.0' encoding='utf-16'?>{bomb}<worksheet/>".encode("utf-16")))
        == sentences.ENTITIES
    )
    assert opened(workbooks.xlsx(CELL, parts={"xl/sharedStrings.xml": f"{bomb}<sst/>"})) == sentences.ENTITIES
    old = f"<?xml version='1.0'?>{bomb}<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>"
    assert opened(old.encode()) == sentences.ENTITIES


def test_broken_parts():
    for text in ("", "<worksheet", "no xml", "<worksheet>\0</worksheet>", f"<!--{'x' * 70_000}--><worksheet/>"):
        assert opened(sheet(text)) == sentences.DAMAGED
    assert opened(workbooks.xlsx('<row><c t="s"><v>7</v></c></row>')) == sentences.DAMAGED
    assert opened(workbooks.xlsx('<row><c t="s"><v>x</v></c></row>')) == sentences.DAMAGED
    assert opened(workbooks.xlsx("")) == sentences.EMPTY
    assert opened(workbooks.xlsx(CELL)[:-40]) == sentences.ZIP_DAMAGED
    assert opened(b"PK\x03\x04....xl/workbook.xml") == sentences.ZIP_DAMAGED


def test_text_is_kept_as_it_stands():
    odd = "\u202e8-7254230-67B\u200b"
    (grid,) = opened(
        workbooks.xlsx(
            f'<row><c t="inlineStr"><is><t>{odd}</t></is></c><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>',
            shared=["<t>a_x0000_b</t>", f"<t>{'w' * 40_000}</t>", "<t>_xD83D_</t>"],
        )
    )
    assert list(grid.rows()) == [(1, [odd, "a\0b", "w" * 40_000, "_xD83D_"])]


def test_bombs():
    zeros = {"xl/media/zeros": bytes(25_000_000)}
    assert opened(workbooks.xlsx(CELL, parts=zeros)) == sentences.BOMB
    assert opened(workbooks.xlsx(CELL, parts={"x": "y" * 3_000}), unpacked=2_000) == sentences.TOO_LARGE
    assert opened(workbooks.xlsx(CELL), parts=3) == sentences.BOMB
    assert opened(workbooks.xlsx(f'<row><c t="str"><v>{"x" * 101}</v></c></row>'), text=100) == sentences.LONG_CELL
    # one long text, named by many cells
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 50
    assert opened(workbooks.xlsx(cells, shared=[f"<t>{'x' * 30_000}</t>"]), written=1_000_000) == sentences.TOO_LARGE
    assert opened(workbooks.xlsx(CELL, shared=["<t>abc</t>"] * 99), texts=200) == sentences.TOO_LARGE
    assert opened(workbooks.xlsx("<row><c/><c/><c><v>1</v></c></row>" * 9), cells=20) == sentences.TOO_LARGE
    assert opened(workbooks.xlsx({str(n): CELL for n in range(5)}), sheets=4) == sentences.TOO_LARGE


def test_very_many_faults_are_told_once():
    far = '<row><c r="ZZ1"><v>1</v></c></row>' * 5 + CELL
    (grid,) = opened(workbooks.xlsx(far), columns=50, notes=3)
    assert [note.row for note in grid.notes] == [1, 2, 3, None]
    assert grid.notes[-1].note == sentences.AND_MORE


def test_a_page_of_spans():
    page = b"<table><tr><td colspan=9999 rowspan=9999>a<td>b</tr>" + b"<tr><td colspan=900 rowspan=65000>c</tr>" * 3
    (grid,) = opened(page, columns=1_000)
    assert [cells[-1] for _, cells in grid.rows() if cells] == ["c"]
    assert grid.notes[0].reason == "extra-columns"


def test_a_page_that_is_deep():
    (grid,) = opened(b"<div><template><font>" * 50_000 + b"<table><tr><td>deep</table>")
    assert list(grid.rows()) == [(1, ["deep"])]
    assert isinstance(opened(b"<table><tr><td>x" + b"<a" * 500_000, seconds=5), tuple)  # never closed
    assert opened(b"<table><tr><td>" * 100_000) == sentences.BOMB
    assert isinstance(opened(b"<table><tr><td>x" * 30), tuple)
