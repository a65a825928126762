"""What the admin gains from our pages: lists, topics, colours."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.rich_text.converters.html_to_contentstate import InlineStyleElementHandler
from wagtail.admin.rich_text.editors.draftail.features import InlineStyleFeature
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.base.topics import Topic
from pages.listings import ExplorerViewSet, NewsGroup
from pages.press import hooks as _press  # noqa: F401 - registers its own


@hooks.register("register_admin_viewset")
def news_lists() -> NewsGroup:
    return NewsGroup()


@hooks.register("register_admin_viewset")
def explorer() -> ExplorerViewSet:
    return ExplorerViewSet()


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
