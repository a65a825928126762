"""Files over the API: links for front ends that cannot send a token. The bytes are plain views."""

from typing import Annotated

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries.answers import reader_for, spend
from cms.entries.api import PROBLEMS
from cms.entries.described import Described
from cms.entries.parameters import Parameters
from cms.problems import FieldError, InvalidParameters
from media import links, serving
from media.links import LONGEST, SHORTEST, USUAL, Link
from media.renditions.sizes import SIZES

router = Router(tags=["Files"])


class LinkQuery(Schema):
    """Documents the parameters; ``Parameters`` reads them, so that errors name every field."""

    rendition: str | None = Field(
        None, description=f"A named size of a picture: {', '.join(SIZES)}."
    )
    seconds: str | None = Field(
        None, description=f"How long it is good for: {SHORTEST} to {LONGEST}, {USUAL} by default."
    )


class LinkOut(Schema):
    href: str = Field(examples=["/files/image-12/card?k=6a95b3ee.3.Qm9…"])
    expires_at: str = Field(description="RFC 3339, in UTC.", examples=["2026-11-25T08:15:00Z"])


@router.get(
    "/files/{id}/link",
    summary="A link to a file for where no token can be sent",
    operation_id="get_file_link",
    response={200: LinkOut, **PROBLEMS},
)
def get_file_link(
    request: HttpRequest,
    id: str,  # noqa: A002
    query: Annotated[LinkQuery, Described()],
) -> HttpResponse:
    """Whoever has the link gets the file as you would get it at that moment, until it expires.

    It ends with your token or, if you are signed in, with the one named «Links to files» on your
    account page. It gives nothing that you may not read by then.
    """
    parameters = Parameters(request, known=["rendition", "seconds"])
    size = parameters.choice("rendition", tuple(SIZES)) if "rendition" in request.GET else None
    seconds = parameters.number("seconds", default=USUAL, least=SHORTEST, most=LONGEST)
    parameters.checked()
    spend(request)

    def question(reader: Reader) -> Link:
        reader_for(request)
        serving.may_have_until(id, reader)
        asset = serving.asset_of(id)
        if size is not None and not serving.has_size(asset, size):
            error = FieldError("rendition", "Only pictures have sizes: leave it out.")
            raise InvalidParameters(errors=[error])
        return links.make(reader, id, size, seconds)

    link = answered(request, question)
    expires = link.expires_at.isoformat().replace("+00:00", "Z")
    response = HttpResponse(
        orjson.dumps({"href": link.href, "expires_at": expires}), content_type="application/json"
    )
    response["Cache-Control"] = "private, no-store"
    return response
