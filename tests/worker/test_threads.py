"""Which thread a mail belongs to, through the real store: by ids, by the bot's own, by the subject; and who gets in."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import text, update
from worker.test_confirming import ANN, BO, BOX, MALLORY, ROWS, A, C, Desk, MailLike, entries, mail, mind, ours

from bot.core import case_number
from bot.mailformat.write import message_id, reply_mail
from bot.store.schema import messages, now

__all__ = ["mind"]


class NamedMail(MailLike):
    """Mail whose answers have ids."""

    def answer_name(self, reference):
        return message_id(reference, BOX)


@pytest.fixture
def box(store, mind):
    made = Desk(store, NamedMail(), mind)
    yield made
    made.service._workers.release(made.slot)


def first(box, **facts):
    return box.say("1", mail(1, ANN, "Please check this Declaration.", rows=ROWS, **facts))


def answer(number, sender, words="confirm row 3", **headers):
    """A mail with exactly these headers (`In_Reply_To` for In-Reply-To)."""
    said = EmailMessage()
    said["From"], said["To"], said["Message-ID"] = sender, BOX, f"<{number}@example.com>"
    for name, value in headers.items():
        said[name.replace("_", "-")] = value
    said.set_content(words)
    return said.as_bytes()


def sent(box):
    """The bot's last answer as it goes out."""
    reference, incoming, reply = box.channel.replies[-1]
    return message_from_bytes(reply_mail(incoming, reply, sender=BOX, reference=reference, now=now()), policy=default)


def cases(box):
    return {one.case_id for one in box.store.cases()}


class TestIds:
    @pytest.mark.parametrize(
        "headers",
        [
            {"References": f"<1@example.com> {ours('1')}"},
            {"References": f"<somebody@else.example>{ours('1')}"},
            {"References": "<1@example.com> <rewritten@gateway.example>"},
            {"In_Reply_To": ours("1")},
            {"In_Reply_To": f"{ours('1')} (the desk's message)"},
            {"References": "<unknown@example.com>", "In_Reply_To": ours("1")},
        ],
    )
    def test_a_reply_finds_its_file(self, box, headers):
        first(box)
        assert entries(box.say("2", answer(2, ANN, Subject="Re: our list", **headers))) == [A, C]
        assert len(cases(box)) == 1

    def test_an_answer_to_the_second_answer(self, box):
        first(box)
        box.say("2", answer(2, ANN, In_Reply_To=ours("1"), Subject="Re: our list"))
        assert len(entries(box.say("3", answer(3, ANN, "row 4 confirmed", In_Reply_To=ours("2"))))) == 3
        assert len(cases(box)) == 1

    def test_a_new_subject_without_a_reference_is_a_new_case(self, box):
        first(box)
        assert entries(box.say("2", answer(2, ANN, Subject="something else"))) == []
        assert len(cases(box)) == 2

    def test_a_thread_from_before_names_were_kept(self, box):
        first(box)
        with box.store.database.writing() as connection:
            connection.execute(text("DELETE FROM names"))
            connection.execute(update(messages).values(sender="", people=""))
        assert entries(box.say("2", answer(2, ANN, References="<1@example.com>"))) == [A, C]
        assert len(cases(box)) == 1


