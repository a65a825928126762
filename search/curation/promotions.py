"""Advised results: which entries an editor put above the results of a search, for those who may.

The search must be just the phrase, in the terms of the index: the same words in the same order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cms.access.reader import NEVER, Reader
from cms.accounts.models import display_name
from cms.entries import read
from search.curation.latest import Latest
from search.curation.models import Promotion
from search.curation.synonyms import LANGUAGES
from search.query import Query, parse

MOST_SHOWN = 2
MOST_PHRASES = 20
LONGEST_PHRASE = 120
LONGEST_TIME = timedelta(days=366)

Terms = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A promotion as it is stored."""

    phrases: str
    key: str
    starts_on: date
    ends_on: date
    locale: str = ""
    note: str = ""
    on_behalf_of: str = ""
    owner: str = ""
    order: int = 10


@dataclass(frozen=True, slots=True)
class Promoted:
    """An entry to show above the results, who advises it, and up to which day."""

    key: str
    card: Mapping[str, Any]
    by: str
    until: date
    note: str = ""


class Promotions:
    """Every promotion that is not over, ready to be looked up."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: row.order)
        self._by_terms: dict[tuple[str, Terms], list[Row]] = {}
        for row in self._rows:
            for language, terms in _readings(row):
                there = self._by_terms.setdefault((language, terms), [])
                if row not in there:
                    there.append(row)

    def matching(self, query: Query, locale: str, today: date) -> list[Row]:
        """The promotions of this query on this day, in their order. ``locale`` "": any."""
        if query.excluded or not self._by_terms:
            return []
        found: dict[int, Row] = {}
        for language in (*LANGUAGES, ""):
            for row in self._by_terms.get((language, _terms(query.text, language)), ()):
                if _is_wanted(row, locale) and row.starts_on <= today <= row.ends_on:
                    found[id(row)] = row
        return sorted(found.values(), key=lambda row: row.order)

    def next_change(self, today: date) -> date | None:
        """The next day on which one begins or is over."""
        days = [row.starts_on for row in self._rows]
        days += [row.ends_on + timedelta(days=1) for row in self._rows]
        return min((day for day in days if day > today), default=None)


def matching(query: Query, locale: str, today: date, promotions: Promotions) -> list[str]:
    """The keys of the entries that are promoted for a query on this day, in their order."""
    rows = promotions.matching(query, locale, today)
    return list(dict.fromkeys(row.key for row in rows))


def for_reader(
    query: Query,
    locale: str,
    reader: Reader,
    *,
    at: datetime,
    promotions: Promotions | None = None,
) -> list[Promoted]:
    """What this reader is advised: at most two, all of them readable. No query without a match.

    Raises ``StaleReader`` when access changed meanwhile.
    """
    known = current(reader.grants.version) if promotions is None else promotions
    rows = known.matching(query, locale, timezone.localdate(at))
    cards = read.cards_of(list({row.key: None for row in rows}), reader)
    shown: dict[str, Promoted] = {}
    for row in rows:
        if row.key in cards and row.key not in shown and len(shown) < MOST_SHOWN:
            by = row.on_behalf_of or ("" if reader.is_anonymous else row.owner)
            shown[row.key] = Promoted(row.key, cards[row.key], by, row.ends_on, row.note)
    return list(shown.values())


def steady_until(version: int, at: datetime) -> datetime:
    """Until when an answer's promotions stay as they are: no answer may be kept for longer."""
    day = current(version).next_change(timezone.localdate(at))
    if day is None:
        return NEVER
    midnight = datetime.combine(day, time.min, timezone.get_default_timezone())
    return midnight.astimezone(UTC)


def phrases_of(text: str) -> list[str]:
    """The phrases that were typed, one a line."""
    return [one for line in text.splitlines() if (one := " ".join(line.split()))]


def has_words(phrase: str) -> bool:
    """Whether a search for this phrase could find it."""
    return any(_terms(phrase, language) for language in (*LANGUAGES, ""))


def _readings(row: Row) -> Iterable[tuple[str, Terms]]:
    for phrase in phrases_of(row.phrases):
        for language in (*LANGUAGES, ""):
            if terms := _terms(phrase, language):
                yield language, terms


def _terms(text: str, language: str) -> Terms:
    """A text as a query without quotes, so that “the congés” is found by congés."""
    plain = text.translate(_QUOTES)
    return tuple(word.alternatives for word in parse(plain, (language,)).words)


_QUOTES = dict.fromkeys(map(ord, '"“”«»'), " ")


def _is_wanted(row: Row, locale: str) -> bool:
    return not locale or row.locale in ("", locale)


def current(version: int) -> Promotions:
    """The promotions at this access version. Read once a version in each process."""
    return _latest.at(version)


def stored_rows(*, without: int = 0) -> list[Row]:
    """Every promotion that is not over, less one that is being changed. One query."""
    found = Promotion.objects.filter(ends_on__gte=timezone.localdate()).exclude(pk=without)
    return [row_of(one) for one in found.select_related("owner").order_by("order", "pk")]


def row_of(one: Promotion) -> Row:
    """A promotion, saved or not, as it is looked up."""
    return Row(
        phrases=one.phrases,
        key=one.entry_key,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        locale=one.locale,
        note=one.note,
        on_behalf_of=one.on_behalf_of,
        owner=display_name(one.owner) if one.owner else "",
        order=one.order,
    )


_latest = Latest(stored_rows, Promotions)


def forget() -> None:
    """Drop what this process remembers."""
    _latest.forget()
