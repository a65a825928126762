"""When to look: at a file that was saved, at entries that changed, at all of it now and then."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django_tasks import task

from cms.accounts.identity import now
from cms.entries import feed
from cms.entries.models import Cursor, FeedHead
from media.downloads import looking, telling
from media.downloads.models import Taken
from media.library import MODELS

logger = logging.getLogger(__name__)

CONSUMER = "recall"
AT_ONCE = 1000


def connect() -> None:
    """Hear of every file that is saved. Called once, when Django is ready."""
    for model in MODELS.values():
        post_save.connect(_saved, sender=model, dispatch_uid=f"downloads-{model.kind}")


def turn(at: datetime) -> bool:
    """What the worker does every few seconds: look at what changed, send what is due.

    Says whether there is more in the feed.
    """
    is_more = follow_feed(at)
    telling.send_due(at)
    return is_more


def sweep(at: datetime) -> None:
    """What the worker does every hour: look at everything that was taken."""
    looking.look(looking.all_files(), at)
    telling.send_due(at)


def follow_feed(at: datetime) -> bool:
    """Read on in the feed of entries. Before its first turn, nothing is news.

    Two queries, and no lock, while nothing is published.
    """
    head = FeedHead.objects.values_list("last", flat=True).first() or 0
    cursor, _is_new = Cursor.objects.get_or_create(consumer=CONSUMER, defaults={"number": head})
    return cursor.number < head and _read_on(at)


@transaction.atomic
def _read_on(at: datetime) -> bool:
    cursor = Cursor.objects.select_for_update().get(consumer=CONSUMER)
    changes = feed.after(cursor.number, limit=AT_ONCE)
    if not changes:
        return False
    looking.look(looking.files_of({change.key for change in changes}), at)
    looking.follow_entries(changes)
    cursor.number = changes[-1].number
    cursor.save(update_fields=["number"])
    return len(changes) == AT_ONCE


@task(priority=0)
def look_at(file: str) -> None:
    """A file that people took was saved. Look at all that is withdrawn too: one mail for all."""
    at = now()
    looking.look({file, *looking.withdrawn_and_untold()}, at)
    telling.send_due(at)


def _saved(instance: Any, raw: bool, created: bool, **_kwargs: Any) -> None:  # noqa: FBT001
    if raw or created or not Taken.objects.filter(file=instance.file_key).exists():
        return
    transaction.on_commit(partial(look_at.enqueue, instance.file_key))
