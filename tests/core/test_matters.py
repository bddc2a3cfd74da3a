"""Threads: what later messages add to a matter, and what opens another one. The real knowledge, files in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from entry_numbers import dashed, entry

from bot.core.business_days import add_business_days
from bot.core.conversation import may_add
from bot.core.model import Attachment, Incoming, Type06, Verdict
from bot.mind import load_mind

DAY = date(2026, 11, 24)
A, B, C, D = (entry("B76", serial) for serial in (1, 2, 3, 4))
HTS = f"CAPE says HTS RELATIONSHIP MISMATCH for {dashed(A)} and {dashed(B)}, all FTZ type 06."
DUTY = "UNABLE TO CALCULATE DUTY-'A' DUTY COMP CODE"


@pytest.fixture(scope="module")
def mind():
    return load_mind(None, None, ())


def mail(text, *files, sender="ann@example.com", subject="Re: CAPE", **facts):
    attachments = tuple(Attachment(name, rows.encode()) for name, rows in files)
    return Incoming("1", sender, text, subject=subject, attachments=attachments, **facts)


def answer(mind, *said, day=DAY):
    """The diagnosis of the last message, with those before it that its sender may add to, and the reply on one line."""
    trail = [one if isinstance(one, Incoming) else mail(one) for one in said]
    last = replace(trail[-1], earlier=tuple(one for one in trail[:-1] if may_add(one, trail[-1])))
    diagnosis, reply = mind.think(last, day)
    return diagnosis, " ".join(reply.text.split()) if reply else ""


def lines(draft):
    return dict(draft.lines)


def claims(*rows):
    listed = "".join(f'="{number}",="100000200001",Failed,{message}\n' for number, message in rows)
    return f"ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION\n{listed}"


class TestAdding:
    def test_an_answer_completes_the_draft_and_one_line_says_what_changed(self, mind):
        found, reply = answer(mind, HTS, "EIN 12-3456789, claim 100000200001")
        (draft,) = found.drafts
        assert lines(draft)["Importer number"] == draft.importer == "12-3456789"
        assert lines(draft)["Claim number"] == "100000200001"
        assert draft.entries == (A, B)
        assert "Added: claim number 100000200001; importer number 12-3456789. Still missing: HTS lines" in reply

    def test_a_correction_says_both(self, mind):
        found, reply = answer(mind, HTS, "claim 100000200001", "sorry, claim 100000200002")
        assert lines(found.drafts[0])["Claim number"] == "100000200002"
        assert "Changed: claim number 100000200002 (was 100000200001)." in reply

    def test_facts_that_resemble_an_error_name_none(self, mind):
        found, _ = answer(mind, HTS, "no claim number, it was never filed")
        assert [one.id for one in found.findings] == ["hts-relationship-mismatch"]
        assert lines(found.drafts[0])["Claim number"] == "none"

    def test_another_entry_comes_to_the_others(self, mind):
        found, reply = answer(mind, HTS, f"{dashed(C)} has it too")
        assert found.drafts[0].entries == (A, B, C)
        assert f"Added: 1 entry ({C})" in reply

    def test_confirmed_rows_stay_confirmed_when_facts_follow(self, mind):
        zero = entry("012", 3456789)
        first = mail(HTS, ("list.csv", f"Entry Number\n{A}\n{zero[1:]}\n"))
        found, _ = answer(mind, first, "confirm row 3", "EIN 12-3456789")
        assert zero in found.drafts[0].entries
        assert found.drafts[0].importer == "12-3456789"

    def test_thanks_add_nothing(self, mind):
        assert answer(mind, HTS, "EIN 12-3456789", "perfect, thank you!")[0].verdict is Verdict.SILENT

    def test_a_quoted_answer_of_the_bot_adds_nothing(self, mind):
        _, reply = mind.think(mail(HTS), DAY)
        quoted = "\n".join(f"> {line}" for line in reply.text.splitlines())
        text = f"claim 100000200001\n\nOn Mon, 23 Nov 2026 at 09:30, CAPE desk <desk@example.com> wrote:\n{quoted}"
        found, said = answer(mind, f"CAPE says HTS RELATIONSHIP MISMATCH for {dashed(A)}", text)
        assert "Added: claim number 100000200001." in said
        assert (found.entries, found.type06) == ((A,), Type06.UNKNOWN)

    @pytest.mark.parametrize("sender", ["mal@elsewhere.example", "bo@example.com"])
    def test_somebody_else_adds_nothing_and_sees_nothing(self, mind, sender):
        found, reply = answer(mind, HTS, mail("EIN 12-3456789, claim 100000200001", sender=sender))
        assert found.drafts == ()
        assert found.entries == ()
        assert A not in reply
        assert "I have no earlier message of yours in this thread" in reply

    def test_somebody_to_whom_it_was_sent_may_add(self, mind):
        first = replace(mail(HTS), shown_to=("bo@example.com",))
        found, _ = answer(mind, first, mail("EIN 12-3456789", sender="bo@example.com"))
        assert found.drafts[0].importer == "12-3456789"

    def test_what_somebody_else_said_is_no_fact(self, mind):
        found, _ = answer(mind, HTS, mail("claim 100000200009", sender="mal@elsewhere.example"), "EIN 12-3456789")
        assert "FILL IN" in lines(found.drafts[0])["Claim number"]


class TestMatters:
    def test_another_error_is_answered_by_itself(self, mind):
        found, reply = answer(mind, HTS, "EIN 12-3456789", "What does Error Code 41 mean?")
        assert [one.id for one in found.findings] == ["ace-error-41"]
        assert (found.entries, found.drafts) == ((), ())
        assert "Added" not in reply

    def test_the_first_matter_is_still_there(self, mind):
        found, _ = answer(
            mind,
            HTS,
            "EIN 12-3456789",
            "What does Error Code 41 mean?",
            "HTS relationship mismatch again: claim 100000200001",
        )
        assert found.drafts[0].entries == (A, B)
        assert found.drafts[0].importer == "12-3456789"
        assert lines(found.drafts[0])["Claim number"] == "100000200001"

    def test_facts_belong_to_what_was_talked_of_last(self, mind):
        found, _ = answer(
            mind, HTS, f"Claim Details says {DUTY} for {dashed(C)}, we refiled it, same error", "claim 100000200001"
        )
        assert [(draft.id, draft.entries) for draft in found.drafts] == [("unable-to-calculate-duty", (C,))]

    def test_the_message_that_was_asked_for(self, mind):
        found, _ = answer(
            mind, f"CAPE does not take {dashed(A)}, why?", "It says HTS RELATIONSHIP MISMATCH, what now? All FTZ."
        )
        assert found.drafts[0].entries == (A,)


class TestFiles:
    def test_a_second_file_joins(self, mind):
        found, reply = answer(
            mind, HTS, mail("here are the details", ("claims.csv", claims((A, "HTS RELATIONSHIP MISMATCH"))))
        )
        assert [draft.entries for draft in found.drafts] == [(A,)]
        assert "the file claims.csv" in reply

    def test_a_declaration_replaces_a_declaration(self, mind):
        first = mail(HTS, ("a.csv", f"Entry Number\n{A}\n"))
        found, reply = answer(mind, first, mail("the right one", ("b.csv", f"Entry Number\n{C}\n")))
        assert [sheet.name for sheet in found.sheets] == ["b.csv"]
        assert "Changed: a.csv is no longer looked at." in reply


class TestWhatCounts:
    ASKED = f"CAPE says {DUTY} for {dashed(A)} and {dashed(B)}. We refiled, same error."

    def test_another_clients_number_and_name_stand_in_no_draft(self, mind):
        said = "For another client of ours (Zeta LLC, EIN 98-7654321) we had the same error. Claim 100000200001."
        found, _ = answer(mind, self.ASKED, said)
        assert "Zeta" not in str(found.drafts)
        assert "98-7654321" not in str(found.drafts)
        assert lines(found.drafts[0])["Claim number"] == "100000200001"

    def test_a_guess_at_the_type_is_no_fact(self, mind):
        found, _ = answer(mind, self.ASKED, "Claim 100000200001. We believe the entries may be FTZ.")
        assert found.drafts[0].type06 is Type06.UNKNOWN

    def test_an_entry_that_was_left_out_can_come_back(self, mind):
        found, _ = answer(mind, self.ASKED, f"Remove {dashed(B)}.", f"Please add {dashed(B)} back.")
        assert found.drafts[0].entries == (A, B)

    def test_a_name_to_come_is_no_name(self, mind):
        found, _ = answer(mind, self.ASKED, "Claim 100000200001. Importer of record: TBD.")
        assert "Importer of record" not in lines(found.drafts[0])

    def test_a_denied_importer_makes_no_second_one(self, mind):
        found, _ = answer(mind, self.ASKED, f"{dashed(A)} is not of importer 12-3456789. EIN 98-7654321.")
        assert [draft.importer for draft in found.drafts] == ["98-7654321"]


class TestTypeOfOneEntry:
    def test_what_was_said_of_all_holds_for_those_that_no_later_word_names(self, mind):
        asked = f"CAPE says {DUTY} for {dashed(A)} and {dashed(B)}. We refiled, same error."
        found, _ = answer(mind, asked, "None of them are FTZ.", f"{dashed(A)} is type 06 after all.")
        assert lines(found.drafts[0])["FTZ Type 06"] == f"Mixed. Type 06: {A}. Not type 06: {B}."
        assert not any("FTZ Type 06" in question for question in found.questions)


class TestImporters:
    LIST = f"Entry Number,Importer Number,Entry Type\n{A},12-3456789,06\n{B},12-3456789,01\n{C},98-7654321,01\n"

    def both(self, text="We refiled them, same error.", rows=LIST, entries=(A, B, C, D)):
        return mail(text, ("claims.csv", claims(*((one, DUTY) for one in entries))), ("list.csv", rows))

    def test_clients_are_never_mixed(self, mind):
        found, _ = answer(mind, self.both())
        assert {draft.importer: draft.entries for draft in found.drafts} == {"12-3456789": (A, B), "98-7654321": (C,)}
        (question,) = (one for one in found.questions if D in one)
        assert question.startswith(
            f"Who is the importer of {D} (12-3456789 or 98-7654321)? Until you say, they stand in no draft"
        )
        assert all(A not in str(draft.lines) for draft in found.drafts if draft.importer != "12-3456789")

    def test_a_sentence_on_another_client_stands_in_no_draft_of_this_one(self, mind):
        found, _ = answer(mind, self.both(f"We refiled {dashed(C)}, same error. We resubmitted all of them on 20 Nov."))
        tried = {draft.importer: lines(draft)["Tried so far"] for draft in found.drafts}
        assert tried["12-3456789"] == "We resubmitted all of them on 20 Nov"
        assert dashed(C) in tried["98-7654321"]

    def test_facts_and_claims_of_one_client_stand_in_no_draft_of_another(self, mind):
        told = (
            f"We refiled them, same error. {dashed(A)} is Acme Foods LLC EIN 12-3456789. {dashed(C)} is Beta Corp"
            " EIN 98-7654321. Line 4 of Acme's. Refiled for Beta Foods on 21 Nov, still rejected. Claim 100000200003."
        )
        rows = f'="{A}",="100000200001",Failed,{DUTY}\n="{C}",="100000200002",Failed,{DUTY}\n'
        header = "ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION\n"
        found, _ = answer(mind, mail(told, ("claims.csv", header + rows)))
        acme, beta = (
            lines(next(draft for draft in found.drafts if draft.importer == one))
            for one in ("12-3456789", "98-7654321")
        )
        assert (acme["Claim number"], beta["Claim number"]) == ("100000200001", "100000200002")
        assert acme["HTS lines"] == "Line 4"
        assert beta["HTS lines"].startswith("[FILL IN")
        assert "Beta" not in str(acme)
        assert "Acme" not in str(beta)

    def test_one_sentence_tells_the_importer_of_each_entry(self, mind):
        said = f"The importer of {dashed(A)} is 12-3456789, and of {dashed(B)} 98-7654321"
        found, _ = answer(mind, HTS, said)
        assert {draft.importer: draft.entries for draft in found.drafts} == {"12-3456789": (A,), "98-7654321": (B,)}

    def test_an_importer_that_is_denied_of_an_entry_is_not_its_importer(self, mind):
        found, _ = answer(mind, HTS, f"{dashed(A)} is not of importer 12-3456789. EIN of {dashed(B)} is 98-7654321")
        assert "12-3456789" not in {draft.importer for draft in found.drafts}

    def test_the_type_06_of_each_stands_in_its_draft(self, mind):
        by_importer = {draft.importer: draft for draft in answer(mind, self.both())[0].drafts}
        assert lines(by_importer["12-3456789"])["FTZ Type 06"] == f"Mixed. Type 06: {A}. Not type 06: {B}."
        assert by_importer["98-7654321"].type06 is Type06.NO

    def test_the_answer_puts_an_entry_to_its_importer(self, mind):
        found, _ = answer(mind, self.both(), f"{dashed(D)} is of EIN 98-7654321")
        assert {draft.importer: draft.entries for draft in found.drafts} == {"12-3456789": (A, B), "98-7654321": (C, D)}

    def test_the_files_and_the_words_name_different_importers(self, mind):
        rows = f"Entry Number,Importer Number\n{A},12-3456789\n{B},12-3456789\n"
        found, _ = answer(mind, self.both("We refiled them, same error. EIN 98-7654321", rows, (A, B)))
        assert [draft.importer for draft in found.drafts] == ["12-3456789"]
        assert any("98-7654321, and the files name another one" in question for question in found.questions)

    def test_a_person_is_no_number(self, mind):
        rows = f"Entry Number,Importer Number\n{A},123-45-6789\n{B},987-65-4321\n"
        found, reply = answer(mind, self.both(rows=rows, entries=(A, B)))
        assert [draft.entries for draft in found.drafts] == [(A,), (B,)]
        assert [draft.importer for draft in found.drafts] == ["", ""]
        assert "123-45-6789" not in reply

    def test_many_drafts_are_packed(self, mind):
        numbers = [entry("B76", serial) for serial in range(12)]
        rows = "Entry Number,Importer Number\n" + "".join(
            f"{one},{20 + at}-1000000\n" for at, one in enumerate(numbers)
        )
        diagnosis, reply = mind.think(self.both(rows=rows, entries=numbers), DAY)
        assert len(diagnosis.drafts) == 12
        assert reply.text.count("DRAFT, not sent") == 5
        assert [one.name for one in reply.outputs if one.role == "draft"][-1] == "more-drafts.zip"
        assert "importer 31-1000000" in " ".join(reply.text.split())


class TestDue:
    @pytest.mark.parametrize(
        ("text", "note"),
        [
            ("Claim status Not Started. Please draft a mail to CBP.", "CBP cannot act on it"),
            ("Not 11 characters long. Please escalate to CBP.", "it helps only once what I ask below is known"),
            ("Error Code 42 at login. Please write to CBP.", "CBP listens to the Trade Account Owner alone"),
            (
                "The CAPE tab is missing in our ACE portal. Please write to CBP.",
                "866-530-4172, takes it by telephone alone",
            ),
            (f"Protest on entry, {dashed(A)}. Draft to CBP please.", "which has no common address"),
            (f"Entry summary under review, {dashed(A)}. Draft to CBP please.", "which has no common address"),
        ],
    )
    def test_no_draft_and_why(self, mind, text, note):
        found, reply = answer(mind, text)
        assert found.drafts == ()
        assert note in reply

    def test_the_owner_gets_the_word_that_the_machine_goes_by(self, mind):
        found, reply = answer(mind, "Error Code 42 at login. I am the Trade Account Owner.")
        (draft,) = found.drafts
        assert (draft.to, draft.subject, draft.entries) == ("ACE.Support@cbp.dhs.gov", "reactivation", ())
        assert "Which entry numbers" not in reply
        assert "I am not the Trade Account Owner" not in reply
        denied, _ = answer(mind, "Error Code 42 at login. I am not the Trade Account Owner. Please draft to CBP.")
        assert [one.to for one in denied.drafts if one.subject == "reactivation"] == []

    @pytest.mark.parametrize(("business_days", "due"), [(9, False), (10, True)])
    def test_a_statement_in_its_first_days(self, mind, business_days, due):
        paid = date(2026, 11, 2)
        text = f"Statement Processing Not Complete on {dashed(A)}, still the same. Statement 123456 paid on 2 Nov 2026."
        found, reply = answer(mind, text, day=add_business_days(paid, business_days))
        assert bool(found.drafts) is due
        assert ("Still the same on Tue 17 Nov 2026" in reply) is not due

    def test_a_password_is_in_no_draft(self, mind):
        found, reply = answer(mind, f"{HTS} We refiled, same error, with password: Tulip-77, on 20 Nov.")
        assert lines(found.drafts[0])["Tried so far"] == "We refiled, same error, on 20 Nov"
        assert "Tulip" not in reply
        assert "A password stands in what you sent" in reply


def test_days_told_in_words_and_days_to_wait_for_are_in_the_calendar(mind):
    _, reply = mind.think(mail(f"Claim status Not Started. Entry {dashed(A)}, type 01, liquidated 2 Oct 2026."), DAY)
    (calendar,) = (one.content.decode() for one in reply.outputs if one.role == "calendar")
    for day in (date(2026, 10, 2) + timedelta(77), date(2026, 10, 2) + timedelta(80), date(2026, 11, 26)):
        assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in calendar
    assert "SUMMARY:CAPE: look again\\, Claim status Not Started" in calendar
