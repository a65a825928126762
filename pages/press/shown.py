"""What the press pages show beside their entries: each list trimmed to the reader, at read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cms.access.reader import Reader
from cms.entries import read
from cms.entries.listing import Listing
from cms.entries.portal.dates import day_of, moment_of
from cms.entries.present import EntryView
from media.kits import reading
from media.kits.texts import Contact
from pages.press import hours, kit_page, kit_words
from pages.press.accreditation import standing
from pages.press.accreditation.states import AccreditationStatus

RELEASES, KITS, EARLY = 6, 100, 3
HUNG = 12
"""Kits on the thread of release dates."""
STILL_RUNNING = timedelta(days=35)
"""For so long after its release a film stands on the thread."""

Card = Mapping[str, Any]
ASIDE = ("boilerplate", "kit", "contacts", "release", "screenings", "updates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What this reader reads before its hour: until when in words, and how long that is."""

    card: Card
    until: str
    left: str
    shortly: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A kit on the thread. States: ``now``, ``next`` (under embargo), ``to-next``, nothing.

    Its card says how many ``photos`` this reader may have now.
    """

    card: Card
    state: str
    waits: Waiting | None


def room(view: EntryView, reader: Reader) -> dict[str, Any]:
    """The press room: what waits, releases, kits, screenings, contacts, one's accreditation."""
    locales, under = (str(view.card["locale"]),), str(view.card["url"])
    releases = Listing(types=("press-release",), locales=locales, under=under, limit=RELEASES + 20)
    kits = Listing(types=("press-kit",), locales=locales, under=under, limit=KITS)
    told = read.entries(releases, reader).values
    made = read.entries(kits, reader).values
    waiting = [one for card in (*made, *told) if (one := _waiting(card, reader)) is not None]
    early = {one.card["key"] for one in waiting}
    return {
        "waiting": waiting[:EARLY],
        "releases": [card for card in told if card["key"] not in early][:RELEASES],
        "release_count": read.count(releases, reader)[0],
        "kits": _hung(made, reader),
        "kit_count": read.count(kits, reader)[0] if len(made) == KITS else len(made),
        "screenings": _screenings(view, reader),
        "contacts": reachable(cards_in(view, "contacts")),
        "terms_text": next((one["value"]["text"] for one in blocks_in(view, "terms")), ""),
        "accreditation": standing_of(reader),
    }


def release(view: EntryView, reader: Reader) -> dict[str, Any]:
    """A release: its text apart from what stands beside and below it."""
    keys = _room_keys(view)
    place = read.cards_of(keys, reader).get(keys[0]) if keys else None
    own = next((one["value"] for one in blocks_in(view, "boilerplate")), "")
    waits = _waiting(view.card, reader)
    return {
        "story": [one for one in view.body if one.get("id") not in ASIDE],
        "boilerplate": own or (str(place["boilerplate"]) if place else ""),
        "contacts": reachable(contact_cards(view, reader)),
        "press_kit": next(iter(cards_in(view, "kit")), None),
        "room": place,
        "waits": waits,
        "accreditation": standing_of(reader) if waits else None,
        "related": read.newest_with_topics(view, reader, limit=4),
    }


def kit(view: EntryView, reader: Reader) -> dict[str, Any]:
    """A kit: items, downloads, versions, facts, people."""
    contacts = contact_cards(view, reader)
    facts: list[Card] = next((one["value"] for one in blocks_in(view, "facts")), [])
    return {
        "kit": kit_page.page_of(view, reader, vcards(contacts)),
        "waits": _waiting(view.card, reader),
        "contacts": reachable(contacts),
        "release": next(iter(cards_in(view, "release")), None),
        "synopsis": next((one["value"]["text"] for one in blocks_in(view, "synopsis")), ""),
        "facts": facts,
        "biographies": next((one["value"] for one in blocks_in(view, "biographies")), []),
        "cast": kit_words.listed(view.card["film"]["cast"]),
        "running_time": hours.running_time(view.card["film"]["minutes"]),
        "accreditation": standing_of(reader),
    }


