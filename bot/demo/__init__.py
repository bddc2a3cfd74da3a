"""The demo: the real service on the embedded default, over sample mail that ships with it."""
