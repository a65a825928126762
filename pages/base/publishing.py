"""From pages to entries: one page, many, or all, always in the caller's transaction."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model, Q
from wagtail.models import Page

from cms.access import privacy
from cms.entries import publish, subtree
from cms.entries.models import Change, Entry, Holding
from cms.entries.projection import Projection, ProjectionFailed, Weight
from media.library import keys_where
from pages.base.lookup import TOP, sections_at
from pages.base.projections import in_words, projections_of, readable_of

if TYPE_CHECKING:
    from pages.base.models import BasePage

CHUNK = 200
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Batch:
    """Pages waiting to be projected together, the last state of each, and pages that are gone."""

    pages: dict[int, "BasePage"] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    realigned: set[str] = field(default_factory=set)  # tree paths below which privacy changed
    settles: bool | None = None  # whether privacy was changed, and nothing else waits

    def flush(self) -> None:
        for path in _tops(self.realigned):
            _realign(path)
        if self.settles:
            privacy.privacy_is_applied()
        self.realigned, self.settles = set(), None
        while self.pages or self.gone:
            gone, self.gone = self.gone, set()
            pages, self.pages = list(self.pages.values()), {}
            at = datetime.now(UTC)
            publish.retire(Q(page_id__in=gone), at=at)
            for start in range(0, len(pages), CHUNK):
                _follow([page for page in pages[start : start + CHUNK] if page.pk], at=at)


_batch: ContextVar[Batch | None] = ContextVar("batch", default=None)
_SETTLES = "_settles_privacy"


@contextmanager
def batch() -> Iterator[None]:
    """Project what is saved inside together, at the end, in one transaction with it."""
    if _batch.get() is not None:
        yield
        return
    with transaction.atomic():
        waiting = Batch()
        token = _batch.set(waiting)
        try:
            yield
            waiting.flush()
        finally:
            _batch.reset(token)


def follow(page: "BasePage") -> None:
    """Make a page's entry what the page now is: there, scheduled, or gone."""
    waiting = _batch.get()
    if waiting is None:
        _follow([page], at=datetime.now(UTC))
    else:
        waiting.pages[page.pk] = page
        waiting.gone.discard(page.pk)


def must_be_fit(page: "BasePage") -> None:
    """Whoever publishes a page is refused what may not leave. Raises ``ProjectionFailed``.

    Asked when a page is published, now or for later, and not when its entry follows something
    else: a file that is fit no more leaves the pages that hold it, and they stay.
    """
    with in_words([page]):
        if reasons := page.unfit():
            raise ProjectionFailed(" ".join(reasons))


def gone(page_id: int) -> None:
    """A page was deleted."""
    waiting = _batch.get()
    if waiting is None:
        publish.retire(Q(page_id=page_id), at=datetime.now(UTC))
    else:
        waiting.pages.pop(page_id, None)
        waiting.gone.add(page_id)


def refresh(page_ids: Iterable[int]) -> None:
    """Project pages anew as the database has them."""
    wanted = sorted({pk for pk in page_ids if pk is not None})
    for start in range(0, len(wanted), CHUNK):
        for page in _specific(wanted[start : start + CHUNK]):
            follow(page)


def _specific(page_ids: Sequence[int]) -> list["BasePage"]:
    pages = Page.objects.filter(pk__in=page_ids).specific()
    return [page for page in pages if hasattr(page, "entry_type_slug")]


def shown_of(page_ids: Sequence[int]) -> list["BasePage | None"]:
    """What readers get of each of these pages."""
    return [_shown(page) for page in _specific(page_ids)]


def holding(files: Iterable[str]) -> list[int]:
    """The pages whose entries hold any of these files."""
    held = Holding.objects.filter(file__in=list(files), entry__page_id__isnull=False)
    pks = held.values_list("entry__page_id", flat=True).distinct()
    return [pk for pk in pks if pk is not None]


def realign(tree_path: str) -> None:
    """A page stands elsewhere, or its privacy changed: its subtree gets new gates.

    What holds files of private collections is projected anew: which of its blocks are parts
    depends on the page's own rule.
    """
    waiting = _batch.get()
    if waiting is None:
        _realign(tree_path)
    else:
        waiting.realigned.add(tree_path)


def about_to_change_privacy(instance: Model) -> None:
    """To be said before privacy is touched, and ``privacy_followed`` once entries follow it.

    What somebody changed around the code, and nobody has asked for since, must go on waiting: that
    nothing does is noted on the instance, or on the batch.
    """
    waiting = _batch.get()
    if waiting is None:
        vars(instance)[_SETTLES] = not privacy.privacy_waits()
    elif waiting.settles is None:
        waiting.settles = not privacy.privacy_waits()


