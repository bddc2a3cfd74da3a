"""Whole mails as text, and the passages they are made of. `pytest --bless` rewrites what is expected: review the diff."""

from pathlib import Path

import pytest
import quotequail
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Incoming, PassageKind
from bot.core.passages import split

FOLDER = Path(__file__).parent / "mail_texts"
TEXTS = sorted(FOLDER.glob("*.txt"))
BODY, EXPECTED = "%% body\n", "%% passages\n"


def parts_of(path):
    subject, _, rest = path.read_text(encoding="utf-8").partition(BODY)
    body, _, expected = rest.partition(EXPECTED)
    return subject.strip(), body, expected


def shown(passages):
    return "".join(f"[{part.kind.value} {part.where}]\n{part.text}\n" for part in passages)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_passages(path, request):
    subject, body, expected = parts_of(path)
    found = split(Incoming(id="1", sender="", text=body, subject=subject))
    if request.config.getoption("--bless"):
        path.write_text(f"{subject}\n{BODY}{body}{EXPECTED}{shown(found)}", encoding="utf-8")
    else:
        assert shown(found) == expected
    for part in found:  # every character is where `origin` says; only joints of lines are not
        assert len(part.origin) == len(part.text)
        assert all(part.source[at] == one for at, one in zip(part.origin, part.text, strict=True) if not one.isspace())
        assert list(part.origin) == sorted(part.origin)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_no_forward_is_missed_that_quotequail_finds(path):
    subject, body, _ = parts_of(path)
    unwrapped = quotequail.unwrap(body)
    # It does not see the subject, so history under a reply is a forward to it, and so is a lone "From: Long Beach".
    if unwrapped and unwrapped["type"] == "forward" and not subject.startswith("RE:") and "@" in unwrapped["from"]:
        kinds = {part.kind for part in split(Incoming(id="1", sender="", text=body, subject=subject))}
        assert kinds & {PassageKind.FORWARDED, PassageKind.BOT}


PIECES = (
    "From: a@b.example", "Sent: today", "To: c", "Subject: x", "Subject: capebot answer", "> ", ">> q", "-- ", "--",
    "---------- Forwarded message ---------", "Begin forwarded message:", "-----Original Message-----", "_" * 32,
    "On Mon, 2 Nov 2026 a@b.example wrote:", "wrote:", "On 2", "capebot answer: x", "> capebot answer: y", "text", "",
    "Sent from my iPhone", "DISCLAIMER", "> Begin forwarded message:", "\t", "\r", "a | b", "1. item", "x" * 50,
)  # fmt: skip


HEADERS = ("Sent: today", "To: c", "Subject: x", "Subject: capebot answer")


def could_be_wrapped(index, lines):
    """Whether a line of text stands between two headers, as a long list of recipients does."""
    above = [line for line in lines[:index] if line != "text"][-1:]
    below = [line for line in lines[index:] if line != "text"][:1]
    return (
        lines[index] == "text"
        and above[:1] != []
        and above[0].startswith(("From:", *HEADERS))
        and below[:1] != []
        and below[0] in HEADERS
    )


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", "RE: x", "FW: x", "x"]))
def test_any_order_of_lines_is_told_apart_without_losing_text(lines, subject):
    body = "\n".join(lines)
    found = split(Incoming(id="1", sender="", text=body, subject=subject))
    for part in found:
        assert len(part.origin) == len(part.text)
        assert all(part.source[at] == one for at, one in zip(part.origin, part.text, strict=True) if not one.isspace())
    kept = sum(part.text.count("text") for part in found)
    assert lines.count("text") - sum(map(could_be_wrapped, range(len(lines)), [lines] * len(lines))) <= kept
    assert kept <= lines.count("text")
    assert "capebot answer:" not in "".join(
        part.text for part in found if part.kind in (PassageKind.OWN, PassageKind.FORWARDED)
    )
