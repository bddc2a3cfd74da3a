"""A ZIP file before anybody unpacks it, which may be a bomb, and the XML of its parts, which may be another."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.parsers import expat

from bot.opening import sentences
from bot.opening.limits import Limits, Refused

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from typing import IO, BinaryIO

_PROLOG = 65_536  # bytes of declarations and comments before the first element; real ones are below 200
_CHUNK = 131_072  # bytes parsed before the complete rows are taken out
_OUT_OF_MEMORY = 1  # expat's own number for it


class Package:
    """A ZIP of named parts, as Office programs write it. Names are compared without case, as Excel does."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._parts = {_key(info.filename): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def guard(self) -> None:
        """Raise Refused where the parts together are more than a workbook of ours can be."""
        guard(self._archive.infolist(), self._limits.unpacked, self._limits.ratio_from, self._limits.ratio)
        if len(self._parts) > self._limits.parts:
            raise Refused(sentences.BOMB)

    def pieces(self, name: str, depth: int) -> Iterator[ET.Element]:
        """The elements of a part that lie so deep below its root, as they are read: one at a time in memory.

        Raises Refused for entities and for what is no XML, KeyError where there is no such part.
        """
        with self._archive.open(self._parts[_key(name)]) as part:
            refuse_entities(part)
        with self._archive.open(self._parts[_key(name)]) as part:
            yield from _pieces(part, depth)

    def root(self, name: str) -> ET.Element:
        """The whole of a part that is small."""
        return next(self.pieces(name, 0))


def guard(parts: list[zipfile.ZipInfo], most: int, ratio_from: int, ratio: int) -> None:
    """Raise Refused for what unpacks to more than `most` bytes, or out of all proportion.

    Nothing is unpacked here: a part gives no more bytes than its directory states.
    """
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > ratio_from and unpacked > ratio * packed:
        raise Refused(sentences.BOMB)
    if unpacked > most:
        raise Refused(sentences.TOO_LARGE)


def _pieces(file: IO[bytes], depth: int) -> Iterator[ET.Element]:
    """Complete elements at a depth, taken out of the tree while it grows.

    An event for each element, as iterparse has it, would cost as much as all the rest.
    """
    builder = ET.TreeBuilder()
    above = builder.start("above", {})
    parser = ET.XMLParser(target=builder)  # noqa: S314 - no DTD comes this far, so no entity does
    with _as_refusal():
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            yield from _complete(above, depth, done=False)
        parser.close()
    yield from _complete(above, depth, done=True)


def _complete(element: ET.Element, depth: int, *, done: bool) -> Iterator[ET.Element]:
    """Take out what is complete at a depth below an element. The last child may still grow, until all is done."""
    if not depth:
        children = element[:] if done else element[:-1]
        del element[: len(children)]
        yield from children
        return
    for child in element[:-1]:
        yield from _complete(child, depth - 1, done=True)
    del element[:-1]
    if len(element):
        yield from _complete(element[-1], depth - 1, done=done)


def parsed(file: BinaryIO) -> Iterator[tuple[str, ET.Element]]:
    """XML elements as they begin (`start`) and end (`end`); what is no XML raises Refused."""
    with _as_refusal():
        yield from ET.iterparse(file, ("start", "end"))  # noqa: S314 - no DTD comes this far, so no entity does


@contextlib.contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except ET.ParseError as error:
        if error.code == _OUT_OF_MEMORY:
            raise MemoryError from error
        raise Refused(sentences.DAMAGED) from error


def refuse_entities(file: IO[bytes] | BinaryIO) -> None:
    """Raise Refused where a document type is declared: entities, external files and their kin need one.

    It can only stand before the first element, so no more than that is read, by the parser itself: whatever the encoding.
    """
    parser = expat.ParserCreate()
    begun = False

    def element(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal begun
        begun = True

    def doctype(*_declared: object) -> None:
        raise Refused(sentences.ENTITIES)

    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    for _ in range(_PROLOG // 1_024):
        chunk = file.read(1_024)
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            if begun:
                return
            raise Refused(sentences.DAMAGED) from error
        if begun or not chunk:
            return
    raise Refused(sentences.DAMAGED)


def local(tag: str) -> str:
    """A tag without its namespace: the strict and the common form of a workbook differ in nothing else."""
    return tag.rpartition("}")[2]


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
