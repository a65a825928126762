"""A press officer at work: what is published at once, and what is refused with the remedy."""

import pytest
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.entries.models import Entry, Holding
from media.kits.models import KitItem, KitVersion
from pages.models import PressContactPage, PressKitPage, PressReleasePage, PressRoomPage
from tests.pages.forms import COMMON
from tests.pages.press.conftest import contact, item, kit, paper, photo, release

pytestmark = pytest.mark.django_db


PAGE = {
    **COMMON,
    "title": "L’Horlogère",
    "slug": "l-horlogere",
    "found_by": "",
    "early_outlets": [],
}


def photo_in_form(image, **more):
    return {
        "image": str(image.pk),
        "title": "",
        "caption": "",
        "readers": "public",
        "embargo_until": "",
        **more,
    }


def kit_form(*items, **changes):
    return nested_form_data(
        {
            **PAGE,
            "film_title": "L’Horlogère",
            "director": "",
            "cast": "",
            "genre": "",
            "minutes": "",
            "release_on": "",
            "synopsis": "",
            "facts": streamfield([]),
            "biographies": streamfield([]),
            "items": streamfield(list(items)),
            "release": "",
            "contacts": streamfield([]),
            **changes,
        }
    )


def release_form(**changes):
    return nested_form_data(
        {
            **PAGE,
            "place": "Paris",
            "dated": "2026-11-23",
            "story": streamfield([("text", rich_text("<p>La date est fixée.</p>"))]),
            "boilerplate": rich_text(""),
            "film_title": "",
            "release_on": "",
            "kit": "",
            "contacts": streamfield([]),
            **changes,
        }
    )


def create(officer, room, model, data, action="action-publish"):
    address = f"/editor/pages/add/pages/{model}/{room.pk}/"
    return officer.post(address, {**data, action: action} if action else data)


def test_a_kit_that_lacks_nothing_is_published_and_makes_its_first_version(officer, room, api):
    image = photo()

    answer = create(officer, room, "presskitpage", kit_form(("photo", photo_in_form(image))))

    assert answer.status_code == 302, answer.content.decode()[:4000]
    page = PressKitPage.objects.get()
    (file,) = api.get(f"entries/{page.entry_key}").json()["files"]
    assert file["id"] == image.file_key
    assert file["sha256"] == image.sha256
    version = KitVersion.objects.get(key=page.entry_key)
    assert version.number == 1
    assert KitItem.objects.get(version=version).file == image.file_key


LACKING = {
    "alt": ({"description": ""}, "does not say what it shows"),
    "rights": ({"is_confirmed": False}, "rights are not confirmed"),
    "use": ({"uses": "internal"}, "not cleared for"),
}


@pytest.mark.parametrize("what", LACKING)
def test_what_an_item_lacks_is_said_by_item_and_nothing_is_published(officer, room, what):
    fields, words = LACKING[what]
    items = (("photo", photo_in_form(photo())), ("photo", photo_in_form(photo("Grain", **fields))))

    answer = create(officer, room, "presskitpage", kit_form(*items))

    assert answer.status_code == 200
    (error,) = answer.context["form"].errors["items"]
    assert error.startswith("Photo 2, “Grain”")
    assert words in error
    assert PressKitPage.objects.count() == 0
    assert Entry.objects.filter(type="press-kit").count() == 0
    assert Holding.objects.exclude(anchor="").count() == 0
    assert KitVersion.objects.count() == 0


@pytest.mark.parametrize("what", LACKING)
def test_a_draft_may_lack_everything(officer, room, what):
    data = kit_form(("photo", photo_in_form(photo(**LACKING[what][0]))))

    answer = create(officer, room, "presskitpage", data, action=None)

    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert PressKitPage.objects.get().live is False
    assert Entry.objects.filter(type="press-kit").count() == 0


def test_whoever_asks_for_approval_is_told_as_well(officer, room):
    data = kit_form(("photo", photo_in_form(photo(is_confirmed=False))))

    answer = create(officer, room, "presskitpage", data, action="action-submit")

    assert answer.status_code == 200
    assert "rights are not confirmed" in str(answer.context["form"].errors["items"])


def test_an_early_outlet_for_an_item_needs_an_embargo_to_be_early_of(officer, room, early_outlet):
    data = kit_form(("photo", photo_in_form(photo())))
    data["items-0-value-early_outlets"] = [str(early_outlet.pk)]

    answer = create(officer, room, "presskitpage", data)

    assert answer.status_code == 200
    assert "Say until when the others wait" in answer.content.decode()
    assert PressKitPage.objects.count() == 0


def test_a_release_is_published_for_immediate_release(officer, room, api):
    answer = create(officer, room, "pressreleasepage", release_form())

    assert answer.status_code == 302, answer.content.decode()[:4000]
    entry = api.get(f"entries/{PressReleasePage.objects.get().entry_key}").json()
    assert (entry["place"], entry["dated"], entry["embargo_until"]) == ("Paris", "2026-11-23", None)


def test_the_lead_picture_of_a_release_is_looked_at_too(officer, room):
    data = release_form(lead_image=str(photo(is_confirmed=False).pk))

    answer = create(officer, room, "pressreleasepage", data)

    assert answer.status_code == 200
    assert "rights are not confirmed" in answer.content.decode()
    assert PressReleasePage.objects.count() == 0


def test_a_language_has_one_press_room(officer, site, room):
    assert PressRoomPage.can_create_at(site) is False
    english = site.get_siblings().exclude(pk=site.pk).get().specific
    assert PressRoomPage.can_create_at(english) is True


def test_every_press_page_can_be_edited_and_previewed(officer, room):
    asset = photo()
    pages = [
        room,
        release(room),
        contact(room),
        kit(room, items=[item("photo", asset), item("document", paper())]),
    ]
    for page in pages:
        page.save_revision()
        assert officer.get(f"/editor/pages/{page.pk}/edit/").status_code == 200, page
        assert officer.get(f"/editor/pages/{page.pk}/view_draft/").status_code == 200, page


@pytest.mark.parametrize("name", ["press_releases", "press_kits", "press_contacts"])
def test_the_lists_of_the_press_officer(officer, room, name, hour, early_outlet):
    release(room, embargo_until=hour, early_outlets=[early_outlet])
    kit(room, embargo_until=hour)
    contact(room)

    answer = officer.get(f"/editor/{name}/")

    assert answer.status_code == 200
    assert officer.get(f"/editor/{name}/?under_embargo=true").status_code == 200


def test_films_of_the_library_can_be_chosen(officer):
    assert officer.get("/editor/videos/chooser/").status_code == 200


def test_a_change_of_a_caption_makes_a_version_that_says_so(officer, room, client):
    page = kit(room, items=[item("photo", photo(caption="Alma Reyer"))])
    image = page.items[0].value["image"]
    image.caption = "Alma Reyer, scène 14"
    image.save()

    assert KitVersion.objects.filter(key=page.entry_key).count() == 2
    text = client.get(page.get_url() + "?language=en").content.decode()
    assert "Version 2" in text
    assert "caption" in text or "légende" in text


def test_a_contact_is_found_by_what_they_are_asked_about(room, api):
    contact(room, beat="jeunesse et animation")

    found = api.get("search?q=animation").json()["items"]

    assert [one["title"] for one in found] == ["Margaux Delorme"]
    assert PressContactPage.objects.count() == 1
