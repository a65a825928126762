"""Searching a live server: nothing of it tells what its reader may not know."""

import logging
import random
import re
from datetime import timedelta

import pytest

from cms.access import gates
from cms.access.models import AccessState
from cms.access.reader import ALWAYS, NEVER, StaleReader
from cms.access.rule import Rule
from cms.entries.models import Entry, Part
from search import planning
from search.contract import NEWEST, EngineFailed, Filters, Plan, Unit, Wanted
from search.documents import Document
from search.engines.elastic import answers, engine
from search.engines.elastic.engine import ENGINE
from search.query import Query, parse
from tests.search.elastic.worlds import NOON, WORDS, Thing, build, facets_of, reader_in, store

LANGUAGES = ("fr", "en")
pytestmark = pytest.mark.django_db


def wanted(text, **more):
    query = parse(text, LANGUAGES)
    return Wanted(plan=planning.plan(query, languages=LANGUAGES), query=query, **more)


def keys(found):
    return [hit.key for hit in found.hits]


def counted(found):
    return {
        facet: {one.value: one.count for one in values} for facet, values in found.facets.items()
    }


@pytest.mark.parametrize("seed", range(6))
def test_every_answer_is_that_of_brute_force_over_what_is_readable(index, seed):
    things, groups = build(seed)
    index.file([one.id for one in things])
    dice = random.Random(seed)
    before = engine.dropped.value
    for _ in range(25):
        at = NOON + timedelta(hours=dice.choice([-2, -1, 0, 0, 1]))
        reader = reader_in(dice.sample(groups, dice.randint(0, 3)), at)
        readable = [one for one in things if one_may_read(one, reader)]
        words = dice.sample(WORDS, dice.randint(0, 3))
        phrase = dice.sample(WORDS, 2) if dice.random() < 0.3 else []
        excluded = dice.sample(WORDS, dice.randint(0, 1))
        types = tuple(dice.sample(["sheet", "order"], dice.randint(0, 1)))
        text = " ".join(
            [*words, *([f'"{" ".join(phrase)}"'] if phrase else []), *(f"-{w}" for w in excluded)]
        )

        found = ENGINE.search(wanted(text, filters=Filters(types=types), limit=100), reader)

        matching = [
            one
            for one in readable
            if (not phrase or one.has(phrase, reader))
            and (phrase or not words or any(one.has([word], reader) for word in words))
            and not any(one.has([word], reader) for word in excluded)
        ]
        kept = [one for one in matching if not types or one.type in types]
        expected = facets_of(kept, readable)
        expected["type"] = facets_of(matching, readable)["type"]
        assert sorted(keys(found)) == sorted(one.key for one in kept)
        assert found.count == len(kept)
        assert counted(found) == expected
        assert found.missing == {
            word for word in words if not any(one.has([word], reader) for one in readable)
        }
        by_key = {one.key: one for one in things}
        for hit in found.hits:
            shown = [hit.title, hit.text, *(one.text for one in hit.passages)]
            known = {word for text in by_key[hit.key].texts(reader) for word in text}
            assert set(re.findall(r"\w+", re.sub("</?mark>", "", " ".join(shown)))) <= known
    assert engine.dropped.value == before


@pytest.mark.parametrize("seed", [11, 12])
def test_frequencies_and_suggestions_are_those_of_what_is_readable(index, seed):
    things, groups = build(seed)
    index.file([one.id for one in things])
    dice = random.Random(seed)
    units = [Unit(word, ((word,),)) for word in [*WORDS, "absent"]]
    for _ in range(12):
        reader = reader_in(dice.sample(groups, dice.randint(0, 3)))
        readable = [one for one in things if one_may_read(one, reader)]
        begun = [dice.choice(WORDS)[: dice.randint(1, 4)] for _ in range(dice.randint(1, 2))]

        frequencies = ENGINE.frequencies(units, reader)
        suggested = ENGINE.suggest(parse(" ".join(begun), LANGUAGES), reader, limit=50)

        assert frequencies == [
            sum(one.has([unit.text], reader) for one in readable) for unit in units
        ]
        assert {one.key for one in suggested} == {
            one.key
            for one in readable
            if all(any(word.startswith(start) for word in one.title) for start in begun)
        }


def one_may_read(thing, reader):
    """The rule in its own words, far from the code under test."""
    mine = reader.grants.open_gates
    is_open = thing.opens_at <= reader.at or thing.early in mine
    return thing.gate in mine and is_open and reader.at < thing.closes_at


