"""Images, documents, videos: each a name, rights and a place in the library for a blob."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import CollectionMember
from wagtail.search import index

from media import blobs
from media.blobs import Blob
from media.checking import safe_name
from media.renditions.admin import AdminSizes, PictureFile
from media.rights import Rights
from media.scanning import state_of_new


class Scan(models.TextChoices):
    """What is known of a file's innocence."""

    PENDING = "pending", _("being scanned")
    CLEAN = "clean", _("clean")
    INFECTED = "infected", _("infected")
    UNSCANNED = "unscanned", _("not scanned")
    FAILED = "failed", _("the scan failed")


class Stored(models.Model):
    """A file of the library. Its bytes are a blob; other bytes make it hold another blob."""

    blob = models.ForeignKey(
        Blob, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    name = models.CharField(_("file name"), max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    scan = models.CharField(
        _("virus scan"),
        max_length=10,
        choices=Scan.choices,
        default=Scan.UNSCANNED,
        editable=False,
    )
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

    kind: ClassVar[str]
    file: Any
    file_size: int | None
    file_hash: str

    @property
    def file_key(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def filename(self) -> str:
        """As people see it; where it is stored has no name."""
        return self.name or str(self.file.name).rsplit("/", 1)[-1]

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store what has just come in, and name it before a sweep can come by."""
        self.keep_bytes()
        super().save(*args, **kwargs)

    def keep_bytes(self) -> None:
        """Store a file that has just come in, if one has."""
        if self.file and not self.file._committed:
            self.name = safe_name(self.file.name)
            self.hold(blobs.keep(self.file.file))

    def hold(self, blob: Blob) -> None:
        """Be these bytes from now on."""
        self.blob = blob
        self.sha256 = blob.sha256
        self.content_type = blob.content_type
        self.file_size = blob.size
        self.file_hash = blob.sha256[:40]  # by which Wagtail finds duplicates
        self.scan = state_of_new(blob.scan)
        self.file = blob.name


class Image(AdminSizes, Stored, Rights, AbstractImage):
    """A picture with its credit. ``description`` is its alternative text."""

    kind: ClassVar[str] = "image"
    render_error = models.CharField(max_length=300, blank=True, editable=False)

    # Wagtail's own image model is installed beside ours: the way back needs another name.
    tags = TaggableManager(
        verbose_name=_("tags"), help_text=None, blank=True, related_name="media_images"
    )

    admin_form_fields = (
        "title", "file", "description", "credit", "creator", "copyright", "usage_terms",
        "web_statement", "caption", "persons", "taken_on", "opens_at", "closes_at", "territories",
        "uses", "source_type", "data_mining", "is_confirmed", "collection", "tags",
        "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height",
    )  # fmt: skip

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions: ClassVar = [("choose_image", "Can choose image")]

    def hold(self, blob: Blob) -> None:
        super().hold(blob)
        self.render_error = ""

    def keep_bytes(self) -> None:
        had = self.blob_id
        super().keep_bytes()
        if self.pk and self.blob_id != had:
            self.renditions.all().delete()  # sizes of the bytes that were


_file: Any = Image._meta.get_field("file")
_file.attr_class = PictureFile  # measured upright, and not decoded


class Rendition(AbstractRendition):
    """A size of a picture that the admin made for itself. Readers get sizes by name."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_size"
            )
        ]

    @property
    def url(self) -> str:
        if self.pk is None:
            return reverse("editor_file", args=[self.image.file_key])
        return reverse("editor_rendition", args=[self.pk])


class Document(Stored, Rights, AbstractDocument):
    """A file that is neither a picture nor a film."""

    kind: ClassVar[str] = "document"
    tags = TaggableManager(
        verbose_name=_("tags"), help_text=None, blank=True, related_name="media_documents"
    )

    admin_form_fields = (
        "title", "file", "credit", "creator", "copyright", "usage_terms", "web_statement",
        "caption", "opens_at", "closes_at", "territories", "uses", "is_confirmed", "collection",
        "tags",
    )  # fmt: skip

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions: ClassVar = [("choose_document", "Can choose document")]

    @property
    def url(self) -> str:
        return f"/files/{self.file_key}"


class Video(Stored, Rights, CollectionMember, index.Indexed, models.Model):
    """A film: a trailer, an extract, an interview."""

    kind: ClassVar[str] = "video"
    title = models.CharField(_("title"), max_length=255)
    file = models.FileField(_("file"), upload_to="blobs")
    file_size = models.PositiveBigIntegerField(null=True, editable=False)
    file_hash = models.CharField(max_length=40, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    description = models.CharField(
        _("what it shows"), max_length=255, blank=True, help_text=_("For those who do not see it.")
    )
    poster = models.ForeignKey(
        Image,
        verbose_name=_("poster"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The picture shown before it plays. Empty: one is taken from the film."),
    )
    captions = models.ForeignKey(
        Document,
        verbose_name=_("captions"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A WebVTT file, for those who do not hear it."),
    )
    duration = models.FloatField(_("duration"), null=True, editable=False)  # in seconds
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    codecs = models.CharField(max_length=120, blank=True, editable=False)
    tags = TaggableManager(
        verbose_name=_("tags"), help_text=None, blank=True, related_name="media_videos"
    )

    search_fields: ClassVar = [
        *CollectionMember.search_fields,
        index.SearchField("title", boost=10),
        index.AutocompleteField("title"),
        index.FilterField("title"),
        index.FilterField("created_at"),
    ]

    class Meta:
        verbose_name = _("film")
        verbose_name_plural = _("films")
        permissions: ClassVar = [("choose_video", "Can choose film")]
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        return f"/files/{self.file_key}"


class Derived(models.Model):
    """What was made of a blob: a picture in one of the named sizes, with its rights written in."""

    source = models.ForeignKey(Blob, models.CASCADE, related_name="derived")
    size = models.CharField(max_length=24)
    recipe = models.CharField(max_length=32)
    result = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "size", "recipe"], name="one_derived_a_recipe"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.size}"


class FileText(models.Model):
    """The words in a file, read once for the same bytes."""

    class State(models.TextChoices):
        PENDING = "pending", _("being read")
        READ = "read", _("read")
        EMPTY = "empty", _("no text in it")
        PROTECTED = "protected", _("protected by a password")
        TOO_LARGE = "too_large", _("too large to be read")
        FAILED = "failed", _("could not be read")

    blob = models.OneToOneField(Blob, models.CASCADE, related_name="text")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    note = models.CharField(max_length=300, blank=True)
    pages = models.JSONField(default=list)  # [number, text] each
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.blob_id}: {self.state}"


from media.downloads.models import (  # noqa: E402, F401
    Download,
    FileState,
    Notice,
    Taken,
    Told,
)
from media.kits.models import ArchiveSum, KitItem, KitVersion  # noqa: E402, F401
