"""What is written down of searches: nobody in it, nothing hidden in it, and never in the way."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client

from cms.access.reader import Reader
from cms.accounts import identity
from cms.problems import InvalidCredentials, InvalidParameters
from search.curation import readers
from search.insight import frequent, report, saved
from search.insight import logging as log
from search.insight.charts import chart
from search.insight.figures import figures, percentile
from search.insight.logging import Answered
from search.insight.masking import masked
from search.insight.models import Asked, Click, Frequent, SavedSearch
from search.insight.pseudonyms import pseudonym
from search.insight.visits import Row, searches
from tests.factories import article, restrict

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def answered(text="congés", **more):
    return Answered(**{"text": text, "engine": "embedded", "total": 3, "milliseconds": 7.4, **more})


def asked_by(people, text="congés", *, at=None, **more):
    """The same search by so many people, written down."""
    moment = at or identity.now()
    values = {"locale": "fr", "engine": "embedded", "total": 3, "milliseconds": 5, **more}
    Asked.objects.bulk_create(
        Asked(
            id=log._new_id(moment),
            at=moment,
            reader=pseudonym(person, moment),
            text=text,
            folded=log.fold(text),
            **values,
        )
        for person in range(people)
    )


@pytest.fixture
def analyst(make_user):
    """An editor who may see the report, and nothing else of search."""
    group = Group.objects.create(name="Analyse")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_asked"]))
    client = Client()
    client.force_login(make_user("analyse@cabestan.example", groups=[group]))
    return client


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("jean.dupont@cabestan.example congés", "[e-mail] congés"),
        ("mail a＠b", "mail [e-mail]"),
        ("06 12 34 56 78", "[number]"),
        ("appeler le +33 (0)6.12.34.56.78", "appeler le [number]"),
        ("0033612345678", "[number]"),
        ("+1-202-555-0143 x", "[number] x"),
        ("１２３４５６７８９０", "[number]"),
        ("DCP-2K 2024 2025", "DCP-2K 2024 2025"),
        ("2026-03-10", "2026-03-10"),
        ("note 12345678", "note 12345678"),
    ],
)
def test_addresses_and_telephone_numbers_are_masked(text, kept):
    assert masked(text) == kept


def test_a_pseudonym_holds_for_a_month_and_joins_no_two(settings):
    march = pseudonym(7, AT)
    assert march == pseudonym(7, AT + timedelta(days=20))
    assert march != pseudonym(8, AT)
    assert march != pseudonym(7, AT + timedelta(days=25))
    assert pseudonym(None, AT) == ""
    settings.SECRET_KEY = "another"
    assert march != pseudonym(7, AT)


@pytest.mark.django_db
class TestNoting:
    def test_nothing_is_written_at_once_and_everything_at_fifty(self, django_assert_num_queries):
        reader = readers.stranger()
        with django_assert_num_queries(0):
            for _ in range(log.WAITING - 1):
                log.note(answered(), reader)
        assert not Asked.objects.exists()

        log.note(answered(), reader)

        assert Asked.objects.count() == log.WAITING

    def test_what_waits_for_some_seconds_is_written_with_the_next(self, monkeypatch):
        monkeypatch.setattr(log, "EVERY", 0.0)
        log.note(answered(), readers.stranger())
        assert Asked.objects.count() == 1

    def test_what_stands_there_is_the_question_and_nobody(self, make_user):
        user = make_user()
        reader = readers.person(user)
        log.note(
            answered("  Congés de jean@cabestan.example ", filters='{"type":["news"]}', page=2),
            reader,
        )
        log.flush()

        row = Asked.objects.values().get()
        assert row["text"] == "Congés de [e-mail]"
        assert row["folded"] == "conges de [e-mail]"
        assert (row["page"], row["milliseconds"], row["total"]) == (2, 7, 3)
        assert row["reader"] == pseudonym(user.pk, reader.at)
        assert user.email not in str(row)

    @pytest.mark.parametrize(
        "text", ["\ud800", "\x00", "x" * 5000, "", "'; DROP TABLE", "İ" * 500, "ﷺ" * 400]
    )
    def test_any_text_can_be_written(self, text):
        log.note(
            answered(text, filters=text, correction=text, locale=text, total=10**12),
            readers.stranger(),
        )
        log.flush()
        assert Asked.objects.count() == 1

    def test_with_no_days_nothing_is_kept(self, settings):
        settings.SEARCH_LOG_DAYS = 0
        assert log.note(answered(), readers.stranger()) == ""
        log.flush()
        assert not Asked.objects.exists()

    def test_old_searches_and_clicks_are_forgotten(self, settings):
        settings.SEARCH_LOG_DAYS = 30
        now = identity.now()
        asked_by(2, at=now - timedelta(days=31))
        asked_by(1, at=now - timedelta(days=29))
        for row in Asked.objects.all():
            Click.objects.create(asked=row, key="a", position=1, at=row.at)

        assert log.forget_old(now) == 4
        assert (Asked.objects.count(), Click.objects.count()) == (1, 1)

    def test_a_database_that_fails_costs_no_search_and_loses_nothing(self):
        broken = "ALTER TABLE search_asked RENAME TO gone"
        mended = "ALTER TABLE gone RENAME TO search_asked"
        with connection.cursor() as cursor:
            cursor.execute(broken)
        try:
            assert log.note(answered(), readers.stranger())
            log.flush()
        finally:
            with connection.cursor() as cursor:
                cursor.execute(mended)

        log.flush()

        assert Asked.objects.count() == 1

    def test_what_waits_has_a_bound(self):
        reader = readers.stranger()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE search_asked RENAME TO gone")
        for _ in range(log.MOST_WAITING + 10):
            log.note(answered(), reader)
        assert len(log._waiting) <= log.MOST_WAITING


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_holds_sqlite_delays_no_search():
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        pytest.skip("one writer at a time is SQLite's, in a file")
    holding, let_go = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            holding.set()
            let_go.wait(10)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    reader = Reader(readers.stranger().grants, identity.now())
    log.note(answered(), reader)
    begun = datetime.now(UTC)
    log.flush()
    took = datetime.now(UTC) - begun
    let_go.set()
    thread.join()

    assert took < timedelta(seconds=1)
    log.flush()
    assert Asked.objects.count() == 1


@pytest.mark.django_db
class TestClicks:
    @pytest.fixture
    def page(self, section):
        return article(section, "Congés")

    def test_a_click_joins_the_search_that_it_follows(self, page, make_user):
        reader = readers.person(make_user())
        ask_id = log.note(answered(correction="congés"), reader)

        assert log.click(ask_id, page.entry_key, 2, reader)
        log.flush()

        click = Click.objects.get()
        assert (click.key, click.position) == (page.entry_key, 2)
        assert click.asked.text == "congés"
        assert click.asked.is_correction_accepted

    def test_what_the_reader_may_not_read_cannot_be_clicked(self, page, staff):
        restrict(page, staff)
        reader = readers.stranger()
        ask_id = log.note(answered(), reader)

        assert not log.click(ask_id, page.entry_key, 1, reader)
        assert not log.click(ask_id, "article-99999", 1, reader)
        log.flush()
        assert not Click.objects.exists()

    def test_an_id_is_its_readers_own_and_for_a_day(self, page, make_user):
        mine, other = readers.person(make_user()), readers.person(make_user("autre@x.example"))
        ask_id = log.note(answered(), mine)
        late = Reader(mine.grants, mine.at + timedelta(days=2))

        assert not log.click(ask_id, page.entry_key, 1, other)
        assert not log.click(ask_id, page.entry_key, 1, readers.stranger())
        assert not log.click(ask_id, page.entry_key, 1, late)
        assert log.click(ask_id, page.entry_key, 1, mine)

    @pytest.mark.parametrize("ask_id", ["", "x", "1:2", ":", "f" * 400, "-1:a", "0:a", "\x00:é"])
    def test_an_id_that_is_not_ours_counts_for_nothing(self, page, ask_id):
        assert not log.click(ask_id, page.entry_key, 1, readers.stranger())

    @pytest.mark.parametrize(("key", "position"), [("\x00", 1), ("article", 0), ("a", 10**9)])
    def test_nor_does_any_nonsense(self, page, key, position):
        reader = readers.stranger()
        assert not log.click(log.note(answered(), reader), key, position, reader)


def row(second, folded, reader="a", **more):
    return Row(
        at=AT + timedelta(seconds=second),
        reader=reader,
        text=folded,
        folded=folded,
        **{"total": 5, "milliseconds": 10, **more},
    )


def told(*rows):
    return [(one.row.folded, one.is_abandoned, one.is_reformulated) for one in searches(rows)]


class TestVisits:
    def test_a_search_without_any_click_in_the_visit_is_abandoned(self):
        assert told(row(0, "x")) == [("x", True, False)]
        assert told(row(0, "x", clicks=(1,))) == [("x", False, False)]
        assert told(row(0, "x", total=0)) == [("x", False, False)]

    def test_one_that_led_to_another_with_a_click_is_reformulated_and_not_abandoned(self):
        assert told(row(0, "x"), row(30, "y", clicks=(1,))) == [
            ("x", False, True),
            ("y", False, False),
        ]
        assert told(row(0, "x"), row(90, "y", clicks=(1,)))[0] == ("x", False, False)

    def test_a_click_in_another_visit_or_of_somebody_else_does_not_help(self):
        assert told(row(0, "x"), row(3600, "y", clicks=(1,)))[0] == ("x", True, False)
        assert told(row(0, "x"), row(5, "y", "b", clicks=(1,)))[0] == ("x", True, False)

    def test_words_that_were_being_typed_are_no_searches(self):
        assert told(row(0, "con"), row(1, "cong"), row(2, "conges", clicks=(1,))) == [
            ("conges", False, False)
        ]

    def test_a_further_page_is_no_search_and_its_click_counts(self):
        assert told(row(0, "x"), row(20, "x", page=2, clicks=(21,))) == [("x", False, False)]

    def test_strangers_are_not_followed(self):
        assert told(row(0, "x", ""), row(5, "y", "", clicks=(1,))) == [
            ("x", True, False),
            ("y", False, False),
        ]


class TestFigures:
    def test_everything_is_counted_and_only_what_enough_people_asked_is_named(self):
        rows = [
            *(row(0, "rare", f"p{n}", total=0) for n in range(2)),
            *(row(0, "conges", f"q{n}", clicks=(n + 1,), milliseconds=100) for n in range(3)),
            row(0, "strange", "", correction="z", is_correction_accepted=True, is_degraded=True),
        ]
        found = figures(searches(rows), [AT.date()], 3)

        assert (found.searches, found.people, found.nothing) == (6, 5, 2)
        assert [one.folded for one in found.queries] == ["conges"]
        assert found.hidden == 3
        assert (found.corrections, found.accepted, found.fallback) == (1, 1, 1)
        assert (found.clicks, found.click_position, found.abandoned) == (3, 2.0, 1)
        assert (found.p50, found.p95, found.p99) == (10, 100, 100)
        assert (found.days[0].searches, found.days[0].nothing) == (6, 2)
        assert found.clicks_at[:4] == (1, 1, 1, 0)

    def test_one_person_over_three_months_is_one(self):
        rows = [
            Row(
                at=AT + timedelta(days=31 * month),
                reader=f"p{month}",
                text="secret",
                folded="secret",
                total=1,
                milliseconds=1,
            )
            for month in range(3)
        ]
        assert figures(searches(rows), [], 3).queries == ()

    def test_nothing_asked_is_no_error(self):
        found = figures([], [AT.date()], 3)
        assert (found.searches, found.p99, found.share(0), found.click_position) == (0, 0, 0, 0)

    def test_percentiles_are_by_nearest_rank(self):
        assert percentile(list(range(1, 101)), 0.95) == 95
        assert percentile([3], 0.99) == 3

    def test_bars_reach_from_the_foot_to_a_round_number(self):
        drawn = chart(["a", "b"], [40, 0], [10, 0])
        assert drawn.top == 50
        assert (drawn.bars[0].height, drawn.bars[0].part_height, drawn.bars[1].height) == (
            96,
            24,
            0,
        )
        assert chart([], []).bars == ()


@pytest.mark.django_db
class TestReport:
    ADDRESS = "/editor/reports/searches/"

    def test_it_names_what_three_people_asked_and_hides_what_two_did(self, analyst):
        asked_by(3, "congés payés", total=0)
        asked_by(2, "licenciement de Camille")

        page = analyst.get(self.ADDRESS).content.decode()

        assert "congés payés" in page
        assert "licenciement" not in page
        assert "<svg" in page
        for form in ("csv", "jsonl"):
            given = analyst.get(self.ADDRESS, {"export": form}).content.decode()
            assert "congés payés" in given
            assert "licenciement" not in given

    def test_k_is_a_setting(self, analyst, settings):
        asked_by(2, "licenciement")
        settings.SEARCH_LOG_K = 2
        assert "licenciement" in analyst.get(self.ADDRESS).content.decode()

    def test_only_who_may_sees_it(self, analyst, make_user):
        group = Group.objects.create(name="Rédaction")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        other = Client()
        other.force_login(make_user("redaction@cabestan.example", groups=[group]))

        assert analyst.get(self.ADDRESS).status_code == 200
        assert other.get(self.ADDRESS).status_code == 302
        assert other.get(self.ADDRESS, {"export": "csv"}).status_code == 302
        assert self.ADDRESS not in other.get("/editor/").content.decode()
        assert self.ADDRESS in analyst.get("/editor/").content.decode()

    def test_buttons_lead_to_filled_forms_for_who_may_use_them(self, analyst, make_user):
        asked_by(3, "congés & repos")
        chief = Client()
        chief.force_login(make_user("chef@cabestan.example", is_superuser=True))

        page = chief.get(self.ADDRESS).content.decode()

        assert "/editor/search/synonyms/new/?words=cong%C3%A9s%20%26%20repos" in page
        assert "/editor/search/explain/?q=" in page
        assert (
            "/editor/search/"
            not in analyst.get(self.ADDRESS).content.decode().split("fr-search")[1]
        )
        form = chief.get("/editor/search/synonyms/new/", {"words": "congés"}).content.decode()
        assert "congés</textarea>" in form

    def test_the_period_is_chosen(self, analyst):
        asked_by(3, "ancien", at=identity.now() - timedelta(days=60))

        assert "ancien<" not in analyst.get(self.ADDRESS).content.decode()
        since = (identity.now() - timedelta(days=70)).date().isoformat()
        until = identity.now().date().isoformat()
        shown = analyst.get(self.ADDRESS, {"since": since, "until": until}).content.decode()
        assert "ancien<" in shown

    @pytest.mark.parametrize(
        "period",
        [
            {"since": "x", "until": "y"},
            {"since": "2026-03-02", "until": "2026-03-01"},
            {"since": "1990-01-01", "until": "2026-03-01"},
            {"since": "0001-01-01", "until": "0001-01-02"},
            {"since": "9999-12-30", "until": "9999-12-31"},
        ],
    )
    def test_an_impossible_period_is_answered(self, analyst, period):
        assert analyst.get(self.ADDRESS, period).status_code == 200

    def test_the_number_of_queries_does_not_grow_with_the_log(self, django_assert_num_queries):
        asked_by(3, "a")
        asked_by(40, "b")
        period = report.Period(
            (identity.now() - timedelta(days=2)).date(), (identity.now() + timedelta(days=1)).date()
        )
        with django_assert_num_queries(2):
            assert report.of(period).searches == 43

    def test_a_spreadsheet_gets_no_formula(self):
        asked_by(3, "=cmd|x")
        period = report.Period(identity.now().date(), (identity.now() + timedelta(days=1)).date())
        queries = report.of(period).queries

        assert "\n'=cmd" in report.as_csv(queries).replace("\r", "")
        assert json.loads(report.as_json_lines(queries))["people"] == 3


@pytest.mark.django_db
class TestFrequent:
    def test_what_enough_people_found_is_suggested_by_its_beginning(self):
        asked_by(3, "Congés payés")
        asked_by(5, "congrès")
        asked_by(2, "congestion")
        asked_by(4, "congo", total=0)
        asked_by(3, "holidays", locale="en")

        assert frequent.learn(identity.now() + timedelta(seconds=1)) == 3
        assert frequent.frequent("CONG", "fr", limit=8) == ["congrès", "Congés payés"]
        assert frequent.frequent("cong", "fr", limit=1) == ["congrès"]
        assert frequent.frequent("", "fr", limit=8) == []
        assert frequent.frequent("%", "fr", limit=8) == []
        assert frequent.frequent("hol", "fr", limit=8) == []

    def test_one_person_over_three_months_is_not_enough(self):
        now = identity.now()
        for days in (0, 29):
            asked_by(2, "secret", at=now - timedelta(days=days))
        asked_by(1, "autre", at=now)

        frequent.learn(now + timedelta(seconds=1))

        assert not Frequent.objects.exists()


@pytest.mark.django_db
class TestSavedSearches:
    def test_a_search_is_kept_once_and_named_anew(self, make_user):
        user = make_user()
        one = saved.keep(user.pk, " congés  payés ", filters={"type": ["news"]}, at=AT)
        again = saved.keep(user.pk, "congés payés", name="Repos", filters={"type": ["news"]}, at=AT)

        assert one.pk == again.pk
        (kept,) = saved.saved_by(user.pk)
        assert (kept.name, kept.query) == ("Repos", "congés payés")
        assert saved.filters_of(kept) == {"type": ["news"]}

    def test_fifty_are_kept_and_not_one_more(self, make_user):
        user = make_user()
        for number in range(saved.MOST):
            saved.keep(user.pk, f"q{number}", at=AT)

        with pytest.raises(InvalidParameters):
            saved.keep(user.pk, "une de plus", at=AT)
        assert saved.keep(user.pk, "q3", name="encore", at=AT).name == "encore"

    @pytest.mark.parametrize("query", ["", "   ", "\x00"])
    def test_nothing_cannot_be_kept(self, make_user, query):
        with pytest.raises(InvalidParameters):
            saved.keep(make_user().pk, query, at=AT)

    def test_nobody_elses_can_be_seen_or_taken_away(self, make_user):
        mine, other = make_user(), make_user("autre@cabestan.example")
        one = saved.keep(mine.pk, "congés", at=AT)

        assert saved.one_of(other.pk, one.pk) is None
        assert not saved.take_away(other.pk, one.pk)
        assert saved.take_away(mine.pk, one.pk)
        assert not SavedSearch.objects.exists()

    def test_looking_moves_the_mark_and_never_back(self, make_user):
        user = make_user()
        one = saved.keep(user.pk, "congés", at=AT)
        saved.seen(user.pk, one.pk, AT + timedelta(days=1))
        saved.seen(user.pk, one.pk, AT)

        assert saved.one_of(user.pk, one.pk).last_seen_at == AT + timedelta(days=1)

    def test_a_feed_is_its_owners_with_a_token_for_feeds(self, make_user, token_of):
        mine, other = make_user(), make_user("autre@cabestan.example")
        one = saved.keep(mine.pk, "congés", at=AT)

        reader, found = saved.followed(token_of(mine, "feed"), one.pk)
        assert (reader.person.id, found.pk) == (mine.pk, one.pk)
        for secret in (token_of(mine, "read"), token_of(other, "feed"), "fr_nothing"):
            with pytest.raises(InvalidCredentials):
                saved.followed(secret, one.pk)
