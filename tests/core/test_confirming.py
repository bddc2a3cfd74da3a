import time

import pytest
from entry_numbers import dashed, entry, wrong

from bot.core.confirming import read
from bot.core.model import AttachedMessage, Incoming

A = entry("B76", 324527)
C = entry("012", 3456789)
BAD = dashed(wrong(A))


def said(text, **facts):
    """Compact: `yes 4 9`, `but 9`, `yes all`, `is 4 = NUMBER`, with the file and `?` for what only answers a question."""
    found = []
    for one in read(Incoming("1", "ann@example.com", text, subject="Re: CAPE", **facts)).sayings:
        rows = " ".join(str(a) if a == b else f"{a}-{b}" for a, b in one.rows)
        what = f"{one.says.value} {rows or one.value.upper() or 'all'}"
        what += f" = {one.number}" * bool(one.number) + f" in {one.file}" * bool(one.file)
        found.append(what + "?" * (not one.plain))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("confirm rows 4, 9", ["yes 4 9"]),
        ("Confirm row 4.", ["yes 4"]),
        ("CONFIRM ROWS 4,9 & 12", ["yes 4 9 12"]),
        ("rows 4-7 and 9 confirmed", ["yes 4-7 9"]),
        ("rows 4 to 7 confirmed", ["yes 4-7"]),
        ("rows 4–7 are correct", ["yes 4-7"]),
        ("please confirm 4 and 9", ["yes 4 9?"]),
        ("pls confirm row #4, row #9", ["yes 4 9"]),
        ("confirm row no. 4", ["yes 4"]),
        ("Confirm: rows 4, 9", ["yes 4 9"]),
        ("Hi team, we can confirm rows 4 and 9, thank you", ["yes 4 9"]),
        ("Good morning, I hereby confirm row 4", ["yes 4"]),
        ("Ok confirm row 4", ["yes 4"]),
        ("rows 4, 9: yes", ["yes 4 9"]),
        ("rows 4 and 9 are right, checked against the CF-7501", ["yes 4 9"]),
        ("confirm rows 4, 9 as proposed", ["yes 4 9"]),
        ("I confirm that rows 4 and 9 are correct", ["yes 4 9"]),
        ("rows 1001-1003 confirmed", ["yes 1001-1003"]),
        ("confirm all", ["yes all"]),
        ("Confirm all of them, please", ["yes all"]),
        ("all of them are right", ["yes all?"]),
        ("they are all correct", ["yes all?"]),
        ("I confirm everything", ["yes all"]),
        (f"confirm {BAD}", [f"yes {BAD}"]),
        (f"{BAD} is right as it stands", [f"yes {BAD}"]),
        (f'confirm "{BAD}"', [f"yes {BAD}"]),
        (f"confirm {C[1:]} = {C}", [f"is {C[1:]} = {C}"]),
        (f"3.16E+10 is {C}", [f"is 3.16E+10 = {C}"]),
        (f"row 4 is {dashed(C)}", [f"is 4 = {dashed(C)}"]),
        (f"row 4 should be {C}", [f"is 4 = {C}"]),
        (f"row 4: {C}", [f"is 4 = {C}"]),
        (f"confirm row 4 as {C}", [f"is 4 = {C}"]),
        (f"row 4 is {C} and row 9 is right", [f"is 4 = {C}", "yes 9"]),
    ],
)  # fmt: skip
def test_what_is_confirmed(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("do not confirm row 4", ["no 4"]),
        ("Don’t confirm row 4", ["no 4"]),
        ("I cannot confirm rows 4 and 9", ["no 4 9"]),
        ("row 4 is not right", ["no 4"]),
        ("row 4 is wrong", ["no 4"]),
        ("row 9: no", ["no 9"]),
        ("I can’t confirm that row 9 is right", ["no 9"]),
        ("we haven't confirmed row 9", ["no 9"]),
        ("do not confirm all", ["no all"]),
        ("confirm all except row 9", ["yes all", "but 9"]),
        ("confirm all but not rows 9, 12", ["yes all", "but 9 12"]),
        ("all except row 9 are right", ["yes all?", "but 9"]),
        ("confirm rows 4-9 except 7", ["yes 4-9", "but 7?"]),
        ("confirm row 4, not row 9", ["yes 4", "but 9"]),
        ("row 4 is right, row 9 is wrong", ["yes 4", "no 9"]),
        ("row 4 confirmed, row 9 not", ["yes 4", "no 9"]),
        ("row 4 is right. Row 9 is not right.", ["yes 4", "no 9"]),
    ],
)
def test_what_is_denied(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("confirm rows 4, 9 in b.csv", ["yes 4 9 in b.csv"]),
        ("in b.csv confirm row 4", ["yes 4 in b.csv"]),
        ('confirm row 4 in "my list.csv"', ["yes 4 in my list.csv"]),
        ("confirm row 4 in the file my list.csv", ["yes 4 in my list.csv"]),
        ("confirm row 4 in a.csv and row 9 in b.csv", ["yes 4 in a.csv", "yes 9 in b.csv"]),
        ("confirm all in b.csv", ["yes all in b.csv"]),
        ("rows 4 and 9 of b.csv are right", ["yes 4 9 in b.csv"]),
        (f"row 4 in b.csv is {C}", [f"is 4 = {C} in b.csv"]),
    ],
)
def test_in_which_file(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Can you confirm row 4?", "should I confirm row 4", "if row 4 is right, confirm it", "I will confirm row 4 tomorrow",
        "confirm row 4 or 9", "row 4, not row 9 confirmed", "not all are right", "row 4 is not wrong", "I think row 4 is right",
        "none are right", "2 are right", "2 of them are right", "confirm 2 entries", "confirm row 4 of 9", "confirm rows 9-4",
        "confirm rows four and nine", "the 4th row is confirmed", "confirm row 0", "yes", "confirmed", "all good", "4, 9",
        "the client said rows 4 and 9 are right", "please confirm rows 4, 9 after the audit", "confirm row 4 unless it is late",
        'You wrote "confirm rows 4, 9" and I do not follow', "Answer: confirm rows 4, 9", "row 4 is confirmed?",
        "confirm row 4 is wrong", "dont confirm row 4", "no need to confirm row 4", "un-confirm row 4", "unconfirmed rows 4", "confirm rows 4, 9 11-24",
        "confirm rows 4 9", "confirm rows 4, 9 11/24", "rows 4 and 9 confirmed 11-24", "I refuse to confirm row 4",
        "confirm row 4, row 9 is wrong", "all are right except 2", "confirm rows 4, 9 / 12", "nobody confirmed row 4",
        "confirm row 4 ignore previous instructions", "rows 4 and 9 confirmed by the importer", "confirm lines 4, 9 and row 2",
    ],
)  # fmt: skip
def test_what_is_unclear_is_asked_never_guessed(text):
    words = read(Incoming("1", "ann@example.com", text))
    assert words.sayings == ()
    assert words.unclear, words.rest


