"""Choosing a film in the admin, among those of the collections that one may choose from."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import View
from wagtail.admin.ui.tables import Column, DateColumn, DownloadColumn
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsViewMixin,
    ChooseViewMixin,
    ChosenMultipleViewMixin,
    ChosenResponseMixin,
    ChosenViewMixin,
    CreateViewMixin,
    CreationFormMixin,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.blocks import ChooserBlock
from wagtail.permissions import policy_registry


def choosable(user: Any, model: Any) -> QuerySet[Any]:
    """The films that somebody may put on a page."""
    films: QuerySet[Any] = policy_registry.get_by_type(model).instances_user_has_any_permission_for(
        user, ["choose"]
    )
    return films


class _Uploading(CreationFormMixin):
    """The tab that takes a new film."""

    request: Any
    creation_tab_id = "upload"

    def get_creation_form_class(self) -> type[Any]:
        from media.videos.forms import VideoForm

        return VideoForm

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        given = super().get_creation_form_kwargs()
        given.update({"user": self.request.user, "prefix": "video-chooser-upload"})
        if self.request.method == "POST":
            given["instance"] = self.model_class(uploaded_by_user=self.request.user)
        return given


class _Choosing(BaseChooseView):
    ordering = "-created_at"

    @cached_property
    def collections(self) -> Any:
        found = policy_registry.get_by_type(self.model_class).collections_user_has_permission_for(
            self.request.user, "choose"
        )
        return found if len(found) > 1 else None

    def get_object_list(self) -> QuerySet[Any]:
        return choosable(self.request.user, self.model_class).select_related("collection")

    def get_filter_form(self) -> Any:
        return self.get_filter_form_class()(self.request.GET, collections=self.collections)

    @property
    def columns(self) -> list[Any]:
        more = [Column("collection", label=_("Collection"))] if self.collections else []
        return [
            *super().columns,
            *more,
            DownloadColumn("filename", label=_("File")),
            DateColumn("created_at", label=_("Created"), width="16%"),
        ]


class ChooseView(ChooseViewMixin, _Uploading, _Choosing):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "collections": self.collections}


class ChooseResultsView(ChooseResultsViewMixin, _Uploading, _Choosing):
    pass


class ChosenView(ChosenViewMixin, ChosenResponseMixin, View):
    def get_object(self, pk: Any) -> Any:
        film = super().get_object(pk)
        policy: Any = policy_registry.get(film)
        if not policy.user_has_permission_for_instance(self.request.user, "choose", film):
            raise PermissionDenied
        return film


class ChosenMultipleView(ChosenMultipleViewMixin, ChosenResponseMixin, View):
    def get_objects(self, pks: Any) -> Any:
        return choosable(self.request.user, self.model_class).filter(pk__in=pks)


class UploadView(CreateViewMixin, _Uploading, ChosenResponseMixin, View):
    pass


class BaseVideoChooserBlock(ChooserBlock):
    def render_basic(self, value: Any, context: Any = None) -> str:
        return format_html('<a href="{}">{}</a>', value.url, value.title) if value else ""


class VideoChooserViewSet(ChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    create_view_class = UploadView
    base_block_class = BaseVideoChooserBlock

    icon = "media"
    choose_one_text = _("Choose a film")
    choose_another_text = _("Choose another film")
    edit_item_text = _("Edit this film")
    create_action_label = _("Upload")
    create_action_clicked_label = _("Uploading…")


viewset = VideoChooserViewSet("video_chooser", model="media.Video", url_prefix="videos/chooser")
