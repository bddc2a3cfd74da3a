import email
import email.policy
from dataclasses import replace
from datetime import date

import pytest
from channels.mail.conftest import Marks

from bot.channels import NotSent
from bot.channels.mail import MailChannel
from bot.core.model import Diagnosis, Incoming, Output, Reply, Verdict
from bot.mailformat import guard

INCOMING = Incoming(
    id="1", sender="pat@client.example", text="", subject="CAPE",
    handle='{"message_id": "<1@client.example>", "references": ["<0@client.example>", "<1@client.example>"]}',
)  # fmt: skip
REPLY = Reply(
    subject="Re: CAPE", text="answer\n.\n..dots\n", html="<p>answer</p>",
    diagnosis=Diagnosis(Verdict.ANSWER, "otherwise", date(2026, 11, 24)),
    outputs=(Output("draft-x.eml", "draft", b"To: a\n\nb\n", "message/rfc822"), Output("a-checked.csv", "report", b"1", "text/csv")),
)  # fmt: skip


@pytest.fixture
def smtp_of(box, smtp):
    """A channel whose SMTP settings differ as told."""

    def make(**changes):
        return MailChannel(box(smtp={"host": "127.0.0.1", "port": smtp.port, "timeout_seconds": 5} | changes), Marks())

    return make


@pytest.fixture
def channel(smtp_of):
    return smtp_of()


def test_the_reply_goes_to_the_sender_in_the_thread(channel, smtp):
    channel.send(INCOMING, REPLY, "ref-1")
    ((sender, to, raw),) = smtp.handler.mails
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert to == ["pat@client.example"]
    assert sender == mail["From"]
    assert mail["In-Reply-To"] == "<1@client.example>"
    assert mail["References"] == "<0@client.example> <1@client.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == "answer\n.\n..dots\n"
    assert mail.get_body(("html",)).get_content().strip() == "<p>answer</p>"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["draft-x.eml", "a-checked.csv"]
    again = MailChannel(channel._settings, Marks())
    again.send(INCOMING, REPLY, "ref-1")
    assert email.message_from_bytes(smtp.handler.mails[1][2])["Message-ID"].strip() == mail["Message-ID"].strip()


def test_its_own_mail_is_never_answered(channel, smtp):
    channel.send(INCOMING, REPLY, "ref-1")
    mail = email.message_from_bytes(smtp.handler.mails[0][2])
    assert guard.automatic(mail, frozenset())
    for name in ("X-Capebot", "From"):
        del mail[name]
    mail["From"] = "gateway@client.example"
    assert guard.automatic(mail, frozenset()) == "Auto-Submitted"


@pytest.mark.parametrize(
    ("stage", "answer", "retry"),
    [
        ("MAIL", "451 later", True),
        ("MAIL", "550 no", False),
        ("RCPT", "450 later", True),
        ("RCPT", "550 no such user", False),
        ("DATA", "451 later", True),
        ("DATA", "554 refused", False),
    ],
)
def test_a_refusal_is_surely_not_sent(channel, smtp, stage, answer, retry):
    smtp.handler.faults[stage] = answer
    with pytest.raises(NotSent) as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry is retry
    assert answer[:3] in str(caught.value)
    assert "pat@" not in str(caught.value)
    assert smtp.handler.mails == []


def test_a_line_that_breaks_after_the_dot_is_unknown(channel, smtp):
    smtp.handler.hang_up_after_data = True
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one does not matter, only that it is not NotSent
        channel.send(INCOMING, REPLY, "ref-1")
    assert not isinstance(caught.value, NotSent)


def test_a_server_that_is_away_and_a_wrong_password_can_be_tried_again(channel, smtp, monkeypatch):
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "wrong")
    with pytest.raises(NotSent, match="refused the password") as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry
    smtp.stop()
    with pytest.raises(NotSent, match="away") as caught:
        channel.send(INCOMING, REPLY, "ref-1")
    assert caught.value.retry


@pytest.mark.parametrize(
    ("changes", "sender", "why", "retry"),
    [
        ({}, "jörg@client.example", "SMTPUTF8", False),
        ({"host": "smtp..brokerage.example"}, "pat@client.example", "smtp..brokerage.example is no host name", True),
    ],
)
def test_what_fails_before_anything_is_sent_is_surely_not_sent(smtp_of, changes, sender, why, retry):
    with pytest.raises(NotSent, match=why) as caught:
        smtp_of(**changes).send(replace(INCOMING, sender=sender), REPLY, "ref-1")
    assert caught.value.retry is retry


def test_a_password_outside_ascii_and_a_reply_that_cannot_be_written_are_not_sent(channel, monkeypatch):
    with pytest.raises(NotSent, match="cannot be written as mail"):
        channel.send(INCOMING, replace(REPLY, subject="CAPE\nBcc: x@evil.example"), "ref-1")
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "pässwort")
    with pytest.raises(NotSent, match="CAPEBOT_MAIL_PASSWORD"):
        channel.send(INCOMING, REPLY, "ref-1")


def test_after_a_crash_the_sent_folder_tells_yes_or_nothing(channel, smtp, mailbox):
    assert channel.was_sent(INCOMING, "ref-1") is None
    channel.send(INCOMING, REPLY, "ref-1")
    mailbox(channel._settings.address).append("Sent", smtp.handler.mails[0][2])
    assert channel.was_sent(INCOMING, "ref-1") is True
    assert channel.was_sent(INCOMING, "ref-2") is None
