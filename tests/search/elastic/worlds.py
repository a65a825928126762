"""Small worlds of entries, gates and parts, and what each reader may find there, by brute force."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
from django.contrib.auth.models import Group

from cms.access import gates
from cms.access.reader import ALWAYS, NEVER, Reader, grants_of
from cms.access.rule import Rule
from cms.entries.models import Entry, EntryTopic, Part

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
# No stemmer of any language brings two of these together.
WORDS = ["zabo", "kirtu", "molvik", "pluna", "gorbi", "tazim", "wendo", "fulak", "jorim", "visk"]


@dataclass
class Piece:
    """A part, as plain values."""

    anchor: str
    words: list
    gate: int
    early: int | None = None
    opens_at: datetime = ALWAYS
    closes_at: datetime = NEVER

    def is_open_to(self, reader):
        """The rule by brute force."""
        opened = reader.grants.open_gates
        is_time = self.opens_at <= reader.at or self.early in opened
        return self.gate in opened and is_time and reader.at < self.closes_at


@dataclass
class Thing:
    """An entry, as plain values."""

    key: str
    type: str
    locale: str
    section: str
    topics: list
    title: list
    words: list
    gate: int
    early: int | None
    opens_at: datetime
    closes_at: datetime
    published_at: datetime
    parts: list = field(default_factory=list)
    id: int = 0

    def open_text(self):
        return [*self.title, "·", *self.words]

    def texts(self, reader):
        """Lists of words that the reader may know, a list for each stretch of text."""
        pieces = [one.words for one in self.parts if one.is_open_to(reader)]
        return [self.title, self.words, *pieces]

    def has(self, words, reader):
        """Whether the words stand one after the other somewhere."""
        size = len(words)
        return any(
            text[at : at + size] == words
            for text in self.texts(reader)
            for at in range(len(text) - size + 1)
        )


def build(seed, *, entries=24):
    """A random world, in the database. The things and the groups."""
    dice = random.Random(seed)
    groups = [Group.objects.create(name=f"Group {seed} {number}").pk for number in range(3)]
    rules = [
        Rule.of([]),
        Rule.of([[groups[0]]]),
        Rule.of([[groups[1]]]),
        Rule.of([[groups[0], groups[1]], [groups[2]]]),
    ]
    ids = [gates.intern(rule) for rule in rules]
    things = [random_thing(dice, number, ids) for number in range(entries)]
    for thing in things:
        store(thing)
    return things, groups


def random_thing(dice, number, ids):
    def text(most):
        return [dice.choice(WORDS) for _ in range(dice.randint(1, most))]

    hours = [timedelta(hours=one) for one in (-2, -1, 0, 1)]

    def window():
        return {
            "early": dice.choice([None, None, *ids]),
            "opens_at": dice.choice([ALWAYS, ALWAYS, *(NOON + one for one in hours)]),
            "closes_at": dice.choice([NEVER, NEVER, *(NOON + one for one in hours)]),
        }

    return Thing(
        key=f"thing-{number}",
        type=dice.choice(["sheet", "order", "article"]),
        locale=dice.choice(["fr", "en", "zh", "de"]),
        section=dice.choice(["", "thing-0", "thing-1"]),
        topics=dice.sample(["pricing", "halls", "films"], dice.randint(0, 2)),
        title=text(3),
        words=text(6),
        gate=dice.choice(ids),
        **window(),
        published_at=NOON - timedelta(days=dice.randint(0, 900)),
        parts=[
            Piece(f"p{one}", text(4), dice.choice(ids), **window())
            for one in range(dice.randint(0, 3))
        ],
    )


def store(thing):
    title = " ".join(thing.title)
    card = {
        "key": thing.key,
        "type": thing.type,
        "locale": thing.locale,
        "title": title,
        "summary": "",
        "url": f"/{thing.locale}/{thing.key}/",
        "updated_at": NOON.isoformat(),
    }
    entry = Entry.objects.create(
        key=thing.key,
        type=thing.type,
        locale=thing.locale,
        title=title,
        path=f"/{thing.locale}/{thing.key}/",
        section=thing.section,
        gate_id=thing.gate,
        early_gate_id=thing.early,
        opens_at=thing.opens_at,
        closes_at=thing.closes_at,
        published_at=thing.published_at,
        updated_at=NOON,
        card=orjson.dumps(card).decode(),
        body="[]",
        text=" ".join(thing.words),
    )
    thing.id = entry.pk
    for place, one in enumerate(thing.parts):
        Part.objects.create(
            entry=entry,
            anchor=one.anchor,
            position=place,
            gate_id=one.gate,
            early_gate_id=one.early,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            title="",
            body="[]",
            text=" ".join(one.words),
        )
    for slug in thing.topics:
        EntryTopic.objects.create(
            entry=entry,
            slug=slug,
            name=slug.upper(),
            gate_id=thing.gate,
            published_at=thing.published_at,
        )


def reader_in(groups, at=NOON):
    """Somebody who is in these groups."""
    known = gates.all_gates(gates.state().version)
    return Reader(grants_of(person=None, groups=frozenset(groups), gates=known), at)


def facets_of(things, readable):
    """What each facet must count."""
    titles = {one.key for one in readable}
    return {
        "type": Counter(one.type for one in things),
        "topic": Counter(topic for one in things for topic in one.topics),
        "locale": Counter(one.locale for one in things),
        "section": Counter(one.section for one in things if one.section in titles),
        "year": Counter(str(one.published_at.year) for one in things),
    }
