"""The nouns, alike in code, files and docs. Frozen values; every stage takes some and gives others.

The order of the work: Incoming -> Passage -> Sighting, Sheet -> Diagnosis -> Draft, Reply.
The JSON names follow the published contract (see `bot/report.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Verdict(StrEnum):
    """What the bot does with a message."""

    ANSWER = "answer"
    ESCALATE = "escalate"
    ASK = "ask"
    SILENT = "silent"


class PassageKind(StrEnum):
    """Whose words a passage holds, and so whether they count."""

    SUBJECT = "subject"
    OWN = "own"  # the sender's own words
    FORWARDED = "forwarded"  # what the sender forwarded: exactly what we want
    QUOTED = "quoted"  # older mail under a reply: not the sender's
    SIGNATURE = "signature"
    BOT = "bot"  # the bot's own earlier answer, quoted back


class How(StrEnum):
    """By which matcher a known error was found, the surest first."""

    CODE = "code"
    WORDING = "wording"
    SHEET = "sheet"
    LIKENESS = "likeness"


class Type06(StrEnum):
    """Whether the entries are FTZ consumption entries (type 06)."""

    YES = "yes"
    NO = "no"
    MIXED = "mixed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it came. `name` has no path and no control characters; it is still the sender's data.

    `path_in` names the containers around it (`forwarded.eml/claims.zip`), empty at the top.
    `problem` is set, and `content` empty, when the channel could not hand the file over: one sentence for the reader
    that says why and what to do.
    """

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    path_in: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AttachedMessage:
    """A mail inside the mail (message/rfc822, an .eml): its words count as forwarded. Its files are in `Incoming`."""

    sender: str
    subject: str
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as a channel read it. Facts for the core to decide on; the channel itself is not one of them.

    `text` is plain text as the sender saw it: UTF-8, no NUL, HTML already turned into text, Slack markup undone.
    `addressed`: said to the bot (its inbox, a mention, a DM, a command). `asked`: said to it in person (a mention, a
    DM, a command), so that it owes a line even when the matter is not its own. `private`: nobody else reads the answer.
    `automatic`: why a machine wrote it, or empty. `refused`: why this sender may not be answered, or empty.
    `unreadable`: why the message could not be read (encrypted, over the limit), or empty.
    `thread` names the conversation: opaque, equal for messages of one thread. `handle` is what the channel itself needs
    to answer (its own JSON); nobody else looks into it. `shown_to`: the addresses it went to besides, who have its files
    too. `quoted`: lines of `text` that the sender marked as somebody's words. `earlier`: what was said before in the
    thread, oldest first, as far as this sender may see it; the worker adds it where it is needed.
    `answers`: the ids of messages that it may belong to, the surest first; `names`: what later ones may call it by.
    `case`: the number of the case that its subject names; once the reply is kept, of the case it belongs to.
    `staff`: the sender may add to everybody's case, by the settings and confirmed by the mail server.
    """

    id: str
    sender: str
    text: str
    subject: str = ""
    thread: str = ""
    attached: tuple[AttachedMessage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    addressed: bool = True
    private: bool = True
    automatic: str = ""
    refused: str = ""
    unreadable: str = ""
    handle: str = ""
    asked: bool = False
    shown_to: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    earlier: tuple[Incoming, ...] = ()
    answers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    case: str = ""
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of one person's words. `text` has its wrapped lines joined and quote marks removed.

    `origin[i]` is the index in `source` of `text[i]`; so `source[origin[a]:origin[b-1]+1]` are the words as they stood.
    `where` is what the reader is told: text, subject, forwarded, or the name of the attached message.
    """

    kind: PassageKind
    text: str
    source: str
    origin: tuple[int, ...]
    where: str

    def original(self, start: int, end: int) -> str:
        """The sender's words for `text[start:end]`, as they stand in the original."""
        if start >= end:
            return ""
        return self.source[self.origin[start] : self.origin[end - 1] + 1]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A known error seen. `confidence` 0..1. `quote` stands in the original; `where` says in which part.

    `verbatim`: the quote holds CBP's own words (an official message), not a paraphrase of them.
    `surroundings` is the sentence around it, for reading what the sender says of it; `at` is for putting several in the
    order in which they stand.
    """

    id: str
    how: How
    confidence: float
    quote: str
    where: str
    verbatim: bool = False
    surroundings: str = ""
    at: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Spotting:
    """What was found: `sightings` are sure, one per id, in the order found; `candidates` are not sure, likeliest first.

    `about_cape`: the words are about CAPE or IEEPA refunds even if no error was recognised.
    """

    sightings: tuple[Sighting, ...] = ()
    candidates: tuple[Sighting, ...] = ()
    about_cape: bool = False


@dataclass(frozen=True, slots=True)
class SuspectEntry:
    """Looks like an entry number and is not one. `proposal` is what a person may confirm, or empty."""

    value: str
    reason: str
    proposal: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """Entry numbers in running text. `repaired` pairs what stood there with the number it means."""

    entries: tuple[str, ...] = ()
    suspects: tuple[SuspectEntry, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in a sheet. `row` is the number a spreadsheet shows, None for the file as a whole.

    `reason` is one of the contract's words. `repaired`: an upload file carries the mended value `proposal`.
    Otherwise `proposal` is what a person must confirm. `note` is what else there is to say, or empty.
    """

    row: int | None
    value: str
    reason: str
    repaired: bool = False
    proposal: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A data row of a table, under the number a spreadsheet shows (from 1, header and blank rows counted).

    `line` is the row as it stands in the file, kept where a fault may show it: near the top, and the first row that
    fills more than one cell; else empty.
    """

    number: int
    cells: tuple[str, ...]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as read from bytes, before anything is judged; row 1 may be a header. `notes` are faults of the form."""

    rows: tuple[Row, ...]
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of a Claim Details file that have one answer. `message` is ACE's text as it stands in the file.

    `next_step` holds on the day answered for; `not_before` is the first day to act when it is to wait. `row` is the
    first row that says so, `claims` the claim numbers. `id` is `unknown` for a text that nobody knows.
    """

    id: str
    title: str
    message: str
    entries: tuple[str, ...]
    next_step: str
    row: int
    not_before: date | None = None
    wait: str = ""
    claims: tuple[str, ...] = ()


class ClaimRow(NamedTuple):
    """A row of a Claim Details file as it stands, with what it asks for in words. A named tuple, like Outcome."""

    row: int
    entry: str
    claim: str
    status: str
    message: str
    said: str


class Outcome(NamedTuple):
    """What may be done with one entry summary of an ES-003, as of the day answered for.

    `outcome`: cape-now, cape-later-money, accepted, protest, counsel, excluded, wait, psc-first, no-refund, check.
    `deadline` is the last day for it and `file_by` our own margin before that, both None when no day can be computed.
    `reasons` are ids of knowledge. `why` is one sentence; for `check` it says what is missing. `row` is its first row.
    A named tuple: an export holds some hundred thousand.
    """

    entry: str
    outcome: str
    deadline: date | None
    file_by: date | None
    reasons: tuple[str, ...]
    importer: str
    type: str
    why: str
    row: int
    liquidated: date | None = None


class Ready(NamedTuple):
    """An entry that may go on a Declaration. `importer` and `type` are empty where the file does not say; `day` the first day."""

    entry: str
    importer: str = ""
    day: date | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A Declaration that ACE takes as it is: entries of one importer and one filer code, `part` of `parts`."""

    entries: tuple[str, ...]
    filer_code: str
    importer: str = ""
    day: date | None = None
    part: int = 1
    parts: int = 1


