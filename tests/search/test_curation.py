"""What editors curate: tried before it is saved, in force at once, no way around access."""

import json
from datetime import date, timedelta
from math import log2

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from cms.access import gates
from cms.entries import ingest
from search import service
from search.curation import exchange, judging, members, promotions, readers, states, synonyms
from search.curation.explaining import explain
from search.curation.judging import Judged, ndcg, reciprocal_rank
from search.curation.models import Judgement, Promotion, Synonym
from search.curation.promotions import Promotions
from search.curation.synonyms import Row, Synonyms
from search.query import parse
from tests.factories import article, restrict

LANGUAGES = ("fr", "en")
TODAY = states.today()


@pytest.fixture
def chief(make_user):
    return make_user("chef@cabestan.example", is_superuser=True)


@pytest.fixture
def editor(chief):
    client = Client()
    client.force_login(chief)
    return client


@pytest.fixture
def plain_editor(make_user):
    """Somebody who may enter the admin, and nothing of search."""
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(make_user("redaction@cabestan.example", groups=[group]))
    return client


@pytest.fixture
def records(db, staff):
    """Load records: id, title, body and readers."""

    def load(*rows):
        lines = [
            json.dumps(
                {
                    "id": id_,
                    "type": "notice",
                    "locale": "fr",
                    "title": title,
                    "summary": "",
                    "body": body,
                    "readers": rest[0] if rest else [],
                    "published_at": "2026-01-05T08:00:00Z",
                    **(rest[1] if len(rest) > 1 else {}),
                }
            ).encode()
            for id_, title, body, *rest in rows
        ]
        tally = ingest.Tally()
        for _ in ingest.load("docs", lines, at=readers.identity.now(), sweep=False, tally=tally):
            pass
        assert tally.bad == []

    return load


def leads(query, *rows, locales=()):
    return dict(Synonyms(rows).for_query(parse(query, LANGUAGES), locales))


def found(text, reader=None, **more):
    outcome = service.search(service.Asked(text=text), reader or readers.stranger(), **more)
    return [hit.key for hit in outcome.found.hits]


def advised(text, reader=None):
    outcome = service.search(service.Asked(text=text), reader or readers.stranger())
    return [one.key for one in outcome.promoted]


def promote(key, phrases="congés", **more):
    values = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30), **more}
    return Promotion.objects.create(entry_key=key, phrases=phrases, **values)


class TestSynonymsOfAQuery:
    DCP = Row("DCP\ndigital cinema package")

    @pytest.mark.parametrize("query", ["dcp", "D.C.P.", "le DCP", "dcp-2k"])
    def test_an_acronym_leads_to_its_words_however_it_is_written(self, query):
        assert list(leads(query, self.DCP).values()) == [("digital cinema package",)]

    def test_several_words_lead_back_together(self):
        assert leads("livrer un digital cinema package", self.DCP) == {
            "digital cinema package": ("DCP",)
        }

    def test_the_longest_member_wins_and_no_word_counts_twice(self):
        cinema = Row("cinema, salle")
        assert leads("digital cinema package", self.DCP, cinema) == {
            "digital cinema package": ("DCP",)
        }
        assert leads("cinema digital", self.DCP, cinema) == {"cinema": ("salle",)}

    def test_words_of_a_member_in_another_order_are_not_that_member(self):
        assert leads("package cinema digital", self.DCP) == {}

    def test_stop_words_accents_and_plurals_make_no_difference(self):
        assert leads("mises en scene", Row("mise en scène, réalisation")) == {
            "mises scene": ("réalisation",)
        }

    def test_one_direction_leads_there_and_not_back(self):
        row = Row("RTT, repos", direction="first")
        assert leads("RTT", row) == {"RTT": ("repos",)}
        assert leads("repos", row) == {}

    def test_a_set_of_a_language_is_for_searches_in_it(self):
        row = Row("courriel, e-mail", locale="fr")
        assert leads("courriel", row, locales=("en",)) == {}
        assert leads("courriel", row, locales=("fr",)) == {"courriel": ("e-mail",)}
        assert leads("courriel", row) == {"courriel": ("e-mail",)}

    def test_what_stands_in_quotes_is_meant_as_it_is(self):
        assert leads('"dcp" film', self.DCP) == {}

    def test_chinese_words_lead_too_and_share_no_single_character(self):
        row = Row("预告片, bande-annonce")
        assert leads("预告片", row) == {"预告 告片": ("bande-annonce",)}
        assert leads("预定", row) == {}

    def test_a_member_of_two_sets_leads_to_both(self):
        assert leads("salle", Row("salle, cinéma"), Row("salle, exploitant")) == {
            "salle": ("cinéma", "exploitant")
        }


