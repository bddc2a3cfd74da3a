"""A built wheel carries templates, knowledge, demo mail and migrations, and runs without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    (built,) = folder.glob("*.whl")
    return built


def test_it_carries_its_data(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name.removeprefix("bot/_data/") for name in names]
    for folder, pattern in (("templates", "*.j2"), ("knowledge", "*.toml"), ("knowledge", "errors/*.md")):
        for path in (ROOT / folder).glob(pattern):
            assert f"{path.relative_to(ROOT)}" in inside
    assert sum(name.startswith("bot/demo/mail/") and name.endswith(".eml") for name in names) == 7
    assert "bot/store/migrations/versions/0001_initial.py" in names
    assert "bot/store/migrations/versions/0002_buttons.py" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_it_runs_without_the_checkout(wheel, tmp_path):
    home = tmp_path / "home"
    zipfile.ZipFile(wheel).extractall(home)
    for words, said in (
        (["explain"], "hts-relationship-mismatch"),
        (["check"], "nothing to mend"),
        (["demo"], "6 answered"),
    ):
        result = subprocess.run(
            [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(home)!r}); from bot.cli import main; main()",
             *words],
            cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False,
            env=os.environ | {"PYTHONPATH": str(home)},
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert said in result.stdout
        assert str(ROOT) not in result.stderr
