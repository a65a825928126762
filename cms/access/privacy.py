"""Rules out of Wagtail's own privacy settings on pages and collections.

A page's rule is the AND of every restriction on it and its ancestors. The tree is read by its
materialised paths, so all restrictions that matter come in one query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from wagtail.models import CollectionViewRestriction, PageViewRestriction
from wagtail.models.view_restrictions import BaseViewRestriction

from cms.access.models import AccessState
from cms.access.rule import NOBODY, PUBLIC, SIGNED_IN_ONLY, Rule

STEP = 4
"""Characters a level takes in a treebeard path."""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The rules that restrictions put on the nodes of a tree, by path."""

    rules: Mapping[str, Rule]

    def rule_at(self, path: str) -> Rule:
        """The rule of the node at ``path``, its ancestors' included."""
        rule = PUBLIC
        for end in range(STEP, len(path) + 1, STEP):
            if own := self.rules.get(path[:end]):
                rule = rule & own
        return rule

    def paths_within(self, path: str) -> list[str]:
        """Restricted nodes at or below ``path``, from the top down."""
        return sorted((one for one in self.rules if one.startswith(path)), key=len)


def page_restrictions(paths: Iterable[str] | None = None) -> Restrictions:
    """The restrictions on these pages and their ancestors, or all there are. One query."""
    return _restrictions(PageViewRestriction, "page", paths)


def page_restrictions_around(path: str) -> Restrictions:
    """The restrictions on a page, its ancestors and its whole subtree. One query."""
    condition = Q(page__path__startswith=path) | Q(page__path__in=_ancestors([path]))
    return _collect(PageViewRestriction.objects.filter(condition), "page")


def collection_restrictions() -> Restrictions:
    """Every restriction on collections: there are few collections. One query."""
    return _restrictions(CollectionViewRestriction, "collection", None)


def privacy_is_applied() -> None:
    """Say that the gates of entries follow the restrictions as this transaction sees them."""
    _waiting().update(applied=F("privacy"))


def privacy_waits() -> bool:
    """Whether restrictions were changed that the gates of entries do not follow yet."""
    return _waiting().exists()


def hold_privacy() -> None:
    """Let nobody else change restrictions, or bring entries up to them, until this is committed."""
    list(AccessState.objects.select_for_update())


def _waiting() -> QuerySet[AccessState]:
    return AccessState.objects.exclude(applied=F("privacy"))


def _restrictions(model: type[Model], node: str, paths: Iterable[str] | None) -> Restrictions:
    rows = model._default_manager.all()
    if paths is not None:
        rows = rows.filter(**{f"{node}__path__in": _ancestors(paths)})
    return _collect(rows, node)


def _collect(rows: Any, node: str) -> Restrictions:
    kinds: dict[int, tuple[str, str]] = {}
    groups: dict[int, set[int]] = defaultdict(set)
    values = rows.values_list("id", f"{node}__path", "restriction_type", "groups__id")
    for id_, path, kind, group in values:
        kinds[id_] = (path, kind)
        if group is not None:
            groups[id_].add(group)
    rules: dict[str, Rule] = {}
    for id_, (path, kind) in kinds.items():
        rules[path] = rules.get(path, PUBLIC) & _rule_of(kind, groups[id_])
    return Restrictions(rules)


def _rule_of(kind: str, groups: set[int]) -> Rule:
    match kind:
        case BaseViewRestriction.NONE:
            return PUBLIC
        case BaseViewRestriction.LOGIN:
            return SIGNED_IN_ONLY
        case BaseViewRestriction.GROUPS:
            return Rule.of([groups])
        case _:  # a shared password says nothing about who reads, so it opens for nobody
            return NOBODY


def _ancestors(paths: Iterable[str]) -> set[str]:
    return {path[:end] for path in paths for end in range(STEP, len(path) + 1, STEP)}
