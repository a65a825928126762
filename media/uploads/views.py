"""``/editor/uploads/``: tus 1.0 with creation, checksum, expiration and termination.

https://tus.io/protocols/resumable-upload. Behind the admin's own check that one is an editor, with
the CSRF token in its header. An upload is its owner's alone: to others it does not exist.
"""

import base64
import binascii
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from media.checking import extension_of, safe_name
from media.kinds import FIELDS
from media.uploads import arriving
from media.uploads.arriving import Checksum, Upload
from media.uploads.places import MODELS, may_upload, place

logger = logging.getLogger(__name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
SLICE = 1 << 18
"""Bytes read from the network at a time."""
MOST_DRAINED = 32 << 20


class Refusal(Exception):
    """An answer that is an error, in words that an editor can be shown."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def _mismatch() -> Refusal:
    return Refusal(460, _("The piece arrived damaged. It will be sent again."))


def _full() -> Refusal:
    logger.error("upload_disk_full folder=%s", place().root)
    return Refusal(
        507,
        _("The server has no room for this file. What has arrived is kept: tell whoever runs it."),
    )


ANSWERS: dict[type[arriving.UploadRefused], Callable[[], Refusal]] = {
    arriving.NoSuchUpload: lambda: Refusal(404),
    arriving.OffsetMoved: lambda: Refusal(409, _("The file is being uploaded elsewhere as well.")),
    arriving.ChecksumWrong: _mismatch,
    arriving.DiskFull: _full,
    arriving.OverQuota: lambda: Refusal(
        413, _("You have too many large files on their way: finish or cancel some of them.")
    ),
}


def _speaking_tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def spoken(request: HttpRequest, **kwargs: str) -> HttpResponse:
        try:
            _check_version(request)
            response = view(request, **kwargs)
        except arriving.UploadRefused as error:
            response = _refused(request, ANSWERS[type(error)]())
        except Refusal as refusal:
            response = _refused(request, refusal)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return spoken


def _check_version(request: HttpRequest) -> None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        raise Refusal(412, f"Tus-Resumable: {VERSION}")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    # A browser that is still sending would see a broken connection and not the answer.
    drained = 0
    for piece in _pieces(request):
        if (drained := drained + len(piece)) > MOST_DRAINED:
            break
    response = HttpResponse(
        refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8"
    )
    if refusal.status == 412:
        response["Tus-Version"] = VERSION
    return response


@_speaking_tus
def uploads(request: HttpRequest) -> HttpResponse:
    """Announce a file (POST), or ask what this server can do (OPTIONS)."""
    if request.method == "OPTIONS":
        return _abilities()
    if request.method != "POST":
        return _not_allowed("OPTIONS, POST")
    told = _metadata(request)
    field = told.get("field", "")
    if field not in MODELS:
        raise Refusal(400, "Upload-Metadata: field")
    if not may_upload(request.user, field):
        raise Refusal(403, _("You may not add such files."))
    length = _number(request, "Upload-Length")
    name = safe_name(told.get("filename", ""))
    _check(field, name, length)
    upload = place().begin(owner=_owner(request), name=name, field=field, length=length)
    response = _answer(upload, upload.offset, status=201)
    response["Location"] = reverse("upload", args=[upload.id])
    return response


@_speaking_tus
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """How much of a file is here (HEAD), the next piece of it (PATCH), or not at all (DELETE)."""
    if request.method == "OPTIONS":
        return _abilities()
    if request.method not in {"HEAD", "PATCH", "DELETE"}:
        return _not_allowed("OPTIONS, HEAD, PATCH, DELETE")
    found = place().find(upload_id, owner=_owner(request), at=datetime.now(UTC))
    if request.method == "DELETE":
        arriving.discard(found)
        return HttpResponse(status=204)
    if request.method == "HEAD":
        response = _answer(found, found.offset, status=200)
        response["Upload-Length"] = str(found.length)
        return response
    return _answer(found, _take_piece(request, found), status=204)


def _take_piece(request: HttpRequest, found: Upload) -> int:
    if request.content_type != "application/offset+octet-stream":
        raise Refusal(415, "Content-Type: application/offset+octet-stream")
    offset = _number(request, "Upload-Offset")
    checksum = _checksum(request)
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if offset + announced > found.length:
        raise Refusal(413, _("The file is longer than was announced: choose it again."))
    return arriving.append(found, offset, _pieces(request), checksum)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """What comes until it ends, or until the client is gone: what came is kept."""
    while True:
        try:
            piece = request.read(SLICE)
        except (UnreadablePostError, OSError):
            return
        if not piece:
            return
        yield piece


def _check(field: str, name: str, length: int) -> None:
    """Refuse now what would be refused when it is here. What it is, is looked at then."""
    if length <= 0:
        raise Refusal(400, _("The file is empty: choose it again."))
    most = FIELDS[field].max_bytes()
    if length > most:
        raise Refusal(
            413,
            _("The file has %(size)s; the most that may come in here is %(most)s. Make it smaller.")
            % {"size": filesizeformat(length), "most": filesizeformat(most)},
        )
    if extension_of(name) not in FIELDS[field].by_extension:
        raise Refusal(
            415,
            _("%(field)s: a file whose name ends in %(extensions)s.")
            % {"field": FIELDS[field].label, "extensions": ", ".join(FIELDS[field].extensions)},
        )


def _abilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Checksum-Algorithm"] = ",".join(arriving.ALGORITHMS)
    response["Tus-Max-Size"] = str(max(FIELDS[field].max_bytes() for field in MODELS))
    return response


def _answer(upload: Upload, offset: int, *, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(offset)
    if offset < upload.length:
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _not_allowed(methods: str) -> HttpResponse:
    response = HttpResponse(status=405)
    response["Allow"] = methods
    return response


def _owner(request: HttpRequest) -> int:
    assert request.user.pk is not None  # noqa: S101 - the admin let them in
    return request.user.pk


def _number(request: HttpRequest, header: str) -> int:
    said = request.headers.get(header, "")
    if not (said.isascii() and said.isdigit() and len(said) < 17):
        raise Refusal(400, header)
    return int(said)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """Keys and values in base64, with commas between."""
    told: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refusal(400, "Upload-Metadata") from error
    return told


def _checksum(request: HttpRequest) -> Checksum | None:
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _space, value = said.partition(" ")
    if algorithm not in arriving.ALGORITHMS:
        raise Refusal(400, "Upload-Checksum")
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error as error:
        raise Refusal(400, "Upload-Checksum") from error
