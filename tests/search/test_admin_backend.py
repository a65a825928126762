"""Editors' own search: every query has an answer, for the work of one search, and finds words."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from wagtail.models import GroupPagePermission, Page
from wagtail.search.backends import get_search_backend
from wagtail.search.query import MATCH_ALL, And, Boost, Fuzzy, Not, Or, Phrase, PlainText

from media.models import Image
from pages.models import ArticlePage
from search import admin_backend
from search.admin_backend.words import indexed_words, shortened, simplified, words_of
from search.curation.models import Synonym
from tests.factories import article, document, picture

pytestmark = pytest.mark.django_db

NAUGHTY = {
    "a quotation mark": '"',
    "an odd quotation mark": 'arbre "',
    "three quotation marks": '"""',
    "an apostrophe": "'",
    "an open apostrophe": "'arbre",
    "an elision": "l'",
    "NUL": "arbre\x00",
    "NUL alone": "\x00",
    "half a character": "arbre\ud800",
    "half a character alone": "\udfff",
    "control characters": "\x01\x02arbre\x1f\x7f",
    "white space": " \t\n\u00a0\u3000 ",
    "an asterisk": "*",
    "operators": "AND OR NOT NEAR",
    "an operator between": "arbre AND",
    "signs": "( ) : ^ + - & | ! < > { } [ ] ~ \\ / @ # % $",
    "a column": "title:arbre",
    "another column": "nothing : arbre",
    "a closed bracket": ") OR (1=1",
    "a backslash": "\\",
    "a percent sign": "%s %(name)s %",
    "weights": "arbre:*A & !'x",
    "a long word": "a" * 70_000,
    "many words": "arbre " * 10_000,
    "many quotation marks": '"a" ' * 3000,
    "joined emoji": "👩‍👩‍👧‍👦 🇫🇷",
    "right to left": "\u202eשלום\u202c",
    "marks without a letter": "\u0301\u0300\u20e3",
    "fractions": "½ ² ﬁ Ⅷ",
}


@pytest.fixture
def editor(make_user):
    client = Client()
    client.force_login(make_user("chef@cabestan.example", is_superuser=True))
    return client


@pytest.fixture
def things(section, make_user):
    """One thing of each kind, under one name."""
    page = article(section, "Un arbre d'été à Œrmingen")
    picture("Un arbre d'été à Œrmingen")
    document("Un arbre d'été à Œrmingen")
    make_user("durand@cabestan.example")
    Synonym.objects.create(words="arbre\nvégétal")
    return page


def search(query, model=Page, **more):
    return list(get_search_backend().search(query, model, **more))


def autocomplete(query, model=Page, **more):
    return list(get_search_backend().autocomplete(query, model, **more))


@pytest.mark.parametrize("query", NAUGHTY.values(), ids=NAUGHTY.keys())
def test_every_query_has_an_answer(things, query):
    backend = get_search_backend()

    for model in (Page, ArticlePage, Image):
        for find in (backend.search, backend.autocomplete):
            for more in ({}, {"operator": "or"}, {"order_by_relevance": False}):
                found = find(query, model, **more)
                assert found.count() == len(list(found))


LISTS = {
    "pages": "wagtailadmin_pages:search",
    "the page chooser": "wagtailadmin_choose_page_search",
    "the explorer": "wagtailadmin_explore_root",
    "articles": "articles:index",
    "rumours": "rumours:index",
    "images": "wagtailimages:index",
    "the image chooser": "wagtailimages_chooser:choose_results",
    "documents": "wagtaildocs:index",
    "the document chooser": "wagtaildocs_chooser:choose_results",
    "people": "wagtailusers_users:index",
    "synonyms": "search_synonyms:index",
    "promotions": "search_promotions:index",
    "judgements": "search_judgements:index",
    "organisations": "wagtailsnippets_accounts_organisation:list",
}
# A browser can send no half of a character.
TYPED = [query.encode(errors="replace").decode() for query in NAUGHTY.values()]


@pytest.mark.parametrize("name", LISTS.values(), ids=LISTS.keys())
def test_no_query_breaks_a_list_of_the_admin(editor, things, name):
    address = reverse(name)

    assert {editor.get(address, {"q": query}).status_code for query in TYPED} == {200}