class TestASetIsRefused:
    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ("DCP", ""),
            ("DCP, !!", "!!"),
            ("DCP, de la", "de la"),
            ("DCP, D.C.P.", "D.C.P."),
            ("congé, congés", "congés"),
            ("film, deux mots de plus que six font sept", "deux mots de plus"),
            ("a" * 121 + ", b", "aaa"),
            (",".join("abcdefghijklm"), "13"),
            ("OR, DCP", "OR"),
        ],
    )
    def test_and_the_member_is_named(self, words, named):
        told = members.problems(words, LANGUAGES)

        assert told
        assert named in told[0]

    @pytest.mark.parametrize(
        "words", ["IT, informatique", "DCP, digital cinema package", "电影\nfilm"]
    )
    def test_good_sets_are_not(self, words):
        assert members.problems(words, LANGUAGES) == []


@pytest.mark.django_db
class TestSynonymsInForce:
    def test_a_saved_set_counts_at_the_next_search_without_a_rebuild(self, editor, records):
        records(("1", "Livraison d'un DCP", "Un paquet numérique."))
        assert found("projection") == []

        answer = editor.post("/editor/search/synonyms/new/", synonym("projection, DCP"))

        assert answer.status_code == 302, answer.content.decode()
        assert found("projection") == ["docs-1"]
        stored = Synonym.objects.get()
        assert (stored.words, stored.owner.email) == ("projection\nDCP", "chef@cabestan.example")

        Synonym.objects.update(is_active=False)  # plain SQL, as another process would
        assert found("projection") == []

    @pytest.mark.parametrize("table", ["search_synonym", "search_promotion"])
    def test_whoever_writes_the_tables_raises_the_access_version(self, table):
        before = gates.state().version
        promote("docs-1")
        Synonym.objects.create(words="a\nb")
        raised = gates.state().version
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

        assert before < raised < gates.state().version

    def test_sets_are_read_once_a_version(self, django_assert_num_queries):
        Synonym.objects.create(words="a\nb")
        with django_assert_num_queries(1):
            synonyms.current(5)
            synonyms.current(5)

    def test_a_bad_set_is_refused_with_its_member_and_nothing_is_saved(self, editor):
        answer = editor.post("/editor/search/synonyms/new/", synonym("DCP, de la"))

        assert answer.status_code == 200
        assert "de la" in answer.content.decode()
        assert not Synonym.objects.exists()

    def test_more_sets_than_can_be_are_refused(self, editor):
        Synonym.objects.bulk_create(
            Synonym(words=f"a{number}\nb{number}") for number in range(members.MOST_SETS)
        )
        assert editor.post("/editor/search/synonyms/new/", synonym("x, y")).status_code == 200
        assert Synonym.objects.count() == members.MOST_SETS


def synonym(words, **more):
    return {
        "words": words,
        "direction": "both",
        "locale": "",
        "is_active": "on",
        "note": "",
        **more,
    }


