"""Films: measured and pictured in a cage, uploaded, edited, chosen, by collection."""

import json
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.models import Collection, GroupCollectionPermission

from media.models import Document, Video
from media.videos import measuring, probing
from media.videos.blocks import VideoChooserBlock
from tests.media.films import film, needs_ffmpeg


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def editor(site, make_user, client):
    person = make_user("editor@cabestan.example", is_superuser=True, is_staff=True)
    client.force_login(person)
    return person


def upload(client, path, **fields):
    with path.open("rb") as file:
        return client.post(
            reverse("videos:add"),
            {"title": "Bande-annonce", "collection": root().pk, "file": file, **fields},
        )


def root():
    return Collection.objects.get(depth=1)


@needs_ffmpeg
def test_a_film_is_measured_upright_with_its_words_and_without_its_place(tmp_path):
    path = film(
        tmp_path,
        rotate=90,
        tags=["title=L’Ourse", "artist=Anaïs Le Goff", "location=+48.85+002.35/"],
    )

    with path.open("rb") as file:
        probed = probing.probe(file, "video/mp4")

    assert probed.duration == pytest.approx(2, abs=0.2)
    assert (probed.width, probed.height) == (180, 320)
    assert probed.codecs == "h264 / aac"
    assert probed.as_found == {"title": "L’Ourse", "creator": "Anaïs Le Goff"}


@needs_ffmpeg
def test_a_frame_is_taken_as_a_jpeg(tmp_path):
    with film(tmp_path).open("rb") as file:
        picture = probing.poster(file, "video/mp4", duration=2)

    assert picture.startswith(b"\xff\xd8")
    assert PillowImage.open(BytesIO(picture)).size == (320, 180)


@needs_ffmpeg
@pytest.mark.parametrize("is_fast", [True, False])
def test_it_is_known_whether_a_film_plays_while_it_arrives(tmp_path, is_fast):
    with film(tmp_path, fast=is_fast).open("rb") as file:
        assert probing.starts_at_once(file, "video/mp4") is is_fast
        assert probing.starts_at_once(BytesIO(b"short"), "video/mp4") is None
        assert probing.starts_at_once(file, "video/webm") is None


HOSTILE = {
    "nothing": b"",
    "noise": b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40,
    "a playlist that names a file": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a page": b"<html><script>alert(1)</script>",
}


@needs_ffmpeg
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_film_says_nothing(tmp_path, body):
    path = tmp_path / "film.mp4"
    path.write_bytes(body)

    with path.open("rb") as file, pytest.raises(probing.Unreadable):
        probing.probe(file, "video/mp4")
    with path.open("rb") as file, pytest.raises(probing.Unreadable):
        probing.poster(file, "video/mp4", duration=1)


