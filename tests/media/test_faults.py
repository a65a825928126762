"""Faults of the storage, caused for real: a full disk, a bucket that refuses, cut files."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.users.models import UserProfile

from media.blobs import Blob
from media.chunks import Truncated
from media.models import Document, Image
from tests.factories import document, picture
from tests.media.pictures import coded
from tests.media.takers import KEY, publish_kit, rendered
from tests.ports import free_port

pytestmark = pytest.mark.django_db
AJAX = {"X-Requested-With": "XMLHttpRequest"}
LARGE = 3_000_000


@pytest.fixture
def editor(site, client, make_user):
    client.raise_request_exception = False
    user = make_user("redaction@cabestan.example", is_superuser=True)
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return client


# A full disk.


@pytest.fixture
def small_disk(settings, tmp_path):
    """The storage is a disk of its own, of 4 MB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", tmp_path], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def pdf(size=LARGE):
    return b"%PDF-1.4 " + os.urandom(size)


def photo():
    grain = os.urandom(3 * 1000 * 800)
    return coded(PillowImage.frombytes("RGB", (1000, 800), grain), "JPEG", quality=95)


def one_by_one(client, name, content):
    """The form of one file. What it answers, and whether it was taken."""
    kind = "wagtailimages" if name.endswith("jpg") else "wagtaildocs"
    answer = client.post(
        reverse(f"{kind}:add"),
        {"title": "Un fichier", "file": SimpleUploadedFile(name, content), "collection": "1"},
    )
    return answer, answer.status_code == 302


def many(client, name, content):
    """The uploader of many files."""
    kind = "wagtailimages" if name.endswith("jpg") else "wagtaildocs"
    answer = client.post(
        reverse(f"{kind}:add_multiple"),
        {"files[]": SimpleUploadedFile(name, content), "title": "Un fichier"},
        headers=AJAX,
    )
    return answer, bool(answer.status_code == 200 and json.loads(answer.content)["success"])


