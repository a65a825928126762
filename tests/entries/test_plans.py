"""Whichever way a list is asked for, its pages together are what the rule says, in order."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from cms.access import gates
from cms.access.reader import NEVER, Reader, grants_of
from cms.access.rule import SIGNED_IN, Rule
from cms.entries import publish, read, select
from cms.entries.listing import Listing
from cms.entries.models import Entry
from cms.entries.projection import Projection, Topic

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SLUGS = ("un", "deux", "trois", "rare")
LISTINGS = (
    {},
    {"types": ("order",)},
    {"locales": ("en",)},
    {"locales": ("zh",)},
    {"topics": ("un",)},
    {"topics": ("rare",)},
    {"topics": ("un", "deux")},
    {"topics": ("rare", "deux", "trois"), "types": ("order", "flight")},
    {"topics": ("un", "trois"), "order": "published_at"},
    {"topics": ("un", "deux"), "since": NOW - timedelta(days=40)},
    {"order": "-updated_at"},
    {"order": "-updated_at", "types": ("order",)},
    {"order": "title", "topics": ("rare", "un")},
    {"under": "/fr/"},
    {"under": "/fr/section-1/"},
    {"under": "/fr/section-1/", "types": ("order",)},
    {"under": "/fr/section-2/", "order": "published_at", "since": NOW - timedelta(days=40)},
    {"under": "/fr/section-2/theme-1/"},
    {"under": "/fr/section-2/theme-1/", "topics": ("un",)},
    {"under": "/fr/section-2/theme-1/", "order": "title"},
    {"under": "/fr/nowhere/"},
    {"order": "title", "locales": ("en",), "until": NOW - timedelta(days=5)},
)


@pytest.fixture
def groups(db):
    return [Group.objects.create(name=f"Cercle {number}") for number in range(6)]


@pytest.fixture
def world(groups):
    """Ninety entries behind six groups, many of the same moment, some not open yet or any more."""
    rng = random.Random(5)
    projections = []
    for number in range(90):
        published = NOW - timedelta(days=rng.randint(0, 60))
        topics = rng.sample(SLUGS[:3], rng.randint(0, 3)) + (["rare"] if number % 29 == 3 else [])
        window = rng.choice([{}, {}, {}, {"opens_at": NEVER}, {"closes_at": NOW}])
        key = f"bench-{number}"
        section = number % 3
        path = f"/fr/section-{section}/theme-{number % 2}/{key}/"
        projections.append(
            Projection(
                key=key,
                type=rng.choice(["order", "flight"]),
                locale=rng.choice(["fr", "en"]),
                title=key,
                card={"key": key, "topics": []},
                body=(),
                rule=Rule.of([[rng.choice(groups).pk]]),
                published_at=published,
                updated_at=published + timedelta(days=rng.randint(0, 9)),
                path=path if section else None,
                section=f"section-{section}" if section else "",
                topics=tuple(Topic(slug=slug, name=slug) for slug in topics),
                **window,
            )
        )
    publish.put(projections, at=NOW)
    return {one.key: one for one in projections}


def reader(groups):
    known = gates.all_gates(gates.state().version)
    ids = frozenset({SIGNED_IN, *(group.pk for group in groups)})
    return Reader(grants_of(person=None, groups=ids, gates=known), NOW)


def expected(world, listing, who):
    rows = [
        entry
        for entry in Entry.objects.all()
        if who.may_read(entry)
        and (not listing.types or entry.type in listing.types)
        and (not listing.locales or entry.locale in listing.locales)
        and (not listing.under or (entry.path or "").startswith(listing.under))
        and (not listing.since or entry.published_at >= listing.since)
        and (not listing.until or entry.published_at < listing.until)
        and (
            not listing.topics
            or {topic.slug for topic in world[entry.key].topics} & set(listing.topics)
        )
    ]
    rows.sort(key=lambda one: (getattr(one, listing.column), one.pk), reverse=listing.newest_first)
    return [entry.key for entry in rows]


def paged(listing, who):
    found, after = [], None
    while True:
        page = read.entries(
            Listing(**{**listing, "limit": 4, "after": after}),
            who,
        )
        found += [card["key"] for card in page.values]
        if page.next is None:
            return found
        after = page.next


@pytest.mark.parametrize("window", [5, 30, 1000])
@pytest.mark.parametrize("few", [0, 100])
@pytest.mark.parametrize("fields", LISTINGS, ids=str)
def test_windows_gates_and_plain_lists_agree(monkeypatch, world, groups, fields, few, window):
    monkeypatch.setattr(select, "FEW_GATES", few)
    monkeypatch.setattr(select, "WINDOW", window)
    monkeypatch.setattr(select, "LONG_WINDOW", window)

    for many in (0, 1, 3, 6):
        who = reader(groups[:many])
        assert paged(fields, who) == expected(world, Listing(**fields), who)


def test_an_entry_with_several_of_the_topics_stands_there_once(world, groups):
    found = paged({"topics": SLUGS}, reader(groups))

    assert len(found) == len(set(found)) > 10
