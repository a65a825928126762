"""The list of requests and accreditations: what waits comes first."""

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    DateColumn,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.views.generic import IndexView

from cms.accounts import identity
from cms.accounts.models import Organisation
from pages.press.accreditation.models import Accreditation
from pages.press.accreditation.states import LABELS, State, Stored, last_day

SOON = timedelta(days=60)


class AccreditationFilterSet(WagtailFilterSet):
    """By state at this moment, beat, outlet, and what asks for attention."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"),
        choices=[(state.value, LABELS[state]) for state in State],
        method="filter_state",
        widget=forms.CheckboxSelectMultiple,
    )
    attention = django_filters.MultipleChoiceFilter(
        label=_("To be looked at"),
        choices=[
            ("ending", _("Ending within 60 days")),
            ("renewal", _("Asks to be renewed")),
            ("erasure", _("Asks to be erased")),
        ],
        method="filter_attention",
        widget=forms.CheckboxSelectMultiple,
    )
    beat = django_filters.MultipleChoiceFilter(
        label=_("Beat"), choices=Accreditation.Beat.choices, widget=forms.CheckboxSelectMultiple
    )
    outlet = django_filters.ModelMultipleChoiceFilter(
        label=_("Outlet"),
        queryset=lambda request: Organisation.objects.filter(kind=Organisation.Kind.OUTLET),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Accreditation
        fields: ClassVar[list[str]] = []

    def filter_state(self, found: QuerySet[Any], _name: str, chosen: list[str]) -> QuerySet[Any]:
        at = identity.now()
        meant = {
            State.APPROVED: Q(state=Stored.APPROVED) & (Q(ends_at=None) | Q(ends_at__gt=at)),
            State.EXPIRED: Q(state=Stored.APPROVED, ends_at__lte=at),
        }
        return found.filter(_any(meant.get(State(one), Q(state=one)) for one in chosen))

    def filter_attention(
        self, found: QuerySet[Any], _name: str, chosen: list[str]
    ) -> QuerySet[Any]:
        at = identity.now()
        meant = {
            "ending": Q(state=Stored.APPROVED, ends_at__gt=at, ends_at__lte=at + SOON),
            "renewal": Q(renewal_asked_at__isnull=False),
            "erasure": Q(erasure_asked_at__isnull=False),
        }
        return found.filter(_any(meant[one] for one in chosen))


def _any(conditions: Any) -> Q:
    met = Q()
    for one in conditions:
        met |= one
    return met


class AccreditationIndexView(IndexView):
    """Nothing here before its sender confirmed the address."""

    template_name = "pages/admin/accreditations.html"

    def get_base_queryset(self) -> QuerySet[Any]:
        waits = When(state=Stored.REQUESTED, then=Value(0))
        asks = When(
            Q(renewal_asked_at__isnull=False) | Q(erasure_asked_at__isnull=False), then=Value(1)
        )
        return (
            Accreditation.objects.filter(confirmed_at__isnull=False)
            .select_related("outlet")
            .annotate(turn=Case(waits, asks, default=Value(2), output_field=IntegerField()))
            .order_by("turn", "-requested_at", "-pk")
        )

    @cached_property
    def columns(self) -> list[Column]:
        at = identity.now()
        title: type[Column] = self._get_title_column_class(TitleColumn)
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="accreditation"),
            title(
                "name",
                label=_("Name"),
                get_url=self.get_edit_url,
                get_title_id=lambda one: f"accreditation_{quote(one.pk)}_title",
                sort_key="last_name",
            ),
            Column("outlet_title", label=_("Outlet"), width="22%"),
            Column("get_beat_display", label=_("Beat"), sort_key="beat", width="12%"),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=lambda one: one.state_at(at).label,
                primary=lambda one: one.state_at(at) in {State.REQUESTED, State.APPROVED},
                width="12%",
            ),
            Column("asks", label=_("Asks for"), accessor=_asks, width="12%"),
            DateColumn("requested_at", label=_("Requested"), sort_key="requested_at", width="10%"),
            # A date that is to come; Wagtail's own column counts the minutes since.
            Column("ends_at", label=_("Ends"), accessor=_ends_on, sort_key="ends_at", width="10%"),
        ]

    def get_list_buttons(self, instance: Any) -> list[Any]:
        return []


def _ends_on(one: Accreditation) -> str:
    if one.ends_at is None:
        return "—"
    return date_format(last_day(one.ends_at, settings.TIME_ZONE), "SHORT_DATE_FORMAT")


def _asks(one: Accreditation) -> str:
    wishes = [
        (one.renewal_asked_at, _("renewal")),
        (one.erasure_asked_at, _("erasure")),
    ]
    return ", ".join(str(what) for when, what in wishes if when) or "—"
