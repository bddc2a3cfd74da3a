"""Confirmations through the real store: threads of mail and of a chat, read again from their raw bytes."""

import json
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from entry_numbers import entry
from sqlalchemy import update
from structlog.testing import capture_logs
from worker_parts import MemoryChannel

from bot.core.model import Attachment, Incoming
from bot.mailformat.read import Policy, incoming
from bot.mailformat.write import message_id
from bot.mind import load_mind
from bot.service import Service
from bot.settings import Bot
from bot.store import Keep, Outcome, key_for
from bot.store.schema import messages, now
from bot.work import Patience

A, C, D = entry("B76", 1), entry("012", 3456789), entry("016", 7654321)
ROWS = f"Entry Number\n{A}\n{C[1:]}\n{D[1:]}\n"  # rows 3 and 4 have proposals
BOX = "cape-desk@example.com"
ANN, BO, MALLORY = "ann@example.com", "bo@example.com", "mallory@elsewhere.example"


@pytest.fixture(scope="module")
def mind():
    loaded = load_mind(None, None, ())
    return lambda said: loaded.think(said, date(2026, 11, 24))


class MailLike(MemoryChannel):
    """Reads mail as the mail channel does."""

    def read(self, id, payload):  # noqa: A002 - the contract's word
        return incoming(id, payload, Policy(own=frozenset({BOX}), allow=(ANN, BO, MALLORY), hold=True))


class ChatLike(MemoryChannel):
    """Threads that everybody in a room can read; a file may be gone."""

    gone = False

    def read(self, id, payload):  # noqa: A002 - the contract's word
        said = json.loads(payload)
        problem = "It does not hand the file out any more." if self.gone else ""
        file = Attachment("list.csv", b"" if problem else said.get("file", "").encode(), problem=problem)
        return Incoming(
            id, said["user"], said["text"], thread=said["thread"], attachments=(file,) * ("file" in said),
            private=said.get("private", False), addressed=said.get("addressed", True), asked=True,
        )  # fmt: skip


class Desk:
    def __init__(self, store, channel, mind):
        self.store, self.channel = store, channel
        self.service = Service([channel], store, None, mind, Bot(), patience=Patience(recording=(0.01,)))
        self.slot = self.service._workers.claim()
        self.service._work.token = self.slot.token

    def say(self, id_, payload):
        """Take and work a message; the reply to it, on one line, or None."""
        assert self.store.take("memory", id_, payload)
        before = len(self.channel.replies)
        with self.store.database.writing() as connection:
            connection.execute(update(messages).values(due_at=now() - timedelta(seconds=1)))
        for job in self.store.due(100):
            self.service.work(job)
        assert self.store.tally()[Outcome.PARKED] == 0, self.store.quarantined()
        gone = self.channel.replies[before:]
        return gone[0][2] if gone else None


@pytest.fixture
def desk(store, mind):
    made = []

    def make(channel):
        made.append(Desk(store, channel, mind))
        return made[-1]

    yield make
    for one in made:
        one.service._workers.release(one.slot)


def mail(number, sender, text, *, replies_to=(), cc="", rows=""):
    said = EmailMessage()
    said["From"], said["To"], said["Subject"] = sender, BOX, "Re: our list" if replies_to else "our list"
    said["Message-ID"] = f"<{number}@example.com>"
    if cc:
        said["Cc"] = cc
    if replies_to:
        said["References"] = " ".join(replies_to)
        said["In-Reply-To"] = replies_to[-1]
    said.set_content(text)
    if rows:
        said.add_attachment(rows.encode(), maintype="text", subtype="csv", filename="list.csv")
    return said.as_bytes()


def ours(id_):
    """The Message-ID of the bot's answer."""
    return message_id(key_for("memory", id_), BOX)


def entries(reply):
    return list(reply.diagnosis.entries)


