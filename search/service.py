"""One search: which engine answers, what was probably meant, what editors recommend."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.conf import settings

from cms.access.reader import Reader
from cms.entries.cursors import Place
from search import correction
from search.contract import (
    NOTHING,
    RELEVANCE,
    Engine,
    EngineBehind,
    EngineFailed,
    Filters,
    Found,
    PlaceLost,
    Suggestion,
    Wanted,
)
from search.curation import promotions
from search.curation import synonyms as curated
from search.curation.promotions import Promoted
from search.curation.synonyms import Synonyms
from search.engines import breaker
from search.engines.embedded.engine import EmbeddedEngine
from search.insight import popular
from search.planning import languages_of, plan
from search.query import Query, parse

logger = logging.getLogger(__name__)

EMBEDDED = EmbeddedEngine()
SUGGESTED = 8
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader asks: the text as typed, and how to answer.

    Texts in the reader's ``language`` come before others that are as good, where no language is
    chosen among the filters.
    """

    text: str
    filters: Filters = field(default_factory=Filters)
    language: str = ""
    order: str = RELEVANCE
    limit: int = 20
    after: Place | None = None
    engine: str = ""  # the only one that may answer: ``after`` is a place of its
    is_exact: bool = False  # as typed, whatever it finds
    is_typing: bool = False  # the last word may be only begun


