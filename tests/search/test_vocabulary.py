"""Which words are near to a slip: the same as if each had been measured."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from search.vocabulary import Vocabulary

words = st.text("abcdeé1", min_size=1, max_size=9)


def nearest(word, known, most):
    away = [(OSA.distance(word, one), one) for one in known if one != word]
    return sorted(pair for pair in away if pair[0] <= most)


@given(st.lists(st.sets(words, max_size=30), max_size=3), words, st.integers(1, 2))
def test_every_word_within_so_many_edits_is_found_whenever_it_came(batches, word, most):
    vocabulary, known = Vocabulary(), set()

    for batch in batches:
        vocabulary.add(batch)
        known |= batch
        assert vocabulary.near(word, most=most, limit=1000) == nearest(word, known, most)

    assert all(one in vocabulary for one in known)


def test_two_neighbours_that_are_swapped_are_one_edit():
    vocabulary = Vocabulary()
    vocabulary.add(["affiche", "affûts"])

    assert vocabulary.near("affihce", most=1, limit=5) == [(1, "affiche")]


def test_so_many_are_enough():
    vocabulary = Vocabulary()
    vocabulary.add(["barde", "barbe", "carte", "tarde"])

    assert len(vocabulary.near("carde", most=1, limit=2)) == 2
