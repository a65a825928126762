"""The portal's pages for those who are accredited: how it stands, renewing, terms, erasing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.accounts import identity
from cms.accounts.models import User
from pages.press.accreditation import notices, standing, terms
from pages.press.accreditation.views import shown


@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """How my accreditation stands."""
    reader = identity.reader_of(request)
    if reader.person is None:
        raise Http404
    one = standing.own(reader.person.id, reader.at)
    context: dict[str, Any] = {
        "status": standing.status_of(reader.person.id, reader.at),
        "is_erasure_asked": one is not None and one.erasure_asked_at is not None,
        "reason": one.reason if one else "",
        "press_room": notices.press_room(_language()),
    }
    return shown(request, "press/accreditation_mine.html", context)


@require_POST
@login_required
def renew(request: HttpRequest) -> HttpResponse:
    """Ask the desk to renew."""
    if standing.ask_renewal(_person(request), identity.now()):
        messages.success(request, _("The press desk has your request. It answers by mail."))
    return redirect("press_accreditation_mine")


@never_cache
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """Ask the desk to erase my data, after a look at what that means."""
    person = _person(request)
    if standing.own(person.pk, identity.now()) is None:
        raise Http404
    if request.method != "POST":
        return shown(request, "press/accreditation_erase.html", {})
    standing.ask_erasure(person, identity.now())
    messages.success(request, _("The press desk has your request and answers within a month."))
    return redirect("press_accreditation_mine")


@never_cache
def read_terms(request: HttpRequest) -> HttpResponse:
    """The terms of the press room, and a button for those who have yet to accept them."""
    moment = identity.now()
    person = request.user if isinstance(request.user, User) else None
    current = terms.current(moment, _language())
    if current is None:
        raise Http404
    back = _way_back(request)
    if request.method == "POST":
        if person is None:
            raise Http404
        # The version that was read, not one that was published while it was read.
        if str(current.version) == request.POST.get("version"):
            terms.accept(person, current, moment)
            return redirect(back)
        messages.warning(request, _("The terms changed meanwhile. Read them again."))
    to_accept = terms.terms_to_accept(person, moment) if person else None
    context = {"terms": current, "to_accept": to_accept, "next": back}
    return shown(request, "press/accreditation_terms.html", context)


def _way_back(request: HttpRequest) -> str:
    wish = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wish, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wish if is_ours else notices.press_room(_language())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