@pytest.mark.django_db
class TestTryingBeforeSaving:
    def test_both_answers_stand_side_by_side_and_nothing_is_saved(self, editor, records):
        records(("1", "Livraison d'un DCP", "Un paquet."))
        judge("projection", "docs-1", 3)
        judged_now = found("projection")

        told = editor.get(
            "/editor/search/synonyms/try/",
            {**synonym("projection, DCP"), "try-query": "projection"},
        ).content.decode()

        now, then = told.split('id="fr-try-then"')
        assert "Livraison" not in now
        assert "Livraison" in then
        assert "0,000" in told.split("fr-sides")[1] or "0.000" in told
        assert "1,000" in told or "1.000" in told
        assert judged_now == found("projection") == []
        assert not Synonym.objects.exists()

    def test_a_set_that_is_being_changed_counts_as_it_would_be(self, editor, records):
        records(("1", "Livraison d'un DCP", "Un paquet."))
        stored = Synonym.objects.create(words="projection\nDCP")

        told = editor.get(
            "/editor/search/synonyms/try/",
            {**synonym("projection, film"), "try-query": "projection", "try-pk": stored.pk},
        ).content.decode()

        now, then = told.split('id="fr-try-then"')
        assert "Livraison" in now
        assert "Livraison" not in then

    def test_an_editor_tries_with_what_they_may_read(self, make_user, records, staff):
        records(("1", "Livraison d'un DCP", "Un paquet.", [["Presse"]]))
        client = Client()
        group = Group.objects.create(name="Documentalistes")
        group.permissions.set(
            Permission.objects.filter(codename__in=["access_admin", "add_synonym"])
        )
        client.force_login(make_user(groups=[group]))

        told = client.get(
            "/editor/search/synonyms/try/",
            {**synonym("projection, DCP"), "try-query": "projection"},
        ).content.decode()

        assert 'id="fr-try-then"' in told
        assert "Livraison" not in told

    @pytest.fixture(autouse=True)
    def _press(self, press):
        pass

    def test_an_advised_result_is_tried_too(self, editor, records):
        records(("1", "Congés payés", "Les règles."))
        told = editor.get(
            "/editor/search/promotions/try/",
            {**promotion("docs-1", "vacances"), "try-query": "vacances"},
        ).content.decode()

        now, then = told.split('id="fr-try-then"')
        assert "Congés payés" not in now
        assert "Congés payés" in then

    def test_who_may_not_edit_may_not_try(self, plain_editor):
        answer = plain_editor.get("/editor/search/synonyms/try/", synonym("a, b"))

        assert answer.status_code in {302, 403}

    def test_a_form_that_does_not_do_says_why(self, editor):
        told = editor.get(
            "/editor/search/synonyms/try/", {**synonym("DCP, de la"), "try-query": "x"}
        ).content.decode()

        assert "de la" in told
        assert editor.get("/editor/search/synonyms/try/", synonym("a1, b1")).status_code == 200


def promotion(key, phrases="congés", **more):
    values = {
        "phrases": phrases,
        "locale": "",
        "page": "",
        "entry_key": key,
        "note": "",
        "on_behalf_of": "Ressources humaines",
        "owner": "",
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=30)).isoformat(),
        "order": 10,
    }
    return {**values, **more}


def row(key, phrases, **more):
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    return promotions.Row(**{**days, "key": key, "phrases": phrases, **more})


class TestMatchingPromotions:
    ROWS = Promotions(
        [
            row("a-1", "congés payés\ntélétravail"),
            row("a-2", "congés payés", locale="fr", order=1, ends_on=date(2026, 2, 28)),
            row("a-3", "remote work", locale="en"),
        ]
    )

    def keys(self, query, locale="fr", today=date(2026, 1, 5)):
        return promotions.matching(parse(query, LANGUAGES), locale, today, self.ROWS)

    @pytest.mark.parametrize(
        "query",
        ["congés payés", "conges payes", "les congés payés", "Congé payé", '"congés payés"'],
    )
    def test_the_same_words_in_the_same_order_match(self, query):
        assert self.keys(query) == ["a-2", "a-1"]

    @pytest.mark.parametrize(
        "query", ["payés congés", "congés", "congés payés 2026", "congés -payés", "", "-congés"]
    )
    def test_others_do_not(self, query):
        assert self.keys(query) == []

    def test_language_and_days_hold(self):
        assert self.keys("congés payés", "en") == ["a-1"]
        assert self.keys("remote work", "fr") == []
        assert self.keys("remote work", "") == ["a-3"]
        assert self.keys("congés payés", today=date(2026, 2, 28)) == ["a-2", "a-1"]
        assert self.keys("congés payés", today=date(2026, 3, 1)) == ["a-1"]
        assert self.keys("congés payés", today=date(2025, 12, 31)) == []

    def test_the_next_change_is_known(self):
        assert self.ROWS.next_change(date(2026, 2, 1)) == date(2026, 3, 1)
        assert self.ROWS.next_change(date(2025, 12, 1)) == date(2026, 1, 1)


