import io

import openpyxl
import workbooks
from openpyxl.chart import BarChart

from bot.core.model import Attachment
from bot.opening import open_file


def opened(content):
    return open_file(Attachment("a.dat", content))


def rows(content):
    (grid,) = opened(content)
    return list(grid.rows())


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_values_as_they_are_shown():
    got = rows(
        workbooks.xlsx(
            '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
            '<row><c><v>31625093146.0</v></c><c><v>3.1625093146E10</v></c><c s="1"><v>1625093146</v></c></row>'
            '<row><c s="2"><v>46132</v></c><c s="2"><v>46132.75</v></c><c><v>0.10000000000000001</v></c></row>'
            '<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c></row>'
            '<row><c t="d"><v>2026-04-20T00:00:00</v></c><c t="str"><f>A1</f><v>two_x000D_\nlines</v></c>'
            '<c t="inlineStr"><is><r><t>B7</t></r><r><t>6</t></r></is></c></row>'
            '<row><c><v>12345678901234567890</v></c><c s="3"><v>31625093146</v></c><c><v>no number</v></c></row>',
            shared=[
                "<t>Entry Number</t>",
                "<r><t>rich </t></r><r><t>text</t></r><rPh><t>kana</t></rPh>",
                "<t>_x005F_x0041_</t>",
            ],
            formats=["00000000000", "mm/dd/yyyy", "0.00E+00"],
        )
    )
    assert got == [
        (1, ["Entry Number", "rich text", "_x0041_"]),
        (2, ["31625093146", "31625093146", "01625093146"]),
        (3, ["2026-04-20", "2026-04-20 18:00:00", "0.1"]),
        (4, ["TRUE", "FALSE", "#N/A"]),
        (5, ["2026-04-20", "two\r\nlines", "B76"]),
        (6, ["12345678901234567890", "31625093146", "no number"]),
    ]


def test_what_openpyxl_writes_with_sheets_hidden_empty_and_charts():
    book = openpyxl.Workbook()
    book.active.title = "Entries"
    book.active.append(["Entry Number", None, "Liquidated"])
    book.active.append(["B7603245278", None, openpyxl.utils.datetime.from_excel(46132)])
    book.active.row_dimensions[2].hidden = True
    book.create_sheet("Nothing")
    book.create_chartsheet("Chart").add_chart(BarChart())
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state = "hidden"
    hidden["B3"] = 31625093146
    first, second = opened(saved(book))
    assert (first.title, second.title) == ("Entries", "Hidden")
    assert first.foreign
    assert list(first.rows()) == [(1, ["Entry Number", "", "Liquidated"]), (2, ["B7603245278", "", "2026-04-20"])]
    assert list(second.rows()) == [(1, []), (2, []), (3, ["", "31625093146"])]
    assert list(first.rows()) == list(first.rows())  # anew each time
    assert first.head(1).rows[0].cells == ("Entry Number", "", "Liquidated")


def test_one_sheet_needs_no_name():
    (grid,) = opened(workbooks.xlsx({"Only": "<row><c><v>1</v></c></row>", "Empty": "<row><c/></row>"}))
    assert grid.title == ""


def test_the_system_of_1904_is_kept():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = openpyxl.utils.datetime.from_excel(46132)
    assert rows(saved(book)) == [(1, ["2026-04-20"])]


def test_a_formula_has_its_value_or_a_note():
    book = openpyxl.Workbook()
    book.active.append(["Entry Number"])
    book.active.append(['=HYPERLINK("http://example.com","x")'])
    (grid,) = opened(saved(book))
    assert list(grid.rows()) == [(1, ["Entry Number"])]
    (note,) = grid.notes
    assert (note.row, note.value, note.reason) == (2, '=HYPERLINK("http://example.com","x")', "bad-format")
    assert "open the file in Excel" in note.note
    (grid,) = opened(workbooks.xlsx('<row><c t="str"><f>B1</f><v></v></c><c><f>1+1</f><v>2</v></c></row>'))
    assert list(grid.rows()) == [(1, ["", "2"])]
    assert grid.notes == ()


def test_blank_rows_are_named_or_counted():
    (grid,) = opened(
        workbooks.xlsx(
            '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3" s="0"/></row>'
            '<row r="5"><c r="C5"><v>2</v></c></row><row r="1048576"><c r="A1048576"><v>3</v></c></row>'
        )
    )
    got = list(grid.rows())
    assert got[:5] == [(1, []), (2, ["1"]), (3, []), (4, []), (5, ["", "", "2"])]
    assert got[-1] == (1_048_576, ["3"])
    assert sum(not cells for _, cells in got) == 1_000


def test_the_strict_form_and_odd_names_of_parts():
    content = workbooks.xlsx("<row><c><v>7</v></c></row>")
    strict = {}
    with workbooks.zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name).replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
            strict[name.replace("/", "\\").replace("sheet0", "Sheet0")] = text
    assert rows(workbooks.zipped(strict)) == [(1, ["7"])]


def test_macros_and_links_are_not_looked_at():
    content = workbooks.xlsx(
        "<row><c><v>7</v></c></row>",
        parts={"xl/vbaProject.bin": b"\0macro", "xl/externalLinks/externalLink1.xml": "<x"},
        relations=[("vbaProject", "vbaProject.bin"), ("externalLink", "externalLinks/externalLink1.xml")],
    )
    assert rows(content) == [(1, ["7"])]


def test_other_office_files_are_told_elsewhere():
    word = workbooks.xlsx("", parts={"xl/workbook.xml": "<document/>", "word/document.xml": ""})
    binary = workbooks.xlsx("")
    with workbooks.zipfile.ZipFile(io.BytesIO(binary)) as archive:
        files = {
            name: archive.read(name).replace(b"xl/workbook.xml", b"xl/workbook.bin") for name in archive.namelist()
        }
    files["xl/workbook.bin"] = b"\x83\x01"
    assert opened(word) is None
    assert opened(workbooks.zipped(files)) is None
    assert opened(workbooks.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})) is None
    assert opened(workbooks.zipped({"Index/Document.iwa": b"x"})) is None


def test_text_and_pictures_are_nothing_to_open():
    for content in (
        b"",
        b"Entry Number\r\n31625093146\r\n",
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"<b 5 entries\n",
        b"\xff\xfeE\0n\0",
    ):
        assert opened(content) is None
