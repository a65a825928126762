"""Pages whose files open or close by time alone.

Bytes, parts and search follow the moment itself. What waits for this look is only what stands in a
card: a lead picture whose embargo has ended, or whose rights have.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cms.entries.models import Cursor, Holding
from pages.base import publishing

CONSUMER = "moments"


@transaction.atomic
def follow_moments(at: datetime) -> int:
    """Project the pages whose files passed a moment since the last look. Gives how many."""
    cursor, is_new = Cursor.objects.select_for_update().get_or_create(
        consumer=CONSUMER, defaults={"moment": at}
    )
    if is_new or at <= cursor.moment:
        return 0
    passed = Q(opens_at__gt=cursor.moment, opens_at__lte=at)
    passed |= Q(closes_at__gt=cursor.moment, closes_at__lte=at)
    holders = Holding.objects.filter(passed, entry__page_id__isnull=False)
    held = holders.values_list("entry__page_id", flat=True).distinct()
    pages = [pk for pk in held if pk is not None]
    publishing.refresh(pages)
    cursor.moment = at
    cursor.save(update_fields=["moment"])
    return len(pages)
