"""ES-003 exports: one row per HTS per line, in the layouts people make of them, around entries of every fate."""

import datetime as dt
from dataclasses import dataclass

import made_up
import tables
import verdicts
from made import Made, Truth
from verdicts import Case, Line, Summary, Tariff

AS_OF = ("2026-11-24",) * 6 + (
    "2026-04-22",
    "2026-05-15",
    "2026-06-28",
    "2026-06-29",
    "2026-07-06",
    "2026-07-07",
    "2026-07-20",
)
FIRST_ENTRY, LAST_ENTRY = dt.date(2025, 2, 4), dt.date(2026, 2, 23)
GOODS = ("8471300100", "9403200050", "6109100012", "8708998180", "3926909985", "8504409550")

# The names observed first; then what es-003.com and customised layouts call them.
NAMES = {
    "entry": ("Entry Summary Number", "Entry Number", "Entry Summary No.", "ENTRY NUMBER"),
    "type": ("Entry Type Code", "Entry Type", "Type Code"),
    "importer": ("Importer Number", "Importer of Record Number", "IOR Number"),
    "importer_name": ("Importer Name",),
    "entry_date": ("Entry Date", "ENTRY DATE"),
    "recon": ("Reconciliation Indicator", "Recon Indicator"),
    "control": ("Control Status",),
    "status": ("Entry Summary Status", "Entry Summary Status Code"),
    "liquidation_date": ("Liquidation Date", "Liq Date", "liquidation date"),
    "liquidation_status": ("Liquidation Status", "Liq Status"),
    "protest": ("Protest Status",),
    "review_team": ("Review Team Number",),
    "line": ("Entry Summary Line Number", "Line Number", "Line No"),
    "origin": ("Country of Origin Code", "Country of Origin"),
    "spi": ("Line SPI Code", "SPI"),
    "ordinal": ("Tariff Ordinal Number",),
    "hts": ("HTS Number - Full", "HTS Code", "HTS Number", "Tariff Number"),
    "value": ("Line Tariff Goods Value Amount", "Entered Value", "Goods Value"),
    "duty": ("Line Tariff Duty Amount", "Duty Amount", "Duty"),
    "cape": ("CAPE Indicator",),
    "reason": ("Liquidation Reason Code",),
}
# What a layout must have for a verdict without a question.
NEEDED = (
    "entry",
    "type",
    "importer",
    "entry_date",
    "liquidation_date",
    "liquidation_status",
    "line",
    "hts",
    "value",
    "duty",
)
DROPPED = ("liquidation_date", "liquidation_status", "type", "duty", "importer", "line", "value", "entry_date")


@dataclass
class Layout:
    """How this file writes everything."""

    columns: list
    names: dict
    dates: str
    hts: str
    amounts: str
    entry: str
    filtered: bool = False
    reals: bool = False  # numbers and dates as cells of their kind
    lost_zeros: bool = False  # Excel took numbers for numbers


# ----- entries


def paired_line(dice, *, heading=None, duty=None):
    """A line as it should be: the heading with the duty and no value, then the goods."""
    value = dice.randint(200, 90_000) + dice.choice((0, 0.5, 0.37))
    duty = round(value * dice.choice((0.1, 0.2, 0.25)), 2) if duty is None else duty
    rows = [Tariff(heading or dice.choice(verdicts.DUTIABLE), 0, duty)]
    if dice.random() < 0.3:
        rows.insert(0, Tariff(dice.choice(verdicts.OTHER_99), 0, round(value * 0.25, 2)))
    return Line([*rows, Tariff(dice.choice(GOODS), value, round(value * 0.03, 2))])