@dataclass(frozen=True, slots=True)
class Correction:
    """The query that was answered instead of the one that was typed."""

    query: str
    instead_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An answer, and how it came about."""

    query: Query
    found: Found
    engine: str
    is_degraded: bool = False  # the preferred engine does not answer
    correction: Correction | None = None
    promoted: Sequence[Promoted] = ()


def search(
    asked: Asked,
    reader: Reader,
    *,
    synonyms: Synonyms | None = None,
    engine: str | None = None,
) -> Outcome:
    """Answer with the first engine that can. Raises ``StaleReader``.

    ``EngineFailed`` is raised only where one ``engine`` was asked for by name, and ``PlaceLost``
    where the one that knows the place to go on from does not answer.
    """
    if synonyms is None:
        synonyms = curated.current(reader.grants.version)
    try:
        return _first_to_answer(
            reader,
            lambda one: _answer(asked, reader, one, synonyms),
            by_name=engine or asked.engine or None,
        )
    except EngineFailed as failure:
        if asked.engine:
            raise PlaceLost from failure
        raise


def suggest(text: str, reader: Reader, *, limit: int = SUGGESTED) -> Sequence[Suggestion]:
    """Readable titles whose words begin as typed."""
    typed = parse(text, languages_of(()))
    return _first_to_answer(reader, lambda one: one.suggest(typed, reader, limit=limit))


def finds_all(text: str, reader: Reader) -> bool:
    """Whether something readable has each word of a query: only then may others be told of it.

    Words that are not wanted are told as well.
    """
    languages = languages_of(())
    asked = plan(parse(text, languages), languages=languages)
    units = (*asked.wanted, *asked.excluded)
    return bool(asked.wanted) and all(EMBEDDED.frequencies(units, reader))


def engines() -> list[str]:
    """The names of the engines, the preferred one first."""
    return [one.name for one in _all()]


def _all() -> list[Engine]:
    if not settings.ELASTICSEARCH_URL:
        return [EMBEDDED]
    from search.engines.elastic.engine import ENGINE  # its client is only made where it is used

    return [ENGINE, EMBEDDED]


def _first_to_answer(
    reader: Reader, ask: Callable[[Engine], Answer], *, by_name: str | None = None
) -> Answer:
    """The answer of the preferred engine, or of the next where that one cannot give any."""
    *preferred, last = [one for one in _all() if by_name in (None, one.name)]
    for one in preferred:
        if not breaker.allows(one.name, at=reader.at):
            continue
        try:
            answer = ask(one)
        except EngineBehind as delay:
            logger.info("search_engine_behind engine=%s reason=%s", one.name, delay)
        except EngineFailed as failure:
            breaker.failed(one.name, at=reader.at)
            logger.warning("search_engine_failed engine=%s reason=%s", one.name, failure)
        else:
            breaker.answered(one.name)
            return answer
    return ask(last)


def _is_spare(engine: Engine) -> bool:
    """Whether it answers in the place of the preferred one, for whatever reason."""
    return engine is not _all()[0]


def _answer(asked: Asked, reader: Reader, engine: Engine, synonyms: Synonyms) -> Outcome:
    languages = languages_of(asked.filters.locales)
    query = parse(asked.text, languages)
    wanted = _wanted(asked, query, languages, synonyms, reader)
    if wanted.plan.is_empty:
        return Outcome(
            query=query, found=NOTHING, engine=engine.name, is_degraded=_is_spare(engine)
        )
    outcome = (
        None if asked.is_exact else _corrected_at_once(asked, wanted, reader, engine, synonyms)
    )
    if outcome is None:
        found = engine.search(wanted, reader)
        outcome = Outcome(
            query=query, found=found, engine=engine.name, is_degraded=_is_spare(engine)
        )
    if outcome.found.missing and not asked.is_exact:
        outcome = _corrected(asked, outcome, reader, engine, synonyms)
    if asked.after is None:
        locale = asked.filters.locales[0] if len(asked.filters.locales) == 1 else ""
        promoted = promotions.for_reader(outcome.query, locale, reader, at=reader.at)
        outcome = replace(outcome, promoted=promoted)
    return outcome


def _wanted(
    asked: Asked, query: Query, languages: Sequence[str], synonyms: Synonyms, reader: Reader
) -> Wanted:
    others: Mapping[str, tuple[str, ...]] = synonyms.for_query(query, asked.filters.locales)
    return Wanted(
        plan=plan(query, languages=languages, synonyms=others, is_typing=asked.is_typing),
        query=query,
        language="" if asked.filters.locales else asked.language,
        filters=asked.filters,
        order=asked.order,
        limit=asked.limit,
        after=asked.after,
        popular=popular.current(reader.grants.version),
    )


def _corrected_at_once(
    asked: Asked, wanted: Wanted, reader: Reader, engine: Engine, synonyms: Synonyms
) -> Outcome | None:
    """The answer to what was probably meant, where a word looks like a slip before any search.

    A search for what was typed would mostly be in vain. It is made where this finds nothing.
    """
    doubted = correction.doubtful(wanted.plan.words, reader)
    if not doubted:
        return None
    languages = languages_of(asked.filters.locales)
    changes = correction.corrections(
        wanted.query, frozenset(), engine, reader, languages, doubted=doubted
    )
    meant = _meant(asked, wanted.query, changes, reader, engine, synonyms)
    if meant is None:
        return None
    text, query, found = meant
    return Outcome(
        query=query,
        found=found,
        engine=engine.name,
        is_degraded=_is_spare(engine),
        correction=Correction(text, wanted.query.text),
    )


def _corrected(
    asked: Asked, typed: Outcome, reader: Reader, engine: Engine, synonyms: Synonyms
) -> Outcome:
    """The answer to what was probably meant, if that finds anything."""
    languages = languages_of(asked.filters.locales)
    missing = typed.found.missing
    if asked.is_typing:
        missing -= {word.text for word in typed.query.words if word.is_last}
    # What is missing within dates may well be found beyond them, and is no slip then.
    is_dated = asked.filters.since or asked.filters.until
    words = _wanted(asked, typed.query, languages, synonyms, reader).plan.words if is_dated else ()
    doubted = [unit for unit in words if unit.text in missing]
    changes = correction.corrections(
        typed.query, missing, engine, reader, languages, doubted=doubted
    )
    meant = _meant(asked, typed.query, changes, reader, engine, synonyms)
    if meant is None:
        return typed
    correction.remember(changes, reader)
    text, query, found = meant
    typed_text = typed.correction.instead_of if typed.correction else typed.query.text
    return replace(typed, query=query, found=found, correction=Correction(text, typed_text))


def _meant(
    asked: Asked,
    typed: Query,
    changes: Mapping[str, str],
    reader: Reader,
    engine: Engine,
    synonyms: Synonyms,
) -> tuple[str, Query, Found] | None:
    """The text with these changes, as a query, and what it finds, if that is anything."""
    if not changes:
        return None
    languages = languages_of(asked.filters.locales)
    text = correction.corrected(typed.text, changes)
    query = parse(text, languages)
    found = engine.search(_wanted(asked, query, languages, synonyms, reader), reader)
    return (text, query, found) if found.count else None
