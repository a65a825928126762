"""From a question to an HTTP answer: reader, limits, ETag, cache headers."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import get_language

from cms.access.reader import Reader, StaleReader
from cms.accounts import identity, rates
from cms.accounts.identity import answered
from cms.entries import kept, read
from cms.entries.kept import Answer, Kept, Shelf, etag_of
from cms.problems import InvalidCredentials, NotAllowed, TooManyRequests

VARY = "Authorization, Cookie"


JSON: Shelf[Answer] = Shelf(share=1)
PAGES: Shelf[Answer] = Shelf(share=4)  # they are larger, and each person has their own
SPENT = "_spent"
A_MINUTE = timedelta(seconds=60)  # after which "today" and "yesterday" may be others


@dataclass(frozen=True, slots=True)
class _Made:
    body: bytes
    etag: str
    fresh_for: int  # seconds a shared cache may keep it; 0: nobody's business but the reader's


def answer(
    request: HttpRequest, produce: Callable[[Reader], bytes], *, personal: bool = False
) -> HttpResponse:
    """The JSON that ``produce`` makes for the request's reader, with everything HTTP needs.

    It must depend on nothing of the reader but the open gates and the moment, unless ``personal``.
    """
    verdict = spend(request)
    make = _made_for_one if personal else _made
    made = answered(request, lambda reader: make(request, reader, produce))
    return _limited(_respond(request, made), verdict)


def live(request: HttpRequest, produce: Callable[[Reader], tuple[bytes, bytes]]) -> HttpResponse:
    """The JSON of an answer that is made anew each time, and proves itself that it is fresh.

    ``produce`` gives the body, and what tells it from another answer: the body may also hold what
    differs each time and matters to nobody.
    """
    verdict = spend(request)

    def made(reader: Reader) -> _Made:
        _must_read(reader)
        body, essence = produce(reader)
        return _Made(body, etag_of(essence), 0)

    return _limited(_respond(request, answered(request, made)), verdict)


def at_hand(request: HttpRequest) -> HttpResponse | None:
    """The kept answer to this very address, before anything of it is parsed.

    Only good questions have kept answers, so what is parsed would be good again.
    """
    if request.method != "GET":
        return None
    reader = identity.reader_of(request)
    if "read" not in reader.grants.scopes or JSON.look(_key(request, reader))[1] is None:
        return None
    verdict = spend(request)
    made = answered(request, lambda reader: _still_good(request, reader))
    return None if made is None else _limited(_respond(request, made), verdict)


def _still_good(request: HttpRequest, reader: Reader) -> _Made | None:
    _, found = JSON.look(_key(request, reader))
    proven = kept.still_good(found, reader) if found is not None else None
    return None if proven is None else _shared(proven, reader)


def reader_for(request: HttpRequest, *, scope: str = "read") -> Reader:
    """Who asks, if their token may do this at all."""
    reader = identity.reader_of(request)
    if scope not in reader.grants.scopes:
        raise NotAllowed(f"This token has no `{scope}` scope.")
    return reader


def spend(request: HttpRequest) -> rates.Verdict | None:
    """Count the request against its token's, person's or address's minute."""
    if settings.API_RATE <= 0:
        return None
    if hasattr(request, SPENT):  # a kept answer was at hand, and no longer held
        return getattr(request, SPENT)
    address = f"a{request.META.get(settings.CLIENT_ADDRESS, '')}"
    try:
        grants = identity.reader_of(request).grants
    except InvalidCredentials:
        _refuse_if_spent(rates.spend(address))
        raise
    key = address
    if grants.token_id is not None:
        key = f"t{grants.token_id}"
    elif grants.person is not None:
        key = f"p{grants.person.id}"
    verdict = rates.spend(key)
    setattr(request, SPENT, verdict)
    _refuse_if_spent(verdict)
    return verdict


def _refuse_if_spent(verdict: rates.Verdict | None) -> None:
    if verdict is not None and verdict.is_refused:
        problem = TooManyRequests(verdict.reset)
        problem.headers.update(verdict.headers)
        raise problem


def _made_for_one(
    request: HttpRequest, reader: Reader, produce: Callable[[Reader], bytes]
) -> _Made:
    if read.proof(reader.at).version != reader.grants.version:
        raise StaleReader
    body = produce(reader)
    return _Made(body, etag_of(body), 0)


def _made(request: HttpRequest, reader: Reader, produce: Callable[[Reader], bytes]) -> _Made:
    _must_read(reader)
    key = _key(request, reader)
    found = kept.made(JSON, key, reader, _answering(produce), is_worth_it=reader.is_anonymous)
    return _shared(found, reader)


def _must_read(reader: Reader) -> None:
    if "read" not in reader.grants.scopes:
        raise NotAllowed("This token has no `read` scope.")


def _key(request: HttpRequest, reader: Reader) -> Hashable:
    return request.get_full_path(), reader.grants.open_gates, reader.is_anonymous


def _answering(produce: Callable[[Reader], bytes]) -> Callable[[Reader], Answer]:
    return lambda reader: Answer.of(produce(reader))


def _shared(found: Kept[Answer], reader: Reader) -> _Made:
    """What is public may be kept by others too, until the next opening or closing."""
    fresh_for = fresh_until(reader.at, found.valid_until) if reader.is_anonymous else 0
    return _Made(found.thing.body, found.thing.etag, fresh_for)


def _limited(response: HttpResponse, verdict: rates.Verdict | None) -> HttpResponse:
    if verdict is not None:
        for name, value in verdict.headers.items():
            response[name] = value
    return response


def page(request: HttpRequest, produce: Callable[[Reader], bytes]) -> HttpResponse:
    """A page of the portal: made for one person in one language, and kept for them alone."""

    def made(reader: Reader) -> _Made:
        if settings.MESSAGES_COOKIE in request.COOKIES:
            body = produce(reader)  # it carries a message, which is shown once
            return _Made(body, etag_of(body), 0)
        who = (reader.person, reader.grants.seen_by)
        key = (get_language(), request.get_full_path(), reader.grants.open_gates, who)
        until = reader.at + A_MINUTE
        found = kept.made(PAGES, key, reader, _answering(produce), until=lambda: until)
        return _Made(found.thing.body, found.thing.etag, 0)

    response = _respond(request, answered(request, made), "text/html; charset=utf-8")
    response["Vary"] = "Cookie, Accept-Language"
    return response


def _respond(
    request: HttpRequest, made: _Made, content_type: str = "application/json"
) -> HttpResponse:
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if "*" in known or any(tag.removeprefix("W/") == made.etag for tag in known):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(made.body, content_type=content_type)
    response["ETag"] = made.etag
    response["Vary"] = VARY
    response["Cache-Control"] = cache_control(made.fresh_for)
    return response


def cache_control(fresh_for: int) -> str:
    """Public for so many seconds, or the reader's own, to be checked every time."""
    return f"public, max-age={fresh_for}" if fresh_for > 0 else "private, no-cache"


def fresh_until(at: datetime, limit: datetime) -> int:
    """Seconds from ``at`` that a public answer may be kept, never past ``limit``."""
    longest = timedelta(seconds=settings.API_PUBLIC_MAX_AGE)
    return max(0, int(min(limit - at, longest).total_seconds()))
