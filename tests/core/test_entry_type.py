import time

import pytest

from bot.core.entry_type import entry_types_in, type06_in
from bot.core.model import Incoming, Type06
from bot.core.passages import plain, split


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
        ("none of them are 06", Type06.NO),
        ("two are FTZ, rest type 01", Type06.MIXED),
        ("two are FTZ, the rest are type 01", Type06.MIXED),
        ("Are these FTZ?", Type06.UNKNOWN),
        ("06/12/2026", Type06.UNKNOWN),
        ("entry 064-1234567-8", Type06.UNKNOWN),
        ("9903.01.06", Type06.UNKNOWN),
        ("Entry type 01", Type06.NO),
        ("all type 01", Type06.NO),
        ("these are type 01 entries", Type06.NO),
        ("they are 01s", Type06.NO),
        ("type 01 and type 06", Type06.MIXED),
        ("Entry types: 01, 06", Type06.MIXED),
        ("Types 01 and 06", Type06.MIXED),
        ("some FTZ some not", Type06.MIXED),
        ("half of them are FTZ", Type06.MIXED),
        ("not type 06 but type 01", Type06.NO),
        ("Type 06: yes", Type06.YES),
        ("FTZ Type 06: no", Type06.NO),
        ("FTZ: yes", Type06.YES),
        ("FTZ? yes", Type06.YES),
        ("FTZ? No, consumption", Type06.NO),
        ("Type 06? No.", Type06.NO),
        ("06 - FTZ weekly", Type06.YES),
        ("It's an FTZ entry.", Type06.YES),
        ("We don't have any FTZ entries", Type06.NO),
        ("There are no FTZ entries in the file", Type06.NO),
        ("no 06 in there", Type06.NO),
        ("one of these is an 06", Type06.MIXED),
        ("only B76-0324527-8 is FTZ", Type06.MIXED),
        ("if they were FTZ you would see", Type06.UNKNOWN),
        ("3 consumption entries (01, no zone) fail", Type06.NO),
        ("all 18 of the zone (06) entries passed", Type06.YES),
        ("weekly zone entry kicked", Type06.YES),
        ("41 consumption entries, none from a zone", Type06.NO),
        ("can a TIB (type 23) be in CAPE?", Type06.NO),
        ("since July the 21s do not go", Type06.NO),
        ("the type 09 is due in March", Type06.UNKNOWN),
        ("It is an ordinary 01.", Type06.NO),
        ("B76-0324527-8 (FTZ), B76-0324528-6 (not FTZ)", Type06.MIXED),
        ("| B76-0324527-8 | FTZ 06 |\n| B76-0324528-6 | 01 |", Type06.MIXED),
        ("None of the twelve is a zone entry.", Type06.NO),
        ("both 01", Type06.NO),
        ("weekly 06", Type06.YES),
        ("FTZ consumption entries", Type06.YES),
        ("we don't know if they are type 06", Type06.UNKNOWN),
        ("not sure whether these are FTZ", Type06.UNKNOWN),
        ("Please confirm whether type 06 applies", Type06.UNKNOWN),
        ("Our FTZ operator says hello", Type06.UNKNOWN),
        ("the FTZ weeklies came back", Type06.YES),
        ("all our FTZ weeklies came back with hts mismatch", Type06.YES),
        ("line 06 failed", Type06.UNKNOWN),
        ("06 entries failed", Type06.YES),
        ("June 06", Type06.UNKNOWN),
        ("on 06 June", Type06.UNKNOWN),
        ("11:06", Type06.UNKNOWN),
        ("error 06", Type06.UNKNOWN),
        ("all consumption entries, nothing from a foreign trade zone", Type06.NO),
        ("Foreign-Trade Zone entries", Type06.YES),
        ("type 6", Type06.YES),
        ("Type 1", Type06.NO),
        ("type-06", Type06.YES),
        ("ET 06", Type06.YES),
        ("entry type code 06", Type06.YES),
        ("(06)", Type06.UNKNOWN),
        ("all 06", Type06.YES),
        ("they're 06", Type06.YES),
        ("these are all 06's", Type06.YES),
        ("type 3 entries, AD/CVD", Type06.NO),
        ("type 01 (not 06)", Type06.NO),
        ("neither is FTZ", Type06.NO),
        ("everything is type 06 except one", Type06.MIXED),
        ("all FTZ except two type 01", Type06.MIXED),
        ("mostly type 06", Type06.MIXED),
        ("mixed 01 and 06", Type06.MIXED),
        ("3 FTZ and 2 regular", Type06.MIXED),
        ("These aren't FTZ entries.", Type06.NO),
        ("Not FTZ", Type06.NO),
        ("non-FTZ", Type06.NO),
        ("what type 06 means we do not know", Type06.UNKNOWN),
        ("Does this only hit type 06? Ours are type 01.", Type06.NO),
        ("is it only for FTZ entries? ours are FTZ", Type06.YES),
        ("These are formal consumption entries.", Type06.NO),
        ("two are type 06.\nThe others are type 01.", Type06.MIXED),
        ("B76-0324527-8 is type 06\nB76-0324528-6 is type 01", Type06.MIXED),
    ],
)
def test_type06(text, expected):
    assert type06_in((plain(text),)) is expected


def test_entry_types_named():
    assert entry_types_in((plain("two type 1, one type 03 and the 06s"),)) == ("01", "03", "06")


def test_the_senders_own_words_go_before_the_forwarded_ones():
    mail = "Ours are type 01.\n\n---------- Forwarded message ---------\nFrom: a@b.example\n\nAll FTZ entries fail.\n"
    assert type06_in(split(Incoming(id="1", sender="", text=mail, subject="Fwd: x"))) is Type06.NO
    mail = mail.replace("Ours are type 01.", "see below")
    assert type06_in(split(Incoming(id="1", sender="", text=mail, subject="Fwd: x"))) is Type06.YES
    mail = "thanks\n\nOn 2 Nov 2026 a@b.example wrote:\n> All FTZ entries fail.\n"
    assert type06_in(split(Incoming(id="1", sender="", text=mail, subject="Re: x"))) is Type06.UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("types 01, 03 and 06", ("01", "03", "06")),
        ("Entry Type: 11", ("11",)),
        ("a type 2 error", ()),
        ("type 99", ()),
        ("not type 01 but type 03", ("03",)),
        ("is it type 01?", ()),
        ("FTZ weekly", ("06",)),
    ],
)
def test_types(text, expected):
    assert entry_types_in((plain(text),)) == expected


def test_a_megabyte_of_types():
    started = time.perf_counter()
    type06_in((plain("type 06 is not " * 70_000),))
    assert time.perf_counter() - started < 3