def common(dice, entry, day, importers):
    """An ordinary one, entered in the IEEPA year, not liquidated."""
    last = min(LAST_ENTRY, day)
    s = Summary(entry, [paired_line(dice) for _ in range(dice.randint(1, 3))])
    s.importer = dice.choice(importers)
    s.cape, s.reason = dice.choice(("", "", "N")), dice.choice(("", "", "01"))  # neither says that it was claimed
    s.type = dice.choice(("01",) * 7 + ("06", "11", "02", "31", "32", "34", "38"))
    s.entry_date = FIRST_ENTRY + dt.timedelta(dice.randint(0, (last - FIRST_ENTRY).days))
    return s


def liquidated(s, day, age):
    s.liquidation_date = day - dt.timedelta(age)
    s.liquidation_status = "Liquidated"
    if s.entry_date > s.liquidation_date:
        s.entry_date = max(FIRST_ENTRY, s.liquidation_date - dt.timedelta(300))


def goods_value_on_heading(dice, s):
    tariff = next(t for t in s.lines[0].tariffs if t.dutiable)
    tariff.value = s.lines[0].tariffs[-1].value


def goods_value_on_other_heading(dice, s):
    s.lines[0].tariffs.insert(0, Tariff(dice.choice(verdicts.OTHER_99), 120.5, 12.05))


def lone_heading(dice, s):
    s.lines = [paired_line(dice), Line([Tariff("99030125", 0, 44.1)])]


def exemption_without_spi(dice, s):
    s.lines = [paired_line(dice), paired_line(dice, heading=dice.choice(("99030104", "99030114")), duty=0)]


def exemption_with_spi(dice, s):
    exemption_without_spi(dice, s)
    s.lines[1].spi = dice.choice(("S", "S+"))


def only(*headings, duty=0):
    def change(dice, s):
        s.lines = [paired_line(dice, heading=dice.choice(headings), duty=duty) for _ in range(dice.randint(1, 2))]

    return change


def no_heading(dice, s):
    """Claimed already, or never had one: only the goods, perhaps a duty of another law."""
    s.lines = [Line([t for t in line.tariffs if not t.dutiable]) for line in s.lines]


def mixed(dice, s):
    s.lines.append(paired_line(dice, heading=verdicts.SECTION_122, duty=51.2))
    s.lines.append(paired_line(dice, heading="99030132", duty=0))


def put(**fields):
    def change(dice, s):
        for name, value in fields.items():
            setattr(s, name, dice.choice(value) if isinstance(value, tuple) else value)

    return change


def accepted_by_indicator(dice, s):
    s.cape = dice.choice("YP")
    if dice.random() < 0.6:
        no_heading(dice, s)


def accepted_by_reason(dice, s):
    s.reason = "36"
    if dice.random() < 0.5:
        no_heading(dice, s)


def recent_entry(dice, s):
    s.entry_date = LAST_ENTRY - dt.timedelta(dice.randint(0, 20))


def then(*changes):
    def change(dice, s):
        for one in changes:
            one(dice, s)

    return change


def nothing(dice, s):
    pass


