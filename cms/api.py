"""The reader API: mounts the routers and renders every error as a problem."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from cms import problems
from cms.entries import refused
from cms.entries.api import router as entries
from cms.entries.records_api import router as records
from cms.problems import FieldError, InvalidParameters, Problem
from media import serving
from media.api import router as files
from media.downloads.api import router as copies
from media.kits.api import router as kits
from media.openapi import FILE_PATHS
from pages.press.api import router as press
from search.api import router as search

PROBLEM = "application/problem+json"


class ReaderApi(NinjaAPI):
    """The reader API; its document tells problems by their own media type, and files as well."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                _tell_problems_apart(operation["responses"])
        schema["paths"].update(FILE_PATHS)
        return schema


def _tell_problems_apart(responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST and "content" in response:
            response["content"] = {PROBLEM: response["content"]["application/json"]}
    responses[304] = {"description": "Not Modified: the ETag is still good"}


api = ReaderApi(
    title="Fil Rouge",
    version="1.0.0",
    description=(
        "Everything a reader may read, and nothing else. Send a token made on your account page as "
        "`Authorization: Bearer fr_…`; without one you read what is public. What you may not read "
        "does not exist. Errors are `application/problem+json` (RFC 9457)."
    ),
    docs=Swagger(settings={"persistAuthorization": False}),
    openapi_extra={
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token: fr_…"}
            }
        },
        "security": [{}, {"token": []}],
    },
    servers=[{"url": settings.BASE_URL}],
    urls_namespace="api",
)
api.add_router("", entries)
api.add_router("", records)
api.add_router("", search)
api.add_router("", files)
api.add_router("", kits)
api.add_router("", press)
api.add_router("", copies)


@api.exception_handler(Problem)
def problem(request: HttpRequest, error: Problem) -> HttpResponse:
    """Named situations. Those of people are left to ``cms.middleware.ApiFirst``."""
    if refused.is_for_people(request):
        raise error
    return refused.as_json(request, error)


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What django-ninja itself refuses."""
    errors = [FieldError(str(one["loc"][-1]), str(one["msg"])) for one in error.errors]
    return problems.render(InvalidParameters(errors=errors))


@api.exception_handler(HttpError)
def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """Whatever django-ninja raises by number."""
    named = Problem(str(error))
    named.status = error.status_code  # type: ignore[assignment]
    return problems.render(named)


@api.exception_handler(Exception)
def unexpected(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Left to ``cms.middleware.ApiFirst``, which logs and renders it."""
    raise error


urlpatterns = [
    path("api/v1/", api.urls),
    path("files/<str:file>", serving.original, name="file"),
    path("files/<str:file>/<str:rendition>", serving.rendition, name="file_rendition"),
]
