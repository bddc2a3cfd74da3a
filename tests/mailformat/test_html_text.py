"""HTML as its reader sees it."""

import time

import pytest

from bot.mailformat.html_text import text


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


def test_deep_and_long_html_ends_soon():
    began = time.monotonic()
    text("<div>" * 30_000 + "x")
    text("<p>words</p>" * 50_000)
    assert time.monotonic() - began < 20  # seconds; a hang is minutes
