"""Over HTTP: whether a copy is still good."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from cms.access.reader import Reader
from cms.entries.answers import live
from cms.entries.api import PROBLEMS
from cms.entries.parameters import no_parameters
from cms.problems import FieldError, InvalidParameters
from media.downloads import copies

router = Router(tags=["Kits"])
SHA256 = re.compile(r"[0-9a-f]{64}")


class CopyKitOut(Schema):
    key: str
    title: str
    url: str


class ReplacementOut(Schema):
    name: str
    sha256: str | None = Field(description="Missing while it is being made, and of archives.")
    url: str
    version: int | None = Field(None, description="Of an archive: the kit's latest version.")


class CopyOut(Schema):
    """``{"known": false}`` alone, or everything."""

    known: bool
    state: str | None = Field(None, description="current, replaced, withdrawn or expired")
    title: str | None = Field(None, description="Empty for what you took and may not have now.")
    name: str | None = None
    credit: str | None = None
    usage_terms: str | None = None
    until: str | None = Field(None, description="When its rights end: RFC 3339.")
    version: int | None = Field(None, description="The kit's newest version with these bytes.")
    kit: CopyKitOut | None = None
    replaced_by: ReplacementOut | None = None


_RESPONSES: dict[Any, Any] = {200: CopyOut, **PROBLEMS}


@router.get(
    "/copies/{sha256}",
    summary="Whether a copy of a file or of a kit still is what we give out",
    operation_id="get_copy",
    response=_RESPONSES,
)
def get_copy(request: HttpRequest, sha256: str) -> HttpResponse:
    """Answers about files that the reader may have now or took themselves, by their bytes' hash.

    Bytes that are unknown and bytes that are not for this reader get the same answer.
    """
    no_parameters(request)
    digest = sha256.lower()
    if SHA256.fullmatch(digest) is None:
        raise InvalidParameters(
            errors=[FieldError("sha256", "64 hexadecimal digits: the SHA-256 of the file.")]
        )

    def produce(reader: Reader) -> tuple[bytes, bytes]:
        body = copies.answer(digest, reader)
        return body, body

    return live(request, produce)
