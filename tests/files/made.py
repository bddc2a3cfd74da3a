"""What a maker of files hands over: a name, the bytes, and the truth about them."""

from dataclasses import dataclass, field


@dataclass
class Truth:
    """Everything that must come out, and `doubt`: what the sources leave open, scored apart.

    The words of `doubt`: `rows`; `file-fault:REASON`; `fault:ROW:REASON` (REASON `*`: some fault
    must be reported on that row, which one is open); `reason:REASON` (anywhere in the file); `outcome:ENTRY`,
    `deadline:ENTRY`, `upload:ENTRY`, `group:ENTRY`, `step:ID`.
    """

    kind: str | None
    as_of: str
    filer_codes: list = field(default_factory=list)
    rows: int = 0
    entries: list = field(default_factory=list)
    values: list = field(default_factory=list)  # [row, value as it stands, entry or null]
    faults: list = field(default_factory=list)  # {row, value, reason, repaired, proposal}
    file_faults: list = field(default_factory=list)
    upload: dict = field(default_factory=dict)  # entry -> what it may share an upload with
    accepted: list = field(default_factory=list)  # the worst thing to upload
    groups: dict = field(default_factory=dict)  # entry -> ids
    steps: dict = field(default_factory=dict)  # id -> next step
    statuses: dict = field(default_factory=dict)  # text -> count
    unknown_texts: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)  # entry -> {outcome, deadline, file_by}
    secrets: list = field(default_factory=list)  # must not come back anywhere
    row_offsets: list = field(default_factory=lambda: [0])  # where the number that a spreadsheet shows is open
    tried: list = field(default_factory=list)  # the mutations, for whoever reads a miss
    doubt: list = field(default_factory=list)


@dataclass
class Made:
    name: str
    data: bytes
    truth: Truth
