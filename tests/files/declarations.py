"""CAPE Declarations as people really send them: entry numbers mutated cell by cell, tables mutated as a whole."""

from dataclasses import dataclass, field
from functools import partial

import made_up
import tables
from made import Made, Truth

AS_OF = ("2026-11-24",) * 3 + ("2026-04-22", "2026-05-15", "2026-07-20")
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
INVISIBLE = ("\u00a0", "\u200b", "\ufeff", "\u202f", "\t", " ", "\u200e", "\u00ad")
APOSTROPHES = "'\u2018\u2019"
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
ENCODINGS = ("utf-8",) * 6 + ("utf-8-sig",) * 3 + ("utf-16-le-bom", "utf-16-be-bom", "cp1252", "cp1252")
HEADERS = (
    "entry number",
    "ENTRY NUMBER",
    "Entry number",
    "Entry Number ",
    "Entry No.",
    "Entry Summary Number",
    "EntryNumber",
)
BOOK_NAMES = ("declaration.xlsx", "CAPE upload.csv.xlsx", "entries to file.xlsx")
CSV_NAMES = ("ACEP_CapeEntryNumberUploadTemplate.csv", "declaration.csv", "cape batch 2.csv", "Entries.CSV")


@dataclass
class Cell:
    """One value, the entry that it stands for (when nobody must confirm it), and what is wrong with it."""

    raw: object
    entry: str | None = None
    faults: list = field(default_factory=list)  # (reason, repaired, proposal)
    doubts: list = field(default_factory=list)


def repaired(raw, entry, *reasons):
    return Cell(raw, entry, [(reason, True, None) for reason in reasons])


def plain(dice, entry):
    return Cell(entry, entry)


def with_dash(dice, entry):
    return repaired(made_up.dashed(entry), entry, "dash")


def with_typographic_dash(dice, entry):
    return repaired(made_up.dashed(entry).replace("-", dice.choice(DASHES)), entry, "dash")


def in_lower_case(dice, entry):
    return repaired(entry.lower(), entry, "lower-case") if entry.lower() != entry else plain(dice, entry)


def with_apostrophe(dice, entry):
    return repaired(dice.choice(APOSTROPHES) + entry, entry, "apostrophe")


def with_invisible(dice, entry):
    mark = dice.choice(INVISIBLE)
    at = dice.choice((0, 11, 11)) if mark in "\t " else dice.choice((0, 3, 10, 11))
    return repaired(entry[:at] + mark + entry[at:], entry, "invisible-character")


def with_several(dice, entry):
    """Each repair is a fault of its own."""
    raw, reasons = made_up.dashed(entry), ["dash"]
    if dice.random() < 0.5:
        raw = raw.replace("-", dice.choice(DASHES))
    if raw.lower() != raw and dice.random() < 0.6:
        raw, reasons = raw.lower(), [*reasons, "lower-case"]
    if dice.random() < 0.6:
        raw, reasons = dice.choice(APOSTROPHES) + raw, [*reasons, "apostrophe"]
    if dice.random() < 0.6 or len(reasons) == 1:
        raw, reasons = raw + dice.choice(("\u00a0", " ", "\u200b")), [*reasons, "invisible-character"]
    return repaired(raw, entry, *reasons)


def in_full_width(dice, entry):
    """Repaired; no reason in the list is meant for it."""
    return Cell(entry.translate(FULL_WIDTH), entry, doubts=["*"])


def with_spaces_inside(dice, entry):
    return Cell(f"{entry[:3]} {entry[3:10]} {entry[10:]}", entry, doubts=["*"])


def as_excel_text(dice, entry):
    """Read as what it means; no reason in the list is meant for it."""
    return Cell(f'="{entry}"', entry, doubts=["*"])


def letter_for_digit(dice, entry, digit, letters):
    """Only the last eight: a filer code may hold letters."""
    places = [at for at in range(3, 11) if entry[at] == digit]
    if not places:
        return plain(dice, entry)
    at = dice.choice(places)
    letter = dice.choice(letters)
    raw = entry[:at] + letter + entry[at + 1 :]
    doubts = ["lower-case"] if letter.islower() else []
    return Cell(raw, None, [("bad-format", False, entry)], doubts)


def with_letter_o(dice, entry):
    return letter_for_digit(dice, entry, "0", "OOo")


def with_letter_i(dice, entry):
    return letter_for_digit(dice, entry, "1", "Il")