@needs_ffmpeg
def test_half_a_film_is_read_as_far_as_it_goes_or_not_at_all(tmp_path):
    whole = film(tmp_path, fast=False).read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(whole[: len(whole) // 2])

    with half.open("rb") as file, pytest.raises(probing.Unreadable):
        probing.probe(file, "video/mp4")


@needs_ffmpeg
def test_the_cage_cannot_write_nor_open_other_files(tmp_path, monkeypatch):
    path = film(tmp_path)
    stolen = tmp_path / "stolen.jpg"
    monkeypatch.setattr(probing, "_INPUT", ["-y", *probing._INPUT])

    with path.open("rb") as file, pytest.raises(probing.Unreadable):
        probing._run(
            "ffmpeg",
            ["-v", "error", "-f", "mov", "-i", "file:/dev/fd/0", "-frames:v", "1", str(stolen)],
            file,
        )
    assert not stolen.exists() or stolen.stat().st_size == 0


@needs_ffmpeg
def test_an_uploaded_film_gets_its_length_and_a_poster_with_its_rights(
    editor, client, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(
            client,
            film(tmp_path, tags=["artist=Anaïs Le Goff"]),
            credit="Cabestan",
            territories="fr, ch",
            uses=["press"],
            closes_at="2031-01-01T00:00:00",
        )

    assert answer.status_code == 302, answer.content.decode()
    saved = Video.objects.get()
    assert saved.duration == pytest.approx(2, abs=0.2)
    assert (saved.width, saved.height, saved.codecs) == (320, 180, "h264 / aac")
    assert saved.creator == "Anaïs Le Goff"
    poster = saved.poster
    assert (poster.width, poster.height) == (320, 180)
    assert (poster.credit, poster.territories, poster.uses) == ("Cabestan", "FR CH", "press")
    assert poster.closes_at == saved.closes_at
    assert poster.collection_id == saved.collection_id
    assert poster.filename == "trailer-poster.jpg"


@needs_ffmpeg
def test_what_an_editor_wrote_while_a_film_was_measured_stays(db, tmp_path, monkeypatch):
    made = Video(title="Extrait", file=ContentFile(film(tmp_path).read_bytes(), name="film.mp4"))
    made.duration = 1  # not measured by itself
    made.save()
    probe = probing.probe

    def slowly(file, content_type):
        Video.objects.filter(pk=made.pk).update(title="Ourse, extrait", credit="Cabestan")
        return probe(file, content_type)

    monkeypatch.setattr(probing, "probe", slowly)
    assert measuring.measure.call(made.pk) == "measured"

    made.refresh_from_db()
    assert (made.title, made.credit, made.width) == ("Ourse, extrait", "Cabestan", 320)
    assert made.poster.credit == "Cabestan"


def test_a_film_that_cannot_be_read_is_kept_without_measures(editor, client, tmp_path):
    path = tmp_path / "extrait.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 2000)

    assert upload(client, path).status_code == 302
    saved = Video.objects.get()
    assert saved.duration is None
    assert measuring.measure.call(saved.pk) == "unreadable"
    page = client.get(reverse("videos:edit", args=[saved.pk]))
    assert page.status_code == 200
    assert saved.poster is None


def test_without_ffmpeg_the_form_says_so_and_nothing_breaks(editor, client, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "extrait.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 2000)

    assert upload(client, path).status_code == 302
    page = client.get(reverse("videos:edit", args=[Video.objects.get().pk]))
    assert "ffmpeg" in page.content.decode()


def test_what_is_no_film_does_not_come_in(editor, client, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"<html>" * 100)

    answer = upload(client, path)

    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not Video.objects.exists()


def test_captions_must_be_webvtt(editor, client):
    saved = make_film()
    text = document("notes.txt", b"Bonjour")
    captions = document("fr.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n")

    def save(captions):
        return client.post(
            reverse("videos:edit", args=[saved.pk]),
            {"title": "Bande-annonce", "collection": root().pk, "captions": captions.pk},
        )

    assert save(text).context["form"].errors["captions"]
    assert save(captions).status_code == 302
    saved.refresh_from_db()
    assert saved.captions == captions


def test_films_are_seen_and_changed_by_the_permissions_of_their_collection(
    site, client, make_user, staff
):
    mine = root().add_child(name="Presse")
    other = root().add_child(name="Interne")
    staff.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("change_video", "choose_video"):
        GroupCollectionPermission.objects.create(
            group=staff,
            collection=mine,
            permission=Permission.objects.get(codename=codename),
        )
    shown, hidden = (
        make_film(collection=mine, title="Visible"),
        make_film(collection=other, title="Cachée"),
    )
    client.force_login(make_user("press@cabestan.example", groups=[staff]))

    listing = client.get(reverse("videos:index")).content.decode()
    assert "Visible" in listing
    assert "Cachée" not in listing
    assert client.get(reverse("videos:edit", args=[shown.pk])).status_code == 200
    assert client.get(reverse("videos:edit", args=[hidden.pk])).status_code == 302
    assert client.get(reverse("videos:delete", args=[hidden.pk])).status_code == 302
    assert client.get(reverse("videos:usage", args=[hidden.pk])).status_code == 302
    assert client.get(reverse("videos:history", args=[hidden.pk])).status_code == 302
    assert client.get(reverse("videos:add")).status_code == 302
    chooser = client.get(reverse("video_chooser:choose_results")).content.decode()
    assert "Visible" in chooser
    assert "Cachée" not in chooser
    chosen = client.get(reverse("video_chooser:chosen", args=[shown.pk]))
    assert json.loads(chosen.content)["result"]["title"] == "Visible"
    assert client.get(reverse("video_chooser:chosen", args=[hidden.pk])).status_code == 302


def test_a_film_is_uploaded_in_the_chooser(editor, client):
    page = client.get(reverse("video_chooser:choose"))
    assert b"video-chooser-upload-file" in page.content

    answer = client.post(
        reverse("video_chooser:create"),
        {
            "video-chooser-upload-title": "Extrait",
            "video-chooser-upload-collection": root().pk,
            "video-chooser-upload-file": ContentFile(bare_film(), name="extrait.mp4"),
        },
    )

    assert json.loads(answer.content)["step"] == "chosen", answer.content.decode()
    assert Video.objects.get().uploaded_by_user == editor


def test_a_block_keeps_a_film_and_its_use_is_known(editor, client, section):
    saved = make_film()
    block = VideoChooserBlock()

    assert block.to_python(saved.pk) == saved
    assert block.get_prep_value(saved) == saved.pk
    assert next(iter(block.extract_references(saved)))[:2] == (Video, str(saved.pk))
    assert client.get(reverse("videos:usage", args=[saved.pk])).status_code == 200
    assert client.get(reverse("videos:history", args=[saved.pk])).status_code == 200
    usage = reverse("videos:usage", args=[saved.pk])
    assert f'href="{usage}"' in client.get(reverse("videos:index")).content.decode()


def test_group_permissions_for_films_are_edited_by_collection(editor, client, staff):
    page = client.get(reverse("wagtailusers_groups:edit", args=[staff.pk]))

    assert b"video_permissions" in page.content


def make_film(title="Bande-annonce", **fields):
    made = Video(title=title, file=ContentFile(bare_film(), name="film.mp4"), **fields)
    made.save()
    return made


def bare_film():
    return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 2000


def document(name, body):
    made = Document(title=name, file=ContentFile(body, name=name))
    made.save()
    return made
