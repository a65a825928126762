"""What editors curate counts on a live Elasticsearch at the next search, with nothing to index."""

from datetime import timedelta

import pytest

from cms.accounts import identity
from cms.entries import ingest
from cms.entries.models import Entry
from search import service
from search.curation import readers
from search.curation.models import Promotion, Synonym
from search.service import Asked

pytestmark = [pytest.mark.elasticsearch, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _filed(index, staff):
    texts = {"1": ("Autopartage", []), "2": ("Parking", []), "3": ("Trajets", [[staff.name]])}
    raws = [
        {
            "id": id_, "type": "sheet", "locale": "fr", "title": title, "body": "à réserver",
            "readers": groups, "published_at": "2026-01-01T00:00:00Z",
        }
        for id_, (title, groups) in texts.items()
    ]  # fmt: skip
    assert all(one.status == "stored" for one in ingest.store("src", raws, at=identity.now()))
    index.file(Entry.objects.values_list("pk", flat=True))


def found(text, reader=None):
    outcome = service.search(Asked(text=text, is_exact=True), reader or readers.stranger())
    assert outcome.engine == "elasticsearch"
    advised = [one.key for one in outcome.promoted]
    return [hit.key for hit in outcome.found.hits], advised


def test_a_synonym_is_in_force_as_soon_as_it_is_saved_and_no_longer_than_it_is_kept():
    assert found("covoiturage")[0] == []

    row = Synonym.objects.create(words="covoiturage, autopartage")
    assert found("covoiturage")[0] == ["src-1"]
    row.delete()

    assert found("covoiturage")[0] == []


def test_a_synonym_of_several_words_leads_to_one_and_back():
    Synonym.objects.create(words="voiture partagée, autopartage")

    assert found("voiture partagée")[0] == ["src-1"]


@pytest.mark.parametrize(("key", "seen"), [("src-2", True), ("src-3", False)])
def test_advice_shows_to_whoever_may_read_what_it_is_about(key, seen, make_user, staff):
    today = identity.now().date()
    Promotion.objects.create(
        phrases="autopartage", entry_key=key, starts_on=today, ends_on=today + timedelta(days=9)
    )

    assert found("autopartage") == (["src-1"], [key] if seen else [])
    assert found("autopartage", readers.person(make_user(groups=[staff])))[1] == [key]
