"""The process in which a stranger's file is opened. The parent starts it as a script, apart from everything else.

Standard input is the file, standard output takes one line of JSON: `why` it cannot be read, its `tables`, its `files`, or
nothing of these. Rows and files' bytes go to the file descriptor that the parent names. An exception that nobody here
expects ends the process, and the parent says that the file is damaged.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import resource
import signal
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from bot.opening.limits import Limits

_HEAD = 4_096  # bytes in which a file says what it is
DISK_FULL = 74  # the exit status for it, as sysexits.h has it
_LATER = 5  # seconds after the parent's time-out; should the parent be gone, the alarm ends this process


def main(order: dict[str, Any]) -> dict[str, Any]:
    """Open standard input as the order says; give the answer."""
    from bot.opening import sentences  # noqa: PLC0415 - the limits are set before anything else is loaded
    from bot.opening.limits import Limits, Refused  # noqa: PLC0415

    limits = Limits(**order["limits"])
    try:
        with os.fdopen(order["out"], "wb", buffering=1_048_576) as out:
            return _opened(order, sys.stdin.buffer, out, limits)
    except Refused as refused:
        return {"why": str(refused)}
    except MemoryError:
        return {"why": sentences.TOO_MUCH_MEMORY}
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(DISK_FULL)
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError):
        # What the libraries raise for parts that are cut off, packed in unknown ways, or contradict one another.
        return {"why": sentences.ZIP_DAMAGED if order["form"] == "gzip" else sentences.DAMAGED}


def _opened(order: dict[str, Any], file: BinaryIO, out: BinaryIO, limits: Limits) -> dict[str, Any]:
    form = order["form"]
    if form == "gzip":
        from bot.opening import archive  # noqa: PLC0415 - each form loads its own reader: starting is most of the time

        return {"files": archive.gunzip(file, out, order["name"], limits)}
    if form == "zip":
        return _zip(file, out, limits, archives=order["archives"])
    return _tables(form, file, out, limits)


def _tables(form: str, file: BinaryIO, out: BinaryIO, limits: Limits) -> dict[str, Any]:
    from bot.opening import sentences  # noqa: PLC0415
    from bot.opening.written import Tables  # noqa: PLC0415

    tables = Tables(out, limits)
    if form == "xls":
        from bot.opening import xls  # noqa: PLC0415

        content = file.read()
        if not xls.is_workbook(content):
            return {}
        xls.read(content, tables, limits)
    elif _is_spreadsheetml(file):
        from bot.opening import spreadsheetml  # noqa: PLC0415

        spreadsheetml.read(file, tables, limits)
    else:
        from bot.opening import web  # noqa: PLC0415

        web.read(web.decoded(file.read()), tables, limits)
        if not tables.told:
            return {}  # a page without a table in it is told elsewhere
    return {"tables": tables.told} if tables.told else {"why": sentences.EMPTY}


def _is_spreadsheetml(file: BinaryIO) -> bool:
    from bot.opening import spreadsheetml  # noqa: PLC0415

    head = file.read(_HEAD)
    file.seek(0)
    return spreadsheetml.SIGN in head.replace(b"\0", b"").decode("latin-1")  # UTF-16 too


def _zip(file: BinaryIO, out: BinaryIO, limits: Limits, *, archives: bool) -> dict[str, Any]:
    from bot.opening import archive, sentences, xlsx  # noqa: PLC0415
    from bot.opening.limits import Refused  # noqa: PLC0415
    from bot.opening.package import Package  # noqa: PLC0415
    from bot.opening.written import Tables  # noqa: PLC0415

    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused(sentences.ZIP_DAMAGED) from error
    with opened:
        package = Package(opened, limits)
        if "[Content_Types].xml" in package:
            part = xlsx.workbook_part(package)
            if part is None:
                return {}
            tables = Tables(out, limits)
            xlsx.read(package, part, tables, limits)
            return {"tables": tables.told} if tables.told else {"why": sentences.EMPTY}
        if any(
            sign in package for sign in ("mimetype", "Index/Document.iwa")
        ):  # OpenDocument, Numbers: named elsewhere
            return {}
        if not archives:
            raise Refused(sentences.ZIP_TOO_DEEP.format(most=limits.depth))
        return {"files": archive.unzip(opened, out, limits)}


def _confine(limits: dict[str, int], seconds: int) -> None:
    """Set the limits that the system keeps.

    Where it knows one of them not (macOS has no address space to limit), the readers' own counters and the parent's
    time-out remain.
    """
    for name, most in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", limits["written"]),
        ("RLIMIT_CORE", 0),
    ):
        hard = most + 1 if name == "RLIMIT_CPU" else most  # at the soft one comes a signal that tells the reason
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, hard))
    signal.alarm(seconds + _LATER)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    _confine(given["limits"], given["seconds"])
    sys.path[:] = given["path"]
    gc.disable()  # the process is short, and its millions of small texts form no circles
    answer = main(given)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # nothing to tidy up that the system does not do faster
