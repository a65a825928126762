"""What is shown of a text: its best passages, whatever stands in it."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from search import highlight
from search.analysis import tokens
from search.highlight import LENGTH, Marks

WORDS = ["affiche", "affiches", "l’affiche", "bobine", "DCP-2K", "电影院", "a", "<b>", "&amp;"]
texts = st.lists(
    st.sampled_from(WORDS)
    | st.integers(1, 500).map(lambda length: "affiche" * length)
    | st.text(max_size=12),
    max_size=60,
).map(" ".join)


def marks(*words):
    return Marks(frozenset(token.term for word in words for token in tokens(word, "fr")))


def words_of(shown):
    return html.unescape(re.sub("</?mark>", "", shown))


def test_the_passage_with_the_most_different_words_is_shown():
    text = "affiche " + "rien " * 60 + "affiche et bobine " + "rien " * 60 + "bobine"

    shown = highlight.passages(text, marks("affiche", "bobine"), "fr")

    assert "<mark>affiche</mark> et <mark>bobine</mark>" in shown


def test_a_word_longer_than_any_passage_is_shown_whole():
    long = "abcdefgh" * 60
    text = "rien " * 40 + long + " rien" * 40

    shown = highlight.passages(text, marks(long), "fr")

    assert f"<mark>{long}</mark>" in shown
    assert len(words_of(shown)) < len(long) + LENGTH


@given(texts, st.sets(st.sampled_from(WORDS[:6]), min_size=1))
def test_passages_are_pieces_of_the_text(text, sought):
    shown = highlight.passages(text, marks(*sought), "fr")

    for piece in words_of(shown).split("…"):
        assert piece.strip() in text
    if shown:
        assert "<mark>" in shown
