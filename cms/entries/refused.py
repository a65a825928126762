"""A download that was refused: a page of the portal for people, a problem for programs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms import problems
from cms.access.reader import Reader
from cms.accounts.identity import answered
from cms.entries import read
from cms.entries.frame import frame_of
from cms.problems import InvalidCredentials, Problem

FOLLOWED = re.compile(
    r"/files/[^/]+(/[^/]+)?|/api/v1/(kits/(?P<kit>[^/]+)/v\d+\.zip|contacts/[^/]+\.vcf)"
)
"""Addresses that links of pages lead to. All others are asked by programs."""
TYPES = ("application/problem+json", "application/json", "text/html")
LINK = "k"
"""The parameter of a link that says who asks: it is told to no other page."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says. ``way`` is where its first button leads, a name of ``WAYS``."""

    heading: str | Promise
    text: str | Promise
    way: str = ""


GENERAL = Words(
    _("This cannot be downloaded."),
    _("Not as it was asked for. Open the page again from which you came, and choose anew."),
    "kit",
)
SAID: Mapping[str, Words] = {
    "terms-to-accept": Words(
        _("First, the terms."),
        _("Read and accept the terms of the press room once. The download begins after that."),
        "remedy",
    ),
    "nothing-here": Words(
        _("The thread ends here."),
        _("There is nothing at this address, or nothing for you: we do not say which."),
        "sign in",
    ),
    "invalid-credentials": Words(
        _("This link is no longer good."),
        _("It has expired, or was revoked. Sign in, and you get what is yours to read."),
        "sign in",
    ),
    "precondition-failed": Words(
        _("The kit has changed meanwhile."),
        _("What you were offered is another archive by now. Open the kit again and take that one."),
        "kit",
    ),
    "kit-is-being-made": Words(
        _("Not ready yet."),
        _("The files are being prepared. That takes some seconds: try again in a moment."),
        "again",
    ),
    "too-many-requests": Words(
        _("Too many requests in this minute."), _("Wait a minute, then try again."), "again"
    ),
    "not-now": Words(
        _("Not at this moment."),
        _("Many downloads are running, or a storage does not answer. Try again in a moment."),
        "again",
    ),
    "file-lost": Words(
        _("A file of this kit cannot be read."),
        _("Our people are told of it. Take the other files one by one."),
        "kit",
    ),
}
ALIKE = {"being-made": "kit-is-being-made"}


@dataclass(frozen=True, slots=True)
class Way:
    """A button: where it leads, and its words."""

    href: str
    words: str | Promise


def is_for_people(request: HttpRequest) -> bool:
    """Whether somebody followed a link to a file or an archive, in a browser that shows pages."""
    if request.method != "GET" or not FOLLOWED.fullmatch(request.path_info):
        return False
    return request.get_preferred_type(TYPES) == "text/html"


def as_json(request: HttpRequest, problem: Problem) -> HttpResponse:
    """For programs, with the address where a person settles it."""
    if not problem.remedy:
        return problems.render(problem)
    with translation.override(_language_of(request)):
        return problems.render(problem, _remedy(request, problem))


def as_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """For people. The status is for its caller to set."""

    def question(reader: Reader) -> HttpResponse:
        said = SAID.get(ALIKE.get(problem.slug, problem.slug), GENERAL)
        context = {
            "frame": frame_of(request, reader),
            "said": said,
            "way": WAYS[said.way](request, problem, reader),
        }
        return render(request, "refused.html", context)

    with translation.override(_language_of(request)):
        try:
            return answered(request, question)
        except InvalidCredentials:  # whoever sent that token may sign in
            request.META.pop("HTTP_AUTHORIZATION", None)
            return answered(request, question)


def _settled(request: HttpRequest, problem: Problem, reader: Reader) -> Way | None:
    address = _remedy(request, problem)
    return Way(address, _("Read and accept the terms, then download")) if address else None


def _signed_in(request: HttpRequest, problem: Problem, reader: Reader) -> Way | None:
    if reader.person is not None:
        return None
    query = urlencode({"next": _address_of(request)})
    return Way(f"{reverse('account_login')}?{query}", _("Sign in"))


def _asked_again(request: HttpRequest, problem: Problem, reader: Reader) -> Way | None:
    return Way(request.get_full_path(), _("Try again"))


def _kit(request: HttpRequest, problem: Problem, reader: Reader) -> Way | None:
    """The page of the kit whose archive was asked for, if the reader may read it."""
    found = FOLLOWED.fullmatch(request.path_info)
    key = found["kit"] if found else None
    card = read.cards_of([key], reader).get(key) if key else None
    return Way(str(card["url"]), _("Open the kit")) if card else None


WAYS: Mapping[str, Callable[[HttpRequest, Problem, Reader], Way | None]] = {
    "remedy": _settled, "sign in": _signed_in, "again": _asked_again, "kit": _kit,
}  # fmt: skip


def _remedy(request: HttpRequest, problem: Problem) -> str:
    if not problem.remedy:
        return ""
    return f"{reverse(problem.remedy)}?{urlencode({'next': _address_of(request)})}"


def _address_of(request: HttpRequest) -> str:
    """What was asked, by whoever comes back to it."""
    query = request.GET.copy()
    query.pop(LINK, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _language_of(request: HttpRequest) -> str:
    """That of the page from which somebody came, else what their browser asks for."""
    came = urlsplit(request.META.get("HTTP_REFERER", ""))
    spoken = settings.INTERFACE_LANGUAGES
    named = came.path.strip("/").partition("/")[0]
    if came.netloc == request.get_host() and named in spoken:
        return named
    asked = translation.get_language_from_request(request)
    return asked if asked in spoken else str(spoken[0])
