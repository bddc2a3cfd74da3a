"""Drafts in the Drafts folder of a real server: once per version, the former replaced, a person's never touched."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import structlog
from channels.mail.conftest import Marks
from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError
from servers.dovecot import Dovecot

from bot.channels import NotSent
from bot.channels.mail import MailChannel, connect, doctor, drafts, smtp
from bot.core.model import Diagnosis, Draft, Incoming, Output, Reply, Type06, Verdict
from bot.core.unsent_mail import unsent
from bot.mailformat import drafts as written

FOLDER = "Entwürfe"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
INCOMING = Incoming("1", "pat@client.example", "", subject="CAPE", thread="<1@client.example>", case="C7K3FXQ")


def draft(body, error="hts-relationship-mismatch", entries=("B7603245278",)):
    return Draft(error, "IEEPARefunds@cbp.dhs.gov", f"CAPE: {error} – 1 entry", body, entries, "", Type06.YES)


def reply(*several):
    files = tuple(Output(f"draft-{one.id}.eml", "draft", unsent(one), "message/rfc822") for one in several)
    report = Output("numbers.csv", "draft", b"Entry Number\r\n", "text/csv")
    diagnosis = Diagnosis(Verdict.ESCALATE, "otherwise", date(2026, 11, 24), drafts=several)
    return Reply("Re: CAPE", "answer\n", "<html><body><p>answer</p></body></html>", diagnosis, (*files, report))


class Person:
    """Somebody who looks into the Drafts folder."""

    def __init__(self, client):
        self.client = client
        client.select_folder(FOLDER)

    def mails(self):
        self.client.noop()
        fetched = self.client.fetch(self.client.search(), ["BODY.PEEK[]", "FLAGS"])
        return {uid: (email.message_from_bytes(one[b"BODY[]"], policy=email.policy.default), one[b"FLAGS"])
                for uid, one in fetched.items()}  # fmt: skip

    def bodies(self):
        return sorted(mail.get_body(("plain",)).get_content().strip() for mail, _ in self.mails().values())

    def edit(self, old, new, *, keeps_header=True):
        """As mail programs do: the changed draft is put in, the old one is deleted."""
        ((uid, (mail, _)),) = self.mails().items()
        raw = mail.as_bytes().replace(old, new)
        assert raw != mail.as_bytes()
        if not keeps_header:
            raw = b"".join(line for line in raw.splitlines(keepends=True) if not line.startswith(b"X-Capebot-Draft"))
        self.client.append(FOLDER, raw, flags=[b"\\Draft", b"\\Seen"])
        self.client.delete_messages([uid])
        self.client.expunge([uid])


@pytest.fixture
def desk(box, smtp, mailbox):
    settings = box(drafts=True, smtp={"host": "127.0.0.1", "port": smtp.port, "timeout_seconds": 5})

    class Desk:
        person = Person(mailbox(settings.address))
        out = smtp.handler

        def say(self, answer, reference="ref-1", incoming=INCOMING, **changes):
            """A channel of its own each time: nothing is remembered over a restart. Gives the reply's words."""
            MailChannel(settings.model_copy(update=changes), Marks()).send(incoming, answer, reference)
            return " ".join(self.words("plain").split())

        def words(self, kind):
            mail = email.message_from_bytes(self.out.mails[-1][2], policy=email.policy.default)
            return mail.get_body((kind,)).get_content()

    Desk.settings = settings
    return Desk()


def test_a_draft_lies_in_the_drafts_folder_to_be_completed(desk):
    said = desk.say(reply(draft("Dear CBP,\n[FILL IN: claim number]\nGrüße\n")))
    ((mail, flags),) = desk.person.mails().values()
    assert b"\\Draft" in flags
    assert (mail["To"], mail["From"]) == ("IEEPARefunds@cbp.dhs.gov", desk.settings.address)
    assert mail["Subject"] == "CAPE: hts-relationship-mismatch – 1 entry"
    assert mail["X-Unsent"] is None
    assert "Grüße" in mail.get_body(("plain",)).get_content()
    assert said == f"answer The draft is also in the folder {FOLDER} of {desk.settings.address}."
    html = desk.words("html")
    assert "The draft is also in the folder" in html
    assert html.index("folder") < html.index("</body>")


