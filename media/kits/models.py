"""Versions of kits: what was in each, in which order, and as which bytes."""

from typing import ClassVar

from django.db import models

from media.blobs import Blob


class KitVersion(models.Model):
    """A frozen manifest. Made in the transaction that publishes a kit with other contents."""

    key = models.CharField(max_length=160)  # of the entry that is the kit
    number = models.PositiveIntegerField()
    locale = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    signature = models.CharField(max_length=64)  # SHA-256 over everything that its items are

    class Meta:
        ordering: ClassVar = ["key", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "number"], name="one_kit_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class KitItem(models.Model):
    """One thing in a version. Who may have it is asked of the entry's holding, never of this row.

    ``anchor`` is what stays the same from version to version while the file is replaced.
    """

    version = models.ForeignKey(KitVersion, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)  # photo, video, document, logo
    file = models.CharField(max_length=40)  # such as image-12
    source = models.ForeignKey(Blob, models.PROTECT, related_name="+")  # as it was uploaded
    recipe = models.CharField(max_length=32, blank=True)  # of the sizes made of it
    name = models.CharField(max_length=255)
    said = models.JSONField(default=dict)  # title, caption, credits and terms, as texts
    is_open = models.BooleanField(default=False)  # to whoever reads the kit, while it was the last

    class Meta:
        ordering: ClassVar = ["version", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "anchor"], name="one_kit_item_an_anchor")
        ]
        indexes: ClassVar = [models.Index("file", name="kit_item_file")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.name}"


class ArchiveSum(models.Model):
    """The SHA-256 of a whole ZIP, known once somebody read it through."""

    etag = models.CharField(max_length=80, unique=True)  # of its layout
    sha256 = models.CharField(max_length=64, blank=True)  # empty: being read

    def __str__(self) -> str:
        return f"{self.etag}: {self.sha256[:12]}"
