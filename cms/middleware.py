"""Two shortcuts: reader calls leave the stack first, and an editor's request is one transaction."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, get_resolver
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from cms.entries import answers, refused
from cms.entries.projection import ProjectionFailed
from cms.problems import NothingHere, NotNow, Problem, TooLarge, WrongMethod, render
from pages.base import publishing

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

REFUSED = "_refused"
READER_CALLS = ("/api/", "/files/")
EDITOR = "/editor/"
DOCUMENTATION = ("/api/v1/docs", "/api/v1/openapi.json")  # the same for all, database or not
# The API's documentation is the only page among the reader's calls.
READING_ROOM = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
LOST = (OperationalError, InterfaceError)


class ServerFault(Problem):
    """Something broke here; the log has it."""

    status = 500  # type: ignore[assignment]
    slug = "server-fault"
    title = "The portal made a mistake"


class ApiFirst:
    """Answer the reader API and files first: they need no session, message or locale."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"} and request.encoding is not None:
            # It would be the charset of a body. An address in two charsets would be two questions,
            # and the answer to one would be kept for the other.
            request.encoding = settings.DEFAULT_CHARSET
        if not request.path_info.startswith(READER_CALLS):
            return self.get_response(request)
        # A reader's call is asked again on a lost connection, which is cheaper than looking before
        # each of them whether it is still there.
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            response = _called_again_if_lost(request)
        except Problem as problem:
            response = self._refused(request, problem)
        except Http404:
            response = self._refused(request, NothingHere())
        except RequestDataTooBig:
            response = render(TooLarge())
        except LOST:
            logger.exception("database_unavailable path=%s", request.path)
            response = render(NotNow())
        except Exception:  # the edge of the product: nothing may leave but a problem
            logger.exception("server_fault path=%s", request.path)
            response = render(ServerFault())
        return response

    def _refused(self, request: HttpRequest, problem: Problem) -> HttpResponse:
        """A problem; whoever followed a link gets a page, made by the stack that pages need."""
        if not refused.is_for_people(request):
            return refused.as_json(request, problem)
        setattr(request, REFUSED, problem)
        response = self.get_response(request)
        if response.status_code == HTTPStatus.OK:
            # Set last: a 404 on its way out is taken for a page that lacks its language.
            response.status_code = problem.status
        for name, value in problem.headers.items():
            response[name] = value
        response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Accept"])
        return response


def _called_again_if_lost(request: HttpRequest) -> HttpResponse:
    try:
        return _called(request)
    except LOST:
        if request.method not in {"GET", "HEAD"} or connection.in_atomic_block:
            raise
        connection.close()
        return _called(request)


def _called(request: HttpRequest) -> HttpResponse:
    kept = None if request.path_info in DOCUMENTATION else answers.at_hand(request)
    if kept is not None:
        kept["X-Content-Type-Options"] = "nosniff"
        return kept
    try:
        match = get_resolver("cms.api").resolve(request.path_info)
    except Resolver404:
        raise NothingHere from None
    request.resolver_match = match
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, HttpResponseNotAllowed):
        problem = WrongMethod(f"Allowed here: {response['Allow']}.")
        problem.headers["Allow"] = response["Allow"]
        raise problem
    response.setdefault("X-Content-Type-Options", "nosniff")
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        # A small file has a policy of its own, and a stricter one.
        response.setdefault("Content-Security-Policy", READING_ROOM)
        response["X-Frame-Options"] = "DENY"
    return response


class EditorTransactions:
    """What an editor's POST does, happens whole or not at all, projections included.

    Wagtail publishes, copies and moves in several steps; readers must never see half of them. What
    it saved is projected together at the end, so that an action on many pages is set-based.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(EDITOR):
            _widen_policy(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or not request.path_info.startswith(EDITOR):
            return None
        try:
            with transaction.atomic(), publishing.batch():
                return view(request, *args, **kwargs)
        except ProjectionFailed as failure:
            logger.warning("projection_failed path=%s reason=%s", request.path, failure)
            # Wagtail's own pages speak the editor's language, which is over by now.
            profile = getattr(request.user, "wagtail_userprofile", None)
            with override(profile.get_preferred_language() if profile else get_language()):
                told = _("Nothing was published. %(reason)s") % {"reason": failure}
            messages.error(request, told)
            return redirect(request.META.get("HTTP_REFERER") or EDITOR)


class RefusedDownloads:
    """Shows why a download was refused, instead of asking for it again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        problem: Problem | None = getattr(request, REFUSED, None)
        return None if problem is None else refused.as_page(request, problem)


def _widen_policy(response: HttpResponse) -> None:
    # Wagtail's forms start their date fields and repeated panels from inline scripts, some of them
    # in fragments that arrive later, and have styles in their markup. None of it needs eval or
    # handlers in attributes.
    response._csp_update = {  # type: ignore[attr-defined]
        "script-src": ["'self'", "'unsafe-inline'"],
        "script-src-attr": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *settings.FILES_ORIGINS],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
    }
