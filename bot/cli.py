"""The command line. It only puts the parts together; heavy libraries are imported by the command that uses them."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from bot import __version__
from bot.cli_types import Confirmed, Day, File, FilerCode, Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings

T = TypeVar("T")

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("capebot.toml"),
    show_default=True,
    help="The settings file (an example: deploy/config.example.toml).",
)


AS_OF = click.option("--as-of", type=Day(), help="Answer as of this day (default: today).")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="capebot")
def main() -> None:
    """Triage of CBP CAPE (IEEPA refund) messages. It drafts e-mails to CBP and never sends them."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=File(), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per FILE, one line each.")
@AS_OF
@click.option("--filer-code", "filer_codes", multiple=True, type=FilerCode(), help="Your filer code (repeatable).")
@click.option("--confirm", "confirmed", multiple=True, type=Confirmed(), help="A suspect entry you vouch for.")
@click.option("--out", type=Folder(path_type=Path, file_okay=False), help="Write the files that go back here.")
def triage(
    files: tuple[str, ...],
    *,
    as_json: bool,
    as_of: date | None,
    filer_codes: tuple[str, ...],
    confirmed: tuple[str, ...],
    out: Path | None,
) -> None:
    """Answer mails, messages or attachments given as files (or - for standard input). Nothing is sent anywhere."""
    from bot import oneshot  # noqa: PLC0415
    from bot.core.confirmed import contradiction  # noqa: PLC0415

    if why := contradiction(confirmed):
        raise click.UsageError(f"--confirm: {why}")
    request = oneshot.Request(as_of or _today(), filer_codes, confirmed, out, as_json=as_json)
    _run(lambda: oneshot.triage_files(files, request, click.echo, lambda line: click.echo(line, err=True)))


@main.command()
@click.argument("id", required=False)
@AS_OF
def explain(id: str | None, as_of: date | None) -> None:  # noqa: A002 - the published word
    """Print one knowledge file as a person reads it; without ID, the list."""
    from bot import explain as pages  # noqa: PLC0415
    from bot.knowledge import load  # noqa: PLC0415
    from bot.resources import data_dir  # noqa: PLC0415

    catalogue = _run(lambda: load(data_dir("knowledge")))
    day = as_of or _today()
    if id is None:
        click.echo(pages.listing(catalogue, day))
        return
    try:
        error = catalogue.error(id)
    except KeyError:
        raise click.UsageError(f"no knowledge file has the id {id!r}; `capebot explain` lists them") from None
    click.echo(pages.explain(error, day, catalogue))


