"""Large files that arrive in pieces: the protocol, its refusals, and what becomes of the file."""

import base64
import hashlib
import os
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission

from media.models import Document, Image
from media.uploads import arriving
from media.uploads.places import place
from tests.media.pictures import coded, quarters

ARRIVED = "media.uploads.arrived.ArrivedFiles"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    if ARRIVED not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE[:-1], ARRIVED, settings.MIDDLEWARE[-1]]
    return tmp_path / "uploads"


@pytest.fixture
def editor(site, make_user):
    return make_user("editor@cabestan.example", is_superuser=True, is_staff=True)


@pytest.fixture
def tus(client, editor):
    client.force_login(editor)
    return Tus(client)


def jpeg(size):
    return coded(quarters(size), "JPEG")


class Tus:
    """A client that speaks tus, one call a time."""

    def __init__(self, client):
        self.client = client

    def ask(self, method, url, body=b"", **headers):
        return self.client.generic(
            method,
            url,
            body,
            content_type=headers.pop("content_type", "application/offset+octet-stream"),
            headers={
                "Tus-Resumable": "1.0.0",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def begin(self, length, name="photo.jpg", field="picture"):
        return self.ask(
            "POST",
            reverse("uploads"),
            content_type="",
            Upload_Length=str(length),
            Upload_Metadata=metadata(filename=name, field=field),
        )

    def send(self, url, offset, body, **headers):
        return self.ask("PATCH", url, body, Upload_Offset=str(offset), **headers)

    def offset(self, url):
        return int(self.ask("HEAD", url)["Upload-Offset"])

    def whole(self, body, name="photo.jpg", field="picture"):
        """An upload that is finished. Its id."""
        url = self.begin(len(body), name, field)["Location"]
        assert self.send(url, 0, body).status_code == 204
        return id_in(url)


def id_in(url):
    return url.rsplit("/", 1)[1].removesuffix(".tus")


def metadata(**told):
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items()
    )


def checksum(body, algorithm="sha256"):
    digest = hashlib.new(algorithm, body).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def test_the_server_says_what_it_can_do(tus):
    answer = tus.ask("OPTIONS", reverse("uploads"))

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer["Tus-Max-Size"]) == 16 << 30


def test_a_file_arrives_in_pieces_and_the_offset_is_what_is_there(tus):
    body = os.urandom(3 << 20)
    begun = tus.begin(len(body))
    url = begun["Location"]

    assert begun.status_code == 201
    assert begun["Upload-Expires"].endswith("GMT")
    first = tus.send(url, 0, body[: 1 << 20])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(1 << 20))
    head = tus.ask("HEAD", url)
    assert (head["Upload-Offset"], head["Upload-Length"]) == (str(1 << 20), str(3 << 20))
    assert "no-store" in head["Cache-Control"]
    last = tus.send(url, 1 << 20, body[1 << 20 :])
    assert last["Upload-Offset"] == str(3 << 20)
    assert "Upload-Expires" not in last
    assert only(tus).path.read_bytes() == body


def test_a_piece_at_another_offset_is_refused_and_changes_nothing(tus):
    url = tus.begin(100)["Location"]
    tus.send(url, 0, b"a" * 40)

    assert tus.send(url, 0, b"b" * 40).status_code == 409
    assert tus.send(url, 60, b"b" * 40).status_code == 409
    assert only(tus).path.read_bytes() == b"a" * 40


def test_two_clients_at_one_upload_do_not_mix_their_bytes(tus):
    upload = whole_of(tus.begin(20)["Location"], tus)

    def slow():
        yield b"a" * 5
        arriving.append(upload, 5, [b"b" * 5])  # another client, while this one waits
        yield b"a" * 5

    with pytest.raises(arriving.OffsetMoved):
        arriving.append(upload, 0, slow())
    assert upload.path.read_bytes() == b"a" * 5 + b"b" * 5


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_is_kept_when_its_checksum_is_right(tus, algorithm):
    url = tus.begin(8)["Location"]

    sent = tus.send(url, 0, b"abcdefgh", Upload_Checksum=checksum(b"abcdefgh", algorithm))

    assert (sent.status_code, sent["Upload-Offset"]) == (204, "8")


