"""The only ways to bytes. Each asks whether an entry readable now holds the file."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags, quote_etag

from cms.access.reader import NEVER, Reader
from cms.accounts.identity import answered
from cms.entries import read
from cms.entries.answers import cache_control, fresh_until
from cms.entries.models import Holding
from cms.problems import NothingHere, WrongMethod
from media.models import Document, Image
from media.renditions import SIZES

INLINE = {
    "application/pdf", "audio/mpeg", "image/avif", "image/gif", "image/jpeg", "image/png",
    "image/webp", "text/plain", "video/mp4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bytes:
    """An open file and what its response says of it."""

    file: IO[bytes]
    name: str
    content_type: str
    etag: str


def original(request: HttpRequest, file: str) -> HttpResponse:
    """``/files/{id}``: the file as it came."""
    return _asked(request, file, None)


def rendition(request: HttpRequest, file: str, rendition: str) -> HttpResponse:
    """``/files/{id}/{rendition}``: one of the named sizes of a picture."""
    return _asked(request, file, rendition)


def _asked(request: HttpRequest, file: str, size: str | None) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        problem = WrongMethod("Allowed here: GET, HEAD.")
        problem.headers["Allow"] = "GET, HEAD"
        raise problem

    def question(reader: Reader) -> tuple[Reader, datetime]:
        until = read.may_have(file, reader) or _editors_until(file, reader)
        if until is None:
            raise NothingHere
        return reader, until

    reader, until = answered(request, question)
    seconds = 0
    if reader.is_anonymous:
        seconds = fresh_until(reader.at, min(until, read.proof(reader.at).until))
    response = respond(request, opened(file, size))
    response["Cache-Control"] = cache_control(seconds)
    response["Vary"] = "Authorization, Cookie"
    return response


def _editors_until(file: str, reader: Reader) -> datetime | None:
    """What no entry holds is for editors only."""
    if reader.person is None or not reader.person.is_editor:
        return None
    return None if Holding.objects.filter(file=file).exists() else NEVER


def opened(file: str, size: str | None) -> Bytes:
    """The bytes of a file's key, in one of the named sizes. Raises ``NothingHere``."""
    kind, _, number = file.partition("-")
    model: Any = {"image": Image, "document": Document}.get(kind)
    if model is None or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NothingHere
    found = model.objects.filter(pk=int(number)).first()
    if found is None or (size is not None and (kind != "image" or size not in SIZES)):
        raise NothingHere
    try:
        if size is None:
            return Bytes(found.file.open("rb"), found.filename, found.content_type, found.sha256)
        made = found.get_rendition(SIZES[size].filter_spec)
        etag = f"{found.sha256[:32]}-{size}-{made.focal_point_key}"
        return Bytes(made.file.open("rb"), made.file.name.rsplit("/", 1)[-1], "image/webp", etag)
    except FileNotFoundError as error:
        raise NothingHere from error


def respond(request: HttpRequest, content: Bytes) -> HttpResponse:
    """The bytes with a true type, a safe disposition and a policy that lets nothing in them run."""
    etag = quote_etag(content.etag)
    response: Any
    if etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        content.file.close()
        response = HttpResponseNotModified()
    else:
        response = FileResponse(content.file, content_type=content.content_type)
        attachment = content.content_type not in INLINE
        response["Content-Disposition"] = content_disposition_header(attachment, content.name)
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    # Browsers refuse to show a PDF in a sandbox; its viewer runs no script of the page anyway.
    sandbox = "" if content.content_type == "application/pdf" else "; sandbox"
    response["Content-Security-Policy"] = f"default-src 'none'{sandbox}"
    return response
