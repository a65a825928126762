"""Pages of the admin about quality: judge results, and see what the judged queries score."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.access.reader import Reader
from cms.accounts import identity
from search.admin_page import AdminPage, Permitted
from search.contract import EngineFailed, Filters
from search.curation import exchange, judging, readers
from search.curation.fields import LocaleField, QueryField
from search.curation.measuring import MOST_AT_ONCE, Measured, measure
from search.curation.models import Judgement

LARGEST = 8 * 1024 * 1024
SHOWN = 20


class QueryForm(forms.Form):
    """A query to judge the results of."""

    q = QueryField(label=gettext_lazy("Query"), required=False)
    locale = LocaleField()


class LinesForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File of JSON Lines"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is too large: 8 MB at most."))
        return file


class JudgeView(AdminPage):
    """The results of a query as this editor gets them, each to be graded."""

    template_name = "search_admin/judge.html"
    page_title = gettext_lazy("Judge results")
    header_icon = "check"
    permission_required = "search.add_judgement"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = QueryForm(self.request.GET or None)
        context = super().get_context_data(form=form, grades=Judgement.Grade.choices, **kwargs)
        if not form.is_valid() or not form.cleaned_data["q"]:
            return context
        query, locale = form.cleaned_data["q"], form.cleaned_data["locale"]
        known = dict(
            Judgement.objects.filter(query=query, locale=locale).values_list("entry_key", "grade")
        )

        def question(reader: Reader) -> list[dict[str, Any]]:
            return _graded(query, locale, known, reader)

        return {**context, "query": query, "asked_locale": locale, "lines": self._asked(question)}

    def _asked(self, question: Any) -> Any:
        return identity.answered(self.request, question)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = QueryForm(request.POST)
        if not form.is_valid() or not form.cleaned_data["q"]:
            return HttpResponse(status=400)
        query, locale = form.cleaned_data["q"], form.cleaned_data["locale"]
        grades = {
            key.removeprefix("grade-"): int(grade)
            for key, grade in request.POST.items()
            if key.startswith("grade-") and grade in {"0", "1", "2", "3"}
        }
        for key, grade in list(grades.items())[:SHOWN]:
            Judgement.objects.update_or_create(
                query=query,
                locale=locale,
                entry_key=key[:160],
                defaults={"grade": grade, "by_id": request.user.pk},
            )
        told = ngettext("%d answer is judged.", "%d answers are judged.", len(grades))
        messages.success(request, told % len(grades))
        return HttpResponseRedirect(reverse("search_quality:index"))


def _graded(query: str, locale: str, known: dict[str, int], reader: Reader) -> list[dict[str, Any]]:
    from search import service

    filters = Filters(locales=(locale,) if locale else ())
    outcome = service.search(service.Asked(text=query, filters=filters, limit=SHOWN), reader)
    return [
        {"key": hit.key, "card": hit.card, "hit": hit, "grade": known.get(hit.key)}
        for hit in outcome.found.hits
    ]


class QualityView(AdminPage):
    """What each engine scores at the judged queries, for this editor."""

    template_name = "search_admin/quality.html"
    page_title = gettext_lazy("Quality of results")
    header_icon = "order"
    permission_required = "search.add_judgement"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        queries = judging.stored()
        shown = queries[:MOST_AT_ONCE]
        measured = readers.steadily(
            lambda: identity.reader_of(self.request), lambda reader: _every_engine(shown, reader)
        )
        rows = [
            {"judged": one, "scores": [engine.scores[at] for engine in measured if engine.scores]}
            for at, one in enumerate(shown)
        ]
        return super().get_context_data(
            measured=measured,
            rows=rows,
            total=len(queries),
            left_out=len(queries) - len(shown),
            lines_form=kwargs.pop("lines_form", None) or LinesForm(),
            **kwargs,
        )


def _every_engine(queries: list[judging.Judged], reader: Reader) -> list[Measured]:
    from search import service

    found = []
    for engine in service.engines():
        try:
            found.append(measure(queries, reader, engine=engine))
        except EngineFailed:
            found.append(Measured(engine, ()))
    return found


class TakeInView(QualityView):
    """A file of judged answers, taken in. Bad lines are named and left out."""

    success_url = reverse_lazy("search_quality:index")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LinesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(lines_form=form))
        tally = exchange.take_in(form.cleaned_data["file"], by=request.user.pk)
        told = ngettext("%d answer was taken in.", "%d answers were taken in.", tally.stored)
        messages.success(request, told % tally.stored)
        for line in tally.bad:
            messages.warning(request, line)
        return HttpResponseRedirect(str(self.success_url))


class WriteOutView(Permitted):
    """Every judged answer as a file."""

    permission_required = "search.add_judgement"

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        response = StreamingHttpResponse(
            exchange.write_out(), content_type="application/jsonl; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="judgements.jsonl"'
        return response
