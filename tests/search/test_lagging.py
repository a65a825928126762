"""Changes of many entries, which their passages follow later, and answers at once. PostgreSQL."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from cms.access import gates
from cms.access.rule import Rule
from cms.accounts import identity
from cms.entries import ingest
from cms.entries.models import Entry
from pages.management.commands.work import Work
from search import service
from search.contract import NEWEST, Filters
from search.engines.embedded import engine, filing, lagging, tables
from search.models import Lagging, Passage
from search.service import Asked
from tests.conftest import build_site

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MANY = tables.MANY + 1

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite files every change at once"
)


@pytest.fixture(autouse=True)
def _fresh():
    filing.forget()
    engine.forget()


def load(number, **fields):
    records = [
        {
            "id": f"n{place}", "type": "sheet", "locale": "fr", "title": f"Affiche {place}",
            "readers": [], "published_at": "2025-03-01T00:00:00Z",
            "parts": [{"title": "Annexe", "body": "bobine", "readers": []}], **fields,
        }
        for place in range(number)
    ]  # fmt: skip
    assert {one.status for one in ingest.store("src", records, at=NOON)} == {"stored"}


def find(client, text, **fields):
    reader = identity.reader_of(client.get("/").wsgi_request)
    return service.search(Asked(text=text, **fields), reader).found


def close(number=None):
    """Put entries behind a group nobody is in."""
    gate = gates.intern(Rule.of([[987654]]))
    ids = Entry.objects.filter(source="src").order_by("pk").values_list("pk", flat=True)[:number]
    Entry.objects.filter(pk__in=list(ids)).update(gate_id=gate)
    return gate


@pytest.mark.django_db
class TestUntilTheyAreFiled:
    def test_what_was_closed_is_gone_at_once_and_what_was_opened_is_there(self, client, site):
        load(MANY)
        before = Entry.objects.filter(source="src").values_list("gate_id", flat=True)[0]

        gate = close()

        assert Lagging.objects.count() == MANY
        assert not Passage.objects.filter(gate_id=gate).exists()
        for asked in ("affiche", "bobine"):
            assert find(client, asked).count == 0
        assert service.suggest("affi", identity.reader_of(client.get("/").wsgi_request)) == []

        Entry.objects.filter(source="src").update(gate_id=before)
        found = find(client, "bobine")
        assert found.count == MANY
        assert found.hits[0].passages[0].title == "Annexe"

    def test_few_are_filed_at_once(self, client, site):
        load(MANY)

        gate = close(MANY // 2)

        assert not Lagging.objects.exists()
        assert Passage.objects.filter(gate_id=gate).count() == 2 * (MANY // 2)
        assert find(client, "affiche").count == MANY - MANY // 2

    def test_dates_and_windows_are_those_of_the_entries(self, client, site):
        load(MANY)

        moved = datetime(2019, 5, 1, tzinfo=UTC)
        Entry.objects.filter(source="src").update(published_at=moved)
        assert find(client, "affiche", filters=Filters(until=NOON.replace(year=2020))).count == MANY
        assert {hit.key for hit in find(client, "affiche", order=NEWEST).hits} <= {
            f"src-n{place}" for place in range(MANY)
        }

        Entry.objects.filter(source="src").update(closes_at=NOON)
        assert find(client, "affiche").count == 0

    def test_an_entry_that_is_published_again_is_no_longer_behind(self, client, site):
        load(MANY)
        close()
        load(MANY, title="Horloge")

        assert not Lagging.objects.exists()
        assert find(client, "horloge").count == MANY


@pytest.mark.django_db
class TestCatchingUp:
    def test_passages_say_afterwards_what_their_entries_say(self, client, site):
        load(MANY)
        gate = close()
        Entry.objects.filter(source="src").update(section="src-there")
        filing.reshelve(list(Entry.objects.filter(source="src").values_list("pk", flat=True)))

        assert sum(lagging.catch_up(batch=40)) == MANY

        assert not Lagging.objects.exists()
        passages = Passage.objects.filter(entry__source="src")
        assert set(passages.values_list("gate_id", "shelf__section")) == {(gate, "src-there")}
        assert find(client, "affiche").count == 0

    def test_a_move_counts_at_once(self, client, section):
        load(MANY)
        key = Entry.objects.get(page_id=section.pk).key
        Entry.objects.filter(source="src").update(section=key)

        filing.reshelve(list(Entry.objects.filter(source="src").values_list("pk", flat=True)))

        assert Lagging.objects.count() == MANY
        (there,) = find(client, "affiche").facets["section"]
        assert (there.value, there.count) == (key, MANY)

    def test_what_was_deleted_meanwhile_is_no_longer_noted(self, client, site):
        load(MANY)
        close()
        Entry.objects.filter(source="src").delete()

        assert sum(lagging.catch_up()) == MANY
        assert not Lagging.objects.exists()

    def test_the_worker_files_them_and_status_says_so(self, client, site, capsys):
        load(MANY)
        close()
        call_command("search", "status")
        assert f"{MANY} changed together" in capsys.readouterr().out

        work = Work(every=1, interval=1)
        while work.file_lagging():
            pass

        call_command("search", "status")
        assert "changed together" not in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
class TestBesideOthers:
    def test_an_entry_that_is_being_changed_stays_for_the_next_turn(self, client):
        build_site()
        load(MANY)
        close()
        one = Entry.objects.filter(source="src").order_by("pk").first()
        done = []

        with transaction.atomic():
            Entry.objects.filter(pk=one.pk).update(closes_at=NOON)
            beside(lambda: done.append(sum(lagging.catch_up())))

        assert done == [MANY - 1]
        assert list(Lagging.objects.values_list("pk", flat=True)) == [one.pk]
        assert sum(lagging.catch_up()) == 1
        assert set(Passage.objects.filter(entry=one).values_list("closes_at", flat=True)) == {NOON}

    def test_making_the_index_anew_waits_for_who_changes_an_entry(self, client):
        build_site()
        load(MANY)
        one = Entry.objects.filter(source="src").order_by("pk").first()
        gate = gates.intern(Rule.of([[987654]]))
        rebuilding = Thread(target=closing(lambda: list(filing.rebuild(batch=10))))

        with transaction.atomic():
            Entry.objects.filter(pk=one.pk).update(gate_id=gate)
            rebuilding.start()
            rebuilding.join(timeout=2)
            assert rebuilding.is_alive()
        rebuilding.join(timeout=60)

        assert not rebuilding.is_alive()
        assert set(Passage.objects.filter(entry=one).values_list("gate_id", flat=True)) == {gate}
        assert Passage.objects.filter(entry__source="src").count() == 2 * MANY


def beside(work):
    """Do it in a thread of its own, on a connection of its own, and wait for it."""
    thread = Thread(target=closing(work))
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()


def closing(work):
    def run():
        try:
            work()
        finally:
            connections.close_all()

    return run
