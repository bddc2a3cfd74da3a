"""Whole answers to messages that confirm: the real knowledge and templates, files in memory."""

import time
from dataclasses import replace
from datetime import date

import pytest
from entry_numbers import dashed, entry, wrong

from bot.core.conversation import looks_back, may_add
from bot.core.model import Attachment, Incoming, Verdict
from bot.mind import load_mind
from bot.report import report

DAY = date(2026, 11, 24)
A, B = entry("B76", 1), entry("B76", 2)
C, D = entry("012", 3456789), entry("016", 7654321)
SLIP = D[:6] + "O" + D[7:] if D[6] == "0" else D
ROWS = (
    f"Entry Number\n{A}\n{B}\n{C[1:]}\n{wrong(A)}\n12-345\n3.16E+10\n{D[1:]}\n"  # 4, 8: proposals; 5: shape; 6, 7: none
)


@pytest.fixture(scope="module")
def mind():
    return load_mind(None, None, ())


def mail(text, *files, sender="ann@example.com", subject="Re: our list", **facts):
    attachments = tuple(Attachment(name, rows.encode()) for name, rows in files)
    return Incoming("2", sender, text, subject=subject, attachments=attachments, **facts)


LIST = mail("Please check this Declaration.", ("list.csv", ROWS), subject="our list")


def answer(mind, *said, earlier=(LIST,)):
    """The report and the reply to the last of `said`, on one line."""
    trail = (*earlier, *(one if isinstance(one, Incoming) else mail(one) for one in said))
    last = replace(trail[-1], earlier=trail[:-1])
    diagnosis, reply = mind.think(last, DAY)
    return report("x", diagnosis, reply, {}), " ".join(reply.text.split()) if reply else ""


def confirmed_rows(full):
    return [fault["row"] for fault in full["sheets"][0]["faults"] if fault["note"] == "confirmed by the sender"]


class TestRows:
    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("confirm rows 4, 8", [4, 8]),
            ("rows 4-8 confirmed", [4, 5, 8]),
            ("please confirm 4 and 8", [4, 8]),
            ("confirm all", [4, 5, 8]),
            ("all of them are right", [4, 5, 8]),
            ("confirm all except row 8", [4, 5]),
            ("all are right. Row 8 is wrong.", [4, 5]),
            (f"confirm {dashed(wrong(A))}", [5]),
            (f"confirm {C[1:]} = {C}", [4]),
            (f"row 7 is {dashed(C)}", [7]),
            (f"row 5 is {wrong(A)}", [5]),
            ("do not confirm row 4", []),
            ("should I confirm row 4?", []),
            ("confirm row 4. Row 4 is wrong.", []),
            (f"row 7 is {C}. Row 7 is {D}.", []),
            (f"row 4 is right. Row 4 is {D}", []),
            ("confirm rows 2, 99", []),
            (f"row 5 is {wrong(B)}", []),
            ("confirm row 6", []),
            ("confirm row 4 in other.csv", []),
        ],
    )
    def test_which_are_confirmed(self, mind, text, rows):
        full, _ = answer(mind, text)
        assert confirmed_rows(full) == rows
        assert all(fault["repaired"] for fault in full["sheets"][0]["faults"] if fault["row"] in rows)
        assert len(full["sheets"][0]["entries"]) == 2 + len(rows)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("confirm rows 4, 5", f"Confirmed in this thread in list.csv: row 4: {C[1:]} read as {C}; row 5: {wrong(A)} as it"),
            ("confirm all", "Not confirmed: rows 6-7: I have no proposal. Answer “row 6 is …”"),
            ("do not confirm row 4", "Not confirmed: row 4: as you say."),
            ("confirm row 4. Row 4 is wrong.", "Not confirmed: row 4: your words contradict each other."),
            ("confirm rows 2, 99", "Rows 2, 99 of list.csv: nothing there waits to be confirmed."),
            (f"row 5 is {wrong(B)}", f"row 5: {wrong(B)} is not a valid entry number (the check digit does not fit"),
            ("should I confirm row 4?", "I did not take “should I confirm row 4?” for a confirmation. If it is one, answer"),
            ("confirm row 4 in other.csv", "There is no file other.csv to confirm rows in. Files that I have: list.csv."),
            (f"confirm {dashed(B)}", f"{dashed(B).lower()}: no such number waits to be confirmed."),
        ],
    )  # fmt: skip
    def test_what_is_said(self, mind, text, says):
        full, reply = answer(mind, text)
        assert says in reply
        assert full["verdict"] == "answer"

    def test_the_checked_file_says_so(self, mind):
        _, reply = mind.think(replace(mail("confirm row 4"), earlier=(LIST,)), DAY)
        checked = next(output for output in reply.outputs if output.name == "list-checked.csv").content.decode()
        assert f"4,{C[1:]},a leading zero seems to be lost (confirmed by the sender),{C}," in checked

    def test_a_rounded_figure_in_two_rows_cannot_be_told_apart(self, mind):
        two = mail("Please check", ("list.csv", f"Entry Number\n{A}\n3.16E+10\n3.16E+10\n"))
        full, reply = answer(mind, f"row 3 is {C}", earlier=(two,))
        assert full["entries"] == [A]
        assert "the same value stands in several rows" in reply

    def test_one_number_in_two_rows_is_confirmed_once_for_both(self, mind):
        two = mail("Please check", ("list.csv", f"Entry Number\n{C[1:]}\n{C[1:]}\n"))
        full, _ = answer(mind, "confirm row 2", earlier=(two,))
        assert full["entries"] == [C]
        assert [fault["reason"] for fault in full["sheets"][0]["faults"]].count("duplicate") == 1
        full, reply = answer(mind, "row 2 is right, row 3 is wrong", earlier=(two,))
        assert full["entries"] == []
        assert "the same value stands in several rows" in reply
        assert answer(mind, "confirm row 2", "row 3 is wrong", earlier=(two,))[0]["entries"] == []

    def test_a_full_declaration_of_doubtful_numbers_is_confirmed_in_a_second_or_two(self, mind):
        numbers = [entry("012", serial) for serial in range(9_000)]
        rows = "".join(f"{number[1:]}\n" for number in numbers)
        many = mail("check", ("many.csv", f"Entry Number\n{rows}"))
        began = time.monotonic()
        full, reply = answer(mind, "confirm all", earlier=(many,))
        assert time.monotonic() - began < 10
        assert full["entries"] == numbers
        assert "and 8,988 more" in reply


