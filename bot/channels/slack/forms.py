"""The modal with a draft: prefilled from the store, checked in place. Pure: what was shown is read off the view itself.

private_metadata holds an id and nothing else: the answer's reference and the number of its draft. That somebody has
been warned is told by the blocks of the warning, which come back with the submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.slack import actions
from bot.core.completing import BLANK
from bot.core.escalation import LISTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.trail import Answer
    from bot.core.model import Draft

Block = dict[str, Any]
View = dict[str, Any]

INPUT = 3_000  # characters of a text input: Slack's limit
_PART = 2_700  # characters put into one: room to write
_SUBJECT = 250  # characters of a subject line; longer ones are cut by mail programs
_PARTS = 12  # inputs of a body: 32,000 characters, more than any draft has; Slack takes 250,000 bytes in a modal
_DRAFTS = 100  # options of a choice: Slack's limit
_OPTION = 75  # characters of an option: Slack's limit
_MISSING = 10  # points listed
_POINT = 280  # characters of one
_BLANKS = "warned-blanks"
_NEWER = "warned-newer:"
NO_SUBJECT = "A mail needs a subject: say in one line what it is about."
NO_BODY = "The mail is empty. Close this and press Draft CBP email again for the text that I prepared."
GONE = "I do not keep that answer any more, so there is no draft to complete. Send me the message again."
NOT_KEPT = "I could not keep this just now, so nothing is done. Please press the button again in a minute."
_WARNING = (
    "Blanks marked [FILL IN …] are still in the text. Fill them in, or press Give me this again to take it as it is."
)
_CHANGED = "The case changed while this was open: there is a newer draft. Your text below is as you wrote it."
_NEVER = "I never send it: you get the text to copy, and a file that opens in a mail program."
_IN_FILE = "The entry numbers are too many for the text; they come as entry-numbers.csv, attached to the file."


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in the form."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A submitted form: which draft, what was written, and what its writer was warned of."""

    reference: str
    number: int
    text: Text
    warned: frozenset[str]
    choice: str
    first_body: str

    @property
    def name(self) -> str:
        """The draft's id."""
        return form_name(self.reference, self.number)


def form_name(reference: str, number: int) -> str:
    """The id of a draft: its answer and which of its drafts."""
    return f"{reference}:{number}"


def form_of(name: str) -> tuple[str, int]:
    """The answer and the number of a draft's id."""
    reference, _, number = name.rpartition(":")
    return reference, int(number) if number.isdigit() else 0


def opening(answer: Answer) -> View:
    """What opens: the draft, or the choice of one when there are several."""
    return form(answer, 0) if len(answer.reply.diagnosis.drafts) == 1 else chooser(answer)


def chooser(answer: Answer) -> View:
    """Which of several drafts."""
    drafts = answer.reply.diagnosis.drafts
    options = [_option(f"{n + 1}. {one.subject}", str(n)) for n, one in enumerate(drafts[:_DRAFTS])]
    select = {"type": "static_select", "action_id": "choice", "options": options}
    blocks = [_input("choice", f"One of {len(drafts):,} drafts", select)]
    if len(drafts) > _DRAFTS:
        blocks.append(_note(f"These are the first {_DRAFTS}; the others are in the files under my answer."))
    return _view(actions.CHOICE, answer.reference, "Which draft?", "Open", blocks)


def form(answer: Answer, number: int, text: Text | None = None, warnings: Sequence[Block] = ()) -> View:
    """The draft to complete; with `text` what somebody made of it, below what there is to warn of."""
    draft = answer.reply.diagnosis.drafts[number]
    name = form_name(answer.reference, number)
    shown = text or Text(draft.subject, draft.body.strip())
    subject = {"type": "plain_text_input", "action_id": "text", "max_length": _SUBJECT}
    blocks = [
        {"type": "section", "block_id": "to", "text": _raw(f"To: {draft.to}", INPUT)},
        *warnings,
        _input(f"subject:{name}", "Subject", subject | _initial(shown.subject[:_SUBJECT])),
        *_bodies(name, shown.body),
        *_missing(draft),
        _note(f"{_IN_FILE} {_NEVER}" if _many(answer, draft) else _NEVER),
    ]
    return _view(actions.FORM, name, "Draft to CBP", "Give me this", blocks)


def notice(text: str) -> View:
    """A modal that only says something."""
    return {
        "type": "modal",
        "title": _raw("Draft to CBP", 24),
        "blocks": [{"type": "section", "text": _raw(text, INPUT)}],
    }


def filled(view: View) -> Filled:
    """Read a submitted form."""
    reference, number = form_of(str(view.get("private_metadata") or ""))
    values = (view.get("state") or {}).get("values") or {}
    written: dict[str, str] = {}
    choice = ""
    for block, elements in values.items():
        for element in elements.values():
            written[block] = str(element.get("value") or "")
            choice = str((element.get("selected_option") or {}).get("value") or choice)
    bodies = sorted((block for block in written if block.startswith("body")), key=_part_number)
    return Filled(
        reference=reference,
        number=number,
        text=Text(
            next((text for block, text in written.items() if block.startswith("subject:")), ""),
            "\n".join(written[block] for block in bodies),
        ),
        warned=frozenset(str(block.get("block_id", "")) for block in view.get("blocks") or ()),
        choice=choice,
        first_body=next(iter(bodies), ""),
    )


