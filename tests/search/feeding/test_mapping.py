"""The index's analysers and fields, on a live server."""

import random
from datetime import UTC, datetime

import pytest
from elasticsearch import helpers

from cms.access.reader import ALWAYS, NEVER
from search.documents import Document, PartDocument
from search.engines.elastic import client, mapping

pytestmark = pytest.mark.elasticsearch

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LETTERS = "aeltqudSé'’-_/&@.,:0123  \u00a0\u202f数字ひ한ßœ\x00\u0301\u3099ﬁⅫ😀عा०ก\u200d'''--..12"
VERY_LONG = {
    "word": "a" * 300_000,
    "compound": "a-" * 100_000,
    "code": "a1" * 100_000,
    "apostrophes": "l'" * 100_000,
    "numbers": "1 000 " * 40_000,
    "acronym": "C." * 100_000,
    "characters": "字" * 100_000,
    "dots": "." * 1_000_000,
}


@pytest.fixture
def index(elastic):
    name = f"{client.read_alias()}-mapping"
    elastic.indices.create(
        index=name, settings={"index": mapping.settings()}, mappings=mapping.mapping()
    )
    return name


def test_the_server_can_do_all_we_need(elastic):
    assert client.missing_abilities() == []


@pytest.mark.parametrize("written", ["DCP-2K", "DCP2K", "dcp 2k", "dcp-2k", "DCP‑2K"])
@pytest.mark.parametrize("sought", ["dcp2k", "DCP 2K", "dcp-2k"])
@pytest.mark.parametrize("field", ["title.fr", "title.fold", "title.edge"])
def test_codes_are_found_however_they_are_written(elastic, index, written, sought, field):
    assert finds(elastic, index, f"Le master {written} est prêt", {field: sought})


@pytest.mark.parametrize(
    ("written", "locale", "field", "sought"),
    [
        ("L’œuvre", "fr", "text.fr", "oeuvre"),
        ("l'arbre", "fr", "text.fr", "d’arbres"),
        ("aujourd'hui", "fr", "text.fr", "aujourd’hui"),
        ("Les C.N.C. européens", "fr", "text.fold", "cnc"),
        ("1\u202f000 entrées", "fr", "text.fr", "1000"),
        ("e-mail", "en", "text.en", "email"),
        ("The director's cut", "en", "text.en", "directors"),
        ("ÉTÉ", "fr", "text.fold", "ete"),
        ("Straße", "de", "text.fold", "strasse"),
        ("我们的数字电影", "zh-hans", "text.cjk", "数字"),
        ("数字DCP电影", "zh", "text.fold", "dcp"),
        ("e\u0301te\u0301", "fr", "text.fold", "été"),
    ],
)
def test_words_are_found(elastic, index, written, locale, field, sought):
    assert finds(elastic, index, written, {field: sought}, locale=locale)


def test_a_document_fills_the_sub_field_of_its_own_language_and_the_plain_one():
    assert mapping.document_of(document("Film", "en"), 1)["text"].keys() == {"en", "fold"}
    assert mapping.document_of(document("片", "zh-hans"), 1)["text"].keys() == {"cjk", "fold"}
    assert mapping.document_of(document("Film", "de"), 1)["text"].keys() == {"fold"}


def test_the_digest_says_whether_anything_but_the_number_differs():
    one = mapping.document_of(document("Film"), 1)

    assert one["digest"] == mapping.document_of(document("Film"), 2)["digest"]
    assert one["digest"] != mapping.document_of(document("Film", gate_id=2), 1)["digest"]


def test_no_text_is_refused(elastic, index):
    """Offsets that go back, terms too long, halves of characters: all make Lucene refuse."""
    chance = random.Random(4)
    texts = ["".join(chance.choices(LETTERS, k=chance.randint(1, 600))) for _ in range(300)]
    actions = [
        {
            "_index": index,
            "_id": str(place),
            "_source": made(text, chance.choice(["fr", "en", "zh"])),
        }
        for place, text in enumerate([*texts, "\ud800", "a\ud800b"])
    ]

    helpers.bulk(elastic, actions)


@pytest.mark.parametrize("kind", VERY_LONG)
def test_very_long_texts_are_indexed(elastic, index, kind):
    elastic.options(request_timeout=60).index(index=index, id="1", document=made(VERY_LONG[kind]))


def test_what_the_mapping_does_not_know_is_refused(elastic, index):
    told = elastic.options(ignore_status=400).index(
        index=index, id="1", document={**made("Film"), "other": 1}
    )

    assert told["status"] == 400


def finds(elastic, index, written, query, *, locale="fr"):
    elastic.index(index=index, id="1", document=made(written, locale), refresh=True)
    ((field, text),) = query.items()
    found = elastic.search(
        index=index, query={"match": {field: {"query": text, "operator": "and"}}}
    )
    return found["hits"]["total"]["value"] == 1


def made(text, locale="fr"):
    return mapping.document_of(document(text, locale), 1)


def document(text, locale="fr", *, gate_id=1):
    return Document(
        entry_id=1,
        key="k",
        type="order",
        locale=locale,
        section="",
        path="",
        title=text[:300],
        text=text,
        names="",
        topics=(),
        gate_id=gate_id,
        early_gate_id=None,
        opens_at=ALWAYS,
        closes_at=NEVER,
        published_at=AT,
        updated_at=AT,
        parts=(PartDocument(anchor="a", title=text[:300], text=text[:1000], gate_id=2),),
    )
