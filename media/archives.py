"""Looking into a ZIP package without unpacking it: what it is, and how large it would become."""

import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from media.kinds import ODT, PACKAGES, SHEET, SLIDES, WORD

MOST_MEMBERS = 10_000
LARGEST_DIRECTORY = 8 << 20
"""Bytes of the list of members: it is read into memory."""
LARGEST_UNPACKED = 4 << 30
LARGEST_XML = 256 << 20
STEEPEST = 200
"""How many times larger than its packed bytes a member may be, once it is large at all."""
LARGE = 16 << 20

_PARTS = {
    "word/document.xml": WORD,
    "ppt/presentation.xml": SLIDES,
    "xl/workbook.xml": SHEET,
}
"""The part that says what an Office package is, whatever order its members come in."""

_TAIL = 22 + 65_535
_SIGNATURE = b"PK\x05\x06"


class Suspicious(Exception):
    """A package that nobody should unpack. The reason is for people who log, not for readers."""


@dataclass(frozen=True, slots=True)
class Package:
    """What a ZIP file holds: member names, as they are written in it."""

    names: frozenset[str]

    @property
    def content_type(self) -> str:
        for part, content_type in _PARTS.items():
            if part in self.names:
                return content_type
        return ODT if {"content.xml", "mimetype"} <= self.names else "application/zip"

    @property
    def has_macros(self) -> bool:
        return any(name.lower().endswith(("vbaproject.bin", ".vba")) for name in self.names)


def true_type(file: IO[bytes], sniffed: str) -> str:
    """The media type of an open file whose head was sniffed: packages tell theirs by their parts.

    One that cannot be looked into is a ZIP file and no more.
    """
    if sniffed not in PACKAGES:
        return sniffed
    try:
        return look_into(file).content_type
    except (Suspicious, zipfile.BadZipFile):
        return "application/zip"


def look_into(file: IO[bytes]) -> Package:
    """Read the list of members of an open file. Raises ``Suspicious`` or ``zipfile.BadZipFile``."""
    try:
        _measure_directory(file)
        file.seek(0)
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
    except (NotImplementedError, ValueError, OSError) as error:
        raise zipfile.BadZipFile(str(error)) from error
    finally:
        file.seek(0)
    _weigh(members)
    return Package(frozenset(member.filename for member in members))


def _measure_directory(file: IO[bytes]) -> None:
    """Refuse what would fill the memory before the list is even read (APPNOTE 4.3.16)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    at = tail.rfind(_SIGNATURE)
    if at < 0 or len(tail) - at < 22:
        raise zipfile.BadZipFile("no end of the directory")
    members, length = struct.unpack_from("<HI", tail, at + 10)
    if members > MOST_MEMBERS or length > LARGEST_DIRECTORY:
        raise Suspicious(f"{members} members in {length} bytes of directory")


def _weigh(members: Iterable[zipfile.ZipInfo]) -> None:
    total = packed = 0
    for member in members:
        name, size = member.filename, member.file_size
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]:
            raise Suspicious(f"a member leads out of the package: {name[:100]!r}")
        if size > LARGE and size > STEEPEST * max(member.compress_size, 1):
            raise Suspicious(f"{name[:100]!r} would unpack to {size} bytes")
        if name.endswith((".xml", ".rels")) and size > LARGEST_XML:
            raise Suspicious(f"{name[:100]!r} holds {size} bytes of XML")
        total += size
        packed += member.compress_size
    if total > LARGEST_UNPACKED or (total > LARGEST_XML and total > STEEPEST * max(packed, 1)):
        raise Suspicious(f"it would unpack to {total} bytes")
