"""Reading entries over HTTP: lists, one entry, the home, the types."""

from dataclasses import replace
from typing import Annotated, Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Field, Router, Schema

from cms.access.reader import Reader
from cms.accounts import me
from cms.accounts.me import MeOut
from cms.entries import cursors, home, read, types
from cms.entries.answers import answer
from cms.entries.described import Described
from cms.entries.listing import Listing
from cms.entries.parameters import LISTING, Parameters, listing, no_parameters
from cms.entries.schemas import CardList, EntryOut, HomeOut, ProblemOut, TypeList
from cms.problems import FieldError, NothingHere

router = Router(tags=["Entries"])

PROBLEMS: dict[Any, Any] = dict.fromkeys((401, 403, 404, 422, 429, 503), ProblemOut)


class ListQuery(Schema):
    """Documents the parameters; ``Parameters`` reads them, so that errors name every field."""

    type: str | None = Field(
        None, description="Types, comma-separated.", examples=["article,brief"]
    )
    topic: str | None = Field(None, description="Topic slugs, comma-separated.")
    locale: str | None = Field(None, description="Languages, comma-separated.", examples=["fr"])
    under: str | None = Field(None, description="Below this portal path, or this entry's key.")
    since: str | None = Field(None, description="Published at or after: RFC 3339 or a date.")
    until: str | None = Field(None, description="Published before: RFC 3339 or a date.")
    order: str | None = Field(
        None, description="-published_at (default), published_at, -updated_at, title"
    )
    limit: str | None = Field(None, description="1 to 100; 20 by default.")
    cursor: str | None = Field(None, description="`next` of the previous answer.")
    count: str | None = Field(None, description="true: also count all, exactly up to 10,000.")


class PathQuery(Schema):
    path: str | None = Field(None, examples=["/fr/actualites/"])


class HomeQuery(Schema):
    locale: str | None = Field(None, examples=["fr"])


@router.get(
    "/entries",
    summary="List what the reader may read",
    operation_id="list_entries",
    response={200: CardList, **PROBLEMS},
)
def list_entries(request: HttpRequest, query: Annotated[ListQuery, Described()]) -> HttpResponse:
    """Newest first. A cursor keeps its place while content is published."""
    parameters = Parameters(request, known=LISTING)
    wanted = listing(parameters)
    under = parameters.text("under")
    cursor = parameters.text("cursor", longest=2000)
    counted = parameters.flag("count")
    parameters.checked()
    bound_to = f"entries {wanted} {under}"
    if cursor is not None:
        wanted = replace(wanted, after=cursors.decode(cursor, bound_to=bound_to))

    def produce(reader: Reader) -> bytes:
        asked = _below(wanted, under, reader)
        if asked is None:
            return _list_json((), None, (0, True) if counted else None)
        page = read.entries(asked, reader)
        following = cursors.encode(page.next, bound_to=bound_to) if page.next else None
        return _list_json(page.cards, following, read.count(asked, reader) if counted else None)

    return answer(request, produce)


@router.get(
    "/entries/by-path",
    summary="The entry at a portal path",
    operation_id="get_entry_by_path",
    response={200: EntryOut, **PROBLEMS},
)
def get_entry_by_path(
    request: HttpRequest, query: Annotated[PathQuery, Described()]
) -> HttpResponse:
    """Knows pages only: a record has a key, not a path."""
    parameters = Parameters(request, known=["path"])
    wanted = parameters.text("path", longest=700)
    if wanted is None and not parameters.errors:
        parameters.errors.append(FieldError("path", "Say which: ?path=/fr/…"))
    parameters.checked()
    path = f"{wanted}" if f"{wanted}".endswith("/") else f"{wanted}/"
    return answer(request, lambda reader: _one(reader, path=path))


@router.get(
    "/entries/{key}",
    summary="One entry, with body, files, translations and breadcrumb",
    operation_id="get_entry",
    response={200: EntryOut, **PROBLEMS},
)
def get_entry(request: HttpRequest, key: str) -> HttpResponse:
    """A hidden entry and a missing one give the same answer, byte for byte."""
    no_parameters(request)
    return answer(request, lambda reader: _one(reader, key=key[:200]))


@router.get(
    "/home",
    summary="The reader's home in one call",
    operation_id="get_home",
    response={200: HomeOut, **PROBLEMS},
)
def get_home(request: HttpRequest, query: Annotated[HomeQuery, Described()]) -> HttpResponse:
    """Pinned entries, and the newest ones by section, each with why it is there."""
    parameters = Parameters(request, known=["locale"])
    locales = parameters.locales()
    parameters.checked()
    language = locales[0] if locales else settings.LANGUAGE_CODE

    def produce(reader: Reader) -> bytes:
        with translation.override(language):
            return orjson.dumps(home.of(reader, locales).as_json)

    return answer(request, produce)


@router.get(
    "/me",
    summary="Who is asking",
    operation_id="get_me",
    response={200: MeOut, **PROBLEMS},
)
def get_me(request: HttpRequest) -> HttpResponse:
    """The reader, their groups and organisation; anonymous is a reader too."""
    no_parameters(request)
    return answer(request, me.as_json, personal=True)


@router.get(
    "/types",
    summary="The types of entries and the schema of each card",
    operation_id="list_types",
    response={200: TypeList, **PROBLEMS},
)
def list_types(request: HttpRequest) -> HttpResponse:
    """Types of pages. Records may bring types of their own; their cards have the common fields."""
    no_parameters(request)
    items = [
        {"type": one.slug, "label": str(one.label), "card": types.schema_of(one)}
        for one in types.all_types()
    ]
    return answer(request, lambda _reader: orjson.dumps({"items": items}))


def _below(wanted: Listing, under: str | None, reader: Reader) -> Listing | None:
    """The list within a subtree; ``None`` when the subtree is nothing to this reader."""
    if under is None:
        return wanted
    path = read.path_of(under, reader)
    return None if path is None else replace(wanted, under=path)


def _one(reader: Reader, *, key: str = "", path: str = "") -> bytes:
    found = read.entry_json(reader, key=key, path=path)
    if found is None:
        raise NothingHere
    return found


def _list_json(
    cards: tuple[str, ...], following: str | None, counted: tuple[int, bool] | None
) -> bytes:
    """The stored cards pass through as they are."""
    tail = ""
    if counted is not None:
        number, exact = counted
        tail = f',"count":{number},"count_exact":{"true" if exact else "false"}'
    cursor = "null" if following is None else f'"{following}"'
    return f'{{"items":[{",".join(cards)}],"next":{cursor}{tail}}}'.encode()
