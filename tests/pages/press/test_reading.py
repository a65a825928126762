"""Who reads what of the press section, when: on the portal, in the API, in the list of files."""

import re
from datetime import timedelta

import pytest
from django.test import RequestFactory

from cms.problems import NothingHere
from pages.press.api import get_contact_card
from tests.pages.press.conftest import contact, item, kit, paper, photo, release

pytestmark = pytest.mark.django_db


def statuses(page, personas, api):
    """By persona: the status of the portal page and of the API's entry, which are the same."""
    found = {}
    for name, persona in personas.items():
        portal = persona.browser.get(page.get_url()).status_code
        entry = api.get(f"entries/{page.entry_key}", token=persona.token).status_code
        assert portal == entry, name
        found[name] = portal
    return found


EVERYBODY = dict.fromkeys(("anonymous", "journalist", "early", "unaccredited", "employee"), 200)
NOBODY = dict.fromkeys(EVERYBODY, 404)


def test_a_release_without_embargo_is_for_everybody(room, personas, api):
    page = release(room, place="Paris")

    assert statuses(page, personas, api) == EVERYBODY
    text = personas["anonymous"].browser.get(page.get_url()).content.decode()
    assert "For immediate release" in text or "Pour diffusion immédiate" in text
    assert "Cabestan distribue des films." in text


def test_an_embargo_ends_at_its_second(room, personas, api, at, hour):
    page = kit(room, embargo_until=hour)
    assert statuses(page, personas, api) == NOBODY

    at(hour - timedelta(seconds=1))
    assert statuses(page, personas, api) == NOBODY
    at(hour)
    assert statuses(page, personas, api) == EVERYBODY


def test_a_named_outlet_reads_before_the_hour_and_sees_how_long_it_is(
    room, personas, api, hour, early_outlet
):
    page = release(room, embargo_until=hour, early_outlets=[early_outlet])

    found = statuses(page, personas, api)

    assert found["early"] == 200
    assert {found[name] for name in ("anonymous", "journalist", "employee")} == {404}
    text = personas["early"].browser.get(page.get_url()).content.decode()
    assert 'class="embargo"' in text
    assert "1\u00a0" in text or "1 " in text


def test_of_an_early_outlet_only_accredited_people_read_early(
    room, personas, api, hour, early_outlet
):
    page = release(room, embargo_until=hour, early_outlets=[early_outlet])

    assert statuses(page, personas, api) == {**NOBODY, "early": 200}


@pytest.fixture
def tiers(room, early_outlet, hour):
    """A public kit with one item for each kind of reader, each with a name of its own."""
    return kit(
        room,
        items=[
            item("photo", photo("Ouverte")),
            item("photo", photo("Accréditée"), readers="accredited"),
            item(
                "photo",
                photo("Exclusive"),
                readers="accredited",
                embargo_until=hour,
                early_outlets=[str(early_outlet.pk)],
            ),
            item("document", paper("Dossier")),
            item("document", paper("Entretien"), embargo_until=hour),
        ],
    )


SEEN = {
    "anonymous": {"Ouverte", "Dossier"},
    "employee": {"Ouverte", "Dossier"},
    "unaccredited": {"Ouverte", "Dossier"},
    "journalist": {"Ouverte", "Dossier", "Accréditée"},
    "early": {"Ouverte", "Dossier", "Accréditée", "Exclusive"},
}
ALL = ("Ouverte", "Accréditée", "Exclusive", "Dossier", "Entretien")


def seen_by(persona, page, api):
    """The items in the page, in the entry's JSON and in its list of files: the same."""
    portal = persona.browser.get(page.get_url()).content.decode()
    answer = api.get(f"entries/{page.entry_key}", token=persona.token)
    listed = {file["title"] for file in answer.json()["files"]}
    on_page = {name for name in ALL if name in portal}
    in_entry = {name for name in ALL if name in answer.content.decode()}
    assert on_page == in_entry == listed
    return listed


@pytest.mark.parametrize("name", SEEN)
def test_each_reader_has_the_items_of_their_tier_and_no_trace_of_others(name, tiers, personas, api):
    assert seen_by(personas[name], tiers, api) == SEEN[name]


@pytest.mark.parametrize("name", SEEN)
def test_after_the_hour_only_the_tier_counts(name, tiers, personas, api, at, hour):
    at(hour)

    accredited = {"Accréditée", "Exclusive"} if name in {"journalist", "early"} else set()
    assert seen_by(personas[name], tiers, api) == {"Ouverte", "Dossier", "Entretien"} | accredited


@pytest.mark.parametrize("name", SEEN)
def test_the_bytes_follow_the_tier(name, tiers, personas):
    given = set()
    for one in tiers.items:
        asset = one.value.get("image") or one.value["document"]
        address = f"/files/{asset.file_key}" + ("/original" if asset.kind == "image" else "")
        if personas[name].browser.get(address).status_code != 404:
            given.add(asset.title)

    assert given == SEEN[name]


