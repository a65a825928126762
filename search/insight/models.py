"""What was asked, by nobody in particular; and what people keep of it for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Asked(models.Model):
    """A search that was answered. Never what it found.

    ``reader`` stands for a person for one month: nobody can tell from it who that is, nor that two
    months' readers are the same. Anonymous readers have none.
    """

    # Made where the search is answered, so that an answer can name it before it is written.
    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    reader = models.CharField(max_length=22, blank=True)
    text = models.CharField(max_length=500, blank=True)
    folded = models.CharField(max_length=500, blank=True, db_index=True)
    locale = models.CharField(max_length=12, blank=True)
    filters = models.TextField(blank=True)  # JSON
    engine = models.CharField(max_length=40)
    total = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()
    page = models.PositiveIntegerField(default=1)
    correction = models.CharField(max_length=500, blank=True)  # what was offered instead
    is_correction_accepted = models.BooleanField(default=False)
    promoted = models.PositiveSmallIntegerField(default=0)
    is_degraded = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("search that was asked")
        verbose_name_plural = _("searches that were asked")
        default_permissions: ClassVar = ["view"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.text}"


class Click(models.Model):
    """A result that was opened, and where in the list it stood."""

    # A click may be written before the search that it follows.
    asked = models.ForeignKey(Asked, models.DO_NOTHING, related_name="clicks", db_constraint=False)
    key = models.CharField(max_length=160)
    position = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions: ClassVar = []

    def __str__(self) -> str:
        return f"{self.key} at {self.position}"


class Frequent(models.Model):
    """A query that enough people asked, and that found something: one to suggest."""

    folded = models.CharField(max_length=500, db_index=True)
    locale = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=500)
    people = models.PositiveIntegerField()

    class Meta:
        default_permissions: ClassVar = []
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folded", "locale"], name="one_frequent_query")
        ]

    def __str__(self) -> str:
        return self.text


class Popular(models.Model):
    """An entry that many people open from their searches: one to rank a little higher."""

    entry_id = models.BigIntegerField(primary_key=True)
    level = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions: ClassVar = []

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.level}"


class SavedSearch(models.Model):
    """A search that a person wants to come back to, or to follow."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=500, blank=True)
    filters = models.TextField(blank=True)  # JSON
    locale = models.CharField(max_length=12, blank=True)
    digest = models.CharField(max_length=32)  # of the three above: they may be long
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar = []
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_saved_search_a_person")
        ]

    def __str__(self) -> str:
        return self.name