def test_nothing_of_a_damaged_piece_is_kept(tus):
    url = tus.begin(16)["Location"]
    tus.send(url, 0, b"12345678")

    damaged = tus.send(url, 8, b"abcdefgX", Upload_Checksum=checksum(b"abcdefgh"))

    assert damaged.status_code == 460
    assert tus.offset(url) == 8
    assert [path.suffix for path in only(tus).folder.glob("*.piece")] == []
    assert tus.send(url, 8, b"abcdefgh", Upload_Checksum="md5 eA==").status_code == 400
    assert tus.send(url, 8, b"abcdefgh", Upload_Checksum=checksum(b"abcdefgh")).status_code == 204


def test_an_upload_does_not_exist_for_anybody_else(tus, client, make_user):
    url = tus.begin(10)["Location"]
    client.force_login(make_user("other@cabestan.example", is_superuser=True, is_staff=True))

    assert tus.ask("HEAD", url).status_code == 404
    assert tus.send(url, 0, b"x" * 10).status_code == 404
    assert tus.ask("DELETE", url).status_code == 404
    assert tus.ask("HEAD", reverse("upload", args=["x" * 32])).status_code == 404
    assert tus.ask("HEAD", reverse("upload", args=["..%2fx"])).status_code == 404


def test_nobody_uploads_without_the_admin_the_permission_and_the_token(
    site, client, make_user, staff, folder
):
    reader = make_user("reader@cabestan.example")
    nobody = Tus(client)
    assert nobody.begin(10).status_code == 302
    client.force_login(reader)
    assert nobody.begin(10).status_code == 302

    staff.permissions.add(Permission.objects.get(codename="access_admin"))
    reader.groups.add(staff)
    client.force_login(reader)
    assert nobody.begin(10).status_code == 403
    GroupCollectionPermission.objects.create(
        group=staff,
        collection=Collection.objects.get(depth=1),
        permission=Permission.objects.get(codename="add_image", content_type__app_label="media"),
    )
    client.force_login(reader)
    assert nobody.begin(10).status_code == 201
    assert nobody.begin(10, "film.mp4", "video").status_code == 403

    strict = Tus(type(client)(enforce_csrf_checks=True))
    strict.client.force_login(reader)
    assert strict.begin(10).status_code == 403
    assert len(place().of(reader.pk)) == 1


def test_what_could_never_come_in_is_refused_before_it_is_sent(tus, settings):
    settings.UPLOAD_PICTURE_BYTES = 1000

    assert tus.begin(1001).status_code == 413
    assert tus.begin(0).status_code == 400
    assert tus.begin(10, "page.html").status_code == 415
    assert tus.begin(10, "photo.jpg", "anything").status_code == 400
    assert tus.begin(10, "photo.jpg").status_code == 201
    unversioned = tus.client.post(reverse("uploads"))
    assert (unversioned.status_code, unversioned["Tus-Version"]) == (412, "1.0.0")


def test_a_person_has_a_quota(tus, settings):
    settings.UPLOAD_QUOTA = 1000
    url = tus.begin(600)["Location"]

    assert tus.begin(600).status_code == 413
    assert tus.ask("DELETE", url).status_code == 204
    assert tus.begin(600).status_code == 201


def test_more_than_was_announced_is_refused(tus):
    url = tus.begin(10)["Location"]

    assert tus.send(url, 0, b"x" * 11).status_code == 413
    assert tus.offset(url) == 0
    assert (
        tus.ask("PATCH", url, b"x", content_type="text/plain", Upload_Offset="0").status_code == 415
    )
    assert tus.ask("GET", url).status_code == 405


def test_what_nobody_finishes_goes_after_a_day(tus, capsys):
    url = tus.begin(10)["Location"]
    upload = whole_of(url, tus)
    left = upload.folder / "killed.0123.piece"
    left.write_bytes(b"x")
    age(upload.path, left)

    assert tus.ask("HEAD", url).status_code == 404
    kept = whole_of(tus.begin(10)["Location"], tus)
    call_command("uploads", "--sweep")
    assert capsys.readouterr().out == "1 removed\n"
    assert not upload.path.exists()
    assert not left.exists()
    assert kept.path.exists()
    call_command("uploads")
    assert "photo.jpg" in capsys.readouterr().out


def age(*paths):
    long_ago = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    for path in paths:
        os.utime(path, (long_ago, long_ago))


