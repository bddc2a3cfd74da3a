"""ZIP archives and gzip: the files inside, in their order, without what systems add of their own."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, TypedDict

from bot.opening import sentences
from bot.opening.limits import Limits, Refused
from bot.opening.package import guard

if TYPE_CHECKING:
    from typing import IO, BinaryIO

_ENCRYPTED = 0x1  # the flag of a member that asks for a password
_SYSTEM = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CHUNK = 1_048_576
_NAME = 120  # characters of a file's name that are kept
_FNAME, _FEXTRA = 0x8, 0x4  # flags of gzip's header


class Unpacked(TypedDict):
    """A file, for the parent: its name, and where its bytes stand."""

    name: str
    start: int
    end: int


def unzip(archive: zipfile.ZipFile, out: BinaryIO, limits: Limits) -> list[Unpacked]:
    """Write the files one after the other. Raises Refused."""
    members = [one for one in archive.infolist() if not one.is_dir() and not _SYSTEM.search(_path(one.filename))]
    if not members:
        raise Refused(sentences.ZIP_EMPTY)
    if len(members) > limits.members:
        raise Refused(sentences.ZIP_TOO_MANY.format(most=limits.members))
    if any(one.flag_bits & _ENCRYPTED for one in members):
        raise Refused(sentences.ZIP_LOCKED)
    try:
        guard(members, limits.archive, limits.ratio_from, limits.ratio)
    except Refused as error:
        raise Refused(sentences.ZIP_TOO_LARGE if str(error) == sentences.TOO_LARGE else str(error)) from error
    names = _names([_path(one.filename) for one in members])
    files: list[Unpacked] = []
    try:
        for member, name in zip(members, names, strict=True):
            with archive.open(member) as file:
                files.append(_copied(file, out, name, limits.archive))
    except NotImplementedError as error:
        raise Refused(sentences.ZIP_METHOD) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise Refused(sentences.ZIP_DAMAGED) from error
    return files


def gunzip(file: BinaryIO, out: BinaryIO, name: str, limits: Limits) -> list[Unpacked]:
    """Write the one file that a gzip holds. `name` is that of the gzip, for want of one inside. Raises Refused."""
    inside = _inner_name(file.read(65_536)) or re.sub(r"\.gz(?:ip)?$", "", name, flags=re.IGNORECASE)
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as unpacking:
            return [_copied(unpacking, out, _clean(inside), limits.archive)]
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Refused(sentences.ZIP_DAMAGED) from error


def _copied(file: IO[bytes] | gzip.GzipFile, out: BinaryIO, name: str, most: int) -> Unpacked:
    start = out.tell()
    while chunk := file.read(_CHUNK):
        if out.tell() + len(chunk) > most:  # whatever the directory said
            raise Refused(sentences.ZIP_TOO_LARGE)
        out.write(chunk)
    return {"name": name, "start": start, "end": out.tell()}


def _inner_name(head: bytes) -> str:
    """The name in gzip's header, where there is one (RFC 1952)."""
    if len(head) < 12 or not head[3] & _FNAME:  # noqa: PLR2004 - a header's shortest length
        return ""
    at = 10
    if head[3] & _FEXTRA:
        at += 2 + int.from_bytes(head[10:12], "little")
    return head[at : head.find(b"\0", at)].decode("latin-1")


def _path(name: str) -> str:
    return name.replace("\\", "/")


def _names(paths: list[str]) -> list[str]:
    """The files' own names; where two are alike, each with its folder before it."""
    short = [_clean(path) for path in paths]
    return [
        _clean(path.replace("/", "-")) if short.count(name) > 1 else name
        for path, name in zip(paths, short, strict=True)
    ]


def _clean(path: str) -> str:
    """The last part of a path, without control characters; a long one keeps its end."""
    name = _CONTROL.sub("", _path(path).rpartition("/")[2]).strip()
    return name[-_NAME:] if name.strip(".") else "file"