@pytest.mark.django_db
class TestPromotionsForReaders:
    def test_who_may_not_read_it_is_not_shown_it(self, records, staff, make_user):
        records(("1", "Prime", "x", [["Salariés"]]), ("2", "Autre", "y"))
        promote("docs-1")
        colleague = readers.person(make_user(groups=[staff]))

        assert advised("congés", colleague) == ["docs-1"]
        assert advised("congés") == []

    def test_two_are_shown_and_hidden_ones_take_no_place(self, records, staff):
        records(*((str(n), f"Titre {n}", "x", [["Salariés"]] if n < 2 else []) for n in range(5)))
        for number in range(5):
            promote(f"docs-{number}", order=number)

        assert advised("congés") == ["docs-2", "docs-3"]

    def test_what_is_under_embargo_or_gone_is_not_shown(self, records):
        records(("1", "Demain", "x", [], {"opens_at": "2999-01-01T00:00:00Z"}))
        promote("docs-1")
        promote("docs-gone")

        assert advised("congés") == []

    def test_who_advises_it_is_named_to_colleagues_and_a_team_to_all(
        self, records, chief, make_user
    ):
        records(("1", "Règles", "x"))
        one = promote("docs-1", owner=chief)
        chief.first_name = "Camille"
        chief.save()

        def by(reader):
            return service.search(service.Asked(text="congés"), reader).promoted[0].by

        assert by(readers.stranger()) == ""
        assert by(readers.person(chief)) == "Camille"
        one.on_behalf_of = "Ressources humaines"
        one.save()
        assert by(readers.stranger()) == "Ressources humaines"

    def test_a_query_without_promotion_costs_no_query(self, records, django_assert_num_queries):
        records(("1", "Règles", "x"))
        promote("docs-1")
        reader = readers.stranger()
        promotions.current(reader.grants.version)

        with django_assert_num_queries(0):
            assert promotions.for_reader(parse("autre", ("fr",)), "", reader, at=reader.at) == []


@pytest.mark.django_db
class TestPromotionForm:
    def test_a_page_is_stored_by_its_key(self, editor, section):
        page = article(section, "Congés")

        answer = editor.post("/editor/search/promotions/new/", promotion("", page=page.pk))

        assert answer.status_code == 302, answer.content.decode()
        assert Promotion.objects.get().entry_key == page.entry_key
        pk = Promotion.objects.get().pk
        assert (
            f'value="{page.pk}"'
            in editor.get(f"/editor/search/promotions/edit/{pk}/").content.decode()
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"entry_key": "docs-none"},
            {"entry_key": ""},
            {"ends_on": (TODAY - timedelta(days=1)).isoformat()},
            {"ends_on": (TODAY + timedelta(days=500)).isoformat()},
            {"ends_on": ""},
            {"phrases": "!!"},
            {"phrases": "x" * 121},
        ],
    )
    def test_what_will_not_do_is_refused(self, editor, records, wrong):
        records(("1", "Règles", "x"))
        good = promotion("docs-1")

        assert editor.post("/editor/search/promotions/new/", {**good, **wrong}).status_code == 200
        assert not Promotion.objects.exists()
        assert editor.post("/editor/search/promotions/new/", good).status_code == 302
        assert Promotion.objects.get().owner.email == "chef@cabestan.example"

    def test_the_list_says_what_is_wrong_and_who_reads(self, editor, records, staff):
        records(("1", "Règles de congés", "x", [["Salariés"]]))
        promote("docs-1")
        promote("docs-gone")
        promote("docs-1", starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1))

        told = editor.get("/editor/search/promotions/").content.decode()

        assert "Règles de congés" in told
        assert "Salariés" in told
        assert "docs-gone" in told
        assert told.count("fr-warns") == 1

    def test_the_list_names_nothing_that_its_editor_may_not_read(self, records, staff, make_user):
        records(("1", "Plan secret", "x", [["Salariés"]]))
        promote("docs-1")
        group = Group.objects.create(name="Documentalistes")
        group.permissions.set(
            Permission.objects.filter(codename__in=["access_admin", "change_promotion"])
        )
        client = Client()
        client.force_login(make_user(groups=[group]))

        told = client.get("/editor/search/promotions/").content.decode()

        assert "docs-1" in told
        assert "Plan secret" not in told

    @pytest.mark.parametrize("name", ["synonyms", "promotions", "judgements", "quality", "explain"])
    def test_only_who_may_comes_in(self, editor, plain_editor, name):
        assert editor.get(f"/editor/search/{name}/").status_code == 200
        assert plain_editor.get(f"/editor/search/{name}/").status_code == 302

    @pytest.mark.parametrize("query", ["'", '"', "*", "a" * 3000, "(", "中", "\\"])
    def test_their_lists_survive_any_search(self, editor, query):
        promote("docs-1")
        assert editor.get("/editor/search/promotions/", {"q": query}).status_code == 200


