"""Lists of releases, kits and contacts in the admin: what a press officer looks for."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.accounts.models import Organisation
from pages.press.contacts import PressContactPage
from pages.press.kits import PressKitPage
from pages.press.releases import PressReleasePage


class EmbargoColumn(Column):
    """Until when it waits; nothing for what is for immediate release."""

    def get_value(self, instance: Any) -> Any:
        until = instance.embargo_until
        return until if until and until > datetime.now(UTC) else None


class PressFilterSet(PageFilterSet):
    """By what press officers ask: under embargo, read early by an outlet, published."""

    under_embargo = django_filters.BooleanFilter(
        label=_("Under embargo"), method="filter_under_embargo"
    )
    early_outlets = django_filters.ModelMultipleChoiceFilter(
        label=_("Outlets that read early"),
        queryset=lambda request: Organisation.objects.filter(kind=Organisation.Kind.OUTLET),
        widget=forms.CheckboxSelectMultiple,
    )
    live = django_filters.BooleanFilter(label=pgettext_lazy("of a page", "Published"))

    class Meta:
        model = PressReleasePage
        fields: ClassVar[list[str]] = []

    def filter_under_embargo(
        self,
        pages: QuerySet[Any],
        _name: str,
        value: bool,  # noqa: FBT001
    ) -> QuerySet[Any]:
        waiting = {"embargo_until__gt": datetime.now(UTC)}
        return pages.filter(**waiting) if value else pages.exclude(**waiting)


class KitFilterSet(PressFilterSet):
    release_on = django_filters.DateFromToRangeFilter(
        label=_("In cinemas"), widget=DateRangePickerWidget
    )

    class Meta:
        model = PressKitPage
        fields: ClassVar[list[str]] = []


class ContactFilterSet(PageFilterSet):
    territories = django_filters.CharFilter(
        label=_("Territory"), lookup_expr="icontains", max_length=2
    )

    class Meta:
        model = PressContactPage
        fields: ClassVar[list[str]] = []


EMBARGO = EmbargoColumn("embargo", label=_("Embargo until"), sort_key="embargo_until", width="14%")
FILM = Column("film_title", label=_("Film"), sort_key="film_title", width="16%")
RELEASE = DateColumn("release_on", label=_("In cinemas"), sort_key="release_on", width="12%")


def _columns(*more: Column) -> list[Column]:
    *first, status = IndexView.base_columns
    return [*first, *more, status]


class ReleaseListing(PageListingViewSet):
    model = PressReleasePage
    icon = "doc-full"
    menu_label = _("Releases")
    add_to_admin_menu = False
    name = "press_releases"
    columns = _columns(FILM, EMBARGO)
    filterset_class = PressFilterSet


class KitListing(ReleaseListing):
    model = PressKitPage
    icon = "folder-open-inverse"
    menu_label = _("Kits")
    name = "press_kits"
    columns = _columns(RELEASE, EMBARGO)
    filterset_class = KitFilterSet


class ContactListing(ReleaseListing):
    model = PressContactPage
    icon = "user"
    menu_label = _("Contacts")
    name = "press_contacts"
    columns = _columns(
        Column("role", label=_("Role"), sort_key="role"),
        Column("phone", label=_("Telephone")),
        Column("territories", label=_("Territories")),
    )
    filterset_class = ContactFilterSet


class PressGroup(ViewSetGroup):
    """One item in the menu for all of them."""

    items = (ReleaseListing, KitListing, ContactListing)
    menu_label = _("Press")
    menu_icon = "openquote"
    menu_order = 155
