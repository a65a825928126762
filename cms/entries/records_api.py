"""The ingest call: what outside systems send."""

from datetime import UTC, datetime

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cms.entries import ingest
from cms.entries.answers import reader_for, spend
from cms.entries.api import PROBLEMS
from cms.entries.parameters import no_parameters
from cms.entries.schemas import ProblemOut, RecordResults, RecordsIn
from cms.problems import FieldError, InvalidCredentials, InvalidParameters, NotAllowed

router = Router(tags=["Records"])


@router.post(
    "/records/{source}",
    summary="Upsert and delete records of an outside system",
    operation_id="post_records",
    response={200: RecordResults, 413: ProblemOut, **PROBLEMS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": RecordsIn.model_json_schema()}},
        }
    },
)
def post_records(request: HttpRequest, source: str) -> HttpResponse:
    """At most 1,000 in a call; each item is answered for itself. Needs a token with `ingest`."""
    spend(request)
    reader = reader_for(request, scope="ingest")
    if reader.grants.token_id is None:
        raise InvalidCredentials if reader.is_anonymous else NotAllowed("Send a token.")
    no_parameters(request)
    ingest.check_source(source)
    results = ingest.store(source, _items(request.body), at=datetime.now(UTC))
    response = HttpResponse(
        orjson.dumps({"items": [result.as_json for result in results]}),
        content_type="application/json",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _items(body: bytes) -> list[object]:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidParameters(
            errors=[FieldError("", f"The body is not JSON: {error}")]
        ) from error
    items = sent.get("items") if isinstance(sent, dict) else None
    if not isinstance(items, list) or set(sent) != {"items"}:
        raise InvalidParameters(
            errors=[FieldError("items", 'Send {"items": [record, …]}, and nothing beside it.')]
        )
    if len(items) > ingest.BATCH:
        message = f"At most {ingest.BATCH} in a call: send several."
        raise InvalidParameters(errors=[FieldError("items", message)])
    return items
