"""The sign on a message that is being worked. A courtesy: that it cannot be set or taken away is no trouble."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

import structlog

from bot.channels.slack import client

if TYPE_CHECKING:
    from bot.settings import Slack

EYES = "eyes"
_REMEMBERED = 5_000  # ended messages; their signs are set within seconds, or by a redelivery within the hour
_log = structlog.get_logger()


class Signs:
    """Sets signs and takes them away, one call at a time and without letting anybody wait.

    A message may end before its sign is set, and arrives as two events: so what has ended gets no sign any more.
    """

    def __init__(self, settings: Slack) -> None:
        self._settings = settings
        self._calls = ThreadPoolExecutor(1, thread_name_prefix="slack-sign")
        self._ended: dict[tuple[str, str], None] = {}
        self._lock = Lock()

    def put(self, channel: str, ts: str) -> None:
        """Show that the message is being worked, unless it has ended."""
        self._calls.submit(self._put, channel, ts)

    def clear(self, channel: str, ts: str) -> None:
        """The message has ended: take its sign away, after the call that sets it if that is under way."""
        with self._lock:
            self._ended[channel, ts] = None
            if len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]
        self._calls.submit(self._change, channel, ts, on=False)

    def _put(self, channel: str, ts: str) -> None:
        with self._lock:
            ended = (channel, ts) in self._ended
        if not ended:
            self._change(channel, ts, on=True)

    def _change(self, channel: str, ts: str, *, on: bool) -> None:
        try:
            web = client.courteous(self._settings)
            (web.reactions_add if on else web.reactions_remove)(channel=channel, timestamp=ts, name=EYES)
        except client.Unusable as problem:
            _log.debug("the sign could not be changed", error=str(problem))
        except client.TROUBLE as error:
            _log.debug("the sign could not be changed", error=client.code(error))
