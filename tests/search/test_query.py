"""What a person typed, understood."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search import query
from search.query import Phrase, Query, Word, parse

BOTH = ("fr", "en")

anything = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from(
        [
            "-",
            '"',
            "“",
            "”",
            "«",
            "»",
            " ",
            "AND",
            "OR",
            "the",
            "DCP-2K",
            "中文",
            "\ud800",
            "\x00",
            "l'",
            "é",
        ]
    ),
    max_size=60,
).map("".join)
languages = st.lists(st.sampled_from(["fr", "en", "zh-hans", "ja", "xx", ""]), max_size=3)


def words(text, languages=BOTH):
    return [word.text for word in parse(text, languages).words]


def phrases(text):
    return [phrase.text for phrase in parse(text, BOTH).phrases]


def excluded(text):
    return [thing.text for thing in parse(text, BOTH).excluded]


def all_terms(found):
    for thing in [*found.words, *found.phrases, *found.excluded]:
        groups = [thing.alternatives] if isinstance(thing, Word) else thing.terms
        for group in groups:
            assert group
            yield from group


@given(anything, languages)
@example("«" * 300, ["fr"])
@example("-" * 300 + '"', ["fr"])
@example("中" * 600, ["zh"])
@example("a1 " * 300, ["fr", "en"])
def test_whatever_is_typed_is_a_query_of_bounded_work(text, languages):
    found = parse(text, languages)

    assert len(found.text) <= query.LONGEST_QUERY
    found.text.encode()
    assert len(found.words) <= 2 * query.MOST_WORDS
    assert len(found.phrases) <= query.MOST_PHRASES
    assert all(len(phrase.terms) <= query.MOST_WORDS_OF_PHRASE for phrase in found.phrases)
    assert len(found.excluded) <= query.MOST_EXCLUDED
    assert sum(word.is_last for word in found.words) <= 1
    assert all(term.isalnum() for term in all_terms(found))


@given(anything)
def test_cleaning_a_clean_query_changes_nothing(text):
    assert query.clean(query.clean(text)) == query.clean(text)


def test_the_text_is_one_clean_line():
    assert parse(" \x00Cafe\u0301 \t\n\ud800de \u200bla  gare\x7f ", BOTH).text == "Café de la gare"
    assert parse("a" * 1000, BOTH).text == "a" * 500


def test_a_word_stands_for_its_terms_in_every_language():
    assert parse("sociétés", BOTH).words == (Word("sociétés", ("societ",), is_last=True),)
    assert parse("années", BOTH).words[0].alternatives == ("annee", "anne")
    assert parse("années", ("en",)).words[0].alternatives == ("anne",)
    assert parse("années", ()).words[0].alternatives == ("annees",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quelle est l’histoire de la tour ?", ["histoire", "tour"]),
        ("Where was the tower built?", ["tower", "built"]),
        ("the future of work", ["future", "work"]),
        ("ou etait la reine", ["reine"]),
        ("thé vert", ["thé", "vert"]),
        ("médaille d'or", ["médaille", "or"]),
        ("car insurance", ["car", "insurance"]),
        ("plan IT is", ["plan", "IT"]),
        ("vitamine C", ["vitamine", "C"]),
        ("Il pleut", ["pleut"]),
        ("A history", ["history"]),
        ("QUI EST LA REINE", ["REINE"]),
        ("what is", ["what", "is"]),
        ("R&D", ["R", "D"]),
    ],
)
def test_stop_words_go_where_something_else_is_left(text, expected):
    assert words(text) == expected


def test_stop_words_of_other_languages_stay():
    assert words("the reine", ("fr",)) == ["the", "reine"]


@pytest.mark.parametrize("typed", ["DCP-2K", "dcp2k", "DCP2K"])
def test_a_compound_is_its_pieces_or_the_whole(typed):
    found = parse(typed, BOTH).words

    assert [word.alternatives for word in found] == [("dcp", "dcp2k"), ("2k", "dcp2k")]
    assert parse(typed, BOTH).excluded == ()


def test_what_follows_a_compound_is_no_part_of_it():
    assert [word.alternatives for word in parse("e-mail perdu", ("fr",)).words] == [
        ("e", "email"), ("mail", "email"), ("perdu",),
    ]  # fmt: skip


def test_a_chinese_run_is_a_word_for_each_pair():
    assert [word.alternatives for word in parse("搜索引擎 猫", BOTH).words] == [
        ("搜索",), ("索引",), ("引擎",), ("猫",),
    ]  # fmt: skip


def test_a_chinese_character_alone_is_sought_as_the_beginning_of_terms():
    assert [word.is_beginning for word in parse("搜索 猫 b", BOTH).words] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"le petit prince"', ["le petit prince"]),
        ("“the small prince”", ["the small prince"]),
        ("« le petit prince »", ["le petit prince"]),
        ('avant "un deux" après “trois”', ["un deux", "trois"]),
        ('"pas fermé', []),
        ("« pas fermé", []),
        ('"" « » " "', []),
        ('écran 15" ou 17" bleu', []),
    ],
)
def test_phrases_stand_in_quotes(text, expected):
    assert phrases(text) == expected


def test_a_phrase_keeps_its_stop_words_and_its_order():
    (phrase,) = parse('"L’histoire de la tour"', ("fr",)).phrases

    assert phrase == Phrase("L’histoire de la tour", (("histoir",), ("de",), ("la",), ("tour",)))


def test_a_phrase_has_the_terms_of_every_language_at_each_place():
    (phrase,) = parse('"années chorales"', ("fr", "en")).phrases

    assert phrase.terms == (("annee", "anne"), ("choral",))


def test_a_phrase_goes_by_pieces_and_pairs():
    (code, chinese) = parse('"DCP-2K neuf" “搜索引擎”', ("fr",)).phrases

    assert code.terms == (("dcp",), ("2k",), ("neuf",))
    assert chinese.terms == (("搜索",), ("索引",), ("引擎",))


def test_a_quote_that_is_not_closed_is_text():
    assert words('tour "petit prince') == ["tour", "petit", "prince"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tour -eiffel", ["eiffel"]),
        ("-eiffel tour", ["eiffel"]),
        ('tour -"le petit prince"', ["le petit prince"]),
        ("tour -« le prince »", ["le prince"]),
        ("DCP-2K", []),
        ('DCP-"2K"', []),
        ("tour - eiffel", []),
        ("tour – eiffel", []),
        ("tour –eiffel", []),
        ("tour --eiffel", []),
        ("-", []),
    ],
)
def test_a_minus_before_a_word_excludes_it(text, expected):
    assert excluded(text) == expected


def test_what_is_excluded_is_not_sought():
    assert words("tour -eiffel") == ["tour"]
    assert parse("-l’arbre", ("fr",)).excluded == (Word("l’arbre", ("arbre",)),)
    assert parse("-DCP-2K", ("fr",)).excluded == (Phrase("DCP-2K", (("dcp",), ("2k",))),)


def test_a_query_may_only_exclude():
    found = parse("-eiffel", BOTH)

    assert found.words == ()
    assert not found.is_empty
    assert not found.simple


@pytest.mark.parametrize("text", ["", "  ", "\x00", "- – …", '""', "?!*", "🎉"])
def test_a_query_without_words_is_empty(text):
    found = parse(text, BOTH)

    assert found.is_empty
    assert found == Query(text=found.text)


def test_only_words_are_simple():
    assert parse("la tour", BOTH).simple
    assert not parse('"la tour"', BOTH).simple


@pytest.mark.parametrize(
    "text",
    [
        "chat AND chien",
        "chat OR chien",
        "chat NOT chien",
        "chat* chien~",
        "(chat) ^chien:",
        "chat ET chien",
    ],
)
def test_operators_of_other_engines_mean_nothing(text):
    assert words(text) == ["chat", "chien"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la tour eif", "eif"),
        ("tour", "tour"),
        ("tour de", None),
        ("tour -eiffel", None),
        ('tour "eiffel"', None),
        ("-eiffel tour", "tour"),
        ("tour eiffel tour", "tour"),
    ],
)
def test_the_last_word_is_the_one_at_the_end(text, expected):
    last = [word.text for word in parse(text, BOTH).words if word.is_last]

    assert last == ([expected] if expected else [])


def test_the_same_word_counts_once():
    assert words("tour Tour tours") == ["tour"]
    assert phrases('"la tour" "la tour"') == ["la tour"]
    assert excluded("-tour -tour") == ["tour"]


def test_of_too_many_words_the_longer_ones_and_codes_stay_in_order():
    many = [f"mot{letter}" for letter in "abcdefghijklmnopqrst"]

    kept = words(" ".join(["k7", "ab", *many, "cinématographe"]))

    assert len(kept) == query.MOST_WORDS
    assert kept[:2] == ["k", "7"]
    assert "ab" not in kept
    assert kept[-1] == "cinématographe"


def test_twice_as_many_chinese_pairs_stay():
    characters = "".join(chr(0x4E00 + number) for number in range(100))

    assert len(words(characters, ("zh",))) == 2 * query.MOST_WORDS


def test_long_phrases_and_many_of_them_are_cut():
    many = " ".join(f'"un {letter}"' for letter in "abcdefghij")

    assert len(parse(many, BOTH).phrases) == query.MOST_PHRASES
    assert len(parse(f'"{"mot " * 30}"', BOTH).phrases[0].terms) == query.MOST_WORDS_OF_PHRASE
    assert len(parse(" ".join(f"-{chr(97 + n)}" for n in range(20)), BOTH).excluded) == 10
