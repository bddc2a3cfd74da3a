import workbooks
from workbooks import label, number

from bot.core.model import Attachment
from bot.opening import open_file, sentences


def opened(content):
    return open_file(Attachment("a.xls", content))


def rows(content):
    (grid,) = opened(content)
    assert grid.foreign
    return list(grid.rows())


def test_an_old_workbook_in_its_container_and_bare():
    stream = workbooks.biff(
        {
            "A": label(0, 0, "Entry Number")
            + label(0, 255, "far")
            + number(1, 0, 31625093146.0)
            + number(2, 0, 1625093146, 1)
            + number(2, 1, 46132.5, 2)
            + workbooks.truth(3, 0, value=True)
            + workbooks.truth(3, 1, 42, error=True)
            + workbooks.formula(5, 0, "computed"),
            "Empty": b"",
            "B": label(65_535, 0, "last"),
        },
        formats=["00000000000", "mm/dd/yyyy h:mm"],
    )
    for content in (workbooks.ole({"Workbook": stream}), workbooks.ole({"Book": stream}), stream):
        first, second = opened(content)
        assert list(first.rows()) == [
            (1, ["Entry Number", *[""] * 254, "far"]),
            (2, ["31625093146"]),
            (3, ["01625093146", "2026-04-20 12:00:00"]),
            (4, ["TRUE", "#N/A"]),
            (5, []),
            (6, ["computed"]),
        ]
        assert (first.title, second.title) == ("A", "B")
        assert list(second.rows())[-1] == (65_536, ["last"])


def test_an_old_workbook_of_the_macintosh():
    assert rows(workbooks.biff({"A": number(0, 0, 44670, 1)}, formats=["d/m/yy"], since_1904=True)) == [
        (1, ["2026-04-20"])
    ]


def test_a_locked_workbook_says_so_and_a_mail_is_told_elsewhere():
    assert opened(workbooks.biff({"A": b""}, locked=True)) == sentences.LOCKED
    assert opened(workbooks.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"})) == sentences.LOCKED
    assert opened(workbooks.ole({"__properties_version1.0": b"x"})) is None
    assert opened(workbooks.ole({"WordDocument": b"x"})) is None
    assert opened(workbooks.ole({"Workbook": b"nothing of the kind"})) == sentences.DAMAGED


SPREADSHEETML = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Styles><Style ss:ID="z"><NumberFormat ss:Format="00000000000"/></Style><Style ss:ID="n"/></Styles>
 <Worksheet ss:Name="One"><Table><Column ss:Span="1"/><Column ss:StyleID="z"/>
  <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">Entry <b>Number</b></Data></Cell>
   <Cell><Data ss:Type="Number">1625093146</Data></Cell></Row>
  <Row ss:Index="4" ss:StyleID="z"><Cell><Data ss:Type="Number">3.1625093146E10</Data></Cell>
   <Cell ss:StyleID="n"><Data ss:Type="Number">1625093146</Data></Cell>
   <Cell ss:Index="5"><Data ss:Type="DateTime">2026-04-20T00:00:00.000</Data></Cell>
   <Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>
  <Row><Cell ss:Formula="=1+1"/><Cell ss:Formula="=1+1"><Data ss:Type="Number">2</Data></Cell></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="None"><Table/></Worksheet>
</Workbook>"""


def test_an_xml_spreadsheet():
    for content in (SPREADSHEETML.encode(), SPREADSHEETML.encode("utf-16")):
        (grid,) = opened(content)
        assert list(grid.rows()) == [
            (1, ["Entry Number", "", "01625093146"]),
            (2, []),
            (3, []),
            (4, ["31625093146", "1625093146", "", "", "2026-04-20", "TRUE", "#N/A"]),
            (5, ["", "2"]),
        ]
        assert [(note.row, note.value, note.reason) for note in grid.notes] == [(5, "=1+1", "bad-format")]


def test_a_web_page_with_a_table():
    page = (
        b"<html xmlns:x='urn:x'><meta http-equiv=Content-Type content='text/html; charset=windows-1252'><style>td{}</style>"
        b"<body><table><tr><th colspan=2>Entry<br>Number</th><th rowspan=2>Stat\xfcs</th></tr>"
        b"<tr><td>B7<b>6</b>-0324527-8<td x:num='31625093146'>3.16E+10</tr>"
        b"<tr></tr><tr><td>&nbsp;A\n  B<script>no</script><td><td>C</table>"
    )
    assert rows(page) == [
        (1, ["Entry Number", "", "Statüs"]),
        (2, ["B76-0324527-8", "31625093146"]),
        (3, []),
        (4, ["\xa0A B", "", "C"]),
    ]


def test_pages_begin_in_many_ways_and_a_page_without_a_table_is_told_elsewhere():
    for start in (
        b"<table>",
        b"\xef\xbb\xbf\r\n<Table border=1>",
        b"<!DOCTYPE html><table>",
        b"<!-- x --><div><table>",
    ):
        assert rows(start + b"<tr><td>1</table>") == [(1, ["1"])]
    assert rows("<table><tr><td>ü</table>".encode("utf-16")) == [(1, ["ü"])]
    assert opened(b"<html><p>The claim was rejected.") is None
    assert opened(b"<?xml version='1.0'?><a/>") is None
    assert opened(b"<html><table></table>") is None
    assert opened(b"<table><tr><td></table>") is None
    assert rows("<meta charset=utf-16><table><tr><td>ü</table>".encode()) == [(1, ["ü"])]  # it is not


def test_tables_in_tables_are_tables_of_their_own():
    first, second = opened(b"<table><tr><td>a<td><table><tr><td>b</table></table><table><tr><td>c</table>")[:2]
    assert list(first.rows()) == [(1, ["a"])]
    assert list(second.rows()) == [(1, ["b"])]
