"""Bytes in a bucket, of a server that checks signatures: rclone's."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from media import blobs, sweeping
from media.chunks import Chunks, Truncated
from media.kits import archive
from media.models import Document
from media.ranges import Extent
from tests.factories import article, restrict
from tests.ports import free_port

pytest.importorskip("storages.backends.s3")
pytestmark = pytest.mark.slow
KEY, SECRET = "demo-key", "demo-secret-of-tests"
NOISE = bytes(range(256)) * 10_000


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = shutil.which("rclone", path=beside) or pytest.skip("rclone is not installed")
    folder = tmp_path_factory.mktemp("bucket")
    (folder / "files").mkdir()
    port = free_port()
    process = subprocess.Popen(
        [command, "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", f"127.0.0.1:{port}",
         "--config", os.devnull, "--vfs-cache-mode", "writes", "--cache-dir",
         str(folder / "cache"), str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def bucket(settings, endpoint):
    """The product's files lie in the bucket."""
    settings.S3_BUCKET, settings.S3_ENDPOINT, settings.S3_REGION = "files", endpoint, "us-east-1"
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = KEY, SECRET
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "media.bucket.BucketStorage"},
    }


@pytest.fixture
def secret(bucket, section, staff):
    """A document that only staff reads."""
    file = Document.objects.create(
        title="N", file=ContentFile(b"%PDF-1.4 " + NOISE, name="été.pdf")
    )
    restrict(article(section, story=[("file", {"document": file, "title": ""})]), staff)
    return file


def fetched(address):
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read(), answer.headers


@pytest.mark.django_db
def test_who_may_read_is_sent_to_the_bucket_for_a_moment_and_nobody_else_is(
    secret, make_user, staff, settings
):
    settings.FILES_REDIRECT = True
    settings.FILES_REDIRECT_SECONDS = 60
    client = Client()
    client.force_login(make_user(groups=[staff]))

    assert Client().get(f"/files/{secret.file_key}").status_code == 404
    sent = client.get(f"/files/{secret.file_key}")
    assert sent.status_code == 302
    assert sent["Cache-Control"] == "private, no-cache"
    content, _ = fetched(sent["Location"])

    assert content == b"%PDF-1.4 " + NOISE
    assert "X-Amz-Expires=60" in sent["Location"]
    assert "response-content-disposition=inline" in sent["Location"]


@pytest.mark.django_db
def test_captions_come_from_the_pages_own_origin(bucket, section, settings):
    settings.FILES_REDIRECT = True
    words = b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n"
    captions = Document.objects.create(title="N", file=ContentFile(words, name="fr.vtt"))
    article(section, story=[("file", {"document": captions, "title": ""})])

    answer = Client().get(f"/files/{captions.file_key}")

    assert answer.status_code == 200
    assert answer.getvalue() == words


@pytest.mark.django_db
@pytest.mark.parametrize("spoilt", ["unsigned", "forged", "of another object"])
def test_the_bucket_gives_nothing_without_its_signature(secret, spoilt):
    address = default_storage.presigned(
        secret.blob.name, content_type="application/pdf", disposition="inline", seconds=60
    )
    bare, _, query = address.partition("?")
    assert fetched(address)[0]
    wrong = {
        "unsigned": bare,
        "forged": address[:-6] + "000000",
        "of another object": f"{bare[:-1]}x?{query}",
    }[spoilt]

    with pytest.raises(urllib.error.HTTPError) as refused:
        fetched(wrong)

    assert refused.value.code in {400, 403}


@pytest.mark.django_db
def test_an_address_in_the_bucket_dies_with_its_moment(secret):
    address = default_storage.presigned(
        secret.blob.name, content_type="application/pdf", disposition="inline", seconds=1
    )
    time.sleep(2.5)

    with pytest.raises(urllib.error.HTTPError):
        fetched(address)


@pytest.mark.django_db
def test_bytes_pass_through_the_process_in_ranges_where_that_is_wanted(
    secret, make_user, staff, settings
):
    settings.FILES_REDIRECT = False
    client = Client()
    client.force_login(make_user(groups=[staff]))
    whole = client.get(f"/files/{secret.file_key}")
    part = client.get(f"/files/{secret.file_key}", headers={"Range": "bytes=5-1500004"})

    assert whole.getvalue() == b"%PDF-1.4 " + NOISE
    assert part.getvalue() == (b"%PDF-1.4 " + NOISE)[5:1_500_005]


def test_a_kit_is_made_of_what_lies_in_the_bucket(bucket):
    files = []
    for number in range(3):
        content = NOISE + bytes([number])
        measured = blobs.measure(BytesIO(content))
        default_storage.save(measured.name, ContentFile(content))
        files.append(
            archive.File(
                path=(f"{number}.bin",), blob=measured, modified=datetime(2026, 5, 1, tzinfo=UTC)
            )
        )
    layout = archive.packed(files)
    body = b"".join(Chunks(layout.segments()))

    with zipfile.ZipFile(BytesIO(body)) as read:
        assert read.testzip() is None
    assert b"".join(Chunks(layout.segments(2_000_000, 3_000_000))) == body[2_000_000:5_000_000]


@pytest.mark.parametrize("wrong", ["gone", "shorter"])
def test_an_object_that_is_not_what_it_was_ends_the_answer(bucket, wrong):
    default_storage.save("blobs/ab/abcd", ContentFile(NOISE))
    key = "blobs/ab/never" if wrong == "gone" else "blobs/ab/abcd"
    size = len(NOISE) + 10

    with pytest.raises(Truncated):
        list(Chunks([Extent(key, 0, size, size)]))


def test_the_admin_asks_the_bucket_for_no_address(bucket):
    assert default_storage.url("blobs/ab/abcd").startswith("/editor/")


def test_blobs_are_shared_and_only_discarded_on_purpose(bucket):
    assert default_storage.save("blobs/cd/efgh", ContentFile(b"1")) == "blobs/cd/efgh"
    assert default_storage.save("blobs/cd/efgh", ContentFile(b"1")) == "blobs/cd/efgh"
    default_storage.delete("blobs/cd/efgh")
    assert default_storage.exists("blobs/cd/efgh")
    default_storage.discard("blobs/cd/efgh")
    assert not default_storage.exists("blobs/cd/efgh")


@pytest.mark.django_db
def test_what_nothing_names_leaves_the_bucket_and_the_rest_stays(bucket):
    kept, gone = (blobs.keep(ContentFile(content)) for content in (b"kept", b"gone"))
    Document.objects.create(title="N", file=ContentFile(b"kept", name="a.txt"))
    stray = f"blobs/ab/ab{'0' * 62}"
    default_storage.save(stray, ContentFile(b"no row"))

    swept = [one for one in sweeping.sweep(datetime.now(UTC) + timedelta(minutes=5)) if one]

    assert {gone.name, stray} <= {one.name for one in swept}
    assert not default_storage.exists(gone.name)
    assert not default_storage.exists(stray)
    assert default_storage.exists(kept.name)
