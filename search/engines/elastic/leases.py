"""Doing something alone, across processes and machines, on any database.

Nothing depends on it being so: writes are versioned. It saves work, and a killed process gives its
lease up by saying nothing.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from search.engines.elastic.models import Lease


def take(name: str, owner: str, *, at: datetime, lasting: timedelta) -> bool:
    """Take or renew it. Says no while somebody else has it."""
    # A date far ahead is from a clock that was set back since.
    over = Q(until__lt=at) | Q(until__gt=at + 4 * lasting)
    mine = Lease.objects.filter(Q(owner=owner) | over, name=name)
    if mine.update(owner=owner, until=at + lasting):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, owner=owner, until=at + lasting)
    except IntegrityError:
        return False
    return True


def holder(name: str, *, at: datetime) -> Lease | None:
    """Who has it now."""
    return Lease.objects.filter(name=name, until__gte=at).first()


def give_up(name: str, owner: str) -> None:
    Lease.objects.filter(name=name, owner=owner).delete()
