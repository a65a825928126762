"""Reading a hostile document without being hurt: a process of its own, watched and bounded."""

import json
import logging
import os
import selectors
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from shutil import copyfileobj
from typing import IO

from media.caged import starting
from media.extraction.extracted import EMPTY, FAILED, PROTECTED, READ, SAID, TOO_LARGE, Extracted
from media.kinds import SLIDES, WORD
from media.sniffing import is_quiet_text

FORMATS = {
    "application/pdf": "pdf",
    WORD: "docx",
    SLIDES: "pptx",
    "text/csv": "text",
    "text/markdown": "text",
    "text/plain": "text",
    "text/vtt": "text",
}
"""The content types whose text is read."""

LARGEST = 256 << 20
"""Bytes of a document that is read at all."""
WALL_SECONDS = 40
LARGEST_OUTPUT = 32 << 20
"""Bytes: the characters that a reader may find, as JSON at its longest."""

_CONTROLS = dict.fromkeys(set(range(32)) - {9, 10} | set(range(0x7F, 0xA0)) | {0xFFFE, 0xFFFF})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader said before it ended: its lines, and how it ended."""

    lines: tuple[bytes, ...]
    status: int
    is_late: bool = False

    @property
    def was_killed(self) -> bool:
        """By a limit of ours rather than by a mistake of its own."""
        return self.is_late or -self.status in {
            signal.SIGXCPU,
            signal.SIGKILL,
            signal.SIGABRT,
        }


def reader_of(content_type: str) -> str:
    """The reader for files of this type, or nothing."""
    return FORMATS.get(content_type) or ("text" if is_quiet_text(content_type) else "")


def text_of(file: IO[bytes], content_type: str) -> Extracted:
    """The words of an open file. Never raises for what is in it, and never reads it here.

    A PDF that its first reader does not survive is given to the second.
    """
    reader = reader_of(content_type)
    if not reader:
        return Extracted(EMPTY, note=SAID["other_kind"])
    if file.seek(0, 2) > LARGEST:
        return Extracted(TOO_LARGE, note=SAID["size"])
    with _as_descriptor(file) as descriptor:
        first = _read(descriptor, reader)
        if reader != "pdf" or (first.state != FAILED and first.note != SAID["partly"]):
            return first
        second = _read(descriptor, "plain-pdf")
    # Where the first did not survive, that the second found nothing proves nothing.
    return second if second.state == PROTECTED or second.length > first.length else first


class _as_descriptor:  # noqa: N801 - used as a function
    """A file of the system for a file of any kind; what is copied for it has no name."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.copy: IO[bytes] | None = None

    def __enter__(self) -> int:
        self.file.seek(0)
        try:
            return self.file.fileno()
        except (OSError, AttributeError):
            self.copy = tempfile.TemporaryFile()
            copyfileobj(self.file, self.copy)
            self.copy.flush()
            return self.copy.fileno()

    def __exit__(self, *_: object) -> None:
        if self.copy is not None:
            self.copy.close()


def _read(descriptor: int, reader: str) -> Extracted:
    os.lseek(descriptor, 0, os.SEEK_SET)
    heard = _listen(descriptor, reader)
    pages: list[tuple[int, str]] = []
    for line in heard.lines:
        said = _parsed(line)
        if isinstance(said, list):
            pages.append((int(said[0]), str(said[1]).translate(_CONTROLS)))
        elif isinstance(said, dict):
            state, note = str(said["state"]), SAID.get(str(said["reason"]), "")
            return _ended(state, pages, note)
    _log.warning("A document ended its reader (%s): status %s", reader, heard.status)
    return _ended(FAILED, pages, SAID["slow" if heard.was_killed else "damaged"])


def _ended(state: str, pages: list[tuple[int, str]], note: str) -> Extracted:
    """What was read before the end is found all the same."""
    if pages and state != READ:
        return Extracted(READ, tuple(pages), SAID["partly"])
    return Extracted(state, tuple(pages), note)


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None  # the last line of a reader that died while it wrote


def _listen(descriptor: int, reader: str) -> Heard:
    """Run a reader on an open file, and end it and all it started when it is late or too loud."""
    deadline = time.monotonic() + WALL_SECONDS
    with subprocess.Popen(  # noqa: S603 - our own program; the document is its input only
        starting.command("reading", reader),
        stdin=descriptor,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            said, is_late = _until(process.stdout, deadline)
        finally:
            _end(process)
    return Heard(tuple(said.splitlines()), process.returncode, is_late)


def _until(output: IO[bytes] | None, deadline: float) -> tuple[bytes, bool]:
    """What comes out until its end, the deadline or the limit, and whether the end was missed."""
    assert output is not None  # noqa: S101 - it is a pipe
    said = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0 and len(said) <= LARGEST_OUTPUT:
            if not selector.select(left):
                continue
            chunk = os.read(output.fileno(), 1 << 16)
            if not chunk:
                return bytes(said), False
            said += chunk
    return bytes(said), True


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group, unless it ended by itself."""
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
