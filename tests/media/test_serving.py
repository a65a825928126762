"""Bytes: only what a readable entry holds, with a true type, a safe name and honest caching."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as PillowImage

from cms.entries.models import Holding
from media.renditions import SIZES
from tests.factories import article, document, jpeg, picture, restrict

pytestmark = pytest.mark.django_db


def body(answer):
    return answer.getvalue()


def test_a_held_file_is_sent_with_its_true_type_and_its_name(section, client):
    file = document("Note", content=b"%PDF-1.4 bytes")
    article(section, story=[("file", {"document": file, "title": ""})])

    answer = client.get(f"/files/{file.file_key}")

    assert answer.status_code == 200
    assert body(answer) == b"%PDF-1.4 bytes"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{file.filename}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_html_that_calls_itself_a_pdf_is_never_shown_as_a_page(section, client):
    file = document(content=b"<!doctype html><script>alert(1)</script>")
    article(section, story=[("file", {"document": file, "title": ""})])

    answer = client.get(f"/files/{file.file_key}")

    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_same_bytes_are_not_sent_twice(section, client):
    image = picture()
    article(section, lead_image=image)
    first = client.get(f"/files/{image.file_key}/card")

    again = client.get(f"/files/{image.file_key}/card", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304


@pytest.mark.parametrize("name", SIZES)
def test_every_named_size_measures_what_entries_say(section, client, name):
    image = picture(size=(2000, 1500))
    article(section, lead_image=image)

    sent = PillowImage.open(BytesIO(body(client.get(f"/files/{image.file_key}/{name}"))))

    assert sent.format == {"webp": "WEBP"}.get(SIZES[name].form, "JPEG")
    assert sent.size == SIZES[name].measures(2000, 1500)


def test_a_replaced_picture_is_seen_in_every_size_at_once(section, client):
    image = picture(size=(900, 600))
    article(section, lead_image=image)
    assert sent_size(client, image) == (720, 480)

    image.file = jpeg((300, 200))
    image.save()

    assert sent_size(client, image) == (300, 200)


def sent_size(client, image):
    return PillowImage.open(BytesIO(body(client.get(f"/files/{image.file_key}/card")))).size


@pytest.mark.parametrize(
    "address",
    [
        "/files/image-99999",
        "/files/image-1/enormous",
        "/files/document-1/card",
        "/files/image-",
        "/files/image-٣",
        "/files/video-1",
        "/files/..%2f..%2fsettings",
        "/files/image-1/card/more",
        "/files/",
    ],
)
def test_what_is_not_there_is_a_problem(section, client, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_file_that_nothing_holds_is_for_editors_only(section, client, make_user):
    file = document()
    editor = Client()
    editor.force_login(make_user("chef@cabestan.example", is_superuser=True))

    assert client.get(f"/files/{file.file_key}").status_code == 404
    assert editor.get(f"/files/{file.file_key}").status_code == 200


def test_a_file_goes_when_the_page_lets_go_of_it(section, client):
    file = document()
    page = article(section, story=[("file", {"document": file, "title": ""})])
    assert client.get(f"/files/{file.file_key}").status_code == 200

    page.story = []
    page.save()

    assert Holding.objects.count() == 0
    assert client.get(f"/files/{file.file_key}").status_code == 404


def test_a_file_held_by_a_public_and_a_private_page_is_public(section, client, staff):
    file = document()
    hidden = article(section, story=[("file", {"document": file, "title": ""})])
    restrict(hidden, staff)
    assert client.get(f"/files/{file.file_key}").status_code == 404

    article(section, story=[("file", {"document": file, "title": ""})])

    assert client.get(f"/files/{file.file_key}").status_code == 200


def test_public_bytes_may_be_kept_but_never_past_the_next_closing(section, client):
    image = picture()
    article(section, lead_image=image, expire_at=timezone.now() + timedelta(seconds=20))

    answer = client.get(f"/files/{image.file_key}")

    assert answer["Cache-Control"].startswith("public, max-age=")
    assert int(answer["Cache-Control"].rpartition("=")[2]) <= 20
    assert "Cookie" in answer["Vary"]


def test_bytes_of_signed_in_readers_are_nobody_elses(section, make_user):
    image = picture()
    article(section, lead_image=image)
    client = Client()
    client.force_login(make_user())

    assert client.get(f"/files/{image.file_key}")["Cache-Control"] == "private, no-cache"


def test_a_bad_token_is_401_for_bytes_too(section):
    image = picture()
    article(section, lead_image=image)

    answer = Client().get(f"/files/{image.file_key}", headers={"Authorization": "Bearer fr_no"})

    assert answer.status_code == 401


def test_only_get_and_head(section, client):
    image = picture()
    article(section, lead_image=image)

    assert client.post(f"/files/{image.file_key}").status_code == 405
    assert client.head(f"/files/{image.file_key}").status_code == 200


def test_bytes_that_the_disk_lost_are_a_404_and_not_a_fault(section, client):
    file = document()
    article(section, story=[("file", {"document": file, "title": ""})])
    Path(file.file.path).unlink()

    assert client.get(f"/files/{file.file_key}").status_code == 404
