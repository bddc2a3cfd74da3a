import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from channels.mail.conftest import Marks, Taken
from imapclient import IMAPClient
from servers.dovecot import Dovecot
from servers.fault_proxy import FaultProxy

from bot.channels.mail import connect, doctor, imap
from bot.channels.marks import Mark


def mail(number, body="HTS RELATIONSHIP MISMATCH"):
    return (
        f"From: Pat <pat@client.example>\r\nTo: cape@brokerage.example\r\nSubject: mail {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\n\r\n{body}\r\n"
    ).encode()


def watched(marks, seconds=10):
    """Wait until the listener has made its start mark."""
    end = time.monotonic() + seconds
    while not marks.kept and time.monotonic() < end:
        time.sleep(0.02)
    assert marks.kept
    return next(iter(marks.kept.values()))


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_new_mail_is_taken_whole_and_old_mail_is_not(tls, box, mailbox, listening, dovecot):
    settings = box(tls=tls, port=dovecot.tls_port if tls == "tls" else dovecot.port, poll_seconds=30)
    client, take, marks = mailbox(settings.address), Taken(), Marks()
    for number in range(50):
        client.append("INBOX", mail(f"old{number}"))
    listening(settings, take, marks)
    watched(marks)
    started = time.monotonic()
    client.append("INBOX", mail("new"))
    (raw,) = take.wait(1)
    assert raw == mail("new")
    assert time.monotonic() - started < 5  # IDLE tells; the poll interval is 30 seconds
    time.sleep(0.3)
    assert take.calls == 1
    client.noop()
    flags = client.get_flags(client.search())
    assert [b"CapebotTaken" in one for one in flags.values()].count(True) == 1
    assert not any(b"\\Seen" in one for one in flags.values())


def test_news_that_came_with_the_answer_to_idle_is_not_lost():
    class Line:
        def idle(self):
            pass

        def idle_check(self, timeout):
            time.sleep(timeout)
            return []

        def idle_done(self):
            return b"Idle completed", [(51, b"EXISTS")]

    assert imap._told(Line(), 0.01, threading.Event())


