"""Searches that are asked again: nothing of an answer outlives what it depends on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts import identity
from cms.entries import ingest
from search.curation.models import Promotion, Synonym
from tests.factories import article, restrict, subsection

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FIND = "search?q=affiche"


@pytest.fixture
def clock(monkeypatch):
    """Sets what the time is."""

    def at(moment):
        monkeypatch.setattr(identity, "now", lambda: moment)

    at(NOON)
    return at


def load(*records):
    sent = [
        {
            "type": "sheet",
            "locale": "fr",
            "readers": [],
            "published_at": "2026-01-01T00:00:00Z",
            **one,
        }
        for one in records
    ]
    assert {one.status for one in ingest.store("src", sent, at=NOON)} <= {"stored", "deleted"}


def found(api, path=FIND, **who):
    return [item["key"] for item in api.get(path, **who).json()["items"]]


def asked_often(api, path=FIND, **who):
    """What is found by now, when it was asked so often that it is kept."""
    for _ in range(3):
        keys = found(api, path, **who)
    return keys


@pytest.mark.django_db
def test_what_is_asked_again_costs_fewer_queries_and_is_still_written_down(api, site):
    load({"id": "a", "title": "Affiche"})
    counts, asks = [], set()
    for _ in range(4):
        with CaptureQueriesContext(connection) as queries:
            asks.add(api.get(FIND).json()["ask"])
        counts.append(sum("merged AS" in one["sql"] for one in queries))

    assert counts == [1, 1, 0, 0]
    assert len(asks) == 4


@pytest.mark.django_db
def test_what_is_published_changed_or_taken_away_counts_at_the_next_asking(api, site):
    load({"id": "a", "title": "Affiche"})
    assert asked_often(api) == ["src-a"]

    load({"id": "b", "title": "Affiche"})
    assert set(asked_often(api)) == {"src-a", "src-b"}

    load({"id": "a", "title": "Bobine"})
    assert asked_often(api) == ["src-b"]

    load({"id": "b", "deleted": True})
    assert found(api) == []


@pytest.mark.django_db
def test_privacy_and_groups_count_at_the_next_asking(api, section, staff, make_user, token_of):
    place = subsection(section)
    page = article(place, "Affiche")
    key = f"article-{page.pk}"
    person = make_user(groups=[staff])
    token = token_of(person)
    assert asked_often(api, token=token) == asked_often(api) == [key]

    restrict(place, staff)
    assert asked_often(api, token=token) == [key]
    assert asked_often(api) == []

    person.groups.clear()
    assert found(api, token=token) == []


@pytest.mark.django_db
def test_moments_count_at_their_second(api, site, clock):
    opens, closes = NOON + timedelta(seconds=10), NOON + timedelta(seconds=20)
    window = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
    load({"id": "a", "title": "Affiche", **window})
    assert asked_often(api) == []

    clock(opens - timedelta(microseconds=1))
    assert asked_often(api) == []
    clock(opens)
    assert asked_often(api) == ["src-a"]
    clock(closes)
    assert found(api) == []


@pytest.mark.django_db
def test_curation_counts_at_the_next_asking_and_a_promotion_on_its_day(api, site, clock):
    load({"id": "a", "title": "Poster"}, {"id": "b", "title": "Affiche"})
    assert asked_often(api) == ["src-b"]

    Synonym.objects.create(words="affiche, poster")
    assert set(asked_often(api)) == {"src-a", "src-b"}

    tomorrow = NOON + timedelta(days=1)
    Promotion.objects.create(
        entry_key="src-a", phrases="affiche", starts_on=tomorrow.date(), ends_on=tomorrow.date()
    )
    asked_often(api)
    assert api.get(FIND).json()["promoted"] == []
    clock(tomorrow)
    assert [one["key"] for one in api.get(FIND).json()["promoted"]] == ["src-a"]


@pytest.mark.django_db
def test_readers_with_other_gates_have_other_answers(api, section, staff, make_user, token_of):
    article(section, "Affiche")
    place = subsection(section)
    restrict(place, staff)
    article(place, "Affiche")

    assert len(asked_often(api, token=token_of(make_user(groups=[staff])))) == 2
    assert len(asked_often(api, token=token_of(make_user("b@cabestan.example")))) == 1


@pytest.mark.django_db
def test_who_advises_a_result_is_told_to_none_who_are_not_signed_in(api, site, make_user, token_of):
    """Whoever is signed in and in no group reads what strangers read, and is told more."""
    load({"id": "a", "title": "Affiche"})
    today = identity.now().date()
    Promotion.objects.create(
        entry_key="src-a", phrases="affiche", starts_on=today, ends_on=today,
        owner=make_user("ines@cabestan.example", first_name="Inès", last_name="Kervella"),
    )  # fmt: skip
    token = token_of(make_user("b@cabestan.example"))

    for _ in range(3):
        [told] = api.get(FIND, token=token).json()["promoted"]
        assert told["by"] == "Inès Kervella"
        [untold] = api.get(FIND).json()["promoted"]
        assert untold["by"] == ""
