"""Changes of many entries at once, which their passages follow later. Only PostgreSQL puts off.

Until then ``rules.in_both`` reads what the entry itself says, so nothing is found, hidden or
counted too late. A trigger puts off what statements change (``tables``), ``put_off`` what moves.
"""

from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from cms.entries.models import Entry
from search.engines.embedded import interning
from search.engines.embedded.rules import WITH_SHELF
from search.engines.embedded.tables import COPIED, MANY
from search.engines.embedded.writing import sorted_in_at_the_end
from search.models import Lagging

BATCH = 500


def is_for(number: int) -> bool:
    """Whether a change of so many entries is put off."""
    return connection.vendor == "postgresql" and number > MANY


def put_off(entry_ids: Sequence[int]) -> None:
    """Ask the entries instead of their passages, until those have caught up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_lagging (entry_id) SELECT unnest(%s::bigint[]) "
            "ON CONFLICT DO NOTHING",
            [list(entry_ids)],
        )


def catch_up(*, batch: int = BATCH) -> Iterator[int]:
    """Bring passages up to their entries. Yields how many entries were done.

    Any number of processes may do this at once. Nobody is waited for: an entry that is being
    changed stays for the next turn.
    """
    if connection.vendor != "postgresql":
        return
    while done := _some(batch):
        yield done


@transaction.atomic
def _some(batch: int) -> int:
    ids = list(
        Lagging.objects.select_for_update(skip_locked=True)
        .order_by("entry_id")
        .values_list("entry_id", flat=True)[:batch]
    )
    # Whoever changes an entry holds its row. What is read after this is its last word.
    held = list(
        Entry.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in=ids)
        .values_list("pk", flat=True)
    )
    busy = set(Entry.objects.filter(pk__in=ids).values_list("pk", flat=True)) - set(held)
    done = [id_ for id_ in ids if id_ not in busy]
    interning.shelves_of(held)
    with sorted_in_at_the_end(len(held)), connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [held])
    Lagging.objects.filter(pk__in=done).delete()
    return len(done)


_FOLLOW = (
    f"UPDATE search_passage p SET {', '.join(f'{one} = e.{one}' for one in COPIED)}, "
    f"shelf_id = coalesce(s.id, p.shelf_id) FROM entries_entry e {WITH_SHELF} "
    "WHERE p.entry_id = e.id AND e.id = ANY(%s)"
)
