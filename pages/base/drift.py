"""Comparing stored entries with what their pages are: the proof that nothing drifted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from wagtail.models import Page

from cms.entries import publish
from cms.entries.models import Entry
from cms.entries.projection import NO_WEIGHT
from pages.base import publishing
from pages.base.projections import readable_of
from pages.base.registry import page_models

CHUNK = 200


@dataclass(slots=True)
class Drift:
    """What differed, by key, and which pages could not be read."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.missing) + len(self.differing) + len(self.left_over) + len(self.failed)


def pages_below(path: str) -> list[int]:
    """Our pages in a subtree, or all of them, in the order of the tree."""
    kinds = [model._meta.model_name for model in page_models()]
    pages = Page.objects.filter(
        path__startswith=path, content_type__app_label="pages", content_type__model__in=kinds
    )
    return list(pages.order_by("path").values_list("pk", flat=True))


def mend(
    page_ids: Sequence[int], *, at: datetime, drift: Drift, only_report: bool
) -> Iterator[int]:
    """Project pages beside their live entries and put right what differs, chunk by chunk.

    Each chunk is one transaction: readers see an entry as it was or as it is. Yields how many
    pages were done. With ``only_report`` nothing is written.
    """
    for start in range(0, len(page_ids), CHUNK):
        chunk = page_ids[start : start + CHUNK]
        with transaction.atomic():
            _mend_chunk(chunk, at=at, drift=drift)
            transaction.set_rollback(only_report)
        yield len(chunk)


def _mend_chunk(page_ids: Sequence[int], *, at: datetime, drift: Drift) -> None:
    stored = dict(Entry.objects.filter(page_id__in=page_ids).values_list("page_id", "key"))
    shown = [page for page in publishing.shown_of(page_ids) if page is not None]
    gone = set(stored) - {page.pk for page in shown}
    drift.left_over += sorted(stored[pk] for pk in gone)
    publish.retire(Q(page_id__in=gone), at=at)
    projections, failed = readable_of(shown, at=at)
    drift.failed += [f"{page.entry_key}: {failed[page.pk]}" for page in shown if page.pk in failed]
    weights = {one.key: NO_WEIGHT for one in projections}
    changed = publish.put(projections, at=at, weights=weights)
    drift.missing += [key for key in changed if key not in stored.values()]
    drift.differing += [key for key in changed if key in stored.values()]
    drift.checked += len(page_ids)


def drop_strangers(*, at: datetime, drift: Drift, only_report: bool) -> None:
    """Entries of pages that no longer exist at all."""
    orphans = publishing.entries_of_no_page()
    with transaction.atomic():
        drift.left_over += publish.retire(Q(page_id__in=orphans), at=at)
        transaction.set_rollback(only_report)
