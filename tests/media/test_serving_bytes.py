"""Ranges, sizes that are not made yet, scans, and who is told to come back."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image as PillowImage

from cms.entries.models import Entry, Holding
from media import streaming
from media.models import Derived, Document, Image, Scan, Video
from media.renditions import SIZES
from tests.factories import article, document, picture, restrict

pytestmark = pytest.mark.django_db
FILM = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(range(256)) * 12_000


@pytest.fixture
def held(section):
    """Have a public article hold a file."""

    def hold(asset):
        page = article(section)
        entry = Entry.objects.get(page_id=page.pk)
        Holding.objects.create(entry=entry, file=asset.file_key, gate=entry.gate, position=0)
        return asset

    return hold


@pytest.fixture
def film(held):
    return held(Video.objects.create(title="B", file=ContentFile(FILM, name="Bande annonce.mp4")))


def test_a_film_seeks(film, client):
    address = f"/files/{film.file_key}"
    whole = client.get(address)
    middle = client.get(address, headers={"Range": "bytes=1000000-1000999"})
    end = client.get(address, headers={"Range": "bytes=-500", "If-Range": whole["ETag"]})

    assert whole.getvalue() == FILM
    assert whole["Accept-Ranges"] == "bytes"
    assert whole["Content-Type"] == "video/mp4"
    assert whole["Content-Disposition"].startswith("inline")
    assert (middle.status_code, middle.getvalue()) == (206, FILM[1_000_000:1_001_000])
    assert middle["Content-Range"] == f"bytes 1000000-1000999/{len(FILM)}"
    assert end.getvalue() == FILM[-500:]
    assert streaming.running.count == 0


def test_a_resume_of_other_bytes_is_given_the_whole(film, client):
    address = f"/files/{film.file_key}"
    before = client.head(address)
    film.file = ContentFile(FILM[::-1], name="autre.mp4")
    film.save()
    Video.objects.filter(pk=film.pk).update(scan=Scan.UNSCANNED)

    resumed = client.get(address, headers={"Range": "bytes=100-", "If-Range": before["ETag"]})

    assert resumed.status_code == 200
    assert resumed.getvalue() == FILM[::-1]


def test_a_range_behind_the_end_is_a_problem_that_says_how_long_the_file_is(film, client):
    answer = client.get(f"/files/{film.file_key}", headers={"Range": f"bytes={len(FILM)}-"})

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(FILM)}"
    assert answer["Content-Type"] == "application/problem+json"


def test_a_head_says_what_a_get_would(film, client):
    head, got = client.head(f"/files/{film.file_key}"), client.get(f"/files/{film.file_key}")
    got.close()

    assert head.content == b""
    assert dict(head.items()) == dict(got.items())
    assert head["Content-Length"] == str(len(FILM))


def test_a_range_is_asked_for_anew_after_the_embargo_began(film, client):
    address = f"/files/{film.file_key}"
    assert client.get(address, headers={"Range": "bytes=0-9"}).status_code == 206

    Holding.objects.filter(file=film.file_key).update(
        opens_at=timezone.now() + timedelta(minutes=5)
    )

    assert client.get(address, headers={"Range": "bytes=10-19"}).status_code == 404


def test_a_film_may_be_saved_instead_of_shown(film, client):
    answer = client.get(f"/files/{film.file_key}?download")
    answer.close()

    assert answer["Content-Disposition"] == 'attachment; filename="Bande annonce.mp4"'


@pytest.mark.django_db(transaction=True)  # closing an answer closes its connection
def test_enough_downloads_at_once_are_a_problem_with_a_time_and_small_files_go_on(
    film, held, client, settings
):
    settings.DOWNLOADS_AT_ONCE = 1
    small = held(document())
    first = client.get(f"/files/{film.file_key}")

    refused = client.get(f"/files/{film.file_key}")
    beside = client.get(f"/files/{small.file_key}")
    first.close()
    after = client.get(f"/files/{film.file_key}")
    after.close()

    assert (refused.status_code, refused["Retry-After"]) == (503, "20")
    assert beside.status_code == after.status_code == 200


def test_bytes_that_the_disk_lost_are_a_404_however_large(film, client):
    default_storage.discard(film.blob.name)

    assert client.get(f"/files/{film.file_key}").status_code == 404
    assert streaming.running.count == 0


@pytest.mark.parametrize("state", ["pending", "infected", "failed"])
def test_only_what_is_known_to_be_innocent_is_given(held, client, make_user, state):
    files = [held(document()), held(picture())]
    for model in (Document, Image):
        model.objects.update(scan=state)
    editor = Client()
    editor.force_login(make_user("chef@cabestan.example", is_superuser=True))

    for file in files:
        for address in (f"/files/{file.file_key}", f"/files/{file.file_key}/card"):
            assert client.get(address).status_code == 404
            assert editor.get(address).status_code == 404


def test_what_no_scanner_has_seen_is_given_where_that_is_allowed(held, client, settings):
    file = held(document())
    settings.SERVE_UNSCANNED = False
    closed = client.get(f"/files/{file.file_key}")
    settings.SERVE_UNSCANNED = True

    assert closed.status_code == 404
    assert client.get(f"/files/{file.file_key}").status_code == 200


def with_a_place():
    exif = PillowImage.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 23.76), 3: "E", 4: (2.0, 21.0, 7.92)}
    buffer = BytesIO()
    PillowImage.new("RGB", (900, 600), "teal").save(buffer, "JPEG", exif=exif)
    return ContentFile(buffer.getvalue(), name="À la plage.jpg")


def test_no_reader_gets_the_place_where_a_picture_was_taken(held, client):
    image = held(Image.objects.create(title="Plage", file=with_a_place()))
    with image.blob and default_storage.open(image.blob.name) as raw:
        assert PillowImage.open(raw).getexif().get_ifd(0x8825)

    for address in ("", "/original", "/press", "/card", "/lead"):
        answer = client.get(f"/files/{image.file_key}{address}")
        if answer.status_code == 503:  # asked for by the first; made by then
            answer = client.get(f"/files/{image.file_key}{address}")
        assert answer.status_code == 200, address
        assert not PillowImage.open(BytesIO(answer.getvalue())).getexif().get_ifd(0x8825)
        assert image.blob.sha256 not in answer["ETag"]


@pytest.fixture
def large(held, settings):
    """A picture that nobody makes while somebody waits, and a worker that does not run."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return held(picture(size=(3200, 2400)))