# Faults of the file that name a row to look at: a header, a blank row, the first row of several columns. None of them
# is a fault of a data row, so none makes one less ready.
_OF_THE_FORM = frozenset({"header", "blank-row", "extra-columns"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attachment read. `kind`: declaration, claim-details, es-003, validation-result, other.

    `refused` says why it was not read, or is empty; then nothing is derived from it.
    `rows` counts data rows. `entries` are distinct and valid. `sightings` are known errors that its cells name.
    `annotated` is the sender's file with the findings beside each row, empty when there is none.
    `groups` are those of Claim Details, `outcomes` those of an ES-003. `ready` may go on a Declaration, in the file's
    order. `notes` are sentences about the file as a whole. `claim_rows` are the rows of Claim Details with what each asks
    for. `barred` are (entry, why) of a Declaration that must not go up, by what else was sent;
    `listed` are all of its entries, with importer and type where a column names them.
    """

    name: str
    kind: str
    path_in: str = ""
    rows: int = 0
    entries: tuple[str, ...] = ()
    statuses: tuple[tuple[str, int], ...] = ()
    faults: tuple[Fault, ...] = ()
    refused: str = ""
    type06: Type06 = Type06.UNKNOWN
    sightings: tuple[Sighting, ...] = ()
    annotated: bytes = b""
    groups: tuple[Group, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    ready: tuple[Ready, ...] = ()
    notes: tuple[str, ...] = ()
    claim_rows: tuple[ClaimRow, ...] = ()
    barred: tuple[tuple[str, str], ...] = ()
    listed: tuple[Ready, ...] = ()

    @property
    def rows_for_a_person(self) -> frozenset[int]:
        """The data rows that nobody but a person can put right."""
        return frozenset(row for row, fault in self._row_faults() if not fault.repaired)

    @property
    def rows_repaired(self) -> frozenset[int]:
        """The data rows that were put right, all that was wrong with them."""
        return frozenset(row for row, fault in self._row_faults() if fault.repaired) - self.rows_for_a_person

    def _row_faults(self) -> Iterator[tuple[int, Fault]]:
        for fault in self.faults:
            if fault.row is not None and fault.reason not in _OF_THE_FORM:
                yield fault.row, fault


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an advice, e.g. `Do now`. `numbered` items are steps in their order."""

    name: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnosis: a known error, what it means on the day asked about, and what to do.

    `next_step` and `escalate` are the rule's words. `official` is CBP's text. `not_before` is the first day to act when
    the advice is to wait. `evidence` is what the reply asks for before it drafts. `clock` is the deadline that runs,
    `windows` what the windows reach on the day. `look_alikes` are (title, question that tells them apart). `retired` is the day CBP retired the message.
    `advice_day` is the day from which the advice holds, `verified` when its facts were last checked.
    """

    id: str
    title: str
    kind: str
    is_error: bool
    how: How
    confidence: float
    quote: str
    where: str
    next_step: str
    escalate: str
    official: str = ""
    verbatim: bool = False
    filed: str = "unknown"
    sections: tuple[Section, ...] = ()
    not_before: date | None = None
    wait: str = ""
    evidence: str = ""
    clock: str = ""
    windows: str = ""
    look_alikes: tuple[tuple[str, str], ...] = ()
    retired: date | None = None
    replaced_by: str = ""
    sources: tuple[str, ...] = ()
    advice_day: date | None = None
    verified: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An e-mail to CBP for a person to complete and send. `missing` names what they must still fill in or confirm.

    `message` is CBP's text only when it stands in the mail or file, else empty. `lines` are (label, value) as the body
    lists them, blanks marked `[FILL IN: …]`. `importer` is whose entries they are, as far as known; `team` whom it greets;
    `ftz` is, where they are mixed, yes or no for each entry, empty while it is unknown. `accounts`: it is about an account, and names no entries.
    """

    id: str
    to: str
    subject: str
    body: str
    entries: tuple[str, ...]
    message: str
    type06: Type06
    missing: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    importer: str = ""
    team: str = ""
    ftz: tuple[tuple[str, str], ...] = ()
    accounts: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A file that goes back with the reply. `role`: upload, report, draft, calendar. `what` is in it, in a few words."""

    name: str
    role: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"
    what: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything the core learnt about a message, and nowhere else. `rule` is the verdict row that decided.

    `questions` are what the reply asks, most useful first. `notes` are sentences for the reader about files or words
    that could not be used, each with what to do. `uploads` are Declarations ready for ACE.
    `outcomes` are those of the entries whose liquidation the words of the message tell. `today` is the day answered for.
    """

    verdict: Verdict
    rule: str
    today: date
    findings: tuple[Finding, ...] = ()
    candidates: tuple[Finding, ...] = ()
    entries: tuple[str, ...] = ()
    suspects: tuple[SuspectEntry, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()
    type06: Type06 = Type06.UNKNOWN
    sheets: tuple[Sheet, ...] = ()
    drafts: tuple[Draft, ...] = ()
    uploads: tuple[Upload, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Entries of a table that have one answer, in words. `when` is the day that matters first, or empty.

    `quote` are the file's own words for it. `lines` are its nearest days or its causes, each with some of its entries.
    """

    title: str
    count: int
    step: str
    when: str = ""
    quote: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """A table as a reader is shown it: its numbers, what to do, most urgent first, and some of its faults.

    `more_tasks` and `more_faults` count what only the attached report has. `notes` are about the file as a whole.
    """

    name: str
    verdict: str
    tasks: tuple[Task, ...] = ()
    more_tasks: int = 0
    faults: tuple[Fault, ...] = ()
    more_faults: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: plain `text` is complete on its own, `html` is the same for a mail program.

    `outputs` are the attached files. `diagnosis` and `digests` (one for each table) let a channel lay out the same facts
    in its own form; `headline` is the verdict in one line. The diagnosis here is without the bulk of its tables.
    """

    subject: str
    text: str
    html: str
    diagnosis: Diagnosis
    outputs: tuple[Output, ...] = ()
    headline: str = ""
    digests: tuple[Digest, ...] = ()
