"""Combinations that many passages share, each named by one number: facet values, and topics."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from threading import Lock

from django.db import transaction

from cms.entries.models import Entry
from search.documents import hash_of
from search.models import Shelf, Subjects

Combination = tuple[str, str, str, int]
"""Type, language, section, year."""
MOST_KNOWN = 50_000

_shelves: dict[Combination, int] = {}
_subjects: dict[str, int] = {}
_lock = Lock()


def shelves(wanted: set[Combination]) -> Mapping[Combination, int]:
    """The ids of these combinations, made if need be."""
    if wanted <= _shelves.keys():
        return _shelves
    found = _stored_shelves()
    missing = wanted - found.keys()
    if missing:
        Shelf.objects.bulk_create(
            (
                Shelf(type=type_, locale=locale, section=section, year=year)
                for type_, locale, section, year in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        found = _stored_shelves()
    # What is rolled back must not be remembered.
    transaction.on_commit(lambda: _shelves.update(found))
    return found


def shelves_of(entry_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """The ids of the shelves that these entries belong on, made if need be, and whose each is."""
    together: dict[Combination, list[int]] = defaultdict(list)
    rows = Entry.objects.filter(pk__in=entry_ids).values_list(
        "pk", "type", "locale", "section", "published_at"
    )
    for id_, type_, locale, section, published in rows:
        together[type_, locale, section, published.year].append(id_)
    known = shelves(set(together))
    return {known[combination]: ids for combination, ids in together.items()}


def subjects(wanted: set[str]) -> Mapping[str, int]:
    """The ids of these combinations of topics, made if need be. No topics have none."""
    wanted = wanted - {""}
    if wanted <= _subjects.keys():
        return _subjects
    by_digest = {hash_of(lines): lines for lines in wanted}
    found = _stored_subjects(by_digest)
    missing = sorted(by_digest.keys() - {hash_of(lines) for lines in found})
    if missing:
        Subjects.objects.bulk_create(
            (Subjects(digest=digest, lines=by_digest[digest]) for digest in missing),
            ignore_conflicts=True,
        )
        found = _stored_subjects(by_digest)
    transaction.on_commit(lambda: _remember(found))
    return found


def forget() -> None:
    """Drop what this process remembers."""
    with _lock:
        _shelves.clear()
        _subjects.clear()


def _stored_shelves() -> dict[Combination, int]:
    return {
        (type_, locale, section, year): id_
        for id_, type_, locale, section, year in Shelf.objects.values_list(
            "id", "type", "locale", "section", "year"
        )
    }


def _stored_subjects(by_digest: Mapping[str, str]) -> dict[str, int]:
    rows = Subjects.objects.filter(digest__in=list(by_digest)).values_list("digest", "pk")
    return {by_digest[digest]: pk for digest, pk in rows}


def _remember(found: Mapping[str, int]) -> None:
    with _lock:
        if len(_subjects) > MOST_KNOWN:
            _subjects.clear()
        _subjects.update(found)