class TestToken:
    @pytest.mark.parametrize(
        "subject",
        [
            "Re: our list {}",
            "AW: [EXTERNAL] RE: {} our list",
            "{} WG: Fwd: our list",
            "re: OUR LIST {lower}",
            "(bare) {bare}",
        ],
    )
    def test_the_subject_alone_finds_the_case(self, box, subject):
        first(box)
        (case,) = cases(box)
        token = case_number.token(case)
        named = subject.format(token, lower=token.lower(), bare=token.strip("[]"))
        assert entries(box.say("2", answer(2, ANN, Subject=named, In_Reply_To="<rewritten@gateway.example>"))) == [A, C]
        assert cases(box) == {case}

    def test_it_stands_in_the_subject_once(self, box):
        first(box)
        (case,) = cases(box)
        assert sent(box)["Subject"] == f"Re: our list {case_number.token(case)}"
        box.say("2", answer(2, ANN, Subject=sent(box)["Subject"], In_Reply_To=ours("1")))
        assert sent(box)["Subject"] == f"Re: our list {case_number.token(case)}"

    def test_another_cases_token_is_not_carried_on(self, box):
        first(box)
        (case,) = cases(box)
        box.say("2", answer(2, MALLORY, Subject=f"Re: list {case_number.token(case)}"))
        assert case_number.named(sent(box)["Subject"]) in cases(box) - {case}

    @pytest.mark.parametrize(("sender", "cc", "joins"), [(MALLORY, "", False), (BO, "", False), (BO, BO, True)])
    def test_it_opens_the_case_to_nobody(self, box, sender, cc, joins):
        first(box, cc=cc)
        (case,) = cases(box)
        reply = box.say("2", answer(2, sender, Subject=f"Re: our list {case_number.token(case)}"))
        assert (cases(box) == {case}) is joins
        assert entries(reply) == ([A, C] if joins else [])
        assert joins or (reply.outputs == () and "list.csv" not in reply.text)

    def test_nor_do_ids(self, box):
        first(box)
        (case,) = cases(box)
        for number, headers in enumerate(
            ({"References": f"<1@example.com> {ours('1')}"}, {"In_Reply_To": ours("1")}), 2
        ):
            box.say(str(number), answer(number, MALLORY, **headers))
        stolen = answer(1, MALLORY, "confirm row 4")
        assert entries(box.say("4", stolen)) == []
        with box.store.database.reading() as connection:
            rows = connection.execute(messages.select()).all()
        assert [row.case_id for row in rows if row.sender == ANN] == [case]
        assert case not in {row.case_id for row in rows if row.sender == MALLORY}
        assert entries(box.say("5", answer(5, ANN, References=f"<1@example.com> {ours('1')}"))) == [A, C]

    def test_what_an_intruder_began_goes_on_as_theirs(self, box):
        first(box)
        box.say("2", answer(2, MALLORY, References=f"<1@example.com> {ours('1')}"))
        began = cases(box)
        box.say("3", answer(3, MALLORY, References=f"<1@example.com> {ours('1')} <2@example.com> {ours('2')}"))
        assert cases(box) == began

    def test_a_sender_who_may_not_be_answered_joins_nothing(self, box):
        first(box)
        box.store.take("memory", "2", answer(2, "who@nowhere.example", References="<1@example.com>"))
        for job in box.store.due(9):
            box.service.work(job)
        assert entries(box.say("3", answer(3, ANN, References="<1@example.com> <2@example.com>"))) == [A, C]


class TestNumber:
    CASE = "C7K3FXQ"

    def test_a_token_reads_back(self):
        token = case_number.token(self.CASE)
        assert case_number.named(f"Re: {token} x") == self.CASE
        assert case_number.without(f"Re: {token} x") == "Re: x"
        assert case_number.with_token("Re: x", "") == "Re: x"

    def test_every_wrong_character_shows(self):
        token = case_number.token(self.CASE)
        for place in range(6, 13):
            for other in case_number.ALPHABET:
                wrong = token[:place] + other + token[place + 1 :]
                assert case_number.named(wrong) == (self.CASE if wrong == token else "")

    @pytest.mark.parametrize(
        "subject", ["CAPE-REJECTED", "[CAPE-2345679]", "ESCAPE-" + "2" * 7, "CAPE Declaration", ""]
    )
    def test_other_words_are_left_alone(self, subject):
        assert case_number.named(subject) == ""
        assert case_number.without(subject) == subject


def test_the_reply_is_kept_with_its_case(box):
    first(box)
    kept = box.channel.replies[-1][1]
    assert json.loads(kept.handle)["references"] == ["<1@example.com>"]
    assert {kept.case} == cases(box)
