"""The rule: who may read a thing, as an AND of clauses, each an OR of groups.

A rule is kept in one canonical form, so that equal rules are equal values and share a gate.

Besides groups, a clause may name everybody who has signed in, the members of one organisation, and
the people of one territory. These stand among the group ids as numbers that no group has.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

SIGNED_IN = 0
"""The group of everybody who has signed in. Real groups have ids from 1."""

_LETTERS = 36
_FIRST_ORGANISATION = 10_000  # territories, two letters to the base 36, stay below it


def organisation(pk: int) -> int:
    """The pseudo group of an organisation's members."""
    return -(_FIRST_ORGANISATION + pk)


def organisation_in(group: int) -> int | None:
    """The organisation whose pseudo group this is, if it is one."""
    return -group - _FIRST_ORGANISATION if group < -_FIRST_ORGANISATION else None


def territory(code: str) -> int:
    """The pseudo group of a territory's people, by its code (ISO 3166-1 alpha-2)."""
    if not is_territory(code):
        raise ValueError(f"Not a territory, which has two letters: {code!r}")
    return -int(code, _LETTERS)


def territory_in(group: int) -> str | None:
    """The code of the territory whose pseudo group this is, if it is one."""
    if not -_FIRST_ORGANISATION < group < SIGNED_IN:
        return None
    return "".join("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[d] for d in divmod(-group, _LETTERS))


def is_territory(code: str) -> bool:
    """Whether this is written like a code of ISO 3166-1 alpha-2."""
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


@dataclass(frozen=True)
class Rule:
    """Clauses of group ids. No clause: public. An empty clause: nobody, administrators included."""

    clauses: frozenset[frozenset[int]] = frozenset()

    @classmethod
    def of(cls, clauses: Iterable[Iterable[int]]) -> "Rule":
        """The canonical rule: what another clause already implies is left out."""
        sets = {_shortened(frozenset(clause)) for clause in clauses}
        return cls(
            frozenset(one for one in sets if not any(_implies(other, one) for other in sets))
        )

    def __and__(self, other: "Rule") -> "Rule":
        return Rule.of([*self.clauses, *other.clauses])

    def is_met_by(self, groups: frozenset[int]) -> bool:
        """Whether these groups (``SIGNED_IN`` among them where it applies) meet every clause."""
        return all(clause & groups for clause in self.clauses)

    @cached_property
    def text(self) -> str:
        """Canonical JSON: sorted clauses of sorted ids."""
        return json.dumps(sorted(sorted(clause) for clause in self.clauses))

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical text, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def from_text(cls, text: str) -> "Rule":
        return cls.of(json.loads(text))


def _shortened(clause: frozenset[int]) -> frozenset[int]:
    # Members of any group have signed in, so "signed in, or Press" says no more than "signed in".
    return frozenset({SIGNED_IN}) if SIGNED_IN in clause else clause


def _implies(one: frozenset[int], other: frozenset[int]) -> bool:
    if one == other:
        return False
    # To meet any clause at all, a reader has signed in.
    return one < other or other == frozenset({SIGNED_IN})


PUBLIC = Rule()
SIGNED_IN_ONLY = Rule.of([[SIGNED_IN]])
NOBODY = Rule.of([[]])
