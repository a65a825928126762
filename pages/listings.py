"""Lists of the news types in the admin: what an editor needs to see, sort and filter by."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import MultipleUserFilter
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.models import Page

from cms.entries.models import Entry
from pages.base.audience_panel import present_gates
from pages.base.topics import Topic
from pages.home.models import HomePage
from pages.news.models import ArticlePage, BriefPage, GuidancePage, RumourPage
from pages.news.sections import SectionPage


def with_reader_gate(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Pages with the gate of their entry. No query a row."""
    gate = Entry.objects.filter(page_id=OuterRef("pk")).values("gate_id")[:1]
    return pages.annotate(reader_gate=Subquery(gate))


def say_who_reads(pages: Iterable[Any]) -> None:
    """Who reads each page now, in short; nothing while it is not published."""
    gates = present_gates()
    for page in pages:
        gate_id = getattr(page, "reader_gate", None)
        page.who_reads = "—" if gate_id is None else gates.label(gate_id)


class WithReaders:
    """A list of pages that says of each who reads it."""

    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return with_reader_gate(super().annotate_queryset(pages))  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        say_who_reads(context["object_list"])
        return context


class NewsIndexView(WithReaders, IndexView):
    def annotate_queryset(self, pages: QuerySet[Any]) -> QuerySet[Any]:
        return super().annotate_queryset(pages).prefetch_related("keeper")


class ExplorerIndexView(WithReaders, ExplorableIndexView):
    pass


def _people_who_are(role: str) -> Callable[[HttpRequest], QuerySet[Any]]:
    """Whoever is an ``author`` or ``keeper`` of some news: of all people there may be thousands."""

    def found(_request: HttpRequest) -> QuerySet[Any]:
        anywhere = Q()
        for model in (ArticlePage, BriefPage, RumourPage, GuidancePage):
            anywhere |= Q(pk__in=model.objects.exclude(**{role: None}).values(role))
        return get_user_model().objects.filter(anywhere)

    return found


class NewsFilterSet(PageFilterSet):
    """By author, owner, topic and state, beside what Wagtail offers for every page."""

    author = MultipleUserFilter(
        label=pgettext_lazy("of a page", "Author"),
        queryset=_people_who_are("author"),
        widget=forms.CheckboxSelectMultiple,
    )
    keeper = MultipleUserFilter(
        label=pgettext_lazy("of a page", "Owner"),
        queryset=_people_who_are("keeper"),
        widget=forms.CheckboxSelectMultiple,
    )
    topic = django_filters.ModelMultipleChoiceFilter(
        label=_("Topic"),
        field_name="topic_items__tag",
        queryset=Topic.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    live = django_filters.BooleanFilter(label=pgettext_lazy("of a page", "Published"))

    class Meta:
        model = ArticlePage
        fields: ClassVar[list[str]] = []


class PassedFilter(django_filters.BooleanFilter):
    """Whether the day in ``field_name`` has passed. No day never passes."""

    def filter(
        self,
        pages: QuerySet[Any],
        value: bool | None,  # noqa: FBT001
    ) -> QuerySet[Any]:
        if value is None:
            return pages
        passed = {f"{self.field_name}__lt": timezone.localdate()}
        return pages.filter(**passed) if value else pages.exclude(**passed)


class BriefFilterSet(NewsFilterSet):
    expired = PassedFilter(label=_("Out of date"), field_name="valid_to")

    class Meta:
        model = BriefPage
        fields: ClassVar[list[str]] = []


class GuidanceFilterSet(NewsFilterSet):
    overdue = PassedFilter(label=_("Review overdue"), field_name="review_at")

    class Meta:
        model = GuidancePage
        fields: ClassVar[list[str]] = []


class RumourFilterSet(NewsFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=pgettext_lazy("of a rumour", "Status"),
        choices=RumourPage.Status.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = RumourPage
        fields: ClassVar[list[str]] = []


READERS = Column("readers", label=_("Readers"), accessor="who_reads", width="18%")
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
    filterset_class = BriefFilterSet


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
