"""The lists of pictures and documents: how each stands, and what wants somebody."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn
from wagtail.documents.views import documents
from wagtail.images.views import images

from media.admin.states import FILTERS
from media.models import Document, Image, Scan


class StatesColumn(BaseColumn):
    """Unconfirmed, ending, embargoed, withdrawn, infected: what an editor should know."""

    cell_template_name = "media/admin/states_cell.html"


def states_column() -> StatesColumn:
    return StatesColumn("states", label=_("State"), width="18%")


class RightsFilter(django_filters.MultipleChoiceFilter):
    """Files that stand in any of these ways now."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Rights"),
            choices=[(code, label) for code, (label, _condition) in FILTERS.items()],
            widget=forms.CheckboxSelectMultiple,
        )

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if not value:
            return qs
        at = datetime.now(UTC)
        conditions = [FILTERS[code][1](at) for code in value]
        any_of = conditions[0]
        for condition in conditions[1:]:
            any_of |= condition
        return qs.filter(any_of)


def scan_filter() -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        label=_("Virus scan"), choices=Scan.choices, widget=forms.CheckboxSelectMultiple
    )


class ImageFilters(images.ImagesFilterSet):
    rights = RightsFilter()
    scan = scan_filter()
    unrendered = django_filters.BooleanFilter(
        label=_("Sizes could not be made"),
        field_name="render_error",
        lookup_expr="exact",
        method="filter_unrendered",
    )

    class Meta:
        model = Image
        fields: ClassVar[list[str]] = []

    def filter_unrendered(
        self,
        found: QuerySet[Any],
        _name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Any]:
        return found.exclude(render_error="") if value else found.filter(render_error="")


class DocumentFilters(documents.DocumentsFilterSet):
    rights = RightsFilter()
    scan = scan_filter()

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = []


class ImageIndexView(images.IndexView):
    filterset_class = ImageFilters

    @cached_property
    def columns(self) -> list[BaseColumn]:
        first = super().columns
        return [*first[:3], states_column(), *first[3:]] if first else first


class DocumentIndexView(documents.IndexView):
    filterset_class = DocumentFilters

    @cached_property
    def columns(self) -> list[BaseColumn]:
        first = super().columns
        return [*first[:3], states_column(), *first[3:]]
