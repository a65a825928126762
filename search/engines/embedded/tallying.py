"""From numbers of shelves and of combinations of topics to what each facet counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from search.contract import FACETS, Filters
from search.engines.embedded.counting import SHELVES, SUBJECTS
from search.models import Shelf, Subjects

Rows = Mapping[str, Sequence[Sequence[Any]]]
"""By kind. Of those of ``counting`` there is one each: numbers of shelves, of topics, of entries,
separated by commas, stand at its end."""
_Counts = Mapping[str, dict[str, int]]
"""By facet, by value."""


class _Shelf(NamedTuple):
    """The facet values of a shelf, as text."""

    type: str
    locale: str
    section: str
    year: str


_shelves: dict[int, _Shelf] = {}
_subjects: dict[int, tuple[str, ...]] = {0: ()}
_sections: tuple[str, ...] = ()
_lock = Lock()


def tally(rows: Rows, filters: Filters) -> tuple[_Counts, int]:
    """Each facet under all filters but its own, and how many entries pass all of them."""
    counts: _Counts = {name: defaultdict(int) for name in FACETS}
    shelves, subjects, numbers = (_numbers(one) for one in rows[SHELVES][0][-3:])
    known = _known_shelves(shelves)
    if SUBJECTS not in rows:
        topics = _known_subjects(subjects)
        combined = list(zip(shelves, subjects, numbers, strict=True))
        return counts, _under_filters(combined, counts, filters, known, topics)
    by_type, by_locale, by_section, by_year = (counts[name] for name in _Shelf._fields)
    for id_, number in zip(shelves, numbers, strict=True):
        type_, locale, section, year = known[id_]
        by_type[type_] += number
        by_locale[locale] += number
        by_section[section] += number
        by_year[year] += number
    together, _, of_each = (_numbers(one) for one in rows[SUBJECTS][0][-3:])
    topics = _known_subjects(together)
    by_topic = counts["topic"]
    for id_, number in zip(together, of_each, strict=True):
        for line in topics[id_]:
            by_topic[line] += number
    return counts, sum(numbers)


def sections() -> tuple[str, ...]:
    """The keys of all sections that this process has met, wherever something was found."""
    return _sections


def forget() -> None:
    """Drop what this process remembers."""
    global _sections
    with _lock:
        _sections = ()
        _shelves.clear()
        _subjects.clear()
        _subjects[0] = ()


def _under_filters(
    rows: Sequence[tuple[int, int, int]],
    counts: _Counts,
    filters: Filters,
    shelves: Mapping[int, _Shelf],
    subjects: Mapping[int, tuple[str, ...]],
) -> int:
    chosen = {
        "type": frozenset(filters.types),
        "locale": frozenset(filters.locales),
        "section": frozenset(filters.sections),
        "year": frozenset(str(year) for year in filters.years),
        "topic": frozenset(filters.topics),
    }
    total = 0
    for shelf_id, subjects_id, number in rows:
        shelf, topics = shelves[shelf_id], subjects[subjects_id]
        values = {
            name: frozenset([value]) for name, value in zip(_Shelf._fields, shelf, strict=True)
        } | {"topic": frozenset(line.partition("\t")[0] for line in topics)}
        failed = [name for name, some in chosen.items() if some and not some & values[name]]
        if len(failed) > 1:
            continue
        for name in failed or counts:
            for value in topics if name == "topic" else values[name]:
                counts[name][value] += number
        total += 0 if failed else number
    return total


def _numbers(listed: str | None) -> list[int]:
    return list(map(int, listed.split(","))) if listed else []


def _known_shelves(ids: Sequence[int]) -> Mapping[int, _Shelf]:
    """They never change, so each is read once a process."""
    global _sections
    if _are_new(ids, _shelves):
        with _lock:
            for one in Shelf.objects.all():
                _shelves[one.pk] = _Shelf(one.type, one.locale, one.section, str(one.year))
            _sections = tuple(sorted({one.section for one in _shelves.values()} - {""}))
    return _shelves


def _known_subjects(ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    if _are_new(ids, _subjects):
        with _lock:
            for id_, lines in Subjects.objects.values_list("pk", "lines"):
                _subjects[id_] = tuple(lines.split("\n"))
    return _subjects


def _are_new(ids: Sequence[int], known: Mapping[int, object]) -> bool:
    return not known.keys() >= set(ids)
