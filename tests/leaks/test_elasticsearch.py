"""The channels of search once more, answered by a live Elasticsearch."""

import pytest
from django.db import transaction

from cms.entries.models import Entry
from search.engines import breaker
from search.engines.elastic.engine import dropped
from tests.conftest import forget_process
from tests.leaks import (
    media_channels,  # noqa: F401 - registers its channels
    page_types,
    test_matrix,
    test_page_types,
    test_sections,
    world,
)
from tests.leaks.test_sections import (
    test_where_a_page_is_shown_in_brief_nobody_is_told_of_its_restricted_section as shown_in_brief,
)
from tests.search.elastic.index import made

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.elasticsearch]


def of_search(names):
    return [one for one in names if "search" in one or "suggest" in one]


CHANNELS = of_search(test_matrix.CHANNELS)
IN_SECTIONS = [
    *of_search(test_sections.WAYS), "facet", "section of a hit", "highlight", "correction",
    "section beside open words",
]  # fmt: skip
IN_BRIEF = of_search(test_sections.IN_BRIEF)
OF_TYPES = of_search(test_page_types.WAYS)


@pytest.fixture(scope="module")
def searched(django_db_setup, django_db_blocker, elasticsearch_url):
    """Build something once, index all of it, and see that nobody else answered in the end."""

    def build(what):
        with django_db_blocker.unblock(), transaction.atomic(), made(elasticsearch_url) as index:
            forget_process()
            breaker.forget()
            built = what()
            index.file(Entry.objects.values_list("pk", flat=True))
            before = dropped.value
            yield built
            reader = next(iter(built.personas.values()))
            assert reader.call("search", q="x").json()["engine"] == "elasticsearch"
            assert breaker.state("elasticsearch").failures == 0
            assert dropped.value == before
            transaction.set_rollback(True)
        forget_process()

    return build


@pytest.mark.parametrize("name", CHANNELS)
class TestTheMatrix:
    @pytest.fixture(scope="class")
    def matrix(self, searched):
        yield from searched(world.build)

    def test_each_channel_shows_each_persona_exactly_what_they_may_read(self, matrix, name):
        test_matrix.test_each_channel_shows_each_persona_exactly_what_they_may_read(matrix, name)


class TestRestrictedSections:
    @pytest.fixture(scope="class")
    def scene(self, searched):
        yield from searched(test_sections.Scene)

    @pytest.mark.parametrize("way", IN_SECTIONS)
    def test_they_are_there_for_their_readers_and_nowhere_for_others(self, scene, way):
        test_sections.test_a_restricted_section_is_there_for_its_readers_and_nowhere_for_others(
            scene, way
        )

    @pytest.mark.parametrize("way", IN_BRIEF)
    def test_nobody_is_told_of_them_in_brief(self, scene, way):
        shown_in_brief(scene, way)


@pytest.mark.parametrize("name", OF_TYPES)
class TestPageTypes:
    @pytest.fixture(scope="class")
    def types(self, searched):
        yield from searched(page_types.build)

    def test_each_is_found_by_exactly_its_readers(self, types, name):
        test_page_types.test_each_page_type_is_shown_to_exactly_its_readers(types, name)