def test_a_size_that_is_not_made_yet_is_a_placeholder_that_nobody_keeps(large, client):
    answer = client.get(f"/files/{large.file_key}/card")

    sent = PillowImage.open(BytesIO(answer.getvalue()))
    assert sent.size == SIZES["card"].measures(3200, 2400)
    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert Derived.objects.count() == 0


@pytest.mark.parametrize("address", ["press", "share"])
def test_a_size_for_taking_away_that_is_not_made_yet_says_when_to_come_back(large, client, address):
    answer = client.get(f"/files/{large.file_key}/{address}")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Content-Type"] == "application/problem+json"


def test_a_size_has_a_name_that_says_what_it_is(held, client):
    image = held(picture())
    Image.objects.update(name="L’été.jpeg")

    assert (
        "L%E2%80%99%C3%A9t%C3%A9-card.webp"
        in client.get(f"/files/{image.file_key}/card")["Content-Disposition"]
    )


def test_browsers_that_know_better_are_told_apart(held, client):
    image = held(picture())

    assert "Accept" in client.get(f"/files/{image.file_key}/card")["Vary"]


def test_a_token_that_may_not_read_reads_no_files(held, api, make_user, token_of):
    file = held(document())

    assert (
        api.get(f"/files/{file.file_key}", token=token_of(make_user(), "ingest")).status_code == 403
    )


def test_the_end_of_rights_ends_the_keeping_of_public_bytes(held, client):
    file = held(document())
    Holding.objects.filter(file=file.file_key).update(
        closes_at=timezone.now() + timedelta(seconds=20)
    )

    kept = client.get(f"/files/{file.file_key}")["Cache-Control"]

    assert kept.startswith("public, max-age=")
    assert int(kept.rpartition("=")[2]) <= 20


def test_a_private_file_is_nothing_to_others_in_any_form(held, section, staff, client):
    file = document(content=b"%PDF-1.4 secret")
    restrict(article(section, story=[("file", {"document": file, "title": ""})]), staff)
    tag = f'"{file.sha256}"'

    for headers in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        answer = client.get(f"/files/{file.file_key}", headers=headers)
        assert answer.status_code == 404
        assert "ETag" not in answer
