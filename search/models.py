"""What the embedded engine keeps: passages of entries, and the words that occur."""

from typing import ClassVar

from django.db import models

from cms.access.reader import ALWAYS, NEVER
from cms.entries.models import Entry
from search.curation.models import Judgement, Promotion, Synonym  # noqa: F401
from search.insight.models import Asked, Click, Frequent, SavedSearch  # noqa: F401

PASSAGES_AN_ENTRY = 1024
"""Passage ids are the entry's id times this, plus the passage's place: 0 is the open text."""


class Shelf(models.Model):
    """A combination of facet values. Interned: passages name it by one number."""

    type = models.CharField(max_length=40)
    locale = models.CharField(max_length=12)
    section = models.CharField(max_length=160, blank=True)
    year = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type", "locale", "section", "year"], name="one_shelf_a_combination"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.locale} {self.section} {self.year}"


class Passage(models.Model):
    """The open text of an entry, or one part of it, with everything that a search filters by.

    Its words stand beside it: in a column of type tsvector on PostgreSQL, in an FTS5 table with the
    same row id on SQLite. Triggers keep the columns that decide access equal to the entry's own.
    """

    id = models.BigAutoField(primary_key=True)  # on SQLite the row id itself
    entry = models.ForeignKey(Entry, models.DO_NOTHING, related_name="+", db_constraint=False)
    part = models.CharField(max_length=64, blank=True)
    gate_id = models.BigIntegerField()
    part_gate_id = models.BigIntegerField(null=True)
    early_gate_id = models.BigIntegerField(null=True)
    opens_at = models.DateTimeField(default=ALWAYS)
    closes_at = models.DateTimeField(default=NEVER)
    published_at = models.DateTimeField()
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    topics = models.TextField(blank=True)  # a line each: slug, tab, name
    title_key = models.CharField(max_length=120, blank=True)
    length = models.IntegerField()  # in words

    class Meta:
        indexes: ClassVar = [
            models.Index("gate_id", "published_at", name="passage_gate"),
            models.Index("published_at", "id", name="passage_newest"),
            models.Index("title_key", name="passage_title"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.part}"


class Word(models.Model):
    """A word that occurs somewhere, or did: what corrections are chosen from.

    That it stands here says nothing to a reader: a correction must also find something for them.
    """

    text = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.text


from search.engines.elastic.models import DeadLetter, ElasticIndex, Lease  # noqa: E402, F401
