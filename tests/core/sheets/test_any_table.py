"""Any mixture of what people send: the clean set and the faults account for every value, whatever the file's form."""

import csv
import io

import pytest
from entry_numbers import dashed, entry, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import read_all

from bot.core import entry_number

MUTATIONS = (
    lambda number: number,
    dashed,
    str.lower,
    wrong,
    lambda number: f"'{number}",
    lambda number: f"‘{number}",
    lambda number: f" {number} ",
    lambda number: f"{number}\u00a0",
    lambda number: f'="{number}"',
    lambda number: number[:-1],
    lambda number: f"{number}0",
    lambda number: number[:5] + "O" + number[6:],
    lambda number: number[:6] + "l" + number[7:],
    lambda number: number.lstrip("0"),
    lambda number: dashed(number).replace("-", "–"),
    lambda number: f"{number[:3]} {number[3:10]} {number[10:]}",
)  # fmt: skip
BEYOND_CP1252 = (
    lambda number: f"{number}\u200b",
    lambda number: number.translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}),
    lambda number: dashed(number).replace("-", "‑"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
FILERS = ("B76", "316", "012", "07Z", "O3A")


@st.composite
def tables(draw):
    """(bytes, [(row as a spreadsheet shows it, value)])."""
    encoding = draw(st.sampled_from(ENCODINGS))
    delimiter = draw(st.sampled_from(",;\t|"))
    ends = draw(st.sampled_from(("\n", "\r\n", "\r")))
    above = draw(st.integers(0, 2))
    header = draw(st.sampled_from(("Entry Number", "ENTRY NUMBER", " Entry Number ", "entry_number", "Entry No.")))
    wide = draw(st.booleans()) or delimiter != ","
    mutations = MUTATIONS if encoding == "cp1252" else (*MUTATIONS, *BEYOND_CP1252)
    numbers = st.builds(entry, st.sampled_from(FILERS), st.integers(0, 60))
    values = [
        mutate(number)
        for number, mutate in draw(st.lists(st.tuples(numbers, st.sampled_from(mutations)), min_size=1, max_size=25))
    ]
    blanks = draw(st.sets(st.integers(0, len(values)), max_size=3))
    rows = [["Declaration of October"]] * above + [[header, "Remark"] if wide else [header]]
    stood = []
    for at, value in enumerate(values):
        if at in blanks:
            rows.append(["", ""] if wide else [""])
        rows.append([value, "x"] if wide else [value])
        stood.append((len(rows), value))
    out = io.StringIO()
    csv.writer(
        out, delimiter=delimiter, lineterminator=ends, quoting=draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    ).writerows(rows)
    return out.getvalue().encode(encoding), stood


@settings(deadline=None, max_examples=80)
@given(tables())
def test_the_clean_set_and_the_faults_account_for_every_value(table):
    content, stood = table
    (sheet,) = read_all(("list.csv", content))
    assert (sheet.kind, sheet.refused) == ("declaration", "")
    assert sheet.rows == len(stood)
    by_row = {}
    for fault in sheet.faults:
        by_row.setdefault(fault.row, []).append(fault)
    clean = set()
    for row, value in stood:
        faults = by_row.get(row, [])
        number = entry_number.compact(value)
        if entry_number.is_checked(number):
            clean.add(number)
            assert value == number or any(fault.repaired for fault in faults), value
        else:
            assert any(not fault.repaired and fault.value == value for fault in faults), value
        assert all(fault.value == value for fault in faults)
    assert set(sheet.entries) == clean
    assert {one.entry for one in sheet.ready} == clean
    assert len(sheet.ready) == len(clean)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", "\ufeff".encode(), b"Entry Number", b"\r\r\r", b",,,\n,,,", b"\x00" * 400, b'"' * 3000]
)
def test_odds_and_ends_never_break_it(content):
    for sheet in read_all(("x.csv", content)):
        assert sheet.refused or sheet.kind == "declaration"
        assert sheet.ready == ()
