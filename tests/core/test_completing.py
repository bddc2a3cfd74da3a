"""A draft as a person completed it, handed back."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import SMTP

import pytest
from entry_numbers import entry

from bot.core import completing, unsent_mail
from bot.core.masking import NOTE
from bot.core.model import Diagnosis, Draft, Output, Reply, Type06, Verdict

DAY = date(2026, 11, 25)
MANY = tuple(entry("B76", n) for n in range(1, 31))


def reply(entries=()):
    draft = Draft("x", "IEEPARefunds@cbp.dhs.gov", "CAPE: X", "Dear team,\n[FILL IN: name]\n", entries, "", Type06.YES)
    mail = Output("draft-x.eml", "draft", unsent_mail.unsent(draft), "message/rfc822")
    stored = replace(draft, entries=entries[:25])  # as the store keeps it
    return Reply("", "", "", Diagnosis(Verdict.ESCALATE, "needs_cbp", DAY, drafts=(stored,)), (mail,))


def mail_of(done):
    return message_from_bytes(done.outputs[0].content, policy=SMTP)


def test_it_comes_back_as_text_and_as_a_file_that_opens_unsent():
    done = completing.completed(reply(), 0, "CAPE: X, urgent", "Dear team,\r\nAnn", DAY)
    assert "To: IEEPARefunds@cbp.dhs.gov\nSubject: CAPE: X, urgent\n\nDear team,\nAnn\n" in done.text
    mail = mail_of(done)
    assert (mail["To"], mail["Subject"], mail["X-Unsent"]) == ("IEEPARefunds@cbp.dhs.gov", "CAPE: X, urgent", "1")
    assert mail.get_content().replace("\r\n", "\n") == "Dear team,\nAnn\n"
    assert done.diagnosis.rule == completing.RULE
    assert done.diagnosis.drafts[0].missing == ()


def test_blanks_that_were_left_are_said():
    done = completing.completed(reply(), 0, "S", "[FILL IN: name]", DAY)
    assert "still in it" in done.diagnosis.drafts[0].missing[0]
    assert "still in it" in done.text


def test_the_entries_that_stood_in_a_file_stay_with_it():
    done = completing.completed(reply(MANY), 0, "S", "B", DAY)
    assert [one.name for one in done.outputs] == ["draft-x.eml", "entry-numbers.csv"]
    assert done.outputs[1].content == ("Entry Number\r\n" + "".join(f"{one}\r\n" for one in MANY)).encode()
    assert unsent_mail.numbers_of(done.outputs[0].content) == done.outputs[1].content


def test_social_security_numbers_are_masked_here_too():
    done = completing.completed(reply(), 0, "of 123-45-6789", "mine is 123-45-6789", DAY)
    assert "6789" not in done.text + done.outputs[0].content.decode()
    assert done.diagnosis.notes == (NOTE,)


@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: x@example.com", "a\nb\0c", "\ud800 half", "<!channel> & <@U1>", "€" * 9_000]
)
def test_no_text_breaks_the_mail(hostile):
    mail = mail_of(completing.completed(reply(), 0, hostile, hostile, DAY))
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert mail.get_content().strip()
