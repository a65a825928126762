"""A file's own embargo, end, territories and uses hold wherever it is held, to the second."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cms.accounts import identity
from cms.accounts.models import Organisation
from cms.entries.models import Entry, Holding
from media.models import Image, Scan
from pages.base.passing import follow_moments
from tests.factories import article, document, picture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """Set the moment at which readers ask."""

    def at(moment):
        monkeypatch.setattr(identity, "now", lambda: moment)

    return at


def body_of(page, client):
    return client.get(f"/api/v1/entries/{page.entry_key}").content.decode()


def test_an_image_appears_at_the_end_of_its_embargo_and_goes_when_its_rights_do(
    section, client, clock
):
    now = timezone.now()
    opens, closes = now + HOUR, now + 2 * HOUR
    image = picture("Secret", opens_at=opens, closes_at=closes, credit="crédit-secret")
    page = article(section, story=[("image", {"image": image, "alt": "", "caption": "légende"})])

    for moment, is_open in (
        (opens - timedelta(microseconds=1), False),
        (opens, True),
        (closes - timedelta(microseconds=1), True),
        (closes, False),
    ):
        clock(moment)
        for address in (f"/files/{image.file_key}/lead", f"/files/{image.file_key}"):
            assert (client.get(address).status_code == 200) is is_open, (moment, address)
        for word in ("crédit-secret", "légende", image.file_key):
            assert (word in body_of(page, client)) is is_open, (moment, word)


def test_a_file_under_embargo_is_in_no_list_of_files(section, client, clock):
    now = timezone.now()
    file = document("Dossier secret", opens_at=now + HOUR)
    page = article(section, story=[("file", {"document": file, "title": ""})])

    assert "Dossier secret" not in body_of(page, client)
    assert client.get(f"/files/{file.file_key}").status_code == 404
    clock(now + HOUR)
    listed = client.get(f"/api/v1/entries/{page.entry_key}").json()["files"]
    assert [one["title"] for one in listed] == ["Dossier secret"]
    assert client.get(f"/files/{file.file_key}").status_code == 200


def test_public_answers_are_not_kept_past_the_moment_of_a_file(section, client, clock, settings):
    now = timezone.now()
    image = picture("Bientôt fini", closes_at=now + timedelta(seconds=20))
    page = article(section, story=[("image", {"image": image, "alt": "", "caption": ""})])
    settings.API_PUBLIC_MAX_AGE = 3600
    clock(now)

    for address in (f"/files/{image.file_key}/lead", f"/api/v1/entries/{page.entry_key}"):
        control = client.get(address)["Cache-Control"]
        assert int(control.rpartition("=")[2]) <= 20, (address, control)


def test_a_file_cleared_for_some_territories_is_for_people_there_and_our_own(
    section, client, make_user
):
    image = picture("Suisse", territories="CH BE")
    page = article(section, story=[("image", {"image": image, "alt": "", "caption": "vallée"})])
    browsers = {}
    for name, code in (("Lac", "CH"), ("Seine", "FR")):
        outlet = Organisation.objects.create(name=name, territory=code)
        browsers[name] = Client()
        browsers[name].force_login(make_user(f"{name}@cabestan.example", organisation=outlet))
    browsers["ours"] = Client()
    browsers["ours"].force_login(make_user("nous@cabestan.example"))
    browsers["nobody"] = client

    seen = {
        name: (
            browser.get(f"/files/{image.file_key}/lead").status_code,
            "vallée" in body_of(page, browser),
        )
        for name, browser in browsers.items()
    }
    assert seen == {
        "Lac": (200, True),
        "Seine": (404, False),
        "ours": (200, True),
        "nobody": (404, False),
    }


def test_changed_rights_close_at_once_and_open_again(section, client):
    image = picture("Photo")
    page = article(section, story=[("image", {"image": image, "alt": "", "caption": "quai"})])
    address = f"/files/{image.file_key}/lead"
    assert client.get(address).status_code == 200

    for change, back in (
        ({"withdrawn_at": timezone.now() - HOUR}, {"withdrawn_at": None}),
        ({"uses": "press"}, {"uses": ""}),
        ({"scan": Scan.INFECTED}, {"scan": Scan.CLEAN}),
        ({"scan": Scan.FAILED}, {"scan": Scan.CLEAN}),
    ):
        _save(image, **change)
        assert client.get(address).status_code == 404, change
        assert "quai" not in body_of(page, client), change
        _save(image, **back)
        assert client.get(address).status_code == 200, back
        assert "quai" in body_of(page, client), back


def test_a_lead_picture_waits_for_its_moment_and_leaves_the_card_after_it(section, client):
    now = timezone.now()
    image = picture("Affiche", opens_at=now + HOUR, closes_at=now + 2 * HOUR)
    page = article(section, lead_image=image)
    follow_moments(now)
    card = Entry.objects.get(key=page.entry_key)
    assert '"image":null' in card.card
    assert Holding.objects.get(file=image.file_key).opens_at == now + HOUR

    Image.objects.filter(pk=image.pk).update(opens_at=now - HOUR)
    Holding.objects.filter(file=image.file_key).update(opens_at=now + timedelta(seconds=1))
    assert follow_moments(now + timedelta(seconds=2)) == 1
    assert image.file_key in Entry.objects.get(key=page.entry_key).card


@pytest.mark.parametrize(
    ("field", "value"),
    [("territories", "fr"), ("territories", "FR,BE"), ("uses", "everything")],
)
def test_codes_that_are_none_are_refused_with_what_to_write(field, value):
    image = picture("Photo")
    setattr(image, field, value)
    with pytest.raises(ValidationError) as refused:
        image.full_clean()
    assert field in refused.value.message_dict


def _save(image, **fields):
    for name, value in fields.items():
        setattr(image, name, value)
    image.save()
