"""Structured logs on standard error: one JSON object a line, ids and codes only."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(level: str) -> None:
    """Send structlog's lines of this level and above to standard error; libraries speak from warnings on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_OnlyWho()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class _OnlyWho(logging.Handler):
    """A library's line as its logger's name, level and exception class: what it says may quote a mail or a token."""

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log = structlog.get_logger()
        say = log.error if record.levelno >= logging.ERROR else log.warning
        say("a library reports", logger=record.name, error=cause)
