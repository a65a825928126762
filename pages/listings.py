"""Lists of the news types in the admin: what an editor needs to see, sort and filter by."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.models import Page

from cms.entries.models import Entry
from pages.base.audience_panel import present_gates
from pages.home.models import HomePage
from pages.news.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from pages.news.sections import SectionPage


class ReadersColumn(Column):
    """Who reads the page now, in short; nothing while it is not published."""

    def get_value(self, instance: Any) -> str:
        gate_id = getattr(instance, "reader_gate", None)
        return "—" if gate_id is None else present_gates().label(gate_id)


def with_reader_gate(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Pages with the gate of their entry. No query a row."""
    gate = Entry.objects.filter(page_id=OuterRef("pk")).values("gate_id")[:1]
    return pages.annotate(reader_gate=Subquery(gate))


class NewsIndexView(IndexView):
    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return with_reader_gate(super().annotate_queryset(pages))


class ExplorerIndexView(ExplorableIndexView):
    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return with_reader_gate(super().annotate_queryset(pages))


class NewsFilterSet(PageFilterSet):
    """By owner, author and state, beside what Wagtail offers for every page."""

    keeper = django_filters.ModelMultipleChoiceFilter(
        label=pgettext_lazy("of a page", "Owner"),
        queryset=lambda request: get_user_model().objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
    )
    live = django_filters.BooleanFilter(label=pgettext_lazy("of a page", "Published"))

    class Meta:
        model = ArticlePage
        fields: ClassVar[list[str]] = []


class GuidanceFilterSet(NewsFilterSet):
    overdue = django_filters.BooleanFilter(label=_("Review overdue"), method="filter_overdue")

    class Meta:
        model = GuidancePage
        fields: ClassVar[list[str]] = []

    def filter_overdue(
        self,
        pages: QuerySet[Any],
        _name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Any]:
        today = datetime.now(UTC).date()
        late = {"review_at__lt": today}
        return pages.filter(**late) if value else pages.exclude(**late)


class RumourFilterSet(NewsFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=pgettext_lazy("of a rumour", "Status"),
        choices=RumourPage.Status.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = RumourPage
        fields: ClassVar[list[str]] = []


READERS = ReadersColumn("readers", label=_("Readers"), width="18%")
OWNER = Column("keeper", label=pgettext_lazy("of a page", "Owner"), sort_key="keeper", width="14%")


def _columns(*more: Column) -> list[Column]:
    *first, status = IndexView.base_columns
    return [*first, OWNER, READERS, *more, status]


class ArticleListing(PageListingViewSet):
    model = ArticlePage
    index_view_class = NewsIndexView
    icon = "doc-full"
    menu_label = _("Articles")
    add_to_admin_menu = False
    name = "articles"
    columns = _columns()
    filterset_class = NewsFilterSet


class BriefListing(ArticleListing):
    model = BriefPage
    icon = "clipboard-list"
    menu_label = _("Operational briefs")
    name = "briefs"
    columns = _columns(DateColumn("valid_to", label=_("Valid to"), sort_key="valid_to"))


class RumourListing(ArticleListing):
    model = RumourPage
    icon = "help"
    menu_label = _("Answers to rumours")
    name = "rumours"
    columns = _columns(Column("get_status_display", label=_("Verdict"), sort_key="status"))
    filterset_class = RumourFilterSet


class GuidanceListing(ArticleListing):
    model = GuidancePage
    icon = "list-ul"
    menu_label = _("Guidance")
    name = "guidance"
    columns = _columns(DateColumn("review_at", label=_("Review by"), sort_key="review_at"))
    filterset_class = GuidanceFilterSet


class NewsGroup(ViewSetGroup):
    """One item in the menu for all of them."""

    items = (ArticleListing, BriefListing, RumourListing, GuidanceListing)
    menu_label = _("News")
    menu_icon = "doc-full-inverse"
    menu_order = 150


class ExplorerViewSet(PageViewSet):
    """The explorer says of each page who reads it."""

    model = Page
    parent_models: ClassVar = [HomePage, SectionPage]
    index_view_class = ExplorerIndexView
    columns = [*ExplorableIndexView.base_columns, READERS]
