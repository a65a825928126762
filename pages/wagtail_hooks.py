"""What the admin gains from our pages: lists, topics, colours."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail.log_actions import LogFormatter
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.base import schedule
from pages.base.topics import Topic
from pages.listings import ExplorerViewSet, NewsGroup
from pages.press import hooks as _press  # noqa: F401 - registers its own


@hooks.register("register_admin_viewset")
def news_lists() -> NewsGroup:
    return NewsGroup()


@hooks.register("register_admin_viewset")
def explorer() -> ExplorerViewSet:
    return ExplorerViewSet()


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    @actions.register_action(schedule.REFUSED)
    class Refused(LogFormatter):
        label = _("Refuse scheduled publishing")

        def format_message(self, log_entry: Any) -> Any:
            reason = {"reason": log_entry.data.get("reason", "")}
            return gettext("Not published when it was to be: %(reason)s") % reason


@hooks.register("before_edit_page")
def say_what_waits(request: HttpRequest, page: Page) -> None:
    """An editor who opens a page that should be live by now reads why it is not."""
    if request.method == "GET" and (reason := schedule.refusal_of(page.pk, datetime.now(UTC))):
        said = gettext("Not published when it was to be: %(reason)s") % {"reason": reason}
        messages.error(request, said)


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/fil-rouge-admin.css"))


@hooks.register("register_rich_text_features")
def cite(features: Any) -> None:
    """Titles of works: italic everywhere, and told apart from emphasis."""
    control = {
        "type": "CITE",
        "icon": "openquote",
        "description": _("Title of a work"),
        "style": {"fontStyle": "italic"},
    }
    features.register_editor_plugin("draftail", "cite", InlineStyleFeature(control))
    features.register_converter_rule(
        "contentstate",
        "cite",
        {
            "from_database_format": {"cite": InlineStyleElementHandler("CITE")},
            "to_database_format": {"style_map": {"CITE": "cite"}},
        },
    )


class TopicViewSet(SnippetViewSet):
    """Topics, in both languages."""

    model = Topic
    icon = "tag"
    list_display = ("name", "english", "slug")
    search_fields = ("name", "english", "slug")
    add_to_admin_menu = True
    menu_order = 160


register_snippet(TopicViewSet)
