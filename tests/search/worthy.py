"""Two texts that are as good as each other, and what lifts one of them."""

from datetime import UTC, datetime, timedelta

from cms.access import gates
from cms.access.reader import Reader, grants_of
from cms.entries import ingest
from cms.entries.models import Entry
from search import service
from search.engines.embedded import filing
from search.insight.models import Popular
from search.service import Asked

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FILLER = "rien à voir ici " * 40


def load(*texts):
    """Entries ``src-0``, ``src-1`` and so on, whose ids rise: the last comes first among equals."""
    raws = [
        {
            "id": str(number), "type": "sheet", "locale": "fr", "readers": [], "title": "Planning",
            "body": text, "published_at": "2026-01-01T00:00:00Z",
        }
        for number, text in enumerate(texts)
    ]  # fmt: skip
    assert all(one.status == "stored" for one in ingest.store("src", raws, at=NOON))
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def become(id_, type_slug, *, days):
    """Make an entry one of another type, so many days old."""
    Entry.objects.filter(pk=id_).update(type=type_slug, published_at=NOON - timedelta(days=days))
    filing.file([id_])


def found(text="cabestan", **fields):
    known = gates.all_gates(gates.state().version)
    reader = Reader(grants_of(person=None, groups=frozenset(), gates=known), NOON)
    hits = service.search(Asked(text=text, **fields), reader).found.hits
    return [int(hit.key.removeprefix("src-")) for hit in hits]


def news_comes_first_while_it_is_new(index=lambda ids: None):
    ids = load("cabestan", "cabestan", "cabestan", "cabestan")
    for id_, type_slug, days in zip(
        ids, ("article", "brief", "rumour", "event"), (60, 3, 100, 1), strict=True
    ):
        become(id_, type_slug, days=days)
    index(ids)

    assert found() == [1, 0, 2, 3]


def age_hides_nothing_that_is_much_better(index=lambda ids: None):
    ids = load("cabestan cabestan", f"{FILLER} cabestan {FILLER}")
    become(ids[0], "article", days=4000)
    become(ids[1], "article", days=0)
    index(ids)

    assert found() == [0, 1]


def what_many_open_comes_first(index=lambda ids: None):
    ids = load("cabestan", "cabestan", "cabestan")
    index(ids)
    assert found() == [2, 1, 0]

    Popular.objects.create(entry_id=ids[0], level=4)
    Popular.objects.create(entry_id=ids[1], level=1)

    assert found() == [0, 1, 2]
    assert found(limit=1) == [0]


def popularity_hides_nothing_that_is_much_better(index=lambda ids: None):
    ids = load(f"{FILLER} cabestan {FILLER}", "cabestan cabestan")
    index(ids)
    Popular.objects.create(entry_id=ids[0], level=4)

    assert found() == [1, 0]


ALL = (
    news_comes_first_while_it_is_new,
    age_hides_nothing_that_is_much_better,
    what_many_open_comes_first,
    popularity_hides_nothing_that_is_much_better,
)
