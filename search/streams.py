"""Searches as feeds: any search for whoever asks, and a saved one for its owner alone."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import SyndicationFeed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.access.reader import Reader
from cms.entries.streams import LONGEST, followed, form_of, reader_of, secret_of, written
from search import service
from search.contract import NEWEST
from search.insight import saved
from search.portal import address
from search.service import Asked


def feed(request: HttpRequest, form: str) -> HttpResponse:
    """The newest that a search finds for the reader of the session or of the address."""
    made = form_of(form)
    asked = address.read(request.GET).asked
    title = asked.text or _("Search")
    secret = secret_of(request)
    return followed(request, lambda: _written(made, asked, title, reader_of(request, secret)))


def saved_feed(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The newest that a saved search finds for its owner, whose token stands in the address."""
    made = form_of(form)

    def question() -> HttpResponse:
        reader, one = saved.followed(secret_of(request), pk)
        filters = address.filters_of(saved.filters_of(one))
        return _written(made, Asked(text=one.query, filters=filters), one.name, reader)

    return followed(request, question)


def _written(form: type[SyndicationFeed], asked: Asked, title: str, reader: Reader) -> HttpResponse:
    # Exactly as typed: a feed that turns to another query when a word is missing misleads.
    newest = replace(asked, order=NEWEST, limit=LONGEST, is_exact=True, is_typing=False)
    cards: Sequence[dict[str, object]] = [
        dict(hit.card) for hit in service.search(newest, reader).found.hits
    ]
    return written(
        form,
        cards,
        title=title,
        url=f"{reverse('search')}?{address.query_of(asked)}",
        description=_("What this search finds, newest first"),
        locale=get_language() or "",
    )
