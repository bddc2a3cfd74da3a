"""ES-003 exports: rows folded into one verdict for each entry summary."""

import csv
import io
import time
from datetime import date

import pytest
from entry_numbers import dashed, entry, wrong
from reading_files import TODAY, read_all

from bot.core.sheets import columns

ONE, TWO, THREE = entry("B76", 324527), entry("B76", 324528), entry("316", 2509314)
ACE = {
    "Entry Summary Number": ONE,
    "Entry Type Code": "01",
    "Importer Number": "12-345678900",
    "Entry Date": "12/01/2025",
    "Liquidation Date": "10/15/2026",
    "Liquidation Status": "Liquidated",
    "Entry Summary Line Number": "1",
    "HTS Number - Full": "9903.01.25",
    "Line Tariff Goods Value Amount": "0.00",
    "Line Tariff Duty Amount": "100.00",
}
BASE = {
    "HTS Number - Full": "8471.30.0100",
    "Line Tariff Goods Value Amount": "1,000.00",
    "Line Tariff Duty Amount": "0.00",
}
OPEN = {"Liquidation Date": "", "Liquidation Status": "Not Liquidated"}


def export(*rows, without=(), above=(), delimiter=","):
    """A CSV of the rows, each a change of an ordinary one."""
    names = list(dict.fromkeys(name for row in (ACE, *rows) for name in row if name not in without))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(above)
    writer.writerow(names)
    writer.writerows([(ACE | row).get(name, "") for name in names] for row in rows)
    return out.getvalue().encode()


def audited(content, **how):
    (sheet,) = read_all(("es003.csv", content), **how)
    assert (sheet.kind, sheet.refused) == ("es-003", "")
    return sheet


def outcome(*rows, today=TODAY, **how):
    (one,) = audited(export(*rows, **how), today=today).outcomes
    return one


def test_the_rows_of_an_entry_are_one_verdict():
    sheet = audited(export({}, BASE, {"Entry Summary Number": TWO} | OPEN, {"Entry Summary Number": TWO} | BASE | OPEN))
    assert [(one.entry, one.outcome, one.row) for one in sheet.outcomes] == [(ONE, "cape-now", 2), (TWO, "cape-now", 4)]
    assert (sheet.rows, sheet.entries) == (4, (ONE, TWO))
    assert sheet.outcomes[0].deadline == date(2027, 1, 3)
    assert sheet.outcomes[0].file_by == date(2026, 12, 31)
    assert [one.entry for one in sheet.ready] == [ONE, TWO]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_by_name_in_any_order_below_prompts_and_above_totals(delimiter):
    above = [["ES-003 Entry Summary Line Tariff Details"], ["Entry Date begin", "1/4/2025"], []]
    content = export({}, BASE, above=above, delimiter=delimiter) + f"Total{delimiter * 9}1100.00\n".encode()
    sheet = audited(content)
    assert [(one.entry, one.outcome, one.row) for one in sheet.outcomes] == [(ONE, "cape-now", 5)]
    assert sheet.rows == 2


def test_other_names_and_slips():
    content = export({}).decode()
    for stood, other in (("Entry Summary Number", "ENTRY NO"), ("HTS Number - Full", "HTS Code"), ("Entry Type Code", "Type"),
                         ("Line Tariff Duty Amount", "Duty Amount"), ("Liquidation Date", "Liqudation Date")):  # fmt: skip
        content = content.replace(stood, other)
    assert audited(content.encode()).outcomes[0].outcome == "cape-now"


@pytest.mark.parametrize("hts", ["9903.01.25", "99030125", "9903012500", "9903.01.2500", "'99030125", '="99030125"'])
def test_headings_with_dots_or_without(hts):
    assert outcome({"HTS Number - Full": hts}).outcome == "cape-now"


@pytest.mark.parametrize("number", [dashed(ONE), f'="{ONE}"', f"'{ONE}", f" {ONE} ", ONE.lower()])
def test_entry_numbers_as_they_stand(number):
    sheet = audited(export({"Entry Summary Number": number}))
    assert sheet.entries == (ONE,)
    assert all(fault.repaired for fault in sheet.faults)


def test_a_number_that_is_none_is_said_and_never_ready():
    bad = wrong(TWO)
    sheet = audited(export({}, {"Entry Summary Number": bad}, {"Entry Summary Number": bad} | BASE))
    assert [(one.entry, one.outcome) for one in sheet.outcomes] == [(ONE, "cape-now"), (bad, "check")]
    assert [(fault.row, fault.value, fault.reason) for fault in sheet.faults] == [(3, bad, "bad-check-digit")]
    assert [one.entry for one in sheet.ready] == [ONE]


