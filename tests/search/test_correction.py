"""What is taken for a slip, and what becomes of the query."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts import identity
from cms.entries import ingest
from search import correction
from search.curation.models import Synonym
from search.engines.embedded import engine, filing
from search.insight.models import Frequent


@pytest.fixture(autouse=True)
def _fresh():
    for module in (filing, engine, correction):
        module.forget()


def load(*records):
    sent = [
        {"id": f"n{number}", "type": "sheet", "locale": "fr", "readers": [], **one}
        for number, one in enumerate(records)
    ]
    assert {one.status for one in ingest.store("src", sent, at=identity.now())} == {"stored"}


@pytest.mark.parametrize(
    ("typed", "changes", "meant"),
    [
        ("artist artiste", {"artist": "artistes"}, "artistes artiste"),
        ("l’afiche", {"afiche": "affiche"}, "l’affiche"),
        ("afiche afiches", {"afiche": "affiche", "afiches": "affiches"}, "affiche affiches"),
        ('afiche "une afiche" -afiche', {"afiche": "affiche"}, 'affiche "une afiche" -afiche'),
        ("afiche dcp-afiche", {"afiche": "affiche"}, "affiche dcp-affiche"),
    ],
)
def test_only_whole_words_outside_of_phrases_are_corrected(typed, changes, meant):
    assert correction.corrected(typed, changes) == meant


@pytest.mark.django_db
def test_a_word_that_stands_beyond_the_dates_asked_for_is_no_slip(api, site):
    load(
        {"title": "Bobine", "published_at": "2025-03-01T09:00:00Z"},
        {"title": "Bobines", "published_at": "2026-03-01T09:00:00Z"},
        {"title": "Bobino", "published_at": "2026-03-01T09:00:00Z"},
    )

    dated = api.get("search?q=bobino&until=2026-01-01").json()
    slip = api.get("search?q=bobimo&since=2026-01-01").json()

    assert (dated["count"], dated.get("correction")) == (0, None)
    assert slip["correction"]["query"] == "bobino"


@pytest.mark.django_db
def test_a_word_that_is_not_wanted_is_told_to_none_who_may_not_read_it(api, site, staff):
    load(
        {"title": "Fusion"},
        {"title": "Altair", "readers": [["Salariés"]]},
    )
    for text in ("fusion", "fusion -altair"):
        Frequent.objects.create(folded=text, locale="fr", text=text, people=9)

    told = api.get("suggest?q=fus&locale=fr").json()["items"]

    assert [one["title"] for one in told if one["kind"] == "query"] == ["fusion"]


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["relevance", "-published_at"])
def test_as_many_words_phrases_and_synonyms_as_there_may_be_are_looked_for(api, site, order):
    pairs = [chr(0x4E00 + number) + chr(0x4F00 + number) for number in range(60)]
    load({"title": " ".join(pairs), "body": "un deux trois quatre"})
    for number in range(40):
        Synonym.objects.create(words=f"{pairs[number]} {pairs[number + 1]}\nmot {number} double")
    phrases = " ".join(f'"{one}"' for one in pairs[:5])
    without = " ".join(f"-rien{number}" for number in range(10))

    answer = api.get(f"search?q={' '.join(pairs[:40])} {phrases} {without}&order={order}")

    assert answer.status_code == 200
    assert answer.json()["count"] == 1


class TestWhatWasCorrected:
    """A word that others have and this reader has not is known for a slip from then on."""

    @pytest.fixture(autouse=True)
    def _corrected(self, api, site, staff):
        load({"title": "Bobine", "readers": [["Salariés"]]}, {"title": "Bobino"})
        self.first = api.get("search?q=bobine").json()

    def test_is_not_searched_for_again(self, api):
        with CaptureQueriesContext(connection) as asked:
            second = api.get("search?q=bobine&limit=1").json()

        assert self.first["correction"] == {"query": "bobino", "instead_of": "bobine"}
        assert second["correction"] == self.first["correction"]
        assert len([one for one in asked if "merged" in one["sql"]]) == 1

    def test_is_no_slip_to_those_who_may_read_it(self, api, make_user, staff, token_of):
        allowed = api.get("search?q=bobine", token=token_of(make_user(groups=[staff]))).json()

        assert [one["title"] for one in allowed["items"]] == ["Bobine"]
        assert allowed["correction"] is None

    def test_is_found_as_soon_as_it_may_be_read(self, api):
        load({"title": "Bobine", "readers": []})

        published = api.get("search?q=bobine").json()

        assert [one["title"] for one in published["items"]] == ["Bobine"]
        assert published["correction"] is None


PAIRS = {
    "bobine": "bobino", "carotte": "carotto", "dentelle": "dentello", "fanfare": "fanfaro",
    "guitare": "guitaro",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("hidden", [list(PAIRS), list(PAIRS)[:4]])
def test_as_many_words_are_put_right_wherever_they_occur_and_however_often_asked(
    api, site, staff, hidden
):
    load(
        {"title": " ".join(PAIRS.values())},
        {"title": " ".join(hidden), "readers": [["Salariés"]]},
    )

    asked = [api.get(f"search?q={' '.join(PAIRS)}&limit={limit}").json() for limit in (10, 20, 30)]

    assert {one["correction"]["query"] for one in asked} == {" ".join(PAIRS.values())}


@pytest.mark.django_db
def test_words_of_others_do_not_crowd_out_the_one_that_may_be_read(api, site, staff):
    hidden = [f"bobin{letter}" for letter in "abcdefghijklmnoprstuvwxy"]
    load(
        {"title": "Bobinz"},
        {"title": " ".join(hidden), "readers": [["Salariés"]]},
    )

    assert api.get("search?q=bobinq").json()["correction"]["query"] == "bobinz"


@pytest.mark.django_db
def test_a_query_of_slips_alone_that_have_many_neighbours_is_answered(api, site):
    beginnings = [f"{letter}okuk" for letter in "bcdfghjklmnpqrstvwxz"]
    load(
        {
            "title": "Mots",
            "body": " ".join(a + b for a in beginnings for b in "abcdefghijklmnopqrstuvwxy"),
        }
    )

    answer = api.get(f"search?q={' '.join(one + 'z' for one in beginnings)}")

    assert answer.status_code == 200
    assert answer.json()["correction"]["query"].split()[0] == "bokuka"
