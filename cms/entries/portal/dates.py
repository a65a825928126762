"""Days and moments in words."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from cms.entries.portal.tongues import REGIONS, interface_language

A_WEEK = 6


def day_of(value: Any) -> date | None:
    moment = moment_of(value)
    return moment.date() if moment else None


@lru_cache(maxsize=4096)
def _parsed(text: str, _zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-11-25"):
        return timezone.make_aware(moment)  # a day, here
    return timezone.localtime(moment if moment.tzinfo else timezone.make_aware(moment))


@lru_cache(maxsize=4096)
def _here(moment: datetime, _zone: str) -> datetime:
    """The same moment by the clock here; each page asks it of its own moment many times."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else timezone.make_aware(moment)


def moment_of(value: Any) -> datetime | None:
    """A moment here, from RFC 3339 text, a date or a datetime; ``None`` for anything else."""
    if isinstance(value, str):
        return _parsed(value, timezone.get_current_timezone_name())
    if isinstance(value, datetime):
        return _here(value, timezone.get_current_timezone_name())
    if isinstance(value, date):
        return moment_of(value.isoformat())
    return None


@lru_cache(maxsize=4096)
def _in_words(day: date, style: str, tongue: str) -> str:
    """A day as people of the language write it. Styles: ``EEEE``, ``long``, or a CLDR skeleton."""
    region = REGIONS.get(tongue, tongue)
    if style in {"EEEE", "long"}:
        words = format_date(day, style, locale=region)
    else:
        words = format_skeleton(style, day, locale=region)
    if tongue == "fr" and day.day == 1:
        head, found, tail = words.partition("1 ")
        words = f"{head}1er {tail}" if found and not head.endswith(tuple("0123456789")) else words
    return words.replace(",", "") if tongue == "en" else words


def _words(day: date, style: str) -> str:
    return _in_words(day, style, interface_language())


def day(value: Any) -> str:
    """25 November 2026."""
    found = day_of(value)
    return _words(found, "long") if found else ""


def long_day(value: Any) -> str:
    """Wednesday 25 November 2026."""
    found = day_of(value)
    return f"{_words(found, 'EEEE')} {_words(found, 'long')}" if found else ""


def short_day(value: Any, today: Any = None) -> str:
    """25 Nov, with the year when it is another one."""
    found = day_of(value)
    if found is None:
        return ""
    same_year = found.year == (day_of(today) or timezone.localdate()).year
    return _words(found, "MMMd" if same_year else "yMMMd")


def moment(value: Any, today: Any = None) -> str:
    """For threads: Today, 08:45 · Friday 20 Nov, 16:32 · 16 Nov, 18:00 · 16 Nov 2025."""
    found = moment_of(value)
    if found is None:
        return ""
    now = day_of(today) or timezone.localdate()
    days = (now - found.date()).days
    clock = f"{found:%H:%M}"
    if days in {0, 1}:
        near = gettext("Yesterday") if days else gettext("Today")
        return f"{near}, {clock}"
    if 1 < days <= A_WEEK:
        return f"{capfirst(_words(found.date(), 'EEEE'))} {short_day(found, now)}, {clock}"
    if found.year == now.year:
        return f"{short_day(found, now)}, {clock}"
    return short_day(found, now)


def within(words: str) -> str:
    """A moment in words where it is not at the beginning: today, 08:45; vendredi 20 nov., 16:32."""
    near = (gettext("Yesterday"), gettext("Today"))
    if interface_language() != "en" or words.startswith(near):
        return f"{words[:1].lower()}{words[1:]}"
    return words  # Friday 20 Nov, 16:32


def when(value: Any, today: Any = None) -> str:
    """For the narrow column of a list: 08:45 · Yesterday 16:32 · Friday 16:32 · 16 Nov."""
    found = moment_of(value)
    if found is None:
        return ""
    now = day_of(today) or timezone.localdate()
    days = (now - found.date()).days
    clock = f"{found:%H:%M}"
    if days == 0:
        return clock
    if days == 1:
        return " ".join((gettext("Yesterday"), clock))
    if 1 < days <= A_WEEK:
        return f"{capfirst(_words(found.date(), 'EEEE'))} {clock}"
    return short_day(found, now)


def is_past(value: Any, today: Any = None) -> bool:
    """Whether a day is over."""
    found = day_of(value)
    return found is not None and found < (day_of(today) or timezone.localdate())


def is_to_come(value: Any, today: Any = None) -> bool:
    """Whether a day has not begun."""
    found = day_of(value)
    return found is not None and found > (day_of(today) or timezone.localdate())