def thing(key, title, words, **more):
    """An entry that everybody reads."""
    public = gates.intern(Rule.of([]))
    given = {
        "type": "sheet",
        "locale": "fr",
        "section": "",
        "topics": [],
        "gate": public,
        "early": None,
        "opens_at": NOON - timedelta(days=900),
        "closes_at": NOON + timedelta(days=900),
        "published_at": NOON - timedelta(days=30),
    }
    made = Thing(key=key, title=title.split(), words=words.split(), **{**given, **more})
    store(made)
    return made


def test_the_very_title_comes_first_then_a_code_of_the_title(index):
    made = [
        thing("often", "Festival festival festival", "festival de cannes " * 20),
        thing("exact", "Festival de Cannes", "rien"),
        thing("code", "Notice DCP-2K", "rien"),
        thing("words", "Le dcp", "2k dcp 2k dcp 2k le dcp"),
    ]
    index.file([one.id for one in made])

    assert keys(ENGINE.search(wanted("festival de cannes"), reader_in([])))[0] == "exact"
    assert keys(ENGINE.search(wanted("dcp-2k"), reader_in([])))[0] == "code"


def test_news_comes_first_among_what_is_as_good_and_never_before_what_is_better(index):
    made = [
        thing("old", "Avis", "salle", type="brief", published_at=NOON - timedelta(days=800)),
        thing("new", "Avis", "salle", type="brief", published_at=NOON - timedelta(days=1)),
        thing("better", "Salle", "salle", published_at=NOON - timedelta(days=2000)),
    ]
    index.file([one.id for one in made])

    found = ENGINE.search(wanted("salle avis"), reader_in([]))
    best = ENGINE.search(wanted("salle"), reader_in([]))

    assert keys(found).index("new") < keys(found).index("old")
    assert keys(best) == ["better", "new", "old"]


def test_a_part_says_where_it_was_found_to_those_who_may_read_it(index):
    _, groups = build(3, entries=1)
    private = gates.intern(Rule.of([[groups[0]]]))
    made = thing("open", "Dossier", "texte public")
    Part.objects.create(
        entry_id=made.id,
        anchor="annexe",
        position=0,
        gate_id=private,
        title="Annexe <1>",
        body="[]",
        text="Un barème confidentiel & secret.",
    )
    index.file([made.id])

    (hit,) = ENGINE.search(wanted("barème"), reader_in([groups[0]])).hits
    hidden = ENGINE.search(wanted("barème"), reader_in([]))

    (passage,) = hit.passages
    assert (passage.anchor, passage.kind, passage.title) == (
        "annexe",
        "section",
        "Annexe <1>",
    )
    assert passage.text == "Un <mark>barème</mark> confidentiel &amp; secret."
    assert (hidden.hits, hidden.count, hidden.missing) == ((), 0, {"barème"})


@pytest.mark.parametrize("fraction", [0, 400, 250_000, 999_600])
def test_nothing_opens_early_nor_closes_late_by_a_fraction_of_a_second(index, fraction):
    """The index counts milliseconds; a moment without a fraction is that moment, not its second."""
    now = NOON.replace(microsecond=fraction)
    tick = timedelta(microseconds=1)
    second = NOON + timedelta(seconds=1)
    for key, opens, closes in (
        ("open", now - timedelta(milliseconds=2), now + timedelta(milliseconds=2)),
        ("opens-soon", now + tick, NEVER),
        ("opens-with-the-second", second, NEVER),
        ("closed", ALWAYS, now),
    ):
        index.file([thing(key, "Bobine", "", opens_at=opens, closes_at=closes).id])

    found = ENGINE.search(wanted("bobine"), reader_in([], at=now))

    assert [hit.key for hit in found.hits] == ["open"]
    assert found.count == 1


def test_highlights_are_escaped_but_for_the_marks(index):
    made = thing("risky", "<script>alert(1)</script> affiche", "<mark>faux</mark> affiche & <b>")
    index.file([made.id])

    (hit,) = ENGINE.search(wanted("affiches"), reader_in([])).hits

    assert "<mark>affiche</mark>" in hit.title
    assert "<mark>affiche</mark>" in hit.text
    for shown in (hit.title, hit.text):
        assert "<" not in shown.replace("<mark>affiche</mark>", "")


