"""From pieces to bytes on the wire, in a flat memory. Never a byte that was not stored.

A file that is shorter than it was, or another, ends the connection: the client sees that it has
less than was announced, and asks again. Padding would give it a file that looks whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import Any
from weakref import finalize

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from cms.problems import NotNow, Problem
from media.chunks import Chunks, Piece, Truncated
from media.ranges import Answer
from media.storage import StorageDown

logger = logging.getLogger(__name__)

AT_ONCE = 1024 * 1024
"""Up to so many bytes are read before the answer begins: they hold nobody up."""
RETRY_AFTER = 20


class RangeNotSatisfiable(Problem):
    """The range begins behind the end."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    slug = "range-not-satisfiable"
    title = "The file has no such range"


class PreconditionFailed(Problem):
    """The file is not the one that the client means."""

    status = HTTPStatus.PRECONDITION_FAILED
    slug = "precondition-failed"
    title = "The file is another by now"


REFUSED: dict[HTTPStatus, type[Problem]] = {
    problem.status: problem for problem in (RangeNotSatisfiable, PreconditionFailed)
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What left of what was to be sent, in bytes of the whole body."""

    start: int
    length: int
    wanted: int

    @property
    def is_whole(self) -> bool:
        return self.length == self.wanted


def respond(
    request: HttpRequest,
    answer: Answer,
    pieces: Iterable[Piece],
    *,
    ended: Callable[[Sent], None] | None = None,
) -> HttpResponseBase:
    """The response to a decision about ranges. ``pieces`` are those of the answer's range.

    ``ended`` hears once how much left, however that ended, in any thread. Raises ``NotNow`` when
    as many downloads run in this process as are allowed or the storage does not answer,
    ``RangeNotSatisfiable`` and ``PreconditionFailed``; ``Truncated`` where the first bytes are not
    those announced.
    """
    if refused := REFUSED.get(answer.status):
        problem = refused()
        problem.headers.update(answer.headers)
        raise problem
    try:
        response = _begun(request, answer, pieces, ended)
    except StorageDown as error:
        logger.error("storage_down %s", error)  # noqa: TRY400 - the reason says it all
        problem = NotNow("The storage of files does not answer. Ask again in a moment.")
        problem.headers["Retry-After"] = str(RETRY_AFTER)
        raise problem from error
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _begun(
    request: HttpRequest,
    answer: Answer,
    pieces: Iterable[Piece],
    ended: Callable[[Sent], None] | None,
) -> HttpResponseBase:
    response: HttpResponseBase
    if not answer.has_bytes or request.method == "HEAD":
        response = HttpResponse(status=answer.status)
        del response["Content-Type"]
    elif answer.length <= AT_ONCE:
        response = HttpResponse(b"".join(Chunks(pieces)), status=answer.status)
        if ended is not None:
            ended(Sent(answer.start, answer.length, answer.length))
    else:
        response = _streamed(request, answer, pieces, ended)
    return response


def _streamed(
    request: HttpRequest,
    answer: Answer,
    pieces: Iterable[Piece],
    ended: Callable[[Sent], None] | None,
) -> StreamingHttpResponse:
    slot = running.take()
    flow = Flow(Chunks(pieces), answer, slot, ended)
    flow.begin()
    _let_connections_go()  # the stream may last an hour
    content: Any = flow.flowing() if isinstance(request, ASGIRequest) else flow
    response = StreamingHttpResponse(content, status=answer.status)
    # A client that went before the first byte leaves a response that nobody asks for anything.
    finalize(response, slot.give_back)
    return response


class Slot:
    """A place among the downloads that run at once; given back once, whoever does it first."""

    def __init__(self, running: "Running") -> None:
        self._running: Running | None = running

    def give_back(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.ended()


class Running:
    """How many downloads this process streams."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = Lock()

    def take(self) -> Slot:
        """Raises ``NotNow`` when there are enough."""
        most = settings.DOWNLOADS_AT_ONCE
        with self._lock:
            if most and self.count >= most:
                problem = NotNow("Many downloads are running. Yours resumes where it stopped.")
                problem.headers["Retry-After"] = str(RETRY_AFTER)
                raise problem
            self.count += 1
        return Slot(self)

    def ended(self) -> None:
        with self._lock:
            self.count -= 1


running = Running()
# Reading from a disk or a bucket blocks; it must not hold up the loop that sends.
_readers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="download")


class Flow:
    """Chunks for one client: asked for by a thread, or by a loop."""

    def __init__(
        self,
        chunks: Chunks,
        answer: Answer,
        slot: Slot,
        ended: Callable[[Sent], None] | None,
    ) -> None:
        self._chunks = chunks
        self._answer = answer
        self._slot = slot
        self._ended = ended
        self._sent = 0
        self._ready = b""
        self._turn = Lock()
        self._is_closed = False

    def begin(self) -> None:
        """Read the first chunk. Raises ``Truncated`` while there still is an answer to say so."""
        try:
            self._ready = self._chunks.next()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._next()
        if not chunk:
            raise StopIteration
        return chunk

    def _next(self) -> bytes:
        """The next chunk; nothing at the end."""
        try:
            with self._turn:
                chunk, self._ready = self._ready, b""
                if not chunk and not self._is_closed:
                    chunk = self._chunks.next()
        except BaseException as error:
            if isinstance(error, (Truncated, OSError)):
                # Whoever sends it only sees that it ends early.
                logger.error("download_cut_short after=%d %s", self._sent, error)  # noqa: TRY400
            self.close()
            raise
        if not chunk:
            self.close()
        self._sent += len(chunk)
        return chunk

    async def flowing(self) -> AsyncIterator[bytes]:
        """The same for a loop; a reading that may take its time has a thread."""
        loop = asyncio.get_running_loop()
        try:
            while chunk := (
                self._next()
                if self._chunks.is_at_hand()
                else await loop.run_in_executor(_readers, self._next)
            ):
                yield chunk
        finally:
            # Not awaited: the client that went away cancelled this very coroutine.
            loop.run_in_executor(_readers, self.close)

    def close(self) -> None:
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            self._chunks.close()
        self._slot.give_back()
        if self._ended is not None:
            try:
                self._ended(Sent(self._answer.start, self._sent, self._answer.length))
            finally:
                _let_connections_go()


def _let_connections_go() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
