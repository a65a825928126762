"""Rights in the admin: proposed from the file, confirmed by an editor, listed, set in bulk."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.translation import override
from wagtail.log_actions import registry
from wagtail.models import Collection, GroupCollectionPermission

from cms.entries.models import Entry, Holding
from media.admin import proposals, withdrawing
from media.admin.states import states_of
from media.metadata.values import Found
from media.metadata.writing import clean_original
from media.models import Image, Scan
from tests.factories import article, document, picture
from tests.media.pictures import CONFIRMED, GPS_TEXT, coded, quarters, telling_jpeg

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forms(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WAGTAILIMAGES_IMAGE_FORM_BASE = "media.admin.forms.ImageForm"
    settings.WAGTAILDOCS_DOCUMENT_FORM_BASE = "media.admin.forms.DocumentForm"


@pytest.fixture
def editor(site, make_user, client):
    person = make_user(
        "editor@cabestan.example",
        is_superuser=True,
        is_staff=True,
        first_name="Camille",
        last_name="Roy",
    )
    client.force_login(person)
    return person


def root():
    return Collection.objects.get(depth=1)


def photo(confirmed=CONFIRMED):
    """A photograph that says of itself what an editor once confirmed."""
    plain = BytesIO(coded(quarters(), "JPEG"))
    return ContentFile(clean_original(plain, confirmed).file.read(), name="photo.jpg")


def rights(image, **changed):
    """The whole form of a picture, as the page would send it."""
    form = {"title": image.title, "collection": image.collection_id}
    names = (
        "description caption persons creator credit copyright usage_terms web_statement "
        "source_type data_mining territories taken_on opens_at closes_at"
    )
    for name in names.split():
        value = getattr(image, name)
        if isinstance(value, date):
            value = value.isoformat()[:19]
        form[name] = "" if value is None else value
    form["uses"] = image.uses.split()
    return {**form, **changed}


def edit(client, image, **changed):
    return client.post(reverse("wagtailimages:edit", args=[image.pk]), rights(image, **changed))


def uploaded(client, file, **fields):
    answer = client.post(
        reverse("wagtailimages:add"),
        {"title": "Le Quai", "collection": root().pk, "file": file, **fields},
    )
    assert answer.status_code == 302, answer.content.decode()
    return Image.objects.get()


def test_what_the_file_says_is_taken_over_and_waits_for_an_editor(editor, client):
    image = uploaded(client, photo(), credit="Agence Port-Blanc")

    assert image.creator == CONFIRMED.creator
    assert image.credit == "Agence Port-Blanc"
    assert image.copyright == CONFIRMED.copyright
    assert image.description == CONFIRMED.alt
    assert image.persons == "Inès Caradec; 李明"
    assert image.taken_on == CONFIRMED.taken_on
    assert image.closes_at == CONFIRMED.expires
    assert image.data_mining == "DMI-PROHIBITED"
    assert image.proposed["credit"] == CONFIRMED.credit
    assert not image.is_confirmed


def test_where_it_was_taken_is_neither_kept_nor_shown(editor, client):
    image = uploaded(client, ContentFile(telling_jpeg(), name="photo.jpg"))

    page = client.get(reverse("wagtailimages:edit", args=[image.pk])).content
    for text in (str(image.proposed).encode(), page):
        assert GPS_TEXT not in text
        assert b"gps" not in text.lower()


def test_the_form_shows_what_the_file_says_where_the_record_says_otherwise(editor, client):
    image = uploaded(client, photo(), credit="Agence Port-Blanc")

    page = client.get(reverse("wagtailimages:edit", args=[image.pk])).content.decode()

    assert page.count("data-take=") == 1
    assert 'data-take="id_credit"' in page
    assert 'data-value="Anaïs Le Goff / Cabestan"' in page
    with override("fr"):
        sections = [str(section.heading) for section in form_of(client, image).sections]
    assert len(sections) == 5


def form_of(client, image):
    return client.get(reverse("wagtailimages:edit", args=[image.pk])).context["form"]


def test_an_editor_confirms_and_the_log_says_who_and_when(editor, client):
    image = picture()

    assert edit(client, image, credit="Cabestan", is_confirmed="on").status_code == 302

    image.refresh_from_db()
    assert image.is_confirmed
    entry = registry.get_logs_for_instance(image).get(action="media.confirm_rights")
    assert entry.user == editor
    assert form_of(client, image).confirmation == entry
    assert edit(client, image, is_confirmed="on").status_code == 302
    assert registry.get_logs_for_instance(image).filter(action=entry.action).count() == 1


def test_another_file_must_be_confirmed_again(editor, client):
    image = picture(is_confirmed=True, credit="Cabestan")

    assert edit(client, image, file=photo(), is_confirmed="on").status_code == 302

    image.refresh_from_db()
    assert not image.is_confirmed
    assert image.credit == "Cabestan"
    assert image.creator == CONFIRMED.creator


def test_territories_and_uses_are_kept_as_the_rule_reads_them(editor, client):
    image = picture()

    assert edit(client, image, territories="fr, ch", uses=["press", "internal"]).status_code == 302
    image.refresh_from_db()
    assert (image.territories, image.uses) == ("FR CH", "internal press")
    refused = edit(client, image, territories="France", opens_at="2026-05-14T08:30:12",
                   closes_at="2026-05-14T08:30:12")  # fmt: skip
    assert set(refused.context["form"].errors) == {"territories", "closes_at"}


def test_moments_are_kept_to_the_second_and_come_back_as_they_were(editor, client):
    image = picture()

    edit(client, image, opens_at="2026-05-14T08:30:12")

    image.refresh_from_db()
    assert image.opens_at == datetime(2026, 5, 14, 6, 30, 12, tzinfo=UTC)
    page = client.get(reverse("wagtailimages:edit", args=[image.pk])).content.decode()
    assert 'value="2026-05-14T08:30:12"' in page


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"is_confirmed": True}, []),
        ({}, ["unconfirmed"]),
        ({"is_confirmed": True, "closes_at": NOW + timedelta(days=29)}, ["ending"]),
        ({"is_confirmed": True, "closes_at": NOW + timedelta(days=31)}, []),
        ({"is_confirmed": True, "closes_at": NOW}, ["ended"]),
        ({"opens_at": NOW + timedelta(seconds=1)}, ["embargoed", "unconfirmed"]),
        ({"is_confirmed": True, "withdrawn_at": NOW}, ["withdrawn"]),
        ({"is_confirmed": True, "scan": Scan.INFECTED}, ["scan-infected"]),
        ({"is_confirmed": True, "render_error": "broken"}, ["render"]),
    ],
)
def test_a_file_says_how_it_stands(fields, codes):
    image = Image(title="x", collection_id=1, **fields)

    assert [state.code for state in states_of(image, NOW)] == codes


def test_lists_are_narrowed_to_what_wants_somebody(editor, client):
    now = datetime.now(UTC)
    picture("Confirmée", is_confirmed=True)
    picture("À confirmer")
    picture("Bientôt finie", is_confirmed=True, closes_at=now + timedelta(days=3))
    picture("Sous embargo", is_confirmed=True, opens_at=now + timedelta(days=3))
    broken = picture("Cassée", is_confirmed=True)
    Image.objects.filter(pk=broken.pk).update(render_error="broken", scan=Scan.FAILED)

    def titles(**filters):
        page = client.get(reverse("wagtailimages:index"), filters)
        assert page.status_code == 200
        return {image.title for image in page.context["object_list"]}

    assert titles(rights="unconfirmed") == {"À confirmer"}
    assert titles(rights="ending") == {"Bientôt finie"}
    assert titles(rights=["ending", "embargoed"]) == {"Bientôt finie", "Sous embargo"}
    assert titles(scan="failed") == {"Cassée"}
    assert titles(unrendered="true") == {"Cassée"}
    assert titles(rights="unconfirmed", q="confirmer") == {"À confirmer"}
    assert len(titles()) == 5
    listing = client.get(reverse("wagtailimages:index"), {"layout": "list"}).content.decode()
    assert listing.count("file-state--") >= 4
    assert client.get(reverse("wagtailimages:index_results")).status_code == 200


def test_documents_are_listed_the_same_way(editor, client):
    document("Sans droits")
    withdrawn = document("Retirée", is_confirmed=True)
    withdrawing.withdraw(withdrawn, because="Erreur", at=datetime.now(UTC), by=editor)

    page = client.get(reverse("wagtaildocs:index"), {"rights": "withdrawn"})

    assert [one.title for one in page.context["object_list"]] == ["Retirée"]
    assert client.get(reverse("wagtaildocs:index_results")).status_code == 200
    assert client.get(reverse("wagtaildocs:edit", args=[withdrawn.pk])).status_code == 200


def test_rights_of_many_are_one_form_and_empty_fields_stay(editor, client):
    images = [picture(f"Photo {number}", creator="Anaïs Le Goff") for number in range(3)]
    url = reverse("wagtail_bulk_action", args=["media", "image", "set_rights"])
    chosen = f"{url}?next=/editor/images/&" + "&".join(f"id={image.pk}" for image in images[:2])

    assert client.get(chosen).status_code == 200
    answer = client.post(
        chosen,
        {"credit": "Cabestan", "uses": ["press"], "territories": "fr", "is_confirmed": "on"},
    )

    assert answer.status_code == 302
    first, second, other = Image.objects.order_by("pk")
    for image in (first, second):
        assert (image.credit, image.creator) == ("Cabestan", "Anaïs Le Goff")
        assert (image.uses, image.territories, image.is_confirmed) == ("press", "FR", True)
        assert registry.get_logs_for_instance(image).filter(action="media.confirm_rights").exists()
    assert (other.credit, other.is_confirmed) == ("", False)
    refused = client.post(chosen, {"territories": "France"})
    assert refused.context["form"].errors["territories"]


def test_rights_in_bulk_touch_only_what_one_may_change(site, client, make_user, staff):
    press = root().add_child(name="Presse")
    allowed, closed = picture("Presse", collection=press), picture("Interne")
    staff.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupCollectionPermission.objects.create(
        group=staff,
        collection=press,
        permission=Permission.objects.get(codename="change_image", content_type__app_label="media"),
    )
    client.force_login(make_user("press@cabestan.example", groups=[staff]))
    url = reverse("wagtail_bulk_action", args=["media", "image", "set_rights"])

    client.post(f"{url}?id={allowed.pk}&id={closed.pk}", {"credit": "Cabestan"})

    allowed.refresh_from_db()
    closed.refresh_from_db()
    assert (allowed.credit, closed.credit) == ("Cabestan", "")
    assert client.get(reverse("file_withdraw", args=[allowed.file_key])).status_code == 200
    assert client.get(reverse("file_withdraw", args=[closed.file_key])).status_code == 302
    client.post(reverse("file_withdraw", args=[closed.file_key]), {"because": "x"})
    closed.refresh_from_db()
    assert closed.withdrawn_at is None


def test_a_withdrawn_picture_is_gone_for_readers_until_that_is_lifted(
    editor, client, section, settings
):
    image = picture()
    page = article(section, lead_image=image, lead_alt="Un quai")
    entry = Entry.objects.get(key=page.entry_key)
    assert Holding.objects.filter(entry=entry, file=image.file_key).exists()
    reader = type(client)()
    assert reader.get(f"/files/{image.file_key}").status_code == 200

    asked = client.get(reverse("file_withdraw", args=[image.file_key]))
    assert asked.context["holders"] == 1
    assert asked.context["takers"] == 0
    assert client.post(reverse("file_withdraw", args=[image.file_key])).status_code == 200
    done = client.post(
        reverse("file_withdraw", args=[image.file_key]), {"because": "Droits contestés"}
    )

    assert done.url == reverse("wagtailimages:edit", args=[image.pk])
    image.refresh_from_db()
    assert image.withdrawn_because == "Droits contestés"
    assert reader.get(f"/files/{image.file_key}").status_code == 404
    assert "Droits contestés" in client.get(done.url).content.decode()
    client.post(reverse("file_lift", args=[image.file_key]))
    assert reader.get(f"/files/{image.file_key}").status_code == 200
    actions = registry.get_logs_for_instance(image).values_list("action", flat=True)
    assert {"media.withdraw", "media.lift"} <= set(actions)


@pytest.mark.parametrize(
    "key", ["image-999999", "image-x", "page-1", "image-١", "image-" + "9" * 30]
)
def test_what_is_no_file_cannot_be_withdrawn(editor, client, key):
    assert client.get(reverse("file_withdraw", args=[key])).status_code in {302, 404}


def test_what_a_file_says_is_read_as_far_as_it_makes_sense():
    said = Found(
        credit="x" * 500,
        persons=("Inès", "李明"),
        release=NOW,
        source_type="somethingElse",
        taken_on=date(2026, 3, 1),
    ).as_json()

    assert proposals.proposed(said, Image) == {
        "credit": "x" * 200,
        "persons": "Inès; 李明",
        "opens_at": NOW,
        "taken_on": date(2026, 3, 1),
    }
    assert proposals.proposed({"release": "never", "taken_on": 5}, Image) == {}


def test_many_pictures_show_their_fields_in_groups(editor, client):
    answer = client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Le Quai", "collection": root().pk, "files[]": photo()},
        headers={"X-Requested-With": "XMLHttpRequest"},
    ).json()

    assert answer["success"]
    assert answer["form"].count("<details") == 5
    assert Image.objects.get().creator == CONFIRMED.creator
    assert client.get(reverse("wagtailimages:add_multiple")).status_code == 200
