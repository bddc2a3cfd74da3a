import pytest

from bot.core.entry_type import entry_types_in, type06_in
from bot.core.model import Type06
from bot.core.passages import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All three are FTZ weekly entries (type 06).", Type06.YES),
        ("these are 06s", Type06.YES),
        ("they're all FTZ weekly, EIN to follow", Type06.YES),
        ("foreign trade zone entries", Type06.YES),
        ("entry type 06", Type06.YES),
        ("type 03, not FTZ", Type06.NO),
        ("none of them are 06s", Type06.NO),
        ("not type 06", Type06.NO),
        ("FTZ: no", Type06.NO),
        ("They are all type 01.", Type06.NO),
        ("two are FTZ, the rest type 01", Type06.MIXED),
        ("some are type 06 and the others type 01", Type06.MIXED),
        ("is this type 06?", Type06.UNKNOWN),
        ("06/12/2026, HTS 9903.01.06, 06.5 kg", Type06.UNKNOWN),
        ("They are type 06. They are not type 06.", Type06.UNKNOWN),
        ("nothing of the kind", Type06.UNKNOWN),
    ],
)
def test_type06(text, expected):
    assert type06_in((plain(text),)) is expected


def test_entry_types_named():
    assert entry_types_in((plain("two type 1, one type 03 and the 06s"),)) == ("06", "01", "03")