def test_numbers_and_counts_tell_nothing_of_hidden_photos(room, personas, api):
    page = kit(
        room,
        items=[
            item("photo", photo("Une"), readers="accredited"),
            item("photo", photo("Deux")),
            item("photo", photo("Trois")),
        ],
    )

    def numbers(name):
        told = api.get(f"kits/{page.entry_key}", token=personas[name].token).json()
        return {one["title"]: one["number"] for one in told["items"]}

    def counted(name):
        text = personas[name].browser.get(room.get_url()).content.decode()
        return int(re.search(r"(\d+)\sphotos", text)[1])

    assert numbers("anonymous") == {"Deux": 1, "Trois": 2}
    assert numbers("journalist") == {"Deux": 1, "Trois": 2, "Une": 3}
    assert (counted("anonymous"), counted("journalist")) == (2, 3)


def test_a_photo_whose_rights_end_leaves_the_kit_at_that_second(room, api, at, hour):
    page = kit(room, items=[item("photo", photo("Brève", closes_at=hour))])
    (file,) = api.get(f"entries/{page.entry_key}").json()["files"]
    assert file["until"] == hour.isoformat().replace("+00:00", "Z")

    at(hour)

    assert api.get(f"entries/{page.entry_key}").json()["files"] == []


def test_a_photo_whose_rights_are_not_confirmed_or_not_for_the_press_is_not_given_out(room, api):
    page = kit(
        room,
        items=[
            item("photo", photo("Incertaine")),
            item("photo", photo("Interne")),
            item("photo", photo("Bonne", uses="internal press")),
        ],
    )
    uncertain, internal = (page.items[place].value["image"] for place in (0, 1))

    def titles():
        return [one["title"] for one in api.get(f"entries/{page.entry_key}").json()["files"]]

    uncertain.is_confirmed, internal.uses = False, "internal"
    uncertain.save()
    internal.save()
    assert titles() == ["Bonne"]

    uncertain.is_confirmed = True
    uncertain.save()
    assert titles() == ["Incertaine", "Bonne"]


def test_the_room_shows_what_each_reader_may_read(room, personas, hour, early_outlet):
    contact(room)
    release(room, "Communiqué ouvert")
    release(room, "Communiqué à venir", embargo_until=hour, early_outlets=[early_outlet])
    kit(room, "Film ouvert")
    kit(room, "Film secret", embargo_until=hour, early_outlets=[early_outlet])

    everybody = personas["anonymous"].browser.get("/fr/presse/").content.decode()
    early = personas["early"].browser.get("/fr/presse/").content.decode()

    assert "Communiqué ouvert" in everybody
    assert "Film ouvert" in everybody
    assert "Communiqué à venir" not in everybody
    assert "Film secret" not in everybody
    assert 'id="h-waiting"' not in everybody
    assert "Communiqué à venir" in early
    assert "Film secret" in early
    assert 'id="h-waiting"' in early


def test_contacts_of_a_kit_are_its_own_else_those_of_the_room(room, client):
    own, of_room = contact(room, "Thibault Nguyen"), contact(room)
    room.contacts = [("contact", of_room)]
    room.save()
    with_own = kit(room, "Avec", contacts=[("contact", own)])
    without = kit(room, "Sans")

    assert "Thibault Nguyen" in client.get(with_own.get_url()).content.decode()
    text = client.get(without.get_url()).content.decode()
    assert "Margaux Delorme" in text
    assert "Thibault Nguyen" not in text


def test_a_contact_comes_as_a_card_for_address_books(room, personas):
    page = contact(room, phone="01 99 00 41 12", role="cheffe de presse", languages="fr en")

    assert personas["anonymous"].browser.get(page.get_url()).status_code == 200
    answer = get_contact_card(RequestFactory().get("/"), page.entry_key)

    assert answer.status_code == 200
    assert "FN:Margaux Delorme" in answer.content.decode()
    assert "tel:0199004112" in answer.content.decode()
    with pytest.raises(NothingHere):
        get_contact_card(RequestFactory().get("/"), room.entry_key)


def test_a_correction_is_said_on_the_release_and_in_the_room(room, client, api):
    page = release(
        room,
        updates=[
            (
                "update",
                {"at": "2026-11-06T09:00:00Z", "note": "Un nom corrigé", "is_material": True},
            )
        ],
    )

    assert api.get(f"entries/{page.entry_key}").json()["corrected_at"].startswith("2026-11-06")
    assert "badge hold" in client.get(page.get_url()).content.decode()
    assert "badge hold" in client.get("/fr/presse/").content.decode()


def test_the_page_of_a_kit_asks_a_fixed_number_of_questions(
    room, personas, django_assert_max_num_queries, hour, early_outlet
):
    small = kit(room, "Petit", items=[item("photo", photo())])
    large = kit(room, "Grand", items=[item("photo", photo(f"Vue {n}")) for n in range(30)])
    browser = personas["journalist"].browser
    browser.get(small.get_url())

    with django_assert_max_num_queries(11):
        assert browser.get(large.get_url()).status_code == 200


def test_press_pages_are_found_under_the_name_of_their_room(room, api):
    kit(room, "L’Horlogère", director="Maud Kerjean", cast="Alma Reyer\nJoseph Lantier")

    for words in ("horlogère", "kerjean", "alma reyer"):
        found = api.get(f"search?q={words}").json()
        assert [one["title"] for one in found["items"]] == ["L’Horlogère"], words
        assert [one["value"] for one in found["facets"]["section"]] == [room.entry_key]
