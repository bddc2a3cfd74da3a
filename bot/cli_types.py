"""What the command line's options take, with what is said of a value that cannot be."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import os

FIRST_DAY = date(2025, 1, 1)  # the first IEEPA duties were collected in February 2025
LAST_DAY = date(2035, 12, 31)  # long after the last CAPE deadline; further on no holiday calendar is sure


class Day(click.ParamType["date"]):
    """A day as ISO writes it, within the years that can matter."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """See click.ParamType."""
        if isinstance(value, date):
            return value
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):  # ISO 8601 has other forms; one is published
            self.fail(f"{value!r} is not a day; write it like 2026-11-24", param, ctx)
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day of the calendar; write it like 2026-11-24", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value!r} is out of range: give a day from {FIRST_DAY} to {LAST_DAY}", param, ctx)
        return day


class File(click.ParamType["str"]):
    """A FILE argument; what it is, is told by whoever reads it."""

    name = "FILE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click.ParamType."""
        if not str(value):  # an unset variable in a script; the current folder would be triaged
            self.fail("a FILE is empty; name a file, a folder, or - for standard input", param, ctx)
        return str(value)


class Folder(click.Path):
    """A folder; an empty name is refused."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """See click.ParamType."""
        if not str(value):  # an unset variable in a script; the current folder would be filled
            self.fail("the name of the folder is empty", param, ctx)
        return super().convert(value, param, ctx)


class FilerCode(click.ParamType["str"]):
    """A filer code, given back in capitals."""

    name = "XYZ"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click.ParamType."""
        from bot.core.entry_number import is_filer_code  # noqa: PLC0415

        if not is_filer_code(str(value)):
            self.fail(f"{value!r} is no filer code: three letters or digits, each under its own option", param, ctx)
        return str(value).upper()


class Confirmed(click.ParamType["str"]):
    """An entry number that a person vouches for."""

    name = "VALUE[=PROPOSAL]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click.ParamType."""
        from bot.core.confirmed import wrong  # noqa: PLC0415

        if why := wrong(str(value)):
            self.fail(why, param, ctx)
        return str(value)
