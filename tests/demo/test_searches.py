"""Search in the demo: what is tended fits the stories, what was asked is plausible."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cms.accounts import identity
from cms.accounts.models import User
from cms.demo import people, searches
from cms.demo.asked import DAYS, Log
from cms.demo.content import Calendar, texts
from cms.demo.load import load
from cms.entries.models import Entry
from search import service
from search.curation import judging, measuring, promotions, readers
from search.curation.members import split
from search.curation.models import Judgement, Promotion, Synonym
from search.insight import frequent, report
from search.insight.models import Asked, Click, Frequent, SavedSearch
from search.insight.report import Period


@pytest.fixture
def everything(demo):
    return readers.member_of_all()


def reader_of(persona):
    return readers.person(User.objects.get(email=people.PERSONAS[persona][0]))


def keys_of(text, reader):
    found = service.search(service.Asked(text=text, is_exact=True), reader).found
    return [hit.key for hit in found.hits]


def key_of(locale, slug):
    return Entry.objects.get(path__startswith=f"/{locale}/", path__endswith=f"/{slug}/").key


@pytest.fixture
def the_last_month(demo):
    today = timezone.localdate()
    return report.of(Period(today - timedelta(days=DAYS), today))


def test_what_editors_tend_is_about_entries_that_are_there(demo):
    stored = set(Entry.objects.values_list("key", flat=True))
    judged = set(Judgement.objects.values_list("entry_key", flat=True))
    advised = set(Promotion.objects.values_list("entry_key", flat=True))
    opened = set(Click.objects.values_list("key", flat=True))
    assert judged
    assert advised
    assert opened
    assert (judged | advised | opened) - stored == set()


def test_the_judged_queries_speak_both_languages(demo):
    languages = Counter(one.locale for one in judging.stored())
    assert languages["fr"] >= 25
    assert languages["en"] >= 10


def test_the_judged_queries_are_answered(everything):
    measured = measuring.measure(judging.stored(), everything)
    without = [score.judged.query for score in measured.scores if score.mrr == 0]
    assert without == []
    assert measured.ndcg > 0.88


def test_synonyms_raise_what_the_judged_queries_score(everything):
    queries = judging.stored()
    bare = measuring.Rules(synonyms=service.Synonyms([]))
    with_them = measuring.measure(queries, everything).ndcg
    assert with_them > measuring.measure(queries, everything, rules=bare).ndcg + 0.01


def test_every_member_of_every_set_can_be_looked_for_with_another_word(everything):
    for one in Synonym.objects.filter(is_active=True):
        for member in split(one.words):
            for text in (member, f"{member} Ourse", f"Ourse {member}"):
                service.search(service.Asked(text=text), everything)


def test_an_acronym_finds_what_it_stands_for(demo):
    reader = reader_of("employee")
    assert key_of("fr", "commander-affiches-presentoirs") in keys_of("PLV", reader)
    assert keys_of("P&A", reader)[0] == key_of("fr", "resultats-semestre-2026")


def test_a_set_that_is_not_in_force_does_nothing(demo):
    off = Synonym.objects.get(is_active=False)
    assert off.words.startswith("RTT")
    assert keys_of("RTT", reader_of("employee")) == []


def test_advice_runs_is_over_and_is_coming(demo):
    assert Counter(one.state for one in Promotion.objects.all()) == {
        "running": 4, "over": 1, "not-yet": 1,
    }  # fmt: skip


def test_advice_is_shown_to_those_who_may_read_it(demo):
    def advised(persona):
        reader = reader_of(persona)
        query = service.parse("congés", ("fr",))
        return [one.key for one in promotions.for_reader(query, "fr", reader, at=reader.at)]

    assert advised("employee") == [key_of("fr", "poser-ses-conges")]
    assert advised("partner") == []


def test_pages_are_found_by_words_that_they_do_not_say(demo):
    told = [text for text in texts() if "found_by" in text.raw]
    assert len(told) >= 6
    reader = readers.member_of_all()
    for text in told:
        word = text.raw["found_by"].split(",")[0]
        assert key_of(text.locale, text.slug) in keys_of(word, reader)


def test_saved_searches_find_something_for_those_who_keep_them(demo):
    assert SavedSearch.objects.count() == len(searches.written("saved"))
    for one in SavedSearch.objects.select_related("user"):
        asked = service.Asked(
            text=one.query, filters=searches.address.filters_of(searches.saved.filters_of(one))
        )
        assert service.search(asked, readers.person(one.user)).found.count, one.name
        assert one.last_seen_at < datetime.now(UTC)


def test_the_log_covers_four_weeks_and_says_nothing_of_today_or_of_whom(demo):
    at = [one.at for one in Asked.objects.all()]
    now = datetime.now(UTC)
    assert now - timedelta(days=DAYS + 1) < min(at) < now - timedelta(days=DAYS - 4)
    assert max(at) < now
    assert not any("@" in one.reader or one.reader.isdigit() for one in Asked.objects.all())
    working = [moment for moment in at if moment.weekday() < 5]
    assert len(working) > 0.85 * len(at)


def test_every_click_is_on_a_search_that_found_as_much(demo):
    totals = dict(Asked.objects.values_list("pk", "total"))
    for click in Click.objects.all():
        assert click.position <= totals[click.asked_id]
    for one in Click.objects.select_related("asked"):
        assert timedelta(0) < one.at - one.asked.at < timedelta(minutes=1)


def test_the_report_has_something_to_say_of_everything(the_last_month):
    figures = the_last_month
    assert figures.searches > 400
    assert 0.05 < figures.nothing / figures.searches < 0.2
    assert 0.1 < figures.abandoned / figures.with_results < 0.5
    assert figures.corrections >= figures.accepted > 0
    assert figures.reformulated > 10
    assert figures.p50 < 20
    assert figures.p99 > 200
    nothing = {one.text for one in figures.queries if one.nothing}
    assert {"goodies", "hameçonnage", "iban"} <= nothing


def test_a_synonym_would_mend_a_query_that_found_nothing(everything):
    text, meant = "hameçonnage", "courriel suspect"
    assert keys_of(text, everything) == []
    mended = service.Synonyms([service.curated.Row(f"{text}, {meant}")])
    outcome = service.search(service.Asked(text=text), everything, synonyms=mended)
    assert outcome.found.hits[0].key == key_of("fr", "signaler-courriel-suspect")


def test_frequent_queries_are_suggested_at_once(demo):
    assert Frequent.objects.count() > 20
    assert "congés" in frequent.frequent("cong", "fr", limit=5)


def test_loading_again_adds_to_none_of_it(demo):
    tables = (Synonym, Promotion, Judgement, SavedSearch, Asked, Click, Frequent)
    before = [table.objects.count() for table in tables]
    Promotion.objects.first().delete()
    load(quiet=True)
    assert [table.objects.count() for table in tables] == [
        number - (table is Promotion) for table, number in zip(tables, before, strict=True)
    ]


def test_a_log_that_is_not_kept_stays_empty(demo, settings):
    Click.objects.all().delete()
    Asked.objects.all().delete()
    settings.SEARCH_LOG_DAYS = 0
    searches.load(Calendar(datetime.now(UTC)))
    assert not Asked.objects.exists()


def test_the_same_moment_has_the_same_log(demo):
    identity.forget_all()
    calendar = Calendar(datetime.now(UTC))
    queries = searches.written("asked")
    first, again = (
        [(one.at, one.text, one.reader) for one in Log(calendar, queries).rows()[0]]
        for _ in range(2)
    )
    assert first == again