def test_what_the_database_refuses_is_dropped_counted_and_replaced(index, caplog):
    made = [thing(f"e{number}", "Avis", "affiche") for number in range(8)]
    index.file([one.id for one in made])
    nobody = gates.intern(Rule.of([[987_654]]))
    Entry.objects.filter(key__in=["e7", "e6", "e2"]).update(gate_id=nobody)
    before = engine.dropped.value

    with caplog.at_level(logging.WARNING, "search.engines.elastic.engine"):
        first = ENGINE.search(wanted("affiche", limit=3), reader_in([]))
    second = ENGINE.search(wanted("affiche", limit=3, after=first.next), reader_in([]))

    assert keys(first) == ["e5", "e4", "e3"]
    assert first.count == 6
    assert keys(second) == ["e1", "e0"]
    assert second.next is None
    assert engine.dropped.value == before + 3
    assert "search_hit_dropped count=2 keys=e7,e6" in caplog.text
    assert [one.key for one in ENGINE.suggest(parse("av", LANGUAGES), reader_in([]), limit=3)] == [
        "e5"
    ]


def test_an_entry_that_changed_since_shows_its_card_alone(index):
    made = thing("moved", "Avis", "affiche confidentielle")
    index.file([made.id])
    entry = Entry.objects.get(pk=made.id)
    card = entry.card.replace('"summary":""', '"summary":"Sans <rien>"').replace("T12:00", "T12:01")
    Entry.objects.filter(pk=made.id).update(card=card, text="rien")

    (hit,) = ENGINE.search(wanted("confidentielle"), reader_in([])).hits

    assert (hit.title, hit.text, hit.passages) == ("Avis", "Sans &lt;rien&gt;", ())


def test_an_entrys_title_is_the_cards_own_with_what_was_found_in_it(index):
    made = thing("renamed", "Affiche ancienne", "affiche")
    index.file([made.id])
    entry = Entry.objects.get(pk=made.id)
    card = entry.card.replace("Affiche ancienne", "Affiches & <i>")
    Entry.objects.filter(pk=made.id).update(card=card)

    (hit,) = ENGINE.search(wanted("affiche"), reader_in([])).hits

    assert hit.title == "<mark>Affiches</mark> &amp; &lt;i&gt;"


@pytest.mark.parametrize("text", ["サーバーDCP", "①DCP母版", "✈️DCP", "DCP‑2K母版"])
@pytest.mark.parametrize("language", ["", "fr", "zh-hans"])
def test_letters_are_found_behind_whatever_a_text_in_characters_has(index, language, text):
    index.file([thing("zh", "包装", text, locale="zh-hans").id])

    found = ENGINE.search(wanted("dcp", language=language), reader_in([]))

    assert keys(found) == ["zh"]
    assert found.missing == frozenset()


@pytest.mark.parametrize("language", ["", "fr", "zh-hans"])
@pytest.mark.parametrize(
    ("text", "title", "passage"),
    [
        ("dcp", "<mark>DCP</mark> 包装箱", "我们的<mark>DCP</mark>母版"),
        ("母版", "DCP 包装箱", "我们的DCP<mark>母版</mark>"),
        ("dcp 母版", "<mark>DCP</mark> 包装箱", "我们的<mark>DCP</mark><mark>母版</mark>"),
        ("包装箱", "DCP <mark>包装箱</mark>", "我们的DCP母版"),
    ],
)
def test_a_text_in_characters_is_found_by_its_letters_too(index, language, text, title, passage):
    made = thing("zh", "DCP 包装箱", "我们的DCP母版", locale="zh-hans")
    index.file([made.id, thing("fr", "Avis", "rien").id])

    found = ENGINE.search(wanted(text, language=language), reader_in([]))

    (hit,) = found.hits
    assert (hit.key, hit.title, hit.text) == ("zh", title, passage)
    assert found.missing == frozenset()


def test_hits_and_names_of_sections_are_confirmed_in_one_query(index, django_assert_num_queries):
    nobody = gates.intern(Rule.of([[987_654]]))
    for key, gate in (("open", gates.intern(Rule.of([]))), ("shut", nobody)):
        thing(f"section-{key}", key, "", type="section", gate=gate)
        index.file([thing(key, "Avis", "affiche", section=f"section-{key}").id])
    reader = reader_in([])

    with django_assert_num_queries(2):  # the other one: what is not fed yet
        found = ENGINE.search(wanted("affiche"), reader)

    assert sorted(keys(found)) == ["open", "shut"]
    assert counted(found)["section"] == {"section-open": 1}


