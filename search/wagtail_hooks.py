"""What the admin gains from search: a menu for what editors curate, a report of what is asked."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from search.curation.viewsets import SearchGroup
from search.engines.elastic import refused
from search.insight import report_page


@hooks.register("register_admin_viewset")
def curation() -> SearchGroup:
    return SearchGroup()


@hooks.register("insert_global_admin_css")
def css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/search.css"))


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    return [*report_page.urls(), *refused.urls()]


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return report_page.menu_item()


@hooks.register("register_reports_menu_item")
def refused_menu_item() -> MenuItem:
    return refused.menu_item()


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="search", codename__in=("view_asked", "change_deadletter")
    )
