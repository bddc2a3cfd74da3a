"""A conversation by mail through everything that is real: IMAP server, SMTP server, store, service, knowledge."""

import email
import email.policy
import threading
import time

import pytest
from channels.mail.conftest import box, dovecot, mailbox, smtp
from servers.dovecot import Dovecot
from worker.test_confirming import mind
from worker.test_service import ThreadEngine

from bot.channels.mail import MailChannel
from bot.core import case_number
from bot.service import Rhythm, Service
from bot.settings import Bot
from bot.store import Outcome, Store, Wanted

__all__ = ["Dovecot", "box", "dovecot", "mailbox", "mind", "smtp"]
FOLDER = "Entwürfe"
ASKED = "It is FTZ weekly (type 06).\r\nB76-7730410-0  Failed  HTS RELATIONSHIP MISMATCH\r\n"
LATER = ASKED + "B76-7730441-5  Failed  HTS RELATIONSHIP MISMATCH\r\n"


def mail(number, subject, text, sender="pat@client.example", headers=""):
    return (
        f"From: Pat <{sender}>\r\nTo: cape@brokerage.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{number}@client.example>\r\n{headers}\r\n{text}"
    ).encode()


def until(true, seconds=15):
    end = time.monotonic() + seconds
    while not (got := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return got


@pytest.fixture
def running(box, smtp, mind, tmp_path):
    """The service on a mailbox of its own; gives the settings, the store and the mails that went out."""
    settings = box(drafts=True, smtp={"host": "127.0.0.1", "port": smtp.port, "timeout_seconds": 5})
    store = Store(f"sqlite:///{tmp_path}/capebot.db")
    stop = threading.Event()
    channel = MailChannel(settings, store)
    service = Service([channel], store, ThreadEngine(), mind, Bot(), rhythm=Rhythm(sweep=0.05, drain=5))
    thread = threading.Thread(target=service.run, args=(stop,), daemon=True)
    thread.start()
    until(lambda: store.mark(f"{settings.address}@127.0.0.1", "INBOX"))
    yield settings, store, smtp.handler.mails
    stop.set()
    thread.join(20)
    store.close()


def test_an_answer_whose_ids_were_rewritten_goes_on_with_the_case_and_its_draft(running, mailbox):
    settings, store, out = running
    client = mailbox(settings.address)

    def drafts():
        client.select_folder(FOLDER, readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [email.message_from_bytes(one[b"BODY[]"], policy=email.policy.default) for one in found.values()]

    def say(raw):
        before = len(out)
        client.append("INBOX", raw)
        until(lambda: len(out) > before)
        until(lambda: not store.unended())
        return email.message_from_bytes(out[-1][2], policy=email.policy.default)

    first = say(mail(1, "rejected", ASKED))
    (case,) = store.trail(Wanted())
    assert first["Subject"] == f"Re: rejected {case_number.token(case.id)}"
    assert f"also in the folder {FOLDER}" in first.get_body(("plain",)).get_content()
    (draft,) = drafts()
    assert "B7677304100" in draft.get_body(("plain",)).get_content()

    subject = f"AW: [EXTERNAL] {first['Subject']}"
    second = say(mail(2, subject, LATER, headers="In-Reply-To: <rewritten@gateway.example>\r\n"))
    assert second["Subject"].count("CAPE-") == 1
    (case,) = store.trail(Wanted())
    assert [line.drafts for line in case.lines] == [("hts-relationship-mismatch",)] * 2
    (draft,) = drafts()
    assert "B7677304415" in draft.get_body(("plain",)).get_content()

    other = say(mail(3, subject, ASKED, sender="eve@client.example"))
    assert case_number.named(other["Subject"]) != case.id
    assert len(store.trail(Wanted())) == 2
    assert len(drafts()) == 2
    assert store.tally()[Outcome.ANSWERED] == 3
