"""What a file says of itself, beside what the form holds."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.dateparse import parse_date, parse_datetime

from media.rights import DATA_MINING, SOURCE_TYPES

Said = Mapping[str, Any]

SOURCES: dict[str, str] = {
    "creator": "creator",
    "credit": "credit",
    "copyright": "copyright",
    "usage_terms": "usage_terms",
    "web_statement": "web_statement",
    "caption": "caption",
    "description": "alt",
    "persons": "persons",
    "taken_on": "taken_on",
    "opens_at": "release",
    "closes_at": "expires",
    "source_type": "source_type",
    "data_mining": "data_mining",
}
"""Our fields, and the names of ``media.metadata.values.Found``."""

_CODES = {
    "source_type": {code for code, _label in SOURCE_TYPES},
    "data_mining": {code for code, _label in DATA_MINING},
}
_READ: dict[str, Callable[[Any], Any]] = {
    "persons": lambda said: "; ".join(said),
    "taken_on": lambda said: parse_date(said[:10]),
    "opens_at": parse_datetime,
    "closes_at": parse_datetime,
}


def proposed(said: Said, model: type[Model]) -> dict[str, Any]:
    """Values for the fields of a model, from what was read in a file. What does not fit is cut."""
    values = {}
    for name, source in SOURCES.items():
        if said.get(source) and (value := _value(name, said[source], model)):
            values[name] = value
    return values


def _value(name: str, said: Any, model: type[Model]) -> Any:
    try:
        value = _READ.get(name, str)(said)
    except (TypeError, ValueError):
        return None
    if name in _CODES:
        return value if value in _CODES[name] else None
    if isinstance(value, date):
        return value
    length = getattr(model._meta.get_field(name), "max_length", None)
    return value[:length] if value and length else value


def differing(asset: Any) -> dict[str, Any]:
    """What the file says otherwise than the record does."""
    values = proposed(asset.proposed or {}, type(asset))
    return {name: value for name, value in values.items() if getattr(asset, name) != value}


def fill(asset: Any) -> None:
    """Take over what the file says where the record says nothing."""
    for name, value in proposed(asset.proposed or {}, type(asset)).items():
        if not getattr(asset, name):
            setattr(asset, name, value)
