"""Claim Details as ACE writes them, as Excel leaves them, and the truth about each entry as of a day."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import made_up
import tables
from made import Made, Truth

AS_OF = ("2026-11-24",) * 4 + ("2026-05-02", "2026-06-24", "2026-06-26", "2026-07-20", "2026-09-15")
HEADER = ["ENTRY_NUMBER", "CLAIM_NUMBER", "STATUS", "ERROR_DESCRIPTION"]
UPDATED = "Entry Summary Updated"
RECON_IN = dt.date(2026, 6, 29)
CHECKS_CHANGED = dt.date(2026, 6, 25)
NCBFAA_ANSWERS = dt.date(2026, 5, 18)
FEW_PSC_WINDOWS = dt.date(2026, 10, 1)


@dataclass(frozen=True)
class Message:
    """CBP's words, the situation's id, and its next step; `open_step` where the sources leave that open."""

    text: str
    id: str
    step: str
    open_step: bool = False


MESSAGES = (
    Message("Entry on Drawback", "entry-on-drawback", "wait", open_step=True),
    Message("Recon Already Filed for Entry Summary", "recon-already-filed", "wait"),
    Message("Entry Summary is Cancelled/Rejected", "entry-summary-cancelled-or-rejected", "fix-and-resubmit"),
    Message("Entry Summary is in Final Liquidation Status", "final-liquidation", "protest-or-counsel"),
    Message("Entry Summary is in Trade Control", "trade-control", "fix-and-resubmit", open_step=True),
    Message("Entry Summary is Subject to Court Injunction", "court-injunction", "wait", open_step=True),
    Message("Entry Summary Not Found or Archived in Ace", "entry-summary-not-found", "fix-and-resubmit"),
    Message("Entry Summary Pending Liquidation or Not Liquidated and Has Suspension Record",
            "pending-liquidation-with-suspension", "wait"),
    Message("Entry Summary Under Review", "under-review", "wait", open_step=True),
    Message("Entry Type Not Allowed", "entry-type-not-allowed", "remove"),
    Message("Value Not Allowed on HTS", "value-not-allowed-on-hts", "psc-first"),
    Message("No IEEPA HTS on Entry", "no-ieepa-hts", "remove", open_step=True),
    Message("Protest on Entry", "protest-on-entry", "wait", open_step=True),
    Message("Statement Processing Not Complete", "statement-processing-not-complete", "wait", open_step=True),
    Message("Invalid HTS", "invalid-hts", "psc-first"),
    Message("HTS Relationship Mismatch", "hts-relationship-mismatch", "psc-first"),
    Message("Unable to Calculate Duty-'7' Duty Comp Code", "unable-to-calculate-duty", "resubmit"),
    Message("Unexpected Error-try Again", "unexpected-error-try-again", "resubmit"),
    Message("SPI or Additional HTS Required", "spi-or-additional-hts-required", "psc-first"),
    Message("Goods Value Amount Not Allowed on IEEPA HTS Line", "goods-value-not-allowed-on-ieepa-line", "psc-first"),
)  # fmt: skip
OLD = (
    Message("ENTRY SUMMARY FLAGGED FOR RECON", "flagged-for-recon", "resubmit"),
    Message("HTS RELATIONSHIP/SEQUENCE MISMATCH", "hts-relationship-sequence-mismatch", "resubmit"),
    Message("GOODS VALUE AMOUNT MUST BE REPORTED ON THE CH 1-97", "goods-value-must-be-on-ch-1-97", "resubmit"),
    Message("UNABLE TO CALCULATE DUTY", "unable-to-calculate-duty", "resubmit"),
)
# Where the open step may also be to file it again, now or on a known day; the others are never filed as they are.
MAY_BE_FILED = {"statement-processing-not-complete", "hts-relationship-sequence-mismatch", "unable-to-calculate-duty"}
UNKNOWN = (
    "Center Assignment Record Incomplete",
    "BOND SUFFICIENCY REVIEW 4471",
    "Surety Notification Outstanding",
    "Record Locked By Another Batch",
)


def step_of(message, day):
    """The next step as of `day`, and whether the sources decide it."""
    if message.step == "psc-first":
        # This file has no dates: asked for; in autumn few entries are inside their 300 days, so another step may be right.
        return "psc-first", day >= FEW_PSC_WINDOWS
    if message.id == "flagged-for-recon" and day < RECON_IN:
        return "wait", False
    if message.id == "hts-relationship-sequence-mismatch" and day < CHECKS_CHANGED:
        return "wait", True
    if message.id == "goods-value-must-be-on-ch-1-97" and day < CHECKS_CHANGED:
        return "psc-first", False
    if message.id == "unable-to-calculate-duty" and day < NCBFAA_ANSWERS:
        return "resubmit", True
    return message.step, message.open_step


@dataclass
class Row:
    entry: str
    claim: str
    status: str
    text: str = ""


@dataclass
class Fate:
    """What happened to one entry: its rows, and the messages that are still to be dealt with."""

    rows: list
    messages: list = field(default_factory=list)
    accepted: bool = False
    ids: set = field(default_factory=set)
    open_group: bool = False
    never_upload: bool = False


def claim_number(dice):
    return f"1{dice.randint(0, 99_999_999_999):011d}"


def cased(dice, text, style):
    if style == "mixed":
        style = dice.choice(("upper", "official", "lower"))
    return {"upper": text.upper(), "lower": text.lower(), "title": text.title(), "official": text}[style]


def accepted(dice, entry, claim, style):
    return Fate([Row(entry, claim, cased(dice, UPDATED, style))], accepted=True, ids={"entry-summary-updated"})


def failed(dice, entry, claim, style, messages):
    """One message; or several, on a row each or in one cell (no source shows which)."""
    texts = [cased(dice, message.text, style) for message in messages]
    ids = {message.id for message in messages}
    if len(texts) > 1 and dice.random() < 0.5:
        texts = [dice.choice(("; ", " | ", ", ", "\n", " / ")).join(texts)]
    return Fate([Row(entry, claim, "Failed", text) for text in texts], list(messages), ids=ids)


def unknown(dice, entry, claim):
    text = dice.choice(UNKNOWN)
    return Fate([Row(entry, claim, "Failed", text)], ids={"unknown"}, never_upload=True)


def failed_then_accepted(dice, entry, claim, style, messages):
    """A later claim took it: nothing is left to do, and it must never be uploaded again."""
    later = str(int(claim) + dice.randint(1, 5000))
    fate = failed(dice, entry, claim, style, messages)
    rows = [*fate.rows, Row(entry, later, UPDATED)]
    if dice.random() < 0.3:  # the broker and the importer both filed: refused after it had been accepted
        rows = [Row(entry, claim, UPDATED), *[Row(entry, later, "Failed", row.text) for row in fate.rows]]
    if dice.random() < 0.3:
        rows.reverse()
    # Whether it stands in the group of its old failure too is open.
    return Fate(rows, accepted=True, ids={"entry-summary-updated"}, open_group=True)


def another_status(dice, entry, claim):
    """Statuses that no source lists for this file: nothing in them says that it may be filed again."""
    status = dice.choice(("Not Started", "Accepted", "In Process", "Failed"))
    return Fate([Row(entry, claim, status)], open_group=True, never_upload=True)


def fates(dice, entries, truth, style, messages):
    claims = [claim_number(dice) for _ in range(dice.randint(1, 3))]
    rate = dice.choice((0.2, 0.5, 0.8))
    result = []
    for entry in entries:
        claim = dice.choice(claims)
        way = dice.random()
        several = dice.sample(messages, 2) if dice.random() < 0.15 else [dice.choice(messages)]
        if way < rate:
            result.append(accepted(dice, entry, claim, style))
        elif way < rate + 0.03:
            result.append(unknown(dice, entry, claim))
        elif way < rate + 0.06:
            result.append(another_status(dice, entry, claim))
        elif way < rate + 0.12:
            result.append(failed_then_accepted(dice, entry, claim, style, several))
        else:
            result.append(failed(dice, entry, claim, style, several))
    return result


def judge(entry, fate, truth, day):
    if fate.accepted:
        truth.accepted.append(entry)
    truth.groups[entry] = sorted(fate.ids)
    if fate.open_group:
        truth.doubt.append(f"group:{entry}")
    steps = {message.id: step_of(message, day) for message in fate.messages}
    for key, (step, is_open) in steps.items():
        truth.steps[key] = step
        if is_open:
            truth.doubt.append(f"step:{key}")
    if not steps or fate.never_upload or fate.accepted:
        return
    if all(step == "resubmit" for step, _ in steps.values()):
        truth.upload[entry] = entry[:3]
    # An open step may leave open whether it is filed again - unless another of its messages forbids it.
    maybe = {key for key, (_, is_open) in steps.items() if is_open and key in MAY_BE_FILED}
    if maybe and all(key in maybe or step == "resubmit" for key, (step, _) in steps.items()):
        truth.doubt.append(f"upload:{entry}")


def written(form, row, truth, at):
    """One row in this file's form: as ACE writes it, bare, or as Excel saved it again."""
    entry, claim = row.entry, row.claim
    if form == "ace":
        entry, claim = f'="{entry}"', f'="{claim}"'
    if form == "resaved":
        claim = f"{int(claim) / 1e11:.5f}E+11"
        if entry.isdigit():
            entry = entry.lstrip("0")
    if form == "dashed":
        entry = made_up.dashed(entry)
    truth.values.append([at, entry, None if form == "resaved" and len(entry) < 11 else row.entry])
    return [entry, claim, row.status, row.text]


