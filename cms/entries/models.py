"""What was published, as readers get it, and the feed of what moved."""

from typing import ClassVar

from django.db import models
from django.db.models import F

from cms.access.models import Gate
from cms.access.reader import ALWAYS, NEVER


class Entry(models.Model):
    """One published thing in one language.

    ``card`` and ``body`` are finished JSON and pass to readers without being parsed, unless
    ``is_woven`` says that the body holds parts or points at other entries.
    """

    key = models.CharField(max_length=160, unique=True)
    type = models.CharField(max_length=40)
    locale = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    sort_title = models.CharField(max_length=300)
    path = models.CharField(max_length=700, null=True, unique=True)
    page_id = models.BigIntegerField(null=True, unique=True)
    source = models.CharField(max_length=40, blank=True)
    run = models.CharField(max_length=32, blank=True)  # the loading that last named this record

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+", db_index=False)
    early_gate = models.ForeignKey(
        Gate, models.PROTECT, related_name="+", null=True, db_index=False
    )
    opens_at = models.DateTimeField(default=ALWAYS)
    closes_at = models.DateTimeField(default=NEVER)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    section = models.CharField(max_length=160, blank=True)
    position = models.CharField(max_length=255, blank=True)  # its place in the menu, or nothing
    translation_key = models.UUIDField(null=True)
    pinned_until = models.DateTimeField(null=True)

    card = models.TextField()
    body = models.TextField()
    text = models.TextField(blank=True)
    found_by = models.TextField(blank=True)  # words that only search knows
    is_woven = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=32)

    class Meta:
        verbose_name_plural = "entries"
        indexes: ClassVar = [
            # Newest first for the usual reader, and gate by gate for the reader with few gates.
            models.Index(F("published_at").desc(), F("id").desc(), name="entry_newest"),
            models.Index("type", F("published_at").desc(), F("id").desc(), name="entry_type"),
            models.Index("locale", F("published_at").desc(), F("id").desc(), name="entry_locale"),
            models.Index("gate", F("published_at").desc(), F("id").desc(), name="entry_gate"),
            models.Index(
                "gate", "type", F("published_at").desc(), F("id").desc(), name="entry_gate_type"
            ),
            models.Index(F("updated_at").desc(), F("id").desc(), name="entry_updated"),
            models.Index("sort_title", "id", name="entry_title"),
            models.Index("translation_key", name="entry_translation"),
            models.Index("section", F("published_at").desc(), F("id").desc(), name="entry_section"),
            models.Index(
                "section",
                "gate",
                F("published_at").desc(),
                F("id").desc(),
                name="entry_section_gate",
            ),
            models.Index("source", "run", name="entry_source", condition=~models.Q(source="")),
            models.Index("locale", "position", name="entry_menu", condition=~models.Q(position="")),
            models.Index(
                "pinned_until", name="entry_pinned", condition=models.Q(pinned_until__isnull=False)
            ),
            models.Index("opens_at", name="entry_opens", condition=models.Q(opens_at__gt=ALWAYS)),
            models.Index("closes_at", name="entry_closes", condition=models.Q(closes_at__lt=NEVER)),
        ]

    def __str__(self) -> str:
        return self.key


class Windowed(models.Model):
    """What has a gate and a time window of its own, beyond those of its entry."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+", db_index=False)
    early_gate = models.ForeignKey(
        Gate, models.PROTECT, related_name="+", null=True, db_index=False
    )
    opens_at = models.DateTimeField(default=ALWAYS)
    closes_at = models.DateTimeField(default=NEVER)

    class Meta:
        abstract = True


class Part(Windowed):
    """A piece of an entry for fewer readers, or for a time: it asks beyond what the entry asks.

    The text of a file that the entry holds is a part of kind ``file``, which only search reads.
    """

    class Kind(models.TextChoices):
        SECTION = "section"
        FILE = "file"

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="parts")
    anchor = models.CharField(max_length=64)
    position = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SECTION)
    file = models.CharField(max_length=40, blank=True)  # whose text it is, such as document-5
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["entry", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "anchor"], name="one_part_an_anchor")
        ]
        indexes: ClassVar = [
            models.Index("opens_at", name="part_opens", condition=models.Q(opens_at__gt=ALWAYS)),
            models.Index("closes_at", name="part_closes", condition=models.Q(closes_at__lt=NEVER)),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.anchor}"


class Holding(Windowed):
    """«This entry holds this file»: the only thing that makes a file readable.

    Gate and window are what the file itself asks beyond the entry and the part: its collection, its
    territories, its own embargo and the end of its rights.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="holdings")
    part = models.ForeignKey(Part, models.CASCADE, null=True, related_name="holdings")
    anchor = models.CharField(max_length=64, blank=True)  # the item of a kit that it is held for
    file = models.CharField(max_length=40, db_index=True)  # such as image-12, document-5
    position = models.IntegerField()
    listing = models.TextField(blank=True)  # the file's JSON in the entry's list of files

    class Meta:
        indexes: ClassVar = [
            models.Index("opens_at", name="holding_opens", condition=models.Q(opens_at__gt=ALWAYS)),
            models.Index(
                "closes_at", name="holding_closes", condition=models.Q(closes_at__lt=NEVER)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} holds {self.file}"


class Reference(models.Model):
    """An entry points at another, by key: resolved at read among what the reader may read."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="references")
    target = models.CharField(max_length=160, db_index=True)

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.target}"


class EntryTopic(models.Model):
    """An entry's topic. Repeats gate and date, so that a topic's list is one index scan."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="topics")
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # With the gate at its end, the newest of a topic are sieved in the index alone.
            models.Index(
                "slug",
                F("published_at").desc(),
                F("entry_id").desc(),
                "gate",
                name="topic_newest",
            ),
            models.Index(
                "slug",
                "gate",
                F("published_at").desc(),
                F("entry_id").desc(),
                name="topic_gate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.slug}"


class Change(models.Model):
    """One line of the change feed, numbered in the order of commits."""

    class Kind(models.TextChoices):
        PUT = "put"
        GONE = "gone"

    class Weight(models.IntegerChoices):
        NONE = 0  # moved, projected anew, imported
        MINOR = 1
        MATERIAL = 2

    number = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=160, db_index=True)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    weight = models.SmallIntegerField(choices=Weight.choices, default=Weight.MINOR)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.key}"


class FeedHead(models.Model):
    """One row: the number of the last change.

    Taking numbers locks it until the commit, so that a late commit cannot slip in behind a
    consumer's cursor.
    """

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Cursor(models.Model):
    """How far a consumer has read the change feed, and the openings and closings."""

    consumer = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)
    moment = models.DateTimeField(default=ALWAYS)

    def __str__(self) -> str:
        return f"{self.consumer}: {self.number}"
