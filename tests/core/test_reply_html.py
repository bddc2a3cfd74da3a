"""The HTML part is built so that Outlook, Gmail and a phone show it: tables and inline styles, nothing else."""

import re
from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.core.model import Incoming
from bot.mind import load_mind

DRAFT = "All three are FTZ weekly entries (type 06).\nB76-7730410-0  Failed  HTS RELATIONSHIP MISMATCH"
SAID = [
    DRAFT,
    "Our claim still shows status Not Started. What do I do?",
    "Claim status: Rejected. And error code 42 at the upload.",
    "CAPE tells us: FLUX CAPACITOR NOT ALIGNED WITH CLAIM",
]


@pytest.fixture(scope="module")
def mind():
    return load_mind(None, None, ())


def html(mind, text):
    return mind.think(Incoming("1", "ann@example.com", text, asked=True), date(2026, 11, 24))[1]


@pytest.mark.parametrize("text", SAID)
def test_tables_and_inline_styles_only(mind, text):
    page = html(mind, text).html
    tree = LexborHTMLParser(page)
    tags = {node.tag for node in tree.root.traverse()}
    assert not tags & {"style", "div", "pre", "ul", "ol", "img", "script", "link", "form", "svg"}
    assert not re.findall(r"\b(?:class|id|onclick)=|position:|flex|float|@media|max-height", page)
    # Outlook keeps neither a margin below a table nor max-width: a gap is a row, and a table of 680 stands around all.
    assert page.count("<!--[if mso]>") == 2
    assert "margin:0 0 16px" not in page
    assert not [node for node in tree.css("table") if int(node.attributes.get("width", "0").rstrip("%") or 0) > 100]


def test_the_draft_stands_there_line_by_line_with_its_blanks_marked(mind):
    reply = html(mind, DRAFT)
    (draft,) = reply.diagnosis.drafts
    tree = LexborHTMLParser(reply.html)
    blanks = re.findall(r"\[FILL IN:[^\]]*\]", draft.body)
    assert [node.text() for node in tree.css("td[bgcolor] b")] == blanks
    assert tree.css_first("td[bgcolor]").text().split() == draft.body.split()
    assert reply.html.count("<br>") >= draft.body.count("\n")


def test_words_that_look_like_markup_or_a_blank_stay_words(mind):
    reply = html(mind, f"{DRAFT}\nWe tried <b>twice</b> [FILL IN: x & we refiled them once already")
    assert "<b>twice" not in reply.html