@pytest.mark.parametrize("model", ["media/image", "media/document", "accounts/user"])
def test_no_query_breaks_a_bulk_action_on_all_that_it_finds(editor, things, model):
    address = reverse("wagtail_bulk_action", args=[*model.split("/"), "delete"])

    for query in TYPED:
        answer = editor.get(address, {"q": query, "id": "all"})

        # It leads back to a list when it finds nothing, and Django sends nobody to an address of
        # more than 2,048 characters.
        assert answer.status_code in ((200, 302) if len(query) < 300 else (200, 302, 400))


FINDING = {
    "pages": ("wagtailadmin_pages:search", "arb", "arbre"),
    "the page chooser": ("wagtailadmin_choose_page_search", "l'arb", "arbre"),
    "articles": ("articles:index", "oermingen", "arbre"),
    "images": ("wagtailimages:index", "ete arb", "arbre"),
    "the document chooser": ("wagtaildocs_chooser:choose_results", "L’ÉTÉ", "arbre"),
    "people": ("wagtailusers_users:index", "durand@cab", "durand@cabestan.example"),
    "synonyms": ("search_synonyms:index", "arbr", "arbre"),
}


@pytest.mark.parametrize(("name", "query", "shown"), FINDING.values(), ids=FINDING.keys())
def test_a_list_of_the_admin_finds_words(editor, things, name, query, shown):
    assert shown in editor.get(reverse(name), {"q": query}).content.decode()
    assert shown not in editor.get(reverse(name), {"q": "zzz"}).content.decode()


def test_an_article_list_is_searched_while_it_is_filtered_and_sorted(editor, things):
    answer = editor.get(
        reverse("articles:index"), {"q": "arbre", "ordering": "keeper", "live": "true"}
    )

    assert answer.status_code == 200
    assert "arbre" in answer.content.decode()


def test_the_admin_shows_an_editor_only_what_wagtail_lets_them_explore(make_user, section, things):
    mine = section.get_parent().add_child(
        instance=ArticlePage(title="Mon arbre", slug="mon-arbre", locale=section.locale)
    )
    group = Group.objects.create(name="Rédaction")
    group.permissions.set(Group.objects.get(name="Editors").permissions.all())
    GroupPagePermission.objects.create(group=group, page=mine, permission_type="change")
    client = Client()
    client.force_login(make_user("redaction@cabestan.example", groups=[group]))

    shown = client.get(reverse("wagtailadmin_pages:search"), {"q": "arbre"})

    assert [page.title for page in shown.context["object_list"]] == ["Mon arbre"]


@pytest.mark.parametrize(
    "query",
    ["l'arbre", "L’ARBRE", "d'un arbre", "ete", "Été", "oermingen", "œrmingen", '"arbre d\'été"'],
)
def test_words_are_found_without_their_elision_and_accents(things, query):
    assert search(query) == autocomplete(query) == [Page.objects.get(pk=things.pk)]


def test_the_beginning_of_the_last_word_is_enough_where_editors_type(things):
    assert autocomplete("arbre d'ét") == [Page.objects.get(pk=things.pk)]
    assert autocomplete("arb été") == []
    assert search("arbre ét") == []


def test_codes_and_chinese_are_found(section):
    code = article(section, "Le projecteur DCP-2K")
    chinese = article(section, "新闻检索系统")
    pages = {one.pk: Page.objects.get(pk=one.pk) for one in (code, chinese)}

    for query in ("DCP-2K", "dcp2k", "dcp 2k"):
        assert search(query) == autocomplete(query) == [pages[code.pk]]
    for query in ("检索", "检", "检索系统"):
        assert search(query) == autocomplete(query) == [pages[chinese.pk]]
    assert search(Phrase("projecteur dcp 2k")) == [pages[code.pk]]