@pytest.mark.parametrize("way", [one_by_one, many])
@pytest.mark.parametrize(("name", "made"), [("dossier.pdf", pdf), ("photo.jpg", photo)])
def test_a_full_disk_is_said_in_the_form_and_leaves_nothing_and_the_next_try_works(
    editor, small_disk, way, name, made
):
    content = made()
    filler = small_disk / "filler"
    filler.write_bytes(bytes((4 << 20) - len(content) // 2))

    refused, was_taken = way(editor, name, content)

    assert refused.status_code == 200
    assert not was_taken
    said = refused.content.decode()
    assert "no room left" in said
    assert not Document.objects.exists()
    assert not Image.objects.exists()
    assert not Blob.objects.exists()
    assert [path for path in small_disk.rglob("*") if path.is_file()] == [filler]
    filler.unlink()
    _, was_taken = way(editor, name, content)
    assert was_taken
    (kept,) = [*Document.objects.all(), *Image.objects.all()]
    with kept.file.open() as file:
        assert file.read() == content


def test_a_full_disk_while_a_file_is_replaced_keeps_the_file_that_was(editor, small_disk):
    before = document("Dossier", content=b"%PDF-1.4 before")
    (small_disk / "filler").write_bytes(bytes((4 << 20) - LARGE // 2))

    answer = editor.post(
        reverse("wagtaildocs:edit", args=[before.pk]),
        {"title": "Autre", "file": SimpleUploadedFile("n.pdf", pdf()), "collection": "1"},
    )

    assert answer.status_code == 200
    said = answer.content.decode()
    assert "no room left" in said
    after = Document.objects.get()
    assert (after.title, after.sha256) == ("Dossier", before.sha256)
    with after.file.open() as file:
        assert file.read() == b"%PDF-1.4 before"


# A bucket that refuses.

ACCESS, SECRET = "demo-key", "demo-secret-of-tests"


class Bucket:
    """rclone's S3 server, which can be stopped and started again."""

    def __init__(self, folder):
        beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.command = shutil.which("rclone", path=beside) or pytest.skip("rclone is not installed")
        self.folder = folder
        (folder / "served" / "files").mkdir(parents=True)
        self.port = free_port()
        self.process = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [self.command, "serve", "s3", "--auth-key", f"{ACCESS},{SECRET}", "--addr",
             f"127.0.0.1:{self.port}", "--config", os.devnull, "--vfs-cache-mode", "writes",
             "--vfs-write-back", "0s", "--cache-dir", str(self.folder / "cache"),
             str(self.folder / "served")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise AssertionError("the bucket does not start")

    def stop(self):
        """Killed, but not before it has put down what it took: it answers earlier than that."""
        for _ in range(200):
            if not any(self._waiting()):
                break
            time.sleep(0.05)
        else:
            raise AssertionError("the bucket does not put down what it took")
        self.process.kill()
        self.process.wait()

    def _waiting(self):
        for one in (self.folder / "cache" / "vfsMeta").rglob("*"):
            with contextlib.suppress(OSError):
                yield one.is_file() and '"Dirty": true' in one.read_text()


@pytest.fixture
def bucket(settings, tmp_path):
    pytest.importorskip("storages.backends.s3")
    started = Bucket(tmp_path)
    started.start()
    settings.S3_BUCKET, settings.S3_ENDPOINT = "files", started.address
    settings.S3_REGION, settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = "us-east-1", ACCESS, SECRET
    _in_the_bucket(settings)
    yield started
    started.stop()


def _in_the_bucket(settings):
    """A storage made anew, as a process that was started with these settings has it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "media.bucket.BucketStorage", "OPTIONS": {}},
    }


@pytest.fixture(params=["stopped", "wrong keys"])
def fault(request, bucket, settings):
    """Breaks the bucket, and mends it."""

    class Fault:
        def begin(self):
            if request.param == "stopped":
                bucket.stop()
            else:
                settings.S3_SECRET_KEY = "another-secret"
                _in_the_bucket(settings)

        def end(self):
            if request.param == "stopped":
                bucket.start()
            else:
                settings.S3_SECRET_KEY = SECRET
                _in_the_bucket(settings)

    return Fault()


def tracebacks(caplog):
    return [one for one in caplog.records if one.exc_info and one.name.startswith("django.request")]


@pytest.mark.slow
def test_a_bucket_that_takes_nothing_is_said_in_the_form_and_the_next_try_works(
    editor, fault, caplog
):
    content = pdf(2000)
    fault.begin()

    answers = [one_by_one(editor, "dossier.pdf", content), many(editor, "dossier.pdf", content)]

    for refused, was_taken in answers:
        assert refused.status_code == 200
        assert not was_taken
        said = refused.content.decode()
        assert "takes no files" in said
    assert not Document.objects.exists()
    assert not Blob.objects.exists()
    assert tracebacks(caplog) == []
    fault.end()
    assert many(editor, "dossier.pdf", content)[1]
    with Document.objects.get().file.open() as file:
        assert file.read() == content


@pytest.mark.slow
def test_reading_from_a_bucket_that_refuses_is_a_503_that_says_when_to_come_back(
    editor, bucket, fault, caplog, settings
):
    settings.FILES_REDIRECT = False
    files = [document("Dossier", content=pdf()), document("Note", content=pdf(2000))]
    publish_kit(*files)
    reader = Client(raise_request_exception=False)
    addresses = [
        *(f"/files/{one.file_key}" for one in files),
        f"/api/v1/kits/{KEY}/v1.zip",
        f"/api/v1/kits/{KEY}/v1.zip?items=a-{files[1].file_key}",
    ]
    assert {reader.get(one).status_code for one in addresses} == {200}
    fault.begin()

    answers = [reader.get(one) for one in addresses]

    assert {one.status_code for one in answers} == {503}
    assert all(int(one["Retry-After"]) > 0 for one in answers)
    assert {one["Content-Type"] for one in answers} == {"application/problem+json"}
    assert reader.get(f"/api/v1/kits/{KEY}").status_code == 200  # what is in it is still told
    assert tracebacks(caplog) == []
    assert any(one.message.startswith("storage_down") for one in caplog.records)
    fault.end()
    assert {reader.get(one).status_code for one in addresses} == {200}


# A blob whose file was truncated on the disk.


@pytest.fixture
def kit(site):
    files = [
        document("Dossier", content=pdf()),
        rendered(picture("Atelier")),
        document("Note", content=pdf(LARGE)),
    ]
    publish_kit(*files)
    return files


@pytest.mark.parametrize(
    "address", ["/files/{}", f"/api/v1/kits/{KEY}/v1.zip?items=a-{{}}"], ids=["file", "item"]
)
def test_a_file_that_is_shorter_than_announced_is_not_begun(kit, caplog, address):
    os.truncate(kit[2].file.path, LARGE // 2)

    answer = Client(raise_request_exception=False).get(address.format(kit[2].file_key))

    assert answer.status_code in {404, 503}
    assert kit[2].blob.name in caplog.text


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_archive_ends_where_a_file_is_shorter_and_is_never_padded(kit, caplog, when):
    whole = b"".join(Client().get(f"/api/v1/kits/{KEY}/v1.zip").streaming_content)
    path, content = kit[2].file.path, Path(kit[2].file.path).read_bytes()
    if when == "before":
        os.truncate(path, LARGE // 2)
    answer = Client().get(f"/api/v1/kits/{KEY}/v1.zip")
    assert int(answer["Content-Length"]) == len(whole)
    chunks = iter(answer.streaming_content)
    sent = [next(chunks)]
    if when == "meanwhile":
        os.truncate(path, LARGE // 2)

    with pytest.raises(Truncated):
        sent.extend(chunks)

    got = b"".join(sent)
    assert LARGE < len(got) < len(whole)
    assert whole.startswith(got)
    assert "download_cut_short" in caplog.text
    assert kit[2].blob.name in caplog.text
    Path(path).write_bytes(content)
    again = Client().get(f"/api/v1/kits/{KEY}/v1.zip", headers={"Range": f"bytes={len(got)}-"})
    assert got + b"".join(again.streaming_content) == whole


def test_an_archive_whose_first_file_is_shorter_is_a_503(kit, caplog):
    os.truncate(kit[0].file.path, LARGE // 2)

    answer = Client(raise_request_exception=False).get(f"/api/v1/kits/{KEY}/v1.zip")

    assert answer.status_code == 503
    assert answer.json()["type"].endswith("file-lost")
    assert kit[0].blob.name in caplog.text
