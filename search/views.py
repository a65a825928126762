"""The page of search, its live answers, and the word that a result was opened."""

import time
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries.frame import Frame, frame_of
from search import api, kept
from search.contract import PlaceLost
from search.insight import logging, saved
from search.portal import address
from search.portal.showing import Shown, shown
from search.service import Asked, Outcome

LONGEST_START = 7  # digits


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A search as a whole page."""

    def question(reader: Reader) -> HttpResponse:
        frame = _in_every_tongue(frame_of(request, reader), request)
        kept = saved.saved_by(reader.person.id) if reader.person else []
        context = {"frame": frame, "saved": kept, "today": reader.at, **_found(request, reader)}
        return render(request, "search/page.html", context)

    return _private(answered(request, question))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The same as pieces of that page: what changes while somebody types, ticks or reads on."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('search')}?{request.GET.urlencode()}")

    def question(reader: Reader) -> HttpResponse:
        found = _found(request, reader)
        result: Shown = found["search"]
        context = {"person": reader.person, "today": reader.at, **found}
        if not result.is_first_page:
            return render(request, "search/more.html", context)
        response = render(request, "search/live.html", context)
        # What is typed changes one step of the browser's history; what is chosen makes another.
        header = "HX-Replace-Url" if _is_typing(request) else "HX-Push-Url"
        here = reverse("search")
        response[header] = f"{here}?{result.query}" if result.query else here
        return response

    return _private(answered(request, question))


@require_POST
def clicked(request: HttpRequest) -> HttpResponse:
    """A result was opened. Whoever tells does not wait for the answer."""
    ask, key = request.POST.get("ask", ""), request.POST.get("key", "")
    position = _number(request.POST.get("position", ""))
    answered(request, lambda reader: logging.click(ask, key, position, reader))
    response = HttpResponse(status=204)
    response["Cache-Control"] = "private, no-store"
    return response


def _found(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    """What the search of an address finds, written down once everything has been asked."""
    started = time.perf_counter()
    wanted = address.read(request.GET)
    asked = address.placed(wanted)
    try:
        outcome = kept.search(asked, reader)
    except PlaceLost:
        asked = wanted.asked
        outcome = kept.search(asked, reader)
    if _may_be_begun(asked, outcome):
        begun = replace(asked, is_typing=True)
        found = kept.search(begun, reader)
        if found.found.count:
            wanted, asked, outcome = replace(wanted, asked=begun), begun, found
    start = _number(request.GET.get("start", "")) if asked.after else 0
    result = shown(wanted, asked, outcome, reader, start)
    logging.take_back(request.GET.get("was", ""), reader)
    ask = api.note(asked, outcome, reader, started) if asked.text else ""
    return {"search": result, "ask": ask, "is_typing": _is_typing(request)}


def _may_be_begun(asked: Asked, outcome: Outcome) -> bool:
    """Whether nothing has the last word: people press Enter on one that they only began."""
    is_whole = asked.is_exact or asked.is_typing or asked.after is not None
    return bool(asked.text) and not outcome.found.count and not is_whole


def _is_typing(request: HttpRequest) -> bool:
    return request.GET.get("typing") == "true"


def _in_every_tongue(frame: Frame, request: HttpRequest) -> Frame:
    """The language switch keeps the search."""
    query = address.query_of(address.read(request.GET).asked)
    tongues = []
    for tongue in frame.tongues:
        with override(tongue.code):
            here = reverse("search")
        tongues.append(replace(tongue, url=f"{here}?{query}" if query else here))
    return replace(frame, tongues=tongues)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Accept-Language"
    return response


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_START
    return int(text) if is_number else 0
