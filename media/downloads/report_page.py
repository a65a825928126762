"""The admin's report of what was taken, by whom; and a person's own file of it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.accounts.models import User, display_name
from media.downloads import report, retention
from media.downloads.report import Asked, Figures
from search.admin_page import AdminPage
from search.insight.charts import chart
from search.insight.periods import PeriodForm, last, preset

VIEW = "media.view_download"
FORGET = "media.delete_download"
USUAL = 30
PRESETS = (7, 30, 90, 365)
ON_A_PAGE = 50
_NO_FILTERS = {"p", "export"}


class AskedForm(PeriodForm):
    """A period, and what narrows it down."""

    longest = timedelta(days=731)
    too_long = gettext_lazy("Two years at most: choose an earlier day.")

    kit = forms.CharField(label=gettext_lazy("Kit"), required=False, max_length=160)
    outlet = forms.CharField(label=gettext_lazy("Outlet"), required=False, max_length=200)
    person = forms.EmailField(label=gettext_lazy("Person"), required=False)
    file = forms.CharField(
        label=gettext_lazy("File"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("A part of its name, its key, or a SHA-256."),
    )

    def clean_person(self) -> int | None:
        address = self.cleaned_data["person"]
        if not address:
            return None
        person = User.objects.filter(email__iexact=address).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has this address: write all of it."))
        return person.pk


class ReportView(AdminPage):
    """Figures, charts, tables and the downloads themselves."""

    template_name = "media/downloads_report.html"
    page_title = gettext_lazy("Downloads")
    header_icon = "download"
    permission_required = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, asked = self._asked()
        if request.GET.get("export") == "csv":
            return _as_csv(report.lines(asked), f"downloads-{asked.since}-{asked.until}.csv")
        return self.render_to_response(self.get_context_data(form=form, asked=asked))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked: Asked = kwargs["asked"]
        found = report.of(asked)
        return super().get_context_data(
            presets=[preset(days) for days in PRESETS],
            figures=found,
            tiles=_tiles(found),
            by_day=chart(
                [date_format(day, "j M") for day in asked.days], found.by_day, found.whole_by_day
            ),
            tables=_tables(found),
            page=Paginator(report.latest(asked), ON_A_PAGE).get_page(self.request.GET.get("p")),
            query=_query(self.request),
            keeps_for=retention.keeps_for().days,
            **kwargs,
        )

    def _asked(self) -> tuple[AskedForm, Asked]:
        since, until = last(USUAL)
        usual = Asked(since=since, until=until)
        given = {name: value for name, value in self.request.GET.items() if value}
        form = AskedForm({"since": usual.since, "until": usual.until, **given})
        if not form.is_valid():
            return form, usual
        return form, Asked(**form.cleaned_data)


class PersonView(AdminPage):
    """What the log has of one person, for them to get, and to be taken out of."""

    template_name = "media/downloads_person.html"
    page_title = gettext_lazy("Downloads of a person")
    header_icon = "user"
    permission_required = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User, pk=pk)
        if request.GET.get("export") == "csv":
            return _as_csv(retention.of_person(person), f"downloads-person-{pk}.csv")
        return self.render_to_response(
            self.get_context_data(
                person=person,
                name=display_name(person),
                downloads=person.downloads.order_by("-started_at")[:ON_A_PAGE],
                count=person.downloads.count(),
                may_forget=request.user.has_perm(FORGET),
            )
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the person out of the log."""
        if not request.user.has_perm(FORGET):
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        count = retention.forget_person(person)
        messages.success(
            request, _("%(count)d downloads are nobody's any more.") % {"count": count}
        )
        return redirect("downloads_report")


def _as_csv(rows: Any, name: str) -> HttpResponse:
    response: Any = StreamingHttpResponse(
        report.as_csv(rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _query(request: HttpRequest) -> str:
    kept: list[Any] = [
        (name, value) for name, value in request.GET.items() if value and name not in _NO_FILTERS
    ]
    return urlencode(kept)


def _tiles(found: Figures) -> list[dict[str, Any]]:
    """Each figure with the words that make it useful."""
    return [
        {
            "name": _("Downloads"),
            "value": found.whole,
            "note": _("whole; begun: %d") % found.begun,
        },
        {"name": _("Files"), "value": found.files, "note": _("whole, inside archives too")},
        {"name": _("People"), "value": found.people, "note": _("signed in")},
        {"name": _("Outlets"), "value": found.outlets, "note": ""},
        {
            "name": _("Unnamed"),
            "value": found.strangers,
            "note": _("downloads by people who were not signed in"),
        },
        {"name": _("Delivered"), "bytes": found.bytes, "note": _("each byte counted once")},
    ]


def _tables(found: Figures) -> list[dict[str, Any]]:
    return [
        {"slug": "file", "title": _("By file"), "head": _("File"), "rows": found.by_file},
        {"slug": "outlet", "title": _("By outlet"), "head": _("Outlet"), "rows": found.by_outlet},
        {"slug": "kit", "title": _("By kit"), "head": _("Kit"), "rows": found.by_kit},
    ]
