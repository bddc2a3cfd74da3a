"""Fixtures for the tests of kills and load."""

from databases import database_url, postgres, store

__all__ = ["database_url", "postgres", "store"]
