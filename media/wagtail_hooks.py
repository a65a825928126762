"""What the admin gains from files: uploads that resume, films, rights, withdrawal."""

from typing import Any

from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from media.admin import files, withdrawing
from media.admin.forms import CONFIRMED
from media.admin.lists import DocumentIndexView, ImageIndexView
from media.admin.rights_in_bulk import SetRights
from media.admin.script_settings import upload_settings
from media.downloads import hooks as _downloads  # noqa: F401 - reports and notices
from media.models import Video
from media.uploads import views as uploads
from media.videos.chooser import viewset as video_chooser
from media.videos.viewsets import GroupVideoPermissionFormSet, VideoViewSet

if policy_registry.get_by_type(Video, fallback=False) is None:
    register_permission_policy(
        Video,
        CollectionOwnershipPermissionPolicy(
            Video, auth_model=Video, owner_field_name="uploaded_by_user"
        ),
    )

hooks.register("register_bulk_action", SetRights)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Below ``/editor/``, behind Wagtail's own check that one is an editor."""
    return [
        path("files/<str:file>", files.editor_file, name="editor_file"),
        path("files/<str:file>/<str:rendition>", files.editor_file, name="editor_file_size"),
        path("stored/renditions/<int:pk>", files.editor_rendition, name="editor_rendition"),
        path("stored/<path:name>", files.editor_stored_file, name="editor_stored_file"),
        path("uploads/", uploads.uploads, name="uploads"),
        # With a dot it cannot be a page's path: a 404 there is sent on to one with a language.
        path("uploads/<str:upload_id>.tus", uploads.upload, name="upload"),
        path("withdraw/<str:file>/", withdrawing.withdraw_view, name="file_withdraw"),
        path("lift/<str:file>/", withdrawing.lift_view, name="file_lift"),
    ]


@hooks.register("register_admin_urls", order=-1)
def lists() -> list[URLPattern]:
    """Wagtail's own addresses, found first: its lists with our columns and filters."""
    return [
        path("images/", ImageIndexView.as_view(), name="images_with_states"),
        path(
            "images/results/",
            ImageIndexView.as_view(results_only=True),
            name="images_with_states_results",
        ),
        path("documents/", DocumentIndexView.as_view(), name="documents_with_states"),
        path(
            "documents/results/",
            DocumentIndexView.as_view(results_only=True),
            name="documents_with_states_results",
        ),
    ]


@hooks.register("register_admin_viewset")
def films() -> list[Any]:
    return [VideoViewSet(), video_chooser]


@hooks.register("register_group_permission_panel")
def film_permissions() -> Any:
    return GroupVideoPermissionFormSet


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(CONFIRMED, _("Confirm rights"), _("Rights confirmed"))
    actions.register_action(withdrawing.WITHDRAWN, _("Withdraw"), _("Withdrawn"))
    actions.register_action(withdrawing.LIFTED, _("Lift the withdrawal"), _("Given out again"))


@hooks.register("insert_global_admin_js")
def scripts() -> SafeString:
    scripts = ((static(f"media/{name}.js"),) for name in ("tus", "upload", "rights"))
    return upload_settings() + format_html_join("", '<script defer src="{}"></script>', scripts)


@hooks.register("insert_global_admin_css")
def css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("media/admin.css"))
