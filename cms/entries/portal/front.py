"""The front of a home: what leads, what is new, what is in force, and the shelves."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from cms.entries.portal.dates import day_of, is_past, is_to_come

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A section in the sentence of the day."""

    title: str
    url: str
    count: int


@dataclass(slots=True, kw_only=True)
class Front:
    """What a home gives, laid out: nothing stands twice."""

    is_small: bool = False
    lead: Card | None = None
    seconds: list[Card] = field(default_factory=list)
    pinned: list[Card] = field(default_factory=list)
    newest: list[Card] = field(default_factory=list)
    briefs: list[Card] = field(default_factory=list)
    rumours: list[Card] = field(default_factory=list)
    shelves: list[Mapping[str, Any]] = field(default_factory=list)
    latest: Card | None = None
    count: int = 0
    places: list[Place] = field(default_factory=list)
    open_rumours: list[Card] = field(default_factory=list)

    @property
    def has_aside(self) -> bool:
        return bool(self.pinned or self.briefs or self.rumours)


NEWEST = 7
NEWEST_OF_FEW = 3
FEW = 12  # fewer than these, and a home is its lead and its shelves
SECONDS = 2
ASIDE = 4
ON_A_SHELF = 4
NAMED = 3


def front_of(home: Any, today: datetime) -> Front:
    """The lead, the newest, what is in force, and the shelves with what is left."""
    pinned = list(home.pinned)
    shelved = [card for shelf in home.shelves for card in shelf.items]
    shelved.sort(key=lambda card: card["published_at"], reverse=True)
    everything = sorted([*pinned, *shelved], key=lambda card: card["published_at"], reverse=True)
    front = Front(latest=everything[0] if everything else None)
    _say_what_is_new(front, home, everything, today)
    pictured = [card for card in everything if card["image"]]
    front.lead = next(iter([*pinned[:1], *pictured]), front.latest)
    placed = {front.lead["key"]} if front.lead else set()
    front.pinned = _take(pinned, placed, len(pinned))
    front.is_small = len(shelved) <= FEW
    if not front.is_small:
        front.seconds = _take(
            (card for card in shelved if card["image"] and card["type"] != "rumour"),
            placed,
            SECONDS,
        )
    front.briefs = _take(
        sorted(
            (card for card in shelved if card["type"] == "brief" and _in_force(card, today)),
            key=lambda card: card["valid_to"],
        ),
        placed,
        ASIDE,
    )
    front.rumours = _take((card for card in shelved if card["type"] == "rumour"), placed, ASIDE)
    plain = [card for card in shelved if not (front.is_small and card["image"])]
    front.newest = _take(plain, placed, NEWEST_OF_FEW if front.is_small else NEWEST)
    most = None if front.is_small else ON_A_SHELF
    front.shelves = [
        {"key": shelf.key, "title": shelf.title, "url": shelf.url, "items": left[:most]}
        for shelf in home.shelves
        if (left := _pictured_first([one for one in shelf.items if one["key"] not in placed]))
    ]
    return front


def _take(cards: Iterable[Card], placed: set[str], most: int) -> list[Card]:
    taken = [card for card in cards if card["key"] not in placed][:most]
    placed.update(card["key"] for card in taken)
    return taken


def _in_force(card: Card, today: datetime) -> bool:
    ends = card.get("valid_to")
    return bool(ends) and not is_past(ends, today) and not is_to_come(card.get("valid_from"), today)


def _pictured_first(cards: list[Card]) -> list[Card]:
    first = next((card for card in cards if card["image"]), None)
    return [first, *(card for card in cards if card is not first)] if first else cards


def _say_what_is_new(front: Front, home: Any, everything: list[Card], today: datetime) -> None:
    yesterday = timezone.localdate(today) - timedelta(days=1)
    new = {
        card["key"]
        for card in everything
        if (day_of(card["published_at"]) or date.min) >= yesterday
    }
    front.count = len(new)
    counts = Counter(
        {
            (shelf.title, shelf.url): sum(card["key"] in new for card in shelf.items)
            for shelf in home.shelves
        }
    )
    front.places = [
        Place(title=title, url=url, count=count)
        for (title, url), count in counts.most_common(NAMED)
        if count
    ]
    front.open_rumours = [
        card for card in everything if card["type"] == "rumour" and card.get("status") == "open"
    ]
