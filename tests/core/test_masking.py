import io
import json
import zipfile
from dataclasses import replace

import pytest
from core.test_compose import CATALOGUE, answer
from entry_numbers import dashed, entry, wrong
from hypothesis import given
from hypothesis import strategies as st

from bot.core.entry_number import is_checked
from bot.core.escalation import Account, draft
from bot.core.masking import MASK, NOTE, importer_shown, mask, masked
from bot.core.model import Attachment, How, SuspectEntry, Type06
from bot.report import report

A = entry("B76", 1)
DIGITS_ONLY = entry("316", 2509314)


@pytest.mark.parametrize(
    "text",
    [
        "123-45-6789",
        "123 45 6789",
        "123-45 6789",
        "123–45–6789",
        "123\u00a045\u00a06789",
        "123\r\n45\r\n6789",
        "123_45_6789",
        "123－45－6789",
        "123\u00ad-\u200b45-6789",
    ],
)
def test_a_social_security_number_is_masked_in_every_form(text):
    assert mask(f"importer {text}, please") == f"importer {MASK}, please"


@pytest.mark.parametrize(
    "text",
    [
        dashed(A), dashed(DIGITS_ONLY), DIGITS_ONLY, f"{DIGITS_ONLY[:3]} {DIGITS_ONLY[3:10]} {DIGITS_ONLY[10]}",
        f"{DIGITS_ONLY[:3]}-{DIGITS_ONLY[3:5]}-{DIGITS_ONLY[5:9]}-{DIGITS_ONLY[9:]}",
        f"B76-{A[3:6]}-{A[6:8]}-{A[8:]}", f"{A[:3]}-{A[3:6]}-{A[6:8]}{A[8:]}",
        "12-3456789", "12-3456789XX", "1123-45-6789", "123-45-67890", "202-555-0143", "2026-04-20",
    ],
)  # fmt: skip
def test_entry_numbers_employer_numbers_and_others_stay(text):
    assert mask(text) == text


@given(st.integers(0, 9_999_999), st.sampled_from(["B76", "316", "012"]), st.sets(st.integers(1, 10)))
def test_no_entry_number_is_masked_wherever_its_dashes_stand(serial, filer, places):
    number = entry(filer, serial)
    text = "".join(f"-{one}" if at in places else one for at, one in enumerate(number))
    assert mask(f"Entry {text}.") == f"Entry {text}."


def test_a_value_is_masked_throughout_and_words_of_a_vocabulary_are_left():
    one = SuspectEntry("123-45-6789", "bad-format")
    assert masked((one, (How.CODE, "123 45 6789"), 3, None)) == (
        SuspectEntry(MASK, "bad-format"), (How.CODE, MASK), 3, None,
    )  # fmt: skip
    assert masked(one) != one
    clean = SuspectEntry("x", "bad-format")
    assert masked(clean) is clean


SECRET = "123-45-6789"
TEXT = f"HTS RELATIONSHIP MISMATCH, importer 123 45 6789, entry {wrong(A)}, we already tried with {SECRET} twice"


def unpacked(content):
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def everything(diagnosis, reply):
    files = "".join(output.name + unpacked(output.content) for output in reply.outputs)
    return "".join((
        json.dumps(report("x", diagnosis, reply, {}), ensure_ascii=False), reply.text, reply.html, reply.subject,
        reply.headline, files, repr(reply.diagnosis),
    ))  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        f"Entry Number,Importer\n{A},{SECRET}\n{SECRET},x\n",
        f"Entry Number,Importer\n{A},123 45 6789\n{dashed(A)},\n",
        f"Importer {SECRET}\nEntry Number\n{SECRET}\n{A}\n",
        f'Entry Number\n"{A}"\n"123\n45\n6789"\n',
    ],
)
def test_nothing_that_goes_back_holds_one(rows):
    file = Attachment(f"claims of {SECRET}.csv", rows.encode())
    diagnosis, reply = answer(TEXT, subject=f"IOR {SECRET}", attachments=(file,))
    assert reply.outputs
    for secret in (SECRET, "123 45 6789", "123\n45\n6789", "123\\n45"):
        assert secret not in everything(diagnosis, reply)
    assert diagnosis.notes.count(NOTE) == 1
    assert " ".join(reply.text.split()).count(NOTE) == 1
    assert NOTE in reply.html
    assert reply.subject == f"Re: IOR {MASK}"


@pytest.mark.parametrize("before", range(70, 90))
def test_a_number_cut_at_the_end_of_a_subject_is_masked_before_it_is_cut(before):
    found = answer(f"HTS RELATIONSHIP MISMATCH, FTZ, {A}")[0].findings[0]
    long = replace(found, quote=f"{'x' * (before - 1)} {SECRET}", verbatim=True)
    assert "1" not in draft(long, CATALOGUE, Account((), (), Type06.NO)).subject


def test_a_file_name_that_only_becomes_one_when_made_safe():
    _, reply = answer("CAPE file", attachments=(Attachment("123+45+6789.csv", f"Entry Number\n{A}\n".encode()),))
    assert [output.name for output in reply.outputs] == [
        "upload-B76.csv",
        f"{MASK}-checked.csv",
        f"{MASK}-checked.xlsx",
    ]


def test_without_one_there_is_no_note():
    diagnosis, _ = answer(f"HTS RELATIONSHIP MISMATCH on {A}, EIN 12-3456789")
    assert diagnosis.notes == ()


@pytest.mark.parametrize("text", ["123456789", "123456789.0", "12345678", "SSN: 123456789", '="123456789"'])
def test_an_importer_number_that_may_be_one_is_not_shown(text):
    assert importer_shown(text) == MASK


@pytest.mark.parametrize("text", ["12-3456789", "12-345678900", "12345678900", "031030-12345", "1.23457E+08"])
def test_other_importer_numbers_are_shown(text):
    assert importer_shown(text) == text


def test_neither_a_proposal_nor_a_report_nor_an_outcome_tells_it():
    digits = next(one for serial in range(123_450_000, 123_460_000) if is_checked(f"00{(one := str(serial))}"))
    dashed_ = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
    listed = f"Entry Number,Importer Number\r\n{A},{digits}\r\n{dashed_},{digits}.0\r\n"
    export = f"Entry Summary Number,Entry Type Code,HTS Number - Full\r\n{dashed_},01,9903.01.25\r\n"
    for content in (listed, export):
        diagnosis, reply = answer("", attachments=(Attachment("a.csv", content.encode()),))
        assert digits not in json.dumps(report("a.csv", diagnosis, reply, {}))
        assert not any(digits in output.content.decode("utf-8", "replace") for output in reply.outputs)
