"""What is due: scheduled revisions go live, expired pages are unpublished.

Readers do not wait for this: their rule looks at the clock. It brings the editors' side along, and
what readers get of a scheduled draft is then the live page.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from cms.entries.projection import ProjectionFailed

logger = logging.getLogger(__name__)

REFUSED = "pages.publish.refused"
"""In a page's history: it did not go live when it was to."""
SAY_AGAIN = 600.0
"""Seconds before something that keeps failing is named again."""


@dataclass(slots=True)
class Due:
    """What was done, and the names of what could not be done."""

    published: int = 0
    expired: int = 0
    failed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.published or self.expired or self.failed)


def publish_due(at: datetime, *, told: dict[str, float] | None = None) -> Due:
    """Unpublish what has expired and publish what is due, each in a transaction of its own.

    One that fails is logged by name and does not stop the others. A lost database does: the caller
    tries again later. ``told`` is the caller's memory of what it has logged, and when.
    """
    due = Due()
    told = {} if told is None else told
    expired = Page.objects.filter(live=True, expire_at__lte=at).order_by("expire_at")
    due.expired = _each(expired, _unpublish, due.failed, told)
    scheduled = Revision.objects.filter(approved_go_live_at__lte=at).order_by(
        "approved_go_live_at", "pk"
    )
    due.published = _each(scheduled, _publish, due.failed, told)
    return due


def _each(
    wanted: QuerySet[Any], act: Callable[[Any], None], failed: list[str], told: dict[str, float]
) -> int:
    done = 0
    for pk in _keys(wanted):
        try:
            done += _one(wanted, pk, act)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            name = _name_of(wanted, pk)
            failed.append(name)
            if isinstance(error, ProjectionFailed) and wanted.model is Revision:
                _tell_editors(pk, str(error))
            if time.monotonic() - told.get(name, -SAY_AGAIN) >= SAY_AGAIN:
                told[name] = time.monotonic()
                logger.exception("not_done_on_time %s", name)
    return done


def _keys(wanted: QuerySet[Any]) -> Iterable[int]:
    return list(wanted.values_list("pk", flat=True))


def _one(wanted: QuerySet[Any], pk: int, act: Callable[[Any], None]) -> bool:
    """Do it if it is still to be done. Another worker may be at it, or an editor was quicker."""
    with transaction.atomic():
        may_skip = connection.features.has_select_for_update_skip_locked
        # SQLite needs no row lock: a transaction begins by taking the only write lock there is.
        thing = wanted.select_for_update(skip_locked=may_skip).filter(pk=pk).first()
        if thing is None:
            return False
        act(thing)
        return True


def _unpublish(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")


def _tell_editors(pk: int, reason: str) -> None:
    """Into the page's history, once for a reason. It is tried again until somebody mends it."""
    revision = Revision.objects.filter(pk=pk).first()
    page = revision.content_object if revision is not None else None
    if not isinstance(page, Page):
        return
    told = PageLogEntry.objects.filter(page=page.pk, revision=pk, action=REFUSED)
    if not told.filter(data__reason=reason).exists():
        log(instance=page, action=REFUSED, revision=revision, data={"reason": reason})


def refusal_of(page_id: int, at: datetime) -> str:
    """Why the page did not go live when it was to, for its editors; empty where it is not late."""
    late = Revision.page_revisions.filter(
        object_id=str(page_id), approved_go_live_at__lte=at
    ).values_list("pk", flat=True)
    told = PageLogEntry.objects.filter(page=page_id, revision__in=list(late), action=REFUSED)
    last = told.order_by("-timestamp", "-pk").first()
    return str(last.data["reason"]) if last is not None else ""


def _name_of(wanted: QuerySet[Any], pk: int) -> str:
    thing = wanted.filter(pk=pk).first()
    return f"{wanted.model.__name__.lower()} {pk} {thing or ''}".rstrip()
