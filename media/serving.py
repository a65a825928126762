"""The only ways to bytes. Each asks whether an entry readable now holds the file."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from cms.access.reader import NEVER, Reader
from cms.accounts.identity import answered
from cms.entries import read
from cms.entries.answers import VARY, cache_control, fresh_until
from cms.entries.models import Holding
from cms.problems import NotAllowed, NothingHere, NotNow, Problem, WrongMethod, render
from media import conditions, library, links
from media.delivery import Bytes, deliver
from media.downloads.logging import is_taken, note_served
from media.models import Image
from media.renditions import keeping
from media.renditions.keeping import Trouble
from media.renditions.placeholders import placeholder
from media.renditions.sizes import SIZES, WEB
from media.scanning import KNOWN_BAD, may_serve

ORIGINAL = "original"
EXTENSIONS = {
    "image/avif": "avif", "image/gif": "gif", "image/jpeg": "jpg", "image/png": "png",
    "image/svg+xml": "svg", "image/tiff": "tif", "image/webp": "webp",
}  # fmt: skip


class BeingMade(NotNow):
    """A size of a picture that nobody has made yet; it has been asked for."""

    slug = "being-made"
    title = "This file is being made"


def original(request: HttpRequest, file: str) -> HttpResponseBase:
    """``/files/{id}``: the file as it came; of a picture, what may leave: no place in it."""
    return _asked(request, file, None)


def rendition(request: HttpRequest, file: str, rendition: str) -> HttpResponseBase:
    """``/files/{id}/{rendition}``: one of the named sizes of a picture."""
    return _asked(request, file, rendition)


def _asked(request: HttpRequest, file: str, size: str | None) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"}:
        problem = WrongMethod("Allowed here: GET, HEAD.")
        problem.headers["Allow"] = "GET, HEAD"
        raise problem

    def question(reader: Reader) -> tuple[Reader, datetime, Any]:
        return _allowed(request, reader, file, size)

    key = request.GET.get(links.PARAMETER)
    if key is None:
        reader, until, asset = answered(request, question)
    else:
        reader, until, asset = links.answered(key, file, size, question)
    response = _sent(request, reader, asset, size)
    if not response.has_header("Cache-Control"):
        seconds = 0
        if reader.is_anonymous:
            seconds = fresh_until(reader.at, min(until, read.proof(reader.at).until))
        response["Cache-Control"] = cache_control(seconds)
    response["Vary"] = f"{VARY}, Accept" if size in WEB else VARY
    if key is not None:
        response["Referrer-Policy"] = "no-referrer"
    return response


def _allowed(
    request: HttpRequest, reader: Reader, file: str, size: str | None
) -> tuple[Reader, datetime, Any]:
    """The reader, until when they may have the file, and the file. Raises ``Problem``s."""
    if "read" not in reader.grants.scopes:
        raise NotAllowed("This token has no `read` scope.")
    until, asset = may_have_until(file, reader), asset_of(file)
    if is_taken(request, asset, size):
        conditions.check(file, reader)
    return reader, until, asset


def may_have_until(file: str, reader: Reader) -> datetime:
    """Until when the reader may have a file, as far as is known. Raises ``NothingHere``."""
    until = read.may_have(file, reader) or _editors_until(file, reader)
    if until is None:
        raise NothingHere
    return until


def _editors_until(file: str, reader: Reader) -> datetime | None:
    """What no entry holds is for editors only."""
    if reader.person is None or not reader.person.is_editor:
        return None
    return None if Holding.objects.filter(file=file).exists() else NEVER


def asset_of(file: str) -> Any:
    """The picture, document or film of a file's key. Raises ``NothingHere``."""
    asset = library.asset_of(file)
    if asset is None or asset.blob is None:
        raise NothingHere
    return asset


def _sent(request: HttpRequest, reader: Reader, asset: Any, size: str | None) -> HttpResponseBase:
    is_refused = not may_serve(asset.scan) or asset.blob.scan in KNOWN_BAD
    if is_refused or (size is not None and not has_size(asset, size)):
        raise NothingHere
    if not isinstance(asset, Image):
        ended = note_served(request, reader, asset, asset.blob, size=size, name=asset.filename)
        return deliver(request, Bytes.of(asset.blob, asset.filename, asset.content_type), ended)
    wanted = size or ORIGINAL
    made = keeping.at_hand(asset, wanted, avif="image/avif" in request.headers.get("Accept", ""))
    if made is None:
        return _instead(request, asset, wanted)
    name = _name_of(asset, size, made.result.content_type)
    ended = note_served(request, reader, asset, made.result, size=size, name=name)
    return deliver(request, Bytes.of(made.result, name), ended)


def has_size(asset: Any, size: str) -> bool:
    """Whether a file is had in a size of this name at all: pictures are."""
    return isinstance(asset, Image) and size in SIZES


def _instead(request: HttpRequest, image: Image, size: str) -> HttpResponseBase:
    """What a size is answered with that is not there yet."""
    if image.render_error and image.render_error != Trouble.STORAGE:
        raise NothingHere
    keeping.ask_for([image])
    if size not in WEB:
        raise BeingMade("Ask again in some seconds.")
    content, content_type = placeholder(image.width, image.height, SIZES[size])
    response = HttpResponse(content, content_type=content_type)
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
        response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "private, no-store"
    return response


def _name_of(image: Image, size: str | None, content_type: str) -> str:
    """The picture's name with its size, and the extension of what it became."""
    name = PurePath(image.filename)
    extension = EXTENSIONS.get(content_type, name.suffix.lstrip("."))
    return f"{name.stem}-{size}.{extension}" if size else f"{name.stem}.{extension}"


def opened(file: str, size: str | None) -> Bytes:
    """For editors, whose permission has been asked: the bytes as they came, or a size if made.

    Raises ``NothingHere``.
    """
    asset = asset_of(file)
    if size is not None:
        if not has_size(asset, size):
            raise NothingHere
        made = keeping.at_hand(asset, size)
        if made is not None:
            return Bytes.of(made.result, _name_of(asset, size, made.result.content_type))
        keeping.ask_for([asset])
    return Bytes.of(asset.blob, asset.filename, asset.content_type)


def respond(request: HttpRequest, content: Bytes) -> HttpResponseBase:
    """For editors: the bytes, or the problem with them."""
    try:
        return deliver(request, content)
    except Problem as problem:
        return render(problem)
