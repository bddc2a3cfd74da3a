"""deploy/config.example.toml and the settings model are kept equal."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.settings import Bot, Folder, Mailbox, OAuth, Slack, Smtp, load

EXAMPLE = Path(__file__).parent.parent / "deploy" / "config.example.toml"
MODELS = {"bot": Bot, "mail": Mailbox, "mail.smtp": Smtp, "mail.oauth": OAuth, "slack": Slack, "folder": Folder}
BLOCKS = {"smtp", "oauth"}  # tables of their own in the file
NO_DEFAULT = {
    "mail.address", "mail.host", "mail.smtp.host", "mail.oauth.provider", "mail.oauth.client_id", "mail.allow",
    "mail.ca_file", "mail.smtp.ca_file", "bot.knowledge", "bot.templates", "folder.inbox", "folder.outbox",
}  # fmt: skip


def uncommented() -> dict:
    text = re.sub(r"^# (?=[a-z_]+ = |\[)", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    return tomllib.loads(text)


def table(name):
    found = uncommented()
    for part in name.split("."):
        found = found[part]
        found = found[0] if isinstance(found, list) else found
    return found


@pytest.mark.parametrize("name", MODELS)
def test_every_setting_stands_in_the_example_and_no_other(name):
    assert set(table(name)) - BLOCKS == set(MODELS[name].model_fields) - BLOCKS


@pytest.mark.parametrize("name", MODELS)
def test_the_values_shown_are_the_defaults(name):
    fields = MODELS[name].model_fields
    for key, value in table(name).items():
        if key in BLOCKS or f"{name}.{key}" in NO_DEFAULT:
            continue
        default = fields[key].default
        shown = list(default) if isinstance(default, tuple) else default
        assert value == (str(shown) if isinstance(shown, Path) else shown), key


def test_the_example_loads_as_it_stands(monkeypatch):
    monkeypatch.delenv("CAPEBOT_DATABASE_URL", raising=False)
    assert load(EXAMPLE).mail[0].allow == ("@brokerage.example",)
