"""Whether something with a first and a last day is in force."""

from datetime import date

from django.utils import timezone

RUNNING = "running"
OVER = "over"
NOT_YET = "not-yet"


def today() -> date:
    """The day that it is where the company is."""
    return timezone.localdate()


def state_of(starts_on: date, ends_on: date, on: date | None = None) -> str:
    """What a day is to these two, both included."""
    day = on or today()
    if day < starts_on:
        return NOT_YET
    return OVER if day > ends_on else RUNNING
