"""`capebot triage`: files in, answers out, nothing sent."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import inputs
from bot.core.model import Attachment, Diagnosis, Incoming, Reply
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


def triage_files(given: tuple[str, ...], request: Request, say: Callable[[str], None]) -> None:
    """Answer each FILE in the order given. Raises Mendable at the end if a file could not be opened at all."""
    names = [name for one in given for name in inputs.expand(one)]
    mind = load_mind(None, None, request.filer_codes)
    taken: set[str] = set()
    unopened = []
    for name in names:
        try:
            incoming = _incoming(name)
        except OSError as error:
            unopened.append(f"{name}: cannot be opened: {error.strerror or error}")
            continue
        diagnosis, reply = mind.think(incoming, request.today, request.confirmed)
        paths = _write(reply, request.out, taken)
        if request.as_json:
            say(json.dumps(report(name, diagnosis, reply, paths), ensure_ascii=False))
        else:
            say(_readable(name, diagnosis, reply, paths, many=len(names) > 1))
    if unopened:
        raise Mendable("\n".join(unopened))


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


def _write(reply: Reply | None, folder: Path | None, taken: set[str]) -> dict[str, str]:
    """Write what goes back into the folder; two of the same name in one run get a number. Gives name -> path."""
    if reply is None or folder is None:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for output in reply.outputs:
        stem, dot, suffix = output.name.rpartition(".")
        name, number = output.name, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}{dot}{suffix}"
        taken.add(name)
        (folder / name).write_bytes(output.content)
        paths[output.name] = str(folder / name)
    return paths


def _readable(name: str, diagnosis: Diagnosis, reply: Reply | None, paths: dict[str, str], *, many: bool) -> str:
    head = f"##### {name}\n" if many else ""
    if reply is None:
        return f"{head}(no answer: {diagnosis.rule.replace('_', ' ')})"
    written = "".join(f"\nwritten: {path}" for path in paths.values())
    return f"{head}{reply.text}{written}"
