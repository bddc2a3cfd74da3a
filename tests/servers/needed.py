"""A server that a test needs: skipped with how to get it, a failure under CI."""

import os
import shutil
from pathlib import Path

import pytest


def program(name, how, *folders):
    """The path of a program; skips the test when it is missing, fails it under CI=true."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))
    if found is None:
        missing(f"{name} is missing: {how}")
    return Path(found)


def missing(what):
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
