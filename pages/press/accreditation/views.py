"""The portal's pages for asking: the form, what comes next, and confirming the address."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from cms.access.reader import Reader
from cms.accounts import identity
from cms.accounts.models import User
from cms.entries.frame import Frame, frame_of
from pages.press.accreditation import requesting, terms
from pages.press.accreditation.forms import RequestForm

RATES = {"sender": "30/h/ip", "address": "5/d/key"}
"""Requests an hour from one computer, and mails a day to one address, whoever has it."""


@never_cache
def form(request: HttpRequest) -> HttpResponse:
    """Ask for accreditation. The answer is the same whoever is known here."""
    moment = identity.now()
    press_terms = terms.current(moment, get_language() or "")
    if request.method != "POST":
        filled = RequestForm(initial=_known(request), terms=press_terms)
        return shown(request, "press/accreditation.html", {"form": filled, "terms": press_terms})
    if not _may_go_on(request, "sender"):
        return ratelimit.respond_429(request)
    filled = RequestForm(request.POST, request.FILES, terms=press_terms)
    if not filled.is_valid():
        context = {"form": filled, "terms": press_terms}
        return shown(request, "press/accreditation.html", context)
    if filled.is_trapped:
        return redirect("press_accreditation_sent")
    asked = filled.asked
    if not _may_go_on(request, "address", asked.email.lower()):
        return ratelimit.respond_429(request)
    requesting.ask(asked, moment, proof_file=filled.cleaned_data["proof"], terms=press_terms)
    return redirect("press_accreditation_sent")


@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """What comes next."""
    return shown(request, "press/accreditation_sent.html", {})


@never_cache
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm the address. A button does it: programs that look into mail open every link."""
    moment = identity.now()
    found = requesting.found_by(key, moment)
    if found is None:
        return shown(request, "press/accreditation_gone.html", {}, HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        requesting.confirm(found, moment)
        return redirect("press_accreditation_confirmed")
    if found.confirmed_at is not None:
        return redirect("press_accreditation_confirmed")
    return shown(request, "press/accreditation_confirm.html", {"asked": found, "key": key})


@never_cache
def confirmed(request: HttpRequest) -> HttpResponse:
    """The request is with the desk."""
    return shown(request, "press/accreditation_confirmed.html", {})


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    """A page in the portal's frame, whose language switch leads to the same page."""

    def question(reader: Reader) -> HttpResponse:
        frame = frame_of(request, reader)
        tongues = [_here(request, one.code, one) for one in frame.tongues]
        return render(
            request,
            template,
            {**context, "frame": _with(frame, tongues), "today": reader.at},
            status=status,
        )

    return identity.answered(request, question)


def _here(request: HttpRequest, code: str, tongue: Any) -> Any:
    is_spoken = code in settings.INTERFACE_LANGUAGES
    return replace(tongue, url=translate_url(request.path, code)) if is_spoken else tongue


def _with(frame: Frame, tongues: list[Any]) -> Frame:
    return replace(frame, tongues=tongues)


def _may_go_on(request: HttpRequest, what: str, key: str | None = None) -> bool:
    used = ratelimit.consume(request, app="press", action=what, config=RATES, key=key)
    return used is not None


def _known(request: HttpRequest) -> dict[str, str]:
    """What a person who signed in need not type again."""
    user = request.user
    if not isinstance(user, User):
        return {}
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.job_title,
    }
