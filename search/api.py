"""Searching over HTTP: results, suggestions, and which result was opened."""

import time
from dataclasses import replace
from typing import Annotated, Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries import cursors
from cms.entries.answers import live, reader_for, spend
from cms.entries.api import PROBLEMS
from cms.entries.described import Described
from cms.entries.parameters import Parameters
from cms.entries.schemas import ProblemOut
from cms.problems import NotAllowed
from search import asking, kept, present, service
from search.insight import frequent, logging
from search.insight.logging import Answered
from search.schemas import ClickIn, ClickOut, SearchOut, SuggestOut
from search.service import Outcome

router = Router(tags=["Search"])


class SearchQuery(Schema):
    """Documents the parameters; ``Parameters`` reads them, so that errors name every field."""

    q: str | None = Field(
        None,
        description='What is typed: words, "a phrase", -without. Empty lists the newest.',
        examples=["affiche 120x160"],
    )
    type: str | None = Field(None, description="Types, comma-separated.")
    topic: str | None = Field(None, description="Topic slugs, comma-separated.")
    locale: str | None = Field(None, description="Languages, comma-separated.")
    section: str | None = Field(None, description="Keys of sections, comma-separated.")
    year: str | None = Field(None, description="Years of publication, comma-separated.")
    under: str | None = Field(None, description="Below this portal path, or this entry's key.")
    since: str | None = Field(None, description="Published at or after: RFC 3339 or a date.")
    until: str | None = Field(None, description="Published before: RFC 3339 or a date.")
    order: str | None = Field(None, description="relevance (default) or -published_at")
    limit: str | None = Field(None, description="1 to 100; 20 by default.")
    cursor: str | None = Field(None, description="`next` of the previous answer.")
    exact: str | None = Field(None, description="true: search as typed, without correction.")


class SuggestQuery(Schema):
    q: str | None = Field(None, description="What is typed so far.", examples=["horlo"])
    locale: str | None = Field(None, description="The language of suggested queries.")


@router.get(
    "/search",
    summary="Search everything the reader may read",
    operation_id="search",
    response={200: SearchOut, **PROBLEMS},
)
def search(request: HttpRequest, query: Annotated[SearchQuery, Described()]) -> HttpResponse:
    """One ranked list over every type. Counts, facets and corrections are the reader's own too.

    Where no `locale` is asked for, texts in the language of `Accept-Language`, or else of the
    reader's account, come before others that are as good.
    """
    parameters = Parameters(request, known=asking.KNOWN)
    asked = asking.read_request(parameters)
    parameters.checked()
    placed = asked.placed()

    def produce(reader: Reader) -> tuple[bytes, bytes]:
        started = time.perf_counter()
        wanted = replace(placed, language=asking.language_of(request, reader))
        within = asking.within(wanted, asked.under, reader)
        if within is None:
            answer = present.nothing(service.engines()[0])
            return present.of_one_asking(answer), answer
        outcome = kept.search(within, reader)
        ask = note(within, outcome, reader, started)
        found = outcome.found
        bound_to = asked.bound_to(outcome.engine)
        following = cursors.encode(found.next, bound_to=bound_to) if found.next else None
        answer = present.answer(outcome)
        # A cursor differs each time; that there is one tells answers apart.
        essence = answer + (b"+" if following else b"")
        return present.of_one_asking(answer, ask=ask, following=following), essence

    response = live(request, produce)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@router.get(
    "/suggest",
    summary="Titles and queries that begin as typed",
    operation_id="suggest",
    response={200: SuggestOut, **PROBLEMS},
)
def suggest(request: HttpRequest, query: Annotated[SuggestQuery, Described()]) -> HttpResponse:
    """Readable titles by the beginnings of their words, then searches that others made often."""
    parameters = Parameters(request, known=["q", "locale"])
    text = parameters.typed("q")
    locales = parameters.locales()
    parameters.checked()
    locale = locales[0] if locales else settings.LANGUAGE_CODE

    def produce(reader: Reader) -> tuple[bytes, bytes]:
        with translation.override(locale):
            body = orjson.dumps({"items": suggestions(text, locale, reader)})
        return body, body

    return live(request, produce)


@router.post(
    "/search/clicks",
    summary="Tell that a result was opened",
    operation_id="click",
    response={200: ClickOut, 400: ProblemOut, **PROBLEMS},
)
def click(request: HttpRequest, data: ClickIn) -> HttpResponse:
    """Helps editors to see which searches fail. An entry that is not readable is not counted."""
    spend(request)
    reader = reader_for(request)
    if reader.person is not None and reader.grants.token_id is None:
        # Another site could send a form with a session's cookie.
        raise NotAllowed("Send a token; the portal's own page tells its clicks another way.")
    counted = answered(
        request, lambda reader: logging.click(data.ask, data.key, data.position, reader)
    )
    response = HttpResponse(orjson.dumps({"counted": counted}), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


def suggestions(text: str, locale: str, reader: Reader) -> list[dict[str, Any]]:
    """Titles first, then queries of others that find something for this reader too."""
    titles = service.suggest(text, reader)
    queries = [
        one
        for one in frequent.frequent(text, locale, limit=service.SUGGESTED)
        if service.finds_all(one, reader)
    ]
    return [present.suggestion(one) for one in titles] + [
        present.suggested_query(one, locale) for one in queries[: service.SUGGESTED // 2]
    ]


def note(
    asked: service.Asked, outcome: Outcome, reader: Reader, started: float, page: int = 1
) -> str:
    """Write the search down; the id by which clicks are told."""
    return logging.note(
        Answered(
            text=asked.text,
            engine=outcome.engine,
            total=outcome.found.count,
            milliseconds=(time.perf_counter() - started) * 1000,
            locale=get_language() or "",
            filters=present.filters_json(asked.filters),
            page=page if asked.after is None else max(page, 2),
            correction=outcome.correction.query if outcome.correction else "",
            promoted=len(outcome.promoted),
            is_degraded=outcome.is_degraded,
        ),
        reader,
    )
