"""The embedded engine, on the database that the tests run on: what it finds, in which order."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts import identity
from cms.entries import ingest
from cms.entries.models import Entry
from pages.models import RumourPage, SectionPage
from search import correction, service
from search.contract import NEWEST, Filters
from search.engines.embedded import engine, filing, ranking
from search.models import Passage
from search.service import Asked
from tests.factories import article, restrict, restricted_block, subsection

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh():
    for module in (filing, engine, correction):
        module.forget()


def load(*raws):
    """Public records; each is a title, or fields."""
    sent = []
    for number, raw in enumerate(raws):
        fields = {"title": raw} if isinstance(raw, str) else raw
        sent.append(
            {
                "id": f"n{number}", "type": "sheet", "locale": "fr", "readers": [],
                "published_at": f"2026-01-{number + 1:02}T00:00:00Z", **fields,
            }
        )  # fmt: skip
    results = ingest.store("src", sent, at=NOON)
    assert [one.status for one in results] == ["stored"] * len(raws), results


def find(client, text, **fields):
    return ask(client, text, **fields).found


def ask(client, text, **fields):
    reader = identity.reader_of(client.get("/").wsgi_request)
    return service.search(Asked(text=text, **fields), reader)


def keys(found):
    return [hit.key.removeprefix("src-") for hit in found.hits]


@pytest.mark.django_db
class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("title", "typed"),
        [
            ("L’affiche de l’horlogère", "affiches horlogere"),
            ("Cœur de pirate", "coeur"),
            ("Copies DCP-2K", "dcp2k"),
            ("Copies DCP 2K", "DCP-2K"),
            ("Deux mille exemplaires : 2 000", "2000"),
            ("新电影预告片", "电影"),
            ("新电影预告片", "片"),
            ("新电影预告片", "电"),
            ("Les chevaux de la nuit", "cheval"),
        ],
    )
    def test_another_way_to_write_it(self, client, site, title, typed):
        load(title, "Rien de tel")

        assert keys(find(client, typed, is_exact=True)) == ["n0"]

    def test_a_word_as_it_stands_in_a_language_without_stems(self, client, site):
        load({"title": "Services Marché", "locale": "zh"}, "Rien de tel")

        as_typed = find(client, "services", is_exact=True)
        unwanted = find(client, "marche -services", is_exact=True)
        slip = ask(client, "servives")

        (hit,) = as_typed.hits
        assert (hit.title, as_typed.missing) == ("<mark>Services</mark> Marché", frozenset())
        assert unwanted.count == 0
        assert slip.correction.query == "services"
        assert keys(slip.found) == keys(find(client, "marche")) == ["n0"]

    def test_any_word_finds_and_all_words_come_first(self, client, site):
        load("Affiche", "Affiche bobine", "Bobine", "Copie")

        found = find(client, "affiche bobine")

        assert keys(found)[0] == "n1"
        assert set(keys(found)) == {"n0", "n1", "n2"}

    def test_a_phrase_must_stand_there(self, client, site):
        load(
            "Affiche du film", "Film sans affiche", {"title": "Autre", "body": "l’affiche du film"}
        )

        assert set(keys(find(client, '"affiche du film"'))) == {"n0", "n2"}

    def test_what_is_excluded_is_not_there(self, client, site):
        load("Affiche bobine", "Affiche")

        assert keys(find(client, "affiche -bobine")) == ["n1"]
        sheets = Filters(types=("sheet",))
        assert keys(find(client, "-bobine", filters=sheets)) == ["n1"]

    def test_the_title_itself_comes_first(self, client, site):
        load(
            {"title": "Horloge", "published_at": "2020-01-01T00:00:00Z"},
            {"title": "Horloge horloge horloge", "body": "horloge " * 30},
            {"title": "Une horloge parmi d’autres horloges", "body": "horloge " * 10},
        )

        assert keys(find(client, "horloge"))[0] == "n0"

    def test_nothing_typed_lists_the_newest(self, client, site):
        load("Un", "Deux", "Trois")

        assert keys(find(client, "", filters=Filters(types=("sheet",)))) == ["n2", "n1", "n0"]

    @pytest.mark.parametrize("typed", ["*", "'", '"', "()", "---", "« »", "\x00*\ud800"])
    def test_what_no_text_has_finds_nothing(self, client, site, typed):
        load("Un")

        assert find(client, typed).count == 0

    def test_by_date(self, client, site):
        load("Affiche affiche affiche", "Affiche", "Bobine")

        assert keys(find(client, "affiche", order=NEWEST)) == ["n1", "n0"]

    def test_the_words_to_be_found_by_find_and_are_never_shown(self, client, section):
        article(section, "Commander du matériel", found_by="présentoir plv")

        (hit,) = find(client, "plv").hits

        assert hit.card["title"] == "Commander du matériel"
        assert "plv" not in hit.title + hit.text

    def test_the_words_that_a_rumour_answers_find_it_and_are_no_passage(self, client, section):
        page = RumourPage(
            title="Rien ne ferme", slug="rien", claim="Tout ferme.", words="grève\nplv"
        )
        section.add_child(instance=page)

        (hit,) = find(client, "plv").hits

        assert hit.card["words"] == ["grève", "plv"]
        assert "plv" not in hit.title + hit.text

    def test_people_and_topics_find(self, client, section, make_user):
        person = make_user(first_name="Bérénice", last_name="Colin")
        page = article(section, "Matériel", keeper=person)

        assert [hit.key for hit in find(client, "berenice colin").hits] == [page.entry_key]


@pytest.mark.django_db
class TestFacets:
    def test_each_is_counted_under_all_filters_but_its_own(self, client, site):
        load(
            {"title": "Affiche", "type": "sheet", "topics": ["halls"]},
            {"title": "Affiche", "type": "order", "topics": ["halls", "pricing"]},
            {"title": "Affiche", "type": "order", "locale": "en"},
        )

        found = find(client, "affiche", filters=Filters(types=("order",), locales=("fr",)))

        assert keys(found) == ["n1"]
        assert {one.value: one.count for one in found.facets["type"]} == {"sheet": 1, "order": 1}
        assert {one.value: one.count for one in found.facets["locale"]} == {"fr": 1, "en": 1}
        assert {one.value: one.count for one in found.facets["topic"]} == {"halls": 1, "pricing": 1}

    def test_a_section_is_named_by_its_title(self, client, section):
        article(section, "Affiche")

        (value,) = find(client, "affiche").facets["section"]

        assert (value.label, value.count) == ("Actualités", 1)

    def test_a_search_takes_one_query_however_much_it_tells(
        self, client, section, staff, make_user, django_assert_num_queries
    ):
        block = ("text", "<p>Une affiche.</p>")
        for _ in range(2):
            article(section, "Marquise", story=[restricted_block([staff], block, title="Salle")])
        client.force_login(make_user(groups=[staff]))
        reader = identity.reader_of(client.get("/").wsgi_request)
        service.search(Asked(text="affiche"), reader)

        with django_assert_num_queries(1):
            found = service.search(Asked(text="affiche"), reader).found

        assert (found.count, len(found.facets["section"])) == (2, 1)
        assert [hit.passages[0].title for hit in found.hits] == ["Salle", "Salle"]

    def test_of_the_parts_the_best_comes_first(self, client, section, staff, make_user):
        texts = ["Une affiche.", "Une affiche et un présentoir.", "Un présentoir."]
        blocks = [
            restricted_block([staff], ("text", f"<p>{text}</p>"), title=f"Partie {number}")
            for number, text in enumerate(texts)
        ]
        article(section, "Matériel", story=blocks)
        client.force_login(make_user(groups=[staff]))

        (hit,) = find(client, "affiche présentoir").hits

        assert [one.title for one in hit.passages] == ["Partie 1", "Partie 0", "Partie 2"]

    def test_of_a_very_long_text_only_the_beginning_is_shown(self, client, site):
        body = f"Début. {'é' * 30_000} {'mot ' * 6000}"
        load({"title": "Long", "body": f"{body} marquise"}, {"title": "Court", "body": "marquise"})

        short, long = sorted(find(client, "marquise").hits, key=lambda hit: len(hit.text))

        assert short.text == "<mark>marquise</mark>"
        assert long.text.startswith("Début.")

    def test_a_section_is_named_no_more_when_it_is_taken_back(self, client, section):
        article(section, "Affiche")
        assert find(client, "affiche").facets["section"]

        section.unpublish()

        found = find(client, "affiche")
        assert (found.count, found.facets["section"]) == (1, ())

    def test_a_section_that_is_new_is_named_at_once(self, client, section, site):
        article(section, "Affiche")
        find(client, "affiche")
        article(subsection(site, "Presse"), "Affiche")

        values = find(client, "affiche").facets["section"]

        assert {one.label for one in values} == {section.title, "Presse"}

    def test_an_entry_found_in_two_places_counts_once(self, client, section):
        group_block = restricted_block([], ("text", "<p>affiche</p>"))
        article(section, "Affiche", story=[group_block])

        assert find(client, "affiche").count == 1


@pytest.mark.django_db
class TestPaging:
    @pytest.mark.parametrize("order", ["relevance", NEWEST])
    def test_every_hit_comes_once(self, client, site, order):
        load(*(f"Affiche {'bobine ' * (number % 3)}" for number in range(23)))
        seen, after = [], None
        while True:
            found = find(client, "affiche bobine", limit=5, after=after, order=order)
            seen += keys(found)
            after = found.next
            if after is None:
                break

        assert len(seen) == len(set(seen)) == found.count == 23

    @pytest.mark.parametrize("limit", [3, 7, 10, 30])
    def test_pages_go_on_behind_what_is_ranked_exactly(self, client, site, monkeypatch, limit):
        monkeypatch.setattr(ranking, "CANDIDATES", 7)
        load(*(f"Affiche {'bobine ' * (number % 3)}" for number in range(23)))
        whole = keys(find(client, "affiche bobine", limit=50))
        seen, after = [], None
        while len(seen) < 23:
            found = find(client, "affiche bobine", limit=limit, after=after)
            seen += keys(found)
            after = found.next

        assert after is None
        assert seen == whole


@pytest.mark.django_db
class TestCorrection:
    def test_a_word_that_nothing_has(self, client, site):
        load("Horlogère en couleurs")

        outcome = ask(client, "orlogère couleurs")

        assert outcome.correction.query == "horlogere couleurs"
        assert outcome.correction.instead_of == "orlogère couleurs"
        assert keys(outcome.found) == ["n0"]

    def test_not_when_asked_for_exactly_this(self, client, site):
        load("Horlogère")

        outcome = ask(client, "orlogère", is_exact=True)

        assert outcome.correction is None
        assert outcome.found.count == 0


@pytest.mark.django_db
class TestKeepingUp:
    def test_a_page_is_found_as_soon_as_it_is_published_and_no_longer(self, client, section):
        page = article(section, "Marquise")
        assert find(client, "marquise").count == 1

        page.title = "Bobine"
        page.save()
        assert find(client, "marquise").count == 0
        assert find(client, "bobine").count == 1

        page.unpublish()
        assert find(client, "bobine").count == 0
        assert not Passage.objects.filter(entry__in=Entry.objects.filter(page_id=page.pk)).exists()

    def test_privacy_counts_at_once(self, client, section, staff):
        place = subsection(section)
        article(place, "Marquise")

        restrict(place, staff)

        assert find(client, "marquise").count == 0

    def test_a_move_to_another_section_moves_its_count(self, client, section, site):
        other = site.add_child(
            instance=SectionPage(
                title="Presse", slug="presse", locale=site.locale, show_in_menus=True
            )
        )
        place = subsection(section)
        article(place, "Marquise")

        place.move(other, "last-child")

        (value,) = find(client, "marquise").facets["section"]
        assert value.label == "Presse"

    def test_opening_and_closing_need_no_writing(self, client, site):
        load({"title": "Marquise", "opens_at": "2099-01-01T00:00:00Z"})
        assert find(client, "marquise").count == 0

        Entry.objects.update(opens_at=NOON)
        assert find(client, "marquise").count == 1

        Entry.objects.update(closes_at=NOON)
        assert find(client, "marquise").count == 0

    def test_making_the_index_anew_changes_nothing(self, client, section):
        article(section, "Marquise")
        Passage.objects.all().delete()
        assert find(client, "marquise").count == 0

        assert sum(filing.rebuild(batch=1)) == Entry.objects.count()

        assert find(client, "marquise").count == 1


@pytest.mark.django_db
class TestQueries:
    def test_one_statement_finds_ranks_and_counts(self, client, site):
        load("Affiche", "Bobine")
        reader = identity.reader_of(client.get("/").wsgi_request)
        service.search(Asked(text="affiche"), reader)

        with CaptureQueriesContext(
            connection,
        ) as queries:
            service.search(Asked(text="affiche bobine"), reader)

        assert len(queries) == 1