def test_mail_that_somebody_read_first_is_worked_all_the_same(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    listening(settings, take, marks)
    watched(marks)
    client.append("INBOX", mail(1), flags=[b"\\Seen"])
    assert take.wait(1) == [mail(1)]


def test_what_cannot_be_stored_stays_and_comes_again(box, mailbox, listening):
    settings, take, marks = box(poll_seconds=0.2), Taken(), Marks()
    take.safe = False
    client = mailbox(settings.address)
    listening(settings, take, marks)
    before = watched(marks)
    client.append("INBOX", mail(1))
    client.append("INBOX", mail(2))
    end = time.monotonic() + 5
    while take.calls < 2 and time.monotonic() < end:
        time.sleep(0.02)
    assert watched(marks) == before
    take.safe = True
    assert len(take.wait(2)) == 2


def test_moving_instead_of_flagging(box, mailbox, listening):
    settings, take, marks = box(done="move"), Taken(), Marks()
    client = mailbox(settings.address)
    listening(settings, take, marks)
    watched(marks)
    client.append("INBOX", mail(1))
    take.wait(1)
    end = time.monotonic() + 5
    while client.search() and time.monotonic() < end:
        time.sleep(0.05)
        client.noop()
    assert client.search() == []
    assert client.folder_status("Capebot", ["MESSAGES"])[b"MESSAGES"] == 1


def test_a_renumbered_folder_brings_what_came_since_the_start_and_nothing_older(box, mailbox, listening):
    settings, take, marks = box(done="move"), Taken(), Marks()
    client = mailbox(settings.address)
    long_ago = datetime.now(UTC) - timedelta(days=30)
    for number in range(20):
        client.append("INBOX", mail(f"old{number}"), msg_time=long_ago)
    client.append("INBOX", mail("since"))
    account = f"{settings.address}@127.0.0.1"
    marks.set_mark(account, "INBOX", Mark(1, 900, datetime.now(UTC) - timedelta(minutes=5), 900))
    listening(settings, take, marks)
    assert take.wait(1) == [mail("since")]
    time.sleep(0.3)
    assert take.calls == 1
    assert marks.mark(account, "INBOX").uidvalidity != 1


def test_mail_with_an_old_date_that_comes_after_the_start_is_taken(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    client.append("INBOX", mail("old"))
    with structlog.testing.capture_logs() as logs:
        listening(settings, take, marks)
        watched(marks)
    assert [line["mails"] for line in logs if "first run" in line["event"]] == [1]
    client.append("INBOX", mail("moved in"), msg_time=datetime.now(UTC) - timedelta(days=3))
    client.append("INBOX", mail("clock behind"), msg_time=datetime.now(UTC) - timedelta(minutes=5))
    client.append("INBOX", mail("now"))
    assert take.wait(3) == [mail("moved in"), mail("clock behind"), mail("now")]


def test_in_a_renumbered_folder_what_is_left_alone_is_counted_and_the_next_mail_is_new(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    for days in (30, 30, 0.5):
        client.append("INBOX", mail(f"old{days}"), msg_time=datetime.now(UTC) - timedelta(days=days))
    account = f"{settings.address}@127.0.0.1"
    marks.set_mark(account, "INBOX", Mark(1, 900, datetime.now(UTC) - timedelta(minutes=5), 900))
    with structlog.testing.capture_logs() as logs:
        listening(settings, take, marks)
        end = time.monotonic() + 10
        while marks.mark(account, "INBOX").next_uid != 4 and time.monotonic() < end:
            time.sleep(0.02)
    assert [line["mails"] for line in logs if "left alone" in line["event"]] == [3]
    client.append("INBOX", mail("moved in"), msg_time=datetime.now(UTC) - timedelta(days=3))
    assert take.wait(1) == [mail("moved in")]


def test_without_uidnext_dates_tell_what_is_new(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    client.append("INBOX", mail("old"), msg_time=datetime.now(UTC) - timedelta(minutes=5))
    validity = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    marks.set_mark(f"{settings.address}@127.0.0.1", "INBOX", Mark(validity, 1, datetime.now(UTC), 2**32))
    listening(settings, take, marks)
    client.append("INBOX", mail("new"))
    assert take.wait(1) == [mail("new")]
    time.sleep(0.3)
    assert take.calls == 1


def test_a_line_cut_over_and_over_in_the_midst_of_a_mail_loses_nothing(box, mailbox, listening, dovecot, monkeypatch):
    monkeypatch.setattr(imap, "_FIRST_PAUSE", 0.01)
    proxy = FaultProxy(dovecot.port)
    settings, take, marks = box(tls="none", port=proxy.port, poll_seconds=0.5), Taken(), Marks()
    client = mailbox(settings.address)
    listening(settings, take, marks)
    watched(marks)
    proxy.cuts = 5
    big = mail("big", "filler line of text\r\n" * 20_000)
    client.append("INBOX", big)
    assert take.wait(1, seconds=20) == [big]
    assert proxy.cuts == 0
    proxy.close()


@pytest.mark.parametrize("denied", [b"BODY.PEEK[]", b"BODY.PEEK["])
def test_a_mail_that_the_server_does_not_give_is_held_for_a_person(denied, box, mailbox, listening, dovecot):
    proxy = FaultProxy(dovecot.port)
    settings, take, marks = box(tls="none", port=proxy.port, poll_seconds=0.1), Taken(), Marks()
    client = mailbox(settings.address)
    channel = listening(settings, take, marks)
    watched(marks)
    proxy.deny = denied
    client.append("INBOX", mail("broken"))
    (raw,) = take.wait(1)
    assert proxy.denied == (3 if denied.endswith(b"]") else 4)
    got = channel.read("1", raw)
    assert "open UID 1 of INBOX in a mail program" in got.refused
    assert got.automatic == ""
    assert got.sender == ("pat@client.example" if denied.endswith(b"]") else "")
    proxy.deny = b""
    client.append("INBOX", mail("next"))
    assert take.wait(2)[-1] == mail("next")
    proxy.close()


def test_a_mail_at_which_every_line_is_lost_is_held_at_last(box, mailbox, listening, dovecot, monkeypatch):
    monkeypatch.setattr(imap, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(imap, "_LONGEST_PAUSE", 0.02)
    proxy = FaultProxy(dovecot.port)
    settings, take, marks = box(tls="none", port=proxy.port, poll_seconds=0.5), Taken(), Marks()
    client = mailbox(settings.address)
    channel = listening(settings, take, marks)
    watched(marks)
    proxy.cuts = 10**6
    client.append("INBOX", mail("big", "filler line of text\r\n" * 20_000))
    (raw,) = take.wait(1, seconds=30)
    assert "mail program" in channel.read("1", raw).refused
    proxy.close()


def test_a_sender_cannot_say_that_his_mail_was_not_given(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    channel = listening(settings, take, marks)
    watched(marks)
    client.append("INBOX", b"X-Capebot-Unfetched: x\r\nx-capebot-OVERSIZE: 99999999\r\n" + mail(1))
    assert channel.read("1", take.wait(1)[0]).refused == ""


@pytest.fixture(scope="module")
def prefixed():
    server = Dovecot(["cape@brokerage.example"], prefix="INBOX.").start()
    yield server
    server.close()


def test_moving_where_all_folders_stand_under_inbox(prefixed, box, listening, smtp):
    server = prefixed
    settings = box(
        address="cape@brokerage.example", port=server.tls_port, ca_file=server.cert, done="move",
        done_folder="Cape/Taken", smtp={"host": "127.0.0.1", "port": smtp.port, "auth": "none"},
    )  # fmt: skip
    assert [one.what for one in doctor.check(settings) if not one.ok and "SMTP" not in one.what] == []
    client = IMAPClient("127.0.0.1", server.port, ssl=False)
    client.login(settings.address, "pw")
    assert client.folder_exists("INBOX.Cape.Taken")
    take, marks = Taken(), Marks()
    listening(settings, take, marks)
    watched(marks)
    for number in range(3):
        client.append("INBOX", mail(number))
    take.wait(3)
    end = time.monotonic() + 5
    while client.folder_status("INBOX.Cape.Taken", ["MESSAGES"])[b"MESSAGES"] < 3 and time.monotonic() < end:
        time.sleep(0.05)
    assert client.folder_status("INBOX.Cape.Taken", ["MESSAGES"])[b"MESSAGES"] == 3
    client.shutdown()


def test_mail_that_cannot_be_marked_is_taken_all_the_same_and_said_once(box, mailbox, listening, dovecot):
    proxy = FaultProxy(dovecot.port)
    settings = box(tls="none", port=proxy.port, done="move", done_folder="Capebot")
    take, marks = Taken(), Marks()
    client = mailbox(settings.address)
    proxy.deny = b"CREATE"
    with structlog.testing.capture_logs() as logs:
        listening(settings, take, marks)
        watched(marks)
        for number in range(4):
            client.append("INBOX", mail(number))
        take.wait(4)
        end = time.monotonic() + 5
        while watched(marks).next_uid < 5 and time.monotonic() < end:
            time.sleep(0.02)
    assert watched(marks).next_uid == 5
    assert take.calls == 4
    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "taken mail cannot be marked; it is answered all the same"
    ]
    assert not [line for line in logs if "away" in line["event"]]
    (wrong,) = [one for one in doctor.check(settings) if not one.ok and "SMTP" not in one.what]
    assert "done_folder" in wrong.mend
    proxy.close()


def test_a_folder_that_is_not_there_is_said(box, listening):
    with structlog.testing.capture_logs() as logs:
        listening(box(folder="INBX"), Taken())
        time.sleep(1.5)
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert "INBX: correct `folder`" in line["todo"]


def test_a_mail_of_30_mb_is_not_fetched(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    channel = listening(settings, take, marks)
    watched(marks)
    client.append("INBOX", mail("big", "x" * 30_000_000))
    (raw,) = take.wait(1, seconds=30)
    assert len(raw) < 2_000
    got = channel.read("1", raw)
    assert "30 MB" in got.unreadable
    assert got.sender == "pat@client.example"


def test_a_sender_cannot_say_that_his_mail_is_too_big(box, mailbox, listening):
    settings, take, marks = box(), Taken(), Marks()
    client = mailbox(settings.address)
    channel = listening(settings, take, marks)
    watched(marks)
    client.append("INBOX", b"X-Capebot-Oversize: 99999999\r\n" + mail(1))
    (raw,) = take.wait(1)
    assert channel.read("1", raw).unreadable == ""


def test_a_wrong_password_is_said_once_and_not_hammered(box, listening, monkeypatch):
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "wrong")
    with structlog.testing.capture_logs() as logs:
        listening(box(), Taken())
        time.sleep(2)
    refused = [line for line in logs if "refuses" in line["event"]]
    assert len(refused) == 1
    assert "CAPEBOT_MAIL_PASSWORD" in refused[0]["todo"]
    assert "wrong" not in str(logs)


@pytest.mark.parametrize("trouble", ["cut", "refuse"])
def test_a_line_that_breaks_is_taken_up_again(trouble, box, mailbox, listening, dovecot):
    proxy = FaultProxy(dovecot.port)
    settings = box(tls="starttls", port=proxy.port, poll_seconds=0.5)
    take, marks = Taken(), Marks()
    client = mailbox(settings.address)
    listening(settings, take, marks)
    watched(marks)
    proxy.refuse = trouble == "refuse"
    proxy.cut()
    client.append("INBOX", mail(1))
    time.sleep(1)
    proxy.refuse = False
    assert take.wait(1, seconds=20) == [mail(1)]
    proxy.close()


def test_a_server_that_is_away_at_the_start_and_comes(box, listening, monkeypatch):
    late = Dovecot(["cape@brokerage.example"])
    settings = box(address="cape@brokerage.example", port=late.tls_port, ca_file=late.cert, poll_seconds=0.5)
    take, marks = Taken(), Marks()
    with structlog.testing.capture_logs() as logs:
        listening(settings, take, marks)
        time.sleep(1)
        try:
            late.start()
            watched(marks, 20)
        finally:
            late.close()
    assert any("is away" in line["event"] for line in logs)


def test_no_password_goes_over_an_open_line_to_another_machine(box):
    with pytest.raises(connect.Refused, match="without encryption"):
        connect.imap(box(tls="none", host="imap.brokerage.example"))
