"""The press rooms: their words, who answers, and the screenings to come."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from cms.accounts.models import User
from cms.demo.content import Calendar
from cms.demo.publishing import publish
from pages.models import PressContactPage, PressRoomPage

SPACE_OF_IDS = uuid.UUID("3f0c2f4e-0f0a-4f55-9d0b-6a1c7b1f4c20")
WORDS = {
    "fr": {
        "boilerplate": "<p>Cabestan distribue des films et fabrique ce qui va avec : affiches, "
        "livres, peluches. Le groupe travaille à Paris, Londres et Hong Kong, avec 1 108 salles en "
        "France, en Belgique et en Suisse romande. Son catalogue compte 212 films.</p>",
        "terms_text": "Ce que la presse peut faire de nos fichiers",
    },
    "en": {
        "boilerplate": "<p>Cabestan distributes films and makes the things that go with them: "
        "posters, books, toys. The group works from Paris, London and Hong Kong, with 1,108 "
        "cinemas in France, Belgium and French-speaking Switzerland. Its catalogue has 212 "
        "films.</p>",
        "terms_text": "What the press may do with our files",
    },
}
# slug, name, telephone, email, territories, languages, then role and beat in each language
CONTACTS = (
    (
        "margaux-delorme", "Margaux Delorme", "01 99 00 41 12", "m.delorme@cabestan.example",
        "", "fr en",
        {
            "fr": ("Cheffe de presse", "Presse nationale, télévision, entretiens"),
            "en": ("Head of press", "National press, television, interviews"),
        },
    ),
    (
        "thibault-nguyen", "Thibault Nguyen", "01 99 00 41 15", "t.nguyen@cabestan.example",
        "FR BE CH", "fr en vi",
        {
            "fr": ("Attaché de presse", "Presse régionale et web, projections"),
            "en": ("Press officer", "Regional press and web, screenings"),
        },
    ),
)  # fmt: skip
# days ahead, hour, film, version, place, note
SCREENINGS = {
    "fr": (
        (1, 10, "L’Horlogère", "", "Club Saint-Sauveur, Paris 9e", "Sur inscription"),
        (2, 20, "Ourse", "VF", "Le Grand Écart, Paris 13e", "Enfants bienvenus"),
        (6, 10, "Kowloon, 4 h 10", "VOSTF", "Lien de visionnage", "Sur demande, 72 h"),
        (7, 10, "Ourse", "VOSTF", "Club Saint-Sauveur, Paris 9e", "Seconde séance"),
    ),
    "en": (
        (3, 18, "The Watchmaker", "OV, English subtitles", "Lantern Yard, London", ""),
        (6, 10, "Kowloon 4:10", "OV, English subtitles", "Screening link", "On request, 72 h"),
    ),
}


def words_of(code: str, calendar: Calendar) -> dict[str, Any]:
    """The fields of a new room."""
    rows = [
        {
            "type": "screening",
            "id": _id(f"{code}/screening/{place}"),
            "value": {
                "at": calendar.ahead(days, hour=hour).isoformat(),
                "film": film,
                "version": version,
                "place": where,
                "note": note,
            },
        }
        for place, (days, hour, film, version, where, note) in enumerate(SCREENINGS[code])
    ]
    return {**WORDS[code], "screenings": json.dumps(rows)}


def staff(
    rooms: Mapping[str, PressRoomPage], people: Mapping[str, User], calendar: Calendar
) -> dict[tuple[str, str], PressContactPage]:
    """The contacts by language and slug, made where missing. A room without any names them."""
    found: dict[tuple[str, str], PressContactPage] = {}
    by = people["Margaux Delorme"]
    at = calendar.ago(300)
    for code, room in rooms.items():
        for slug, *rest in CONTACTS:
            page = PressContactPage.objects.child_of(room).filter(slug=slug).first()
            if page is None:
                page = _contact(code, slug, rest)
                page.locale = room.locale
                page.owner = by
                page.first_published_at = page.last_published_at = at
                if code != "fr" and ("fr", slug) in found:
                    page.translation_key = found["fr", slug].translation_key
                room.add_child(instance=page)
                publish(page, by=by, at=at)
            found[code, slug] = page
        if not room.contacts:
            pages = [found[code, slug].pk for slug, *_rest in CONTACTS]
            room.contacts = json.dumps(contact_blocks(f"{code}/room", pages))
            publish(room, by=by, at=at)
    return found


def contact_blocks(where: str, pages: list[int]) -> list[dict[str, Any]]:
    return [{"type": "contact", "id": _id(f"{where}/{pk}"), "value": pk} for pk in pages]


def _contact(code: str, slug: str, rest: list[Any]) -> PressContactPage:
    name, phone, email, territories, languages, said = rest
    role, beat = said[code]
    return PressContactPage(
        title=name, slug=slug, show_in_menus=False, role=role, beat=beat, phone=phone,
        email=email, territories=territories, languages=languages,
    )  # fmt: skip


def _id(where: str) -> str:
    return str(uuid.uuid5(SPACE_OF_IDS, where))
