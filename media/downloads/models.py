"""What was taken, by whom, in which state; and what they were told since."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FileState(models.Model):
    """What a file was when somebody took it: its bytes, and the words that go with them."""

    file = models.CharField(max_length=40)  # such as image-12
    digest = models.CharField(max_length=32)  # of everything below
    source_sha256 = models.CharField(max_length=64)  # of the file as it was uploaded
    said = models.JSONField(default=dict)  # those of media.downloads.states.FIELDS

    class Meta:
        default_permissions: ClassVar = []
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "digest"], name="one_file_state_a_digest")
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.digest[:8]}"


class Download(models.Model):
    """One archive or file that left, in however many ranges, for one taker.

    ``taker`` is by whom ranges are put together: a person, or a visitor of one day, under a
    pseudonym. The outlet is the organisation at that time; its name stays when that is deleted.
    """

    class Choice(models.TextChoices):
        ALL = "all", _("whole kit")
        ITEMS = "items", _("chosen files")
        CHANGES = "changes", _("changes since a version")
        FILE = "file", _("one file")

    taker = models.CharField(max_length=32)
    turn = models.PositiveIntegerField()  # the taker's first, second … download of the same bytes
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="downloads"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.SET_NULL, null=True, blank=True, related_name="downloads"
    )
    outlet = models.CharField(_("outlet"), max_length=200, blank=True)
    token = models.ForeignKey(
        "accounts.Token", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kit = models.CharField(_("kit"), max_length=160, blank=True, db_index=True)
    version = models.PositiveIntegerField(_("version"), null=True)
    since = models.PositiveIntegerField(null=True)
    choice = models.CharField(_("choice"), max_length=8, choices=Choice.choices)
    size = models.CharField(_("size"), max_length=24, blank=True)  # hd, web, or a named size
    title = models.CharField(_("title"), max_length=300)
    etag = models.CharField(max_length=80)
    length = models.BigIntegerField()  # bytes of the whole
    ranges = models.JSONField(default=list)  # [start, stop] each, sorted, apart from each other
    received = models.BigIntegerField(default=0)  # bytes that left, each counted once
    files = models.PositiveIntegerField()
    started_at = models.DateTimeField(_("started"), db_index=True)
    last_at = models.DateTimeField()
    completed_at = models.DateTimeField(_("completed"), null=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        default_permissions: ClassVar = ["view", "delete"]
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["taker", "etag", "turn"], name="one_download_a_turn")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_choice_display()})"

    @property
    def is_by_token(self) -> bool:
        return self.token_id is not None


class Taken(models.Model):
    """One file of a download. It counts once its last byte has left."""

    download = models.ForeignKey(Download, models.CASCADE, related_name="taken")
    position = models.PositiveIntegerField()
    file = models.CharField(max_length=40)  # such as image-12
    anchor = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64, db_index=True)  # of what was delivered
    source_sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    state = models.ForeignKey(FileState, models.PROTECT, null=True, related_name="taken")
    told = models.CharField(max_length=32, blank=True)  # the state its taker was last told of

    class Meta:
        default_permissions: ClassVar = []
        ordering: ClassVar = ["download", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["download", "position"], name="one_taken_a_position")
        ]
        indexes: ClassVar = [models.Index("file", "completed_at", name="taken_file")]

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"


class Notice(models.Model):
    """Something that its takers should be told: about a file, or about an entry."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("file withdrawn")
        CORRECTED = "corrected", _("file corrected or replaced")
        ENTRY = "entry", _("text corrected")
        UNPUBLISHED = "unpublished", _("taken offline")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DISMISSED = "dismissed", _("not sent")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    subject = models.CharField(max_length=160)  # key of a file or of an entry
    title = models.CharField(_("title"), max_length=300)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    opened_at = models.DateTimeField(_("since"))
    touched_at = models.DateTimeField()  # the last change that it is about
    seen = models.CharField(max_length=32, blank=True)  # what the file was at that change
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("notice to takers")
        verbose_name_plural = _("notices to takers")
        default_permissions: ClassVar = ["change"]
        ordering: ClassVar = ["-touched_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state="pending"),
                name="one_pending_notice_a_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"


class Told(models.Model):
    """A person whom a notice is for, and when the mail left. ``files``: what they have of a kit."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="told")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="told"
    )
    kit = models.CharField(max_length=160, blank=True, db_index=True)
    version = models.PositiveIntegerField(null=True)  # the kit's latest when it was planned
    files = models.JSONField(default=list)  # media.downloads.recall.Copy as JSON
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_withheld = models.BooleanField(default=False)  # the person may not read it any more

    class Meta:
        default_permissions: ClassVar = []
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person", "kit"], name="one_telling_a_kit")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.person_id}"