def privacy_followed(instance: Model) -> None:
    """Entries follow what was changed. A batch says so at its end."""
    if _batch.get() is None and vars(instance).pop(_SETTLES, False):
        privacy.privacy_is_applied()


def _realign(tree_path: str) -> None:
    subtree.realign(tree_path, at=datetime.now(UTC))
    pages = Page.objects.filter(pk__in=_holding_private_files(), path__startswith=tree_path)
    refresh(pages.values_list("pk", flat=True))


def _tops(paths: Iterable[str]) -> list[str]:
    """Those of the paths that do not stand below another of them."""
    tops: list[str] = []
    for path in sorted(paths, key=len):
        if not any(path.startswith(top) for top in tops):
            tops.append(path)
    return tops


@transaction.atomic
def catch_up_with_privacy() -> None:
    """Bring entries up to privacy that was changed around the code, once, whoever asks first."""
    privacy.hold_privacy()
    if privacy.privacy_waits():
        realign_everything(refreshing=_refresh_or_hide)


@transaction.atomic
def realign_everything(*, refreshing: Callable[[Iterable[int]], None] = refresh) -> None:
    """Privacy may have changed anywhere, of pages and of collections."""
    subtree.realign_everything(at=datetime.now(UTC))
    paths = privacy.collection_restrictions().rules
    private = [Q(collection__path__startswith=path) for path in paths]
    files = keys_where(reduce(or_, private)) if private else []
    refreshing({*_holding_private_files(), *holding(files)})
    privacy.privacy_is_applied()


def _refresh_or_hide(page_ids: Iterable[int]) -> None:
    """The same where no editor is there to be told: what cannot be projected is shown no more."""
    wanted, at = sorted(page_ids), datetime.now(UTC)
    for start in range(0, len(wanted), CHUNK):
        _follow(_specific(wanted[start : start + CHUNK]), at=at, reading=_those_readable)


def _those_readable(pages: Sequence["BasePage"], *, at: datetime) -> list[Projection]:
    readable, failed = readable_of(pages, at=at)
    for pk, failure in failed.items():
        logger.error("page_hidden page=%s reason=%s", pk, failure)
    return readable


def _holding_private_files() -> list[int]:
    """The pages that hold files for which more is asked than for the page."""
    holders = Holding.objects.exclude(gate__rule="[]").filter(entry__page_id__isnull=False)
    return [pk for pk in holders.values_list("entry__page_id", flat=True).distinct() if pk]


def moved(old_path: str, new_path: str, tree_path: str | None) -> None:
    """A page and all below it have new addresses, and perhaps stand in another section."""
    section = None
    if tree_path is not None:
        section = sections_at([tree_path[:TOP]]).get(tree_path[:TOP], "")
    subtree.moved(old_path, new_path, section=section, at=datetime.now(UTC))


def _follow(
    pages: Sequence["BasePage"],
    *,
    at: datetime,
    reading: Callable[..., list[Projection]] = projections_of,
) -> None:
    present = [shown for page in pages if (shown := _shown(page)) is not None]
    projections = reading(present, at=at)
    absent = {page.pk for page in pages} - {one.page_id for one in projections}
    if absent:
        publish.retire(Q(page_id__in=absent), at=at)
    weights = {page.entry_key: _weight_of(page) for page in present}
    publish.put(projections, at=at, weights=weights)


def _shown(page: "BasePage") -> "BasePage | None":
    """What readers get of a page, now or later: its live row, or the revision that is scheduled."""
    if page.live:
        return page
    if page.go_live_at is None:
        return None
    revision = page.scheduled_revision
    draft: BasePage | None = None if revision is None else revision.as_object()
    # Readers do not wait for the worker that publishes it, which would be refused.
    return None if draft is None or draft.unfit() else draft


def _weight_of(page: "BasePage") -> Weight:
    """The editor's choice; a note that was told already is not told again."""
    if page.change_weight != Change.Weight.MATERIAL and not page.change_note:
        return Weight(Change.Weight.MINOR)
    last = Change.objects.filter(key=page.entry_key).exclude(note="").last()
    if last is not None and last.note == page.change_note:
        return Weight(Change.Weight.MINOR)
    return Weight(page.change_weight, page.change_note)


def entries_of_no_page() -> list[int]:
    """Page ids of entries whose page is gone or no longer shown: drift, if there are any."""
    pks = Entry.objects.exclude(page_id=None).values_list("page_id", flat=True)
    held = {pk for pk in pks if pk is not None}
    return sorted(held - set(Page.objects.values_list("pk", flat=True)))