def test_queries_are_combined_as_they_say(section):
    pages = {name: article(section, name) for name in ("rouge", "vert", "rouge vert", "bleu")}
    red, green, blue = PlainText("rouge"), PlainText("vert"), PlainText("bleu")
    ours = ArticlePage.objects.filter(pk__in=[page.pk for page in pages.values()])

    def titles(query):
        found = get_search_backend().search(query, ours)
        return {page.title for page in found}

    assert titles(And([red, Not(green)])) == {"rouge"}
    assert titles(Or([And([red, green]), And([blue])])) == {"rouge vert", "bleu"}
    assert titles(Or([red, Not(green)])) == {"rouge", "rouge vert", "bleu"}
    assert titles(And([Not(red), Not(blue)])) == {"vert"}
    assert titles(Not(And([red, green]))) == {"rouge", "vert", "bleu"}
    assert titles(Not(PlainText("rouge vert", operator="and"))) == {"rouge", "vert", "bleu"}
    assert titles(Not(Phrase("rouge vert"))) == {"rouge", "vert", "bleu"}
    assert titles(Not(Not(red))) == {"rouge", "rouge vert"}
    assert titles(PlainText("vert bleu", operator="or")) == {"vert", "rouge vert", "bleu"}
    assert titles(Phrase("vert rouge")) == set()
    assert titles(Boost(red, 2.0)) == titles(Fuzzy("rouge")) == {"rouge", "rouge vert"}
    assert titles(MATCH_ALL) == set(pages)
    assert titles(And([MATCH_ALL, red])) == {"rouge", "rouge vert"}
    assert titles(Or([MATCH_ALL, red])) == set(pages)
    assert titles(Not(MATCH_ALL)) == titles(And([])) == titles(Or([])) == set()
    assert titles(PlainText("!?")) == titles(And([PlainText("*"), Not(Phrase("'"))])) == set()


def test_fields_that_are_not_indexed_find_nothing_and_others_are_searched(things):
    for find in (search, autocomplete):
        assert find("arbre", ArticlePage, fields=["body"]) == []
        assert find("arbre", ArticlePage, fields=["no such", "title"]) == [things]
        assert find("arbre", Image, fields=["title", "description"]) == list(Image.objects.all())
    assert search("arbre", Image, fields=["description"]) == []


def test_what_is_found_by_its_title_comes_first(section):
    picture("Chantier", description="La gare de Lyon, la gare de l'Est")
    picture("La gare du Nord", description="Chantier")
    found = search("gare", Image)

    assert [image.title for image in found] == ["La gare du Nord", "Chantier"]


def test_pages_of_results_hold_each_of_them_once(section):
    for _ in range(9):
        article(section, "Une grue")
    for more in ({}, {"order_by_relevance": False}):
        found = get_search_backend().autocomplete("gru", ArticlePage, **more)
        pks = [page.pk for start in (0, 4, 8) for page in found[start : start + 4]]

        assert found.count() == len(pks) == len(set(pks)) == 9


def test_the_results_count_score_and_give_values(things):
    backend = get_search_backend()

    assert backend.autocomplete("arb", Page).facet("content_type_id") == {things.content_type_id: 1}
    assert backend.search("arbre", Page).annotate_score("score")[0].score
    assert list(backend.search("arbre", Page.objects.values_list("pk", flat=True))) == [things.pk]
    assert list(backend.search("arbre", Page.objects.specific())) == [things]
    assert len(backend.search("arbre", Page.objects.distinct())) == 1


def test_what_editors_change_or_delete_is_found_as_it_is(things):
    things.title = "Un hêtre"
    things.save_revision().publish()

    assert autocomplete("arbre", ArticlePage) == []
    assert autocomplete("hetre", ArticlePage) == [things]

    things.delete()

    assert autocomplete("hetre", ArticlePage) == []


def test_the_whole_index_can_be_made_anew(things):
    backend = get_search_backend()
    backend.reset_indexes()
    assert search("arbre") == []
    index = backend.get_index_for_model(ArticlePage)
    rebuilder = backend.rebuilder_class(index)
    rebuilder.start().add_items(ArticlePage, [things])
    rebuilder.finish()

    assert search("arbre", ArticlePage) == [things]


