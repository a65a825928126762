"""Kits over HTTP: the manifest, and archives that can be resumed."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, Router, Schema

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries.answers import live, reader_for, spend
from cms.entries.api import PROBLEMS
from cms.entries.described import Described
from cms.entries.parameters import Parameters
from cms.entries.schemas import ProblemOut
from media.kits import choosing, desk, manifest, reading, sending
from media.kits.choosing import Choice
from media.kits.schemas import KitOut
from media.kits.sums import sum_of

router = Router(tags=["Kits"])

ZIP = "/kits/{key}/v{int:number}.zip"
MOST_VERSIONS = 1_000_000_000
MOST_CHOSEN = 1_000
LONGEST_CHOICE = 40_000
"""Characters: ids of a thousand items."""


class ManifestQuery(Schema):
    since: str | None = Field(None, description="A version: what differs from it is offered too.")


class ZipQuery(Schema):
    items: str | None = Field(
        None, description="Ids of items, comma-separated; one comes as itself."
    )
    size: str | None = Field(None, description="hd (default) or web")
    since: str | None = Field(None, description="Only what differs from this version.")
    tag: str | None = Field(
        None, description="The archive's entity tag: if it is another by now, the answer is 412."
    )


@router.get(
    "/kits/{key}",
    summary="What is in a kit, and what changed",
    operation_id="get_kit",
    response={200: KitOut, **PROBLEMS},
)
def get_kit(
    request: HttpRequest, key: str, query: Annotated[ManifestQuery, Described()]
) -> HttpResponse:
    """The latest version. What the reader may not have is in no list, count, size or difference."""
    parameters = Parameters(request, known=["since"])
    since = parameters.number("since", default=0, least=1, most=MOST_VERSIONS)
    parameters.checked()

    def produce(reader: Reader) -> tuple[bytes, bytes]:
        kit = reading.kit(key[:200], reader)
        behind = desk.of(kit)
        known = since if since in kit.older else None
        contacts, terms = behind.contacts(kit, reader), behind.terms(kit, reader)
        found = manifest.downloads(kit, contacts, terms, since=known)
        body = orjson.dumps(
            manifest.of(kit, found, [sum_of(one.layout) if one.layout else "" for one in found])
        )
        return body, body

    return live(request, produce)


@router.api_operation(["HEAD"], ZIP, include_in_schema=False)
@router.get(
    ZIP,
    summary="A version of a kit as a ZIP that can be resumed",
    operation_id="get_kit_zip",
    response={200: None, 206: None, 412: ProblemOut, 416: ProblemOut, **PROBLEMS},
)
def get_kit_zip(
    request: HttpRequest, key: str, number: int, query: Annotated[ZipQuery, Described()]
) -> HttpResponseBase:
    """Asked anew for every range: what has closed since is not in the archive any more.

    Ranges and If-Range work (RFC 9110); the length is exact and the entity tag strong.
    """
    # A form without a script sends one of them for each tick.
    parameters = Parameters(request, known=["items", "size", "since", "tag"], repeated=["items"])
    choice = Choice(
        size=parameters.choice("size", choosing.SIZES),
        anchors=_anchors(parameters, request.GET.getlist("items")),
        since=parameters.number("since", default=0, least=1, most=MOST_VERSIONS) or None,
    )
    tag = parameters.text("tag")
    parameters.checked()
    spend(request)

    def question(reader: Reader) -> Any:
        reader_for(request)
        return sending.prepared(reader, key[:200], number, choice, tag)

    return sending.send(request, answered(request, question))


def _anchors(parameters: Parameters, given: Sequence[str]) -> tuple[str, ...] | None:
    if parameters.text("items", longest=LONGEST_CHOICE) is None:
        return None
    listed = [one for each in given[:MOST_CHOSEN] for one in each[:LONGEST_CHOICE].split(",")]
    return tuple(dict.fromkeys(name for one in listed if (name := one.strip())))
