"""Options and rules for all tests."""

import os

from hypothesis import settings


def pytest_addoption(parser):
    parser.addoption("--bless", action="store_true", help="rewrite what the conversations expect; review the diff")


def pytest_configure(config):
    if os.environ.get("CI") == "true" and config.getoption("--bless"):
        raise SystemExit("--bless is for a person who reviews the diff, not for CI")
    soak = "soak" in config.option.markexpr.replace("not soak", "")
    if soak:
        config.option.numprocesses = 0  # kills and load want the machine for themselves
    settings.load_profile("default" if soak else "steady")


settings.register_profile("steady", derandomize=True)  # the same examples every time; `-m soak` looks for new ones
