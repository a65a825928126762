"""Errors that a reader can act on, rendered once as RFC 9457 ``application/problem+json``."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from django.http import HttpResponse


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field or parameter, and what to write instead."""

    field: str
    message: str


class Problem(Exception):
    """The situation is the class; the message is for the person who has to mend it."""

    status = HTTPStatus.BAD_REQUEST
    slug = "bad-request"
    title = "The request cannot be answered"
    remedy = ""
    """The name of the address of a page where a person can settle it, and which takes ``next``."""

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers: dict[str, str] = {}


class NothingHere(Problem):
    """Missing and hidden alike: the answer is the same, byte for byte."""

    status = HTTPStatus.NOT_FOUND
    slug = "nothing-here"
    title = "There is nothing at this address, or nothing for you"


class InvalidParameters(Problem):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "invalid-parameters"
    title = "A parameter is not valid"


class InvalidCredentials(Problem):
    status = HTTPStatus.UNAUTHORIZED
    slug = "invalid-credentials"
    title = "The token is not valid: it is unknown, expired or revoked"

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail, errors)
        self.headers["WWW-Authenticate"] = 'Bearer realm="Fil Rouge"'


class NotAllowed(Problem):
    status = HTTPStatus.FORBIDDEN
    slug = "not-allowed"
    title = "This token or session may not do that"


class WrongMethod(Problem):
    status = HTTPStatus.METHOD_NOT_ALLOWED
    slug = "wrong-method"
    title = "This address does not know that method"


class TooLarge(Problem):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    slug = "too-large"
    title = "The request is too large"


class TooManyRequests(Problem):
    status = HTTPStatus.TOO_MANY_REQUESTS
    slug = "too-many-requests"
    title = "Too many requests in this minute"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Try again in {retry_after} s.")
        self.headers["Retry-After"] = str(retry_after)


class NotNow(Problem):
    """The database cannot be reached, or access changed faster than an answer could be made."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "not-now"
    title = "The portal cannot answer at the moment"

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail, errors)
        self.headers["Retry-After"] = "5"


def render(problem: Problem, remedy: str = "") -> HttpResponse:
    """The one rendering of every problem for programs; never cached.

    ``remedy``: the address where a person can settle it, and come back to what was asked.
    """
    body: dict[str, object] = {
        "type": f"/api/v1/problems/{problem.slug}",
        "title": problem.title,
        "status": int(problem.status),
    }
    if problem.detail:
        body["detail"] = problem.detail
    if problem.errors:
        body["errors"] = [
            {"field": error.field, "message": error.message} for error in problem.errors
        ]
    if remedy:
        body["remedy"] = remedy
    response = HttpResponse(
        orjson.dumps(body), status=problem.status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    for name, value in problem.headers.items():
        response[name] = value
    return response
