import pytest
from entry_numbers import dashed, entry

from bot.core import prose
from bot.core.model import Attachment

A, B = entry("B76", 1), entry("B76", 2)


def words(content, name="note.txt", **more):
    return prose.words(Attachment(name, content if isinstance(content, bytes) else content.encode(), **more))


@pytest.mark.parametrize(
    "said",
    [
        "Not Started",
        "Rejected",
        "The claim says:\nHTS RELATIONSHIP MISMATCH\nwhat do we do?",
        "one line, with a comma and words",
        f"ACE says HTS RELATIONSHIP MISMATCH for {dashed(A)}, three entries",
        f"HTS RELATIONSHIP MISMATCH for\n{dashed(A)}\nand for\n{dashed(B)}\nsince Monday",
    ],
)
@pytest.mark.parametrize("name", ["note.txt", "Untitled", "note.csv"])
def test_words(said, name):
    assert words(said, name) == said


def test_lines_with_a_comma_each_are_words_unless_they_call_themselves_a_table():
    said = "Error: JMS processing exception, retry\nStatus: Failed, again"
    assert words(said) == said
    for named in ({"name": "a.CSV"}, {"name": "a.tsv"}, {"media_type": "text/csv"}):
        assert words(said, **named) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n\n",
        f"Entry Number\n{A}\n{B}",
        f"{A}\n{B}\n",
        A,
        "Entry Number\n",
        f"Reference of ours;A few words here\n{A}99;x\n",
        b"%PDF-1.7 some words here",
        b"<!doctype html><p>some words here</p>",
        b"some words\0and a NUL",
        b"some words\x01\x02 and control characters",
        b"x" * 1_000_001,
    ],
)
def test_no_words(content):
    assert words(content) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_as_windows_saves_it(encoding):
    assert words("Claim status “Not Started”".encode(encoding)) == "Claim status “Not Started”"


def test_rows_of_cbp_pasted_are_words_and_exported_a_table():
    rows = f"Entry Number,Claim Number,Status,Error Description\n{A},1,Rejected,Some words about it"
    assert words(rows) == rows
    assert words(rows, "claim-details.csv") == ""


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        (f"{A}\tHTS RELATIONSHIP MISMATCH\n{B}\n", f"{A}\tHTS RELATIONSHIP MISMATCH"),
        (f"Not Started\n{A}\n{B}\n", "Not Started"),
        (f"Entry Number,Entry Type\n{A},01\n{dashed(B)},06\n", ""),
        (f"Entry Summary Number;Status\n{A};\n", ""),
        (f"Entry Number\n{A}\n" + "x " * 500_001, ""),
    ],
)
def test_what_stands_beside_the_entry_numbers(said, beside):
    assert prose.beside(Attachment("list.csv", said.encode())) == beside
