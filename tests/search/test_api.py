"""The contract of /search and /suggest over HTTP."""

import pytest

from cms.accounts import identity
from cms.entries import ingest
from search import correction
from search.engines.embedded import engine, filing
from tests.factories import article, restrict, subsection


@pytest.fixture(autouse=True)
def _fresh():
    for module in (filing, engine, correction):
        module.forget()


@pytest.fixture
def sheets(site):
    """Thirty public records in two languages and two years."""
    ingest.store(
        "src",
        [
            {
                "id": f"n{number}",
                "type": "sheet",
                "locale": "fr" if number % 3 else "en",
                "title": f"Affiche {number}",
                "body": "Le format <b>120×160</b> & ses délais",
                "readers": [],
                "topics": ["halls"] if number % 2 else ["halls", "pricing"],
                "published_at": f"{2025 + number % 2}-01-{number % 28 + 1:02}T00:00:00Z",
            }
            for number in range(30)
        ],
        at=identity.now(),
    )


@pytest.mark.django_db
def test_the_answer_has_everything_it_promises(api, sheets):
    answer = api.get("search?q=affiche&locale=fr&limit=3").json()

    assert set(answer) == {
        "items", "count", "count_exact", "facets", "correction", "promoted", "engine", "degraded",
        "ask", "next",
    }  # fmt: skip
    assert (answer["count"], answer["count_exact"]) == (20, True)
    assert (answer["engine"], answer["degraded"]) == ("embedded", False)
    assert set(answer["facets"]) == {"type", "topic", "locale", "section", "year"}
    (item, *_) = answer["items"]
    assert item["highlight"]["title"].startswith("<mark>Affiche</mark>")
    assert {"key", "type", "locale", "title", "summary", "url", "topics"} <= set(item)


@pytest.mark.django_db
def test_facets_offer_what_may_be_chosen_besides(api, sheets):
    facets = api.get("search?q=affiche&locale=en&topic=pricing").json()["facets"]

    assert facets["locale"] == [
        {"value": "fr", "label": "Français", "count": 10},
        {"value": "en", "label": "English", "count": 5},
    ]
    assert {one["value"]: one["count"] for one in facets["topic"]} == {"halls": 10, "pricing": 5}
    assert [one["value"] for one in facets["year"]] == ["2025"]


@pytest.mark.django_db
def test_markup_in_texts_is_text(api, sheets):
    text = api.get("search?q=format").json()["items"][0]["highlight"]["text"]

    assert "<mark>format</mark>" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["relevance", "-published_at"])
def test_a_cursor_goes_through_all(api, sheets, order):
    keys, cursor = [], ""
    while True:
        answer = api.get(f"search?q=affiche&order={order}&limit=7{cursor}").json()
        keys += [item["key"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"

    assert len(keys) == len(set(keys)) == 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=a&colour=red", "colour"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=101", "limit"),
        ("q=a&order=title", "order"),
        ("q=a&locale=xx", "locale"),
        ("q=a&since=yesterday", "since"),
        ("q=a&year=26", "year"),
        ("q=a&exact=maybe", "exact"),
        ("q=a&cursor=nonsense", "cursor"),
        ("q=a&type=", "type"),
    ],
)
def test_what_is_wrong_is_named(api, site, query, field):
    answer = api.get(f"search?{query}")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.django_db
def test_a_cursor_belongs_to_its_filters(api, sheets):
    cursor = api.get("search?q=affiche&limit=2").json()["next"]

    assert api.get(f"search?q=affiche&limit=2&cursor={cursor}").status_code == 200
    assert api.get(f"search?q=affiche&locale=fr&cursor={cursor}").status_code == 422
    assert api.get(f"search?q=format&cursor={cursor}").status_code == 422


@pytest.mark.django_db
def test_unknown_types_and_topics_are_an_empty_list(api, sheets):
    for query in ("type=nothing", "topic=nothing", "section=nothing", "under=/fr/nothing/"):
        answer = api.get(f"search?q=affiche&{query}")
        assert (answer.status_code, answer.json()["count"]) == (200, 0)


@pytest.mark.django_db
def test_under_a_path_and_under_a_key(api, section):
    place = subsection(section)
    inside = article(place, "Affiche dedans")
    article(section, "Affiche dehors")

    for under in (place.get_url(), place.entry_key):
        items = api.get(f"search?q=affiche&under={under}").json()["items"]
        assert [item["key"] for item in items] == [inside.entry_key]


@pytest.mark.django_db
def test_under_a_place_that_is_hidden_is_like_under_none(api, section, staff):
    place = subsection(section)
    article(place, "Affiche dedans")
    restrict(place, staff)

    hidden = api.get(f"search?q=affiche&under={place.entry_key}").json()

    assert hidden == api.get("search?q=affiche&under=section-999999").json()


@pytest.mark.django_db
def test_the_answer_is_the_readers_own_and_can_be_asked_for_again(api, sheets):
    first = api.get("search?q=affiche")

    assert first["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first["Vary"]
    again = api.get("search?q=affiche", if_none_match=first["ETag"])
    assert again.status_code == 304
    assert api.get("search?q=format", if_none_match=first["ETag"]).status_code == 200


@pytest.mark.django_db
def test_a_token_that_may_not_read_does_not_search(api, make_user, token_of):
    secret = token_of(make_user(), "ingest")

    assert api.get("search?q=a", token=secret).status_code == 403
    assert api.get("suggest?q=a", token=secret).status_code == 403


@pytest.mark.django_db
def test_suggestions_are_titles_by_the_beginnings_of_their_words(api, section):
    page = article(section, "Commander des affiches")

    (one,) = api.get("suggest?q=affi com").json()["items"]

    assert one == {
        "kind": "entry", "title": "Commander des affiches", "url": page.get_url(),
        "key": page.entry_key, "type": "article",
    }  # fmt: skip
    assert api.get("suggest?q=affi sal").json()["items"] == []
    assert api.get("suggest?q=").json()["items"] == []


@pytest.mark.django_db
def test_a_click_is_told_by_the_answers_id(api, sheets, make_user, token_of):
    token = token_of(make_user())
    answer = api.get("search?q=affiche", token=token).json()
    opened = {"ask": answer["ask"], "key": answer["items"][0]["key"], "position": 1}

    assert api.post("search/clicks", opened, token=token).json() == {"counted": True}
    other = {**opened, "key": "article-999999"}
    assert api.post("search/clicks", other, token=token).json() == {"counted": False}
    assert api.post("search/clicks", opened).json() == {"counted": False}


@pytest.mark.django_db
def test_a_sessions_cookie_does_not_click(client, sheets, make_user):
    client.force_login(make_user())
    answer = client.get("/api/v1/search?q=affiche").json()
    opened = {"ask": answer["ask"], "key": answer["items"][0]["key"], "position": 1}

    sent = client.post("/api/v1/search/clicks", opened, content_type="application/json")

    assert sent.status_code == 403
