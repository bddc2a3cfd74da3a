"""Options and rules for all tests."""

import os

import pytest
from hypothesis import settings


def pytest_addoption(parser):
    parser.addoption("--bless", action="store_true", help="rewrite what the conversations expect; review the diff")


def pytest_configure(config):
    if os.environ.get("CI") == "true" and config.getoption("--bless"):
        raise SystemExit("--bless is for a person who reviews the diff, not for CI")
    settings.load_profile("default" if _is_soak(config) else "steady")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    if _is_soak(config):
        config.option.numprocesses = 0  # kills and load want the machine for themselves


def _is_soak(config):
    return "soak" in config.option.markexpr.replace("not soak", "")


settings.register_profile("steady", derandomize=True)  # the same examples every time; `-m soak` looks for new ones