def wrong_check_digit(dice, entry):
    raw = entry[:10] + str((int(entry[10]) + dice.randint(1, 9)) % 10)
    if dice.random() < 0.3:
        return Cell(made_up.dashed(raw), None, [("bad-check-digit", False, None)], ["dash"])
    return Cell(raw, None, [("bad-check-digit", False, None)])


def too_short(dice, entry):
    at = dice.randint(3, 10)
    raw = entry[:at] + entry[at + 1 :]
    if raw.isdigit() and made_up.is_valid("0" + raw):
        return Cell(raw, None, [("lost-leading-zero", False, "0" + raw)], ["not-11-characters"])
    return Cell(raw, None, [("not-11-characters", False, None)])


def too_long(dice, entry):
    at = dice.randint(3, 11)
    return Cell(entry[:at] + dice.choice("0123456789") + entry[at:], None, [("not-11-characters", False, None)])


def wrong_form(dice, entry):
    raw = dice.choice(
        ("#" + entry[1:], entry[:5] + "*" + entry[6:], entry[:4] + "XY" + entry[6:], entry[:7] + "/" + entry[8:])
    )
    return Cell(raw, None, [("bad-format", False, None)])


def some_words(dice, entry):
    return Cell(dice.choice(("TBD", "see invoice", "N/A", "pending from broker")), None, doubts=["*"])


def in_scientific_notation(dice, entry):
    return Cell(
        dice.choice(("3.16E+10", "3.16251E+10", "9.10E+09", "5.95566E+10")),
        None,
        [("scientific-notation", False, None)],
    )


def without_its_zero(dice, entry):
    raw = entry.lstrip("0")
    if len(raw) == 9:  # two zeros lost: whether that is still proposed is open
        return Cell(raw, None, doubts=["*"])
    return Cell(raw, None, [("lost-leading-zero", False, entry)], ["not-11-characters"])


def without_its_zero_dashed(dice, entry):
    cell = without_its_zero(dice, entry)
    raw = cell.raw
    cell.raw = f"{raw[:-8]}-{raw[-8:-1]}-{raw[-1]}"
    cell.doubts.append("dash")
    return cell


COSMETIC = (with_dash, with_dash, with_typographic_dash, in_lower_case, with_apostrophe, with_invisible, with_several,
            in_full_width, with_spaces_inside, as_excel_text)  # fmt: skip
BROKEN = (wrong_check_digit, wrong_check_digit, with_letter_o, with_letter_i, too_short, too_long, wrong_form, some_words,
          in_scientific_notation)  # fmt: skip
ZERO = (without_its_zero, without_its_zero, without_its_zero_dashed)


def choose_cells(dice, entries, tried, encoding):
    """A few mutations a file, each on some of its rows, most rows left alone."""
    kinds = dice.sample(COSMETIC, dice.randint(1, 4)) + dice.sample(BROKEN, dice.randint(0, 3))
    tried.extend(kind.__name__ for kind in kinds)
    share = dice.choice((0.1, 0.3, 0.6))
    cells = []
    for entry in entries:
        kind = dice.choice(kinds) if kinds and dice.random() < share else plain
        if entry.startswith("0") and entry.isdigit() and dice.random() < 0.5:
            kind = dice.choice(ZERO)
        cell = kind(dice, entry)
        cells.append(cell if tables.can_hold(str(cell.raw), encoding) else plain(dice, entry))
    return cells


def with_duplicates(dice, cells, tried):
    """The same number again, as it was or written otherwise: the second one is the fault."""
    good = [cell.entry for cell in cells if cell.entry and not cell.doubts]
    if not good or dice.random() < 0.6:
        return cells
    tried.append("duplicates")
    for entry in dice.sample(good, min(len(good), dice.randint(1, 3))):
        first = next(at for at, cell in enumerate(cells) if cell.entry == entry)
        again = dice.choice((plain, plain, with_dash, with_apostrophe))(dice, entry)
        again.faults.append(("duplicate", None, None))
        cells.insert(dice.randint(first + 1, len(cells)), again)
    return cells


@dataclass
class Table:
    """Rows as they will be written, and for each the cell that it was made of."""

    rows: list = field(default_factory=list)
    cells: list = field(default_factory=list)

    def add(self, row, cell=None):
        self.rows.append(row)
        self.cells.append(cell)


