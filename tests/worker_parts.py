"""Parts for tests of the worker: a small mind, a channel in memory, a wait."""

import time
from datetime import date

from bot.channels import NotSent
from bot.core.model import Diagnosis, Incoming, Output, Reply, Verdict

DAY = date(2026, 9, 2)


def think(incoming):
    """Silent on "hush", otherwise an answer that says what it read."""
    verdict = Verdict.SILENT if "hush" in incoming.text else Verdict.ANSWER
    diagnosis = Diagnosis(verdict, "otherwise" if verdict is Verdict.ANSWER else "told_to_hush", DAY)
    if verdict is Verdict.SILENT:
        return diagnosis, None
    output = Output("report.csv", "report", b"\xff\x00;\r\n", "text/csv")
    return diagnosis, Reply("Re: it", f"You wrote {len(incoming.text)} characters.", "<p>it</p>", diagnosis, (output,))


class MemoryChannel:
    """Hands over what is in `mail` (id -> text) and keeps what is sent: for outcomes that no real server gives on order.

    `on_send(incoming, reply, reference)` may raise; it runs before the reply counts as gone out.
    """

    name = "memory"

    def __init__(self, mail=None, *, on_send=None, sees_sent=True):
        self.mail = dict(mail or {})
        self.replies = []
        self.on_send = on_send
        self.sees_sent = sees_sent
        self.handed = []
        self.ends = []

    def listen(self, take, stop):
        for id_, text in self.mail.items():
            while not take(id_, text.encode()) and not stop.is_set():
                stop.wait(0.05)
            self.handed.append(id_)

    def read(self, id, payload):  # noqa: A002 - the contract's word
        text = payload.decode()
        if text == "not for us":
            return None
        refused = "this sender is not on the allow-list" if "stranger" in text else ""
        automatic = "a machine" if "robot" in text else ""
        return Incoming(id, "ann@example.com", text, thread=f"thread of {id}", refused=refused, automatic=automatic)

    def send(self, incoming, reply, reference):
        if self.on_send:
            self.on_send(incoming, reply, reference)
        self.replies.append((reference, incoming, reply))

    def ended(self, payload, end):
        self.ends.append((payload.decode(), end))

    def was_sent(self, incoming, reference):
        return any(reference == gone for gone, _, _ in self.replies) if self.sees_sent else None


def refuse(reason="550 no such mailbox", *, retry=False):
    def on_send(*_):
        raise NotSent(reason, retry=retry)

    return on_send


def wait_until(true, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
