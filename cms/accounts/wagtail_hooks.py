"""The admin of people and organisations."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.accounts.models import Organisation


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
