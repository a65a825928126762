"""The process itself: locks itself in, reads standard input, says what it found.

``FORMAT < document`` writes JSON Lines to standard output: a pair ``[number, text]`` a page, then
one object ``{"state", "reason"}``. No such object means that it died.
"""

import importlib
import json
import pkgutil
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

from media.caged import locking
from media.caged.pages import CHARACTERS, PAGES, Page, Stop, clean

MEMORY = 1 << 30
"""Bytes of address space."""
CPU_SECONDS = 30
READERS = {
    "pdf": ("media.caged.pdf", "pdf", ["pypdfium2"]),
    "plain-pdf": ("media.caged.pdf", "plain_pdf", ["pypdf"]),
    "docx": ("media.caged.office", "docx", []),
    "pptx": ("media.caged.office", "pptx", []),
    "text": ("media.caged.text", "text", ["encodings.cp1252", "encodings.utf_8_sig"]),
}
"""Where the reader of a format is, and what it will want to import while it reads."""

Reader = Callable[[bytes], Iterator[Page]]


def lock(name: str) -> Reader:
    """Give up everything that reading needs no more. Nothing of the document was read before."""
    module, function, imported = READERS[name]
    reader: Reader = getattr(importlib.import_module(module), function)
    for one in imported:
        importlib.import_module(one)
    if name == "plain-pdf":
        _import_all("pypdf")
    if name != "text":
        _import_all("encodings")
    locking.lock(
        {
            resource.RLIMIT_NPROC: 0,
            resource.RLIMIT_NOFILE: 3,  # these are taken: no file and no connection can be opened
            resource.RLIMIT_CPU: CPU_SECONDS,
            resource.RLIMIT_AS: MEMORY,
        }
    )
    return reader


def _import_all(package: str) -> None:
    """Libraries import some of their modules late, and codecs are looked up when they are named."""
    folder = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(folder, f"{package}."):
        with suppress(ImportError):  # what is for Windows, or wants what is not installed
            importlib.import_module(module.name)


def pages(reader: Reader, document: bytes) -> Iterator[Page]:
    """Clean pages that have words, within the limits. Raises ``Stop`` where it ends early."""
    left = CHARACTERS
    for number, raw in reader(document):
        if number > PAGES:
            raise Stop("read", "cut")
        found = clean(raw[: left + 1])[:left]
        if found:
            yield number, found
        left -= len(found)
        if left <= 0:
            raise Stop("read", "cut")


def main(arguments: list[str]) -> None:
    """Read one document from standard input, of the format that is named."""
    (name,) = arguments
    reader = lock(name)
    seen = False
    try:
        for number, found in pages(reader, sys.stdin.buffer.read()):
            seen = True
            say([number, found])
        end = Stop("read", "") if seen else Stop("empty", "scanned" if "pdf" in name else "blank")
    except Stop as stop:
        end = stop
    except MemoryError:
        end = Stop("too_large", "slow")
    say({"state": end.state, "reason": end.reason})


def say(line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
    sys.stdout.buffer.flush()
