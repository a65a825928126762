"""The admin's list of documents that Elasticsearch refused, with a button to try them again."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.menu import MenuItem

from cms.entries import feed
from cms.entries.models import Change
from search.admin_page import AdminPage
from search.engines.elastic.lag import lag
from search.engines.elastic.models import DeadLetter

PERMISSION = "search.change_deadletter"
NAME = "search_refused"
MOST = 500


class RefusedView(AdminPage):
    """What was refused and why. Posting a key, or nothing for all, feeds it again."""

    template_name = "search_admin/refused.html"
    page_title = gettext_lazy("Refused search documents")
    header_icon = "warning"
    permission_required = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            letters=DeadLetter.objects.all()[:MOST],
            count=DeadLetter.objects.count(),
            lag=lag(at=datetime.now(UTC)),
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        tried = try_again(request.POST.getlist("key"), at=datetime.now(UTC))
        messages.success(
            request,
            ngettext(
                "%d entry is tried again within seconds.",
                "%d entries are tried again within seconds.",
                tried,
            )
            % tried,
        )
        return redirect(NAME)


@transaction.atomic
def try_again(keys: list[str], *, at: datetime) -> int:
    """Put refused entries into the feed once more; all of them where none is named."""
    letters = DeadLetter.objects.filter(key__in=keys) if keys else DeadLetter.objects.all()
    found = sorted(letters.values_list("key", flat=True))
    feed.append(found, kind=Change.Kind.PUT, at=at)
    return len(found)


def urls() -> list[URLPattern]:
    return [path("reports/search-refused/", RefusedView.as_view(), name=NAME)]


def menu_item() -> MenuItem:
    return _RefusedItem(
        gettext_lazy("Refused search documents"), reverse(NAME), icon_name="warning", order=910
    )


class _RefusedItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        in_use = bool(settings.ELASTICSEARCH_URL) or DeadLetter.objects.exists()
        return in_use and bool(request.user.has_perm(PERMISSION))
