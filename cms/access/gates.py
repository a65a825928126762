"""Interning rules as gates, and reading all of them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from cms.access.models import AccessState, Gate
from cms.access.rule import SIGNED_IN, Rule


@dataclass(frozen=True, slots=True)
class State:
    """What ``AccessState`` held at one moment."""

    version: int
    privacy: int
    applied: int


def state() -> State:
    """The present access state; its absence closes every gate."""
    row = AccessState.objects.values_list("version", "privacy", "applied").first()
    return State(*row) if row else State(version=0, privacy=0, applied=0)


def intern(rule: Rule) -> int:
    """The id of the gate of this rule, made if need be."""
    return intern_all([rule])[rule]


def intern_all(rules: list[Rule]) -> dict[Rule, int]:
    """The gate ids of many rules: one query when all of them exist."""
    wanted = {rule.key: rule for rule in rules}
    found = dict(Gate.objects.filter(key__in=wanted).values_list("key", "id"))
    missing = [Gate(key=key, rule=rule.text) for key, rule in wanted.items() if key not in found]
    if missing:
        Gate.objects.bulk_create(missing, ignore_conflicts=True)
        found = dict(Gate.objects.filter(key__in=wanted).values_list("key", "id"))
    return {rule: found[key] for key, rule in wanted.items()}


@dataclass(frozen=True, slots=True)
class Gates:
    """Every gate and group name, as they were at one access version."""

    version: int
    rules: Mapping[int, Rule]
    group_names: Mapping[int, str]

    def open_to(self, groups: frozenset[int]) -> frozenset[int]:
        """The ids of all gates that these groups open."""
        return frozenset(id_ for id_, rule in self.rules.items() if rule.is_met_by(groups))

    def label(self, gate_id: int) -> str:
        """For people: who passes this gate, in the active language."""
        rule = self.rules.get(gate_id)
        return _("nobody") if rule is None else self.label_of(rule)

    def unmet(self, gate_id: int, groups: frozenset[int]) -> list[str]:
        """For people: each clause of this gate that these groups do not meet."""
        rule = self.rules.get(gate_id)
        if rule is None:
            return [_("nobody")]
        return sorted(self._clause_label(one) for one in rule.clauses if not one & groups)

    def names(self, gate_id: int) -> list[list[str]]:
        """Who passes this gate, in group names, as records state it."""
        return self.names_of(self.rules[gate_id])

    def names_of(self, rule: Rule) -> list[list[str]]:
        """A rule in group names, as records state it. Whoever has signed in: ``signed-in``."""
        known = {**self.group_names, SIGNED_IN: "signed-in"}
        return sorted(
            sorted(known[id_] for id_ in clause if id_ in known) for clause in rule.clauses
        )

    def label_of(self, rule: Rule) -> str:
        """For people: who meets this rule, in the active language."""
        if not rule.clauses:
            return _("everybody")
        clauses = [self._clause_label(clause) for clause in rule.clauses]
        return (" " + _("and") + " ").join(sorted(clauses))

    def _clause_label(self, clause: frozenset[int]) -> str:
        if clause == {SIGNED_IN}:
            return _("everybody who is signed in")
        names = sorted(self.group_names[id_] for id_ in clause if id_ in self.group_names)
        return (" " + _("or") + " ").join(names) or _("nobody")


_latest: Gates | None = None
_lock = Lock()


def all_gates(version: int) -> Gates:
    """Every gate at this access version: read once a version in each process."""
    global _latest
    with _lock:
        if _latest is None or _latest.version != version:
            _latest = Gates(
                version=version,
                rules={
                    id_: Rule.from_text(text)
                    for id_, text in Gate.objects.values_list("id", "rule")
                },
                group_names=dict(Group.objects.values_list("id", "name")),
            )
        return _latest


def forget() -> None:
    """Drop what this process remembers."""
    global _latest
    with _lock:
        _latest = None
