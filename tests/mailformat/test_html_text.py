"""HTML as its reader sees it."""

import time

import pytest

from bot.mailformat.html_text import text, texts


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>Not <b>Sta</b>rted</p>", "Not Started"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<table><tr><td>B76</td><td>Failed</td></tr><tr><td>B77</td><td></td></tr></table>", "B76\tFailed\n\nB77"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n\n>> older\n\nnew"),
        ("<style>x</style><script>y</script><title>t</title>z", "z"),
        ("<div style='display:none'>hidden</div>shown<span style=\"font-size:0\">tiny</span>", "shown"),
        ("a&nbsp;b &lt;c&gt; &amp;", "a b <c> &"),
        ("no markup at all", "no markup at all"),
        ("", ""),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
    ],
)
def test_text(html, seen):
    assert text(html).strip() == seen


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 399_000,
        "<p>" * 399_000,
        "<a " * 600_000,
        "<!-- " * 300_000,
        "<script>" * 200_000,
        "<blockquote>x" * 150_000,
        "<div>" * 19_999,
        "<p>" + "".join(f"<b id={number}>" for number in range(9_000)) + "</p>" + "<p>x</p>" * 9_000,
        "<p>words</p>" * 50_000,
    ],
    ids=range(9),
)
def test_deep_and_long_html_ends_soon(html):
    began = time.monotonic()
    text(html)
    assert time.monotonic() - began < 10  # seconds; most take less than one, a hang is minutes


def test_the_parts_of_one_mail_share_what_a_tree_may_cost():
    began = time.monotonic()
    texts(["<div>" * 19_999] * 30)
    assert time.monotonic() - began < 10  # seconds; 30 trees would take as many


def test_html_of_very_many_tags_reads_the_same_in_one_pass():
    rows = "<tr><td>B76</td><td>Not <b>Sta</b>rted</td></tr>" * 10_000
    html = f"<html><head><title>t</title><style>p > a</style></head><!-- c --><table>{rows}</table>a &lt; b<br>1 < 2"
    shown = text(f"<blockquote>old</blockquote>{html}").splitlines()
    assert shown[0] == "> old"
    assert shown.count("B76\tNot Started") == 10_000
    assert shown[-2:] == ["a < b", "1 < 2"]
