"""The rule as a condition, for both databases; and privacy that restricts nothing."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from cms.access import clauses, gates
from cms.access.privacy import page_restrictions
from cms.access.reader import Reader, grants_of
from cms.access.rule import PUBLIC, SIGNED_IN_ONLY, Rule
from tests.factories import restrict

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def reader():
    known = gates.Gates(version=1, rules={1: PUBLIC, 2: Rule.of([[9]])}, group_names={})
    return Reader(grants_of(person=None, groups=frozenset(), gates=known), AT)


def test_sqlite_gets_a_list(reader):
    found = clauses.readable(reader, "e", vendor="sqlite")

    assert found == (
        "e.gate_id IN (1) AND e.closes_at > %s AND (e.opens_at <= %s OR e.early_gate_id IN (1))",
        (AT, AT),
    )
    assert clauses.readable(reader, "e", vendor="sqlite", once=True, sieve=True) == found
    assert clauses.opened(reader, vendor="sqlite") == ("", ())


def test_postgresql_gets_an_array(reader):
    found = clauses.readable(reader, "e", vendor="postgresql")

    assert found == (
        "e.gate_id = ANY('{1}'::bigint[]) AND e.closes_at > %s AND "
        "(e.opens_at <= %s OR e.early_gate_id = ANY('{1}'::bigint[]))",
        (AT, AT),
    )


def test_a_long_statement_says_the_gates_once(reader):
    found = clauses.readable(reader, "e", vendor="postgresql", once=True)
    sieve = clauses.readable(reader, "e", vendor="postgresql", once=True, sieve=True)

    assert "e.gate_id = ANY((SELECT ids FROM opened)::bigint[])" in found.sql
    assert "(e.gate_id IN (SELECT unnest(ids) FROM opened)) IS TRUE" in sieve.sql
    assert found.params == sieve.params == ()
    assert clauses.opened(reader, vendor="postgresql") == (
        "opened(ids, at) AS (SELECT %s::bigint[], %s::timestamptz)",
        ("{1}", AT),
    )


@pytest.mark.django_db
def test_a_restriction_of_the_kind_none_restricts_nothing(section):
    restrict(section, kind="none")

    assert page_restrictions([section.path]).rule_at(section.path) == PUBLIC


def test_a_rule_is_told_in_words():
    known = gates.Gates(
        version=1, rules={1: SIGNED_IN_ONLY}, group_names={7: "Presse", 8: "Salles"}
    )

    with translation.override("en"):
        told = [
            known.label(1),
            known.label(99),
            known.label_of(PUBLIC),
            known.label_of(Rule.of([[7, 8]])),
            known.label_of(Rule.of([[55]])),
        ]

    assert told == [
        "everybody who is signed in",
        "nobody",
        "everybody",
        "Presse or Salles",
        "nobody",
    ]


def test_what_a_reader_lacks_is_told_clause_by_clause():
    known = gates.Gates(
        version=1,
        rules={7: Rule.of([[1, 2], [3]])},
        group_names={1: "Salles", 2: "Presse", 3: "France"},
    )

    with translation.override("en"):
        assert known.unmet(7, frozenset({2})) == ["France"]
        assert known.unmet(7, frozenset()) == ["France", "Presse or Salles"]
        assert known.unmet(7, frozenset({1, 3})) == []
        assert known.unmet(8, frozenset({1, 3})) == ["nobody"]
