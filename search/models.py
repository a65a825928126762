"""What the embedded engine keeps: passages of entries, and the words that occur."""

from typing import ClassVar

from django.db import models

from cms.access.reader import ALWAYS, NEVER
from cms.entries.models import Entry
from search.curation.models import Judgement, Promotion, Synonym  # noqa: F401
from search.insight.models import Asked, Click, Frequent, Popular, SavedSearch  # noqa: F401

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


class Subjects(models.Model):
    """A combination of topics. Interned like shelves, by the hash of its lines."""

    digest = models.CharField(max_length=32, unique=True)
    lines = models.TextField()  # one a topic: slug, tab, name

    def __str__(self) -> str:
        return self.lines


class Passage(models.Model):
    """The open text of an entry, or a stretch of one part of it, with what a search filters by.

    Its words stand beside it: on PostgreSQL in a column of type tsvector that lies outside of the
    row, on SQLite in an FTS5 table with the same row id. Each search looks at many thousands of
    rows, so they are narrow. Triggers keep the columns that decide access equal to those of the
    entry and of the part.
    """

    id = models.BigAutoField(primary_key=True)  # on SQLite the row id itself
    entry = models.ForeignKey(Entry, models.DO_NOTHING, related_name="+", db_constraint=False)
    gate_id = models.BigIntegerField()
    early_gate_id = models.BigIntegerField(null=True)
    opens_at = models.DateTimeField(default=ALWAYS)
    closes_at = models.DateTimeField(default=NEVER)
    published_at = models.DateTimeField()
    shelf = models.ForeignKey(
        Shelf, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    subjects = models.ForeignKey(
        Subjects, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    length = models.IntegerField()  # in words
    start = models.IntegerField(default=0)  # of the stretch, in characters of the part's text
    title_hash = models.BigIntegerField(null=True)  # of the open text alone

    # What a part asks beyond its entry; NULL in the open text.
    part_gate_id = models.BigIntegerField(null=True)
    part_early_gate_id = models.BigIntegerField(null=True)
    part_opens_at = models.DateTimeField(null=True)
    part_closes_at = models.DateTimeField(null=True)
    part = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index("gate_id", "published_at", name="passage_gate"),
            models.Index("published_at", "id", name="passage_newest"),
            models.Index("title_hash", name="passage_title"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.part}"


class Lagging(models.Model):
    """An entry whose passages still say what it asked before, so that it is asked itself.

    PostgreSQL writes all words of a passage into their index again when any column of it changes.
    After a change of many entries that is left to the worker. SQLite has none of these.
    """

    entry_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class Word(models.Model):
    """A word that occurs somewhere, or did: what corrections are chosen from.

    That it stands here says nothing to a reader: a correction must also find something for them.
    """

    text = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.text


from search.engines.elastic.models import DeadLetter, ElasticIndex, Lease  # noqa: E402, F401
