"""The rule backwards: who will see this. Set-based, for panels, mail and questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.access.gates import Gates
from cms.access.reader import Guarded
from cms.access.rule import SIGNED_IN, Rule, organisation_in, territory_in


def readers_of(rule: Rule, at: datetime) -> QuerySet[Any]:
    """The users who meet a rule at a moment, as a queryset. A public rule: every active user."""
    users = active_users(at)
    for clause in rule.clauses:
        if clause != {SIGNED_IN}:
            users = users.filter(_meets(clause, at))
    return users


def readers_of_thing(thing: Guarded, gates: Gates, at: datetime) -> QuerySet[Any]:
    """The users who may read a guarded thing at a moment, its time window included."""
    rule = gates.rules.get(thing.gate_id)
    if rule is None or at >= thing.closes_at:
        return get_user_model().objects.none()
    if at < thing.opens_at:
        early = gates.rules.get(thing.early_gate_id or 0)
        if early is None:
            return get_user_model().objects.none()
        rule = rule & early
    return readers_of(rule, at)


def active_users(at: datetime) -> QuerySet[Any]:
    """Accounts that can open anything at this moment."""
    return get_user_model().objects.filter(
        Q(organisation=None)
        | Q(organisation__expires_at=None)
        | Q(organisation__expires_at__gt=at),
        is_active=True,
    )


def _meets(clause: frozenset[int], at: datetime) -> Any:
    user: Any = get_user_model()
    organisation: Any = user.organisation.field.related_model
    organisations = [pk for id_ in clause if (pk := organisation_in(id_)) is not None]
    territories = [code for id_ in clause if (code := territory_in(id_)) is not None]
    member = user.groups.through.objects.filter(user_id=OuterRef("pk"), group_id__in=clause)
    granted = organisation.groups.through.objects.filter(
        organisation_id=OuterRef("organisation_id"), group_id__in=clause
    )
    for_a_time = user._meta.get_field("memberships").related_model.objects.in_force(at)
    lasting = for_a_time.filter(user_id=OuterRef("pk"), group_id__in=clause)
    # An administrator stands in every group that exists; a clause of vanished groups has no one.
    exists = Q(Exists(Group.objects.filter(pk__in=clause)))
    if organisations:
        exists |= Q(Exists(organisation.objects.filter(pk__in=organisations)))
    met = Q(Exists(member)) | Q(Exists(granted)) | Q(Exists(lasting))
    if organisations:
        met |= Q(organisation_id__in=organisations)
    if territories:
        # The company's own people work for every territory.
        met |= Q(organisation__territory__in=territories) | Q(organisation=None)
        return met | Q(is_superuser=True)
    return met | (Q(is_superuser=True) & exists)


@dataclass(frozen=True, slots=True)
class Audience:
    """How many people a rule lets in, and in words who they are."""

    people: int
    label: str
    is_public: bool


def audience_of(rule: Rule, gates: Gates, at: datetime) -> Audience:
    """Count the readers of a rule and name them."""
    return Audience(
        people=readers_of(rule, at).count(),
        label=gates.label_of(rule),
        is_public=not rule.clauses,
    )
