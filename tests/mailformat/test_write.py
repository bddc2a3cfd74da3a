"""A reply as mail: threaded, marked as automatic, to the sender alone; read back by our own reader it is a robot's."""

import email
import email.policy
import json
from datetime import UTC, date, datetime

import pytest

from bot.channels import NotSent
from bot.channels.maildir import MaildirChannel
from bot.core.model import Diagnosis, Output, Reply, Verdict
from bot.mailformat import identity
from bot.mailformat.read import Policy, incoming
from bot.mailformat.write import message_id, reply_mail
from bot.settings import Folder

POLICY = Policy(own=frozenset({"capebot@example.com"}), allow=("*",))
RAW = (
    b"From: Pat <pat@harborlight.example>\nReply-To: other@evil.example\nCc: boss@harborlight.example\n"
    b"Subject: CAPE\nMessage-ID: <two@x.example>\nReferences: <one@x.example>\n\nwrite to evil@evil.example"
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def written(raw=RAW, subject="Re: CAPE", outputs=()):
    said = incoming("id", raw, POLICY)
    reply = Reply(subject, "grün\n", "<p>grün</p>", Diagnosis(Verdict.ANSWER, "otherwise", date(2026, 11, 24)), outputs)
    return reply_mail(said, reply, sender="capebot@example.com", reference="r1", now=NOW)


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_headers():
    mail = parsed(written())
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("pat@harborlight.example", None, None)
    assert (mail["In-Reply-To"], mail["References"]) == ("<two@x.example>", "<one@x.example> <two@x.example>")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert mail["Message-ID"] == message_id("r1", "capebot@example.com")
    assert mail.get_body(("plain",)).get_content().strip() == "grün"
    assert "grün" in mail.get_body(("html",)).get_content()


LONG_IDS = (  # of 80 characters, as Microsoft 365 writes them
    "<BYAPR11MB3205F6C5EB46BF4D0E6A8F1ECD9F9@BYAPR11MB3205.namprd11.prod.outlook.com>",
    "<PH0PR11MB48560C3E1FD2E65F9B1C3A6BE0C9A@PH0PR11MB4856.namprd11.prod.outlook.com>",
)


def test_long_ids_stay_whole_and_are_folded_between():
    one, two = LONG_IDS
    raw = written(RAW.replace(b"<one@x.example>", one.encode()).replace(b"<two@x.example>", two.encode()))
    assert f"\r\nIn-Reply-To: {two}\r\nReferences: {one}\r\n {two}\r\n".encode() in raw
    assert parsed(raw)["References"] == f"{one} {two}"
    said = incoming("id", RAW.replace(b"<two@", b"<" + b"t" * 1_000 + b"@"), POLICY)
    assert "ttt" not in json.loads(said.handle)["references"][-1]


def test_an_address_outside_ascii_is_no_encoded_word():
    raw = written(RAW.replace(b"pat@", "jörg@".encode()), subject="Re: grün")
    assert "\r\nTo: jörg@harborlight.example\r\n".encode() in raw
    assert b"Subject: Re: =?utf-8?" in raw


def test_the_same_reply_has_the_same_id_and_another_another():
    assert message_id("r1", "a@x.example") == message_id("r1", "a@x.example") != message_id("r2", "a@x.example")


def test_what_comes_back_is_known_as_our_own():
    assert incoming("id", written(), POLICY).automatic


def test_drafts_are_files_and_names_cannot_break_a_header():
    draft = Output("draft-x.eml", "draft", b"X-Unsent: 1\n\nx", "message/rfc822")
    report = Output('a"\r\nBcc: x@evil.example.csv', "report", b"a,b\r\n", "text/csv")
    mail = parsed(written(outputs=(draft, report)))
    files = list(mail.iter_attachments())
    assert [one.get_content_type() for one in files] == ["application/octet-stream", "text/csv"]
    assert files[0].get_payload(decode=True) == b"X-Unsent: 1\n\nx"
    assert mail["Bcc"] is None


def test_all_lines_are_ascii_and_short_enough_for_smtp():
    long = RAW.replace(b"<one@x.example>", b" ".join(b"<%040d@x.example>" % i for i in range(300)))
    for line in written(long).split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        line.decode("ascii")


def test_identity_ignores_the_way_and_sees_the_words():
    one = identity.identity(RAW)
    assert one == identity.identity(b"Received: from mx\n" + RAW.replace(b"\n", b"\r\n"))
    assert one != identity.identity(RAW + b"!")
    assert one != identity.identity(RAW.replace(b"<two@", b"<three@"))
    assert identity.identity(b"") != identity.identity(b"\n\nx")


def test_a_reply_that_cannot_be_written_is_surely_not_sent(tmp_path):
    channel = MaildirChannel(Folder(inbox=tmp_path / "in", outbox=tmp_path / "out"))
    reply = Reply("a\nBcc: x@evil.example", "t", "<p>t", Diagnosis(Verdict.ANSWER, "otherwise", date(2026, 11, 24)))
    with pytest.raises(NotSent, match="cannot be written") as caught:
        channel.send(incoming("id", RAW, POLICY), reply, "r1")
    assert not caught.value.retry