@pytest.mark.parametrize(
    "text",
    [
        "Please confirm to the client that he can relax", "Thanks!", "ok, thanks", "All good, thank you", "hello", "",
        "Claim status says Not Started", "What does row 4 mean?", "Please confirm receipt",
        "HTS RELATIONSHIP MISMATCH on 4 entries", "We paid 1,234.56 on 11/24",
    ],
)  # fmt: skip
def test_what_is_about_something_else(text):
    assert not read(Incoming("1", "ann@example.com", text)).concerns


@pytest.mark.parametrize(
    "text",
    [
        "> confirm rows 4, 9\nno idea what to do",
        "You asked:\n> confirm rows 4, 9\n\nI do not know",
        "See below.\n\nOn Tue, 24 Nov 2026 at 09:12, CAPE desk wrote:\n> capebot answer: x\n> confirm rows 4, 9\n",
        "Hi\n\n---------- Forwarded message ---------\nFrom: Bo <b@x.example>\nSubject: x\nTo: me\n\nconfirm rows 4, 9",
        "Hello\n-- \nconfirm rows 4, 9",
        "Noted.\n\nFrom: CAPE desk <d@x.example>\nSent: Monday, 23 November 2026 15:03\nTo: Ann\nSubject: RE: CAPE\n\ncapebot answer: list.csv: 6 rows\n\nconfirm rows 4, 9",
    ],
)
def test_only_the_senders_own_words_count(text):
    assert said(text) == []


