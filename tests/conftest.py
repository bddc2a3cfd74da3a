"""Options and rules for all tests."""

import os


def pytest_addoption(parser):
    parser.addoption("--bless", action="store_true", help="rewrite what the conversations expect; review the diff")


def pytest_configure(config):
    if os.environ.get("CI") == "true" and config.getoption("--bless"):
        raise SystemExit("--bless is for a person who reviews the diff, not for CI")
