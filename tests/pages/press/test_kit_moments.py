"""Numbers, counts and words of a kit at each moment: its own file's dates count to the second."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest

from media.kits import numbering
from media.kits.models import KitVersion
from media.renditions.keeping import make
from tests.pages.press.conftest import item, kit, photo

pytestmark = pytest.mark.django_db

A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def page(room, hour):
    """Five photos: the second ends at the hour, the third begins then; the last is for the press.

    Nothing is published again afterwards, and no worker runs.
    """
    photos = [
        photo("Première"),
        photo("Finissante", closes_at=hour),
        photo("Naissante", opens_at=hour),
        photo("Dernière"),
    ]
    press = photo("Accréditée")
    for one in (*photos, press):
        make(one)
    return kit(
        room,
        items=[item("photo", one) for one in photos] + [item("photo", press, readers="accredited")],
    )


BEFORE = {"Première": 1, "Finissante": 2, "Dernière": 3}
AFTER = {"Première": 1, "Naissante": 2, "Dernière": 3}
NAMES = ("Première", "Finissante", "Naissante", "Dernière", "Accréditée")


def manifest(api, page, persona, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return api.get(f"kits/{page.entry_key}?{text}", token=persona.token)


def numbers(api, page, persona):
    told = manifest(api, page, persona).json()
    return {one["title"]: one["number"] for one in told["items"]}


def on_the_page(page, persona):
    """The numbers on the contact sheet, and how many photos it says there are."""
    text = persona.browser.get(page.get_url()).content.decode()
    found = re.findall(r'<span class="no"\s+aria-hidden="true"><span>(\d+)</span>', text)
    return sorted(map(int, found)), int(re.search(r"<span>(\d+)\sphotos", text)[1])


def in_the_room(room, persona):
    text = persona.browser.get(room.get_url()).content.decode()
    return int(re.search(r"(\d+)\sphotos", text)[1])


def credited(api, page, persona, version=1):
    answer = api.get(f"kits/{page.entry_key}/v{version}.zip", token=persona.token)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    table = io.StringIO(archive.read("CREDITS.csv").decode("utf-8-sig"))
    files = [name for name in archive.namelist() if name.startswith("photos/")]
    return len(files), len(list(csv.reader(table))) - 1


@pytest.mark.parametrize(
    ("after", "public"), [(-A_MOMENT, BEFORE), (timedelta(0), AFTER), (timedelta(days=400), AFTER)]
)
def test_numbers_and_counts_follow_the_second_in_every_channel(
    room, page, personas, api, at, hour, after, public
):
    at(hour + after)
    for name, theirs in (("anonymous", public), ("journalist", {**public, "Accréditée": 4})):
        # Past their end, accreditations and tokens of the fixtures are not what this is about.
        if name == "journalist" and after > timedelta(days=30):
            continue
        persona = personas[name]
        told = manifest(api, page, persona)
        entry = api.get(f"entries/{page.entry_key}", token=persona.token)

        assert numbers(api, page, persona) == theirs
        assert on_the_page(page, persona) == (sorted(theirs.values()), len(theirs))
        assert in_the_room(room, persona) == len(theirs)
        assert {one["what"]: one["files"] for one in told.json()["downloads"]} == {
            "all": len(theirs),
            "web": len(theirs),
        }
        assert credited(api, page, persona) == (len(theirs), len(theirs))
        assert {one["title"] for one in entry.json()["files"]} == set(theirs)
        for text in (told.content.decode(), entry.content.decode()):
            assert {title for title in NAMES if title in text} == set(theirs)


def test_cards_state_no_number_that_time_makes_wrong(page, api, personas):
    (card,) = api.get("entries?type=press-kit").json()["items"]
    entry = api.get(f"entries/{page.entry_key}").json()

    assert "photos" not in card
    assert "photos" not in entry
    assert all("number" not in one for one in entry["files"])


def test_time_alone_makes_no_version_and_what_has_ended_is_in_no_difference(
    room, page, personas, api, at, hour
):
    image = page.items[0].value["image"]
    image.caption = "Corrigée"
    image.save()
    ending = page.items[1].value["image"]
    ending.caption = "Finissante, corrigée"
    ending.save()
    for one in (image, ending):
        make(one)
    anonymous = personas["anonymous"]

    def said():
        versions = manifest(api, page, anonymous, since=1).json()["versions"]
        text = anonymous.browser.get(page.get_url()).content.decode()
        return [change["title"] for one in versions for change in one["changes"]], text

    at(hour - A_MOMENT)
    titles, text = said()
    assert titles == ["Finissante", "Première"]
    assert "Photo 2" in text
    assert "4 photos." not in text
    assert "3 photos." in text  # what the first version had

    count = KitVersion.objects.count()
    at(hour)
    titles, text = said()
    assert titles == ["Première"]
    assert "Finissante" not in text
    assert "Photo 1" in text
    assert KitVersion.objects.count() == count
    assert credited(api, page, anonymous, version=1) == (3, 3)


def test_feeds_name_nothing_of_what_has_ended(room, page, client, at, hour):
    at(hour)
    for form in ("atom", "rss", "json"):
        answer = client.get(f"/feeds/{room.entry_key}.{form}")
        assert answer.status_code == 200
        assert not {title for title in NAMES if title in answer.content.decode()}


def test_names_inside_archives_are_the_files_own_whatever_has_ended(page, personas, api, at, hour):
    def names():
        answer = api.get(f"kits/{page.entry_key}/v1.zip")
        return {
            one
            for one in zipfile.ZipFile(io.BytesIO(b"".join(answer))).namelist()
            if one.startswith("photos/")
        }

    before = names()
    at(hour)
    after = names()

    assert len(before & after) == 2  # the first and the last
    assert len(before - after) == len(after - before) == 1


def test_whoever_is_early_has_a_photo_without_a_number_until_its_hour(
    room, personas, api, at, hour, early_outlet
):
    images = [photo("Exclusive"), photo("Ouverte")]
    for one in images:
        make(one)
    page = kit(
        room,
        items=[
            item("photo", images[0], embargo_until=hour, early_outlets=[str(early_outlet.pk)]),
            item("photo", images[1]),
        ],
    )
    assert numbers(api, page, personas["early"]) == {"Exclusive": None, "Ouverte": 1}
    assert numbers(api, page, personas["anonymous"]) == {"Ouverte": 1}

    at(hour)

    for persona in personas.values():
        assert numbers(api, page, persona) == {"Exclusive": 1, "Ouverte": 2}


def test_a_draft_that_was_never_published_numbers_its_photos_in_order(room, page, make_user):
    from django.test import Client

    officer = Client()
    officer.force_login(make_user("margaux@cabestan.example", is_superuser=True))
    draft = kit(
        room, "Brouillon", live=False, items=[item("photo", photo("A")), item("photo", photo("B"))]
    )
    draft.save_revision()

    text = officer.get(f"/editor/pages/{draft.pk}/view_draft/").content.decode()

    found = re.findall(r'<span class="no"\s+aria-hidden="true"><span>(\d+)</span>', text)
    assert found == ["1", "2"]


def test_a_kit_of_a_type_without_circles_numbers_what_everybody_has():
    assert numbering.circles_of("some-type", None) == (numbering.PUBLIC,)
