"""Where words may stand: none is passed over for its accents, ligatures, capitals or hyphens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import sighting
from search.analysis import tokens
from search.sighting import sighted

WORDS = [
    "Affiche", "AFFICHES", "l’affiche", "l'Écran", "cœur", "Œuvres", "ex æquo", "DCP-2K", "DCP‑2K",
    "Škoda", "Žižek", "Dvořák", "L’HAŸ-LES-ROSES", "Ça", "élève", "préélève", "№5", "κόσμος",
    "naïveté", "aujourd’hui", "1,5", "Yéti",
]  # fmt: skip
pieces = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=20)


def terms_in(text):
    return frozenset(token.term for token in tokens(text, "fr"))


@given(pieces, st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))
def test_no_word_that_has_a_term_is_passed_over(pieces, sought):
    terms = terms_in(sought)
    there = frozenset().union(*(terms_in(one) for one in pieces if one in WORDS))

    seen = frozenset().union(*(terms_in(word) for _, word in sighted(" ".join(pieces), terms)))

    assert there & terms <= seen


@pytest.mark.parametrize(
    ("text", "sought", "words"),
    [
        ("Une AFFICHE, deux affiches", "affiche", ["AFFICHE", "affiches"]),
        ("Œuvres et oeuvre", "œuvre", ["Œuvres", "oeuvre"]),
        ("le cœur", "coeur", ["cœur"]),
        ("l’Écran", "ecran", ["Écran"]),
        ("raffiche", "affiche", []),
        ("λaffiche", "affiche", []),
        ("DCP‑2K et DCP-2K", "DCP-2K", ["DCP‑2K", "DCP-2K"]),
        ("看电影院", "电影院", ["电影院"]),
        ("그 영화관에서", "영화관", ["영화관"]),
        ("映画のがぞう", "がぞう", ["がぞう"]),
        ("ό κόσμος", "κοσμος", ["κόσμος"]),
    ],
)
def test_words_are_sighted_with_whatever_they_are_written(text, sought, words):
    assert [word for _, word in sighted(text, terms_in(sought))] == words


def test_a_long_run_is_looked_at_once(monkeypatch):
    pattern, looked = sighting._WORD, []

    class Counting:
        def match(self, text, at):
            looked.append(at)
            return pattern.match(text, at)

    monkeypatch.setattr(sighting, "_WORD", Counting())

    assert len(list(sighted("affiche-" * 5000, terms_in("affiche")))) == 1
    assert looked == [0]


def test_what_is_no_whole_character_is_no_hindrance():
    assert [word for _, word in sighted("\ud800 affiche", terms_in("affiche"))] == ["affiche"]
