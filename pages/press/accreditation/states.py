"""The states of an accreditation, as values: which one at a moment, and what may follow."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.problems import Problem

RENEWABLE_BEFORE = timedelta(days=60)
RENEWABLE_AFTER = timedelta(days=365)
SHORTEST = timedelta(days=30)
"""An accreditation that would end sooner than this by default runs a year longer."""


class Stored(models.TextChoices):
    """What was decided; the only states that are ever written."""

    REQUESTED = "requested", pgettext_lazy("of an accreditation", "Requested")
    APPROVED = "approved", pgettext_lazy("of an accreditation", "Approved")
    REFUSED = "refused", pgettext_lazy("of an accreditation", "Refused")
    REVOKED = "revoked", pgettext_lazy("of an accreditation", "Revoked")


class State(StrEnum):
    """What was decided, seen at a moment."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """For people, in the active language."""
        return str(LABELS[self])


LABELS = {
    **{State(value): label for value, label in Stored.choices},
    State.EXPIRED: pgettext_lazy("of an accreditation", "Expired"),
}


class Action(StrEnum):
    """What the desk may do."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RENEW = "renew"
    EXPIRE = "expire"
    REVOKE = "revoke"
    ERASE = "erase"


MAY_FOLLOW = {
    State.REQUESTED: (Action.APPROVE, Action.REFUSE, Action.ERASE),
    State.APPROVED: (Action.RENEW, Action.EXPIRE, Action.REVOKE, Action.ERASE),
    State.EXPIRED: (Action.RENEW, Action.REVOKE, Action.ERASE),
    State.REFUSED: (Action.APPROVE, Action.ERASE),
    State.REVOKED: (Action.APPROVE, Action.ERASE),
}


class DecidedMeanwhile(Problem):
    """Somebody else decided first: the state no longer allows this action."""

    title = _("Somebody decided meanwhile. Look at the state, then decide again.")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditationStatus:
    """A person's accreditation as the portal shows it.

    ``until`` is the last day, in the portal's time zone. ``terms_to_accept`` is the version that
    is to be accepted before the next download, if any.
    """

    name: str
    outlet: str
    beat: str
    state: State
    until: date | None
    can_renew: bool
    is_renewal_asked: bool = False
    terms_to_accept: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether press material is open to the person at this moment."""
        return self.state == State.APPROVED


def state_at(stored: str, ends_at: datetime | None, at: datetime) -> State:
    """An approved accreditation is expired from its end on; no job writes that down."""
    if stored == Stored.APPROVED and ends_at is not None and ends_at <= at:
        return State.EXPIRED
    return State(stored)


def can_renew(stored: str, ends_at: datetime | None, at: datetime) -> bool:
    """Near its end and for a year after it. What was refused or revoked is asked anew."""
    if stored != Stored.APPROVED or ends_at is None:
        return False
    return ends_at - RENEWABLE_BEFORE <= at < ends_at + RENEWABLE_AFTER


def usual_last_day(today: date) -> date:
    """31 December, of the next year where this one has less than thirty days left."""
    end = date(today.year, 12, 31)
    return end if end - today >= SHORTEST else date(today.year + 1, 12, 31)


def end_of(day: date, zone: str) -> datetime:
    """The moment after a day's last one, in a time zone of the IANA database."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))


def last_day(ends_at: datetime, zone: str) -> date:
    """The last day on which something that ends at this moment is open."""
    return (ends_at.astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)).date()
