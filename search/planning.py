"""From what was typed to what is looked for: words and synonyms, in the terms of the index."""

from collections.abc import Mapping, Sequence
from itertools import islice, product

from search.analysis import fold, is_exact, tokens
from search.contract import Plan, Terms, Unit
from search.documents import title_key
from search.query import Phrase, Query, Word

LANGUAGES = ("fr", "en")
"""Languages whose words have stems: a query is read in each of them."""
MOST_READINGS = 32
"""Ways to read a phrase, where its words have several terms."""
SYNONYM_WEIGHT = 0.7
MOST_BEGINNINGS = 6
MOST_UNITS = 60
"""Of a query. What words may be said by several words is left out before any of them."""
MOST_SYNONYMS = 24
"""Of one word or several."""


def languages_of(locales: Sequence[str]) -> tuple[str, ...]:
    """The languages to read a query in, when only documents of these locales are wanted."""
    return tuple(locales) or LANGUAGES


def plan(
    query: Query,
    *,
    languages: Sequence[str],
    synonyms: Mapping[str, tuple[str, ...]] | None = None,
    is_typing: bool = False,
) -> Plan:
    """What to look for. ``synonyms`` maps a word or words of the query to what means the same."""
    synonyms = {text: some[:MOST_SYNONYMS] for text, some in (synonyms or {}).items()}
    words = tuple(
        _word(word, languages, synonyms, is_typing=is_typing and word.is_last)
        for word in query.words
    )
    single = {word.text for word in query.words}
    further = (
        Unit(
            text=text,
            alternatives=_readings_of(others, languages),
            synonyms=others,
            weight=SYNONYM_WEIGHT,
        )
        for text, others in synonyms.items()
        if text not in single
    )
    room = MOST_UNITS - len(words) - len(query.phrases) - len(query.excluded)
    more = tuple(islice(further, max(room, 0)))
    return Plan(
        words=(*words, *more),
        phrases=tuple(_phrase(one) for one in query.phrases),
        excluded=tuple(
            _phrase(one) if isinstance(one, Phrase) else _word(one, languages, {})
            for one in query.excluded
        ),
        title=title_key(query.text) if query.simple else "",
        asks_for_all=not query.text or (bool(query.excluded) and not words and not query.phrases),
    )


def beginnings_of(text: str) -> list[str]:
    """What words of a title must begin with to be suggested: the words typed so far, folded."""
    return title_key(text).split()[:MOST_BEGINNINGS]


def _word(
    word: Word,
    languages: Sequence[str],
    synonyms: Mapping[str, tuple[str, ...]],
    *,
    is_typing: bool = False,
) -> Unit:
    others = synonyms.get(word.text, ())
    own = forms_of(word.text, word.alternatives)
    readings = tuple(one for one in _readings_of(others, languages) if one not in own)
    return Unit(
        text=word.text,
        alternatives=(*own, *readings),
        synonyms=others,
        others=readings,
        exact=_exact(word.text),
        beginning=_beginning(word.text) if is_typing else "",
        goes_on=word.is_beginning,
    )


def forms_of(text: str, terms: Sequence[str]) -> tuple[Terms, ...]:
    """A word's terms, and the word as it is: texts in languages without a stemmer have no other."""
    forms = dict.fromkeys([*terms, _exact(text)])
    return tuple((one,) for one in forms if one)


def _exact(text: str) -> str:
    """A word as it is indexed unstemmed; nothing where it is none of letters and digits alone."""
    exact = fold(text)
    return exact if exact.isalnum() and is_exact(exact) else ""


def _beginning(text: str) -> str:
    """What a title word may begin with; nothing where it was taken apart, such as a fraction."""
    begun = title_key(text)
    return "" if " " in begun else begun


def _phrase(phrase: Phrase) -> Unit:
    readings = islice(product(*phrase.terms), MOST_READINGS)
    return Unit(text=phrase.text, alternatives=tuple(readings))


def _readings_of(texts: Sequence[str], languages: Sequence[str]) -> tuple[Terms, ...]:
    """Each text in each language, as terms that stand one after the other."""
    readings: dict[Terms, None] = {}
    for text in texts:
        for language in languages:
            terms: dict[int, str] = {}
            for token in tokens(text, language):
                terms.setdefault(token.position, token.term)
            if terms:
                readings[tuple(terms.values())] = None
    return tuple(readings)
