"""The admin's menu «Search»: what editors curate, and the pages that show what comes of it."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from search.curation import try_page
from search.curation.explain_page import ExplainView
from search.curation.forms import JudgementForm, PromotionForm, SynonymForm
from search.curation.listings import JudgementIndexView, PromotionIndexView, SynonymIndexView
from search.curation.models import Judgement, Promotion, Synonym
from search.curation.panels import TryPanel
from search.curation.quality import JudgeView, QualityView, TakeInView, WriteOutView

PREFILLED = ("words", "phrases", "query", "locale", "entry_key", "note")


class PrefilledView(CreateView):
    """A form that a report can fill in beforehand."""

    def get_initial(self) -> dict[str, Any]:
        given = {name: self.request.GET[name] for name in PREFILLED if name in self.request.GET}
        return {**super().get_initial(), **given}


class Curated(ModelViewSet):
    """What all of them share: lists that search their own columns, no copies."""

    add_view_class = PrefilledView
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    list_per_page = 50


class SynonymViewSet(Curated):
    model = Synonym
    name = "search_synonyms"
    url_prefix = "search/synonyms"
    icon = "link"
    menu_label = _("Synonyms")
    index_view_class = SynonymIndexView
    list_filter = ("is_active", "locale", "direction")
    search_fields = ("words", "note")
    edit_handler = ObjectList(
        [
            FieldPanel("words", widget=forms.Textarea(attrs={"rows": 4})),
            FieldPanel("direction", widget=forms.RadioSelect),
            FieldRowPanel([FieldPanel("locale"), FieldPanel("is_active")]),
            TryPanel("search_synonyms:try", heading=_("Try it before saving")),
            FieldRowPanel([FieldPanel("owner"), FieldPanel("note")]),
        ],
        base_form_class=SynonymForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("try/", try_page.try_synonym, name="try")]


class PromotionViewSet(Curated):
    model = Promotion
    name = "search_promotions"
    url_prefix = "search/promotions"
    icon = "pick"
    menu_label = _("Advised results")
    index_view_class = PromotionIndexView
    list_filter = ("locale", "owner")
    search_fields = ("phrases", "entry_key", "note", "on_behalf_of")
    edit_handler = ObjectList(
        [
            FieldPanel("phrases", widget=forms.Textarea(attrs={"rows": 3})),
            MultiFieldPanel(
                [FieldPanel("page"), FieldPanel("entry_key"), FieldPanel("note")],
                heading=_("What is shown"),
                help_text=_(
                    "Only those who may read it are shown it. Nobody learns that it exists."
                ),
            ),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            FieldRowPanel([FieldPanel("locale"), FieldPanel("order")]),
            TryPanel("search_promotions:try", heading=_("Try it before saving")),
            FieldRowPanel([FieldPanel("owner"), FieldPanel("on_behalf_of")]),
        ],
        base_form_class=PromotionForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("try/", try_page.try_promotion, name="try")]


class JudgementViewSet(Curated):
    model = Judgement
    name = "search_judgements"
    url_prefix = "search/judgements"
    icon = "check"
    menu_label = _("Judged answers")
    index_view_class = JudgementIndexView
    list_filter = ("locale", "grade", "by")
    search_fields = ("query", "entry_key", "note")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("query"), FieldPanel("locale")]),
            MultiFieldPanel([FieldPanel("page"), FieldPanel("entry_key")], heading=_("Entry")),
            FieldPanel("grade", widget=forms.RadioSelect),
            FieldPanel("note"),
        ],
        base_form_class=JudgementForm,
    )


def _shown_with(permission: str) -> type[MenuItem]:
    class Permitted(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            return bool(request.user.has_perm(permission))

    return Permitted


class QualityViewSet(ViewSet):
    """What the judged queries score, and judging the results of one."""

    name = "search_quality"
    url_prefix = "search/quality"
    icon = "order"
    menu_label = _("Quality of results")
    menu_item_class = _shown_with("search.add_judgement")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", QualityView.as_view(), name="index"),
            path("judge/", JudgeView.as_view(), name="judge"),
            path("import/", TakeInView.as_view(), name="import"),
            path("judgements.jsonl", WriteOutView.as_view(), name="export"),
        ]


class ExplainViewSet(ViewSet):
    """Why somebody finds something, or not."""

    name = "search_explain"
    url_prefix = "search/explain"
    icon = "help"
    menu_label = _("Why is it found, or not")
    menu_item_class = _shown_with("search.explain_results")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", ExplainView.as_view(), name="index")]


class SearchGroup(ViewSetGroup):
    """One item in the menu for all of them."""

    items = (PromotionViewSet, SynonymViewSet, JudgementViewSet, QualityViewSet, ExplainViewSet)
    menu_label = _("Portal search")
    menu_icon = "search"
    menu_order = 170
