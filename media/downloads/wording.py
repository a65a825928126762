"""What changed of a file, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from media.downloads.states import FIELDS
from media.kits.difference import difference
from media.rights import USES


class Then(Protocol):
    """What a file was or is."""

    @property
    def source_sha256(self) -> str: ...
    @property
    def said(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class _Compared:
    """As kits compare their items."""

    source_id: Any
    said: dict[str, Any]
    anchor: str = ""
    kind: str = ""
    file: str = ""
    name: str = ""
    recipe: str = ""
    number: int | None = field(default=None)


def differences(then: Then, now: Then) -> list[str]:
    """A line for other bytes and one for each field that says something else."""
    compared = difference([_as_item(then)], [_as_item(now)])
    if not compared:
        return []
    lines = [] if compared[0].what == "corrected" else [_("It is another file now.")]
    fields = [name for name in FIELDS if then.said.get(name, "") != now.said.get(name, "")]
    return [*lines, *(_line(name, then.said, now.said) for name in fields)]


def _as_item(one: Then) -> Any:
    return _Compared(source_id=one.source_sha256, said=dict(one.said))


def _line(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    values = {
        "field": FIELDS[name],
        "before": _value(name, then.get(name, "")),
        "after": _value(name, now.get(name, "")),
    }
    if not values["before"]:
        return _("%(field)s, new: “%(after)s”") % values
    if not values["after"]:
        return _("%(field)s, taken away: “%(before)s”") % values
    return _("%(field)s: “%(after)s” instead of “%(before)s”") % values


def _value(name: str, value: str) -> str:
    if name == "until" and (moment := _moment(value)) is not None:
        there = localtime(moment)
        return date_format(there, "DATETIME_FORMAT") + there.strftime(" %Z")
    if name == "uses":
        return ", ".join(str(USES.get(one, one)) for one in value.split())
    return " ".join(value.split())


def _moment(value: str) -> datetime | None:
    try:
        return parse_datetime(value)
    except ValueError:
        return None
