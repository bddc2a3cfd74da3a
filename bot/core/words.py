"""The closed vocabularies in words that a person reads. Only sentences; what they stand for is decided elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import entry_number

if TYPE_CHECKING:
    from datetime import date

    from bot.core.model import Fault

NEXT_STEP_WORDS = {
    "nothing-to-do": "nothing to do",
    "wait": "wait, do not resubmit",
    "retry": "look for a claim number; if there is none, try the upload again later",
    "resubmit": "resubmit it as it is, on a new Declaration",
    "fix-and-resubmit": "correct it, then upload a new Declaration",
    "psc-first": "correct the entry summary by PSC first, if its window is still open; then a new Declaration",
    "remove": "take the entry out; it cannot go through CAPE now",
    "protest-or-counsel": "CAPE is closed for it: look at a protest, or ask counsel",
    "fix-account": "mend the ACE account; the file is not the cause",
    "escalate": "write to CBP",
}
# What may be done with an entry summary of an ES-003: (in the first line, as a heading, what to do), as a broker says it.
# The order is that of the first line: what is to be done, then what is to be looked at, then what is not.
OUTCOME_WORDS = {
    "cape-now": ("file now", "File now", "put them on a CAPE Declaration and upload it by the last day"),
    "cape-later-money": (
        "file now for money at liquidation",
        "File now, money at liquidation",
        "put them on a CAPE Declaration now; CBP pays when the entry liquidates",
    ),
    "psc-first": (
        "PSC first",
        "PSC first",
        "correct the entry summary by PSC while its window is open; then a CAPE Declaration",
    ),
    "protest": ("protest", "Protest", "CAPE cannot take it: file a protest (CBP Form 19) by its last day"),
    "check": (
        "to check",
        "Check",
        "look at what is said of each: something is missing, contradicts itself, or is for CBP",
    ),
    "wait": ("wait", "Wait", "do not file yet: a later phase, or a status that must change first"),
    "counsel": ("for counsel", "Ask counsel", "too late for CAPE and for a protest"),
    "excluded": ("excluded", "Excluded", "CAPE does not take this entry type: leave them out"),
    "no-refund": (
        "no IEEPA duty",
        "No IEEPA duty in this export",
        "nothing for CAPE to refund",
    ),
    "accepted": ("accepted", "Accepted in a claim", "do not upload them again; watch the refund in ES-022"),
}
OUTCOMES = tuple(OUTCOME_WORDS)
# The STATUS of a Claim Details row, in small letters, as the first line counts it.
STATUS_WORDS = {"entry summary updated": "accepted", "failed": "failed"}
# The next steps of a group in the order in which somebody has to act.
STEP_ORDER = (
    "resubmit", "fix-and-resubmit", "retry", "psc-first", "protest-or-counsel", "remove", "fix-account", "escalate",
    "wait", "nothing-to-do",
)  # fmt: skip
UNKNOWN_STEP = "do not resubmit yet; tell me where ACE shows it, or have a person ask CBP. The deadlines run on"
UNKNOWN_GROUP = "A message that I do not know"
FILED_WORDS = {
    "no": "No, nothing was filed.",
    "yes": "Yes, it is filed.",
    "some": "Partly: the other entries are filed, this one is not.",
    "unknown": "Not known from this message: look for a claim number first.",
}
# What a draft needs -> (label of its line in the draft, what the sender is asked). Keys are `catalogue.ASKS`.
ASK_WORDS = {
    "entry-numbers": ("Entry numbers", "Which entry numbers are affected?"),
    "message": ("CBP's message", "What does the message say, word for word? Paste it."),
    "where-seen": (
        "Seen in",
        "Where did you see it: on screen at upload, in File Uploads, in Claim Status, or in the Claim Details file?",
    ),
    "type06": ("FTZ Type 06", "Are these entries FTZ Type 06: all, none, or which of them?"),
    "entry-type": ("Entry type", "Which entry type are they (01, 03, 06, 11 …)?"),
    "importer-name": ("Importer of record", "What is the importer of record's name?"),
    "importer-number": (
        "Importer number",
        "What is the importer number on the CF-7501? (Never send a Social Security number.)",
    ),
    "filer-code": ("Filer code", "Which filer code are they under?"),
    "account-number": ("ACE account number", "What is the ACE account number that submitted the Declaration?"),
    "claim-number": ("Claim number", "What is the claim number, if there is one (12 digits)?"),
    "declaration-date": ("Declaration submitted", "On which day, and about what time, was the Declaration submitted?"),
    "liquidation": ("Liquidation", "What are the liquidation status and date of each entry in ACE?"),
    "hts-lines": ("HTS lines", "Which lines and HTS numbers does it concern?"),
    "statement": ("Statement", "What are the statement number and the day it was paid?"),
    "tried": ("Tried so far", "What have you tried, and when?"),
    "screenshot": ("Evidence", "Can you attach what ACE shows (ES-003 rows or a screenshot for CBP)?"),
}
SUSPECT_WORDS = {
    "bad-check-digit": "its check digit is wrong",
    "lost-leading-zero": "a leading zero seems to be lost",
    "not-11-characters": "it is not 11 characters long",
    "bad-format": "it has a character that cannot stand there",
    "scientific-notation": "Excel turned it into a rounded figure; export it again as text",
}

# Each reason of the contract in words; a reply and a report say it alike.
REASON_WORDS = {
    "header": "the first row must be the header Entry Number",
    "extra-columns": "more than the one column that CAPE wants",
    "blank-row": "blank row",
    "dash": "has a dash",
    "lower-case": "has small letters",
    "apostrophe": "has an apostrophe or quote mark",
    "invisible-character": "has spaces, invisible or foreign characters",
    "not-11-characters": "not 11 characters long",
    "bad-format": "a character that cannot stand in an entry number",
    "bad-check-digit": "the check digit is wrong: compare with the CF-7501",
    "lost-leading-zero": "a leading zero seems to be lost",
    "scientific-notation": "Excel rounded the number: export it again with the column as text",
    "duplicate": "the same entry number stands above",
    "filer-code": "another filer code than yours",
    "not-csv": "ACE takes only CSV files",
    "too-many-entries": "more than 9,999 entry numbers: split the file",
    "file-too-large": "larger than 1 MB: split the file",
}
# What was done about a reason, where the row is repaired.
REPAIR_WORDS = {
    "dash": "dash taken out",
    "lower-case": "put in capitals",
    "apostrophe": "apostrophe or quote mark taken out",
    "invisible-character": "spaces, invisible or foreign characters put right",
}
TOTAL_NOTE = "a total, left out"  # of a row that is no data row


def fault_words(fault: Fault) -> str:
    """A fault in a sheet: what was done about it, or, while nothing was, what is wrong."""
    if fault.note == TOTAL_NOTE:
        return TOTAL_NOTE
    said = REASON_WORDS.get(fault.reason, fault.reason.replace("-", " "))
    said = REPAIR_WORDS.get(fault.reason, said) if fault.repaired else said
    return f"{said} ({fault.note})" if fault.note else said


def suspect_words(value: str, reason: str, proposal: str) -> str:
    """One line about a number that looks like an entry number and is not one."""
    said = f"{value}: {SUSPECT_WORDS.get(reason, reason.replace('-', ' '))}"
    return f"{said}. Did you mean {proposal}?" if proposal else f"{said}. Please check it."


def day_words(day: date) -> str:
    """A day as a broker reads it: Fri 27 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def deadline_words(day: date, act_by: date) -> str:
    """A last day, with the business day before it when it is none itself."""
    return day_words(day) if act_by == day else f"{day_words(day)}, so act by {day_words(act_by)}"


def entry_words(entry: str) -> str:
    """An entry number as people write it: B76-0324527-8; anything else as it stands."""
    return entry_number.format(entry) if entry_number.SHAPE.fullmatch(entry) else entry


def when_words(next_step: str, day: date) -> str:
    """What a day to wait for means: the first one to act on, or the one to look again."""
    return f"and look again on {day_words(day)}" if next_step == "wait" else f"on or after {day_words(day)}"


def count_words(count: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 entry, 3 entries."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
