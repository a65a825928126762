"""The admin of people and organisations, and the way to see the portal as one of them."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.accounts import view_as
from cms.accounts.models import Organisation, User
from cms.accounts.viewing import VISITOR


class OrganisationViewSet(SnippetViewSet):
    """Partner companies and media outlets: what they read, and until when."""

    model = Organisation
    icon = "group"
    list_display = ("name", "kind", "territory", "sponsor", "expires_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    add_to_settings_menu = True
    form_fields = ("name", "kind", "territory", "sponsor", "groups", "expires_at")


register_snippet(OrganisationViewSet)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Below ``/editor/``, behind Wagtail's own check; the view asks for an administrator."""
    return [path("view-as/<slug:kind>/<int:pk>/", view_as.view_as, name="view_as")]


@hooks.register("register_user_listing_buttons")
def user_buttons(user: User, request_user: User) -> Iterator[Button]:
    if request_user.is_superuser and user != request_user:
        yield _button("user", user.pk)


@hooks.register("register_snippet_listing_buttons")
def organisation_buttons(snippet: Any, user: User, next_url: str | None = None) -> Iterator[Button]:
    if isinstance(snippet, Organisation) and user.is_superuser:
        yield _button("organisation", snippet.pk)


def _button(kind: str, pk: int) -> Button:
    address = reverse("view_as", args=[kind, pk])
    return Button(_("View the portal as…"), address, icon_name="view", priority=40)


class AdministratorsItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_reports_menu_item")
def visitor_item() -> MenuItem:
    address = reverse("view_as", args=[VISITOR, 0])
    return AdministratorsItem(_("The portal as a visitor"), address, icon_name="view", order=900)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    actions.register_action(
        view_as.ACTION, _("View the portal as"), _("Saw the portal as this reader does")
    )