class TestThread:
    def test_confirmations_add_up_and_a_later_word_replaces_an_earlier_one(self, mind):
        assert confirmed_rows(answer(mind, "confirm row 4", "confirm row 5")[0]) == [4, 5]
        assert confirmed_rows(answer(mind, "confirm rows 4, 5", "row 4 is wrong")[0]) == [5]
        full, reply = answer(mind, "confirm row 4", f"row 4 is {D}", earlier=(LIST,))
        assert D in full["entries"]
        assert C not in full["entries"]
        assert "no such" not in reply

    def test_the_latest_file_counts(self, mind):
        newer = mail("here is the corrected one", ("new.csv", f"Entry Number\n{A}\n{D[1:]}\n"))
        full, _ = answer(mind, "confirm row 4", newer, "confirm row 3")
        assert (full["sheets"][0]["name"], full["entries"]) == ("new.csv", [A, D])

    def test_a_file_that_comes_with_the_words_is_the_one(self, mind):
        full, _ = answer(mind, mail("confirm row 3", ("new.csv", f"Entry Number\n{A}\n{D[1:]}\n")))
        assert full["entries"] == [A, D]
        full, _ = answer(mind, mail("confirm row 3", ("new.csv", f"Entry Number\n{A}\n{D[1:]}\n")), earlier=())
        assert full["entries"] == [A, D]

    def test_several_files_are_ambiguous(self, mind):
        both = mail(
            "two lists",
            ("a.csv", f"Entry Number\n{C[1:]}\n3.16E+10\n"),
            ("b.csv", f"Entry Number\n{D[1:]}\n3.16E+10\n"),
        )
        full, reply = answer(mind, "confirm row 2", earlier=(both,))
        assert full["entries"] == []
        assert "Row 2: of which file? There are a.csv, b.csv. Answer for example: confirm row 2 in a.csv" in reply
        assert "Row 2 in b.csv: is the proposal right? Answer: confirm row 2 in b.csv" in reply
        assert answer(mind, "confirm row 2 in b.csv", earlier=(both,))[0]["entries"] == [D]
        assert answer(mind, "confirm row 2 in a.csv and row 2 in b.csv", earlier=(both,))[0]["entries"] == [C, D]
        assert answer(mind, "confirm all", earlier=(both,))[0]["entries"] == [C, D]
        full, _ = answer(mind, f"row 3 in b.csv is {B}", earlier=(both,))
        assert [sheet["entries"] for sheet in full["sheets"]] == [[], [B]], "the same figure in another file stays"

    def test_other_words_of_the_message_count_too(self, mind):
        error = mail("HTS RELATIONSHIP MISMATCH on all of them, type 06", ("list.csv", ROWS), subject="CAPE")
        full, _reply = answer(mind, "confirm rows 4, 5, 8", earlier=(error,))
        (draft,) = full["drafts"]
        assert {C, D, wrong(A)} <= set(draft["entries"])
        missing = " ".join(draft["missing"])
        assert "12-345" in missing
        assert "3.16E+10" in missing
        assert not any(number in missing for number in (C, D, wrong(A)))
        full, _ = answer(mind, "Confirm row 4. What does Not Started as claim status mean for the 2nd claim?")
        assert [one["id"] for one in full["findings"]] == ["claim-not-started"]

    def test_a_new_question_in_the_thread_is_answered_alone(self, mind):
        full, reply = answer(mind, f"Claim status for {dashed(B)} came back Not Started, is that good or bad for us?")
        assert [one["id"] for one in full["findings"]] == ["claim-not-started"]
        assert full["sheets"] == []
        assert "for a confirmation" not in reply

    def test_a_number_that_stood_in_words(self, mind):
        words = mail(f"CAPE: HTS RELATIONSHIP MISMATCH on entry {dashed(wrong(A))}, type 06", subject="CAPE")
        full, reply = answer(mind, f"confirm {dashed(wrong(A))}", earlier=(words,))
        assert full["entries"] == [wrong(A)]
        assert full["suspect_entries"] == []
        assert f"Confirmed in this thread: {dashed(wrong(A))} as it stands" in reply
        assert wrong(A) in full["drafts"][0]["entries"]

    @pytest.mark.parametrize("text", ["confirm rows 4, 9", "Confirm all, thanks", "confirm row 4, thank you\n\nAnn"])
    def test_without_a_file_it_is_said(self, mind, text):
        full, reply = answer(mind, text, earlier=())
        assert full["verdict"] == "ask"
        assert "attach the file again with the same words" in reply

    @pytest.mark.parametrize("text", ["please confirm 4 and 9", "ok", "yes", "all of them are right", "row 4 is wrong"])
    def test_without_a_file_what_may_mean_anything_is_no_confirmation(self, mind, text):
        assert answer(mind, text, earlier=())[0]["verdict"] == "silent"

    def test_thanks_afterwards_are_not_answered(self, mind):
        assert answer(mind, "confirm row 4", "perfect, thanks!")[0]["verdict"] == "silent"

    def test_a_file_that_cannot_be_had_any_more(self, mind):
        gone = replace(
            LIST, attachments=(Attachment("list.csv", b"", problem="Slack does not hand the file out any more."),)
        )
        full, reply = answer(mind, "confirm row 4", earlier=(LIST, gone))
        assert full["entries"] == []
        assert "I cannot read the file any more" in reply


