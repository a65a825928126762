"""The administrator's way into somebody's eyes, and out of them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.log_actions import log

from cms.accounts.models import Organisation, User
from cms.accounts.viewing import COOKIE, LASTS, VISITOR, Subject, signed

ACTION = "cms.view_as"
MODELS: dict[str, Any] = {"user": User, "organisation": Organisation}


@never_cache
def view_as(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask, then look: ``kind`` is user, organisation or visitor."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    seen: Any = request.user
    if kind != VISITOR:
        seen = kind in MODELS and MODELS[kind].objects.filter(pk=pk).first()
        if not seen:
            raise Http404
    name = _("a visitor") if kind == VISITOR else str(seen)
    if request.method != "POST":
        title = _("View the portal as %(name)s") % {"name": name}
        return render(request, "account/view_as.html", {"title": title})
    log(instance=seen, action=ACTION, user=request.user, data={"as": kind, "name": name})
    response = HttpResponseRedirect("/")
    response.set_cookie(
        COOKIE,
        signed(Subject(kind, pk), request.session.session_key or ""),
        max_age=int(LASTS.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again. Leading elsewhere or told by another site, it does no harm."""
    response = HttpResponseRedirect("/")
    response.delete_cookie(COOKIE)
    return response
