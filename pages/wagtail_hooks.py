"""What the admin gains from our pages: lists, topics, colours."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.base.topics import Topic
from pages.listings import ExplorerViewSet, NewsGroup


@hooks.register("register_admin_viewset")
def news_lists() -> NewsGroup:
    return NewsGroup()


@hooks.register("register_admin_viewset")
def explorer() -> ExplorerViewSet:
    return ExplorerViewSet()


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/fil-rouge-admin.css"))


class TopicViewSet(SnippetViewSet):
    """Topics, in both languages."""

    model = Topic
    icon = "tag"
    list_display = ("name", "english", "slug")
    search_fields = ("name", "english", "slug")
    add_to_admin_menu = True
    menu_order = 160


register_snippet(TopicViewSet)