class TestWhoMayAdd:
    @pytest.mark.parametrize(
        ("earlier", "may"),
        [
            ({}, True),
            ({"sender": "Ann@Example.com"}, True),
            ({"sender": "bo@example.com"}, False),
            ({"sender": "bo@example.com", "shown_to": ("bot@example.com", "ann@example.com")}, True),
            ({"sender": "bo@example.com", "private": False}, True),
            ({"refused": "not on the allow-list"}, False),
            ({"automatic": "Auto-Submitted"}, False),
            ({"addressed": False}, False),
        ],
    )
    def test_the_facts_decide(self, earlier, may):
        assert may_add(replace(LIST, **earlier), mail("confirm row 4")) is may

    @pytest.mark.parametrize(
        ("text", "facts", "looks"),
        [
            ("confirm row 4", {}, True),
            ("yes", {}, True),
            ("Claim status: Not Started", {}, True),
            ("", {}, False),
            ("confirm row 4", {"automatic": "Auto-Submitted"}, False),
            ("confirm row 4", {"refused": "a stranger"}, False),
            ("confirm row 4", {"addressed": False}, False),
        ],
    )
    def test_the_thread_is_read_again_where_a_person_says_something(self, text, facts, looks):
        assert looks_back(mail(text, **facts)) is looks


class TestQuestions:
    def test_the_reply_says_how_to_confirm(self, mind):
        _full, reply = answer(mind, LIST, earlier=())
        assert "1. Rows 4, 8: a number is proposed for each. Are these right? Answer: confirm rows 4, 8" in reply
        assert "2. Rows 5-7: I have no proposal. Correct this in the file" in reply
        assert "row 5 is …" in reply
        assert reply.count("Answer: confirm") == 1

    def test_what_it_says_can_be_answered_to_the_letter(self, mind):
        assert confirmed_rows(answer(mind, "confirm rows 4, 8")[0]) == [4, 8]

    def test_many_rows_are_confirmed_in_one_word(self, mind):
        numbers = [entry("012", serial) for serial in range(40)]
        rows = "".join(f"{number[1:]}\n{entry('B76', at)}\n" for at, number in enumerate(numbers))
        _, reply = answer(mind, mail("check", ("many.csv", f"Entry Number\n{rows}")), earlier=())
        assert "Answer: confirm all" in reply

    def test_in_a_draft_the_numbers_are_listed_and_asked_once(self, mind):
        error = mail("HTS RELATIONSHIP MISMATCH on all of them, type 06", ("list.csv", ROWS), subject="CAPE")
        diagnosis, _ = mind.think(error, DAY)
        assert diagnosis.verdict is Verdict.ESCALATE
        assert any(C[1:] in item for item in diagnosis.drafts[0].missing)
        assert not any(C[1:] in question for question in diagnosis.questions)


def test_staff_may_add_to_everybodys_case():
    earlier = mail("HTS RELATIONSHIP MISMATCH", sender="ann@client.example")
    assert not may_add(earlier, mail("all FTZ", sender="kim@brokerage.example"))
    assert may_add(earlier, mail("all FTZ", sender="kim@brokerage.example", staff=True))
