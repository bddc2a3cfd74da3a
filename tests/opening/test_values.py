import pytest

from bot.opening import values


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (31625093146.0, "General", "31625093146"),
        (3.1625093146e10, "0.00E+00", "31625093146"),  # stored whole, shown short
        (1625093146, "00000000000", "01625093146"),
        (3162509314, "000\\-0000000\\-0", "031-6250931-4"),
        (123456789, "00-0000000", "12-3456789"),  # an employer number
        (131625093146, "000-0000000-0", "1316-2509314-6"),  # more digits than places
        (12, "0", "12"),
        (-5, "00000", "-5"),
        (1234.5, "#,##0.00", "1234.5"),
        (0.1, "General", "0.1"),
        (0.25, "0.00%", "0.25"),
        (-0.0, "General", "0"),
        (1.2345678901234567e19, "General", "12345678901234567000"),
        (1e25, "General", "1e+25"),
        (5, "[Red]0.00", "5"),
        (5, '"days" 0', "5"),
        (5, "Standard", "5"),
        (46132, "mm/dd/yyyy", "2026-04-20"),
        (46132, "[$-409]mmmm d, yyyy;@", "2026-04-20"),
        (46132.5, "m/d/yy h:mm", "2026-04-20 12:00:00"),
        (46131.9999999, "m/d/yy", "2026-04-20"),
        (0.5, "h:mm", "12:00:00"),
        (1.5, "[h]:mm", "36:00:00"),
        (1, "d", "1900-01-01"),
        (59, "d", "1900-02-28"),
        (60, "d", "60"),  # the day that never was
        (61, "d", "1900-03-01"),
        (2_958_465, "d", "9999-12-31"),
        (2_958_466, "d", "2958466"),
        (-1, "d", "-1"),
        (float("nan"), "d", "nan"),
    ],
)
def test_a_number_as_a_spreadsheet_shows_it(value, code, shown):
    assert values.number(value, values.shape(code)) == shown


def test_the_system_of_1904():
    assert values.number(0, values.shape("d"), since_1904=True) == "1904-01-01"
    assert values.number(44670, values.shape("d"), since_1904=True) == "2026-04-20"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-04-20T00:00:00.000", "2026-04-20"),
        ("2026-04-20T10:30:00.000", "2026-04-20 10:30:00"),
        ("2026-04-20", "2026-04-20"),
        ("April", "April"),
    ],
)
def test_a_date_stored_as_text(text, shown):
    assert values.iso(text) == shown
