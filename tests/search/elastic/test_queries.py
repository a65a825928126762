"""Whole requests, from what is wanted and who asks."""

from datetime import UTC, datetime

import pytest

from cms.access import gates
from cms.access.clauses import elasticsearch_filter
from cms.access.reader import Reader, grants_of
from cms.access.rule import PUBLIC, Rule
from cms.entries.cursors import Place
from search.contract import NEWEST, Filters, Plan, Unit, Wanted
from search.engines.elastic import matching, queries
from search.query import Query

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)
GATES = gates.Gates(version=1, rules={1: PUBLIC, 2: Rule.of([[9]]), 7: PUBLIC}, group_names={})
READER = Reader(grants_of(person=None, groups=frozenset(), gates=GATES), AT)
RULE = elasticsearch_filter(READER)
OPEN_FIELDS = [
    *["title.fr^2", "names.fr^2", "text.fr^1", "title.en^2", "names.en^2", "text.en^1"],
    *["title.cjk^2", "names.cjk^2", "text.cjk^1", "title.fold^2", "names.fold^2", "text.fold^1"],
]
PART_FIELDS = [
    *["parts.title.fr^2", "parts.text.fr^1", "parts.title.en^2", "parts.text.en^1"],
    *["parts.title.cjk^2", "parts.text.cjk^1", "parts.title.fold^2", "parts.text.fold^1"],
]


def wanted(text="", *, words=(), phrases=(), excluded=(), title="", **more):
    plan = Plan(
        words=tuple(words),
        phrases=tuple(phrases),
        excluded=tuple(excluded),
        title=title,
        asks_for_all=not text,
    )
    return Wanted(plan=plan, query=Query(text=text), **more)


GROUPS = ("fr", "en", "cjk", "fold")


def unit(text, **more):
    return Unit(text, (), **more)


def phrase(text, fields):
    return {"multi_match": {"query": text, "type": "phrase", "fields": fields, "tie_breaker": 0.1}}


RULE_OF_PARTS = {
    "bool": {
        "filter": [
            {"terms": {"parts.gate": [1, 7]}},
            {"range": {"parts.closes_at": {"gt": AT.isoformat(timespec="milliseconds")}}},
            {
                "bool": {
                    "should": [
                        {
                            "range": {
                                "parts.opens_at": {"lte": AT.isoformat(timespec="milliseconds")}
                            }
                        },
                        {"terms": {"parts.early_gate": [1, 7]}},
                    ],
                    "minimum_should_match": 1,
                }
            },
        ]
    }
}


def in_parts(query, marked=None, told_as=""):
    nested = {
        "path": "parts",
        "score_mode": "max",
        "query": {"bool": {"filter": [RULE_OF_PARTS], "must": [query]}},
    }
    if marked:
        nested["inner_hits"] = {
            "name": told_as,
            "size": 3,
            "_source": False,
            "docvalue_fields": ["parts.anchor", "parts.kind", "parts.file"],
            "highlight": marked,
        }
    return {"nested": nested}


def any_of(*clauses):
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def has(text, marked=None, told_as=""):
    return any_of(phrase(text, OPEN_FIELDS), in_parts(phrase(text, PART_FIELDS), marked, told_as))


def scored(text, group, prefix=""):
    names = [] if prefix else [f"names.{group}^2"]
    fields = [f"{prefix}title.{group}^2", *names, f"{prefix}text.{group}^1"]
    return [
        {"combined_fields": {"query": text, "fields": fields}},
        {"match": {f"{prefix}title.{group}": {"query": text, "boost": 0.25}}},
    ]


def best(text, prefix=""):
    groups = [any_of(*scored(text, group, prefix)) for group in GROUPS]
    return {"dis_max": {"tie_breaker": 0.1, "queries": groups}}


def marks(prefix="", *, words="", phrases=()):
    def query(field):
        clauses = [{"match": {field: words}}] if words else []
        clauses += [{"match_phrase": {field: one}} for one in phrases]
        if not clauses:
            return {"match_none": {}}
        return clauses[0] if len(clauses) == 1 else any_of(*clauses)

    fields = {}
    for group in GROUPS:
        title, text = f"{prefix}title.{group}", f"{prefix}text.{group}"
        if prefix:
            fields[title] = {
                "number_of_fragments": 0,
                "no_match_size": 300,
                "highlight_query": query(title),
            }
        fields[text] = {
            "number_of_fragments": 2,
            "no_match_size": 160,
            "highlight_query": query(text),
        }
    return {
        "type": "unified",
        "encoder": "html",
        "pre_tags": ["<mark>"],
        "post_tags": ["</mark>"],
        "fragment_size": 160,
        "max_analyzed_offset": 200_000,
        "fields": fields,
    }