AGES = (0, 1, 40, 77, 78, 79, 80, 81, 82, 120, 179, 180, 181, 182, 260)
# Name, change, and days since liquidation to choose from (None: not liquidated).
SCENARIOS = (
    *(("plain", nothing, AGES),) * 9,
    *(("plain", nothing, (None,)),) * 6,
    ("extended", put(liquidation_status="Extended"), (None,)),
    ("suspended", put(liquidation_status="Suspended"), (None,)),
    ("pending", put(liquidation_status="Pending Liquidation"), (None,)),
    ("under review", put(review_team="072", liquidation_status=("Under Review", "Not Liquidated")), (None,)),
    ("excluded type", put(type=("08", "09", "23", "47")), (None, 30, 100)),
    ("warehouse", put(type=("21", "22")), (None, None, 30, 100)),
    ("cape indicator", accepted_by_indicator, (None, 3, 30)),
    ("reason 36", accepted_by_reason, (5, 60, 120)),
    ("no heading", no_heading, (None, 40, 100)),
    ("exemption only", only(*verdicts.EXEMPT), (None, 40, 100)),
    ("section 122 only", only(verdicts.SECTION_122, duty=80.25), (None, 40)),
    ("zero duty", only("99030219", "99030125", "99030124"), (None, 40)),
    ("mixed headings", mixed, (None, 20)),
    ("goods value", goods_value_on_heading, (None, 20, 79, 80, 120, 180, 200)),
    ("goods value, recent", then(recent_entry, goods_value_on_heading), (None,)),
    ("goods value, other heading", then(recent_entry, goods_value_on_other_heading), (None, 40)),
    ("lone heading", lone_heading, (None, 20, 120)),
    ("lone heading, recent", then(recent_entry, lone_heading), (None,)),
    ("exemption without SPI", exemption_without_spi, (None, 20)),
    ("exemption without SPI, recent", then(recent_entry, exemption_without_spi), (None,)),
    ("exemption with SPI", exemption_with_spi, (None, 20)),
    ("recon", put(recon="Y", type=("01", "01", "02", "06")), (None, None, 30, 80, 81)),
    ("protest", put(protest=("Open", "Suspended", "Open", "Denied")), (None, 20, 60)),
    ("protest, old", put(protest=("Open", "Suspended", "Denied")), (100, 200)),
    ("trade control", put(control="Trade"), (None, 30)),
    ("cancelled", put(status=("Cancelled", "Rejected", "Rejected")), (None,)),
    ("liquidated, no date", put(liquidation_status="Liquidated"), (None,)),
    ("no status, no date", put(liquidation_status=""), (None,)),
)


def one(dice, entry, day, importers):
    name, change, ages = dice.choice(SCENARIOS)
    s = common(dice, entry, day, importers)
    s.scenario = name
    change(dice, s)
    age = dice.choice(ages)
    if age is not None:
        liquidated(s, day, age)
    elif name in {"plain", "goods value, recent"} and dice.random() < 0.4:
        s.liquidation_date = day + dt.timedelta(dice.choice((1, 5, 20, 90)))  # scheduled only
    return s


# ----- layout


def lay_out(dice):
    columns = list(NAMES)
    if dice.random() < 0.35:
        columns = [c for c in columns if c in NEEDED or dice.random() < 0.3]
    if dice.random() < 0.25:
        columns.remove(dice.choice(DROPPED))
    if dice.random() < 0.6:
        dice.shuffle(columns)
    official = dice.random() < 0.5
    return Layout(
        columns,
        {c: NAMES[c][0] if official else dice.choice(NAMES[c]) for c in NAMES},
        dice.choice(("iso", "us", "us", "serial", "us time", "iso time")),
        dice.choice(("plain", "dots", "mixed")),
        dice.choice(("bare", "bare", "dollar", "two places")),
        dice.choice(("plain", "dashed", "plain", "ace")),
        filtered=dice.random() < 0.12,
    )


def date_text(date, form):
    if date is None:
        return ""
    us = f"{date.month}/{date.day}/{date.year}"
    return {
        "iso": date.isoformat(),
        "us": f"{date.month:02d}/{date.day:02d}/{date.year}" if date.day % 2 else us,
        "serial": str((date - dt.date(1899, 12, 30)).days),
        "us time": us + " 12:00:00 AM",
        "iso time": date.isoformat() + " 00:00:00",
    }[form]


def hts_text(hts, form, dice):
    """8 or 10 digits, dotted or not: Chapter 99 headings get their two or no zeros."""
    if form == "mixed":
        form = dice.choice(("plain", "dots"))
        if hts.startswith("99") and dice.random() < 0.5:
            hts += "00"
    if form == "plain":
        return hts
    dotted = f"{hts[:4]}.{hts[4:6]}.{hts[6:]}"
    return f"{hts[:4]}.{hts[4:6]}.{hts[6:8]}.{hts[8:]}" if len(hts) == 10 and hts[-1] == "0" else dotted


