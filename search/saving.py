"""Saved searches of a person: to keep one, to see them, to follow one, to take one away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.access.reader import Reader
from cms.accounts.identity import answered, now
from cms.accounts.views import address_made
from cms.entries.frame import frame_of
from cms.problems import InvalidParameters
from search.insight import saved
from search.insight.models import SavedSearch
from search.portal import address, panel
from search.service import Asked


@never_cache
@login_required
def searches(request: HttpRequest) -> HttpResponse:
    """The list, and where a new one is sent to."""
    if request.method == "POST":
        return _keep(request)

    def question(reader: Reader) -> HttpResponse:
        kept = saved.saved_by(_id(request))
        lines = [
            {
                "one": one,
                "filters": panel.in_words(address.filters_of(saved.filters_of(one)), reader),
            }
            for one in kept
        ]
        context = {"frame": frame_of(request, reader), "lines": lines, "today": reader.at}
        return render(request, "search/saved.html", context)

    return answered(request, question)


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one away. What is not there any more is gone already."""
    if saved.take_away(_id(request), pk):
        messages.success(request, _("The saved search is gone, and so is its feed."))
    return redirect("search_saved")


@never_cache
@login_required
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """Its results."""
    one = _one(request, pk)
    saved.seen(_id(request), pk, now())
    return redirect(_way_to(one))


@never_cache
@login_required
def feed_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the address of its feed, with a token of its own that can be revoked."""
    one = _one(request, pk)
    path = reverse("search_saved_feed", kwargs={"pk": pk, "form": "atom"})
    context: dict[str, Any] = {"one": one, **address_made(request, f"Atom {one.name}", path)}
    return render(request, "search/feed.html", context)


def _keep(request: HttpRequest) -> HttpResponse:
    asked = address.read(request.POST).asked
    here = f"{reverse('search')}?{address.query_of(asked)}"
    try:
        saved.keep(
            _id(request),
            asked.text,
            name=request.POST.get("name", ""),
            filters=address.kept(asked.filters),
            locale=get_language() or "",
            at=now(),
        )
    except InvalidParameters as error:
        messages.error(request, " ".join(one.message for one in error.errors))
    else:
        messages.success(request, _("The search is saved."))
    return redirect(here)


def _way_to(one: SavedSearch) -> str:
    asked = Asked(text=one.query, filters=address.filters_of(saved.filters_of(one)))
    return f"{reverse('search')}?{address.query_of(asked)}"


def _one(request: HttpRequest, pk: int) -> SavedSearch:
    found = saved.one_of(_id(request), pk)
    if found is None:
        raise Http404
    return found


def _id(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise Http404
    return request.user.pk