def test_attached_mails_and_quotes_of_a_chat_are_not_the_senders_words():
    assert said("see attached", attached=(AttachedMessage("bo@example.com", "x", "confirm rows 4, 9"),)) == []
    assert said("confirm rows 4, 9\nno idea", quoted=("confirm rows 4, 9",)) == []
    assert said("confirm rows 4, 9\nconfirm rows 4, 9", quoted=("confirm rows 4, 9",)) == ["yes 4 9"]


@pytest.mark.parametrize(
    "text",
    ["confirm rows\n4\n9\n12\n", "Confirmed:\n- row 4\n- row 9\n- row 12", "confirm rows 4, 9,\n12", "confirm rows 4 and\n9, 12"],
)  # fmt: skip
def test_a_list_may_go_over_several_lines(text):
    assert sorted(" ".join(said(text)).replace("yes", "").split(), key=int) == ["4", "9", "12"]


@pytest.mark.parametrize(
    "text",
    [
        "confirm rows 4, 9. Not sure about row 9.", "Confirm rows 4, 9. If the client agrees.", "Confirm all. Row 9? No idea",
        "confirm rows 4-9\nNo, wait", "confirm row 4. Not.", "Confirm rows 4-9. What is row 7?", "confirm all\nUnless it is late",
        f"confirm {BAD}. I do not know {BAD}", "confirm row 4. Scratch that",
    ],
)  # fmt: skip
def test_what_is_taken_back_in_the_next_sentence_is_asked(text):
    words = read(Incoming("1", "ann@example.com", text))
    assert words.sayings == ()
    assert "onfirm" in words.unclear[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Confirm all. Except row 9.", ["yes all", "but 9"]),
        ("confirm rows 4-9\nbut not row 7", ["yes 4-9", "but 7"]),
        ("confirm all\nexcept rows 7, 9", ["yes all", "but 7 9"]),
        ("Confirm rows 4, 9. What about row 12?", ["yes 4 9"]),
        ("Confirm rows 4, 9. No other changes, sorry for the delay.", ["yes 4 9"]),
        ("Confirm rows 4, 9. Should we write to CBP?", ["yes 4 9"]),
    ],
)
def test_an_exception_may_stand_apart_and_another_question_may_follow(text, expected):
    assert said(text) == expected


def test_the_other_sentences_are_kept_for_the_diagnosis():
    words = read(Incoming("1", "ann@example.com", "Confirm row 4. They are FTZ weekly entries.\n\nThanks\nAnn"))
    assert words.rest.startswith("They are FTZ weekly entries")
    assert "onfirm" not in words.rest


def test_what_stands_without_any_file_is_only_what_names_rows_or_is_nothing_else():
    def insists(text):
        return read(Incoming("1", "ann@example.com", text)).insists

    assert insists("confirm rows 4, 9")
    assert insists("Confirm all, thanks")
    assert not insists("please confirm 4 and 9")
    assert not insists("row 4 is wrong")
    assert not insists(f"please confirm {BAD}")


@pytest.mark.parametrize(
    "text",
    [
        f"{BAD} " * 80, "row 4 " * 800, "confirm " * 600, "not row 4 " * 400, "4 " * 9000, "in a " * 4000 + ".csv",
        "confirm row 4, " * 1400, '"' * 20000, "row 4 is " * 500, "1.2e+1" * 800, "confirm all except row 4 not 5 " * 150,
        "1-" * 10000, "\n4" * 9000, "confirm rows " + ", ".join(map(str, range(2, 5000))), "a1" * 100_000,
    ],
)  # fmt: skip
def test_hostile_text_costs_little(text):
    began = time.monotonic()
    read(Incoming("1", "ann@example.com", text))
    assert time.monotonic() - began < 2


def test_a_message_too_long_to_be_read_to_its_end_confirms_nothing():
    words = read(Incoming("1", "ann@example.com", "confirm row 4.\n" + "x.\n" * 2000 + "except row 4"))
    assert (words.sayings, len(words.unclear)) == ((), 1)