class TestNdcg:
    def test_by_hand(self):
        # Gains 7, 0, 3, 1 for grades 3, 0, 2, 1.
        grades = {"a": 3, "b": 2, "c": 1}
        best = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
        assert ndcg(["a", "b", "c"], grades) == pytest.approx(1)
        assert ndcg(["b", "x", "a"], grades) == pytest.approx((3 + 7 / log2(4)) / best)
        assert ndcg(["b", "x", "a"], grades) == pytest.approx(6.5 / 9.392789, abs=1e-5)
        assert ndcg(["x"], grades) == 0
        assert ndcg([], {}) == 0

    def test_only_the_first_ten_count(self):
        ranked = [f"x{n}" for n in range(10)] + ["a"]
        assert ndcg(ranked, {"a": 3}) == 0
        assert ndcg(ranked[1:], {"a": 3}) == pytest.approx(1 / log2(11))

    def test_more_good_answers_than_places_can_still_be_perfect(self):
        grades = {f"x{n}": 1 for n in range(30)}
        assert ndcg(list(grades), grades) == pytest.approx(1)

    def test_reciprocal_rank(self):
        assert reciprocal_rank(["x", "a"], {"a": 1}) == 0.5
        assert reciprocal_rank(["x", "a"], {"a": 0}) == 0
        assert judging.score(Judged("q", "", {"a": 3}), ["x", "x", "a"]).mrr == 0.5


def judge(query, key, grade, locale=""):
    Judgement.objects.create(query=query, entry_key=key, grade=grade, locale=locale)


@pytest.mark.django_db
class TestJudging:
    def test_results_are_graded_on_a_page_and_graded_anew(self, editor, records):
        records(("1", "Congés payés", "x"), ("2", "Congés maladie", "y"))
        page = editor.get(
            "/editor/search/quality/judge/", {"q": "congés", "locale": "fr"}
        ).content.decode()
        assert 'name="grade-docs-1"' in page

        for grade in (1, 3):
            answer = editor.post(
                "/editor/search/quality/judge/",
                {"q": "congés", "locale": "", "grade-docs-1": grade, "grade-docs-2": "9"},
            )
            assert answer.status_code == 302

        one = Judgement.objects.get()
        assert (one.entry_key, one.grade, one.by.email) == ("docs-1", 3, "chef@cabestan.example")
        told = editor.get("/editor/search/quality/").content.decode()
        assert "congés" in told

    def test_lines_go_out_and_come_in_the_same(self):
        judge("congés", "docs-1", 3, "fr")
        judge("congés", "docs-2", 0)
        lines = "".join(exchange.write_out())
        Judgement.objects.all().delete()

        tally = exchange.take_in(lines.encode().splitlines())

        assert tally.stored == 2
        assert "".join(exchange.write_out()) == lines
        assert exchange.take_in(lines.replace(":3", ":1").encode().splitlines()).stored == 2
        assert sorted(Judgement.objects.values_list("grade", flat=True)) == [0, 1]

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[]",
            '{"query":"a","key":"b"}',
            '{"query":"a","key":"b","grade":4}',
            '{"query":"a","key":"b","grade":true}',
            '{"query":"","key":"b","grade":1}',
            '{"query":"a","key":"b","grade":1,"locale":"xx"}',
            '{"query":"a","key":"\\u0000","grade":1}',
            '{"query":5,"key":"b","grade":1}',
        ],
    )
    def test_a_bad_line_is_named_and_the_others_are_stored(self, line):
        good = '{"query":"a","key":"b","grade":2}'

        tally = exchange.take_in([line.encode(), good.encode()])

        assert (tally.stored, tally.refused) == (1, 1)
        assert "1" in tally.bad[0]

    def test_a_file_is_taken_in_and_given_out_in_the_admin(self, editor, plain_editor, tmp_path):
        file = tmp_path / "lines"
        file.write_text('{"query":"a","key":"b","grade":2}\n{\n')
        with file.open("rb") as sent:
            answer = editor.post("/editor/search/quality/import/", {"file": sent})

        assert answer.status_code == 302
        given = editor.get("/editor/search/quality/judgements.jsonl")
        line = b"".join(given.streaming_content)
        assert json.loads(line) == {"query": "a", "locale": "", "key": "b", "grade": 2}
        assert plain_editor.get("/editor/search/quality/judgements.jsonl").status_code == 302

    def test_the_command_prints_each_query_and_the_mean(self, records, capsys, staff):
        records(("1", "Congés payés", "x", [["Salariés"]]), ("2", "Cantine", "y"))
        judge("congés", "docs-1", 3)
        judge("cantine", "docs-9", 3)

        call_command("judge")

        told = capsys.readouterr().out
        assert "congés" in told
        assert "1.0000  1.0000" in told
        assert "0.5000  0.5000" in told

    def test_the_command_judges_as_a_person(self, records, capsys, make_user, staff):
        records(("1", "Congés payés", "x", [["Salariés"]]))
        judge("congés", "docs-1", 3)
        make_user("autre@cabestan.example")

        call_command("judge", reader="autre@cabestan.example")

        assert "0.0000" in capsys.readouterr().out
        with pytest.raises(CommandError, match="nobody@x"):
            call_command("judge", reader="nobody@x")

    def test_the_command_says_that_nothing_is_judged(self):
        with pytest.raises(CommandError, match="--load"):
            call_command("judge")