def test_off_is_the_default_and_a_reply_without_a_draft_needs_no_folder(box, desk):
    assert box().drafts is False
    assert desk.say(reply(draft("one")), drafts=False) == "answer"
    assert desk.say(reply(), port=1) == "answer"
    assert desk.person.mails() == {}


def test_more_entries_than_the_body_lists_are_attached(desk):
    desk.say(reply(draft("many", entries=tuple(f"B76{number:08}" for number in range(26)))))
    ((mail, _),) = desk.person.mails().values()
    (numbers,) = mail.iter_attachments()
    assert numbers.get_content().count("B76") == 26


def test_once_per_version_and_the_new_one_replaces_the_former(desk):
    for _ in range(3):
        desk.say(reply(draft("first")))
        assert desk.person.bodies() == ["first"]
    assert "edited" not in desk.say(reply(draft("second")), "ref-2")
    assert desk.person.bodies() == ["second"]


def test_other_errors_other_cases_and_other_mail_are_left_alone(desk):
    desk.person.client.append(FOLDER, b"Subject: mine\r\n\r\nmine\r\n")
    desk.say(reply(draft("a"), draft("b", "sequence-mismatch")))
    desk.say(reply(draft("other")), "ref-2", replace(INCOMING, case="C222222"))
    desk.say(reply(draft("a, again")), "ref-3")
    assert desk.person.bodies() == ["a, again", "b", "mine", "other"]


def test_several_importers_have_a_draft_each_and_all_are_replaced(desk):
    assert "The 2 drafts are also in" in desk.say(reply(draft("importer 1"), draft("importer 2")))
    assert desk.person.bodies() == ["importer 1", "importer 2"]
    desk.say(reply(draft("importer 2, new")), "ref-2")
    assert desk.person.bodies() == ["importer 2, new"]


@pytest.mark.parametrize("old", [b"first", b"1 entry", b"IEEPARefunds@"])
def test_what_a_person_edited_is_never_deleted(desk, old):
    desk.say(reply(draft("first 1 entry")))
    desk.person.edit(old, b"my own")
    said = desk.say(reply(draft("second")), "ref-2")
    assert len(desk.person.mails()) == 2
    assert (
        "The former draft there was edited by a person: I left it as it is, and the new one stands beside it." in said
    )
    desk.say(reply(draft("third")), "ref-3")
    assert len(desk.person.mails()) == 2
    assert "third" in desk.person.bodies()


def test_a_draft_whose_header_a_mail_program_left_out_is_the_persons(desk):
    desk.say(reply(draft("first")))
    desk.person.edit(b"first", b"mine", keeps_header=False)
    desk.say(reply(draft("second")), "ref-2")
    assert desk.person.bodies() == ["mine", "second"]


def test_saved_anew_without_a_change_it_is_still_the_bots(desk):
    desk.say(reply(draft("first")))
    desk.person.edit(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: 8bit\nX-Mailer: some program")
    desk.say(reply(draft("second")), "ref-2")
    assert desk.person.bodies() == ["second"]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["append", "_delete", "_content", "uid_expunge", "send"])
def test_killed_anywhere_it_stands_there_once_in_the_end(desk, monkeypatch, where):
    desk.say(reply(draft("first")))
    append = IMAPClient.append

    def killed(*arguments, **flags):
        if where == "append":
            append(*arguments, **flags)  # the server has it, and nobody took note
        raise Killed

    target = {"append": IMAPClient, "uid_expunge": IMAPClient, "send": smtp}.get(where, drafts)
    monkeypatch.setattr(target, where, killed)
    with pytest.raises(Killed):
        desk.say(reply(draft("second")), "ref-2")
    monkeypatch.undo()
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "pw")
    assert "second" in desk.person.bodies(), "the new one is in before the former goes"
    desk.say(reply(draft("second")), "ref-2")
    assert desk.person.bodies() == ["second"]


