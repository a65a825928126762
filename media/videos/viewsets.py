"""Films in the admin: listed, uploaded, edited, by the permissions of their collections."""

from typing import Any, ClassVar

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import BaseMediaFilterSet
from wagtail.admin.forms.collections import collection_member_permission_formset_factory
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    DateColumn,
    TitleColumn,
    UsageCountColumn,
)
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from media import blobs
from media.admin.lists import RightsFilter, scan_filter, states_column
from media.models import Video
from media.videos import probing
from media.videos.forms import VideoForm
from media.videos.probing import Unreadable


class VideoFilters(BaseMediaFilterSet):
    rights = RightsFilter()
    scan = scan_filter()

    class Meta:
        model = Video
        fields: ClassVar[list[str]] = []

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Video)


class DurationColumn(Column):
    """Minutes and seconds."""

    def get_value(self, instance: Any) -> str:
        return minutes(instance.duration)


class FilmUsageColumn(UsageCountColumn):
    """How many places hold it, with the way there."""

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        instance.usage_url = reverse("videos:usage", args=[instance.pk])
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context


def minutes(duration: float | None) -> str:
    """``1:05``, or a dash while it is not known."""
    if duration is None:
        return "—"
    whole, seconds = divmod(round(duration), 60)
    return f"{whole}:{seconds:02d}"


class OwnInstances:
    """Only what the permissions of its collection give to the editor."""

    permission_required: str
    permission_policy: Any
    request: Any

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        film = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if not self.permission_policy.user_has_permission_for_instance(
            self.request.user, self.permission_required or "change", film
        ):
            raise PermissionDenied
        return film


class VideoIndexView(generic.IndexView):
    any_permission_required: ClassVar[list[str]] = ["add", "change", "delete"]
    filterset_class = VideoFilters
    template_name = "media/videos/index.html"
    default_ordering = "-created_at"

    def get_base_queryset(self) -> QuerySet[Video]:
        found: QuerySet[Video] = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["change", "delete"]
        ).select_related("collection")
        return found.annotate(usage_count=ReferenceIndex.usage_count_subquery(Video))

    @cached_property
    def columns(self) -> list[Any]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="video"),
            self._get_title_column("title", TitleColumn),
            states_column(),
            DurationColumn("duration", label=_("Length"), sort_key="duration"),
            Column("collection", label=_("Collection"), accessor="collection.name"),
            DateColumn("created_at", label=_("Created"), sort_key="created_at"),
            FilmUsageColumn("usage_count", label=_("Usage"), width="12%"),
        ]


class VideoCreateView(generic.CreateView):
    template_name = "media/videos/create.html"
    submit_button_label = _("Upload")
    submit_button_active_label = _("Uploading…")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial_form_instance(self) -> Video:
        return Video(uploaded_by_user=self.request.user)


class VideoEditView(OwnInstances, generic.EditView):
    template_name = "media/videos/edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "film": self.object,
            "length": minutes(self.object.duration),
            "can_probe": probing.can_probe(),
            "starts_at_once": starts_at_once(self.object),
        }


class VideoDeleteView(OwnInstances, generic.DeleteView):
    permission_required = "delete"


class VideoUsageView(OwnInstances, usage.UsageView):
    permission_required = "change"


class VideoHistoryView(OwnInstances, history.HistoryView):
    permission_required = "change"


def starts_at_once(film: Video) -> bool | None:
    """Whether the film plays while it arrives; nothing where that cannot be told."""
    if film.blob is None:
        return None
    try:
        with blobs.opened(film.blob) as file:
            return probing.starts_at_once(file, film.content_type)
    except (FileNotFoundError, Unreadable):
        return None


class VideoViewSet(ModelViewSet):
    model = Video
    name = "videos"
    url_prefix = "videos"
    icon = "media"
    menu_label = _("Films")
    menu_order = 310
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = VideoIndexView
    add_view_class = VideoCreateView
    edit_view_class = VideoEditView
    delete_view_class = VideoDeleteView
    usage_view_class = VideoUsageView
    history_view_class = VideoHistoryView
    list_per_page = 30

    def get_form_class(self, for_update: bool = False) -> type[VideoForm]:  # noqa: FBT001, FBT002
        return VideoForm

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None here: permissions for films are given by collection."""
        return Permission.objects.none()


GroupVideoPermissionFormSet = collection_member_permission_formset_factory(
    Video,
    [
        ("add_video", _("Add"), _("Add films, and edit one's own")),
        ("change_video", _("Edit"), _("Edit any film")),
        ("choose_video", _("Choose"), _("Choose films for pages")),
    ],
    "media/videos/permissions.html",
)
