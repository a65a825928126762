"""Moments of embargoes and screenings, in words. Pure: the present is an argument."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cms.entries.portal.dates import long_day, short_day

A_DAY = timedelta(days=1)


def until(end: datetime, at: datetime) -> str:
    """«in 1 day, 21 h 40», «in 21 h 40», «in 5 min», «in less than a minute»; empty when over."""
    left = end - at
    if left <= timedelta(0):
        return ""
    days, rest = divmod(left, A_DAY)
    hours, minutes = divmod(int(rest.total_seconds()) // 60, 60)
    clock = f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes:02}"
    if days:
        counted = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return _("in %(days)s, %(clock)s") % {"days": counted, "clock": clock}
    if hours:
        return _("in %(clock)s") % {"clock": clock}
    if minutes:
        return _("in %(n)s min") % {"n": minutes}
    return _("in less than a minute")


def running_time(minutes: int | None) -> str:
    """«1 h 58», «48 min»."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\N{NO-BREAK SPACE}min"
    return f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{rest:02}"


def lasting(seconds: float | None) -> str:
    """How long a film plays: «1 min 52 s», «48 s». Nothing where it was not measured."""
    if not seconds:
        return ""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    if not minutes:
        return f"{rest}\N{NO-BREAK SPACE}s"
    if not rest:
        return f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{minutes}\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}{rest}\N{NO-BREAK SPACE}s"


def exactly(moment: datetime) -> str:
    """«Wednesday 25 November 2026, 09:00, Paris time», with the seconds where there are any."""
    there = timezone.localtime(moment)
    city = timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")
    return _("%(day)s, %(clock)s, %(city)s time") % {
        "day": long_day(there),
        "clock": _clock(there),
        "city": city,
    }


def shortly(moment: datetime, at: datetime) -> str:
    """«25 Nov, 09:00»; for today and tomorrow by name."""
    there, here = timezone.localtime(moment), timezone.localtime(at)
    days = (there.date() - here.date()).days
    near = {0: _("Today"), 1: _("Tomorrow")}
    day = near.get(days) or short_day(there, here)
    return f"{day}, {there:%H:%M}"


def _clock(there: datetime) -> str:
    """As sentences write it: «9 h», «9 h 30» in French."""
    if not (get_language() or "").startswith("fr"):
        return f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"
    space = "\N{NO-BREAK SPACE}"
    clock = f"{there.hour}{space}h"
    if there.minute or there.second:
        clock += f"{space}{there:%M}"
    return f"{clock}{space}min{space}{there.second}{space}s" if there.second else clock
