import pytest

from bot.settings import SettingsError, load

GOOD = """[bot]
concurrency = 2
[[mail]]
address = "cape@brokerage.example"
host = "imap.brokerage.example"
[mail.smtp]
host = "smtp.brokerage.example"
"""


def settings(tmp_path, text):
    path = tmp_path / "capebot.toml"
    path.write_text(text)
    return path


def problems(tmp_path, text):
    with pytest.raises(SettingsError) as caught:
        load(settings(tmp_path, text))
    return str(caught.value).splitlines()


def test_good_settings(tmp_path, monkeypatch):
    monkeypatch.delenv("CAPEBOT_DATABASE_URL", raising=False)
    got = load(settings(tmp_path, GOOD))
    assert (got.bot.concurrency, got.mail[0].smtp.port) == (2, 587)
    assert got.mail[0].allow == ()  # nobody is answered unless named


def test_unknown_settings_and_wrong_types_are_named_by_line_all_at_once(tmp_path):
    bad = GOOD.replace("concurrency = 2", 'concurrency = "two"\ncolour = "blue"').replace(
        "[mail.smtp]", "[mail.smtp]\nprot = 1"
    )
    lines = problems(tmp_path, bad)
    assert [line.split("capebot.toml:")[1].split(": ")[:2] for line in lines] == [
        ["2", "bot.concurrency"],
        ["3", "bot.colour"],
        ["8", "mail.0.smtp.prot"],
    ]
    assert "unknown setting: see deploy/config.example.toml" in lines[1]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("port = 99999", "less than or equal to 65535"),
        ("port = 0", "greater than or equal to 1"),
        ('done_keyword = "Cape Bot"', "letters, digits"),
        ('done_keyword = "\\\\Flagged"', "letters, digits"),
        ('done_keyword = "Cape(x)"', "letters, digits"),
        ('done_keyword = ""', "letters, digits"),
    ],
)
def test_values_that_no_server_takes(setting, said, tmp_path):
    (line,) = problems(tmp_path, GOOD.replace("[[mail]]", f"[[mail]]\n{setting}"))
    assert f":4: mail.0.{setting.split()[0]}: " in line
    assert said in line
    if setting.startswith("port"):
        assert ":8: mail.0.smtp.port: " in problems(tmp_path, GOOD + setting)[0]


def test_filer_codes_are_three_letters_or_digits(tmp_path):
    (line,) = problems(tmp_path, GOOD.replace("[bot]", '[bot]\nfiler_codes = ["B76", "B76,316", "nonsense"]'))
    assert ":2: bot.filer_codes" in line
    assert line.endswith("a filer code is three letters or digits, not 'B76,316', 'nonsense'")


def test_a_missing_file_and_broken_toml(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml:1: cannot be read .* --config"):
        load(tmp_path / "nowhere.toml")
    assert ":2: not valid TOML" in problems(tmp_path, "[bot]\nname = = 1\n")[0]


def test_oauth_needs_its_block(tmp_path):
    (line,) = problems(tmp_path, GOOD.replace("[[mail]]", '[[mail]]\nauth = "oauth"'))
    assert ":3: mail.0" in line
    assert "[mail.oauth]" in line


@pytest.mark.parametrize(
    ("people", "ok"), [("C0123ABCD", True), ("G1", True), ("", True), ("#cape", False), ("c1", False)]
)
def test_the_people_who_are_asked_are_a_channels_id(tmp_path, people, ok):
    text = GOOD + f'[[slack]]\npeople = "{people}"\n'
    if ok:
        assert load(settings(tmp_path, text)).slack[0].people == people
    else:
        (line,) = problems(tmp_path, text)
        assert ": slack.0.people: " in line
        assert "such as C0123ABCD" in line


def test_two_channels_of_one_name(tmp_path):
    assert "name" in problems(tmp_path, GOOD + '[[slack]]\nname = "inbox"\n')[0]


def test_the_environment_wins_for_the_database(tmp_path, monkeypatch):
    monkeypatch.setenv("CAPEBOT_DATABASE_URL", "postgresql+psycopg://bot@db/cape")
    assert load(settings(tmp_path, GOOD)).bot.database_url == "postgresql+psycopg://bot@db/cape"