def forget_unconfirmed(truth, lost):
    """Excel ate its zero: it is proposed, never uploaded; whether it is grouped under the proposal is open."""
    for entry in lost:
        truth.upload.pop(entry, None)
        truth.doubt.append(f"group:{entry}")
    truth.entries = sorted(set(truth.entries) - set(lost))


def details(dice, number):
    truth = Truth("claim-details", dice.choice(AS_OF))
    day = dt.date.fromisoformat(truth.as_of)
    form = dice.choice(("ace",) * 5 + ("plain", "plain", "dashed", "resaved", "resaved"))
    style = dice.choice(("upper", "upper", "official", "title", "mixed"))
    codes = [made_up.filer_code(dice, "zero" if form == "resaved" and dice.random() < 0.7 else None)]
    if dice.random() < 0.3:
        codes.append(made_up.filer_code(dice, "ANN"))
    entries = [e for code in codes for e in made_up.numbers(dice, code, dice.choice((4, 15, 40)))]
    dice.shuffle(entries)
    pool = MESSAGES + (OLD if day < dt.date(2026, 7, 21) or dice.random() < 0.3 else ())
    messages = dice.sample(pool, min(len(pool), dice.randint(2, 8)))
    result = fates(dice, entries, truth, style, messages)
    for entry, fate in zip(entries, result, strict=True):
        judge(entry, fate, truth, day)
    rows = [row for fate in result for row in fate.rows]
    if dice.random() < 0.5:
        dice.shuffle(rows)
    truth.unknown_texts = sorted({row.text for row in rows if row.text in UNKNOWN})
    truth.statuses = dict(Counter(row.status for row in rows))
    truth.entries = sorted(entries)
    head = HEADER if dice.random() < 0.8 else ["Entry Number", "Claim Number", "Status", "Error Description"]
    table = [head, *[written(form, row, truth, at) for at, row in enumerate(rows, 2)]]
    truth.rows = len(rows)
    truth.tried += [form, style]
    if form == "resaved":
        forget_unconfirmed(truth, [e for e in entries if e.isdigit() and e.startswith("0")])
    return saved(dice, number, table, form, truth)


def saved(dice, number, table, form, truth):
    name = dice.choice(("Claim Details", "claims", "ClaimDetails_Export", "CAPE results"))
    if form != "ace" and dice.random() < 0.3:
        truth.tried.append("xlsx")
        return Made(f"{number:03d}-{name}.xlsx", tables.xlsx([("Claim Details", table)]), truth)
    encoding = dice.choice(("utf-8", "utf-8-sig", "utf-8-sig", "utf-16-le-bom"))
    delimiter = dice.choice(",,,;\t") if form != "ace" else ","
    text = tables.delimited(
        table, delimiter=delimiter, end=dice.choice(("\r\n", "\n")), quotes=form != "ace" and dice.random() < 0.3
    )
    data, name = tables.encoded(text, encoding), name + ".csv"
    truth.tried += [encoding, repr(delimiter)]
    if dice.random() < 0.15:
        data, name = tables.mailed(name, data), name[:-4] + ".eml"
    elif dice.random() < 0.1:
        data, name = tables.zipped(name, data), name[:-4] + ".zip"
    return Made(f"{number:03d}-{name}", data, truth)


MAKERS = (details,) * 50
