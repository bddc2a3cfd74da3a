"""`capebot demo`: the real service over the sample mail, ended by itself, readable, with its files in a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = sorted((Path(__file__).parents[1] / "bot" / "demo" / "mail").glob("*.eml"))
ENVIRONMENT = os.environ | {"COLUMNS": "80"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo(folder)


def demo(folder):
    command = [sys.executable, "-m", "bot.cli", "demo"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=100, check=False, env=ENVIRONMENT
    )


def test_it_ends_well_and_says_what_became_of_every_mail(shown):
    _, result = shown
    assert (result.returncode, result.stderr) == (0, "")
    assert "What became of the 7 mails: 6 answered, 1 silent." in result.stdout
    assert result.stdout.count("DRAFT, not sent.") == 2
    assert "I do not know this CAPE message, and I will not guess." in result.stdout
    assert "Nothing was sent to anybody." in result.stdout


def test_each_sample_stands_above_its_reply_in_their_order(shown):
    _, result = shown
    parts = result.stdout.split("\n----- ")[1:]
    assert [part.partition(" -----")[0] for part in parts] == [path.name for path in SAMPLES]
    outlook, gmail, question, out_of_office, unknown, details, export = parts
    assert "Subject: FW: " in outlook
    assert "-checked.csv" in outlook
    assert "HTS Relationship Mismatch: write to CBP." in gmail
    assert "Not Started" in question
    assert out_of_office.rstrip().endswith("Subject: Automatic reply: CAPE upload rejected\nNo reply.")
    assert "I do not know this CAPE message" in unknown
    assert "7 entries: 2 accepted, 5 failed in 4" in " ".join(details.split())
    assert "ES-003.xlsx: 11 entries: " in " ".join(export.split())  # how many of each, the day decides


def test_it_is_readable_in_a_terminal(shown):
    _, result = shown
    wide = [line for line in result.stdout.splitlines() if len(line) > 110]
    assert all(line.startswith(("CBP's message: [FILL IN", "Checked by us:")) for line in wide), wide


def test_replies_and_drafts_lie_in_the_folder_it_names(shown):
    folder, _ = shown
    out = folder / "capebot-demo" / "out"
    assert len(list((out / "new").iterdir())) == 6
    assert len(list((out / "files").glob("*/draft-*.eml"))) == 2
    assert len(list((out / "files").glob("*/*-checked.csv"))) == 1
    assert len(list((folder / "capebot-demo" / "in" / "cur").iterdir())) == 7


def test_it_runs_again_and_leaves_other_folders_alone(shown, tmp_path):
    folder, first = shown
    again = demo(folder)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    (tmp_path / "capebot-demo").mkdir()
    (tmp_path / "capebot-demo" / "mine.txt").write_text("mine")
    refused = demo(tmp_path)
    assert refused.returncode == 1
    assert "is not from a demo" in refused.stderr
    assert (tmp_path / "capebot-demo" / "mine.txt").exists()