def contact(view: EntryView, reader: Reader) -> dict[str, Any]:
    """A press contact: how to reach them."""
    return {"dial": _dialled(view.card)}


def contact_cards(view: EntryView, reader: Reader) -> Sequence[Card]:
    """Who answers about an entry: its own contacts, else those of its room."""
    own, keys = cards_in(view, "contacts"), _room_keys(view)
    place = read.entry(reader, key=keys[0]) if keys and not own else None
    return cards_in(place, "contacts") if place else own


def reachable(cards: Sequence[Card]) -> list[Card]:
    """Contacts with their number as telephones dial it."""
    return [{**card, "dial": _dialled(card)} for card in cards]


def _dialled(card: Card) -> str:
    return "".join(sign for sign in str(card["phone"]) if sign in "+0123456789")


def vcards(cards: Sequence[Card]) -> list[Contact]:
    """Contacts for CONTACTS.vcf and for a single card."""
    return [vcard_of(card) for card in cards]


def vcard_of(card: Card) -> Contact:
    given, _, family = str(card["title"]).rpartition(" ")
    return Contact(
        name=str(card["title"]),
        family_name=family if given else "",
        given_name=given,
        role=str(card["role"]),
        email=str(card["email"]),
        telephone=str(card["phone"]),
        languages=tuple(card["languages"]),
    )


def blocks_in(view: EntryView, name: str) -> list[Mapping[str, Any]]:
    return [one for one in view.body if one.get("id") == name]


def cards_in(view: EntryView, name: str) -> Sequence[Card]:
    """The cards of the pages that a block names, those that the reader may read."""
    return [card for one in blocks_in(view, name) for card in one["value"]]


def _room_keys(view: EntryView) -> list[str]:
    """The key of the press room above, if there is one."""
    return [crumb["key"] for crumb in view.breadcrumb if crumb["type"] == "press-room"]


def standing_of(reader: Reader) -> AccreditationStatus | None:
    """How the reader's own accreditation stands; nothing for people who have none."""
    return standing.status_of(reader.person.id, reader.at) if reader.person else None


def _waiting(card: Card, reader: Reader) -> Waiting | None:
    until = moment_of(card["embargo_until"])
    left = hours.until(until, reader.at) if until else ""
    if until is None or not left:
        return None
    shortly = hours.shortly(until, reader.at)
    return Waiting(card=card, until=hours.exactly(until), left=left, shortly=shortly)


def _hung(cards: Sequence[Card], reader: Reader) -> list[Hung]:
    """By release date: films that have just come out, then those to come, then the undated."""
    today = day_of(reader.at)
    assert today is not None  # noqa: S101 - a moment has a day
    recent = (today - STILL_RUNNING).isoformat()
    dated = [card for card in cards if card["release_on"] and card["release_on"] >= recent]
    dated.sort(key=lambda card: str(card["release_on"]))
    shown = [*dated, *(card for card in cards if not card["release_on"])][:HUNG]
    out = [card for card in shown if card["release_on"] and card["release_on"] <= today.isoformat()]
    now = out[-1]["key"] if out else shown[0]["key"] if shown else ""
    waiting = {card["key"]: _waiting(card, reader) for card in shown}
    states = []
    for card in shown:
        waits = waiting[card["key"]] is not None
        states.append("now" if card["key"] == now else "next" if waits else "")
    for place, state in enumerate(states[1:]):
        if state == "next" and not states[place]:
            states[place] = "to-next"
    photos = reading.photo_counts([card["key"] for card in shown], reader)
    return [
        Hung(card={**card, "photos": photos[card["key"]]}, state=state, waits=waiting[card["key"]])
        for card, state in zip(shown, states, strict=True)
    ]


def _screenings(view: EntryView, reader: Reader) -> list[Mapping[str, Any]]:
    """Those to come, the next one first."""
    rows = [row for one in blocks_in(view, "screenings") for row in one["value"]]
    return [
        {**row, "when": hours.shortly(at, reader.at)}
        for row in rows
        if (at := moment_of(row["at"])) and at >= reader.at
    ]
