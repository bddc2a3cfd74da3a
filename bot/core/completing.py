"""A draft as a person completed it: the reply that hands it back, to copy and as a file. It is sent by nobody here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.escalation import one_line
from bot.core.masking import NOTE, mask
from bot.core.model import Diagnosis, Output, Reply, Verdict
from bot.core.unsent_mail import NUMBERS, numbers_of, unsent

if TYPE_CHECKING:
    from datetime import date

    from bot.core.model import Draft

RULE = "draft_completed"
BLANK = "[FILL IN"  # what begins a blank in a draft (see escalation)
HEADLINE = "Your draft to CBP, to copy and send. I never send it."
_LEFT = "Blanks marked [FILL IN …] are still in it: fill them in before you send it."
_MAIL = "message/rfc822"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def completed(reply: Reply, number: int, subject: str, body: str, today: date) -> Reply:
    """Take the reply that held the draft, which of its drafts, and what a person made of it; give it back as a reply.

    Social Security numbers are masked here too. The entry numbers that stood in a file of the draft stay with it.
    """
    former = reply.diagnosis.drafts[number]
    draft = replace(former, subject=mask(_clean(one_line(subject))), body=_body(body), missing=())
    if BLANK in draft.body or BLANK in draft.subject:
        draft = replace(draft, missing=(_LEFT,))
    notes = (NOTE,) if mask(subject) != subject or mask(body) != body else ()
    diagnosis = Diagnosis(
        Verdict.ANSWER, RULE, today, entries=draft.entries, type06=draft.type06, drafts=(draft,), notes=notes
    )
    told = "\n\n".join((HEADLINE, *notes, *draft.missing, as_text(draft)))
    return Reply(
        subject=draft.subject, text=told, html="", diagnosis=diagnosis, outputs=_files(reply, number, draft),
        headline=HEADLINE,
    )  # fmt: skip


def as_text(draft: Draft) -> str:
    """The draft as it is copied into a mail program."""
    return f"To: {draft.to}\nSubject: {draft.subject}\n\n{draft.body}"


def _files(reply: Reply, number: int, draft: Draft) -> tuple[Output, ...]:
    """The draft as a mail file, and its entry numbers where they are too many for the text."""
    mails = [one for one in reply.outputs if one.role == "draft" and one.media_type == _MAIL]
    former = mails[number] if number < len(mails) else None
    numbers = numbers_of(former.content) if former else b""
    name = former.name if former else "draft-cbp.eml"
    files = [Output(name, "draft", unsent(draft, numbers), _MAIL, "the draft to CBP, as you completed it")]
    if numbers:
        files.append(Output(NUMBERS, "draft", numbers, "text/csv", "the entries of the draft"))
    return tuple(files)


def _body(body: str) -> str:
    return mask(_clean(body.replace("\r\n", "\n"))).strip() + "\n"


def _clean(text: str) -> str:
    """Text that any mail can carry: no control characters, no halves of characters."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")
