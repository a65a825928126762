"""Whole subtrees at once: moving and renaming, and bringing gates up to Wagtail's privacy settings.

The number of statements depends on how many nodes carry a restriction, never on how many pages
there are.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Replace, Substr
from wagtail.models import Page

from cms.access import gates
from cms.access.privacy import (
    STEP,
    Restrictions,
    page_restrictions,
    page_restrictions_around,
)
from cms.entries import feed, followers
from cms.entries.models import Entry, EntryTopic

CHUNK = 5000


@transaction.atomic
def moved(old: str, new: str, *, section: str | None, at: datetime) -> int:
    """Give a page and all below it their new paths. Returns how many entries that were."""
    within = Entry.objects.filter(under(old))
    changes: dict[str, Any] = {
        "path": Concat(Value(new), Substr("path", len(old) + 1)),
        "card": Replace("card", Value(f'"url":"{old}'), Value(f'"url":"{new}')),
    }
    if section is not None:
        changes["section"] = Value(section)
    count = within.update(**changes)
    if section is not None:
        followers.sectioned(list(Entry.objects.filter(under(new)).values_list("pk", flat=True)))
    _say_moved(Entry.objects.filter(under(new)), at)
    return count


@transaction.atomic
def realign(tree_path: str, *, at: datetime) -> int:
    """Recompute the gates of a page and all below it. Returns how many entries changed theirs."""
    return _apply(page_restrictions_around(tree_path), tree_path, at)


@transaction.atomic
def realign_everything(*, at: datetime) -> int:
    """Recompute the gate of every page's entry, after restrictions were written around the code."""
    return _apply(page_restrictions(), "", at)


def follow_order() -> None:
    """Take over the order of menu pages after editors reordered siblings."""
    positions = dict(
        Page.objects.filter(
            pk__in=Entry.objects.exclude(position="").values("page_id")
        ).values_list("pk", "path")
    )
    menu = list(Entry.objects.filter(page_id__in=positions))
    for entry in menu:
        entry.position = positions[entry.page_id or 0]
    Entry.objects.bulk_update(menu, ["position"])


def under(path: str) -> Q:
    """Entries at or below a portal path that ends in a slash."""
    return Q(path__startswith=path)


def _apply(restrictions: Restrictions, top: str, at: datetime) -> int:
    if top and not [path for path in restrictions.paths_within(top) if path != top]:
        gate_id = gates.intern(restrictions.rule_at(top))
        pages = Page.objects.filter(path__startswith=top).values("pk")
        return _put_behind(gate_id, Entry.objects.filter(page_id__in=pages), at)
    return _apply_node_by_node(restrictions, top, at)


def _apply_node_by_node(restrictions: Restrictions, top: str, at: datetime) -> int:
    """Below ``top`` stand further restrictions: each entry gets the gate of the nearest one."""
    paths = dict(Page.objects.filter(path__startswith=top).values_list("pk", "path"))
    nodes: dict[str, list[int]] = defaultdict(list)
    for id_, page_id in Entry.objects.exclude(page_id=None).values_list("pk", "page_id"):
        if page_id in paths:
            nodes[_nearest(paths[page_id], restrictions)].append(id_)
    rules = {node: restrictions.rule_at(node) for node in nodes}
    gate_ids = gates.intern_all(list(set(rules.values())))
    return sum(
        _put_behind(gate_ids[rules[node]], Entry.objects.filter(pk__in=chunk), at)
        for node, ids in nodes.items()
        for chunk in _chunks(ids)
    )


def _put_behind(gate_id: int, entries: QuerySet[Entry], at: datetime) -> int:
    """Give entries a gate. Returns how many had another. Three statements."""
    differing = entries.exclude(gate_id=gate_id)
    changed = _say_moved(differing, at)
    if changed:
        topics = EntryTopic.objects.filter(entry__in=differing.values("pk"))
        topics.exclude(gate_id=gate_id).update(gate_id=gate_id)
        differing.update(gate_id=gate_id)
    return changed


def _nearest(path: str, restrictions: Restrictions) -> str:
    """The closest restricted node at or above a path, or nothing."""
    ends = range(len(path), 0, -STEP)
    return next((path[:end] for end in ends if path[:end] in restrictions.rules), "")


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def _say_moved(entries: QuerySet[Entry], at: datetime) -> int:
    """A weightless change for each of the entries. Returns how many there are."""
    count = entries.count()
    sql, params = entries.order_by().values("key").query.sql_with_params()
    feed.append_selected(sql, list(params), count=count, at=at)
    return count
