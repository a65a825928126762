"""Which entries many open from their searches."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from cms.access import gates
from cms.entries.models import Entry
from search.curation import readers
from search.curation.explaining import explain
from search.insight import popular
from search.insight.models import Asked, Click, Popular
from search.insight.pseudonyms import pseudonym
from tests.factories import article

AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


def opened(page, people, *, position=1, at=AT - timedelta(days=2)):
    """The page was opened from a search by each of these people."""
    for person in people:
        asked = Asked.objects.create(
            id=Asked.objects.count() + 1,
            at=at,
            reader=pseudonym(person, at) if person else "",
            engine="embedded",
            total=9,
            milliseconds=5,
        )
        Click.objects.create(asked=asked, key=page.entry_key, position=position, at=at)


@pytest.fixture
def pages(section):
    return [article(section, f"Planning {number}") for number in range(3)]


def learnt():
    """Levels by the titles of entries."""
    popular.learn(AT)
    titles = dict(Entry.objects.values_list("pk", "title"))
    return {titles[id_]: level for id_, level in Popular.objects.values_list("entry_id", "level")}


@pytest.mark.django_db
class TestLearning:
    def test_what_most_open_has_the_highest_level(self, pages):
        opened(pages[0], range(1, 41))
        opened(pages[1], range(1, 5))

        assert learnt() == {"Planning 0": 4, "Planning 1": 2}

    def test_an_opening_counts_more_the_further_down_it_was_made(self, pages):
        opened(pages[0], range(1, 9), position=1)
        opened(pages[1], range(1, 9), position=25)

        assert learnt() == {"Planning 0": 3, "Planning 1": 4}

    def test_no_opening_counts_more_than_one_on_the_fifth_page(self, pages):
        opened(pages[0], range(1, 9), position=100)
        opened(pages[1], range(1, 9), position=10**6)

        assert learnt() == {"Planning 0": 4, "Planning 1": 4}

    def test_a_person_counts_once_a_month(self, pages):
        opened(pages[0], [1, 2, *[3] * 500])
        opened(pages[1], range(1, 4))

        assert learnt() == {"Planning 0": 4, "Planning 1": 4}

    def test_what_fewer_than_k_people_opened_is_told_to_nobody(self, pages, settings):
        opened(pages[0], [1, 2] * 20)
        assert learnt() == {}

        settings.SEARCH_LOG_K = 2
        assert learnt() == {"Planning 0": 4}

    def test_one_person_over_three_months_is_one(self, pages):
        for days in (2, 25, 60):
            opened(pages[0], [1, 2], at=AT - timedelta(days=days))

        assert learnt() == {}

    def test_strangers_do_not_count(self, pages):
        opened(pages[0], [None] * 40)

        assert learnt() == {}

    def test_what_was_opened_long_ago_does_not_count(self, pages):
        opened(pages[0], range(1, 9), at=AT - popular.LATELY - timedelta(days=1))

        assert learnt() == {}

    def test_what_is_published_no_more_has_no_level(self, pages):
        opened(pages[0], range(1, 9))
        pages[0].unpublish()

        assert learnt() == {}

    def test_so_many_and_not_one_more(self, pages, monkeypatch):
        monkeypatch.setattr(popular, "MOST", 1)
        opened(pages[0], range(1, 9))
        opened(pages[1], range(1, 10))

        assert learnt() == {"Planning 1": 4}

    def test_with_no_log_nothing_is_popular(self, pages, settings):
        opened(pages[0], range(1, 9))
        assert learnt()

        settings.SEARCH_LOG_DAYS = 0
        assert learnt() == {}

    def test_it_counts_at_the_next_search_and_what_did_not_change_raises_nothing(self, pages):
        opened(pages[0], range(1, 9))
        before = gates.state().version
        assert popular.current(before) == {}

        popular.learn(AT)
        after = gates.state().version
        popular.learn(AT)

        entry = Entry.objects.get(key=pages[0].entry_key)
        assert popular.current(after) == {entry.pk: 4}
        assert after > before
        assert gates.state().version == after


@pytest.mark.django_db
def test_an_editor_is_told_why_it_comes_first(pages):
    opened(pages[0], range(1, 9))
    popular.learn(AT)

    with translation.override("en"):
        told = explain("planning", "", readers.stranger(), pages[0].entry_key)

    assert told.steps[-1].lines == (
        "As news it counts 20 % more while it is new.",
        "Many open it from their searches: it counts 15 % more.",
    )
