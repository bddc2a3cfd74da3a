"""Fixtures for the tests of store, engine and service."""

from databases import database_url, postgres, store

__all__ = ["database_url", "postgres", "store"]