def verdict(given: Filled, answer: Answer | None, newer: tuple[Answer, int] | None) -> dict[str, Any] | None:
    """What Slack is answered to a submitted form; None: it is complete and may be taken.

    Empty fields are errors, a newer draft is a choice, blanks are a warning that is given once.
    """
    if answer is None:
        return _update(notice(GONE))
    if not given.text.subject.strip():
        return _errors(f"subject:{given.name}", NO_SUBJECT)
    if not given.text.body.strip():
        return _errors(given.first_body, NO_BODY)
    return _warned(given, answer, newer)


def _warned(given: Filled, answer: Answer, newer: tuple[Answer, int] | None) -> dict[str, Any] | None:
    """The form again with what its writer has not been warned of yet; None: nothing is left."""
    told = f"{_NEWER}{form_name(newer[0].reference, newer[1])}" if newer else ""
    if newer and told in given.warned and given.choice == "newer":
        return _update(form(*newer))
    warnings = _choice(told, chosen=told in given.warned) if newer else []
    blank = BLANK in given.text.subject + given.text.body
    if blank:
        warnings.append({"type": "section", "block_id": _BLANKS, "text": _raw(f"⚠ {_WARNING}", INPUT)})
    if (blank and _BLANKS not in given.warned) or (newer and told not in given.warned):
        return _update(form(answer, given.number, given.text, warnings))
    return None


def newest(answer: Answer, number: int, later: Sequence[Answer]) -> tuple[Answer, int] | None:
    """The newest draft about the same error in later answers of the thread, if it says something else."""
    drafts = answer.reply.diagnosis.drafts
    mine = drafts[number]
    place = [n for n, one in enumerate(drafts) if one.id == mine.id].index(number)
    for other in later:
        same = [n for n, one in enumerate(other.reply.diagnosis.drafts) if one.id == mine.id]
        if same:
            found = same[min(place, len(same) - 1)]
            theirs = other.reply.diagnosis.drafts[found]
            return None if (theirs.subject, theirs.body) == (mine.subject, mine.body) else (other, found)
    return None


def _bodies(name: str, body: str) -> list[Block]:
    """The body in as many inputs as it needs, parted between lines."""
    parts = _parts(body)
    several = len(parts) > 1
    element = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": INPUT}
    return [
        _input(f"body{n}:{name}", f"Body, part {n + 1} of {len(parts)}" if several else "Body", element | _initial(part),
               optional=n > 0)
        for n, part in enumerate(parts)
    ]  # fmt: skip


def _parts(body: str) -> list[str]:
    parts: list[str] = []
    lines: list[str] = []
    size = 0
    for line in body.split("\n"):
        pieces = [line[at : at + _PART] for at in range(0, len(line), _PART)] or [""]
        for piece in pieces:
            if lines and size + len(piece) + 1 > _PART:
                parts.append("\n".join(lines))
                lines, size = [], 0
            lines.append(piece)
            size += len(piece) + 1
    parts.append("\n".join(lines))
    return parts[:_PARTS]


def _part_number(block: str) -> int:
    number = block.partition(":")[0].removeprefix("body")
    return int(number) if number.isdigit() else 0


def _choice(block: str, *, chosen: bool) -> list[Block]:
    options = [_option("Show me the newer draft", "newer"), _option("Keep what I wrote", "mine")]
    radio: Block = {"type": "radio_buttons", "action_id": "choice", "options": options}
    if chosen:
        radio["initial_option"] = options[1]
    return [
        {"type": "section", "block_id": "changed", "text": _raw(f"⚠ {_CHANGED}", INPUT)},
        _input(block, "Which one?", radio),
    ]


def _missing(draft: Draft) -> list[Block]:
    """The points that are still to complete, as many as a text takes."""
    if not draft.missing:
        return []
    points = [" ".join(one.split()) for one in draft.missing]
    shown = [f"• {one if len(one) <= _POINT else f'{one[: _POINT - 1]}…'}" for one in points[:_MISSING]]
    more = [f"and {len(points) - _MISSING:,} more"] if len(points) > _MISSING else []
    text = "\n".join(["Still to complete:", *shown, *more])
    return [{"type": "section", "block_id": "missing", "text": _raw(text, INPUT)}]


def _many(answer: Answer, draft: Draft) -> bool:
    return len(draft.entries) >= LISTED and any(one.name.startswith("entry-numbers") for one in answer.reply.outputs)


def _view(callback: str, name: str, title: str, submit: str, blocks: list[Block]) -> View:
    return {
        "type": "modal", "callback_id": callback, "private_metadata": name, "title": _raw(title, 24),
        "submit": _raw(submit, 24), "close": _raw("Close", 24), "blocks": blocks,
    }  # fmt: skip


def _input(block: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {"type": "input", "block_id": block, "label": _raw(label, 2_000), "element": element, "optional": optional}


def _initial(text: str) -> Block:
    """Slack refuses an empty initial value."""
    return {"initial_value": text} if text else {}


def _option(text: str, value: str) -> Block:
    return {"text": _raw(text, _OPTION), "value": value}


def _note(text: str) -> Block:
    return {"type": "context", "elements": [_raw(text, 1_900)]}


def _raw(text: str, most: int) -> Block:
    shown = text if len(text) <= most else f"{text[: most - 1]}…"
    return {"type": "plain_text", "text": shown or "–", "emoji": False}


def _update(view: View) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


def _errors(block: str, text: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {block: text}}
