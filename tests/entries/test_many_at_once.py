"""Many entries in one go: as one by one, and beside others who store the same."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection, connections, transaction
from django.forms.models import model_to_dict

from cms import copying
from cms.entries import ingest, publish, records
from cms.entries.models import Change, Entry, EntryTopic, Part

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
MANY = copying.MANY
beside_others = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


def raw(number, title="Commande"):
    return {
        "id": f"{number:03}",
        "type": "order",
        "locale": "fr",
        "title": f"{title} {number}",
        "body": "Douze présentoirs.",
        "topics": ["presentoirs", "salles"],
        "readers": [],
        "published_at": "2026-11-20T09:00:00Z",
        "opens_at": "2026-11-19T09:00:00Z" if number % 2 else None,
        "parts": [{"title": "Marge", "body": "Un tiers.", "readers": []}],
    }


def kept(model):
    """All rows, without the ids that the database gave."""
    return [
        {name: value for name, value in model_to_dict(row).items() if name not in {"id", "entry"}}
        for row in model._default_manager.order_by("pk")
    ]


def test_many_are_stored_as_one_by_one():
    one_by_one = [raw(number) for number in range(MANY)]
    for one in one_by_one:
        ingest.store("orders", [one], at=AT)
    expected = [kept(model) for model in (Entry, Part, EntryTopic)]
    Entry.objects.all().delete()

    results = ingest.store("orders", one_by_one, at=AT)

    assert {result.status for result in results} == {"stored"}
    assert [kept(model) for model in (Entry, Part, EntryTopic)] == expected
    assert Entry.objects.count() == MANY
    assert Change.objects.filter(kind="put").count() == 2 * MANY


@contextmanager
def meanwhile(action):
    """Begin an action in a connection of its own, and leave when it is done.

    What happens within the block happens once the action waits for a lock.
    """
    outcome = []

    def act():
        try:
            outcome.append(action())
        finally:
            connections.close_all()

    other = threading.Thread(target=act)
    other.start()
    until = time.monotonic() + 20
    while not someone_waits():
        assert time.monotonic() < until, "it waits for nothing"
        time.sleep(0.01)
    yield outcome
    connection.commit()
    other.join(20)
    assert outcome, "it failed"


def someone_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@beside_others
def test_two_batches_of_a_source_are_stored_one_after_the_other():
    first = [raw(number, "Première") for number in range(MANY)]
    second = [raw(number, "Seconde") for number in range(MANY)]
    transaction.set_autocommit(False)
    try:
        ingest.store("orders", first, at=AT)
        with meanwhile(lambda: ingest.store("orders", second, at=AT)) as outcome:
            assert not outcome
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)

    assert {result.status for result in outcome[0]} == {"stored"}
    assert set(Entry.objects.values_list("title", flat=True)) == {one["title"] for one in second}
    assert EntryTopic.objects.count() == 2 * MANY
    assert Part.objects.count() == MANY


@beside_others
def test_what_somebody_else_stored_meanwhile_is_replaced_whole():
    """Entries come by other ways than records: what was looked up as new may be stored since."""
    site = ingest.present_site()
    projections = [
        records.parse(raw(number, "Seconde"), source="orders", site=site, at=AT)
        for number in range(MANY)
    ]
    publish.put([records.parse(raw(900), source="orders", site=site, at=AT)], at=AT)
    transaction.set_autocommit(False)
    try:
        publish.put([records.parse(raw(7), source="orders", site=site, at=AT)], at=AT)
        with meanwhile(lambda: publish.put(projections, at=AT)) as outcome:
            assert not outcome
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)

    assert len(outcome[0]) == MANY
    entry = Entry.objects.get(key="orders-007")
    assert entry.title == "Seconde 7"
    assert (entry.topics.count(), entry.parts.count()) == (2, 1)
    assert Entry.objects.count() == MANY + 1
