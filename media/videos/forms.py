"""The form of a film."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import BaseCollectionMemberForm, CollectionChoiceField
from wagtail.admin.widgets import AdminTagWidget
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.widgets import AdminImageChooser
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from media.admin.forms import RightsForm
from media.forms import UploadForm
from media.kinds import VTT
from media.models import Document, Video


def _formfield(field: models.Field[Any, Any], **kwargs: Any) -> Any:
    if field.name != "collection":
        return field.formfield(**kwargs)
    return CollectionChoiceField(
        label=_("Collection"), queryset=Collection.objects.all(), empty_label=None, **kwargs
    )


class VideoForm(RightsForm, UploadForm, BaseCollectionMemberForm):
    upload = "video"
    first_heading = _("Film")

    class Meta:
        model = Video
        fields = (
            "title", "file", "poster", "captions", "description", "caption", "persons", "creator",
            "credit", "copyright", "usage_terms", "web_statement", "source_type", "data_mining",
            "taken_on", "opens_at", "closes_at", "territories", "uses", "is_confirmed",
            "collection", "tags",
        )  # fmt: skip
        formfield_callback = _formfield
        widgets: ClassVar[dict[str, Any]] = {
            "tags": AdminTagWidget,
            "file": forms.FileInput(
                attrs={
                    "data-controller": "w-sync",
                    "data-action": "input->w-sync#apply",
                    "data-w-sync-bubbles-param": "true",
                    "data-w-sync-name-value": "wagtail:video-upload",
                    "data-w-sync-normalize-value": "true",
                }
            ),
            "poster": AdminImageChooser,
            "captions": AdminDocumentChooser,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["data-w-sync-target-value"] = (
            f"#{self['title'].id_for_label}"
        )

    @cached_property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Video)

    def clean_captions(self) -> Document | None:
        """Captions are WebVTT, or players show none."""
        captions: Document | None = self.cleaned_data["captions"]
        if captions is not None and captions.content_type != VTT:
            raise ValidationError(
                _("This document is no WebVTT file: its first line would be WEBVTT.")
            )
        return captions

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own
        if "file" in self.changed_data:
            self.instance.duration = self.instance.width = self.instance.height = None
            self.instance.codecs = ""
        return super().save(commit=commit)
