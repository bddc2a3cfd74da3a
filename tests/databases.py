"""Tests of what is stored run on both databases."""

import pytest
from servers.postgres import postgres

from bot.store import Store

__all__ = ["database_url", "postgres", "store"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The URL of a new, empty database."""
    return new_database(request.param, request, tmp_path)


def new_database(kind, request, tmp_path):
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/capebot.db"
    return request.getfixturevalue("postgres").database()


@pytest.fixture
def store(database_url):
    opened = Store(database_url)
    yield opened
    opened.close()
