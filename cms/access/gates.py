"""Interning rules as gates, and reading all of them back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from babel import Locale
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from cms.access.models import AccessState, Gate
from cms.access.rule import SIGNED_IN, Rule, organisation, organisation_in, territory_in


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
    organisation_names: Mapping[int, str] = field(default_factory=dict)  # by pseudo group
    territories: frozenset[int] = frozenset()  # the pseudo groups of all that any rule names

    def open_to(self, groups: frozenset[int]) -> frozenset[int]:
        """The ids of all gates that these groups open."""
        return frozenset(id_ for id_, rule in self.rules.items() if rule.is_met_by(groups))

    @property
    def organisations(self) -> frozenset[int]:
        """The pseudo groups of all organisations that any rule names, if they still exist."""
        return frozenset(self.organisation_names)

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
        return sorted(
            sorted(filter(None, (self._name(id_, "signed-in") for id_ in clause)))
            for clause in rule.clauses
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
        names = sorted(filter(None, (self._name(id_, "") for id_ in clause)))
        return (" " + _("or") + " ").join(names) or _("nobody")

    def _name(self, id_: int, signed_in: str) -> str:
        if id_ == SIGNED_IN:
            return signed_in
        if code := territory_in(id_):
            return territory_name(code)
        return self.group_names.get(id_) or self.organisation_names.get(id_, "")


def territory_name(code: str) -> str:
    """A territory in the active language, such as Switzerland for ``CH``."""
    locale = Locale.parse(to_locale(get_language() or "en").partition("@")[0])
    return str(locale.territories.get(code, code))


def _named_in(rules: Iterable[Rule]) -> set[int]:
    return {id_ for rule in rules for clause in rule.clauses for id_ in clause}


_latest: Gates | None = None
_lock = Lock()


def all_gates(version: int) -> Gates:
    """Every gate at this access version: read once a version in each process."""
    global _latest
    with _lock:
        if _latest is None or _latest.version != version:
            rules = {
                id_: Rule.from_text(text) for id_, text in Gate.objects.values_list("id", "rule")
            }
            named = _named_in(rules.values())
            _latest = Gates(
                version=version,
                rules=rules,
                group_names=dict(Group.objects.values_list("id", "name")),
                organisation_names=_organisation_names(named),
                territories=frozenset(id_ for id_ in named if territory_in(id_)),
            )
        return _latest


def _organisation_names(groups: Iterable[int]) -> dict[int, str]:
    wanted = [pk for id_ in groups if (pk := organisation_in(id_)) is not None]
    if not wanted:
        return {}
    user: Any = get_user_model()
    organisations = user.organisation.field.related_model.objects.filter(pk__in=wanted)
    return {organisation(pk): name for pk, name in organisations.values_list("pk", "name")}


def forget() -> None:
    """Drop what this process remembers."""
    global _latest
    with _lock:
        _latest = None
