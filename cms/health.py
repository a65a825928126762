"""For the operator's probes: whether the process lives, and whether it can answer readers."""

import time
from datetime import datetime

import orjson
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from cms.access.gates import state
from cms.accounts import identity
from cms.entries import read
from search.engines import breaker
from search.engines.elastic import lag

STARTED = time.monotonic()


def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return _answer({"status": "live", "uptime_s": round(time.monotonic() - STARTED)}, 200)


def ready(_request: HttpRequest) -> HttpResponse:
    """The database answers, the access state is there, and privacy is applied."""
    try:
        present = state()
        head = read.proof(identity.now()).head
    except DatabaseError as error:
        return _answer({"status": "not ready", "reason": type(error).__name__}, 503)
    if not present.version:
        return _answer({"status": "not ready", "reason": "no access state: run migrate"}, 503)
    facts: dict[str, object] = {
        "status": "ready",
        "database": connection.vendor,
        "access_version": present.version,
        "privacy_pending": present.privacy - present.applied,
        "last_change": head,
    }
    if settings.ELASTICSEARCH_URL:
        facts["elasticsearch"] = _elasticsearch(identity.now())
    return _answer(facts, 200)


def _elasticsearch(at: datetime) -> dict[str, object]:
    """How it did when this process searched last. Nobody asks it: a probe must not hang with it."""
    known = breaker.state("elasticsearch")
    return {
        "answers": not known.failures and lag.pending(at=at) is not None,
        "breaker": "open" if known.is_open else "closed",
        **lag.facts(at=at),
    }


def _answer(facts: dict[str, object], status: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(facts), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
