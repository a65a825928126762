"""Feeds of a section (Atom, RSS, JSON) and the sitemap: what readers and crawlers may know."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed

from cms.access.reader import Reader, StaleReader
from cms.accounts import identity
from cms.accounts.identity import TRIES
from cms.entries import read, types
from cms.entries.answers import cache_control, fresh_until
from cms.entries.json_feed import JsonFeed
from cms.entries.listing import Listing
from cms.problems import InvalidCredentials, NotNow

FORMATS: dict[str, type[SyndicationFeed]] = {
    "atom": Atom1Feed,
    "rss": Rss201rev2Feed,
    "json": JsonFeed,
}
UNMEASURED = "0"
"""Length of an enclosure in RSS 2.0, where saying it would mean to open the file."""
LONGEST = 30
SITEMAP = 100
MOST_URLS = 50_000


def feed(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The feed of a section, for its public part or, with a token in the address, for its owner."""
    made = form_of(form)
    secret = secret_of(request)
    return followed(request, lambda: _feed(reader_of(request, secret), key, made))


def form_of(name: str) -> type[SyndicationFeed]:
    if name not in FORMATS:
        raise Http404
    return FORMATS[name]


def secret_of(request: HttpRequest) -> str:
    return request.GET.get("token", "")


def followed(request: HttpRequest, question: Callable[[], HttpResponse]) -> HttpResponse:
    """A feed's answer, asked again where access changed, and kept to whoever has its address."""
    secret = secret_of(request)
    for _ in range(TRIES):
        try:
            response = question()
        except StaleReader:
            identity.forget_token(secret)
            identity.forget(request)
        except InvalidCredentials as error:
            raise Http404 from error
        else:
            return _private(response, secret)
    raise NotNow


def reader_of(request: HttpRequest, secret: str) -> Reader:
    """Whose feed it is: by the token in its address, or by the session."""
    if secret:
        reader = identity.reader_for_token(secret)
        if "feed" not in reader.grants.scopes:
            raise InvalidCredentials
        return reader
    return identity.reader_of(request)


def _private(response: HttpResponse, secret: str) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Authorization"
    if secret:
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
    return response


def _feed(reader: Reader, key: str, form: type[SyndicationFeed]) -> HttpResponse:
    view = read.entry(reader, key=key)
    if view is None:
        raise Http404
    listing = Listing(
        under=str(view.card["url"]),
        without=(key,),
        without_types=tuple(one.slug for one in types.all_types() if not one.in_streams),
        limit=LONGEST,
    )
    card = view.card
    return written(
        form,
        read.entries(listing, reader).values,
        title=str(card["title"]),
        url=str(card["url"]),
        description=str(card["summary"]) or str(card["title"]),
        locale=str(card["locale"]),
    )


def written(
    form: type[SyndicationFeed],
    cards: Iterable[Mapping[str, Any]],
    *,
    title: str,
    url: str,
    description: str,
    locale: str,
) -> HttpResponse:
    """A feed of cards as an answer."""
    made: Any = form(
        title=f"{title} · {settings.WAGTAIL_SITE_NAME}",
        link=settings.BASE_URL + url,
        description=description,
        language=locale,
        # Without it, Atom would repeat the address, and with it whatever secret it holds.
        feed_url=None,
    )
    for one in cards:
        made.add_item(
            title=one["title"],
            link=_absolute(one["url"]),
            description=one["summary"],
            unique_id=f"{settings.BASE_URL}/{one['key']}",
            unique_id_is_permalink=False,
            pubdate=_moment(one["published_at"]),
            updateddate=_moment(one["updated_at"]),
            categories=[topic["name"] for topic in one["topics"]],
            author_name=(one.get("author") or {}).get("name"),
            enclosures=_enclosures(one),
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


def _enclosures(card: Mapping[str, Any]) -> list[Enclosure]:
    """The picture of the card, which whoever follows the address is asked for like everybody."""
    image = card["image"]
    return [Enclosure(_absolute(image["src"]), UNMEASURED, "image/webp")] if image else []


def sitemap(request: HttpRequest) -> HttpResponse:
    """What is public, newest first, page by page (sitemaps.org)."""

    def question(reader: Reader) -> HttpResponse:
        urls: list[tuple[str, str]] = []
        listing = Listing(order="-updated_at", limit=SITEMAP)
        while len(urls) < MOST_URLS:
            found = read.entries(listing, reader)
            urls += [
                (card["url"], card["updated_at"])
                for card in found.values
                if card["url"].startswith("/")
            ]
            if found.next is None:
                break
            listing = Listing(order="-updated_at", limit=SITEMAP, after=found.next)
        return HttpResponse(_sitemap(urls), content_type="application/xml")

    # A crawler is a stranger, whoever's browser asks.
    request.COOKIES.clear()
    request.META.pop("HTTP_AUTHORIZATION", None)
    response = identity.answered(request, question)
    now = identity.now()
    seconds = fresh_until(now, read.proof(now).until)
    response["Cache-Control"] = cache_control(seconds)
    return response


def _sitemap(urls: list[tuple[str, str]]) -> str:
    lines = "".join(
        f"<url><loc>{escape(settings.BASE_URL + url)}</loc><lastmod>{updated}</lastmod></url>"
        for url, updated in urls
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'
    )


def _absolute(url: str) -> str:
    return settings.BASE_URL + url if url.startswith("/") else url


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
