"""The parent's side of the child process: started, fed, limited, and gone when it is done."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.opening import sentences
from bot.opening.child import DISK_FULL
from bot.opening.spool import Spool

if TYPE_CHECKING:
    from typing import IO

    from bot.opening.limits import Limits

_CHILD = str(Path(__file__).with_name("child.py"))
_ROOT = str(Path(__file__).parents[2])
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # what an interpreter may need to start, no secret
_ANSWER = 8_000_000  # bytes; 200 sheets with a thousand notes each are more than anybody sends
_CHUNK = 65_536


def opened(content: bytes, order: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], Spool]:
    """Have a child open the content; give its answer and what it wrote. Raises OSError where the disk is full.

    `order` says `form` (`zip`, `gzip`, `xls`, `markup`), `name`, and whether `archives` may be opened.
    """
    seconds = limits.time(len(content))
    spool = Spool()
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        told = order | {"limits": limits._asdict(), "seconds": seconds, "out": spool.descriptor, "path": _path()}
        child = _started(json.dumps(told), file, spool.descriptor)
        try:
            line = _line(child, seconds)
            status = child.wait(1) if line is not None else None
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(child)
    if line is None or status is None:
        return {"why": _in_words(-signal.SIGXCPU, order)}, spool
    return _answer(line, status, order), spool


def _path() -> list[str]:
    """Where the child finds our modules and the libraries: as here, whatever directory it runs in."""
    found = [os.path.abspath(one) for one in sys.path]  # noqa: PTH100 - Path would follow links
    return found if _ROOT in found else [*found, _ROOT]


def _started(told: str, file: IO[bytes], out: int) -> subprocess.Popen[bytes]:
    """The child: no shell, no environment, no standard error, a group of its own, isolated from the user's Python."""
    return subprocess.Popen(  # noqa: S603 - our own script by its full path
        [sys.executable, "-I", _CHILD, told],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _LOADER if name in os.environ},
        cwd="/",
        pass_fds=(out,),
        start_new_session=True,
    )


def _line(child: subprocess.Popen[bytes], seconds: int) -> bytes | None:
    """All that the child says until it closes its end; None when it takes too long or says too much."""
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    said = bytearray()
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, until - time.monotonic())):
            chunk = os.read(child.stdout.fileno(), _CHUNK)
            if not chunk:
                return bytes(said)
            said += chunk
            if len(said) > _ANSWER:
                return None
    return None


def _end(child: subprocess.Popen[bytes]) -> None:
    """Whatever happened: no process of that group goes on, and none is left for the system to bury."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended in this moment
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _answer(line: bytes, status: int, order: dict[str, Any]) -> dict[str, Any]:
    if status == DISK_FULL:  # nothing that the sender could mend
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), tempfile.gettempdir())
    if status == 0:
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            return answer
    return {"why": _in_words(status, order)}


def _in_words(status: int, order: dict[str, Any]) -> str:
    """Why the child did not come to its end, by its exit status."""
    packed = order["form"] == "gzip"
    if status in {-signal.SIGXCPU, -signal.SIGALRM}:
        return sentences.ZIP_TOO_SLOW if packed else sentences.TOO_SLOW
    if status == -signal.SIGKILL:  # the system's own hand, when memory runs out
        return sentences.TOO_MUCH_MEMORY
    return sentences.ZIP_DAMAGED if packed else sentences.DAMAGED
