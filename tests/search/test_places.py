"""Where a search goes on: from a place of the engine that gave it, and of no other."""

import pytest
from django.http import QueryDict
from django.utils import translation

from cms.accounts import identity
from cms.entries import cursors, ingest
from cms.entries.cursors import Place
from cms.entries.parameters import Parameters
from search import asking
from search.engines import breaker
from search.portal import address
from tests.ports import free_port

FIND = "search?q=affiche&limit=10"


@pytest.fixture
def many(site):
    sent = [
        {"id": f"n{number}", "type": "sheet", "locale": "fr", "readers": [],
         "title": f"Affiche {number}"}
        for number in range(30)
    ]  # fmt: skip
    ingest.store("src", sent, at=identity.now())


@pytest.fixture
def prefer_a_dead_engine(settings):
    def prefer():
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{free_port()}"

    yield prefer
    breaker.forget()


def keys(answer):
    return [item["key"] for item in answer.json()["items"]]


@pytest.mark.django_db
def test_the_engine_that_began_goes_on_even_if_another_is_preferred_by_then(
    api, many, prefer_a_dead_engine
):
    whole = keys(api.get("search?q=affiche&limit=30"))
    first = api.get(FIND)
    prefer_a_dead_engine()

    second = api.get(f"{FIND}&cursor={first.json()['next']}")

    assert second.json()["engine"] == "embedded"
    assert keys(first) + keys(second) == whole[:20]


@pytest.mark.django_db
def test_a_place_of_an_engine_that_does_not_answer_is_refused_and_the_page_begins_anew(
    api, client, many, rf, prefer_a_dead_engine
):
    prefer_a_dead_engine()
    request = rf.get(f"/api/v1/{FIND}")
    asked = asking.read_request(Parameters(request, known=asking.KNOWN))
    cursor = cursors.encode(Place("12.3", 7), bound_to=asked.bound_to("elasticsearch"))

    refused = api.get(f"{FIND}&cursor={cursor}")
    with translation.override("fr"):
        wanted = address.read(QueryDict("q=affiche"))
    cursor = cursors.encode(Place("12.3", 7), bound_to=wanted.bound_to("elasticsearch"))
    onward = client.get(f"/fr/search/?q=affiche&cursor={cursor}")

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["field"] == "cursor"
    assert "start again" in error["message"]
    assert onward.status_code == 200
    assert "Affiche" in onward.content.decode()