def plan(query, model, find="autocomplete", **more):
    """The statement of a search, and how the database means to answer it."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        list(getattr(get_search_backend(), find)(query, model, **more))
    (statement,) = [
        one["sql"] for one in captured if "wagtailsearch_indexentry" in (one["sql"] or "")
    ]
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute((explain + statement).replace("%", "%%"), [])
        return statement, [str(row[-1]) for row in cursor.fetchall()]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans of SQLite")
@pytest.mark.parametrize("find", ["search", "autocomplete"])
@pytest.mark.parametrize("model", [Page, ArticlePage, Image])
@pytest.mark.parametrize("by_relevance", [True, False])
def test_sqlite_searches_its_index_once(things, find, model, by_relevance):
    for query in ("a", "arbre", Not(PlainText("arbre"))):
        statement, steps = plan(query, model, find, order_by_relevance=by_relevance)
        scans = [step for step in steps if "VIRTUAL TABLE INDEX" in step]
        at = steps.index(scans[0])

        assert statement.count("MATCH") == 1
        assert len(scans) == 1
        # The search comes first, with no row of another table to look for.
        assert "=" not in scans[0].partition("INDEX")[2]
        assert at == 0 or "LIST SUBQUERY" in steps[at - 1]
        assert not any("CORRELATED" in step for step in steps)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the plans of PostgreSQL")
def test_postgresql_searches_by_an_index(things):
    # Of a small table PostgreSQL reads every row, and of few pages it looks for each of them.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            "INSERT INTO wagtailsearch_indexentry (content_type_id, object_id, title, autocomplete,"
            " body, title_norm, title_text, body_text) SELECT %s, 'x' || n, to_tsvector('simple',"
            " 'mot' || n), to_tsvector('simple', 'mot' || n), '', 1, '', ''"
            " FROM generate_series(1, 3000) n",
            [things.content_type_id],
        )
        cursor.execute("ANALYZE wagtailsearch_indexentry")

    for find, index, more in (
        ("search", "on admin_search_words", {}),
        ("search", "_title_", {"fields": ["title"]}),
        ("autocomplete", "_autocom_", {}),
    ):
        for model in (Page, ArticlePage):
            steps = plan("arbre", model, find, **more)[1]

            assert any("Bitmap Index Scan" in step and index in step for step in steps), steps


def test_the_index_is_made_after_every_migration_and_only_once(db):
    admin_backend.ensure()
    admin_backend.ensure()

    with connection.cursor() as cursor:
        made = connection.introspection.get_constraints(cursor, "wagtailsearch_indexentry")
    assert ("admin_search_words" in made) == (connection.vendor == "postgresql")


def test_a_search_asks_one_statement_however_much_it_finds(section):
    def count():
        with CaptureQueriesContext(connection) as captured:
            autocomplete("gru", ArticlePage)
        return len(captured)

    article(section, "Une grue")
    count()
    few = count()
    for _ in range(5):
        article(section, "Une grue")

    assert count() == few == 1


def test_long_queries_are_cut_between_words():
    assert shortened("mot " * 1000) == "mot " * 49 + "mot"
    assert len(shortened("m" * 1000)) == 200
    assert simplified("mot " * 1000).query_string == " ".join(["mot"] * 12)


def test_a_phrase_is_found_beside_the_joined_form_of_its_words():
    assert words_of("L'écran DCP-2K") == ["ecran", "dcp", "2k"]
    assert indexed_words("L'écran DCP-2K") == "ecran dcp 2k dcp2k"


anything = st.text(
    st.one_of(
        st.sampled_from("\"'*()^:{}-+~&|!<>\\%\x00\ud800\u202e \t’«»,.@#/éœ检"),
        st.characters(),
    ),
    max_size=60,
)
pieces = st.lists(
    st.one_of(anything, st.sampled_from(["arbre", "AND", "OR", "NOT", "NEAR(", "l'", '"', "a"])),
    max_size=30,
).map(" ".join)
leaves = st.one_of(
    st.builds(PlainText, pieces, operator=st.sampled_from(["and", "or"])),
    st.builds(Phrase, pieces),
    st.builds(Fuzzy, pieces),
    st.just(MATCH_ALL),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Boost, inner, st.floats(0.1, 5)),
        st.builds(And, st.lists(inner, max_size=4)),
        st.builds(Or, st.lists(inner, max_size=4)),
    ),
    max_leaves=8,
)


@settings(
    max_examples=500,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=st.one_of(anything, pieces, trees), model=st.sampled_from([Page, ArticlePage, Image]))
def test_generated_queries_have_answers(things, query, model):
    backend = get_search_backend()

    for found in (backend.search(query, model), backend.autocomplete(query, model)):
        assert len(list(found[:50])) == found.count()
