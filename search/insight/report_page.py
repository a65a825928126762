"""The admin's report of what is asked: counted, drawn, and never said of whom."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from search.admin_page import AdminPage
from search.insight import logging as log
from search.insight import report
from search.insight.charts import chart
from search.insight.figures import CLICK_PLACES, Figures, most
from search.insight.people import least_people
from search.insight.periods import PeriodForm, last, preset
from search.insight.report import Period

PERMISSION = "search.view_asked"
NAME = "search_report"
USUAL = 30
PRESETS = (7, 30, 90)
EXPORTS = {
    "csv": ("text/csv; charset=utf-8", report.as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", report.as_json_lines),
}


class ReportView(AdminPage):
    """Figures, charts and queries of a period."""

    template_name = "search_admin/report.html"
    page_title = gettext_lazy("Searches")
    header_icon = "search"
    permission_required = PERMISSION

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # What this process has not written yet is asked as well.
        log.flush()
        if request.GET.get("export") in EXPORTS:
            return self._export(request.GET["export"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, period = self._period()
        found = report.of(period)
        return super().get_context_data(
            form=form,
            period=period,
            presets=[preset(days) for days in PRESETS],
            figures=found,
            tiles=_tiles(found),
            by_day=_by_day(found),
            by_place=_by_place(found),
            tables=_tables(found),
            least=least_people(),
            most_rows=report.MOST_ROWS if report.is_cut(period) else 0,
            query=f"since={period.since}&until={period.until}",
            **kwargs,
        )

    def _period(self) -> tuple[PeriodForm, Period]:
        usual = Period(*last(USUAL))
        if not {"since", "until"} & set(self.request.GET):
            return PeriodForm(initial={"since": usual.since, "until": usual.until}), usual
        form = PeriodForm(self.request.GET)
        if not form.is_valid():
            return form, usual
        return form, Period(form.cleaned_data["since"], form.cleaned_data["until"])

    def _export(self, form: str) -> HttpResponse:
        _form, period = self._period()
        content_type, write = EXPORTS[form]
        response = HttpResponse(write(report.of(period).queries), content_type=content_type)
        name = f"searches-{period.since}-{period.until}.{form}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def urls() -> list[URLPattern]:
    return [path("reports/searches/", ReportView.as_view(), name=NAME)]


def menu_item() -> MenuItem:
    return _ReportItem(gettext_lazy("Searches"), reverse(NAME), icon_name="search", order=900)


class _ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


def _tiles(found: Figures) -> list[dict[str, Any]]:
    """Each figure with the words that make it useful."""
    percent = _("%.1f %%")
    return [
        {"name": _("Searches"), "value": found.searches},
        {
            "name": _("People"),
            "value": found.people,
            "note": _("signed in; each counts once a month"),
        },
        {
            "name": _("Without a result"),
            "value": percent % found.share(found.nothing),
            "note": _("of all searches"),
        },
        {
            "name": _("Abandoned"),
            "value": percent % found.share(found.abandoned, found.with_results),
            "note": _("had results, and nothing was opened in the visit"),
        },
        {
            "name": _("Asked anew"),
            "value": percent % found.share(found.reformulated),
            "note": _("in other words, within a minute"),
        },
        {
            "name": _("Corrections"),
            "value": found.corrections,
            "note": _("offered; accepted: %d") % found.accepted,
        },
        {
            "name": _("Place opened"),
            "value": f"{found.click_position:.1f}" if found.clicks else "—",
            "note": _("on average, of %d opened") % found.clicks,
        },
        {
            "name": _("Time to answer"),
            "value": _("%d ms") % found.p50,
            "note": _("the middle; 95 of 100 within %(p95)d ms, 99 within %(p99)d ms")
            % {"p95": found.p95, "p99": found.p99},
        },
        {
            "name": _("Second engine"),
            "value": percent % found.share(found.fallback),
            "note": _("answered because the first one could not"),
        },
    ]


def _by_day(found: Figures) -> Any:
    return chart(
        [date_format(day.day, "j M") for day in found.days],
        [day.searches for day in found.days],
        [day.nothing for day in found.days],
    )


def _by_place(found: Figures) -> Any:
    labels = [*map(str, range(1, CLICK_PLACES + 1)), f"> {CLICK_PLACES}"]
    return chart(labels, found.clicks_at)


def _tables(found: Figures) -> list[dict[str, Any]]:
    rows = found.queries
    return [
        {
            "slug": "top",
            "title": _("Most frequent"),
            "rows": most(rows, lambda one: one.count),
            "empty": _("No query was asked by enough people yet."),
        },
        {
            "slug": "nothing",
            "title": _("Without a result"),
            "rows": most(rows, lambda one: one.nothing),
            "empty": _("Every query that may be shown found something."),
        },
        {
            "slug": "abandoned",
            "title": _("Abandoned"),
            "rows": most(rows, lambda one: one.abandoned),
            "empty": _("Nothing was given up."),
        },
        {
            "slug": "slow",
            "title": _("Slow"),
            "rows": most(rows, lambda one: one.slowness),
            "empty": _("Nothing was slow."),
        },
    ]
