"""Raw mail to values: words, files, mails inside mails; hostile bytes never raise."""

import base64
import io
import logging
import time
import tracemalloc

import pytest

from bot.mailformat import parse
from bot.mailformat.identity import identity
from bot.mailformat.read import OVERSIZE, Policy, incoming

EVERYBODY = Policy(own=frozenset({"capebot@example.com"}), allow=("*",))
HEAD = b"From: Pat <pat@harborlight.example>\nTo: capebot@example.com\nSubject: test\nMessage-ID: <1@x.example>\n"
CSV = b"Entry Number\r\nB7603245278\r\n"


def read(raw):
    return incoming("id", raw, EVERYBODY)


def mixed(*parts, boundary=b"=_b"):
    body = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n' + body + b"--" + boundary + b"--\n"


def file(name, content=CSV, kind=b"text/csv", disposition=b"attachment"):
    head = b"Content-Type: " + kind + b"\nContent-Disposition: " + disposition + b"; " + name
    return head + b"\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)


WORDS = b"Content-Type: text/plain\n\nsee the file"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b'filename="claims.csv"', "claims.csv"),
        (b"filename*=utf-8''cl%C3%A4ims.csv", "cläims.csv"),
        (b"filename*0*=utf-8''cl%C3%A4; filename*1=ims.csv", "cläims.csv"),
        (b'filename="=?utf-8?B?Y2zDpGltcy5jc3Y=?="', "cläims.csv"),
        (b'filename="C:\\\\mail\\\\claims.csv"', "claims.csv"),
        (b'filename="../../etc/claims.csv"', "claims.csv"),
        (b'filename="cla\tims.csv"', "cla ims.csv"),
        (b"filename=claims.csv", "claims.csv"),
        (b"x=y", "attachment.csv"),
    ],
)
def test_names_of_files(name, shown):
    (got,) = read(mixed(WORDS, file(name))).attachments
    assert (got.name, got.content) == (shown, CSV)


@pytest.mark.parametrize("kind", [b"application/vnd.ms-excel", b"application/octet-stream", b"text/plain", b"nonsense"])
def test_a_csv_is_a_file_whatever_its_type_says(kind):
    got = read(mixed(WORDS, file(b'filename="a.csv"', kind=kind)))
    assert [one.content for one in got.attachments] == [CSV]
    assert got.text.strip() == "see the file"


def test_a_mail_in_a_mail_in_a_mail_keeps_the_path_of_its_file():
    inner = mixed(WORDS, file(b'filename="deep.csv"'), boundary=b"=_3")
    middle = mixed(b"Content-Type: message/rfc822\n\n" + inner, boundary=b"=_2")
    got = read(mixed(WORDS, b'Content-Type: message/rfc822; name="FW.eml"\n\n' + middle))
    assert [(one.path_in, one.name) for one in got.attachments] == [("FW.eml/forwarded.eml", "deep.csv")]
    assert [one.sender for one in got.attached] == ["pat@harborlight.example"] * 2
    assert [one.text.strip() for one in got.attached] == ["", "see the file"]


def test_an_eml_sent_as_octets_is_a_mail_too():
    got = read(mixed(WORDS, file(b'filename="old.eml"', HEAD + b"\nNot Started", b"application/octet-stream")))
    assert [one.text.strip() for one in got.attached] == ["Not Started"]
    assert got.attachments == ()


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable"])
def test_an_attached_mail_is_decoded_first_where_its_encoding_says_so(encoding):
    inner = HEAD + b"Content-Type: text/plain; charset=utf-8\n\nNot Started \xc3\xbc" + b" and more" * 20
    wrapped = (
        base64.encodebytes(inner) if encoding == b"base64" else inner.replace(b"=", b"=3D").replace(b"\n", b"=0A=\n")
    )
    part = b"Content-Type: message/rfc822; name=reject.eml\nContent-Transfer-Encoding: " + encoding + b"\n\n" + wrapped
    (got,) = read(mixed(WORDS, part)).attached
    assert (got.sender, got.subject, got.name) == ("pat@harborlight.example", "test", "reject.eml")
    assert got.text.strip().startswith("Not Started ü and more and more")


