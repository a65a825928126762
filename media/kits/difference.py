"""What changed from one version of a kit to another. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

NO_CHANGE_OF_FILE = ("number",)
"""What older versions say of an item, and is nothing new: numbers are given when a kit is read."""


class Listed(Protocol):
    """A thing in a version."""

    @property
    def anchor(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def source_id(self) -> int: ...
    @property
    def recipe(self) -> str: ...
    @property
    def said(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    ``what`` is added, removed, replaced (other bytes) or corrected (other words or rights).
    """

    what: str
    anchor: str
    kind: str
    name: str
    title: str
    number: int | None  # of a photo, now; whoever knows the moment says it
    fields: tuple[str, ...] = ()  # which of its words were corrected


def difference(old: Sequence[Listed], new: Sequence[Listed]) -> tuple[Change, ...]:
    """Everything that differs, in the order of the new version, then what is gone."""
    before = {one.anchor: one for one in old}
    changes = [
        change for one in new if (change := _change(before.pop(one.anchor, None), one)) is not None
    ]
    return (*changes, *(_named("removed", one) for one in before.values()))


def _change(before: Listed | None, now: Listed) -> Change | None:
    if before is None:
        return _named("added", now)
    if before.source_id != now.source_id:
        return _named("replaced", now)
    fields = tuple(
        name
        for name in sorted({*before.said, *now.said} - set(NO_CHANGE_OF_FILE))
        if before.said.get(name) != now.said.get(name)
    )
    if fields or before.recipe != now.recipe or before.name != now.name:
        return _named("corrected", now, fields)
    return None


def _named(what: str, one: Listed, fields: tuple[str, ...] = ()) -> Change:
    return Change(
        what=what,
        anchor=one.anchor,
        kind=one.kind,
        name=one.name,
        title=str(one.said.get("title") or one.name),
        number=None,
        fields=fields,
    )
