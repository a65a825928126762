"""Images and documents of our own, from the first migration, so that nothing has to be undone."""

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.utils.file import hash_filelike

from media import sniffing


class Stored(models.Model):
    """What is known of a file's bytes: measured when they come in, never believed from a name."""

    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by user"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True

    file_size: int | None
    file_hash: str

    def measure(self, file: Any) -> None:
        """Hash and sniff an open file, and leave it at its start."""
        digest = hashlib.sha256()
        file.seek(0)
        head = file.read(sniffing.SNIFFED)
        digest.update(head)
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        self.file_size = file.tell()
        file.seek(0)
        self.file_hash = hash_filelike(file)  # by which Wagtail tells renditions apart
        file.seek(0)
        self.sha256 = digest.hexdigest()
        self.content_type = sniffing.type_of(head)


class Image(Stored, AbstractImage):
    """A picture with its credit. ``description`` is its alternative text."""

    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Shown beside the picture wherever it appears."),
    )

    # Wagtail's own image model is installed beside ours: the way back needs another name.
    tags = TaggableManager(
        verbose_name=_("tags"), help_text=None, blank=True, related_name="media_images"
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions: ClassVar = [("choose_image", "Can choose image")]

    @property
    def file_key(self) -> str:
        return f"image-{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new_file = bool(self.file) and not self.file._committed
        if is_new_file:
            self.measure(self.file)
        super().save(*args, **kwargs)
        if is_new_file:
            self.renditions.all().delete()  # sizes of the bytes that were


class Rendition(AbstractRendition):
    """One size of a picture."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_size"
            )
        ]

    @property
    def url(self) -> str:
        """For the admin's own thumbnails; readers get sizes by name."""
        return reverse("editor_rendition", args=[self.pk])


class Document(Stored, AbstractDocument):
    """A file that is not a picture."""

    tags = TaggableManager(
        verbose_name=_("tags"), help_text=None, blank=True, related_name="media_documents"
    )

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions: ClassVar = [("choose_document", "Can choose document")]

    @property
    def file_key(self) -> str:
        return f"document-{self.pk}"

    @property
    def url(self) -> str:
        return f"/files/{self.file_key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.file and not self.file._committed:
            self.measure(self.file)
        super().save(*args, **kwargs)
