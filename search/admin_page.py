"""Pages of the admin that are no list and no form of a model."""

from typing import Any

from django.views.generic import TemplateView, View
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin


class Permitted(PermissionCheckedMixin, View):
    """For people with one permission, named with its app.

    Wagtail's own check lets everybody in where there is no model to ask about.
    """

    def user_has_permission(self, permission: str) -> bool:
        return bool(self.request.user.has_perm(permission))


class AdminPage(Permitted, WagtailAdminTemplateMixin, TemplateView):
    """A page with Wagtail's header, for people with one permission."""

    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]
