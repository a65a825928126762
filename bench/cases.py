"""What is asked, by whom, and at which addresses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from bench.world import SECTIONS, TOPICS, Facts, World

ADDRESSES = 400
"""How many different addresses a case rotates over at most: fewer than the product keeps."""
CACHES = ("off", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A kind of request, and for whom it is measured."""

    name: str
    paths: Callable[[World, str], Sequence[str]]
    readers: tuple[str, ...]
    caches: tuple[str, ...] = CACHES


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table before it is measured."""

    case: str
    reader: str
    cache: str
    paths: tuple[str, ...]


def rows(world: World, only: Sequence[str]) -> list[Row]:
    """Everything to measure in one world."""
    return [
        Row(case.name, reader, cache, tuple(case.paths(world, reader)))
        for case in CASES
        if not only or case.name in only
        for reader in case.readers
        for cache in case.caches
    ]


def names() -> list[str]:
    return [case.name for case in CASES]


def _fixed(path: str) -> Callable[[World, str], list[str]]:
    return lambda _world, _reader: [path]


def _rotating_lists(_world: World, _reader: str) -> list[str]:
    """Two hundred different lists."""
    lists = []
    for number in range(200):
        slug, _ = TOPICS[number % len(TOPICS)]
        filters = ["locale=fr", "locale=en", "type=article,brief", "type=order", "", "", "", ""]
        extra = filters[number // len(TOPICS)]
        topic = f"topic={slug}" if number % 2 else ""
        limit = f"limit={20 + number // 50}"
        query = "&".join(part for part in (limit, topic, extra) if part)
        lists.append(f"/api/v1/entries?{query}&since=2000-01-{number % 28 + 1:02}")
    return lists


def _details(world: World, reader: str) -> list[str]:
    return [f"/api/v1/entries/{one.key}" for one in _readable(world, reader, pages=False)]


def _by_path(world: World, reader: str) -> list[str]:
    found = _readable(world, reader, pages=True)
    return [f"/api/v1/entries/by-path?path={quote(one.path)}" for one in found]


def _portal(world: World, reader: str) -> list[str]:
    return [one.path for one in _readable(world, reader, pages=True)]


def _sections(_world: World, _reader: str) -> list[str]:
    return [f"/fr/section-{number}/" for number in range(1, SECTIONS + 1)]


def _readable(world: World, reader: str, *, pages: bool) -> list[Facts]:
    """Entries all over the years that this reader may read now."""
    gates = {*world.gates_of(reader), world.PUBLIC}
    rng, picked = Random(world.seed), Random()
    found: list[Facts] = []
    for _ in range(200 * ADDRESSES):
        facts = world.facts(rng.randint(1, world.size), picked)
        if facts.gate in gates and not facts.is_early and (facts.is_page or not pages):
            found.append(facts)
            if len(found) == ADDRESSES:
                break
    return found


LIST = "/api/v1/entries?limit=20"
HOME = "/api/v1/home?locale=fr"
WORST = ("archive", "empty", "veteran")
EACH = ("anonymous", "employee", "archive")
"""Whoever has no account, the usual reader, and the one whose single gate is one of a thousand."""

CASES = (
    Case(name="list", paths=_fixed(LIST), readers=("anonymous", "employee", *WORST)),
    Case(name="lists", paths=_rotating_lists, readers=("employee",)),
    Case(name="type", paths=_fixed(f"{LIST}&type=order"), readers=("employee", *WORST)),
    Case(
        name="topic",
        paths=_fixed(f"{LIST}&topic=topic-9"),
        readers=("anonymous", "employee", *WORST),
    ),
    Case(name="detail", paths=_details, readers=EACH),
    Case(name="by-path", paths=_by_path, readers=EACH),
    Case(name="home", paths=_fixed(HOME), readers=("anonymous", "employee", *WORST)),
    Case(name="front", paths=_fixed("/fr/"), readers=EACH),
    Case(name="section", paths=_sections, readers=("employee", "veteran")),
    Case(name="portal", paths=_portal, readers=EACH),
)
