"""Whether a file is known to be innocent: asking ClamAV, and what follows from its answer.

Only an answer to a whole file counts. A connection that breaks says nothing about the file.
Protocol: clamd(8), INSTREAM.
"""

import socket
import struct
import time
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

CLEAN = "clean"
FAILED = "failed"
INFECTED = "infected"
PENDING = "pending"
UNSCANNED = "unscanned"

KNOWN_BAD = frozenset({INFECTED, FAILED})
"""States of bytes that no state of a file makes good."""

CHUNK = 1 << 16
LONGEST_ANSWER = 4096
PORT = 3310


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state of ``media.models.Scan``, and why: a signature, or what went wrong."""

    state: str
    because: str = ""


def may_serve(scan: str) -> bool:
    """Whether a file in this state of its scan is given to anybody but editors."""
    return scan == CLEAN or (scan == UNSCANNED and bool(settings.SERVE_UNSCANNED))


def state_of_new(known: str = UNSCANNED) -> str:
    """In which state a file begins: waiting for the scanner where there is one.

    ``known``: what was said of the same bytes before. Without a scanner a virus stays one.
    """
    if settings.CLAMD_URL:
        return PENDING
    return INFECTED if known == INFECTED else UNSCANNED


def scan(file: IO[bytes]) -> Verdict:
    """Ask about an open file, from its start. Never raises for what the scanner does.

    ``unscanned`` where there is no scanner or the file is too large for it; ``failed`` where it was
    asked and gave no answer to the whole file.
    """
    if not settings.CLAMD_URL:
        return Verdict(UNSCANNED, "no scanner")
    if file.seek(0, 2) > settings.CLAMD_MAX_BYTES:
        return Verdict(UNSCANNED, "too large for the scanner")
    file.seek(0)
    try:
        with _connected() as connection:
            return _asked(connection, file)
    except (OSError, ValueError) as error:
        return Verdict(FAILED, str(error) or type(error).__name__)


def _connected() -> socket.socket:
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "tcp":
        where = (address.hostname or "127.0.0.1", address.port or PORT)
        return socket.create_connection(where, settings.CLAMD_TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(settings.CLAMD_TIMEOUT)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _asked(connection: socket.socket, file: IO[bytes]) -> Verdict:
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError) as error:
        # Past its StreamMaxLength clamd says so and hangs up while we are still sending.
        if _is_about_size(_answer(connection)):
            return Verdict(UNSCANNED, "too large for the scanner")
        return Verdict(FAILED, f"the scanner hung up: {error}")
    return _verdict(_answer(connection))


def _answer(connection: socket.socket) -> bytes:
    """What it says until it ends its line, hangs up, or takes too long."""
    said = b""
    deadline = time.monotonic() + settings.CLAMD_TIMEOUT
    try:
        while b"\0" not in said and len(said) < LONGEST_ANSWER and time.monotonic() < deadline:
            chunk = connection.recv(LONGEST_ANSWER)
            if not chunk:
                break
            said += chunk
    except (ConnectionResetError, BrokenPipeError):
        pass  # what it said before is judged as it is
    return said


def _verdict(answer: bytes) -> Verdict:
    if _is_about_size(answer):
        return Verdict(UNSCANNED, "too large for the scanner")
    line, end, rest = answer.partition(b"\0")
    said = line.decode(errors="replace").strip()
    if end and not rest and said == "stream: OK":
        return Verdict(CLEAN)
    if end and said.startswith("stream: ") and said.endswith(" FOUND"):
        return Verdict(INFECTED, said.removeprefix("stream: ").removesuffix(" FOUND"))
    return Verdict(FAILED, f"no answer to the whole file: {said[:200]!r}")


def _is_about_size(answer: bytes) -> bool:
    return answer.startswith(b"INSTREAM size limit exceeded")
