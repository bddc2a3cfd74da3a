"""`capebot demo`: sample mail put into a folder, the real service run over it, and what came out."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bot import assembly
from bot.core.problems import Mendable
from bot.logs import set_up
from bot.mailformat import headers, parse
from bot.settings import Bot, Folder, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import Store

_SAMPLES = Path(__file__).parent / "mail"
_OURS = ".capebot-demo"  # marks a folder that the demo made and may make anew


def demo(folder: Path, say: Callable[[str], None]) -> None:
    """Run the demo under `folder`, which is made anew. Raises Mendable when something else stands there."""
    settings = _prepare(folder)
    say(f"{len(_samples())} sample mails are in {folder}/in; the service takes them from there.")
    set_up("error")
    with assembly.opened(settings) as store:
        assembly.service(settings, store).run(threading.Event())
        _show(folder, store, say)


def _prepare(folder: Path) -> Settings:
    if folder.exists() and not (folder / _OURS).exists():
        raise Mendable(f"{folder} is there and is not from a demo: move it away, or run the demo in another folder")
    shutil.rmtree(folder, ignore_errors=True)
    inbox = folder / "in"
    (inbox / "new").mkdir(parents=True)
    (folder / _OURS).touch()
    for sample in _samples():
        shutil.copyfile(sample, inbox / "new" / sample.name)
    box = Folder(
        inbox=inbox, outbox=folder / "out", allow=("@harborlight.example",), poll_seconds=0.05, stop_when_empty=True
    )
    bot = Bot(database_url=f"sqlite:///{folder / 'capebot.db'}", poll_interval=0.02)
    return Settings(bot=bot, folder=(box,))


def _show(folder: Path, store: Store, say: Callable[[str], None]) -> None:
    """What came of each sample, in their order, the replies as they were sent; then the count of everything."""
    answers = {_header(path, "In-Reply-To"): path.name for path in (folder / "out" / "new").iterdir()}
    samples = _samples()
    for sample in samples:
        say(f"\n----- {sample.name} -----\nSubject: {_header(sample, 'Subject')}")
        name = answers.get(_header(sample, "Message-ID"))
        if name is None:
            say("No reply.")
            continue
        files = folder / "out" / "files" / name
        say(f"The reply, with its files in {files}:\n")
        say((files / "reply.txt").read_text(encoding="utf-8"))
    counts = ", ".join(f"{count} {outcome}" for outcome, count in store.tally().items() if count)
    say(f"\nWhat became of the {len(samples)} mails: {counts}.")
    say(f"The replies, with drafts and checked files, are in {folder}/out. Nothing was sent to anybody.")


def _samples() -> list[Path]:
    return sorted(_SAMPLES.glob("*.eml"))


def _header(path: Path, name: str) -> str:
    """A header of a mail in a file."""
    return headers.first(parse.message(path.read_bytes()), name)