@main.command()
@click.option("--knowledge", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another folder.")
@click.option("--templates", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another folder.")
def check(knowledge: Path | None, templates: Path | None) -> None:
    """Check knowledge and templates: every problem as path:line. Status 1 when there is an error."""
    from bot import checkup  # noqa: PLC0415

    lines, failed = _run(lambda: checkup.check(knowledge, templates, _today()))
    for line in lines:
        click.echo(line)
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--knowledge", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another folder.")
def learn(knowledge: Path | None) -> None:
    """Learn how people put things anew, after wordings or paraphrases were changed."""
    from bot import learning  # noqa: PLC0415
    from bot.resources import data_dir  # noqa: PLC0415

    click.echo(_run(lambda: learning.learn_folder(knowledge or data_dir("knowledge"))))


@main.command()
def demo() -> None:
    """Run the real service on the embedded default, over sample mail that ships with it."""
    from bot.demo import run  # noqa: PLC0415

    _run(lambda: run.demo(Path("capebot-demo"), click.echo))


@main.command()
@CONFIG
def serve(config: Path) -> None:
    """Run the bot until it is stopped."""
    from bot import assembly  # noqa: PLC0415

    settings = _run(lambda: _settings(config))
    try:
        _run(lambda: assembly.serve(settings))
    except SystemExit as end:
        _end_now(1 if end.code else 0)
    _end_now(0)


@main.command()
@CONFIG
def doctor(config: Path) -> None:
    """Try every account, permission and setting; say what is wrong and how to mend it. Status 1 if anything is."""
    from bot import assembly  # noqa: PLC0415

    healthy = True
    for result in _run(lambda: assembly.examine(_settings(config))):
        healthy = healthy and result.ok
        click.echo(f"{'fine ' if result.ok else 'WRONG'}  {result.what}")
        if not result.ok:
            click.echo(f"       {result.mend}")
    sys.exit(0 if healthy else 1)


@main.command()
@CONFIG
@click.argument("mailbox", required=False)
def login(config: Path, mailbox: str | None) -> None:
    """Sign a mailbox in to Microsoft 365 or Google, once; the bot keeps the token fresh."""
    from bot import assembly  # noqa: PLC0415

    _run(lambda: assembly.login(_settings(config), mailbox, click.echo))


@main.command()
@CONFIG
@click.option("--unknown", is_flag=True, help="Only messages about CAPE that nothing recognised.")
@click.option("--since", type=Day(), help="Only those in which something was said from this day on (UTC).")
@click.option("--id", "found", default="", metavar="ID", help="Only those in which this was found (`capebot explain`).")
@click.option("--thread", default="", metavar="CASE", help="Only this case: its number, subject token or thread.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per case, one line each.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many, the newest first.")
def cases(
    config: Path, *, unknown: bool, since: date | None, found: str, thread: str, as_json: bool, limit: int
) -> None:
    """List the cases: who asked, when and where, what was found and drafted, what came of it."""
    from bot import assembly  # noqa: PLC0415
    from bot.store import Wanted  # noqa: PLC0415

    moment = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None
    wanted = Wanted(limit, moment, found, thread)
    for line in _run(lambda: assembly.case_lines(_settings(config), wanted, unknown=unknown, as_json=as_json)):
        click.echo(line)


@main.group(invoke_without_command=True)
@CONFIG
@click.pass_context
def quarantine(context: click.Context, config: Path) -> None:
    """List the messages that were parked or held, with the reason; show one, or replay it."""
    from bot import assembly  # noqa: PLC0415

    context.obj = config
    if context.invoked_subcommand is None:
        for line in _run(lambda: assembly.quarantine_lines(_settings(config))):
            click.echo(line)


@quarantine.command()
@click.argument("key")
@click.pass_context
def show(context: click.Context, key: str) -> None:
    """Write the message's raw bytes, as they came, to standard output."""
    from bot import assembly  # noqa: PLC0415

    raw = _run(lambda: assembly.payload(_settings(context.obj), key))
    sys.stdout.buffer.write(raw)


@quarantine.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@click.option("--resend", is_flag=True, help="Also where the outcome of sending is unknown: a second copy may go out.")
@click.pass_context
def replay(context: click.Context, keys: tuple[str, ...], *, resend: bool) -> None:
    """Work messages again; `capebot serve` picks them up. A message already answered is left alone."""
    from bot import assembly  # noqa: PLC0415

    for line in _run(lambda: assembly.replay(_settings(context.obj), keys, resend=resend)):
        click.echo(line)


@quarantine.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@click.pass_context
def take(context: click.Context, keys: tuple[str, ...]) -> None:
    """Take messages off the list: you dealt with them by hand. `capebot cases` says so."""
    from bot import assembly  # noqa: PLC0415

    for line in _run(lambda: assembly.take(_settings(context.obj), keys)):
        click.echo(line)


def _end_now(status: int) -> NoReturn:
    """End the process. All that matters is stored by now, and Python would wait for a job's thread that hangs."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _settings(path: Path) -> Settings:
    from bot.settings import load  # noqa: PLC0415

    return load(path)


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _run(work: Callable[[], T]) -> T:
    """Run a command's work; what an operator can mend is said on standard error, with status 1 and no traceback."""
    from bot.core.problems import Mendable  # noqa: PLC0415

    try:
        return work()
    except Mendable as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
