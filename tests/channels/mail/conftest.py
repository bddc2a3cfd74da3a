import threading
import time

import pytest
from imapclient import IMAPClient
from servers.dovecot import Dovecot
from servers.oauth import Authority
from servers.smtp import Server

from bot.channels.mail import MailChannel
from bot.settings import Mailbox

USER = "cape@brokerage.example"


class Marks:
    """Marks in memory, as the store keeps them."""

    def __init__(self):
        self.kept = {}

    def mark(self, account, folder):
        return self.kept.get((account, folder))

    def set_mark(self, account, folder, mark):
        self.kept[account, folder] = mark


class Taken:
    """What the service would store: once per identity, and `safe` says whether it can."""

    def __init__(self):
        self.mails, self.calls, self.safe = {}, 0, True

    def __call__(self, identity, payload):
        self.calls += 1
        if self.safe:
            self.mails[identity] = payload
        return self.safe

    def wait(self, count, seconds=10):
        end = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < end:
            time.sleep(0.02)
        return list(self.mails.values())


@pytest.fixture(scope="session")
def dovecot():
    server = Dovecot([USER, *(f"user{number}@brokerage.example" for number in range(120))]).start()
    yield server
    server.close()


@pytest.fixture
def smtp(dovecot):
    server = Server(dovecot.cert, dovecot.dir / "key.pem")
    server.start()
    yield server
    if server._thread is not None:  # a test may have stopped it
        server.stop()


@pytest.fixture
def authority():
    server = Authority(USER)
    yield server
    server.close()


@pytest.fixture
def box(dovecot, monkeypatch, request):
    """Settings of a mailbox that no other test uses."""
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "pw")
    number = box.count = getattr(box, "count", -1) + 1

    def make(**changes):
        values = {
            "address": f"user{number}@brokerage.example", "host": "127.0.0.1", "port": dovecot.tls_port,
            "ca_file": dovecot.cert, "poll_seconds": 1, "allow": ("@client.example",),
            "smtp": {"host": "127.0.0.1", "port": 1},
        }  # fmt: skip
        return Mailbox.model_validate(values | changes)

    return make


@pytest.fixture
def mailbox(dovecot):
    """A person's own connection to an account: mailbox(user) -> IMAPClient on INBOX."""
    opened = []

    def make(user):
        client = IMAPClient("127.0.0.1", dovecot.port, ssl=False)
        client.login(user, "pw")
        client.select_folder("INBOX")
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.shutdown()


@pytest.fixture
def listening():
    """Run a channel's listener in a thread: listening(settings, take, marks)."""
    stop = threading.Event()
    threads = []

    def start(settings, take, marks=None):
        channel = MailChannel(settings, marks or Marks())
        thread = threading.Thread(target=channel.listen, args=(take, stop), daemon=True)
        thread.start()
        threads.append(thread)
        return channel

    yield start
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
