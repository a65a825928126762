"""A company of any size, deterministic: which entries there are, and behind which gates.

Numbers stand for entries: ``World.facts`` tells everything about one of them, so that each table
is written in a pass of its own and nothing has to be remembered.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

PAGE_TYPES = ("article", "brief", "rumour", "guidance")
RECORD_TYPES = ("order", "flight", "document", "person", "offer", "event")
# Two of three entries are pages.
TYPES = PAGE_TYPES * 3 + RECORD_TYPES
TOPICS = [(f"topic-{number}", f"Thème {number}") for number in range(25)]
LOCALES = ("fr", "fr", "en")
SECTIONS = 12
THEMES = 6  # places below each section
YEARS = 10
ARCHIVE = 100  # the oldest of so many is in the archive
VETERANS = 40  # gates that share the oldest fiftieth
EMBARGOED = 200  # entries that wait for their moment, at most
PUBLIC = 1


class Facts(NamedTuple):
    """Everything about one entry except its texts."""

    key: str
    type: str
    locale: str
    gate: int
    topics: list[int]
    published: datetime
    is_early: bool
    section: int
    theme: int
    is_woven: bool
    references: tuple[int, int]
    has_part: bool
    has_file: bool

    @property
    def is_page(self) -> bool:
        return self.type in PAGE_TYPES

    @property
    def section_key(self) -> str:
        return section_key(self.locale, self.section) if self.is_page else ""

    @property
    def path(self) -> str:
        return f"/{self.locale}/section-{self.section}/theme-{self.theme}/{self.key}/"


@dataclass(frozen=True)
class World:
    """So many entries behind so many pools. Gates of pools are 100, 101, …, the others follow."""

    size: int
    pools: int
    seed: int = 7

    FIRST = 100
    PUBLIC = PUBLIC

    @property
    def archive(self) -> int:
        return self.FIRST + self.pools

    @property
    def empty(self) -> int:
        return self.archive + 1

    @property
    def veterans(self) -> range:
        return range(self.archive + 2, self.archive + 2 + VETERANS)

    @property
    def gates(self) -> range:
        """Every gate with a group; both have the same id."""
        return range(self.FIRST, self.archive + 2 + VETERANS)

    def employee(self) -> list[int]:
        """A tenth of the pools, at least one and at most a hundred."""
        number = max(1, min(100, self.pools // 10))
        return sorted(Random(self.seed).sample(range(self.FIRST, self.archive), number))

    def gates_of(self, reader: str) -> list[int]:
        """The gates beyond the public one that a reader of the bench opens."""
        match reader:
            case "employee":
                return self.employee()
            case "archive":
                return [self.archive]
            case "veteran":  # many gates, and nothing of them among the newest
                return list(self.veterans)
            case "empty":
                return [self.empty]
            case "everybody":  # more than any one person: whoever reads all there is
                return list(self.gates)
            case _:
                return []

    def key(self, number: int) -> str:
        return f"{TYPES[number * 7 % len(TYPES)]}-{number}"

    def facts(self, number: int, rng: Random) -> Facts:
        """About entry ``number`` of 1…size, the newest last."""
        rng.seed(number * 1_000_003 + self.seed)
        type_ = TYPES[number * 7 % len(TYPES)]
        age = timedelta(days=365.0 * YEARS * (1 - number / self.size) + rng.random() * 20)
        is_early = rng.random() < min(0.001, EMBARGOED / self.size)
        published = today() - age if not is_early else today() + timedelta(days=30 + age.days % 60)
        return Facts(
            key=f"{type_}-{number}",
            type=type_,
            locale=rng.choice(LOCALES),
            gate=self._gate(number, type_, rng),
            topics=sorted({int(25 * rng.random() ** 2) for _ in range(rng.randint(1, 3))}),
            published=published,
            is_early=is_early,
            section=rng.randint(1, SECTIONS),
            theme=rng.randint(1, THEMES),
            is_woven=rng.random() < 0.4,
            references=(rng.randint(1, self.size), rng.randint(1, self.size)),
            has_part=rng.random() < 0.02,
            has_file=rng.random() < 0.05,
        )

    def _gate(self, number: int, type_: str, rng: Random) -> int:
        # Pools are of unequal size: a few hold much.
        pool = self.FIRST + int(self.pools * rng.random() ** 2)
        if number <= self.size // ARCHIVE:
            return self.archive
        if number <= self.size // 50:
            return rng.choice(self.veterans)
        return PUBLIC if type_ in PAGE_TYPES and rng.random() < 0.075 else pool


def today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def section_key(locale: str, section: int) -> str:
    return f"section-{locale}-{section}"
