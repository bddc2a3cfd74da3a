"""Templates tried on made-up diagnoses that reach every branch, so that a slip shows before a broker gets no reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.core.compose import draft_values, reply_values
from bot.core.digest import SHOWN, digests
from bot.core.escalation import LISTED
from bot.core.model import (
    Diagnosis,
    Draft,
    Fault,
    Finding,
    Group,
    How,
    Outcome,
    Output,
    Section,
    Sheet,
    SuspectEntry,
    Type06,
    Verdict,
)
from bot.core.voice import TEMPLATES, TemplateProblem, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DAY = date(2026, 4, 20)
_ENTRY = "B7603245278"  # the worked example of CATAIR Appendix E
_TITLE = "HTS Relationship Mismatch"

_PLAIN = Finding(
    id="hts-relationship-mismatch", title=_TITLE, kind="entry", is_error=True, how=How.CODE, confidence=1.0, quote="",
    where="text", next_step="escalate", escalate="always", advice_day=_DAY, verified=_DAY,
)  # fmt: skip
_FULL = replace(
    _PLAIN, is_error=False, how=How.LIKENESS, quote=_TITLE, next_step="wait", official=_TITLE, not_before=_DAY,
    wait="3 business days", clock="80 days", windows="PSC today", retired=_DAY, replaced_by="invalid-hts", look_alikes=((_TITLE, "Which?"),),
    sources=("CBP", "CSMS"), sections=(
        Section("Do now", paragraphs=("First.",), items=("One.", "Two."), numbered=True), Section("Do not", items=("It.",)),
    ),
)  # fmt: skip
_RETIRED = replace(_PLAIN, retired=_DAY)

_FEW = Draft(
    id=_PLAIN.id, to="cbp@example.gov", subject="CAPE", body="Text. [FILL IN: what]", entries=(_ENTRY,), message=_TITLE,
    type06=Type06.YES, missing=("Tried so far",), lines=(("Tried so far", "[FILL IN: what]"),),
)  # fmt: skip
_NONE = replace(_FEW, entries=(), missing=(), lines=())
_ACCOUNT = replace(_NONE, accounts=True, team="the team")
_MANY = replace(_FEW, entries=(_ENTRY,) * (LISTED + 1))

_FAULTS = (
    Fault(None, "", "not-csv", repaired=True),
    Fault(2, "B76-0324527-8", "dash", repaired=True, proposal=_ENTRY),
    Fault(3, "603245278", "lost-leading-zero", proposal=_ENTRY),
    Fault(4, "3.16E+10", "scientific-notation", note="why"),
)
_SHEETS = (
    Sheet("claims.csv", "declaration", rows=3, faults=_FAULTS),
    Sheet("many.csv", "declaration", rows=SHOWN, faults=_FAULTS * SHOWN),
    Sheet("clean.csv", "declaration", rows=1),
    Sheet("picture.png", "other", refused="This is a picture."),
    Sheet(
        "details.csv",
        "claim-details",
        rows=2,
        entries=(_ENTRY,),
        notes=("A note on the file.",),
        groups=tuple(
            Group(f"group-{number}", _TITLE, message, (_ENTRY,), "wait", 2, not_before=day, wait="3 business days")
            for number, (message, day) in enumerate(((_TITLE, None), ("{{ other }}", _DAY)) * SHOWN)
        ),
    ),
    Sheet(
        "export.csv",
        "es-003",
        rows=3,
        faults=_FAULTS,
        outcomes=(
            Outcome(_ENTRY, "cape-now", _DAY, _DAY, (_PLAIN.id,), "12-3456789", "01", "Why.", 2, liquidated=_DAY),
            Outcome(_ENTRY, "check", None, None, (), "", "", "Why not.", 3),
        ),
    ),
)
_OUTPUTS = (
    Output("a.csv", "report", b"", what="your rows"),
    Output("b.eml", "draft", b""),
    *(Output(f"upload-{number}.csv", "upload", b"", what="1 entry") for number in range(SHOWN * 4)),
)

_BARE = Diagnosis(Verdict.ANSWER, "otherwise", _DAY)
_SAMPLES = (
    _BARE,
    replace(_BARE, findings=(_PLAIN, _FULL, _RETIRED), notes=("A note.", "Another.")),
    replace(_BARE, findings=(_FULL,), sheets=_SHEETS),
    replace(_BARE, sheets=_SHEETS),
    replace(_BARE, findings=(replace(_PLAIN, how=How.SHEET), replace(_FULL, how=How.SHEET)), sheets=_SHEETS),
    replace(_BARE, verdict=Verdict.ASK, rule="about_cape_but_unknown", candidates=(_PLAIN, _FULL), questions=("A?", "B?")),
    replace(
        _BARE, verdict=Verdict.ASK, rule="about_cape_but_unknown", repaired=(("B76 0324527 8", _ENTRY),),
        suspects=(SuspectEntry("B760324527", "not-11-characters"), SuspectEntry("603245278", "lost-leading-zero", _ENTRY)),
    ),
    replace(_BARE, outcomes=(_SHEETS[-1].outcomes[0], _SHEETS[-1].outcomes[1])),
    replace(_BARE, verdict=Verdict.ASK, rule="not_about_cape"),
    replace(_BARE, verdict=Verdict.ESCALATE, rule="needs_cbp", findings=(_PLAIN,), drafts=(_FEW, _NONE, _MANY)),
    replace(_BARE, verdict=Verdict.ESCALATE, rule="needs_cbp", findings=(_PLAIN,), drafts=(_FEW,) * 60),
)  # fmt: skip


def problems(sources: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that is wrong with templates, as `name:line: what`: as they are written, then as they are filled in."""
    voice = Voice(sources, checked=False)
    written = voice.problems()
    broken = {line.partition(":")[0] for line in written}
    tried = (line for name in TEMPLATES if name not in broken for line in _tried(name, voice))
    return tuple(dict.fromkeys((*written, *tried)))


def _tried(name: str, voice: Voice) -> Iterator[str]:
    for values in _values(name):
        try:
            said = voice.say(name, **values)
        except TemplateProblem as problem:
            yield str(problem)
        else:
            if not said.strip():
                yield f"{name}:1: it comes out empty for some messages"


def _values(name: str) -> Iterator[dict[str, object]]:
    if name.startswith("escalation."):
        yield from map(draft_values, (_FEW, _NONE, _MANY, _ACCOUNT))
    else:
        for sample in _SAMPLES:
            yield from (reply_values(sample, digests(sample), outputs) for outputs in ((), _OUTPUTS))
