import pytest

from bot.channels.slack import text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<@U0BOT> what is &lt;this&gt; &amp; that?", "what is <this> & that?"),
        ("<@U9|pat> see <https://x.example|the page>", "@pat see the page"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<#C1|general> <#C2|> <!here> <mailto:a@b.example|a@b.example>", "#general #C2 @here a@b.example"),
        ("<!subteam^S1|@brokers> since <!date^1800000000^{date}|15 Jan>", "@brokers since 15 Jan"),
        ("&gt; JMS error\n&gt; again", "JMS error\nagain"),
        ("&gt;&gt;&gt; JMS error\nagain", "JMS error\nagain"),
        ("```\nHTS RELATIONSHIP MISMATCH\n```", "HTS RELATIONSHIP MISMATCH"),
        ("it says ```JMS error```\nwhat now", "it says \nJMS error\n\nwhat now"),
        ("`ERR-1` *Not 11 characters long* _why_ ~no~", "ERR-1 Not 11 characters long why no"),
        ("entry_number_1 and 2*3*4", "entry_number_1 and 2*3*4"),
        ("&amp;lt;", "&lt;"),
        ("a\0b", "ab"),
    ],
)
def test_incoming(raw, shown):
    assert text.plain(raw, "U0BOT") == shown


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        ("&gt; confirm rows 4, 9\nno idea", ("confirm rows 4, 9",)),
        ("hm\n&gt;&gt;&gt; confirm row 4\nand *row 9*", ("confirm row 4", "and row 9")),
        ("```confirm row 4```\nno", ("confirm row 4",)),
        ("you say ```\nconfirm row 4\n``` why", ("confirm row 4",)),
        ("confirm row 4", ()),
    ],
)
def test_what_somebody_only_quotes_is_known(raw, lines):
    assert text.quoted(raw, "U0BOT") == lines
    shown = [line.strip() for line in text.plain(raw, "U0BOT").split("\n")]
    assert all(line in shown for line in lines), "else it could not be told from their own words"


@pytest.mark.parametrize(
    ("said", "is_mention"),
    [("<@U0BOT> hi", True), ("hi <@U0BOT|capebot>", True), ("<@U0BOTS> hi", False), ("@capebot", False)],
)
def test_a_mention(said, is_mention):
    assert text.mentions(said, "U0BOT") is is_mention


@pytest.mark.parametrize(
    ("said", "to_others"),
    [
        ("<@U1> hi", True), ("<@W1|bob> hi", True), ("<!subteam^S1> hi", True), ("<@U1> and <@U0BOT>", False),
        ("<!here> hi", False), ("<#C1|general> hi", False), ("<https://x.example|@bob> hi", False), ("hi", False),
    ],
)  # fmt: skip
def test_what_is_said_to_others(said, to_others):
    assert text.is_to_others(said, "U0BOT") is to_others


def test_outgoing_pings_nobody():
    assert text.escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize("most", range(2, 20))
def test_a_cut_leaves_no_half_entity(most):
    cut = text.escaped("<<<<<<", most)
    assert len(cut) <= most
    assert cut.removesuffix("…").replace("&lt;", "") == ""
