"""`capebot triage`: files in, answers out, nothing sent."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import inputs
from bot.core import confirmed
from bot.core.model import Attachment, Diagnosis, Incoming, Output, Reply
from bot.core.problems import Mendable
from bot.mind import load_mind
from bot.report import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for on the command line."""

    today: date
    filer_codes: tuple[str, ...]
    confirmed: tuple[str, ...]
    out: Path | None
    as_json: bool


def triage_files(
    given: tuple[str, ...], request: Request, say: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Answer each FILE in the order given; `warn` of what was confirmed and stands in none of them.

    Raises Mendable at the end, a line each, if a file could not be opened or what goes back could not be written.
    """
    names, broken = _expanded(given)
    mind = load_mind(None, None, request.filer_codes)
    unused = request.confirmed
    for name in names:
        try:
            incoming = _incoming(name)
        except OSError as error:
            broken.append(_unopened(name, error))
            continue
        diagnosis, reply = mind.think(incoming, request.today, request.confirmed)
        unused = confirmed.unused(unused, diagnosis)
        paths: dict[str, str] = {}
        try:
            _write(reply, request.out, paths)
        except OSError as error:
            broken.append(f"{error.filename or request.out}: cannot be written: {error.strerror or error}")
        if request.as_json:
            say(json.dumps(report(name, diagnosis, reply, paths), ensure_ascii=False))
        else:
            say(_readable(name, diagnosis, reply, paths, many=len(names) > 1))
    for one in unused:
        warn(f"--confirm {one}: no number in doubt is written like this in what was given, so it confirms nothing")
    if broken:
        raise Mendable("\n".join(dict.fromkeys(broken)))  # a folder that cannot be made is said once


def _expanded(given: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The files that FILE… stands for, and a line for each that cannot even be looked at."""
    names: list[str] = []
    broken: list[str] = []
    for one in given:
        try:
            names += inputs.expand(one)
        except OSError as error:
            broken.append(_unopened(one, error))
    return names, broken


def _unopened(name: str, error: OSError) -> str:
    return f"{name}: cannot be opened: {error.strerror or error}"


def _incoming(name: str) -> Incoming:
    """Read a FILE; one over the limit is answered, not read."""
    if name == "-":
        return inputs.read_input(name, sys.stdin.buffer.read(inputs.MAX_FILE + 1))
    path = Path(name)
    size = path.stat().st_size
    if size > inputs.MAX_FILE:
        problem = f"This file is {size / 1e6:,.0f} MB; the limit is {inputs.MAX_FILE / 1e6:,.0f} MB. Split it."
        return Incoming(id=name, sender="", text="", attachments=(Attachment(path.name, b"", problem=problem),))
    return inputs.read_input(name, path.read_bytes())


def _write(reply: Reply | None, folder: Path | None, paths: dict[str, str]) -> None:
    """Write what goes back into the folder and note name -> path. What is there already stays: a name gets a number."""
    if reply is None or folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for output in reply.outputs:
        paths[output.name] = str(_written(folder, output))


def _written(folder: Path, output: Output) -> Path:
    """Write a file under the first name of its kind that nobody has."""
    stem, dot, suffix = output.name.rpartition(".")
    path, number = folder / output.name, 1
    while True:
        try:
            with path.open("xb") as file:
                file.write(output.content)
        except FileExistsError:
            number += 1
            path = folder / f"{stem}-{number}{dot}{suffix}"
        else:
            return path


def _readable(name: str, diagnosis: Diagnosis, reply: Reply | None, paths: dict[str, str], *, many: bool) -> str:
    head = f"##### {name}\n" if many else ""
    if reply is None:
        return f"{head}(no answer: {diagnosis.rule.replace('_', ' ')})"
    written = "".join(f"\nwritten: {path}" for path in paths.values())
    return f"{head}{reply.text}{written}"