def newer_first(query):
    return {
        "function_score": {
            "query": query,
            "functions": [
                {"weight": 1.0},
                {
                    "filter": {"terms": {"type": ["article", "brief", "rumour"]}},
                    "weight": 0.2,
                    "linear": {
                        "published_at": {
                            "origin": "2026-11-25T00:00:00+00:00",
                            "offset": "7d",
                            "scale": "60d",
                            "decay": 0.5,
                        }
                    },
                },
            ],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def facets(**under):
    fields = {
        "type": "type",
        "topic": "topics",
        "locale": "locale",
        "section": "section",
        "year": "year",
    }
    found = {}
    for facet, field in fields.items():
        values = {"terms": {"field": field, "size": 100, "shard_size": 1000}}
        found[facet] = (
            {"filter": {"bool": {"filter": under[facet]}}, "aggs": {"values": values}}
            if under.get(facet)
            else values
        )
    return found


def test_words_ask_every_language_and_the_parts_that_the_reader_may_read():
    asked = wanted(
        "affiche cinéma", words=[unit("affiche"), unit("cinéma")], title="affiche cinema"
    )

    body = queries.first_page(asked, READER, size=21)

    marked = marks("parts.", words="affiche cinéma")
    words = {
        "dis_max": {
            "tie_breaker": 0.3,
            "queries": [
                best("affiche cinéma"),
                in_parts(best("affiche cinéma", "parts."), marked, "words"),
            ],
        }
    }
    exact = {
        "constant_score": {"filter": {"term": {"title_key": "affiche cinema"}}, "boost": 10_000.0}
    }
    assert body == {
        "size": 21,
        "timeout": "1500ms",
        "track_total_hits": True,
        "_source": False,
        "docvalue_fields": [{"field": "updated_at", "format": "epoch_millis"}],
        "query": newer_first(
            {"bool": {"filter": [RULE], "must": [words], "should": [exact], "must_not": []}}
        ),
        "sort": [{"_score": "desc"}, {"entry": "desc"}],
        "highlight": marks(words="affiche cinéma"),
        "aggs": facets(),
    }


def test_filters_that_are_facets_leave_their_own_facet_alone():
    filters = Filters(
        types=("article", "brief"),
        topics=("pricing",),
        years=(2026,),
        under="/fr/actualites/",
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2027, 1, 1, tzinfo=UTC),
    )

    body = queries.first_page(wanted(filters=filters), READER, size=11)

    by_type = {"terms": {"type": ["article", "brief"]}}
    by_year = {"terms": {"year": [2026]}}
    by_topic = any_of({"prefix": {"topics": "pricing\t"}})
    assert body == {
        "size": 11,
        "timeout": "1500ms",
        "track_total_hits": True,
        "_source": False,
        "docvalue_fields": [{"field": "updated_at", "format": "epoch_millis"}],
        "query": {
            "bool": {
                "filter": [
                    RULE,
                    {"prefix": {"path": "/fr/actualites/"}},
                    {
                        "range": {
                            "published_at": {
                                "gte": "2026-01-01T00:00:00+00:00",
                                "lt": "2027-01-01T00:00:00+00:00",
                            }
                        }
                    },
                ],
                "must": [],
                "should": [],
                "must_not": [],
            }
        },
        "post_filter": {"bool": {"filter": [by_type, by_year, by_topic]}},
        "sort": [{"published_at": "desc"}, {"entry": "desc"}],
        "highlight": marks(),
        "aggs": facets(
            type=[by_year, by_topic],
            topic=[by_type, by_year],
            locale=[by_type, by_year, by_topic],
            section=[by_type, by_year, by_topic],
            year=[by_type, by_topic],
        ),
    }


def test_phrases_must_be_there_and_what_is_excluded_must_not():
    asked = wanted(
        "x", words=[unit("lyon")], phrases=[unit("art et essai")], excluded=[unit("paris")]
    )

    query = queries.first_page(asked, READER, size=21)["query"]["function_score"]["query"]["bool"]

    marked = marks("parts.", words="lyon", phrases=["art et essai"])
    assert query["filter"] == [RULE]
    assert query["must"] == [has("art et essai", marked, "phrase-0")]
    assert [list(one) for one in query["should"]] == [["dis_max"]]
    assert query["must_not"] == [has("paris")]


def test_pages_that_follow_ask_for_hits_alone_after_the_last_one():
    by_score = queries.page(
        wanted("a", words=[unit("a")]), READER, after=Place("12.345679", 77), size=21
    )
    by_date = queries.page(
        wanted(order=NEWEST), READER, after=Place("2026-11-01T08:00:00.123000+00:00", 5), size=21
    )

    assert by_score["search_after"] == [12.345679, 77]
    assert by_date["search_after"] == [1793520000123, 5]
    assert "aggs" not in by_score
    assert by_score["track_total_hits"] is False


def test_a_synonym_counts_as_its_word():
    asked = wanted("ciné", words=[unit("ciné", synonyms=("salle", "grand écran"), weight=0.7)])

    words = queries.page(asked, READER, after=None, size=1)["query"]["function_score"]["query"]

    french = words["bool"]["must"][0]["dis_max"]["queries"][0]["dis_max"]["queries"][0]
    assert french == {
        "dis_max": {
            "queries": [
                any_of(*scored("ciné", "fr")),
                any_of(*scored("salle", "fr")),
                phrase("grand écran", ["title.fr^2", "names.fr^2", "text.fr^1"]),
            ],
            "boost": 0.7,
        }
    }


def test_a_query_has_room_for_so_many_synonyms():
    many = [unit(f"w{one}", synonyms=tuple(f"s{two}" for two in range(15))) for one in range(20)]

    kept = matching.affordable(many)

    assert [len(one.synonyms) for one in kept] == [*[1] * 4, *[0] * 16]
    few = matching.affordable(many[:2])
    assert [len(one.synonyms) for one in few] == [11, 11]


def test_twenty_words_with_synonyms_are_a_bounded_number_of_clauses():
    many = [unit(f"w{one}", synonyms=tuple(f"s{two}" for two in range(15))) for one in range(20)]
    text = " ".join(one.text for one in many)

    body = queries.first_page(wanted(text, words=many), READER, size=20)

    assert clauses_in(body["query"]) <= 30 * matching.MOST_EXPANDED


def clauses_in(query):
    """How many leaves a query has, those to mark what was found left out."""
    if isinstance(query, list):
        return sum(clauses_in(one) for one in query)
    if not isinstance(query, dict):
        return 0
    leaves = ("match", "match_phrase", "combined_fields", "multi_match")
    return sum(
        1 if name in leaves else clauses_in(inner)
        for name, inner in query.items()
        if name != "highlight"
    )


def test_what_many_open_is_worth_more_by_its_level():
    asked = wanted("affiche", words=[unit("affiche")], popular={7: 1, 3: 4, 5: 1})

    functions = queries.page(asked, READER, after=None, size=1)["query"]["function_score"][
        "functions"
    ]

    assert functions[2:] == [
        {"filter": {"terms": {"entry": [5, 7]}}, "weight": 0.15 / 4},
        {"filter": {"terms": {"entry": [3]}}, "weight": 0.15},
    ]


def test_the_readers_language_is_worth_more_and_synonyms_in_others_less():
    asked = wanted("affiche", words=[unit("affiche", synonyms=("poster",))], language="fr")

    scored_query = queries.page(asked, READER, after=None, size=1)["query"]["function_score"]

    assert {"filter": {"term": {"locale": "fr"}}, "weight": 0.5} in scored_query["functions"]
    opened, _ = scored_query["query"]["bool"]["must"][0]["dis_max"]["queries"]
    boosts = [
        [one["dis_max"].get("boost") for one in group["dis_max"]["queries"] if "dis_max" in one]
        for group in opened["dis_max"]["queries"]
    ]
    assert boosts == [[], [0.3], [0.3], [0.3]]


def test_a_word_still_being_typed_may_begin_a_word_of_a_title():
    asked = wanted("fes", words=[unit("fes", beginning="fes")])

    words = queries.page(asked, READER, after=None, size=1)["query"]["function_score"]["query"]

    opened, _ = words["bool"]["must"][0]["dis_max"]["queries"]
    edge = {"match": {"title.edge": {"query": "fes", "operator": "and", "boost": 0.5}}}
    assert opened == any_of(best("fes"), edge)


def test_chinese_words_are_pairs_in_their_own_group_and_phrases_elsewhere():
    asked = wanted("电影节", words=[unit("电影"), unit("影节")])

    words = queries.page(asked, READER, after=None, size=1)["query"]["function_score"]["query"]

    assert words["bool"]["must"][0]["dis_max"]["queries"][0] == {
        "dis_max": {
            "tie_breaker": 0.1,
            "queries": [
                any_of(*scored("电影 影节", "cjk")),
                any_of(
                    phrase("电影", ["title.fold^2", "names.fold^2", "text.fold^1"]),
                    phrase("影节", ["title.fold^2", "names.fold^2", "text.fold^1"]),
                ),
            ],
        }
    }


def test_what_is_in_characters_is_marked_in_their_own_group_too():
    asked = wanted("电影节", words=[unit("电影"), unit("影节")])

    fields = queries.page(asked, READER, after=None, size=1)["highlight"]["fields"]

    assert list(fields) == [f"text.{group}" for group in GROUPS]
    assert fields["text.cjk"]["highlight_query"] == {"match": {"text.cjk": "电影 影节"}}


def test_what_signs_join_is_also_one_word():
    asked = wanted("e-mail -co-op", words=[unit("e"), unit("mail")])

    body = queries.page(asked, READER, after=None, size=1)

    shown = body["highlight"]["fields"]["text.fr"]["highlight_query"]
    assert shown == {"match": {"text.fr": "e mail email"}}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("DCP-2K et CB-2026-0412", ["DCP-2K", "CB-2026-0412"]),
        ("visa 158432", ["158432"]),
        ("Festival 2026 en 35mm, 4K, 1960s", []),
        ("avant-première", []),
    ],
)
def test_codes_come_first_and_years_do_not(text, codes):
    clauses = matching.first_of_all(Plan(), text)

    fields = ["title.fold", "names.fold"]
    assert clauses == [
        {"constant_score": {"filter": phrase(code, fields), "boost": 100.0}} for code in codes
    ]


