"""The parts put together from the settings, for the commands that run or look into the service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels import Channel
    from bot.core.model import Diagnosis, Incoming, Reply
    from bot.mind import Mind
    from bot.settings import Settings
    from bot.store import Store


def channels(settings: Settings, store: Store) -> tuple[Channel, ...]:
    """Every configured channel. A new kind of channel gets its line here."""
    from bot.channels.maildir import MaildirChannel  # noqa: PLC0415 - each library is loaded only where it is used

    made: list[Channel] = [MaildirChannel(folder) for folder in settings.folder]
    if settings.mail:
        from bot.channels.mail import MailChannel  # noqa: PLC0415

        made += [MailChannel(mailbox, store) for mailbox in settings.mail]
    if settings.slack:
        from bot.channels.slack import SlackChannel  # noqa: PLC0415

        made += [SlackChannel(workspace) for workspace in settings.slack]
    return tuple(made)


def thinker(mind: Mind) -> Callable[[Incoming], tuple[Diagnosis, Reply | None]]:
    """The mind, answering for the day on which it is asked."""
    return lambda incoming: mind.think(incoming, datetime.now(UTC).astimezone().date())