class TestMail:
    def sent(self, desk, **facts):
        box = desk(MailLike())
        reply = box.say("1", mail(1, ANN, "Please check this Declaration.", rows=ROWS, **facts))
        assert entries(reply) == [A]
        assert "Answer: confirm rows 3-4" in " ".join(reply.text.split())
        return box, ("<1@example.com>", ours("1"))

    def test_a_reply_confirms_the_rows_of_the_file_sent_before(self, desk):
        box, thread = self.sent(desk)
        reply = box.say("2", mail(2, ANN, "confirm row 3", replies_to=thread))
        assert entries(reply) == [A, C]
        assert "row 3:" in reply.text
        assert [output.name for output in reply.outputs if output.role == "report"] == [
            "list-checked.csv",
            "list-checked.xlsx",
        ]
        reply = box.say("3", mail(3, ANN, "row 4 confirmed", replies_to=(*thread, "<2@example.com>", ours("2"))))
        assert entries(reply) == [A, C, D], "confirmations add up"
        assert (reply.subject, box.channel.replies[-1][1].sender) == ("Re: our list", ANN)
        assert len({one.case_id for one in box.store.cases()}) == 1

    @pytest.mark.parametrize(
        ("sender", "cc", "got"), [(MALLORY, "", None), (BO, "", None), (BO, f"Bo <{BO.upper()}>", [A, C])]
    )
    def test_somebody_else_in_the_thread(self, desk, sender, cc, got):
        box, thread = self.sent(desk, cc=cc)
        reply = box.say("2", mail(2, sender, "confirm row 3", replies_to=thread))
        if got:
            assert entries(reply) == got
        else:
            assert "no file of yours in this thread" in " ".join(reply.text.split())
            assert "list.csv" not in reply.text
            assert entries(reply) == []
            assert reply.outputs == ()

    def test_what_somebody_else_said_does_not_count(self, desk):
        box, thread = self.sent(desk)
        box.say("2", mail(2, MALLORY, "confirm row 4", replies_to=thread))
        reply = box.say("3", mail(3, ANN, "confirm row 3", replies_to=thread))
        assert entries(reply) == [A, C]

    def test_the_bots_own_words_quoted_confirm_nothing(self, desk):
        box, thread = self.sent(desk)
        quoted = "\n".join(f"> {line}" for line in box.channel.replies[0][2].text.splitlines())
        text = f"I have to look.\n\nOn Mon, 23 Nov 2026 at 15:03, CAPE desk <{BOX}> wrote:\n{quoted}\n"
        reply = box.say("2", mail(2, ANN, text, replies_to=thread))
        assert reply is None or entries(reply) == []

    def test_after_the_purge_it_is_said(self, desk):
        box, thread = self.sent(desk)
        assert box.store.purge(Keep(cases=timedelta(0)), now() + timedelta(days=1)).messages == 1
        reply = box.say("2", mail(2, ANN, "confirm row 3", replies_to=thread))
        assert "attach the file again with the same words" in " ".join(reply.text.split())

    def test_an_answer_of_facts_makes_the_draft_anew(self, desk):
        box = desk(MailLike())
        box.say("1", mail(1, ANN, "CAPE: HTS RELATIONSHIP MISMATCH on all of these, FTZ type 06.", rows=ROWS))
        thread = ("<1@example.com>", ours("1"))
        reply = box.say("2", mail(2, ANN, "EIN 12-3456789", replies_to=thread))
        assert "Added: importer number 12-3456789." in " ".join(reply.text.split())
        reply = box.say(
            "3", mail(3, ANN, "confirm row 3. Claim 100000200001", replies_to=(*thread, "<2@example.com>", ours("2")))
        )
        (draft,) = reply.diagnosis.drafts
        assert (draft.entries, draft.importer) == ((A, C), "12-3456789")
        assert dict(draft.lines)["Claim number"] == "100000200001"
        assert len({one.case_id for one in box.store.cases()}) == 1

    def test_facts_of_somebody_else_add_nothing(self, desk):
        box = desk(MailLike())
        box.say("1", mail(1, ANN, "CAPE: HTS RELATIONSHIP MISMATCH on all of these, FTZ type 06.", rows=ROWS))
        reply = box.say("2", mail(2, MALLORY, "claim 100000200009", replies_to=("<1@example.com>", ours("1"))))
        assert (entries(reply), reply.diagnosis.drafts) == ([], ())
        assert "no earlier message of yours" in " ".join(reply.text.split())
        reply = box.say("3", mail(3, ANN, "EIN 12-3456789", replies_to=("<1@example.com>", ours("1"))))
        assert "FILL IN" in dict(reply.diagnosis.drafts[0].lines)["Claim number"]

    def test_a_new_thread_knows_nothing_of_the_old(self, desk):
        box, _ = self.sent(desk)
        assert "no file of yours" in " ".join(box.say("2", mail(2, ANN, "confirm row 3")).text.split())

    def test_the_log_holds_no_number(self, desk):
        with capture_logs() as lines:
            box, thread = self.sent(desk)
            box.say("2", mail(2, ANN, f"confirm {C[1:]} = {C}", replies_to=thread))
        assert not any(number in str(lines) for number in (A, C, C[1:], D, "confirm"))

    def test_a_message_that_came_later_is_not_looked_at(self, desk):
        box, thread = self.sent(desk)
        key = key_for("memory", "2")
        box.say("2", mail(2, ANN, "confirm row 3", replies_to=thread))
        newer = f"Entry Number\n{A}\n"
        box.say("3", mail(3, ANN, "another one", replies_to=thread, rows=newer))
        message = box.store.message(key)
        assert box.store.before(message, thread[0], 9) == [key_for("memory", "1")]


class TestChat:
    THREAD = "chat:T1:C1:1799999999.000001"

    def said(self, user, text, **more):
        return json.dumps({"user": user, "text": text, "thread": self.THREAD, **more}).encode()

    def test_anyone_in_the_thread_may_confirm(self, desk):
        chat = desk(ChatLike())
        chat.say("1", self.said("U1", "check this CAPE list please", file=ROWS))
        assert entries(chat.say("2", self.said("U2", "rows 3-4 confirmed"))) == [A, C, D]

    def test_alone_with_the_bot_only_the_sender(self, desk):
        chat = desk(ChatLike())
        chat.say("1", self.said("U1", "check this CAPE list please", file=ROWS, private=True))
        assert entries(chat.say("2", self.said("U2", "confirm row 3", private=True))) == []
        assert entries(chat.say("3", self.said("U1", "confirm row 3", private=True))) == [A, C]

    def test_another_thread_is_another_file(self, desk):
        chat = desk(ChatLike())
        chat.say("1", self.said("U1", "check this CAPE list please", file=ROWS))
        assert entries(chat.say("2", self.said("U1", "confirm row 3", thread="chat:T1:C1:1"))) == []

    def test_the_file_was_deleted_meanwhile(self, desk):
        chat = desk(ChatLike())
        chat.say("1", self.said("U1", "check this CAPE list please", file=ROWS))
        chat.channel.gone = True
        reply = chat.say("2", self.said("U1", "confirm row 3"))
        assert entries(reply) == []
        assert "cannot read the file any more" in " ".join(reply.text.split())

    def test_talk_that_is_only_overheard_confirms_nothing(self, desk):
        chat = desk(ChatLike())
        chat.say("1", self.said("U1", "check this CAPE list please", file=ROWS))
        assert chat.say("2", self.said("U2", "confirm row 3", addressed=False)) is None