def test_occurrences_are_counted_among_what_is_readable_and_nothing_else():
    body = queries.occurrences([unit("a"), unit("b", synonyms=("c",))], READER)

    assert body == {
        "size": 0,
        "timeout": "1500ms",
        "track_total_hits": 1,
        "query": {"bool": {"filter": [RULE]}},
        "aggs": {
            "units": {
                "filters": {
                    "filters": {
                        "0": has("a"),
                        "1": any_of(
                            phrase("b", OPEN_FIELDS),
                            phrase("c", OPEN_FIELDS),
                            in_parts(any_of(phrase("b", PART_FIELDS), phrase("c", PART_FIELDS))),
                        ),
                    }
                }
            }
        },
    }


def test_what_the_index_has_in_an_older_state_counts_as_not_there():
    body = queries.occurrences([], READER)

    assert queries.without(body, []) == body
    assert queries.without(body, ["article-1"])["query"] == {
        "bool": {"must": [body["query"]], "must_not": [{"terms": {"key": ["article-1"]}}]}
    }


def test_a_suggestion_has_a_beginning_of_each_word():
    typed = Query(text="Fés can")

    body = queries.suggestions(typed, READER, size=8)

    assert body == {
        "size": 8,
        "timeout": "1500ms",
        "track_total_hits": False,
        "_source": False,
        "query": {
            "bool": {
                "filter": [RULE],
                "must": [
                    {"match": {"title.edge": {"query": "fes", "operator": "and"}}},
                    {"match": {"title.edge": {"query": "can", "operator": "and"}}},
                ],
                "should": [{"match": {"title.fold": {"query": "fes can", "boost": 2.0}}}],
            }
        },
        "sort": [{"_score": "desc"}, {"published_at": "desc"}, {"entry": "desc"}],
    }


def test_nothing_typed_suggests_nothing_and_a_text_without_words_finds_nothing():
    nothing = queries.suggestions(Query(), READER, size=8)["query"]["bool"]["must"]
    found = queries.page(wanted("***"), READER, after=None, size=1)

    assert nothing == [{"match_none": {}}]
    query = found["query"]["function_score"]["query"]
    assert query["bool"]["must"] == [{"match_none": {}}]


def test_without_an_open_gate_nothing_is_asked_for():
    shut = Reader(
        grants_of(
            person=None,
            groups=frozenset(),
            gates=gates.Gates(version=1, rules={}, group_names={}),
        ),
        AT,
    )

    query = queries.page(wanted(), shut, after=None, size=1)["query"]["bool"]

    assert query["filter"][0]["bool"]["filter"][0] == {"terms": {"gate": []}}