def test_a_lost_zero_is_proposed_and_taken_when_confirmed():
    number = entry("034", 8769309)
    lost = number.lstrip("0")
    sheet = audited(export({"Entry Summary Number": lost}))
    assert [(fault.reason, fault.proposal, fault.repaired) for fault in sheet.faults] == [
        ("lost-leading-zero", number, False)
    ]
    assert sheet.ready == ()
    sheet = audited(export({"Entry Summary Number": lost}), confirmed=(f"{lost}={number}",))
    assert [one.entry for one in sheet.ready] == [number]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"HTS Number - Full": "9903.01.28"}, "no-refund"),
        ({"HTS Number - Full": "9903.03.01"}, "no-refund"),
        ({"HTS Number - Full": "9903.88.03"}, "no-refund"),
        (BASE, "no-refund"),
        ({"Line Tariff Duty Amount": "0"}, "no-refund"),
        ({"Line Tariff Duty Amount": "FREE"}, "no-refund"),
        ({"Line Tariff Duty Amount": "$1,234.50"}, "cape-now"),
        ({"CAPE Indicator": "Y"}, "accepted"),
        ({"CAPE Indicator": "P"}, "accepted"),
        ({"CAPE Indicator": "N"}, "cape-now"),
        ({"Liquidation Reason Code": "36"}, "accepted"),
        ({"Liquidation Reason Code": "01"}, "cape-now"),
        ({"Control Status": "Trade"}, "wait"),
        ({"Control Status": "CBP"}, "cape-now"),
        ({"Entry Summary Status": "Cancelled"}, "wait"),
        ({"Protest Number": "270426100001", "Protest Status": "Open"}, "wait"),
        ({"Protest Number": "270426100001", "Protest Status": "Denied"}, "cape-now"),
        ({"Protest Number": "270426100001", "Protest Status": "Denied - AFR"}, "wait"),
        ({"Reconciliation Indicator": "Y"}, "cape-now"),
        ({"Reconciliation Indicator": "09 filed"}, "wait"),
        ({"Entry Type Code": "1"}, "cape-now"),
        ({"Entry Type Code": "23"}, "excluded"),
        ({"Liquidation Date": "someday"}, "check"),
        ({"Liquidation Status": "Not Liquidated"}, "check"),  # its date is past
        ({"Entry Date": "11/01/2026"}, "check"),  # liquidated before it was entered
        ({"Liquidation Date": "46310"}, "cape-now"),  # 15 October as a serial
        ({"Liquidation Date": ""}, "check"),
        (OPEN, "cape-now"),
        (OPEN | {"Liquidation Status": "Extended"}, "cape-later-money"),
        (OPEN | {"Liquidation Status": ""}, "check"),
    ],
)
def test_outcomes(row, expected):
    assert outcome(row).outcome == expected


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        (("Liquidation Date", "Liquidation Status"), "Liquidation Date and Liquidation Status"),
        (("Liquidation Date",), "Liquidation Date"),
        (("Entry Type Code",), "Entry Type Code"),
        (("Line Tariff Duty Amount",), "Line Tariff Duty Amount"),
        (("HTS Number - Full",), "HTS Number - Full"),
    ],
)
def test_a_column_that_is_missing_is_named(without, expected):
    got = outcome({}, without=without)
    assert got.outcome == "check"
    assert expected in got.why


def test_without_a_status_the_date_decides():
    assert outcome({}, without=("Liquidation Status",)).outcome == "cape-now"
    blank = outcome({"Liquidation Date": ""}, without=("Liquidation Status",))
    assert (blank.outcome, blank.deadline) == ("cape-now", None)


def test_a_goods_value_on_a_chapter_99_row():
    row = OPEN | {"Line Tariff Goods Value Amount": "50.00"}
    assert outcome(row | {"Entry Date": "02/01/2026"}).outcome == "psc-first"
    assert outcome(row).outcome == "wait"
    other = row | {"HTS Number - Full": "9903.88.03", "Entry Date": "02/01/2026"}
    rows = ({} | OPEN | {"Entry Date": "02/01/2026"}, other)
    assert outcome(*rows).outcome == "psc-first"
    assert outcome(*rows, today=date(2026, 7, 6)).outcome == "cape-now"  # until then on IEEPA lines alone


def test_a_chapter_99_row_alone_on_its_line():
    second = {"Entry Summary Line Number": "2", "Entry Date": "02/01/2026"} | OPEN
    paired = {"Entry Date": "02/01/2026"} | OPEN
    got = outcome(paired, paired | BASE, second)
    assert (got.outcome, got.reasons) == ("psc-first", ("hts-relationship-mismatch",))
    assert outcome(paired, second).outcome == "cape-now"  # an export of chapter 99 alone says nothing of partners


