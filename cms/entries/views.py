"""The portal: pages rendered from entries, by the functions that the API calls."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries import answers, cursors, home, read, types
from cms.entries.frame import frame_of
from cms.entries.listing import Listing
from cms.entries.parameters import Parameters
from cms.entries.present import EntryView
from cms.problems import InvalidParameters

IN_A_SECTION = 24
RELATED = 4


def root(_request: HttpRequest) -> HttpResponse:
    """The site's address leads to the home of the visitor's language."""
    response = redirect(f"/{get_language() or settings.LANGUAGE_CODE}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


def page(request: HttpRequest, path: str) -> HttpResponse:
    """The entry at a portal path. What is missing and what is hidden give the same page."""
    return _shown(request, path=f"/{get_language()}/{path}")


def record(request: HttpRequest, key: str) -> HttpResponse:
    """The page of an entry that has no path."""
    return _shown(request, key=key)


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything under a topic."""

    def produce(reader: Reader) -> bytes:
        locale = get_language() or settings.LANGUAGE_CODE
        listing, cursor = _paged(request, Listing(topics=(slug,), locales=(locale,)))
        found = read.entries(listing, reader)
        cards = found.values
        if not cards and cursor is None:
            raise Http404
        names = {one["slug"]: one["name"] for card in cards for one in card["topics"]}
        context = {
            "frame": frame_of(request, reader),
            "topic": {"slug": slug, "name": names.get(slug, slug)},
            "cards": cards,
            "next": _next(found, listing),
            "today": reader.at,
        }
        return render(request, "pages/topic.html", context).content

    return answers.page(request, produce)


def _shown(request: HttpRequest, *, key: str = "", path: str = "") -> HttpResponse:
    def produce(reader: Reader) -> bytes:
        view = read.entry(reader, key=key, path=path)
        if view is None:
            raise Http404
        return rendered(request, reader, view).content

    return answers.page(request, produce)


def rendered(request: HttpRequest, reader: Reader, view: EntryView) -> HttpResponse:
    """One entry as a page, stored or drafted: the only rendering path."""
    kind = types.named(str(view.card["type"]))
    template = kind.template if kind else "pages/record.html"
    with translation.override(_language_of(view)):
        context = {
            "frame": frame_of(request, reader, view),
            "entry": view,
            "card": view.card,
            "kind": types.label_of(str(view.card["type"])),
            "today": reader.at,
            **_beside(request, reader, view),
        }
        return _private(render(request, template, context))


def _language_of(view: EntryView) -> str:
    return str(view.card["locale"])


def _beside(request: HttpRequest, reader: Reader, view: EntryView) -> dict[str, Any]:
    """What a page shows besides its entry: what is below a place, what is related to a text."""
    match view.card["type"]:
        case "home":
            return {"home": home.of(reader, (str(view.card["locale"]),))}
        case "section":
            listing = Listing(under=str(view.card["url"]), without=(str(view.card["key"]),))
            listing, cursor = _paged(request, listing)
            found = read.entries(replace(listing, without_types=("section",)), reader)
            places = read.entries(
                Listing(
                    types=("section",),
                    under=str(view.card["url"]),
                    without=(str(view.card["key"]),),
                    order="title",
                    limit=50,
                ),
                reader,
            )
            return {
                "cards": found.values,
                "places": places.values,
                "next": _next(found, listing),
                "is_first_page": cursor is None,
            }
        case type_ if (kind := types.named(str(type_))) and kind.context:
            return dict(kind.context(view, reader))
        case _:
            return {"related": read.newest_with_topics(view, reader, limit=RELATED)}


def _paged(request: HttpRequest, listing: Listing) -> tuple[Listing, str | None]:
    """The page of a list that the address asks for; a cursor that is not ours is a 404."""
    try:
        parameters = Parameters(request, known=request.GET)
        cursor = parameters.text("cursor", longest=2000)
        parameters.checked()
        after = cursors.decode(cursor, bound_to=_bound_to(listing)) if cursor else None
    except InvalidParameters as error:
        raise Http404 from error
    return replace(listing, limit=IN_A_SECTION, after=after), cursor


def _bound_to(listing: Listing) -> str:
    return f"portal {listing.under} {listing.topics} {listing.locales}"


def _next(found: read.Page, listing: Listing) -> str | None:
    return cursors.encode(found.next, bound_to=_bound_to(listing)) if found.next else None


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Accept-Language"
    return response


def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words whether or not something is there."""
    return _failed(request, "404.html", HTTPStatus.NOT_FOUND)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a form from elsewhere, or a door that is not for this person."""
    return _failed(request, "403.html", HTTPStatus.FORBIDDEN)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return not_allowed(request)


def _failed(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    response = answered(
        request,
        lambda reader: render(
            request, template, {"frame": frame_of(request, reader)}, status=status
        ),
    )
    response["Cache-Control"] = "private, no-store"
    return response


def styleguide(request: HttpRequest) -> HttpResponse:
    """Each component in each state, for the demo and for staff."""

    def question(reader: Reader) -> HttpResponse:
        if not settings.DEMO and not (reader.person and reader.person.is_editor):
            raise Http404
        context = {"frame": frame_of(request, reader), "yesterday": reader.at - timedelta(days=1)}
        return _private(render(request, "styleguide.html", context))

    return answered(request, question)
