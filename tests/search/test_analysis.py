"""From text to terms."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis import LONGEST, fold, is_cjk, places, terms_of, tokens
from search.stemming import french

LANGUAGES = ("fr", "en", "zh-hans", "ja", "de", "")

anything = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from(
        "aAéœÉ '’-/.,:@&_1٣9 \u00a0\ud800\u0301\u00ad\u200d中文가ガｶﾞ\u1100\u1161ﬁＡ²½ßİǅ🎉"
    ),
    max_size=60,
)
words = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèêàçùœ"), min_size=1, max_size=12)


def terms(text, language="fr"):
    return [token.term for token in tokens(text, language)]


def leading(text, language="fr"):
    """What a phrase goes by: the first term at each position."""
    found = {}
    for token in tokens(text, language):
        found.setdefault(token.position, token.term)
    return [found[position] for position in sorted(found)]


def found_by(written, typed, language="fr"):
    return set(terms(written, language)) >= set(leading(typed, language))


@given(anything, st.sampled_from(LANGUAGES))
@example("İ", "fr")
@example("\ud800a\udfff", "en")
@example("ﬃ" * 40, "fr")
def test_any_text_gives_terms_that_an_index_takes_as_they_are(text, language):
    for token in tokens(text, language):
        for term in (token.term, token.surface):
            assert 0 < len(term) <= LONGEST
            assert term.isalnum()
            assert term == term.lower()
            term.encode()


@given(anything, st.sampled_from(LANGUAGES))
def test_any_token_says_where_it_stands(text, language):
    found = tokens(text, language)

    assert all(0 <= token.start < token.end <= len(text) for token in found)
    positions = sorted({token.position for token in found})
    assert positions == list(range(len(positions)))
    assert [token.position for token in found] == sorted(token.position for token in found)


@given(st.lists(words, max_size=12), st.sampled_from(LANGUAGES))
def test_the_text_at_a_token_is_its_word(written, language):
    text = " ".join(written)

    found = tokens(text, language)

    assert [text[token.start : token.end] for token in found] == written
    assert [token.surface for token in found] == [fold(word) for word in written]


@given(anything)
def test_words_begin_and_end_alike_in_every_language(text):
    def places(language):
        return [(t.surface, t.position, t.start, t.end) for t in tokens(text, language)]

    assert places("fr") == places("en") == places("zh")


@given(
    anything
    | st.lists(st.sampled_from(["1", "12", "000", "a1", "l'été", "中文", "\u3000", "\x1f"])).map(
        " ".join
    )
    | st.text(st.sampled_from("0123456789 \u00a0\u2009\u202f\u2028.,a-"), max_size=40),
    st.sampled_from(LANGUAGES),
)
def test_what_is_indexed_is_what_a_text_has_at_the_same_places(text, language):
    first, more = [], []
    for token in tokens(text, language):
        pair = (token.term, token.surface)
        if token.position == len(first):
            first.append(pair)
        else:
            more.append((token.position, pair))

    found = places(text, language)

    assert (list(found.first), list(found.more)) == (first, more)


@given(st.text(st.sampled_from("-a1.,'@é中ｶﾞ "), max_size=400))
def test_a_text_gives_few_tokens_for_each_of_its_characters(text):
    assert len(tokens(text, "fr")) <= 2 * len(text)


@given(anything)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(words)
def test_accents_never_decide_what_a_french_word_is_found_by(word):
    assert terms(word) == terms(fold(word))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'arbre", ["arbre"]),
        ("L’arbre", ["arbre"]),
        ("d’un", ["un"]),
        ("qu'elle", ["elle"]),
        ("jusqu’ici", ["ici"]),
        ("lorsqu'on", ["on"]),
        ("aujourd'hui", ["aujourdhui"]),
        ("d’aujourd’hui", ["aujourdhui"]),
        ("presqu'île", ["presquil"]),
        ("prud’homme", terms("prudhomme")),
        ("l' arbre", ["l", "arbre"]),
    ],
)
def test_elided_words_go_and_words_with_an_apostrophe_stay_whole(text, expected):
    assert terms(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the company's", ["the", "compani"]),
        ("the company’s", ["the", "compani"]),
        ("O'Brien", ["obrien"]),
        ("Apollo's", ["apollo"]),
        ("don’t", ["dont"]),
        ("L'Oréal", ["oreal"]),
    ],
)
def test_possessives_go(text, expected):
    assert terms(text, "en") == expected


def test_a_possessive_is_not_shown_either():
    assert [token.surface for token in tokens("company’s", "en")] == ["company"]


@pytest.mark.parametrize(
    "forms",
    [
        "année années annee annees",
        "société sociétés societe societes",
        "cheval chevaux",
        "bateau bateaux",
        "genou genoux",
        "premier première premiers premières premiere",
        "léger légère légers",
        "employé employée employés employer",
        "théâtre théâtres theatre",
        "travaux traval",
    ],
)
def test_french_forms_of_a_word_find_one_another(forms):
    assert len({term for form in forms.split() for term in terms(form, "fr")}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("port", "porte"), ("poste", "pose"), ("an", "âne"), ("mur", "mûre")]
)
def test_short_french_words_are_not_mistaken_for_one_another(one, other):
    assert terms(one, "fr") != terms(other, "fr")


@given(words)
def test_a_french_stem_is_never_empty_and_its_word_begins_so(word):
    stem = french(fold(word))

    assert stem
    assert fold(word).startswith(stem[:-1])


@pytest.mark.parametrize(
    "forms",
    ["film films", "company companies", "connect connected connecting connection", "café cafes"],
)
def test_english_forms_of_a_word_find_one_another(forms):
    assert len({term for form in forms.split() for term in terms(form, "en")}) == 1


def test_a_language_without_a_stemmer_keeps_its_words():
    assert terms("Die Häuser der Straße", "de") == ["die", "hauser", "der", "strasse"]
    assert terms("años", "es") == ["anos"]
    assert terms("films", "zh-hans") == ["films"]


def test_a_region_does_not_change_the_language():
    assert terms("films", "fr-CA") == terms("films", "FR") == ["film"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("œuvre Æsop", ["oeuvre", "aesop"]),
        ("ﬁn ﬂuide", ["fin", "fluide"]),
        ("Ａ４ ＦＵＬＬ", ["a", "4", "full"]),
        ("cafe\u0301", ["cafe"]),
        ("exem\u00adple", ["exemple"]),
        ("Øresund Łódź", ["oresund", "lodz"]),
        ("🎉 fête\x00\x07 ☃", ["fete"]),
        ("a\ud800b", ["a", "b"]),
        ("Привет Αθήνα", ["привет", "αθηνα"]),
        ("", []),
        (" -– …!?", []),
    ],
)
def test_writing_is_brought_to_one_form(text, expected):
    assert leading(text, "de") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 000", ["1", "1000", "000"]),
        ("1\u202f000\u00a0000", ["1", "1000000", "000", "000"]),
        ("1,000", ["1", "1000", "000"]),
        ("2026 100", ["2026", "100"]),
        ("3.5", ["3", "5"]),
        ("2026-11-25", ["2026", "20261125", "11", "25"]),
        ("10h30", ["10h", "10h30", "30"]),
        ("1, 2", ["1", "2"]),
    ],
)
def test_a_number_is_found_by_its_pieces_and_thousands_as_a_whole(text, expected):
    assert terms(text, "fr") == expected


@pytest.mark.parametrize("written", ["DCP-2K", "DCP2K", "DCP 2K", "dcp_2k"])
@pytest.mark.parametrize("typed", ["dcp2k", "DCP 2K", "dcp-2k"])
def test_a_code_is_found_however_it_is_written(written, typed):
    assert found_by(written, typed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RE/23-114", ["re", "re23114", "23", "114"]),
        ("4K", ["4k"]),
        ("B2B", ["b", "b2b", "2b"]),
        ("K-7", ["k", "k7", "7"]),
        ("k7", ["k", "k7", "7"]),
        ("R&D", ["r", "rd", "d"]),
        ("e-mail", ["e", "email", "mail"]),
        ("S.N.C.F.", ["sncf"]),
        ("a1b2c3d4e5", ["a1b2c3d4e5"]),
        ("et/ou", ["et", "ou"]),
        ("dit-elle", ["dit", "elle"]),
        ("a-t-il", ["a", "t", "il"]),
        ("fin.Début", ["fin", "debut"]),
    ],
)
def test_a_compound_is_found_by_its_pieces_and_as_one_word(text, expected):
    assert terms(text, "fr") == expected


def test_a_compound_takes_as_many_positions_as_it_has_pieces():
    found = tokens("Le DCP-2K neuf", "fr")

    assert [(token.term, token.position) for token in found] == [
        ("le", 0), ("dcp", 1), ("dcp2k", 1), ("2k", 2), ("neuf", 3),
    ]  # fmt: skip


def test_a_compound_and_its_pieces_say_where_they_stand():
    text = "Le DCP-2K, l’avant-garde"

    assert {token.surface: text[token.start : token.end] for token in tokens(text, "fr")} == {
        "le": "Le", "dcp": "DCP", "dcp2k": "DCP-2K", "2k": "2K",
        "avant": "avant", "avantgarde": "avant-garde", "garde": "garde",
    }  # fmt: skip


def test_addresses_are_found_by_their_words():
    assert terms("https://www.example.org/dossiers/film", "de") == [
        "example", "org", "dossiers", "film",
    ]  # fmt: skip
    assert terms("jean.dupont@example.org", "de") == [
        "jean", "jeandupontexampleorg", "dupont", "example", "org",
    ]  # fmt: skip


def test_a_chinese_run_is_found_by_its_pairs():
    assert leading("中文搜索", "zh") == ["中文", "文搜", "搜索"]
    assert terms("猫", "fr") == ["猫"]


@given(st.text(st.sampled_from("中文搜索猫"), min_size=1, max_size=8))
def test_every_chinese_character_begins_a_term(run):
    assert [term[0] for term in terms(run, "zh")] == list(run)


def test_the_last_character_of_a_run_takes_no_position_of_its_own():
    assert [(token.term, token.position) for token in tokens("搜索引 x", "zh")] == [
        ("搜索", 0), ("索引", 1), ("引", 1), ("x", 2),
    ]  # fmt: skip


def test_chinese_japanese_and_korean_are_told_from_the_rest():
    assert all(is_cjk(run) for run in ("中", "中文", "が", "한국", "ｶﾞ"))
    assert not any(is_cjk(text) for text in ("", "a", "é", "中a", "中 文", "1", "п"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("使用iPhone15手机", ["使用", "iphone", "15", "手机"]),
        ("搜索引擎 engine", ["搜索", "索引", "引擎", "engine"]),
        ("한국어 カメラ", ["한국", "국어", "カメ", "メラ"]),
        ("ｶﾞｷﾞ", ["ガギ"]),
        ("が", ["が"]),
        ("中文,搜索", ["中文", "搜索"]),
    ],
)
def test_chinese_japanese_and_korean_runs_are_split_from_the_rest(text, expected):
    assert leading(text, "zh") == expected


def test_characters_of_a_run_say_where_they_stand():
    text = "看ｶﾞ中"

    assert {token.surface: text[token.start : token.end] for token in tokens(text, "zh")} == {
        "看ガ": "看ｶﾞ", "ガ中": "ｶﾞ中", "中": "中",
    }  # fmt: skip


def test_a_stem_does_not_end_with_a_letter_twice():
    assert terms("personne personnel", "fr") == ["person", "personnel"]
    assert terms("dos os ai", "fr") == ["dos", "os", "ai"]


def test_a_long_compound_has_no_joined_form():
    assert [token.end for token in tokens(f"{'a' * 40}-{'b' * 40}", "de")] == [40, 81]


def test_a_long_word_is_cut():
    (token,) = tokens("a" * 500, "de")

    assert token.term == token.surface == "a" * LONGEST
    assert (token.start, token.end) == (0, 500)


def test_the_terms_of_a_word_are_those_of_every_language_once():
    assert terms_of("sociétés", ("fr", "en", "zh")) == ("societ", "societes")
    assert terms_of("film", ("fr", "en")) == ("film",)
    assert terms_of("l’œuvre", ("fr",)) == ("oeuvr",)
    assert terms_of("e-mail", ("fr",)) == ("e", "email", "mail")
    assert terms_of("", ("fr",)) == ()
    assert terms_of("film", ()) == ()


def test_folding_keeps_what_tells_japanese_and_korean_letters_apart():
    assert fold("が") == "が"
    assert fold("한") == "한"
    assert fold("ÉCOLE Straße Œuvre") == "ecole strasse oeuvre"
    assert re.fullmatch("[a-z ]+", fold("àâäçéèêëîïôöùûüÿ"))
