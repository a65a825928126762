"""Whatever is typed, there is an answer, and the work for it is bounded."""

import random
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.accounts import identity
from cms.entries import ingest
from search import correction, service
from search.contract import NEWEST
from search.engines.embedded import engine, filing
from search.service import Asked

PIECES = [
    '"', "'", "*", "-", "--", "(", ")", "()", "AND", "OR", "NOT", "NEAR(", "~", "^", ":", "\\", "%",
    "_", "$", "&", "|", "!", "<->", ":*", "<mark>", "</mark>", "title:", "{", "}", "[", "]", "«",
    "»", "“", "”", "\x00", "\x1b", "\u200b", "\u202e", "\ud800", "\udfff", "é", "e\u0301", "ﬁ", "œ",
    "电影", "ひらがな", "한국어", "🎬", "👩‍👩‍👧",
    "İ", "ß", "１２", "1e309", "NaN", "null", "0x00", "../", "${x}",
    "{{7*7}}", "';--", "\" OR 1=1", "affiche", "bobine", "dcp-2k", "-affiche", '"affiche',
]  # fmt: skip
GENERATED = 5_000
pieces = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=24)


@pytest.fixture
def reader(client, site):
    return found_by(client)


def found_by(client):
    """Somebody who may read thirty entries in three languages."""
    for module in (filing, engine, correction):
        module.forget()
    ingest.store(
        "src",
        [
            {
                "id": f"n{number}", "type": "sheet", "locale": ["fr", "en", "zh"][number % 3],
                "title": f"Affiche bobine {number}", "body": "电影 dcp-2k copie " * 5,
                "readers": [],
            }
            for number in range(30)
        ],
        at=identity.now(),
    )  # fmt: skip
    return identity.reader_of(client.get("/").wsgi_request)


def generated():
    """Quotes, operators, all of Unicode, very long, nested: the same ones every time."""
    dice = random.Random(1984)
    for number in range(GENERATED):
        match number % 5:
            case 0:
                yield "".join(dice.choices(PIECES, k=dice.randint(1, 30)))
            case 1:
                yield " ".join(dice.choices(PIECES, k=dice.randint(1, 60)))
            case 2:
                yield "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randint(1, 80)))
            case 3:
                depth = dice.randint(1, 200)
                yield '"(' * depth + dice.choice(PIECES) + ')"' * depth
            case _:
                yield "".join(dice.choices(string.printable, k=dice.randint(1, 900)))


@pytest.mark.django_db
@pytest.mark.slow
def test_five_thousand_queries_are_answered(reader):
    for text in generated():
        outcome = service.search(Asked(text=text, limit=5), reader)
        assert outcome.found.count <= 32
        service.suggest(text[:40], reader)


@pytest.mark.django_db
@given(parts=pieces, order=st.sampled_from(["relevance", NEWEST]), typing=st.booleans())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_at_all(reader, parts, order, typing):
    text = " ".join(parts)

    outcome = service.search(Asked(text=text, order=order, is_typing=typing, limit=5), reader)

    for hit in outcome.found.hits:
        shown = hit.title.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in shown
        assert ">" not in shown


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["¼", "a¼", "affiche ¼", "½½", "dcp-2k", "l’a", "a’b’c", "1 000"])
def test_a_word_that_is_taken_apart_while_it_is_typed(reader, text):
    assert service.search(Asked(text=text, is_typing=True), reader).found.count >= 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["a" * 100_000, "mot " * 10_000, '"' * 10_000, "-x " * 5_000, "电" * 5_000]
)
def test_what_is_very_long(api, site, text):
    reader = identity.reader_of(api.client.get("/").wsgi_request)

    outcome = service.search(Asked(text=text), reader)

    assert len(outcome.query.text) <= 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ED%A0%80", "q=%27", "q=*", "q=%22", "q=" + "a" * 3000, "q=a%0Ab", "q"]
)
def test_over_http_it_is_an_answer(api, site, query):
    assert api.get(f"search?{query}").status_code == 200
    assert api.get(f"suggest?{query}").status_code == 200