@pytest.mark.parametrize(("program", "expected"), [("", "psc-first"), ("S", "cape-now"), ("S+", "cape-now")])
def test_an_exemption_without_its_program(program, expected):
    row = {"Entry Date": "02/01/2026", "Line SPI Code": program} | OPEN
    assert outcome(row, row | {"HTS Number - Full": "9903.01.14"}).outcome == expected


def test_rows_that_contradict_each_other_are_asked_about():
    got = outcome({}, BASE | {"Liquidation Date": "10/16/2026"})
    assert got.outcome == "check"
    assert "Liquidation Date" in got.why
    assert outcome({}, BASE | {"Liquidation Date": "2026-10-15", "Entry Type Code": "1"}).outcome == "cape-now"
    assert outcome({"Liquidation Date": ""}, BASE).outcome == "cape-now"  # a blank is filled by its other rows


def test_days_before_months_when_the_column_says_so():
    rows = (
        {"Liquidation Date": "03/09/2026", "Entry Date": "15/12/2025"},
        {"Entry Summary Number": TWO, "Liquidation Date": "25/10/2026"},
    )
    assert audited(export(*rows)).outcomes[0].liquidated == date(2026, 9, 3)


def test_several_importers_and_no_social_security_number():
    sheet = audited(export({}, {"Entry Summary Number": TWO, "Importer Number": "123-45-6789"}))
    assert [one.importer for one in sheet.outcomes] == ["12-345678900", "XXX-XX-XXXX"]


def test_what_claim_details_of_the_same_message_accepted_is_not_ready():
    claims = f'ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION\n="{ONE}","100000200001",Entry Summary Updated,\n'
    sheets = read_all(("es003.csv", export({}, {"Entry Summary Number": TWO})), ("claims.csv", claims.encode()))
    assert [(one.entry, one.outcome) for one in sheets[0].outcomes] == [(ONE, "accepted"), (TWO, "cape-now")]
    assert [one.entry for one in sheets[0].ready] == [TWO]


def test_an_export_without_rows_is_refused():
    (sheet,) = read_all(("es003.csv", export()))
    assert (sheet.kind, sheet.outcomes) == ("es-003", ())
    assert "no entry below" in sheet.refused


def test_a_quote_mark_that_nobody_closed_is_said():
    content = export({"Importer Name": "A"}, {"Importer Name": "B"}, {"Importer Name": "C"}).replace(b",A", b',"A')
    (sheet,) = read_all(("es003.csv", content))
    assert "quote mark" in sheet.refused


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        *((one, "cape-now") for one in ("1,234.50", "1.234,50", ".5", "USD 5", "１００", "٣٠")),
        *(
            (one, "no-refund")
            for one in ("", "0.00", "FREE", "-", "$ -", "N/A", "-5", "(5.00)", "5-", "–5", "USD -5", "5.00 CR")
        ),
        *((one, "check") for one in ("#VALUE!", "########", "see")),
    ],
)
def test_a_duty_is_read_or_said_to_be_unreadable(amount, said):
    assert outcome({"Line Tariff Duty Amount": amount}, BASE).outcome == said


@pytest.mark.parametrize("hts", ["9.90301E+09", "9.9E+09", "########", "#N/A"])
def test_a_tariff_number_that_a_spreadsheet_spoilt_decides_nothing(hts):
    got = outcome({"HTS Number - Full": hts})
    assert (got.outcome, "cannot read its HTS Number" in got.why) == ("check", True)
    assert outcome({}, {"HTS Number - Full": hts}).outcome == "cape-now"


def test_a_tariff_number_in_wide_digits():
    assert outcome({"HTS Number - Full": "９９０３.０１.２５"}).outcome == "cape-now"


def test_rows_that_name_their_entry_only_once_do_not_say_that_it_has_no_ieepa_line():
    grouped = {"Entry Summary Number": ""}
    first, second = audited(export(BASE, grouped, {"Entry Summary Number": TWO})).outcomes
    assert (first.outcome, second.outcome) == ("check", "cape-now")
    assert "rows without an entry number" in first.why
    assert outcome(BASE, BASE | grouped).outcome == "no-refund"


def test_thousands_of_names_of_no_column_are_not_all_compared():
    began = time.process_time()
    columns.found([f"liquidatiom datx {at}" for at in range(10_000)], tuple(columns.NAMES))
    assert time.process_time() - began < 0.5
