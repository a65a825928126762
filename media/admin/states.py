"""How a file stands, in words for lists and forms: what an editor has to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media.models import Scan

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class State:
    """One thing to know of a file. ``tone``: ``bad`` is not delivered, ``warn`` wants somebody."""

    code: str
    label: str
    tone: str = "warn"


def states_of(asset: Any, at: datetime) -> list[State]:
    """What an editor should know of a file at a moment, the gravest first."""
    return [*_closed(asset, at), *_waiting(asset, at), *_scan(asset), *_made(asset)]


def _closed(asset: Any, at: datetime) -> list[State]:
    if asset.withdrawn_at:
        return [State("withdrawn", _("withdrawn"), "bad")]
    if asset.closes_at and asset.closes_at <= at:
        return [State("ended", _("rights ended on %s") % _day(asset.closes_at), "bad")]
    if asset.closes_at and asset.closes_at <= at + SOON:
        return [State("ending", _("rights end on %s") % _day(asset.closes_at))]
    return []


def _waiting(asset: Any, at: datetime) -> list[State]:
    found = []
    if asset.opens_at and asset.opens_at > at:
        moment = date_format(localtime(asset.opens_at), "SHORT_DATETIME_FORMAT")
        found.append(State("embargoed", _("embargo until %s") % moment, "calm"))
    if not asset.is_confirmed:
        found.append(State("unconfirmed", _("rights not confirmed")))
    return found


def _scan(asset: Any) -> list[State]:
    if asset.scan in {Scan.CLEAN, Scan.UNSCANNED}:
        return []
    tone = "calm" if asset.scan == Scan.PENDING else "bad"
    return [State(f"scan-{asset.scan}", str(Scan(asset.scan).label), tone)]


def _made(asset: Any) -> list[State]:
    if not getattr(asset, "render_error", ""):
        return []
    return [State("render", _("sizes could not be made"), "bad")]


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")


FILTERS: dict[str, tuple[str | Promise, Callable[[datetime], Q]]] = {
    "unconfirmed": (gettext_lazy("Not confirmed"), lambda at: Q(is_confirmed=False)),
    "ending": (
        gettext_lazy("Ending within 30 days"),
        lambda at: Q(closes_at__gt=at, closes_at__lte=at + SOON),
    ),
    "ended": (gettext_lazy("Ended"), lambda at: Q(closes_at__lte=at)),
    "embargoed": (gettext_lazy("Under embargo"), lambda at: Q(opens_at__gt=at)),
    "withdrawn": (gettext_lazy("Withdrawn"), lambda at: Q(withdrawn_at__isnull=False)),
}
"""What lists can be narrowed to: a label, and the condition at a moment."""