@pytest.fixture
def small_disk(tmp_path, settings):
    """A disk of 8 MB, which can be filled."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    settings.VAR_DIR = disk
    settings.UPLOAD_RESERVE = 0
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_keeps_what_arrived_and_the_upload_goes_on(tus, small_disk):
    body = os.urandom(4 << 20)
    url = tus.begin(len(body))["Location"]
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (6 << 20))

    full = tus.send(url, 0, body)
    assert full.status_code == 507
    assert "kept" in full.content.decode() or "conservé" in full.content.decode()
    arrived = tus.offset(url)
    assert 0 < arrived < len(body)
    assert tus.begin(3 << 20).status_code == 507
    filler.unlink()
    assert tus.send(url, arrived, body[arrived:]).status_code == 204
    assert only(tus).path.read_bytes() == body


def test_a_form_takes_what_arrived_and_the_upload_is_over(tus, settings):
    body = jpeg((640, 480))
    upload = tus.whole(body)

    answer = tus.client.post(
        reverse("wagtailimages:add"),
        {"title": "Kerjean", "collection": root().pk, "file__upload": upload},
    )

    assert answer.status_code == 302, answer.content.decode()
    image = Image.objects.get()
    assert image.blob.sha256 == hashlib.sha256(body).hexdigest()
    assert image.filename == "photo.jpg"
    assert image.file.open("rb").read() == body
    assert place().everything() == []
    assert list((settings.VAR_DIR / "uploads").rglob("*.lent")) == []


def test_many_pictures_come_the_same_way(tus):
    upload = tus.whole(jpeg((640, 480)))

    answer = tus.client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Kerjean", "collection": root().pk, "files[]__upload": upload},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )

    assert answer.json()["success"]
    assert Image.objects.get().width == 640
    assert place().everything() == []


def test_bytes_on_the_same_disk_are_moved_and_not_copied(tus, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    body = b"%PDF-1.7\n" + os.urandom(1 << 20)
    upload = tus.whole(body, "dossier.pdf", "document")
    number = only(tus).path.stat().st_ino

    answer = tus.client.post(
        reverse("wagtaildocs:add"),
        {"title": "Dossier", "collection": root().pk, "file__upload": upload},
    )

    assert answer.status_code == 302
    document = Document.objects.get()
    assert os.stat(document.file.path).st_ino == number
    assert document.file.open("rb").read() == body


def test_a_refused_form_leaves_the_upload_for_the_next_try(tus):
    upload = tus.whole(b"<html>", "photo.jpg")
    form = {"title": "Kerjean", "collection": root().pk, "file__upload": upload}

    refused = tus.client.post(reverse("wagtailimages:add"), form)
    assert refused.status_code == 200
    assert not Image.objects.exists()
    assert [one.id for one in place().everything()] == [upload]

    good = tus.whole(jpeg((64, 48)))
    no_title = tus.client.post(
        reverse("wagtailimages:add"), {**form, "title": "", "file__upload": good}
    )
    assert no_title.status_code == 200
    assert good in [one.id for one in place().everything()]
    assert (
        tus.client.post(reverse("wagtailimages:add"), {**form, "file__upload": good}).status_code
        == 302
    )


def test_half_a_file_or_somebody_elses_is_no_file(tus, client, make_user):
    half = id_in(tus.begin(100)["Location"])
    foreign = tus.whole(jpeg((64, 48)))

    def posted(upload):
        return client.post(
            reverse("wagtailimages:add"),
            {"title": "Kerjean", "collection": root().pk, "file__upload": upload},
        )

    assert posted(half).status_code == 200
    client.force_login(make_user("other@cabestan.example", is_superuser=True, is_staff=True))
    assert posted(foreign).status_code == 200
    assert not Image.objects.exists()


def test_the_same_bytes_again_are_taken_too(tus):
    form = {"title": "Kerjean", "collection": root().pk}
    body = jpeg((64, 48))
    tus.client.post(reverse("wagtailimages:add"), {**form, "file": as_file(body)})

    again = tus.client.post(reverse("wagtailimages:add"), {**form, "file__upload": tus.whole(body)})

    assert again.status_code == 302
    assert Image.objects.count() == 2
    assert place().everything() == []


def as_file(body, name="photo.jpg"):
    file = BytesIO(body)
    file.name = name
    return file


def root():
    return Collection.objects.get(depth=1)


def only(tus):
    (upload,) = place().everything()
    return upload


def whole_of(url, tus):
    return next(one for one in place().everything() if one.id == id_in(url))
