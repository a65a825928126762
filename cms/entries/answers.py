"""From a question to an HTTP answer: reader, limits, ETag, and a cache that is never wrong.

A cached answer is sent only after one small query has shown that neither access nor content has
changed since, and only until the next moment at which any entry opens or closes.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag

from cms.access.reader import NEVER, Reader, StaleReader
from cms.accounts import identity, rates
from cms.accounts.identity import answered
from cms.entries import read
from cms.problems import InvalidCredentials, NotAllowed, TooManyRequests

VARY = "Authorization, Cookie"


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    etag: str
    versions: tuple[int, int]
    made_at: datetime
    valid_until: datetime

    def holds(self, versions: tuple[int, int], at: datetime) -> bool:
        """Whether it is still what a new answer would be; a clock set back makes it anew."""
        return self.versions == versions and self.made_at <= at < self.valid_until


_Key = tuple[str, frozenset[int], bool]
_answers: OrderedDict[_Key, _Answer | None] = OrderedDict()
_boundary: tuple[tuple[int, int], datetime, datetime] | None = None
_lock = Lock()


def answer(
    request: HttpRequest, produce: Callable[[Reader], bytes], *, personal: bool = False
) -> HttpResponse:
    """The JSON that ``produce`` makes for the request's reader, with everything HTTP needs.

    It must depend on nothing of the reader but the open gates and the moment, unless ``personal``.
    """
    verdict = spend(request)
    make = _made_for_one if personal else _made
    made = answered(request, lambda reader: make(request, reader, produce))
    response = _respond(request, made)
    if verdict is not None:
        for name, value in verdict.headers.items():
            response[name] = value
    return response


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
    _refuse_if_spent(verdict)
    return verdict


def _refuse_if_spent(verdict: rates.Verdict | None) -> None:
    if verdict is not None and verdict.is_refused:
        problem = TooManyRequests(verdict.reset)
        problem.headers.update(verdict.headers)
        raise problem


@dataclass(frozen=True, slots=True)
class _Made:
    body: bytes
    etag: str
    fresh_for: int  # seconds a shared cache may keep it; 0: nobody's business but the reader's


def _made_for_one(
    request: HttpRequest, reader: Reader, produce: Callable[[Reader], bytes]
) -> _Made:
    if read.versions()[0] != reader.grants.version:
        raise StaleReader
    body = produce(reader)
    return _Made(body, _etag_of(body), 0)


def _made(request: HttpRequest, reader: Reader, produce: Callable[[Reader], bytes]) -> _Made:
    if "read" not in reader.grants.scopes:
        raise NotAllowed("This token has no `read` scope.")
    key = (request.get_full_path(), reader.grants.open_gates, reader.is_anonymous)
    with _lock:
        seen = key in _answers
        kept = _answers.get(key)
    if not seen and not reader.is_anonymous:
        _keep(key, None)  # asked once: worth keeping from the second time on
        body = produce(reader)
        return _Made(body, _etag_of(body), 0)
    versions = read.versions()
    if versions[0] != reader.grants.version:
        raise StaleReader
    if kept is None or not kept.holds(versions, reader.at):
        body = produce(reader)
        until = _valid_until(versions, reader.at)
        kept = _Answer(body, _etag_of(body), versions, reader.at, until)
        _keep(key, kept)
    fresh_for = 0
    if reader.is_anonymous:
        left = int((kept.valid_until - reader.at).total_seconds())
        fresh_for = max(0, min(settings.API_PUBLIC_MAX_AGE, left))
    return _Made(kept.body, kept.etag, fresh_for)


def _keep(key: _Key, value: _Answer | None) -> None:
    if settings.API_ANSWER_CACHE <= 0:
        return
    with _lock:
        _answers[key] = value
        _answers.move_to_end(key)
        while len(_answers) > settings.API_ANSWER_CACHE:
            _answers.popitem(last=False)


def _valid_until(versions: tuple[int, int], at: datetime) -> datetime:
    """The next opening or closing of any entry, looked up once a version of the content."""
    global _boundary
    kept = _boundary
    if kept is None or kept[0] != versions or not kept[1] <= at < kept[2]:
        kept = (versions, at, read.next_boundary(at) or NEVER)
        _boundary = kept
    return kept[2]


def _etag_of(body: bytes) -> str:
    return quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())


def _respond(request: HttpRequest, made: _Made) -> HttpResponse:
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if "*" in known or any(tag.removeprefix("W/") == made.etag for tag in known):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(made.body, content_type="application/json")
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
