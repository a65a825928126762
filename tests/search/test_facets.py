"""Facets for people: names, order, and nothing that the reader may not read."""

import pytest
from django.utils import translation

from cms.access import gates
from cms.access.rule import Rule
from search.contract import FacetValue
from search.facets import labelled, titles_of_sections
from tests.search.elastic.worlds import NOON, Thing, reader_in, store

pytestmark = pytest.mark.django_db


def test_values_have_names_and_come_most_frequent_first():
    counts = {
        "type": {"rumour": 1, "price-list": 3},
        "topic": {"halls\tSalles": 2, "halls\tHalls": 1, "art\tArt": 2, "none\tNone": 0},
        "locale": {"fr": 2, "xx": 2},
        "year": {"2024": 9, "2026": 1},
    }

    with translation.override("en"):
        found = labelled(counts, {})

    assert found["type"][0] == FacetValue("price-list", "Price list", 3)
    assert found["topic"] == (FacetValue("halls", "Salles", 3), FacetValue("art", "Art", 2))
    assert found["locale"] == (FacetValue("fr", "Français", 2), FacetValue("xx", "xx", 2))
    assert [one.value for one in found["year"]] == ["2026", "2024"]
    assert found["section"] == ()


def test_a_section_that_the_reader_may_not_read_is_left_out():
    public, nobody = gates.intern(Rule.of([])), gates.intern(Rule.of([[987_654]]))
    for key, gate in (("open", public), ("shut", nobody)):
        store(
            Thing(
                key=key,
                type="section",
                locale="fr",
                section=key,
                topics=[],
                title=["Titre", key],
                words=[],
                gate=gate,
                early=None,
                opens_at=NOON,
                closes_at=NOON.replace(year=2030),
                published_at=NOON,
            )
        )

    counts = {"section": {"open": 2, "shut": 5, "gone": 1, "": 7}}
    found = labelled(counts, titles_of_sections(counts, reader_in([])))

    assert found["section"] == (FacetValue("open", "Titre open", 2),)