# What a spreadsheet would run if it were given back as it came.
FORMULAS = ('=HYPERLINK("http://files.example/","open")', "+1 555 0100", "@dana", "-see mail")
EXTRA = {
    "Importer": lambda dice: dice.choice(made_up.FIRMS),
    "Notes": lambda dice: dice.choice(("", "rush", "first line\nsecond line", 'the "blue" ones', *FORMULAS)),
    "Port": lambda dice: str(dice.choice((2704, 4601, 1303))),
    "Invoice": lambda dice: f"INV-{dice.randint(100, 999)}",
}


def lay_out(dice, cells, truth, *, calm):
    """The table around the numbers: title, header, other columns, blank rows, a totals row."""
    extra = dice.sample(sorted(EXTRA), dice.randint(1, 3)) if not calm and dice.random() < 0.25 else []
    place = dice.choice((0, len(extra))) if extra else 0
    table = Table()
    if not calm and dice.random() < 0.12:
        title(dice, table, truth)
    head(dice, table, truth, extra, place, calm=calm)
    blanks = not calm and dice.random() < 0.25
    for cell in cells:
        if blanks and dice.random() < 0.1:
            table.add([""] * (1 + len(extra)), "blank")
        others = [EXTRA[name](dice) for name in extra]
        table.add([*others[:place], cell.raw, *others[place:]], cell)
    if blanks:
        truth.tried.append("blank rows")
        truth.doubt.append("rows")
    if not (calm or extra) and dice.random() < 0.06:
        truth.tried.append("commas on every row")
        truth.doubt += ["file-fault:extra-columns", "file-fault:header"]  # columns without a name and without a value
        table.rows = [[*row, "", ""] for row in table.rows]
    if extra:
        truth.tried.append("extra columns")
        truth.file_faults.append("extra-columns")
    if not calm and dice.random() < 0.12:
        tail(dice, table, truth, len(extra))
    return table


def title(dice, table, truth):
    truth.tried.append("rows above the header")
    table.add([dice.choice(("CAPE Declaration", "Refund batch, spring", "Prepared by the entry desk"))])
    if dice.random() < 0.5:
        table.add([""])
        truth.doubt.append("reason:blank-row")
    truth.file_faults.append("header")


def head(dice, table, truth, extra, place, *, calm):
    name = "Entry Number"
    if not calm and dice.random() < 0.2:
        name = dice.choice(HEADERS)
        truth.file_faults.append("header")
        truth.tried.append(f"header {name!r}")
    elif place:
        truth.doubt.append("file-fault:header")  # it is not in A1; the extra columns are named anyway
    if not calm and not extra and not table.rows and dice.random() < 0.1:
        truth.tried.append("no header")
        truth.file_faults.append("header")
        return
    table.add([*extra[:place], name, *extra[place:]])


def tail(dice, table, truth, extra):
    if dice.random() < 0.5:
        truth.tried.append("totals row")
        truth.doubt.append("rows")
        table.add(
            [dice.choice(("Total", "TOTAL ENTRIES: 12", "Count: 30")), *[""] * extra], Cell("", None, doubts=["*"])
        )
        return
    truth.tried.append("rows of commas")
    truth.doubt += ["rows", "file-fault:extra-columns"]
    for _ in range(dice.randint(1, 4)):
        table.add([""] * 4, "blank")


def account(table, truth):
    """The truth, row by row: what each value must become or be reported as."""
    seen = []
    for row, (cells, cell) in enumerate(zip(table.rows, table.cells, strict=True), 1):
        if cell == "blank":
            truth.faults.append({"row": row, "value": "", "reason": "blank-row", "repaired": None, "proposal": None})
        elif cell is not None:
            truth.rows += 1
            account_cell(row, tables.as_text(cell.raw or cells[0]), cell, truth)
            seen.append(cell.entry)
    truth.entries = sorted({entry for entry in seen if entry})
    truth.upload = dict.fromkeys(truth.entries, "")


def account_cell(row, value, cell, truth):
    truth.values.append([row, value, cell.entry])
    for reason, mended, proposal in cell.faults:
        truth.faults.append({"row": row, "value": value, "reason": reason, "repaired": mended, "proposal": proposal})
    truth.doubt.extend(f"fault:{row}:{reason}" for reason in cell.doubts)


def repeated_broken(cells):
    """A broken value that happens to stand twice: whether it is a duplicate too is open."""
    seen = set()
    for cell in cells:
        if cell.entry is None and cell.raw in seen:
            cell.doubts.append("duplicate")
        seen.add(cell.raw)