def test_a_line_that_breaks_is_tried_again_and_then_the_reply_goes_without(desk, monkeypatch):
    channel = MailChannel(desk.settings, Marks())

    def broken(*_, **__):
        raise IMAPClientAbortError

    monkeypatch.setattr(IMAPClient, "append", broken)
    for _ in range(2):
        with pytest.raises(NotSent, match="the Drafts folder is away") as caught:
            channel.send(INCOMING, reply(draft("first")), "ref-1")
        assert caught.value.retry
    with structlog.testing.capture_logs() as logged:
        channel.send(INCOMING, reply(draft("first")), "ref-1")
    assert logged[0]["event"] == "a draft is not in the Drafts folder; it is in the reply"
    assert "I could not put the draft into the Drafts folder" in desk.words("plain")
    assert "first" not in str(logged)


def test_while_smtp_is_away_a_draft_that_a_person_took_does_not_come_back(desk):
    channel = MailChannel(desk.settings, Marks())
    desk.out.faults["MAIL"] = "451 later"
    with pytest.raises(NotSent):
        channel.send(INCOMING, reply(draft("first")), "ref-1")
    client = desk.person.client
    client.delete_messages(uids := list(desk.person.mails()))
    client.expunge(uids)
    del desk.out.faults["MAIL"]
    channel.send(INCOMING, reply(draft("first")), "ref-1")
    assert desk.person.mails() == {}


def test_a_server_without_uidplus_deletes_nothing_of_other_people(desk, monkeypatch):
    has = IMAPClient.has_capability
    monkeypatch.setattr(IMAPClient, "has_capability", lambda self, name: name != "UIDPLUS" and has(self, name))
    desk.person.client.append(FOLDER, b"Subject: mine\r\n\r\nmine\r\n", flags=[DELETED])
    desk.say(reply(draft("first")))
    desk.say(reply(draft("second")), "ref-2")
    live = [mail["Subject"] for mail, flags in desk.person.mails().values() if DELETED not in flags]
    assert len(live) == 1
    assert len(desk.person.mails()) == 3, "only marked"
    desk.say(reply(draft("third")), "ref-3")
    assert len(desk.person.mails()) == 4, "what is marked is not looked at again"


def test_a_folder_by_name_under_the_servers_prefix(box):
    server = Dovecot(["a@brokerage.example"], prefix="INBOX.", drafts="Drafts", special=False).start()
    try:
        settings = box(address="a@brokerage.example", port=server.tls_port, ca_file=server.cert)
        client = connect.imap(settings)
        for value, told in [("Drafts", "INBOX.Drafts"), ("INBOX.Drafts", "INBOX.Drafts")]:
            assert drafts.folder_of(settings.model_copy(update={"drafts": value}), client) == told
        for value, told in [(True, 'name it, drafts = "Drafts"'), ("Nowhere", "there is no folder Nowhere")]:
            wrong = settings.model_copy(update={"drafts": value})
            with pytest.raises(connect.Refused, match=told):
                drafts.folder_of(wrong, client)
            (found,) = [one for one in doctor.check(wrong) if "Drafts" in one.what]
            assert not found.ok
            assert told in found.mend
        client.shutdown()
    finally:
        server.close()


def test_the_doctor_tries_it_and_leaves_nothing(desk):
    (found,) = [one for one in doctor.check(desk.settings) if "drafts" in one.what]
    assert (found.ok, found.what) == (True, f"inbox: drafts are put into {FOLDER}")
    assert desk.person.mails() == {}
    assert not any("drafts" in one.what for one in doctor.check(desk.settings.model_copy(update={"drafts": False})))


def test_the_header_holds_hashes_alone():
    raw = written.draft_mail(unsent(draft("B76-0324527-8")), "0" * 16, "1" * 16, sender="a@b.example", now=NOW)
    value = email.message_from_bytes(raw)["X-Capebot-Draft"]
    assert written.mark(raw) == written.Mark("0" * 16, "1" * 16, written.content(raw))
    assert len(f"X-Capebot-Draft: {value}") < 76
    assert written.mark(b"X-Capebot-Draft: nonsense\r\n\r\n") is None
    assert written.mark(b"Subject: x\r\n\r\n") is None
