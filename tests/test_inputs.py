"""What the command line is given: told by its bytes, and no word of it lost."""

import time
from datetime import date

import pytest
from entry_numbers import entry

from bot.inputs import read_input
from bot.mind import load_mind

A, B = entry("B76", 1), entry("B76", 2)
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def mind():
    return load_mind(None, None, ())


@pytest.mark.parametrize("name", ["-", "list.txt", "list.csv"])
@pytest.mark.parametrize(
    ("given", "found"),
    [
        (f"{A}\tHTS RELATIONSHIP MISMATCH\n{B}\tHTS RELATIONSHIP MISMATCH\n", ["hts-relationship-mismatch"]),
        (f"Not Started\n{A}\n{B}\n", ["claim-not-started"]),
        (f"internal error, but there is a claim number\n{A}\n{B}\n", ["internal-error-claim-number-exists"]),
        (f"Entry Number,Entry Type\n{A},06\n{B},06\n", []),
    ],
)
def test_words_beside_entry_numbers(mind, name, given, found):
    diagnosis, _ = mind.think(read_input(name, given.encode()), TODAY)
    assert [one.id for one in diagnosis.findings] == found
    assert diagnosis.entries == (A, B)


def test_rows_of_claim_details_pasted(mind):
    rows = f"Entry Number,Status,Error\n{A},Failed,HTS RELATIONSHIP MISMATCH\n{B},Failed,UNABLE TO CALCULATE DUTY\n"
    diagnosis, reply = mind.think(read_input("-", rows.encode()), TODAY)
    assert [one.id for one in diagnosis.findings] == ["hts-relationship-mismatch", "unable-to-calculate-duty"]
    assert diagnosis.entries == (A, B)
    assert not diagnosis.sheets
    assert "cannot work through it" not in reply.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_note_as_windows_saves_it(mind, encoding):
    note = "The claim status is “Not Started” since Monday".encode(encoding)
    diagnosis, _ = mind.think(read_input("note.txt", note), TODAY)
    assert [one.id for one in diagnosis.findings] == ["claim-not-started"]


def test_what_nobody_types_is_a_file():
    incoming = read_input("list.csv", b"Entry Number\r\n" + f"{A}\r\n".encode() * 2_000_000)
    assert (incoming.text, [one.name for one in incoming.attachments]) == ("", ["list.csv"])


def test_a_word_of_a_million_letters_takes_no_minutes(mind):
    began = time.process_time()
    mind.think(read_input("list.csv", b"Entry Number\r\n" + b"A" * 1_000_000 + f"\r\n{A}\r\n".encode()), TODAY)
    assert time.process_time() - began < 20


def test_a_line_of_commas_takes_no_minutes(mind):
    began = time.process_time()
    mind.think(read_input("list.csv", f"Entry Number\r\n{A}\r\n".encode() + b"," * 300_000), TODAY)
    assert time.process_time() - began < 20