def test_an_attached_mail_that_only_says_that_it_is_encoded_is_read_as_it_stands():
    part = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + HEAD + b"\nNot Started"
    assert read(mixed(WORDS, part)).attached[0].text.strip() == "Not Started"


def test_deeper_than_five_mails_is_a_file_and_ends():
    raw = HEAD + b"\ndeepest"
    for level in range(12):
        raw = mixed(b"Content-Type: message/rfc822\n\n" + raw, boundary=b"=_%d" % level)
    got = read(raw)
    assert len(got.attached) == 5
    assert [one.media_type for one in got.attachments] == ["message/rfc822"]


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=utf-8", "grün".encode(), "grün"),
        (b"Content-Type: text/plain; charset=uft-8", "grün".encode(), "grün"),
        (b"Content-Type: text/plain; charset=iso-8859-8-i", b"abc", "abc"),
        (b"Content-Type: text/plain; charset=1", b"gr\xfcn", "grün"),
        (b'Content-Type: text/plain; charset="a\0b"', b"abc", "abc"),
        (b"Content-Type: text/plain; charset=punycode", b"abc-def", "abc-def"),
        (b"Content-Type: text/plain; charset=idna", b"xn--abc", "xn--abc"),
        (b"Content-Type: text/plain; charset=unicode_escape", b"a\\u0062", "a\\u0062"),
        (b"Content-Type: text/plain; charset=base64", b"YWJj", "YWJj"),
        (b"Content-Type: text/plain; charset=utf-8", b"a\0b\xff\xfe", "ab"),
        (b"Content-Type: text/plain; name*=x; (c): y", b"words", "words"),
        (b'Content-Type: text/plain; name="', b"words", "words"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"!!!not base64", ""),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode", b"begin\nno", ""),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable", b"a=ZZb =C3=BC", "ü"),
        (b"Content-Type: multipart/mixed", b"no boundary", "no boundary"),
        (b"", b"no type", "no type"),
    ],
)
def test_words_under_broken_headers(head, body, text):
    got = read(HEAD + head + (b"\n" if head else b"") + b"\n" + body)
    assert text in got.text
    assert "\0" not in got.text
    got.text.encode()
    assert got.attachments == ()


def test_html_is_read_when_there_is_no_plain_text():
    assert read(HEAD + b"Content-Type: text/html\n\n<p>Not <b>Sta</b>rted</p>").text.strip() == "Not Started"


def test_a_logo_and_a_signature_are_no_files_and_a_screenshot_is():
    picture = b"\x89PNG" + bytes(100)
    logo = b"Content-Type: image/png\nContent-ID: <l>\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(
        picture
    )
    signature = b"Content-Type: application/pgp-signature; name=signature.asc\n\nxx"
    shot = file(b'filename="shot.png"', picture, b"image/png")
    assert [one.name for one in read(mixed(WORDS, logo, signature, shot)).attachments] == ["shot.png"]


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (HEAD + b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b--\n", "PGP"),
        (HEAD + b"\n-----BEGIN PGP MESSAGE-----\n\nabc", "PGP"),
        (HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nabc", "S/MIME"),
    ],
)
def test_what_is_encrypted_is_said_and_never_shown_as_empty(raw, what):
    assert f"encrypted ({what})" in read(raw).unreadable


def test_a_signed_mail_is_read():
    signed = b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nabc"
    got = read(mixed(WORDS, signed))
    assert (got.text.strip(), got.attachments, got.unreadable) == ("see the file", (), "")