def verdicts(explained):
    return [step.verdict for step in explained.steps]


@pytest.mark.django_db
class TestExplaining:
    def test_a_reader_who_finds_it_is_told_the_place(self, records):
        records(("1", "Congés payés", "x"), ("2", "Cantine", "congés"))

        told = explain("congés", "", readers.stranger(), "docs-2")

        assert "fails" not in verdicts(told)
        assert told.ranks[0].place == 2
        assert [one.key for one in told.ranks[0].above] == ["docs-1"]

    def test_the_group_that_is_missing_is_named(self, records, staff):
        records(("1", "Congés payés", "x", [["Salariés"]]))

        told = explain("congés", "", readers.stranger(), "docs-1")

        (step,) = [one for one in told.steps if one.fails]
        assert any("Salariés" in line for line in step.lines)
        assert told.ranks[0].place == 0

    def test_the_time_that_has_not_come_is_told(self, records):
        records(("1", "Congés payés", "x", [], {"opens_at": "2999-01-01T00:00:00Z"}))

        (step,) = [
            one for one in explain("congés", "", readers.stranger(), "docs-1").steps if one.fails
        ]

        assert any("2999" in line for line in step.lines)

    def test_words_hidden_from_the_reader_are_told_apart(self, records, staff, make_user):
        part = {"title": "Réservé", "body": "La prime de zanzibar.", "readers": [["Salariés"]]}
        records(("1", "Congés payés", "x", [], {"parts": [part]}))

        hidden = explain("zanzibar", "", readers.stranger(), "docs-1")
        seen = explain("zanzibar", "", readers.person(make_user(groups=[staff])), "docs-1")

        (step,) = [one for one in hidden.steps if one.fails]
        assert any("Réservé" in line for line in step.lines)
        assert "fails" not in verdicts(seen)
        assert seen.ranks[0].place == 1

    def test_synonyms_that_took_part_are_named(self, records):
        records(("1", "Livraison d'un DCP", "x"))
        Synonym.objects.create(words="projection\nDCP")

        told = explain("projection", "", readers.stranger(), "docs-1")

        assert told.ranks[0].place == 1
        assert any("DCP" in line for step in told.steps for line in step.lines[1:])

    def test_an_excluded_word_and_a_phrase_that_is_not_there_stand_in_the_way(self, records):
        records(("1", "Congés payés", "par avance"))

        for query in ("congés -avance", '"payés congés"'):
            told = explain(query, "", readers.stranger(), "docs-1")
            assert "fails" in verdicts(told), query
            assert told.ranks[0].place == 0

    def test_what_is_not_published_is_said_to_be_so(self, db):
        told = explain("x", "", readers.stranger(), "article-999")

        assert verdicts(told) == ["fails"]
        assert "article-999" in told.conclusion

    def test_the_page_of_the_admin(self, editor, section, staff, make_user):
        page = article(section, "Congés payés")
        restrict(page, staff)
        make_user("lecteur@cabestan.example", groups=[staff])
        asked = {"q": "congés", "locale": "fr", "page": page.pk}

        stranger = editor.get("/editor/search/explain/", asked).content.decode()
        reader = editor.get(
            "/editor/search/explain/", {**asked, "reader": "lecteur@cabestan.example"}
        ).content.decode()

        assert "fr-fails" in stranger
        assert "fr-fails" not in reader
        for wrong in ({"reader": "x@y.example"}, {"page": "", "key": ""}, {"page": section.pk}):
            assert editor.get("/editor/search/explain/", {**asked, **wrong}).status_code == 200, (
                wrong
            )

    def test_a_shut_account_reads_as_a_stranger(self, editor, section, staff, make_user):
        page = article(section, "Congés payés")
        restrict(page, staff)
        make_user("parti@cabestan.example", groups=[staff], is_active=False)

        told = editor.get(
            "/editor/search/explain/",
            {"q": "congés", "page": page.pk, "reader": "parti@cabestan.example"},
        ).content.decode()

        assert "fr-fails" in told
