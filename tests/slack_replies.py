"""Replies to lay out and to send."""

from datetime import date

from bot.core.digest import digests
from bot.core.model import (
    Diagnosis,
    Draft,
    Fault,
    Finding,
    How,
    Output,
    Reply,
    Section,
    Sheet,
    SuspectEntry,
    Type06,
    Verdict,
)

DAY = date(2026, 11, 24)
HOSTILE = "<!channel> *x* &amp; `<@U1>` :tada: <https://x.example|y> " * 200


def finding(words="x", sections=3):
    return Finding(
        id="x", title=words[:80], kind="entry", is_error=True, how=How.LIKENESS, confidence=1.0, quote=words,
        where="text", next_step="escalate", escalate="always", sources=(words[:100],), verified=DAY, advice_day=DAY,
        clock=words, retired=DAY, wait="3 business days", not_before=DAY, look_alikes=((words, words),),
        sections=tuple(
            Section(name, (words,), (words, words), numbered=True)
            for name in ("What it means", "Do now", "Do not", "How to tell", "How long")[:sections]
        ),
    )  # fmt: skip


def reply(faults=3, sections=3, drafts=1, words="x", outputs=()):
    sheet = Sheet(words[:200], "declaration", rows=9, faults=tuple(Fault(n, words, "dash") for n in range(faults)))
    other = Sheet("b.csv", "declaration", rows=9, faults=(Fault(None, "", "header", repaired=True),))
    draft = Draft("x", "IEEPARefunds@cbp.dhs.gov", words[:80], words, (), words, Type06.UNKNOWN, (words,) * 20)
    diagnosis = Diagnosis(
        Verdict.ESCALATE, "needs_cbp", DAY, findings=(finding(words, sections),) * 3,
        sheets=(sheet, other, Sheet(words[:99], "other", refused=words)), drafts=(draft,) * drafts,
        questions=(words,), notes=(words,), candidates=(finding(words),), repaired=((words, words),),
        suspects=(SuspectEntry(words, "bad-check-digit", words),) * 20,
    )  # fmt: skip
    return Reply("s", f"{words}\n\nmore", "", diagnosis, outputs, words, digests(diagnosis))


def short(outputs=(), text="Write to CBP.\n\nmore"):
    diagnosis = Diagnosis(Verdict.ANSWER, "otherwise", DAY, findings=(finding("HTS Relationship Mismatch", 2),))
    return Reply("s", text, "", diagnosis, outputs, "Write to CBP.")


DRAFT = Output("draft-x.eml", "draft", b"X-Unsent: 1\n\nbody", "message/rfc822")