@pytest.mark.slow
@pytest.mark.parametrize("order", ["relevance", NEWEST])
def test_pages_go_on_beyond_ten_thousand_without_loss_or_repetition(index, order):
    public = gates.intern(Rule.of([]))
    number_of = 10_600
    documents = []
    for number in range(1, number_of + 1):
        at = NOON - timedelta(minutes=number // 3, microseconds=number * 7 % 1_000_000)
        text = "affiche " * (1 + number % 3) + "mot " * (number % 7)
        documents.append(
            Document(
                entry_id=number, key=f"k{number}", type="brief", locale="fr", section="", path="",
                title=f"Avis {number % 5}", text=text, names="", topics=(), gate_id=public,
                early_gate_id=None, opens_at=NOON - timedelta(days=9),
                closes_at=NOON + timedelta(days=9), published_at=at, updated_at=NOON,
            )
        )  # fmt: skip
    index.put(documents)
    card = '{"title":"Avis","summary":"","locale":"fr","updated_at":"2026-11-25T12:00:00Z"}'
    Entry.objects.bulk_create(
        Entry(
            pk=one.entry_id, key=one.key, type="brief", locale="fr", title=one.title,
            gate_id=public, opens_at=one.opens_at, closes_at=one.closes_at,
            published_at=one.published_at, updated_at=NOON, card=card, body="[]",
        )
        for one in documents
    )  # fmt: skip
    reader = reader_in([])

    seen, after = [], None
    while True:
        page = ENGINE.search(wanted("affiche", order=order, limit=1000, after=after), reader)
        assert page.count == number_of
        seen += keys(page)
        after = page.next
        if after is None:
            break

    assert len(seen) == number_of
    assert len(set(seen)) == number_of


SIGNS = list("\"'“«»*?~^/\\[]{}():-+%\n\x00\u202e\ufffd🎬")
OPERATORS = [" AND ", " NOT ", "TO", "&&", "||", "title:", "_exists_:", "a*", "/.*/", "x~2", "${x}"]
TEXTS = [
    "affiche",
    "l’école",
    "电影节",
    "한국어",
    "ファイル",
    "DCP-2K",
    "e\u0301",
    "ßİﬁ",
    "1 000",
    "a" * 300,
]
PIECES = [*SIGNS, *OPERATORS, *TEXTS]


def test_no_text_breaks_a_search(index):
    dice = random.Random(2026)
    made = thing("one", "Affiche", "l’école DCP-2K 电影节")
    index.file([made.id])
    reader = reader_in([])
    for _ in range(120):
        text = "".join(dice.choice(PIECES) for _ in range(dice.randint(1, 40)))
        found = ENGINE.search(wanted(text, limit=2), reader)
        assert found.count <= 1
        ENGINE.suggest(parse(text, LANGUAGES), reader, limit=3)
    for text in PIECES:
        # As if nothing had been cleaned before.
        raw = Unit(text, ((text,),), synonyms=(text * 3,), beginning=text)
        plan = Plan(words=(raw,), phrases=(raw,), excluded=(raw,), title=text)
        ENGINE.search(Wanted(plan=plan, query=Query(text=text)), reader)
        ENGINE.frequencies([raw], reader)


def test_a_server_that_fails_says_so_for_the_operator(index, settings):
    reader = reader_in([])
    index.delete()

    with pytest.raises(EngineFailed, match="index_not_found"):
        ENGINE.search(wanted("a"), reader)
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    for ask in (
        lambda: ENGINE.search(wanted("a"), reader),
        lambda: ENGINE.suggest(parse("a", LANGUAGES), reader, limit=1),
        lambda: ENGINE.frequencies([Unit("a", ())], reader),
    ):
        with pytest.raises(EngineFailed, match="Connection"):
            ask()


def test_a_reader_whose_access_changed_is_told(index):
    made = thing("one", "Affiche", "texte")
    index.file([made.id])
    reader = reader_in([])
    AccessState.objects.update(version=reader.grants.version + 1)

    with pytest.raises(StaleReader):
        ENGINE.search(wanted("affiche"), reader)


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ({"timed_out": True, "took": 1500, "_shards": {"failed": 0}}, "gave up after 1500 ms"),
        (
            {"_shards": {"failed": 1, "failures": [{"reason": {"type": "t", "reason": "r"}}]}},
            "1 shards failed: t: r",
        ),
        (
            {
                "status": 503,
                "error": {"root_cause": [], "type": "no_shard", "reason": "all failed"},
            },
            "answered 503: no_shard: all failed",
        ),
    ],
)
def test_an_answer_that_is_not_whole_is_a_failure(response, words):
    with pytest.raises(EngineFailed, match=words):
        answers.whole(response)
