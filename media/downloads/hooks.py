"""What the admin gains from the log of downloads. Imported by ``media.wagtail_hooks``."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from media.downloads import notices_page, report_page
from media.downloads.notices_page import NoticesView
from media.downloads.report_page import PersonView, ReportView


class _Item(MenuItem):
    def __init__(self, label: Any, name: str, *, permission: str, icon: str, order: int) -> None:
        super().__init__(label, reverse_lazy(name), name=name, icon_name=icon, order=order)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.permission))


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("reports/downloads/", ReportView.as_view(), name="downloads_report"),
        path("reports/downloads/people/<int:pk>/", PersonView.as_view(), name="downloads_person"),
        path("reports/downloads/notices/", NoticesView.as_view(), name="downloads_notices"),
    ]


@hooks.register("register_reports_menu_item")
def report_item() -> MenuItem:
    return _Item(
        _("Downloads"), "downloads_report", permission=report_page.VIEW, icon="download", order=910
    )


@hooks.register("register_reports_menu_item")
def notices_item() -> MenuItem:
    return _Item(
        _("Notices to takers"), "downloads_notices", permission=notices_page.PERMISSION,
        icon="mail", order=911,
    )  # fmt: skip


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="media",
        codename__in=("view_download", "delete_download", "change_notice"),
    )
