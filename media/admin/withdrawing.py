"""Taking a file back, from every page that holds it, and giving it out again."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import log

from cms.entries.models import Holding
from media.admin.files import may
from media.downloads import recall
from media.library import asset_of

WITHDRAWN = "media.withdraw"
LIFTED = "media.lift"


def withdraw(asset: Any, *, because: str, at: datetime, by: Any = None) -> None:
    """From now on nobody gets the file, whatever page or kit holds it."""
    asset.withdrawn_at = at
    asset.withdrawn_because = because
    asset.save()
    log(asset, WITHDRAWN, user=by, data={"because": because})


def lift(asset: Any, *, by: Any = None) -> None:
    """Those who could have the file can have it again."""
    asset.withdrawn_at = None
    asset.withdrawn_because = ""
    asset.save()
    log(asset, LIFTED, user=by)


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Those who took the file may be told this."),
    )


def holders_of(asset: Any) -> int:
    """How many published entries hold the file."""
    return Holding.objects.filter(file=asset.file_key).values("entry").distinct().count()


def withdraw_view(request: HttpRequest, file: str) -> HttpResponse:
    """Ask why, and say whom it concerns."""
    asset = _own(request, file)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw(
            asset,
            because=form.cleaned_data["because"],
            at=datetime.now(UTC),
            by=request.user,
        )
        messages.success(request, _("“%(title)s” is withdrawn.") % {"title": asset.title})
        return redirect(_edit_url(request, asset))
    return _confirm(request, asset, "media/admin/withdraw.html", form)


def lift_view(request: HttpRequest, file: str) -> HttpResponse:
    """Ask once more, and give it out again."""
    asset = _own(request, file)
    if request.method == "POST":
        lift(asset, by=request.user)
        messages.success(request, _("“%(title)s” is given out again.") % {"title": asset.title})
        return redirect(_edit_url(request, asset))
    return _confirm(request, asset, "media/admin/lift.html", None)


def _confirm(
    request: HttpRequest, asset: Any, template: str, form: forms.Form | None
) -> HttpResponse:
    return TemplateResponse(
        request,
        template,
        {
            "asset": asset,
            "form": form,
            "holders": holders_of(asset),
            "takers": recall.count_of(asset.file_key),
            "strangers": recall.anonymous_of(asset.file_key),
            "back": _edit_url(request, asset),
        },
    )


def _own(request: HttpRequest, file: str) -> Any:
    asset = asset_of(file)
    if asset is None:
        raise Http404
    if not may(request.user, ["change"], asset):
        raise PermissionDenied
    return asset


def _edit_url(request: HttpRequest, asset: Any) -> str:
    return AdminURLFinder(request.user).get_edit_url(asset) or "/editor/"
