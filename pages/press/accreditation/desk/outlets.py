"""Outlets at the desk: who of theirs is accredited, until when, and what names them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.accounts import identity
from cms.accounts.models import Organisation
from pages.press.accreditation import outlets
from pages.press.accreditation.desk.policy import PERMISSION
from search.admin_page import AdminPage

LIST = "press_outlets:index"


class OutletsView(AdminPage):
    """Every outlet, with its people."""

    template_name = "pages/admin/accreditation_outlets.html"
    page_title = gettext_lazy("Outlets")
    header_icon = "group"
    permission_required = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = outlets.with_counts(identity.now())
        return super().get_context_data(outlets=found, **kwargs)


class OutletView(AdminPage):
    """One outlet."""

    template_name = "pages/admin/accreditation_outlet.html"
    header_icon = "group"
    permission_required = PERMISSION

    def get_page_title(self) -> str:
        return get_object_or_404(self._outlets(), pk=self.kwargs["pk"]).name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first, *rest = super().get_breadcrumbs_items()
        return [first, {"url": reverse(LIST), "label": _("Outlets")}, *rest]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outlet = get_object_or_404(self._outlets(), pk=self.kwargs["pk"])
        at = identity.now()
        accreditations = outlet.accreditations.filter(confirmed_at__isnull=False)
        return super().get_context_data(
            outlet=outlet,
            accreditations=[(one, one.state_at(at)) for one in accreditations],
            members=outlet.members.filter(is_active=True).order_by("last_name", "first_name"),
            named_in=outlets.named_in(outlet, identity.reader_of(self.request)),
            may_change=self.request.user.has_perm("accounts.change_organisation"),
            **kwargs,
        )

    def _outlets(self) -> Any:
        return Organisation.objects.filter(kind=Organisation.Kind.OUTLET)
