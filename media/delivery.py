"""From stored bytes to an answer: by nginx, by the bucket itself, or by this process.

Whoever calls has decided that the reader may have them, now. Each way is asked for by a setting.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from cms.problems import NothingHere
from media import ranges, streaming
from media.chunks import Truncated
from media.disposition import disposition
from media.ranges import Answer, Extent
from media.streaming import Sent

logger = logging.getLogger(__name__)

INLINE = {
    "application/pdf", "audio/mpeg", "image/avif", "image/gif", "image/jpeg", "image/png",
    "image/webp", "text/plain", "text/vtt", "video/mp4", "video/webm",
}  # fmt: skip
"""What browsers show in place; everything else is taken away as a file."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """Stored bytes and what their answer says of them. ``etag`` is their digest, unquoted."""

    key: str  # in the storage
    size: int
    name: str
    content_type: str
    etag: str

    @classmethod
    def of(cls, blob: Any, name: str, content_type: str = "") -> Self:
        """Of a blob, under the name that people see."""
        return cls(blob.name, blob.size, name, content_type or blob.content_type, blob.sha256)


Ended = Callable[[Sent], None]


def deliver(request: HttpRequest, content: Bytes, ended: Ended | None = None) -> HttpResponseBase:
    """The answer to a GET or HEAD. Raises ``NothingHere`` where the storage has lost the bytes.

    Also what ``streaming.respond`` raises. ``download`` in the address: never shown in place.
    ``ended`` hears what left; of what nginx or a bucket sends, what was asked for.
    """
    answer = ranges.answer(
        request.method or "", request.headers, etag=ranges.strong(content.etag), size=content.size
    )
    is_attachment = content.content_type not in INLINE or "download" in request.GET
    said = disposition(content.name, is_attachment=is_attachment)
    # Browsers take captions from the page's own origin alone.
    is_redirected = settings.FILES_REDIRECT and content.content_type != "text/vtt"
    if answer.has_bytes and (is_redirected or settings.FILES_ACCEL):
        _tell_asked(request, answer, ended)
    if answer.has_bytes and is_redirected:
        return _redirected(content, said)
    response = _answered(request, answer, content, ended)
    if answer.has_bytes:
        response["Content-Type"] = content.content_type
        response["Content-Disposition"] = said
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _policy(content.content_type)
    return response


def _tell_asked(request: HttpRequest, answer: Answer, ended: Ended | None) -> None:
    if ended is not None and request.method == "GET":
        ended(Sent(answer.start, answer.length, answer.length))


def _answered(
    request: HttpRequest, answer: Answer, content: Bytes, ended: Ended | None
) -> HttpResponseBase:
    if answer.has_bytes and settings.FILES_ACCEL:
        # nginx answers ranges by itself, and compares with an entity tag of its own.
        response = HttpResponse()
        response["X-Accel-Redirect"] = settings.FILES_ACCEL + quote(content.key)
        response["ETag"] = answer.etag
        return response
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return streaming.respond(request, answer, [])
    try:
        extent = Extent(content.key, answer.start, answer.length, content.size)
        return streaming.respond(request, answer, [extent], ended=ended)
    except Truncated as error:
        logger.exception("file_lost key=%s", content.key)
        raise NothingHere from error


def _redirected(content: Bytes, said: str) -> HttpResponseBase:
    """To the bucket, by an address that is good for a moment and for nothing else."""
    storage: Any = default_storage
    address = storage.presigned(
        content.key,
        content_type=content.content_type,
        disposition=said,
        seconds=settings.FILES_REDIRECT_SECONDS,
    )
    response = HttpResponseRedirect(address)
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _policy(content_type: str) -> str:
    """Nothing in a file runs or calls out."""
    if content_type == "application/pdf":
        # Browsers refuse to show a PDF in a sandbox; its viewer runs no script of the page anyway.
        return "default-src 'none'"
    if content_type.startswith(("video/", "audio/")):
        return "default-src 'none'; media-src 'self'; sandbox"
    if content_type == "image/svg+xml":
        return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    return "default-src 'none'; sandbox"