def test_a_mail_over_the_limit_is_answered_from_its_headers():
    got = incoming("id", HEAD + b"\n" + b"x" * 2_000, Policy(frozenset(), ("*",), max_bytes=1_000))
    assert "read mails up to 0 MB" in got.unreadable
    noted = read(OVERSIZE.encode() + b": 31000000\r\n" + HEAD + b"\n")
    assert noted.unreadable.startswith("Your mail has 31 MB; I read mails up to 25 MB.")
    assert noted.sender == "pat@harborlight.example"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0",
        b"\xff" * 5_000,
        b"Subject: " + b"=?utf-8?q?x?= " * 20_000 + b"\n\nx",
        b"From: " + b"(" * 20_000 + b"\n\nx",
        b"X: y\n" * 50_000 + b"\nx",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000,
        HEAD + b"\n" + b">" * 100_000,
        HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 20_000,
        b"From nobody\n" + HEAD + b"\nx",
        HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 399_000,
        HEAD + b"Content-Type: text/plain; charset=punycode\n\nabcdefgh-" + b"kva" * 600_000,
        HEAD + b"Content-Type: text/plain; charset=idna\n\nxn--" + b"kva" * 600_000,
        HEAD + b"Content-Type: multipart/mixed; " + b"a;" * 1_000_000 + b"\n\nx",
        mixed(WORDS, b"Content-Type: text/csv; name*=punycode''abc-" + b"kva" * 300_000 + b"\n\nx"),
        HEAD + b"Content-Type: message/rfc822\n\n" * 5_000,
        HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one) for one in range(3_000)),
        HEAD + b"Content-Type: multipart/mixed; boundary*0*=no\0such''b%FF\n\n--b\n\nhi\n--b--\n",
    ],
    ids=range(18),
)
def test_hostile_bytes_never_raise(raw):
    began = time.monotonic()
    identity(raw)
    got = read(raw)
    assert time.monotonic() - began < 10  # seconds; most take a tenth of one
    (got.text + got.subject).encode()
    assert "\n" not in got.subject


def test_of_a_stranger_only_the_headers_are_read(monkeypatch):
    monkeypatch.setattr(parse, "parts", None)  # would raise
    got = incoming("id", HEAD + b"\nNot Started", Policy(frozenset(), ("@client.example",), hold=True))
    assert (got.text, got.subject, got.refused) == ("", "test", "the sender is not on the allow-list")


def test_what_is_put_together_beyond_reading_is_said():
    assert "cannot take apart" in read(HEAD + b"Content-Type: message/rfc822\n\n" * 5_000).unreadable


def test_mail_parser_logs_nothing():
    said = io.StringIO()
    logging.getLogger().addHandler(handler := logging.StreamHandler(said))
    read(b"Subject: =?utf-8?b?a?= Entry B76-0000000-0\nFrom: pat@harborlight.example\n\nx")
    logging.getLogger().removeHandler(handler)
    assert "B76" not in said.getvalue()


def test_mail_parser_failing_is_no_matter(monkeypatch):
    def broken(_):
        raise AttributeError

    monkeypatch.setattr(parse.mailparser, "MailParser", broken)
    assert read(HEAD + b"\nNot Started").text.strip() == "Not Started"


def test_handle_and_thread():
    raw = b"References: <root@x.example> <two@x.example>\nIn-Reply-To: <two@x.example>\n" + HEAD + b"\nx"
    got = read(raw)
    assert got.thread == "<root@x.example>"
    assert '"references": ["<root@x.example>", "<two@x.example>", "<1@x.example>"]' in got.handle


def test_to_whom_it_went_besides():
    raw = b"From: a@x.example\nTo: Desk <desk@x.example>, BO@x.example\nCc: =?utf-8?q?Ren=C3=A9?= <rene@x.example>\n\nx"
    assert read(raw).shown_to == ("desk@x.example", "bo@x.example", "rene@x.example")
    assert read(b"From: a@x.example\n\nx").shown_to == ()


def test_a_table_costs_no_more_than_its_bytes_to_tell_apart():
    table = b"Entry Number\r\n" + b"B7603245278\r\n" * 100_000
    tracemalloc.start()
    try:
        identity(table)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(table)


def test_parts_that_are_not_looked_at_are_told_of():
    files = [file(b'filename="%d.csv"' % number) for number in range(310)]
    got = read(mixed(WORDS, *files))
    assert len(got.attachments) < len(files)
    assert "more than 300 parts" in got.unreadable
    assert read(mixed(WORDS, *files[:290])).unreadable == ""
