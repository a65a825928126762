"""How long the log is kept, what a person may see of theirs, and forgetting them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from cms.accounts.models import User
from media.downloads.models import Download, FileState, Notice, Taken, Told

AT_ONCE = 2_000


def keeps_for() -> timedelta:
    """By the setting ``DOWNLOAD_LOG_DAYS``."""
    return timedelta(days=settings.DOWNLOAD_LOG_DAYS)


def forget_old(at: datetime) -> int:
    """Delete what is older than it may be kept, some thousand rows at a time. How many went.

    A download counts from its last byte. With it goes what its taker was told.
    """
    before = at - keeps_for()
    gone = 0
    while ids := list(
        Download.objects.filter(last_at__lt=before).values_list("pk", flat=True)[:AT_ONCE]
    ):
        with transaction.atomic():
            Taken.objects.filter(download__in=ids).delete()
            Download.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    Notice.objects.exclude(state=Notice.State.PENDING).filter(ended_at__lt=before).delete()
    taken = Taken.objects.filter(state=OuterRef("pk"))
    FileState.objects.filter(~Exists(taken)).delete()
    return gone


def of_person(person: User) -> Iterator[Taken]:
    """Everything the log has of somebody, file by file, oldest first."""
    rows = Taken.objects.filter(download__person=person).select_related("download")
    return rows.order_by("download__started_at", "position").iterator(chunk_size=AT_ONCE)


@transaction.atomic
def forget_person(person: User) -> int:
    """Take a person out of the log: downloads are still counted, and nobody's. How many it was.

    The outlet stays, unless they are all of it. They are told of nothing any more.
    """
    rows = Download.objects.filter(person=person)
    outlet = person.organisation
    if outlet is not None and not outlet.members.exclude(pk=person.pk).exists():
        rows.update(organisation=None, outlet="")
    Told.objects.filter(person=person).update(person=None)
    Taken.objects.filter(download__person=person).update(told="")
    return rows.update(
        person=None,
        token=None,
        taker=Concat(Value("x"), Cast(F("pk"), CharField())),
    )
