"""Files read as triage reads them, as of a day, with the knowledge that is shipped."""

from datetime import date
from functools import cache

from bot.core import sheets
from bot.core.claim_answers import answering
from bot.core.judging import Judge
from bot.core.model import Attachment, Type06
from bot.core.sheets.messages import Messages
from bot.knowledge import load
from bot.resources import data_dir

TODAY = date(2026, 11, 24)


@cache
def catalogue():
    return load(data_dir("knowledge"))


@cache
def messages():
    return Messages(catalogue())


def nothing_inside(_file):
    """As for a bot that reads text files alone."""


def reading(filer_codes=(), confirmed=(), today=TODAY, open_file=nothing_inside):
    def step(known, entry_type):
        return catalogue().error(known).rule_on(today, Type06.YES if entry_type == "06" else Type06.NO).next_step

    return sheets.Reading(
        judge=Judge(catalogue().rules, today, step),
        answers=answering(catalogue(), messages(), today, Type06.UNKNOWN),
        open_file=open_file,
        filer_codes=filer_codes,
        confirmed=confirmed,
    )


def read_all(*files, **how):
    """All sheets of (name, content) files, read together."""
    return sheets.read([Attachment(name, content) for name, content in files], reading(**how))


def read(file, filer_codes=(), confirmed=(), today=TODAY):
    """The one sheet of a file."""
    (sheet,) = sheets.read([file], reading(filer_codes, confirmed, today))
    return sheet
