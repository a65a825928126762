"""Who asks. A reader is built once a request and handed to every question."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from cms.access.gates import Gates

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""``opens_at`` of what has no opening date."""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""``closes_at`` of what does not close."""


class Guarded(Protocol):
    """A thing with a gate and a time window."""

    @property
    def gate_id(self) -> int: ...
    @property
    def early_gate_id(self) -> int | None: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The account behind a reader, as far as pages and answers show it."""

    id: int
    name: str
    email: str
    organisation: str = ""
    language: str = ""
    is_editor: bool = False
    is_administrator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What a person's account and groups open: the part of a reader that is cached.

    Valid for one access version, and not after ``valid_until``.
    """

    person: Person | None
    groups: frozenset[int]
    gates: Gates
    open_gates: frozenset[int]
    valid_until: datetime
    scopes: frozenset[str] = frozenset({"read"})
    token_id: int | None = None
    seen_by: str = ""  # the administrator who looks through this person's eyes
    gate_list: str = field(default="", compare=False)  # the open gates, ready for SQL

    @property
    def version(self) -> int:
        return self.gates.version


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and when. Anonymous is a reader too."""

    grants: Grants
    at: datetime

    @property
    def person(self) -> Person | None:
        return self.grants.person

    @property
    def is_anonymous(self) -> bool:
        return self.grants.person is None

    def may_pass(self, gate_id: int | None) -> bool:
        """Whether a gate is open to this reader; an absent one never is."""
        return gate_id in self.grants.open_gates

    def may_read(self, thing: Guarded) -> bool:
        """The rule: the gate is open, and the moment is inside the thing's time window.

        ``early_gate`` moves the moment, never the circle: before ``opens_at`` both must be open.
        """
        if not self.may_pass(thing.gate_id) or self.at >= thing.closes_at:
            return False
        return thing.opens_at <= self.at or self.may_pass(thing.early_gate_id)


def grants_of(
    *,
    person: Person | None,
    groups: frozenset[int],
    gates: Gates,
    valid_until: datetime = NEVER,
    scopes: frozenset[str] = frozenset({"read"}),
    token_id: int | None = None,
) -> Grants:
    """Evaluate every gate against these groups, once."""
    open_gates = gates.open_to(groups)
    return Grants(
        person=person,
        groups=groups,
        gates=gates,
        open_gates=open_gates,
        valid_until=valid_until,
        scopes=scopes,
        token_id=token_id,
        gate_list=",".join(str(id_) for id_ in sorted(open_gates)),
    )


class StaleReader(Exception):
    """Access changed since the reader was built: throw the answer away and ask again."""
