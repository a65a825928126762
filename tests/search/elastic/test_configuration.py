"""Settings that no client can be made of: a check names them, and no reader is refused for them."""

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from search.engines import breaker
from search.engines.elastic.feeding import Feeder

WRONG = [
    "http://es.example",
    "es.example:9200",
    "es.example",
    "http://es.example:port",
    "http://es.example:99999",
    "ftp://es.example:9200",
    "https://",
    "http://fil:gardee@es.example",
]


@pytest.fixture(autouse=True)
def _fresh():
    breaker.forget()
    yield
    breaker.forget()


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_is_none_is_named_with_the_remedy(settings, url):
    settings.ELASTICSEARCH_URL = url

    (told,) = faults()

    assert "ELASTICSEARCH_URL" in told.msg
    assert "http://127.0.0.1:9200" in told.hint
    assert "gar" not in told.msg + told.hint


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_is_none_is_named(settings, tmp_path, content):
    authority = tmp_path / "authority.pem"
    if content:
        authority.write_text(content)
    settings.ELASTICSEARCH_URL = "https://es.example:9200"
    settings.ELASTICSEARCH_CA = str(authority)

    (told,) = faults()

    assert "ELASTICSEARCH_CA" in told.msg


def test_an_authority_for_an_address_without_encryption_is_named(settings, tmp_path):
    settings.ELASTICSEARCH_URL = "http://es.example:9200"
    settings.ELASTICSEARCH_CA = str(tmp_path)

    (told,) = faults()

    assert "ELASTICSEARCH_CA" in told.msg


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1:9200",
        "https://es.example",
        "https://fil:rouge@es.example:9243/search",
        "http://[::1]:9200",
    ],
)
def test_an_address_is_well(settings, url):
    settings.ELASTICSEARCH_URL = url

    assert faults() == []


@pytest.mark.django_db
@pytest.mark.parametrize("url", WRONG)
def test_readers_get_their_answer_all_the_same(settings, site, api, client, url):
    settings.ELASTICSEARCH_URL = url

    answer = api.get("search?q=accueil").json()

    assert (answer["engine"], answer["degraded"], answer["count"]) == ("embedded", True, 1)
    assert api.get("suggest?q=accu").status_code == 200
    assert client.get(f"{reverse('search')}?q=accueil").status_code == 200
    feeder = Feeder()
    assert not feeder.turn()
    assert feeder.failures == 1


def faults():
    return [told for told in run_checks() if told.id == "search.E001"]
