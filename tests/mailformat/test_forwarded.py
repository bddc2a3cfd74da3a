"""Mails handed on as files."""

from pathlib import Path

import pytest

from bot.core.model import Attachment
from bot.mailformat import forwarded

SAMPLE = Path(forwarded.__file__).parents[1] / "demo" / "mail" / "1-outlook-forward-with-csv.eml"
INNER = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Rejected\r\n\r\nNot Started\r\n"
OUTER = (
    b'From: c@x.example\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nsee below\r\n'
    b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + INNER + b"--b--\r\n"
)


def unpacked(content, name="reject.eml"):
    return forwarded.unpacked(Attachment(name, content, "message/rfc822"))


def test_its_words_are_forwarded_and_its_files_are_named_by_their_path():
    (mail,), files = unpacked(SAMPLE.read_bytes())
    assert mail.name == "reject.eml"
    assert mail.sender.endswith("@harborlight.example")
    assert mail.subject
    assert mail.text
    assert [(file.path_in, file.name.endswith(".csv"), bool(file.content)) for file in files] == [
        ("reject.eml", True, True)
    ]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"From c@x.example Tue Nov 24 10:00:00 2026\n"])
def test_a_mail_in_the_mail(before):
    mails, files = unpacked(before + OUTER)
    assert [(mail.sender, mail.subject, mail.text.strip()) for mail in mails] == [
        ("c@x.example", "Fwd", "see below"), ("a@x.example", "Rejected", "Not Started"),
    ]  # fmt: skip
    assert files == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (INNER + b"x" * 25_000_000, "25 MB"),
        (b"From: a@x.example\nSubject: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b--", "encrypted"),
    ],
)
def test_what_cannot_be_read_says_why(content, says):
    mails, (file,) = unpacked(content)
    assert mails == []
    assert says in file.problem
    assert (file.name, file.content) == ("reject.eml", b"")
