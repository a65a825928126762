"""From numbers of shelves and of combinations of topics to what each facet counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from search.contract import FACETS, Filters
from search.engines.embedded.counting import SHELVES, SUBJECTS
from search.models import Shelf, Subjects

Lists = Mapping[str, Sequence[str | None]]
"""By kind: numbers of shelves, numbers of topics, numbers of entries, each separated by commas."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The facet values of a shelf, as text."""

    type: str
    locale: str
    section: str
    year: str


_shelves: dict[int, _Shelf] = {}
_subjects: dict[int, tuple[str, ...]] = {0: ()}
_lock = Lock()


def tally(lists: Lists, filters: Filters) -> tuple[dict[str, Counter[str]], int]:
    """Each facet under all filters but its own, and how many entries pass all of them."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    shelves, subjects, numbers = (_numbers(one) for one in lists[SHELVES])
    known = _known_shelves(shelves)
    if SUBJECTS not in lists:
        topics = _known_subjects(subjects)
        rows = list(zip(shelves, subjects, numbers, strict=True))
        return counts, _under_filters(rows, counts, filters, known, topics)
    by_type, by_locale, by_section, by_year = (
        counts[name] for name in ("type", "locale", "section", "year")
    )
    for id_, number in zip(shelves, numbers, strict=True):
        shelf = known[id_]
        by_type[shelf.type] += number
        by_locale[shelf.locale] += number
        by_section[shelf.section] += number
        by_year[shelf.year] += number
    together, _, of_each = (_numbers(one) for one in lists[SUBJECTS])
    topics = _known_subjects(together)
    by_topic = counts["topic"]
    for id_, number in zip(together, of_each, strict=True):
        for line in topics[id_]:
            by_topic[line] += number
    return counts, sum(numbers)


def forget() -> None:
    """Drop what this process remembers."""
    with _lock:
        _shelves.clear()
        _subjects.clear()
        _subjects[0] = ()


def _under_filters(
    rows: Sequence[tuple[int, int, int]],
    counts: Mapping[str, Counter[str]],
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
            name: frozenset([getattr(shelf, name)])
            for name in ("type", "locale", "section", "year")
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
    if _are_new(ids, _shelves):
        with _lock:
            for one in Shelf.objects.all():
                _shelves[one.pk] = _Shelf(one.type, one.locale, one.section, str(one.year))
    return _shelves


def _known_subjects(ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    if _are_new(ids, _subjects):
        with _lock:
            for id_, lines in Subjects.objects.values_list("pk", "lines"):
                _subjects[id_] = tuple(lines.split("\n"))
    return _subjects


def _are_new(ids: Sequence[int], known: Mapping[int, object]) -> bool:
    return not known.keys() >= set(ids)
