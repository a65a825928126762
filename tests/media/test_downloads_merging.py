"""Ranges that come in any order make one download."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from media.downloads.merging import MOST, covered, holds, merged

ranges = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=25)


def put_together(pairs):
    known = ()
    for start, stop in pairs:
        known = merged(known, start, stop)
    return known


@given(ranges)
def test_merging_is_the_union_of_bytes(pairs):
    known = put_together(pairs)

    assert {byte for a, b in known for byte in range(a, b)} == {
        byte for a, b in pairs for byte in range(a, b)
    }
    assert all(before[1] < after[0] for before, after in pairwise(known))


@given(ranges, st.randoms())
def test_the_order_of_ranges_does_not_matter_nor_do_repeated_ones(pairs, chance):
    shuffled = [*pairs, *pairs]
    chance.shuffle(shuffled)

    assert put_together(shuffled) == put_together(pairs)


@given(ranges, st.integers(0, 60), st.integers(0, 60))
def test_covered_counts_the_bytes_between_two_places(pairs, start, stop):
    known = put_together(pairs)
    inside = {byte for a, b in pairs for byte in range(a, b)} & set(range(start, stop))

    assert covered(known, start, stop) == len(inside)
    if start < stop:
        assert holds(known, start, stop) == (len(inside) == stop - start)


def test_whoever_asks_for_thousands_of_crumbs_is_not_remembered_crumb_by_crumb():
    known = put_together([(0, 500), *((1000 + 3 * one, 1001 + 3 * one) for one in range(5000))])

    assert len(known) == MOST
    assert (0, 500) in known
