"""Who is the accredited press, and who of it need not wait for an embargo."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib.auth.models import Group

from cms.access.gates import Gates
from cms.access.rule import NOBODY, Rule, organisation


def press_group_name() -> str:
    """The name of the group of accredited people: the setting ``PRESS_GROUP``."""
    return str(settings.PRESS_GROUP)


def press_group() -> int | None:
    """The id of the group of accredited people, if there is one. One query."""
    return Group.objects.filter(name=press_group_name()).values_list("pk", flat=True).first()


def press_group_in(groups: Mapping[int, str]) -> int | None:
    """The same among groups that were looked up."""
    name = press_group_name()
    return next((pk for pk, called in groups.items() if called == name), None)


def accredited(press: int | None) -> Rule:
    """Accredited people; nobody where there is no such group."""
    return NOBODY if press is None else Rule.of([[press]])


def circles(gates: Gates) -> Sequence[Rule]:
    """Who has items of a kit beside those who read it: all accredited people."""
    return (accredited(press_group_in(gates.group_names)),)


def rule(*, outlets: Sequence[int], press: int | None, groups: Sequence[int] = ()) -> Rule | None:
    """Any of these groups, or accredited people of these outlets; ``None``: nobody is early.

    To be of the outlet is not enough: an accreditation that ended would go on reading early.
    """
    if not outlets:
        return Rule.of([groups]) if groups else None
    named = [organisation(pk) for pk in outlets]
    # «A group, or of an outlet and accredited», as clauses that must all be met.
    both = [[*groups, *named], [*groups, *([] if press is None else [press])]]
    return Rule.of(both)