def amount_text(amount, form):
    if amount is None:
        return ""
    return {"bare": f"{amount:g}", "dollar": f"${amount:,.2f}", "two places": f"{amount:.2f}"}[form]


def entry_text(entry, form):
    return {"plain": entry, "dashed": made_up.dashed(entry), "ace": f'="{entry}"'}[form]


def cell(dice, layout, column, s, line, tariff):
    """One value as this layout writes it."""
    if column == "entry":
        return entry_text(s.entry, layout.entry)
    if column in {"entry_date", "liquidation_date"}:
        date = getattr(s, column)
        return date if layout.reals else date_text(date, layout.dates)
    if column == "hts":
        text = hts_text(tariff.hts, layout.hts, dice)
        return int(text) if layout.reals and text.isdigit() else text
    if column in {"value", "duty"}:
        amount = getattr(tariff, column)
        return amount if layout.reals else amount_text(amount, layout.amounts)
    plain = {"line": f"{s.lines.index(line) + 1:03d}", "ordinal": str(line.tariffs.index(tariff) + 1)}
    plain |= {"spi": line.spi, "origin": "CN"}
    plain["importer_name"] = made_up.FIRMS[sum(map(ord, s.importer)) % len(made_up.FIRMS)]
    return plain.get(column, getattr(s, column, ""))


def body(dice, layout, summaries):
    return [
        [cell(dice, layout, column, s, line, tariff) for column in layout.columns]
        for s in summaries
        for line in s.lines
        for tariff in line.tariffs
    ]


PROMPTS = (
    ["Entry Summary Line Tariff Details"],
    ["Trade Account ACE ID: 8800123"],
    ["Entry Date begin: 02/04/2025", "Entry Date end: 02/23/2026"],
    [""],
)


def around(dice, layout, rows, truth):
    """Prompts above, totals below."""
    table = [list(row) for row in PROMPTS[: dice.randint(1, 4)]] if dice.random() < 0.4 else []
    truth.tried += ["prompts"] if table else []
    table.append([layout.names[c] for c in layout.columns])
    table += rows
    if dice.random() < 0.3:
        truth.tried.append("totals row")
        truth.doubt.append("rows")
        total = ["" for _ in layout.columns]
        total[0] = dice.choice(("Total", "Sum:", "Grand Total"))
        for column in ("value", "duty"):
            if column in layout.columns[1:]:
                total[layout.columns.index(column)] = "123456.78"
        table.append(total)
    return table


# ----- truth


def seen(layout, s):
    """What this export shows of it: an export of the IEEPA rows alone has no goods."""
    if layout.filtered:
        s.lines = [Line([t for t in line.tariffs if t.chapter_99], line.spi) for line in s.lines]
        s.lines = [line for line in s.lines if line.tariffs]
    return s


def judge(layout, s, truth, day):
    v = verdicts.verdict(Case(s, set(layout.columns), day))
    truth.outcomes[s.entry] = {
        "outcome": v.outcome,
        "deadline": v.deadline and v.deadline.isoformat(),
        "file_by": v.file_by and v.file_by.isoformat(),
        "scenario": s.scenario,
    }
    if v.outcome in {"cape-now", "cape-later-money"}:
        truth.upload[s.entry] = s.entry[:3] + (" " + s.importer if "importer" in layout.columns else "")
    if v.outcome == "accepted":
        truth.accepted.append(s.entry)
    truth.doubt.extend(f"{what}:{s.entry}" for what in sorted(v.doubts))


def lose_zeros(summaries, truth):
    """Saved by Excel: numeric entry numbers without their zero are proposed, never uploaded."""
    for s in summaries:
        if s.entry.isdigit() and s.entry.startswith("0"):
            truth.upload.pop(s.entry, None)
            truth.doubt += [f"outcome:{s.entry}", f"deadline:{s.entry}"]
            truth.entries.remove(s.entry)


