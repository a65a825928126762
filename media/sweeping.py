"""What nothing names any more is removed: sizes of old recipes, blobs, bytes without a row.

Rows are locked while they are looked at a second time, and bytes go before the row's transaction
ends. A process that is killed in between leaves a row that nothing names and that has no bytes:
``blobs.keep`` stores them anew should they come in again, and the next sweep removes the row. The
other way round, bytes that somebody is just keeping again could be taken from under their row.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from media.blobs import Blob
from media.kits.models import KitItem
from media.models import Derived, Image
from media.renditions.recipes import recipe_of
from media.storage import BLOBS

SIZE, BLOB, BYTES = "size", "blob", "bytes"
"""What is removed: the row of a size; a blob with its bytes; bytes that have no row."""
DAYS = 7
"""What is younger stays: it may be on its way into the library."""
_BATCH = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_storage: Any = default_storage


@dataclass(frozen=True, slots=True)
class Removed:
    """One thing that is gone, or would be. ``bytes``: what lies in the storage for it."""

    kind: str
    name: str
    bytes: int


Step = Removed | None
"""``None``: some were looked at."""


def sweep(before: datetime, *, is_trial: bool = False) -> Iterator[Step]:
    """Remove what was made before a moment and is named by nothing, one thing after another.

    Between two steps no transaction is open, and whoever asks may stop. A trial removes nothing,
    and so does not count the blobs of the sizes that it names. Raises ``OSError`` where the storage
    fails.
    """
    yield from _sizes(before, is_trial=is_trial)
    yield from _blobs(before, is_trial=is_trial)
    yield from _bytes(before, is_trial=is_trial)


def _sizes(before: datetime, *, is_trial: bool) -> Iterator[Step]:
    last = 0
    while sources := list(
        Derived.objects.filter(source__gt=last, result__created_at__lt=before)
        .order_by("source")
        .values_list("source", flat=True)
        .distinct()[:_BATCH]
    ):
        last = sources[-1]
        for source in dict.fromkeys(one.source_id for one in _old(sources, before)):
            with transaction.atomic():
                # A version of a kit that is being made holds it, and names its recipes when done.
                Blob.objects.select_for_update().filter(pk=source).first()
                old = _old([source], before)
                if not is_trial:
                    Derived.objects.filter(pk__in=[one.pk for one in old]).delete()
            for one in old:
                yield Removed(SIZE, f"{one.result.name} {one.size}", one.result.size)
        yield None


def _old(sources: Sequence[int], before: datetime) -> list[Derived]:
    """The sizes of these that no picture has now and no version of a kit names.

    Those of before stay until the ones that took their place have been there for as long.
    """
    rows: dict[int, list[Derived]] = defaultdict(list)
    for row in Derived.objects.filter(source__in=sources).select_related("result"):
        rows[row.source_id].append(row)
    present: dict[int, set[str]] = defaultdict(set)
    for image in Image.objects.filter(blob__in=sources):
        present[image.blob_id or 0].add(recipe_of(image))
    named = set(
        KitItem.objects.filter(source__in=sources).values_list("source", "recipe").distinct()
    )
    return [
        row
        for source, made in rows.items()
        if _is_settled(made, present[source], before)
        for row in made
        if row.recipe not in present[source]
        and (source, row.recipe) not in named
        and row.result.created_at < before
    ]


def _is_settled(made: Sequence[Derived], recipes: Collection[str], before: datetime) -> bool:
    """Whether every recipe that a picture has now was followed, long enough ago."""
    now = [one for one in made if one.recipe in recipes]
    is_there = {one.recipe for one in now} == set(recipes)
    return is_there and all(one.result.created_at < before for one in now)


def _blobs(before: datetime, *, is_trial: bool) -> Iterator[Step]:
    last = 0
    loose = unnamed().filter(created_at__lt=before).order_by("pk")
    while some := list(loose.filter(pk__gt=last)[:_BATCH]):
        last = some[-1].pk
        for blob in some:
            if is_trial or _remove(blob):
                yield Removed(BLOB, blob.name, blob.size)
        yield None


def unnamed() -> QuerySet[Blob]:
    """The blobs that no file, no size and no version of a kit names."""
    found = Blob.objects.all()
    for model, field in naming():
        found = found.exclude(Exists(model._base_manager.filter(**{field: OuterRef("pk")})))
    return found


def naming() -> list[tuple[type[models.Model], str]]:
    """The models and fields that keep a blob: those that forbid its removal."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Blob._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.PROTECT
    ]


@transaction.atomic
def _remove(blob: Blob) -> bool:
    """Remove a blob that nothing names, unless somebody has it in hand."""
    if not Blob.objects.select_for_update(skip_locked=True).filter(pk=blob.pk).exists():
        return False
    # Asked again now that nobody can name it: the lock sees what the first look did not.
    if not unnamed().filter(pk=blob.pk).exists():
        return False
    blob.delete()
    _storage.discard(blob.name)
    return True


def _bytes(before: datetime, *, is_trial: bool) -> Iterator[Step]:
    """Bytes that were stored by a process that was killed before there was a row."""
    for name in _strays():
        if name is None:
            yield None
            continue
        try:
            if _storage.get_modified_time(name) >= before:
                continue
            size = _storage.size(name)
        except FileNotFoundError:
            continue  # taken by another sweep
        if is_trial or _discard(name):
            yield Removed(BYTES, name, size)


def _strays() -> Iterator[str | None]:
    """What lies where blobs lie and has no row; nothing after each folder."""
    try:
        folders, _ = _storage.listdir(BLOBS)
    except FileNotFoundError:
        return  # nothing was ever stored
    for folder in sorted(folders):
        _, names = _storage.listdir(f"{BLOBS}{folder}")
        for start in range(0, len(names), _BATCH):
            some = names[start : start + _BATCH]
            rows = set(Blob.objects.filter(sha256__in=some).values_list("sha256", flat=True))
            yield from (f"{BLOBS}{folder}/{name}" for name in some if name not in rows)
        yield None


@transaction.atomic
def _discard(name: str) -> bool:
    """Discard bytes under a row of their own, so that whoever is keeping the same waits."""
    digest = name.rpartition("/")[2]
    if not _DIGEST.fullmatch(digest):
        _storage.discard(name)  # half a file, which a killed process left
        return True
    row, is_ours = Blob.objects.get_or_create(
        sha256=digest, defaults={"name": name, "crc32": 0, "size": 0}
    )
    if is_ours:
        _storage.discard(name)
        row.delete()
    return is_ours
