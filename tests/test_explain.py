"""A knowledge file as a person reads it: every part is there, as of the day, and fits a terminal."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.catalogue import Catalogue
from bot.explain import explain, listing
from bot.knowledge import load

CATALOGUE = load(Path(__file__).parents[1] / "knowledge")
TODAY = date(2026, 11, 24)


def page(id_, day=TODAY):
    return explain(CATALOGUE.error(id_), day, CATALOGUE)


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("error", CATALOGUE.errors, ids=lambda error: error.id)
def test_a_page_is_whole_and_fits_a_terminal(error):
    text = explain(error, TODAY, CATALOGUE)
    assert all(len(line) <= 80 for line in text.splitlines() if "https://" not in line)
    assert not re.search(r"(?m)(?:: |\()None\b|^ *\S+ +None$", text)
    assert "{" not in text
    flat = one_line(text)
    for part in error.advice_on(TODAY).sections:
        assert part.name in text
        assert all(one_line(words) in flat for words in (*part.paragraphs, *part.items))
    for like in error.look_alikes:
        assert f"Easily taken for {like.id}? {like.question}" in flat
    for source in error.sources:
        assert source.what in flat
        assert source.address in text
    assert "Did anything get filed?" in text
    assert "facts last checked on Tue 24 Nov 2026" in flat


def test_an_error_and_a_status_are_told_apart():
    assert "Is it an error?          Yes." in page("unable-to-calculate-duty")
    status = page("entry-summary-updated")
    assert "Is it an error?          No, it is a status." in status
    assert "Next step                Nothing to do." in status
    assert "Whom to write to" not in status


def test_the_page_follows_the_day():
    april, today = (
        page("hts-relationship-sequence-mismatch", day) for day in (date(2026, 4, 25), TODAY)
    )  # fmt: skip
    assert "Write to CBP." in april
    assert "Still in use?" not in april
    assert "Do not upload the same file again." in april
    assert "No. CBP retired it on Thu 25 Jun 2026." in today
    assert "hts-relationship-mismatch, invalid-hts" in one_line(today)
    assert "Resubmit it as it is, on a new Declaration." in today
    assert "changes with the day, see --as-of: 2026-04-20." in today


def test_another_answer_for_type_06_is_told():
    assert "FTZ Type 06: next step   Write to CBP." in page("hts-relationship-mismatch")
    assert "FTZ Type 06" not in page("hts-relationship-mismatch", date(2026, 8, 20)).split("What it means")[0]


def test_a_wait_names_its_day():
    flat = one_line(page("statement-processing-not-complete"))
    assert "look again on Mon 30 Nov 2026 (3 business days)" in flat  # Thanksgiving and a weekend lie between


def test_cbps_words_are_as_cbp_prints_them():
    assert "\"Unable to Calculate Duty-'X' Duty Comp Code\"" in page("unable-to-calculate-duty")


def test_a_code_is_named():
    assert "Code                     864" in page("psc-not-allowed-864")


def test_old_facts_say_so():
    assert "look at the sources again" not in page("claim-not-started")
    assert "look at the sources again" in one_line(page("claim-not-started", date(2027, 3, 1)))


def test_the_list_has_a_line_for_each():
    lines = listing(CATALOGUE, TODAY).splitlines()
    assert [line.split()[0] for line in lines[: len(CATALOGUE.errors)]] == [error.id for error in CATALOGUE.errors]
    assert all(len(line) <= 150 for line in lines)  # the title may wrap, the id and the step never do
    assert "(retired)" in next(line for line in lines if line.startswith("hts-relationship-sequence-mismatch"))
    assert "(status)" in next(line for line in lines if line.startswith("claim-not-started"))
    assert "(retired)" not in listing(CATALOGUE, date(2026, 4, 25))
    assert listing(replace(CATALOGUE, errors=()), TODAY) == "There is no knowledge file."
    assert listing(Catalogue((), ()), TODAY)
