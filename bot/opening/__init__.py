"""Containers, opened: what is inside a workbook, a web page's table or an archive.

`open_file` is handed to the core as a function. A stranger's file is unpacked and parsed in a child process with limits
(`process.py` starts it, `child.py` runs in it); `parent.py` tells its form and turns the answer into values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.opening.limits import Limits

if TYPE_CHECKING:
    from bot.core.model import Attachment
    from bot.core.sheets.grid import Inside

__all__ = ["Limits", "open_file"]

_DEFAULT = Limits()


def open_file(attachment: Attachment, limits: Limits = _DEFAULT) -> Inside:
    """What is inside a file, told by its bytes.

    Tables of a workbook (XLSX, XLS, XML Spreadsheet) or of a web page; files of a ZIP or gzip, with `path_in` set; a
    sentence why it cannot be read and what to do; None when nothing is inside: text, and what the core names itself.
    Never raises for what is in the file; OSError where no process can be started or the disk is full. The tables read
    from an anonymous file that lives as long as they do.
    """
    from bot.opening import parent  # noqa: PLC0415 - the child starts for every file, and has no use for the core

    return parent.opened(attachment, limits)