def account(layout, rows, truth, top):
    at = layout.columns.index("entry")
    ours = set(truth.entries)
    for row, cells in enumerate(rows, top):
        raw = str(cells[at])
        entry = raw.strip('="').replace("-", "")
        truth.values.append([row, raw, entry if entry in ours else None])


def audit(dice, number):
    truth = Truth("es-003", dice.choice(AS_OF))
    day = dt.date.fromisoformat(truth.as_of)
    layout = lay_out(dice)
    book = dice.random() < 0.4
    layout.reals = book and dice.random() < 0.6
    if book and layout.entry == "ace":
        layout.entry = "plain"
    layout.lost_zeros = layout.entry == "plain" and (layout.reals or dice.random() < 0.2)
    importers = [made_up.importer(dice) for _ in range(dice.choice((1, 1, 2, 3)))]
    if dice.random() < 0.15:
        importers.append(made_up.importer(dice, "ssn"))
        truth.secrets.append(importers[-1])
    codes = [made_up.filer_code(dice) for _ in range(dice.choice((1, 1, 2)))]
    count = dice.choice((3, 10, 25, 40))
    entries = [e for code in codes for e in made_up.numbers(dice, code, count)]
    summaries = [one(dice, entry, day, importers) for entry in entries]
    summaries = [s for s in (seen(layout, s) for s in summaries) if s.lines]
    truth.entries = sorted(s.entry for s in summaries)
    for s in summaries:
        judge(layout, s, truth, day)
    if layout.lost_zeros:
        lose_zeros(summaries, truth)
    rows = body(dice, layout, summaries)
    if layout.lost_zeros:
        as_excel_saves(rows, layout)
    if dice.random() < 0.3:
        dice.shuffle(rows)  # the rows of one entry need not stand together
    table = around(dice, layout, rows, truth)
    account(layout, rows, truth, top_of(table, layout))
    truth.rows = len(rows)
    missing = sorted(set(NEEDED) - set(layout.columns))
    truth.tried += [layout.dates, layout.hts, layout.entry, f"missing {missing}"]
    truth.tried += ["filtered"] if layout.filtered else []
    return saved(dice, number, table, book, truth)


def as_excel_saves(rows, layout):
    """Digits became numbers: 01 is 1, 0123... lost its zero."""
    for column in ("entry", "type"):
        at = layout.columns.index(column) if column in layout.columns else None
        for row in rows:
            if at is not None and row[at].isdigit():
                row[at] = int(row[at]) if layout.reals else str(int(row[at]))


def top_of(table, layout):
    header = [layout.names[c] for c in layout.columns]
    return table.index(header) + 2


def saved(dice, number, table, book, truth):
    name = dice.choice(("ES-003", "Entry Summary Line Tariff Details", "export", "ieepa audit"))
    if book:
        truth.tried.append("xlsx")
        sheets = [("Report 1", table)]
        if dice.random() < 0.2:
            sheets.append(("Notes", [["Pulled from ACE Reports"], ["Ask Dana before sending"]]))
        return Made(f"{number:03d}-{name}.xlsx", tables.xlsx(sheets), truth)
    encoding = dice.choice(("utf-8", "utf-8-sig", "utf-16-le-bom", "cp1252"))
    delimiter = dice.choice(",,,;\t|")
    text = tables.delimited(table, delimiter=delimiter, end=dice.choice(("\r\n", "\n")), quotes=dice.random() < 0.3)
    data, name = tables.encoded(text, encoding), name + ".csv"
    truth.tried += [encoding, repr(delimiter)]
    if dice.random() < 0.12:
        data, name = tables.mailed(name, data), name[:-4] + ".eml"
    elif dice.random() < 0.08:
        data, name = tables.zipped(name, data), name[:-4] + ".zip"
    return Made(f"{number:03d}-{name}", data, truth)


MAKERS = (audit,) * 80
