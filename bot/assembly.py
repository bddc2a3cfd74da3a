"""The parts put together from the settings, for the commands that run or look into the service."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.checks import Check
from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.channels import Channel
    from bot.core.model import Diagnosis, Incoming, Reply
    from bot.mind import Mind
    from bot.service import Service
    from bot.settings import Folder, Settings
    from bot.store import Store, Wanted


def channels(settings: Settings, store: Store) -> tuple[Channel, ...]:
    """Every configured channel. A new kind of channel gets its line here."""
    from bot.channels.maildir import MaildirChannel  # noqa: PLC0415 - each library is loaded only where it is used

    made: list[Channel] = [MaildirChannel(folder) for folder in settings.folder]
    if settings.mail:
        from bot.channels.mail import MailChannel  # noqa: PLC0415

        made += [MailChannel(mailbox, store) for mailbox in settings.mail]
    if settings.slack:
        from bot.channels.slack import SlackChannel  # noqa: PLC0415

        made += [SlackChannel(workspace, store) for workspace in settings.slack]
    return tuple(made)


def thinker(mind: Mind) -> Callable[[Incoming], tuple[Diagnosis, Reply | None]]:
    """The mind, answering for the day on which it is asked."""
    return lambda incoming: mind.think(incoming, datetime.now(UTC).astimezone().date())


def service(settings: Settings, store: Store) -> Service:
    """The whole bot, ready to run. Raises Mendable when knowledge, templates or settings cannot be used."""
    from bot.engine import DbosEngine  # noqa: PLC0415 - dbos takes half a second to import
    from bot.mind import load_mind  # noqa: PLC0415
    from bot.service import Service  # noqa: PLC0415

    mind = load_mind(settings.bot.knowledge, settings.bot.templates, settings.bot.filer_codes)
    engine = DbosEngine(store.database, settings.bot)
    return Service(channels(settings, store), store, engine, thinker(mind), settings.bot)


def serve(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM; then finish what is being worked."""
    from bot.logs import set_up  # noqa: PLC0415

    set_up(settings.bot.log_level)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with opened(settings) as store:
        service(settings, store).run(stop)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store of these settings, closed afterwards."""
    from bot.store import Store  # noqa: PLC0415

    store = Store(settings.bot.database_url)
    try:
        yield store
    finally:
        store.close()


def examine(settings: Settings) -> Iterator[Check]:
    """Try everything that the settings name, one finding after the other."""
    from bot.mind import load_mind  # noqa: PLC0415

    try:
        load_mind(settings.bot.knowledge, settings.bot.templates, settings.bot.filer_codes)
        yield Check(ok=True, what="knowledge and templates load")
    except Mendable as problem:
        yield Check(ok=False, what="knowledge and templates", mend=str(problem))
    try:
        with opened(settings):
            yield Check(ok=True, what="the database opens and can be written")
    except Mendable as problem:
        yield Check(ok=False, what="database", mend=str(problem))
    if not (settings.mail or settings.slack or settings.folder):
        yield Check(ok=False, what="no channel is set up", mend="add [[mail]], [[slack]] or [[folder]] to the settings")
    if settings.mail:
        from bot.channels.mail import doctor as mail  # noqa: PLC0415

        for mailbox in settings.mail:
            yield from mail.check(mailbox)
    if settings.slack:
        from bot.channels.slack import doctor as slack  # noqa: PLC0415

        for workspace in settings.slack:
            yield from slack.check(workspace)
    for folder in settings.folder:
        yield _folder(folder)


def _folder(folder: Folder) -> Check:

    for path in (folder.inbox, folder.outbox):
        try:
            path.mkdir(parents=True, exist_ok=True)
            probe = path / ".capebot-doctor"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            return Check(ok=False, what=f"{folder.name}: {path}", mend=f"make it writable ({error.strerror})")
    return Check(ok=True, what=f"{folder.name}: both folders can be written")


def login(settings: Settings, name: str | None, tell: Callable[[str], None]) -> None:
    """Sign in the named mailbox, or the only one that signs in by OAuth."""
    from bot.channels.mail.login import login as sign_in  # noqa: PLC0415

    boxes = [box for box in settings.mail if box.auth == "oauth" and name in (None, box.name)]
    if len(boxes) != 1:
        raise Mendable(
            'name one mailbox that has auth = "oauth" in the settings: '
            + (", ".join(box.name for box in settings.mail if box.auth == "oauth") or "there is none")
        )
    sign_in(boxes[0], tell)


def case_lines(settings: Settings, wanted: Wanted, *, unknown: bool, as_json: bool) -> list[str]:
    """The trail: each case with its messages, the newest first."""
    from bot import trail  # noqa: PLC0415

    with opened(settings) as store:
        return trail.lines(store, wanted, unknown=unknown, as_json=as_json)


def quarantine_lines(settings: Settings) -> list[str]:
    """One line for each message that waits for a person."""
    with opened(settings) as store:
        found = store.quarantined()
    lines = [
        f"{one.key}  {one.received_at:%Y-%m-%d %H:%M}  {one.channel:<10} {one.outcome:<8} {one.reason}" for one in found
    ]
    if lines:
        lines.append("look: capebot quarantine show KEY   work again: capebot quarantine replay KEY")
        lines.append("dealt with by hand: capebot quarantine take KEY")
    return lines or ["nothing waits for a person"]


def payload(settings: Settings, key: str) -> bytes:
    """The raw bytes of a message."""
    with opened(settings) as store:
        raw, left = store.payload(key), store.remains(key)
    if left is not None:
        raise Mendable(f"the raw bytes of {key} were deleted on {left.purged_at:%Y-%m-%d}")
    if raw is None:
        raise Mendable(f"{key} is not in this database: `capebot quarantine` lists what is")
    return raw


def replay(settings: Settings, keys: tuple[str, ...], *, resend: bool) -> list[str]:
    """Have messages worked again; one line each says what becomes of it."""
    with opened(settings) as store:
        return [f"{key} {store.replay(key, resend=resend).value}" for key in keys]


def take(settings: Settings, keys: tuple[str, ...]) -> list[str]:
    """Note that a person dealt with messages by hand; one line each says what becomes of it."""
    with opened(settings) as store:
        return [f"{key} {store.taken(key).value}" for key in keys]
