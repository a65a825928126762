"""Storing projections as entries, in the caller's transaction, many at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from anyascii import anyascii
from django.db import IntegrityError, transaction
from django.db.models import Q

from cms import copying
from cms.access import gates
from cms.access.rule import Rule
from cms.entries import feed, followers
from cms.entries.models import Change, Entry, EntryTopic, Holding, Part, Reference
from cms.entries.projection import Projection, Terms, Weight

UPDATED = [field.name for field in Entry._meta.concrete_fields if field.name not in {"id", "key"}]


@transaction.atomic
def put(
    projections: Sequence[Projection],
    *,
    at: datetime,
    weights: Mapping[str, Weight] | None = None,
) -> list[str]:
    """Insert or update entries by key. Returns the keys that changed, each a line of the feed.

    The number of queries does not depend on the number of projections.
    """
    by_key = {projection.key: projection for projection in sorted(projections, key=_by_key)}
    try:
        return _put(by_key, at=at, weights=weights or {})
    except _StoredMeanwhile:
        return _put(by_key, at=at, weights=weights or {}, again=True)


def _put(
    by_key: Mapping[str, Projection],
    *,
    at: datetime,
    weights: Mapping[str, Weight],
    again: bool = False,
) -> list[str]:
    gate_ids = gates.intern_all(list(_rules_of(by_key.values())))
    stored = {entry.key: entry for entry in Entry.objects.filter(key__in=by_key).defer("text")}
    _make_room(by_key.values(), stored)
    rows = {key: _row(one, gate_ids) for key, one in by_key.items()}
    changed = [key for key, row in rows.items() if not _same(stored.get(key), row)]
    _note_run(rows, except_for=changed)
    if not changed:
        return []
    all_new = not again and stored.keys().isdisjoint(changed)
    _save([rows[key] for key in changed], all_new=all_new)
    ids = {key: rows[key].pk for key in changed}
    detailed = [key for key in changed if _details_differ(stored.get(key), rows[key])]
    _store_details(
        {ids[key]: by_key[key] for key in detailed},
        gate_ids,
        replacing=[ids[key] for key in detailed if key in stored],
    )
    followers.stored(list(ids.values()))
    feed.append(changed, kind=Change.Kind.PUT, at=at, weights=weights)
    return changed


@transaction.atomic
def retire(condition: Q, *, at: datetime) -> list[str]:
    """Take entries away, with everything they held. Returns their keys."""
    found = dict(Entry.objects.filter(condition).values_list("pk", "key"))
    if not found:
        return []
    _delete_details(list(found))
    Entry.objects.filter(pk__in=found)._raw_delete(using="default")
    keys = sorted(found.values())
    feed.append(keys, kind=Change.Kind.GONE, at=at)
    return keys


def _by_key(projection: Projection) -> str:
    return projection.key


def _rules_of(projections: Iterable[Projection]) -> set[Rule]:
    rules: set[Rule] = set()
    for one in projections:
        rules.add(one.rule)
        terms = [*(part.terms for part in one.parts), *(file.terms for file in one.files)]
        rules.update(asked.rule for asked in terms)
        earlies = (one.early, *(asked.early for asked in terms))
        rules.update(early for early in earlies if early is not None)
    return rules


def _make_room(projections: Iterable[Projection], stored: Mapping[str, Entry]) -> None:
    """Two pages that swap paths must not meet on the way: let go of every path about to change."""
    moving = [
        stored[one.key].pk
        for one in projections
        if one.key in stored and stored[one.key].path != one.path
    ]
    if moving:
        Entry.objects.filter(pk__in=moving).update(path=None)


def _row(one: Projection, gate_ids: Mapping[Rule, int]) -> Entry:
    return Entry(
        key=one.key,
        type=one.type,
        locale=one.locale,
        title=one.title[:300],
        sort_title=sort_title(one.title),
        path=one.path,
        page_id=one.page_id,
        source=one.source,
        run=one.run,
        gate_id=gate_ids[one.rule],
        early_gate_id=None if one.early is None else gate_ids[one.early],
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        published_at=one.published_at,
        updated_at=one.updated_at,
        section=one.section,
        position=one.position,
        translation_key=one.translation_key,
        pinned_until=one.pinned_until,
        card=orjson.dumps(dict(one.card)).decode(),
        body=orjson.dumps(one.body).decode(),
        text=one.text,
        found_by=one.found_by,
        is_woven=one.is_woven,
        fingerprint=one.fingerprint,
    )


def sort_title(title: str) -> str:
    """Lower case without accents, so that both databases sort alike."""
    return anyascii(title).casefold()[:300]


COMPARED = [
    field.attname
    for field in Entry._meta.concrete_fields
    # The fingerprint stands for the content; the date of an update alone is no change.
    if field.name not in {"id", "key", "text", "found_by", "run", "card", "body", "updated_at"}
]


def _same(stored: Entry | None, row: Entry) -> bool:
    return stored is not None and all(
        getattr(stored, name) == getattr(row, name) for name in COMPARED
    )


class _StoredMeanwhile(Exception):
    """Somebody else stored one of these since they were looked up."""


def _save(rows: Sequence[Entry], *, all_new: bool) -> None:
    """Insert or update, in one statement, in the order of keys. Each row has its id afterwards."""
    if all_new and copying.is_for(rows):
        try:
            with transaction.atomic():
                copying.insert_named(rows)
        except IntegrityError as error:
            raise _StoredMeanwhile from error
        return
    Entry.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=UPDATED,
        batch_size=500,
    )


def _note_run(rows: Mapping[str, Entry], *, except_for: Iterable[str]) -> None:
    """A sweep must know that the file still named a record, even one that did not change."""
    changed = set(except_for)
    runs = {row.run for row in rows.values()} - {""}
    for run in runs:
        keys = [key for key, row in rows.items() if row.run == run and key not in changed]
        if keys:
            Entry.objects.filter(key__in=keys).update(run=run)


def _details_differ(stored: Entry | None, row: Entry) -> bool:
    if stored is None:
        return True
    return (stored.fingerprint, stored.gate_id, stored.published_at) != (
        row.fingerprint,
        row.gate_id,
        row.published_at,
    )


def _delete_details(entry_ids: list[int]) -> None:
    for model in (Holding, Reference, EntryTopic, Part):
        model._default_manager.filter(entry_id__in=entry_ids)._raw_delete(using="default")


def _store_details(
    entries: Mapping[int, Projection], gate_ids: Mapping[Rule, int], *, replacing: list[int]
) -> None:
    if replacing:
        _delete_details(replacing)
    parts = _store_parts(entries, gate_ids)
    held: list[Holding] = []
    topics: list[EntryTopic] = []
    references: list[Reference] = []
    for id_, one in entries.items():
        gate_id = gate_ids[one.rule]
        held.extend(
            Holding(
                entry_id=id_,
                part_id=parts[id_, file.part] if file.part else None,
                file=file.file,
                anchor=file.anchor,
                **_window(file.terms, gate_ids),
                position=place,
                listing=_json_or_nothing(file.listing),
            )
            for place, file in enumerate(one.files)
        )
        topics.extend(
            EntryTopic(
                entry_id=id_,
                slug=topic.slug,
                name=topic.name,
                gate_id=gate_id,
                published_at=one.published_at,
            )
            for topic in one.topics
        )
        references.extend(Reference(entry_id=id_, target=target) for target in one.references)
    copying.insert(held)
    copying.insert(topics)
    copying.insert(references)


def _store_parts(
    entries: Mapping[int, Projection], gate_ids: Mapping[Rule, int]
) -> dict[tuple[int, str], int]:
    rows = [
        Part(
            entry_id=id_,
            anchor=part.anchor,
            position=place,
            kind=Part.Kind.FILE if part.file else Part.Kind.SECTION,
            file=part.file,
            **_window(part.terms, gate_ids),
            title=part.title[:300],
            body=orjson.dumps(part.body).decode(),
            text=part.text,
        )
        for id_, one in entries.items()
        for place, part in enumerate(one.parts)
    ]
    copying.insert_named(rows)
    return {(part.entry_id, part.anchor): part.pk for part in rows}


def _window(terms: Terms, gate_ids: Mapping[Rule, int]) -> dict[str, Any]:
    return {
        "gate_id": gate_ids[terms.rule],
        "early_gate_id": None if terms.early is None else gate_ids[terms.early],
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
    }


def _json_or_nothing(listing: Mapping[str, Any] | None) -> str:
    return "" if listing is None else orjson.dumps(dict(listing)).decode()
