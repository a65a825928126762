"""A press room in the demo: ``python -m tests.browser.press_site EMAIL`` adds it once.

The person of that address becomes an accredited journalist of an outlet that reads early.
"""

import os
import sys
from datetime import UTC, date, datetime, timedelta

from tests.browser.findings import LONG

ROOM = "salle-de-presse"


def main(email):
    from django.contrib.auth.models import Group
    from wagtail.models import Locale

    from cms.accounts.models import Organisation, User
    from pages.models import HomePage, PressRoomPage

    group, _ = Group.objects.get_or_create(name="Presse accréditée")
    outlet, _ = Organisation.objects.get_or_create(name="L’Écran du matin", kind="outlet")
    person = User.objects.get(email=email)
    person.groups.add(group)
    person.organisation = outlet
    person.save()
    for code, words in TEXTS.items():
        home = HomePage.objects.get(locale=Locale.objects.get(language_code=code))
        if not PressRoomPage.objects.child_of(home).filter(slug=ROOM).exists():
            _room(home, words, outlet)


TEXTS = {
    "fr": {
        "room": "Espace presse",
        "about": "<p>Cabestan distribue des films depuis 1998.</p>",
        "release": "L’Horlogère sortira le 9 décembre",
        "story": "<p>La date vaut pour la France et la Belgique.</p>",
        "synopsis": "Besançon, 1908. Léonie répare la nuit les montres que l’on jette le jour.",
    },
    "en": {
        "room": "Press room",
        "about": "<p>Cabestan has distributed films since 1998.</p>",
        "release": "The Clockmaker opens on 9 December",
        "story": "<p>The date holds for France and Belgium.</p>",
        "synopsis": "Besançon, 1908. At night Léonie mends the watches that are thrown out by day.",
    },
}


def _room(home, words, outlet):
    from pages.models import PressContactPage, PressRoomPage
    from tests.pages.press.conftest import item, kit, paper, photo, release

    hour = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1, hours=21, minutes=40)
    room = home.add_child(
        instance=PressRoomPage(
            title=words["room"],
            slug=ROOM,
            locale=home.locale,
            show_in_menus=True,
            boilerplate=words["about"],
            screenings=[
                (
                    "screening",
                    {
                        "at": hour - timedelta(hours=12),
                        "film": "Ourse",
                        "place": "Le Grand Écart, Paris 13e",
                        "version": "VF",
                        "note": "",
                    },
                )
            ],
        )
    )
    contact = room.add_child(
        instance=PressContactPage(
            title="Margaux Delorme",
            slug="margaux-delorme",
            locale=home.locale,
            role="cheffe de presse",
            phone="01 99 00 41 12",
            email="m.delorme@cabestan.example",
            territories="FR BE",
            languages="fr en",
        )
    )
    room.contacts = [("contact", contact)]
    room.save()
    release(room, words["release"], slug="sortie", place="Paris", dated=date(2026, 11, 23),
            story=[("text", words["story"])], film_title="L’Horlogère",
            release_on=date(2026, 12, 9))  # fmt: skip
    pictures = [photo(f"Vue {n}", size=(1200, 800), colour=colour) for n, colour in COLOURS]
    photos = [item("photo", one, caption=f"Scène {n}") for n, one in enumerate(pictures, start=1)]
    kit(room, "L’Horlogère", slug="horlogere", lead_image=pictures[0], director="Maud Kerjean",
        cast="Alma Reyer\nJoseph Lantier", genre="drame", minutes=118,
        release_on=date(2026, 12, 9), synopsis=words["synopsis"],
        facts=[("fact", {"label": "Production", "value": LONG})],
        biographies=[
            ("person", {"name": "Maud Kerjean", "role": "", "text": "<p>Cinéaste.</p>"}),
        ],
        items=[*photos, item("photo", photo(LONG), readers="accredited"),
               item("document", paper("Dossier de presse"))])  # fmt: skip
    kit(room, "Ourse", slug="ourse", release_on=date(2026, 12, 16), embargo_until=hour,
        early_outlets=[outlet], lead_image=pictures[3], items=photos[3:4])  # fmt: skip
    kit(room, LONG, slug="sans-image")
    kit(room, "Soixante", slug="soixante",
        items=[item("photo", pictures[n % 12]) for n in range(60)])  # fmt: skip


COLOURS = list(
    enumerate(
        ("teal", "peru", "navy", "sienna", "olive", "maroon", "slateblue", "tomato", "gold",
         "plum", "seagreen", "gray"),
        start=1,
    )
)  # fmt: skip

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")
    import django

    django.setup()
    main(sys.argv[1])
