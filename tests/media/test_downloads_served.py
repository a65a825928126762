"""Kits over the API: what is noted of answers that are resumed, broken off and asked in vain."""

import zipfile
from io import BytesIO

import pytest
from django.test import Client

from cms.accounts import identity
from cms.accounts.models import Token
from media.downloads import logging
from media.downloads.models import Download, Taken
from media.renditions.sizes import WEB
from media.streaming import Sent
from tests.factories import document, picture
from tests.media.takers import KEY, publish_kit, reader_of, rendered

ADDRESS = f"/api/v1/kits/{KEY}/v1.zip"
LARGE = 3_000_000


@pytest.fixture
def files(site, press):
    found = [
        document("Dossier", content=b"%PDF-1.4 " + b"x" * LARGE),
        rendered(picture("Atelier")),
    ]
    publish_kit(*found, groups=[press])
    return found


@pytest.fixture
def nadia(make_user, press):
    return make_user("nadia@courrier.example", groups=[press])


@pytest.fixture
def ask(nadia, token_of):
    client, secret = Client(), token_of(nadia)

    def get(address=ADDRESS, **headers):
        return client.get(address, headers={"Authorization": f"Bearer {secret}", **headers})

    return get


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.django_db(transaction=True)
def test_ranges_of_the_real_answer_in_any_order_are_one_download(ask, files, nadia):
    tail = ask(Range="bytes=1500000-")
    assert (tail.status_code, tail.streaming) == (206, True)
    end = body_of(tail)
    assert not Taken.objects.filter(file=files[0].file_key, completed_at__isnull=False).exists()

    start = body_of(ask(Range="bytes=0-1499999"))

    download = Download.objects.get()
    assert (download.person, download.token) == (nadia, Token.objects.get())
    assert download.received == download.length == len(start + end)
    assert download.completed_at is not None
    assert len(zipfile.ZipFile(BytesIO(start + end)).namelist()) == 5


@pytest.mark.django_db(transaction=True)
def test_a_client_that_goes_away_leaves_a_part(ask, files):
    response = ask()
    chunks = iter(response.streaming_content)
    left = len(next(chunks)) + len(next(chunks))
    response.close()

    download = Download.objects.get()
    assert left <= download.received < download.length
    assert download.completed_at is None


def test_what_gives_no_bytes_is_no_download(ask, files, api):
    etag = ask(Range="bytes=0-0")["ETag"]
    Download.objects.all().delete()

    assert ask(**{"If-None-Match": etag}).status_code == 304
    assert ask(Range="bytes=99999999999-").status_code == 416
    assert api.get(f"kits/{KEY}/v1.zip").status_code == 404
    assert not Download.objects.exists()


def test_one_file_that_comes_as_itself_is_noted_with_its_kit(ask, files):
    body_of(ask(f"{ADDRESS}?items=a-{files[1].file_key}&size=web"))

    row = Taken.objects.select_related("download").get()
    assert (row.file, row.anchor) == (files[1].file_key, f"a-{files[1].file_key}")
    assert (row.download.kit, row.download.choice, row.download.size) == (KEY, "items", "web")
    assert row.completed_at is not None


def test_what_pages_show_is_no_download(files, nadia, rf):
    reader, photo, dossier = reader_of(nadia), files[1], files[0]

    def noted(asset, size, query=""):
        return logging.note_served(
            rf.get(f"/files/{asset.file_key}{query}"), reader, asset, asset.blob, size=size,
            name=asset.filename,
        )  # fmt: skip

    assert all(noted(photo, size) is None for size in WEB)
    assert noted(photo, "share") is None
    taken = [noted(photo, None), noted(photo, "press"), noted(dossier, None),
             noted(photo, "lead", "?download")]  # fmt: skip
    for one in taken:
        one(Sent(0, 10, 10))
    assert Download.objects.filter(person=nadia).count() == 2  # the same bytes, the same download
    assert Download.objects.first().started_at <= identity.now()
