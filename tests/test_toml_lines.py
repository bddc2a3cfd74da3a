from bot.toml_lines import line_of

TEXT = """[bot]
name = 1
[[mail]]
host = "a"
[mail.smtp]
host = "b"
[[mail]]
host = "c"
[mail.smtp]
# host = "no"
"host" = "d"
"""


def test_a_key_a_table_and_a_missing_key():
    assert line_of(TEXT, ("bot", "name")) == 2
    assert line_of(TEXT, ("mail", 0, "host")) == 4
    assert line_of(TEXT, ("mail", 0, "smtp", "host")) == 6
    assert line_of(TEXT, ("mail", 1, "host")) == 8
    assert line_of(TEXT, ("mail", 1, "smtp", "host")) == 11
    assert line_of(TEXT, ("mail", 1, "port")) == 7
    assert line_of(TEXT, ("nowhere",)) == 1
