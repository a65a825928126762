"""The admin's menu «Press desk»."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from pages.press.accreditation.desk.forms import TermsForm
from pages.press.accreditation.desk.listing import AccreditationFilterSet, AccreditationIndexView
from pages.press.accreditation.desk.outlets import OutletsView, OutletView
from pages.press.accreditation.desk.policy import PERMISSION
from pages.press.accreditation.desk.views import AccreditationView, DecideView, ProofView
from pages.press.accreditation.models import Accreditation, PressTerms


class AccreditationViewSet(ModelViewSet):
    """Requests and accreditations: nothing is typed in here, everything is decided."""

    model = Accreditation
    name = "press_accreditations"
    url_prefix = "press/accreditations"
    icon = "user"
    menu_label = _("Accreditations")
    index_view_class = AccreditationIndexView
    filterset_class = AccreditationFilterSet
    search_fields = ("first_name", "last_name", "email", "outlet_name", "outlet__name")
    search_backend_name = None
    add_to_reference_index = False
    copy_view_enabled = False
    form_fields = ()
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", AccreditationView.as_view(), name="edit"),
            path("<int:pk>/proof/", ProofView.as_view(), name="proof"),
            path("<int:pk>/<slug:action>/", DecideView.as_view(), name="decide"),
        ]


class _DeskItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))


class OutletViewSet(ViewSet):
    """Outlets and their people."""

    name = "press_outlets"
    url_prefix = "press/outlets"
    icon = "group"
    menu_label = _("Outlets")
    menu_item_class = _DeskItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", OutletsView.as_view(), name="index"),
            path("<int:pk>/", OutletView.as_view(), name="one"),
        ]


class TermsViewSet(ModelViewSet):
    """The versions of the terms."""

    model = PressTerms
    name = "press_terms"
    url_prefix = "press/terms"
    icon = "doc-full"
    menu_label = _("Terms")
    list_display = ("__str__", "published_at")
    search_backend_name = None
    add_to_reference_index = False
    copy_view_enabled = True

    def get_form_class(self, for_update: bool = False) -> type[TermsForm]:  # noqa: FBT001, FBT002
        return TermsForm


class PressDesk(ViewSetGroup):
    """One item in the menu for all of them."""

    items = (AccreditationViewSet, OutletViewSet, TermsViewSet)
    menu_label = _("Press desk")
    menu_icon = "user"
    menu_order = 156
