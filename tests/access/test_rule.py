"""The canonical form, and what meets it."""

from hypothesis import given
from hypothesis import strategies as st

from cms.access.rule import NOBODY, PUBLIC, SIGNED_IN, SIGNED_IN_ONLY, Rule

clauses = st.lists(st.frozensets(st.integers(0, 6), max_size=4), max_size=5)
groups = st.frozensets(st.integers(1, 6)).map(lambda ids: ids | {SIGNED_IN} if ids else ids)


def plainly_met(rule_clauses, who):
    return all(clause & who for clause in rule_clauses)


@given(clauses, groups)
def test_the_canonical_rule_is_met_by_the_same_readers(written, who):
    assert Rule.of(written).is_met_by(who) == plainly_met(written, who)


@given(clauses)
def test_the_order_in_which_a_rule_is_written_does_not_matter(written):
    again = [sorted(clause, reverse=True) for clause in reversed(written)]

    assert Rule.of(written) == Rule.of(again)
    assert Rule.of(written).key == Rule.of(again).key


@given(clauses, clauses)
def test_two_rules_together_are_met_by_those_who_meet_both(one, other):
    both = Rule.of(one) & Rule.of(other)

    for who in (frozenset(), frozenset({0}), frozenset({0, 1}), frozenset({0, 2, 3})):
        assert both.is_met_by(who) == (
            Rule.of(one).is_met_by(who) and Rule.of(other).is_met_by(who)
        )


@given(clauses)
def test_a_rule_survives_being_written_down(written):
    rule = Rule.of(written)

    assert Rule.from_text(rule.text) == rule


def test_a_clause_that_another_implies_is_left_out():
    assert Rule.of([[1, 2], [1]]) == Rule.of([[1]])
    assert Rule.of([[SIGNED_IN], [4]]) == Rule.of([[4]])
    assert Rule.of([[SIGNED_IN, 4]]) == SIGNED_IN_ONLY


def test_nobody_meets_an_empty_clause_whatever_their_groups():
    assert not NOBODY.is_met_by(frozenset(range(100)))
    assert (NOBODY & PUBLIC) == NOBODY
    assert (NOBODY & SIGNED_IN_ONLY) == NOBODY
