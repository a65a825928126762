"""Writing down what is asked: in memory first, in one statement later, never at a search's cost.

Some seconds of the log are lost when a process is killed. Nothing else depends on it.
"""

import atexit
import logging
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import randbits
from threading import Lock

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, transaction

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.patience import waiting_at_most
from search.analysis import fold
from search.insight.masking import masked
from search.insight.models import Asked, Click
from search.insight.pseudonyms import pseudonym
from search.query import clean

logger = logging.getLogger(__name__)

WAITING = 50
EVERY = 5.0  # seconds
MOST_WAITING = 2_000
PATIENCE = 25  # milliseconds that a flush waits for SQLite's one writer
CLOCKS_DIFFER = timedelta(minutes=1)
CLICK_WITHIN = timedelta(days=1)
MOST_POSITION = 100_000
LONGEST = 2_000
FORGET_AT_ONCE = 5_000
MOST = 2**31 - 1
AFTER_A_FAULT = 1.0  # seconds
_RANDOM_BITS = 22

_waiting: deque[Asked | Click] = deque(maxlen=MOST_WAITING)
_taken_back: deque[int] = deque(maxlen=MOST_WAITING)
_flushed_at = 0.0
_not_before = 0.0
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A search that was answered, as far as it is written down."""

    text: str
    engine: str
    total: int
    milliseconds: float
    locale: str = ""
    filters: str = ""  # JSON
    page: int = 1
    correction: str = ""  # the query that was offered, or answered, instead
    is_correction_accepted: bool = False
    promoted: int = 0
    is_degraded: bool = False


def note(answered: Answered, reader: Reader) -> str:
    """Write a search down, soon. Returns the id by which clicks on its results are told.

    Empty when nothing is kept. The id works for this reader only: it has no place in an answer
    that others get too.
    """
    if not settings.SEARCH_LOG_DAYS or reader.grants.seen_by:
        return ""
    who = _pseudonym(reader, reader.at)
    text = masked(clean(answered.text))
    asked = Asked(
        id=_new_id(reader.at),
        at=reader.at,
        reader=who,
        text=text[:500],
        folded=" ".join(fold(text).split())[:500],
        locale=clean(answered.locale)[:12],
        filters=_filters(answered.filters),
        engine=answered.engine[:40],
        total=_number(answered.total),
        milliseconds=_number(answered.milliseconds),
        page=_number(answered.page),
        correction=masked(clean(answered.correction))[:500],
        is_correction_accepted=answered.is_correction_accepted,
        promoted=min(answered.promoted, 100),
        is_degraded=answered.is_degraded,
    )
    _add(asked)
    return _signer(who).sign(_short(asked.id))


def click(ask_id: str, key: str, position: int, reader: Reader) -> bool:
    """Write down that a result was opened. Whether it counts.

    It does if the id is this reader's, from today, and the entry one that they may read. One query.
    Raises ``StaleReader``.
    """
    if not settings.SEARCH_LOG_DAYS or not 1 <= position <= MOST_POSITION:
        return False
    number = _asked_by(ask_id, reader)
    if number is None or not key.isprintable() or key not in read.cards_of([key], reader):
        return False
    _add(Click(asked_id=number, key=key, position=position, at=reader.at))
    return True


def take_back(ask_id: str, reader: Reader) -> None:
    """Its reader has typed on: what was asked on the way to the next search counts as nothing.

    Unless a result was opened meanwhile.
    """
    number = _asked_by(ask_id, reader)
    if number is None:
        return
    with _lock:
        found = [row for row in _waiting if number in (row.pk, getattr(row, "asked_id", None))]
        if not found:
            _taken_back.append(number)
        elif len(found) == 1 and isinstance(found[0], Asked):
            _waiting.remove(found[0])


def flush() -> None:
    """Write what waits. A fault is told to the operator and to nobody else."""
    global _flushed_at, _not_before
    with _lock:
        rows, taken_back = list(_waiting), list(_taken_back)
        _waiting.clear()
        _taken_back.clear()
        _flushed_at = time.monotonic()
    if not rows and not taken_back:
        return
    try:
        # A search does not queue behind whoever writes: its notes wait for another time.
        with waiting_at_most(PATIENCE), transaction.atomic():
            asked = [row for row in rows if isinstance(row, Asked)]
            Asked.objects.bulk_create(asked, ignore_conflicts=True)
            clicks = [row for row in rows if isinstance(row, Click)]
            Click.objects.bulk_create(clicks)
            _accept_corrections(clicks)
            if taken_back:
                Asked.objects.filter(pk__in=taken_back, clicks=None).delete()
    except DatabaseError as error:
        logger.warning("searches_not_noted waiting=%d error=%s", len(rows), error)
        with _lock:
            _not_before = time.monotonic() + AFTER_A_FAULT
            # The oldest first again; what does not fit any more is lost.
            _waiting.extendleft(reversed(rows[: MOST_WAITING - len(_waiting)]))
    except Exception:
        logger.exception("searches_lost count=%d", len(rows))


def forget_old(at: datetime) -> int:
    """Delete what is older than it may be kept. Some thousand rows at a time. How many went."""
    before = at - timedelta(days=settings.SEARCH_LOG_DAYS)
    return _delete_before(Click, before) + _delete_before(Asked, before)


def forget() -> None:
    """Drop what waits in this process."""
    global _flushed_at, _not_before
    with _lock:
        _waiting.clear()
        _taken_back.clear()
        _flushed_at, _not_before = time.monotonic(), 0.0


def _add(row: Asked | Click) -> None:
    global _flushed_at
    with _lock:
        now = time.monotonic()
        _flushed_at = _flushed_at or now
        _waiting.append(row)
        is_due = len(_waiting) >= WAITING or now - _flushed_at >= EVERY
    if is_due and now >= _not_before:
        flush()


def _accept_corrections(clicks: list[Click]) -> None:
    """Whoever opens a result of a corrected query took the correction."""
    asked = {one.asked_id for one in clicks}
    if asked:
        offered = Asked.objects.filter(pk__in=asked).exclude(correction="")
        offered.update(is_correction_accepted=True)


def _delete_before(model: type[Asked] | type[Click], before: datetime) -> int:
    gone = 0
    while True:
        ids = list(
            model._default_manager.filter(at__lt=before).values_list("pk", flat=True)[
                :FORGET_AT_ONCE
            ]
        )
        if not ids:
            return gone
        model._default_manager.filter(pk__in=ids).delete()
        gone += len(ids)


def _pseudonym(reader: Reader, at: datetime) -> str:
    return pseudonym(reader.person.id if reader.person else None, at)


def _new_id(at: datetime) -> int:
    """A number that rises with time, and that no other process makes."""
    return int(at.timestamp() * 1000) << _RANDOM_BITS | randbits(_RANDOM_BITS)


def _filters(text: str) -> str:
    """Whole, or not at all: half of them would be no JSON."""
    kept = masked(text.replace(chr(0), "").encode(errors="replace").decode())
    return kept if len(kept) <= LONGEST else ""


def _number(value: float) -> int:
    return min(max(round(value), 0), MOST)


def _short(number: int) -> str:
    return f"{number:x}"


def _signer(who: str) -> Signer:
    return Signer(salt=f"search.asked:{who}")


def _asked_by(ask_id: str, reader: Reader) -> int | None:
    """The number in an id, if it was given to this reader not long ago."""
    try:
        number = int(ask_id.partition(":")[0], 16)
        at = datetime.fromtimestamp((number >> _RANDOM_BITS) / 1000, UTC)
        _signer(_pseudonym(reader, at)).unsign(ask_id)
    except (BadSignature, ValueError, OverflowError, OSError):
        return None
    return number if -CLOCKS_DIFFER <= reader.at - at <= CLICK_WITHIN else None


atexit.register(flush)
