import gzip
import io
import zipfile

import pytest
import workbooks

from bot.core.model import Attachment
from bot.opening import Limits, open_file, sentences


def opened(content, name="claims.zip", path_in="", **limits):
    return open_file(Attachment(name, content, path_in=path_in), Limits(**limits))


def test_files_in_their_order_without_what_systems_add():
    got = opened(
        workbooks.zipped(
            {
                "b.csv": "2",
                "April/": "",
                "April/a.csv": "1",
                "May\\a.csv": "3",
                "__MACOSX/._b.csv": "x",
                "Thumbs.db": "x",
                ".DS_Store": "x",
                "../../etc/evil\x07.csv": "4",
            }
        )
    )
    assert [(one.name, one.content, one.path_in) for one in got] == [
        ("b.csv", b"2", "claims.zip"),
        ("April-a.csv", b"1", "claims.zip"),
        ("May-a.csv", b"3", "claims.zip"),
        ("evil.csv", b"4", "claims.zip"),
    ]


def test_archives_in_archives_to_a_depth():
    content = workbooks.zipped({"a.csv": "x"})
    for name in ("4.zip", "3.zip", "2.zip"):
        content = workbooks.zipped({name: content})
    file = Attachment("outer.zip", content)
    for path in ("outer.zip", "outer.zip/2.zip", "outer.zip/2.zip/3.zip"):
        (file,) = open_file(file)
        assert file.path_in == path
    assert open_file(file) == sentences.ZIP_TOO_DEEP.format(most=3)
    book = Attachment("a.xlsx", workbooks.xlsx("<row><c><v>1</v></c></row>"), path_in=file.path_in)
    assert isinstance(open_file(book), tuple)  # a workbook is no archive


def test_gzip_holds_one_file():
    file = io.BytesIO()
    with gzip.GzipFile("folder/inside.csv", "wb", fileobj=file) as packing:
        packing.write(b"Entry Number\n")
    (got,) = opened(file.getvalue(), name="report.gz")
    assert (got.name, got.content, got.path_in) == ("inside.csv", b"Entry Number\n", "report.gz")
    (got,) = opened(gzip.compress(b"x"), name="report.csv.gz")
    assert got.name == "report.csv"
    assert opened(gzip.compress(b"x" * 5_000)[:-20]) == sentences.ZIP_DAMAGED
    assert opened(gzip.compress(b"x"), path_in="a/b/c") == sentences.ZIP_TOO_DEEP.format(most=3)


@pytest.mark.parametrize(
    ("content", "limits", "sentence"),
    [
        (workbooks.zipped({}), {}, sentences.ZIP_EMPTY),
        (workbooks.zipped({"Thumbs.db": "x"}), {}, sentences.ZIP_EMPTY),
        (workbooks.zipped({"a.csv": "x" * 1_000})[:-30], {}, sentences.ZIP_DAMAGED),
        (workbooks.zipped({f"{n}.csv": "x" for n in range(201)}), {}, sentences.ZIP_TOO_MANY.format(most=200)),
        (workbooks.zipped({"a.csv": bytes(30_000_000)}), {}, sentences.BOMB),
        (workbooks.zipped({"a": bytes(600), "b": bytes(600)}), {"archive": 1_000}, sentences.ZIP_TOO_LARGE),
        (gzip.compress(bytes(50_000)), {"archive": 40_000}, sentences.ZIP_TOO_LARGE),
    ],
    ids=["empty", "nothing", "cut", "many", "bomb", "large", "large-gzip"],
)
def test_what_cannot_be_opened_says_why(content, limits, sentence):
    assert opened(content, **limits) == sentence


def _changed(content, flag=0, method=None, size=None):
    """A ZIP whose directory and first header say something else."""
    changed = bytearray(content)
    for at, flags, methods, sizes in ((0, 6, 8, 22), (content.rfind(b"PK\1\2"), 8, 10, 24)):
        changed[at + flags] |= flag
        if method is not None:
            changed[at + methods] = method
        if size is not None:
            changed[at + sizes : at + sizes + 4] = size.to_bytes(4, "little")
    return bytes(changed)


def test_locked_and_oddly_packed_members():
    content = workbooks.zipped({"a.csv": "x" * 100})
    assert opened(_changed(content, flag=1)) == sentences.ZIP_LOCKED
    assert opened(_changed(content, method=9)) == sentences.ZIP_METHOD
    assert opened(_changed(content, size=10)) == sentences.ZIP_DAMAGED  # it holds more than it says
    broken = bytearray(content)
    broken[40] ^= 0xFF
    assert opened(bytes(broken)) == sentences.ZIP_DAMAGED


def test_a_file_in_an_archive_counts_by_itself():
    (inside,) = opened(workbooks.zipped({"a.csv": "Entry Number\n"}, compression=zipfile.ZIP_STORED))
    assert open_file(inside) is None