def some_numbers(dice, truth):
    """One filer code in most files; in some a second, or a numeric one that begins with a zero."""
    count = dice.choice((3, 8, 20, 40, 120))
    codes = [made_up.filer_code(dice)]
    if dice.random() < 0.25:
        codes.append(made_up.filer_code(dice, dice.choice(("ANN", "NNN", "zero", "two zeros"))))
        truth.doubt.append("reason:filer-code")  # a fault for a filer account, none for an importer
    entries = [entry for code in codes for entry in made_up.numbers(dice, code, max(1, count // len(codes)))]
    dice.shuffle(entries)
    return entries


def delimited(dice, number):
    """CSV and its relatives."""
    truth = Truth("declaration", dice.choice(AS_OF))
    encoding = dice.choice(ENCODINGS)
    calm = dice.random() < 0.12  # some files are as they should be
    cells = [Cell(e, e) for e in some_numbers(dice, truth)] if calm else []
    if not calm:
        cells = with_duplicates(dice, choose_cells(dice, some_numbers(dice, truth), truth.tried, encoding), truth.tried)
    repeated_broken(cells)
    table = lay_out(dice, cells, truth, calm=calm)
    account(table, truth)
    wide = max(len(row) for row in table.rows) > 1
    delimiter = dice.choice(",,,;\t|" if "extra columns" in truth.tried else ",,;") if wide else ","
    sep_line = not calm and dice.random() < 0.08
    if sep_line:
        delimiter = ";"
        truth.row_offsets = [0, 1]  # Excel hides that line and numbers what follows from 1
        truth.doubt.append("file-fault:header")
    end = dice.choice(("\r\n", "\r\n", "\n", "\r"))
    text = tables.delimited(table.rows, delimiter=delimiter, end=end, quotes=dice.random() < 0.2, sep_line=sep_line,
                            last_end=dice.random() < 0.8)  # fmt: skip
    if not tables.can_hold(text, encoding):
        encoding = "utf-8"
    if encoding.startswith("utf-16") or delimiter != ",":
        truth.doubt.append("file-fault:not-csv")  # ACE says nothing of either
    if encoding in tables.BOMS:
        truth.doubt.append("file-fault:header")  # nor of a BOM, which makes the header another text
    truth.tried += [encoding, repr(delimiter), repr(end)]
    return packed(dice, number, tables.encoded(text, encoding), truth)


def packed(dice, number, data, truth):
    """The name it comes under: how it is read is told by its bytes, what ACE says of it by its name."""
    name = dice.choice(CSV_NAMES)
    way = dice.random()
    if way < 0.10:
        name = name[:-4] + dice.choice((".txt", ".csv.txt", ".tsv"))
        truth.file_faults.append("not-csv")
    elif way < 0.14:
        name = name[:-4] + dice.choice((".csv.xlsx", ".xls"))
        truth.file_faults.append("not-csv")
    elif way < 0.17:
        name = name[:-4] + dice.choice(("", ".bin", ".dat"))
        truth.doubt.append("file-fault:not-csv")
    elif way < 0.22:
        data, name = tables.zipped(name, data), name[:-4] + ".zip"
        truth.doubt.append("file-fault:not-csv")  # ACE takes no zip; the file inside is a CSV
    elif way < 0.30:
        data, name = tables.mailed(name, data), name[:-4] + ".eml"
    truth.tried.append(name)
    return Made(f"{number:03d}-{name}", data, truth)


def workbook(dice, number):
    """XLSX with texts or numbers, alone or behind other sheets; `.xls` of three sorts."""
    truth = Truth("declaration", dice.choice(AS_OF), file_faults=["not-csv"])
    numeric = dice.random() < 0.25
    entries = some_numbers(dice, truth)
    if numeric:
        entries = made_up.numbers(dice, made_up.filer_code(dice, "NNN"), 15)
        entries += made_up.numbers(dice, made_up.filer_code(dice, "zero"), 4)
        truth.doubt.append("reason:filer-code")
        cells = [as_number(entry) for entry in entries]
        truth.tried.append("number cells")
    else:
        cells = with_duplicates(dice, choose_cells(dice, entries, truth.tried, "utf-8"), truth.tried)
    repeated_broken(cells)
    table = lay_out(dice, cells, truth, calm=dice.random() < 0.2)
    account(table, truth)
    last = max(row for row, _, _ in truth.values)
    # A workbook has no empty rows after its last value; as HTML or XML it has.
    truth.doubt += [f"fault:{f['row']}:blank-row" for f in truth.faults if f["row"] > last]
    truth.faults = [f for f in truth.faults if f["row"] <= last]
    form = dice.choice(("xlsx",) * 4 + ("html", "xml", "biff"))
    truth.tried.append(form)
    if form == "xlsx":
        return Made(f"{number:03d}-{dice.choice(BOOK_NAMES)}", tables.xlsx(sheets(dice, table, truth)), truth)
    if form == "html":  # HTML folds the spaces at the ends of a cell: no one can see them
        truth.doubt.append("reason:invisible-character")
        truth.values = [[row, value.strip(), entry] for row, value, entry in truth.values]
    write = {"html": tables.html_xls, "xml": tables.xml_xls, "biff": tables.biff_xls}[form]
    return Made(f"{number:03d}-entries.xls", write(table.rows), truth)


def as_number(entry):
    if entry.startswith("0"):
        return Cell(int(entry), None, [("lost-leading-zero", False, entry)], ["not-11-characters"])
    return Cell(int(entry), entry)


def sheets(dice, table, truth):
    listed = [("Entries", table.rows)]
    if dice.random() < 0.5:
        truth.tried.append("several sheets")
        listed.insert(
            dice.randint(0, 1), ("Notes", [["How to use this book"], ["Ask the entry desk."], [""], ["Rev. 3"]])
        )
    return listed


def other_filer(dice, number):
    """Filed by a filer account: some entries are another broker's."""
    own, other = made_up.filer_code(dice, "ANN"), made_up.filer_code(dice, "AAN")
    truth = Truth("declaration", dice.choice(AS_OF), filer_codes=[own], tried=["other filer code"])
    entries = made_up.numbers(dice, own, 20) + made_up.numbers(dice, other, 3)
    dice.shuffle(entries)
    cells = [Cell(e, e) if e.startswith(own) else Cell(e, e, [("filer-code", None, None)]) for e in entries]
    if dice.random() < 0.5:
        for cell in cells[:4]:
            cell.raw = made_up.dashed(cell.entry)
            cell.faults.append(("dash", True, None))
    table = Table()
    table.add(["Entry Number"])
    for cell in cells:
        table.add([cell.raw], cell)
    account(table, truth)
    # ACE would refuse the file with them in it; whether they get an upload of their own is open.
    truth.doubt += ["file-fault:filer-code", *(f"upload:{e}" for e in entries if e.startswith(other))]
    truth.upload = {e: e[:3] for e in truth.upload}
    if dice.random() < 0.3:  # both codes are the sender's: two in one file are a fault all the same
        truth.filer_codes = [own, other]
        truth.faults = [f for f in truth.faults if f["reason"] != "filer-code"]
        truth.doubt = ["reason:filer-code"]
        truth.tried.append("both codes given")
    return Made(f"{number:03d}-declaration.csv", tables.delimited(table.rows).encode(), truth)


def large(dice, number, shape):
    """At and over the limits of 9,999 rows and 1 MB."""
    count, wide, book = shape
    truth = Truth("declaration", "2026-11-24", tried=[f"{count} rows"])
    code = made_up.filer_code(dice, "ANN")
    table = Table()
    table.add(["Entry Number", "Notes"] if wide else ["Entry Number"])
    for entry in made_up.numbers(dice, code, count):
        table.add([entry, "held for review " * 8] if wide else [entry], Cell(entry, entry))
    account(table, truth)
    if count > 9999:
        truth.file_faults.append("too-many-entries")
    if wide:
        truth.file_faults += ["file-too-large", "extra-columns"]
    if book:
        truth.file_faults.append("not-csv")
        return Made(f"{number:03d}-all entries.xlsx", tables.xlsx([("Entries", table.rows)]), truth)
    return Made(f"{number:03d}-all entries.csv", tables.delimited(table.rows).encode(), truth)


# Rows, whether other columns make it heavy, whether it is a workbook.
LARGE = (
    (25_000, False, False),
    (9_999, False, False),
    (10_000, False, False),
    (9_500, True, False),
    (12_000, False, True),
)


def odd(dice, number):
    """Nothing to find: what counts is that nothing breaks."""
    data = dice.choice(
        (b"", b"Entry Number\r\n", bytes(dice.randrange(256) for _ in range(3000)), b"Entry Number\r\n\0\0\0\r\n")
    )
    return Made(f"{number:03d}-declaration.csv", data, Truth(None, "2026-11-24", tried=["nothing to find"]))


MAKERS = (delimited,) * 70 + (workbook,) * 22 + (other_filer,) * 6 + (odd,) * 4
MAKERS += tuple(partial(large, shape=shape) for shape in LARGE)
