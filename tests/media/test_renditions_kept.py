"""Sizes are made once, kept, made again when something changed, and never half there."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from PIL import Image as PillowImage

from media import blobs
from media.metadata.proposing import said_by
from media.models import Derived, Image, Rendition
from media.renditions import giving_way, keeping
from media.renditions.admin import AdminSizes, PictureFile
from media.renditions.recipes import confirmed_of, recipe_of
from media.renditions.sizes import ALL, AVIF, SIZES
from tests.conftest import build_site
from tests.media import independent
from tests.media.pictures import CONFIRMED, SECRETS, coded, png, quarters, telling_jpeg

pytestmark = pytest.mark.django_db

RIGHTS = {
    "creator": CONFIRMED.creator,
    "credit": CONFIRMED.credit,
    "copyright": CONFIRMED.copyright,
    "usage_terms": CONFIRMED.usage_terms,
    "web_statement": CONFIRMED.web_statement,
    "caption": CONFIRMED.caption,
    "persons": " ; ".join(CONFIRMED.persons),
    "taken_on": CONFIRMED.taken_on,
    "closes_at": CONFIRMED.expires,
    "source_type": CONFIRMED.source_type,
    "data_mining": CONFIRMED.data_mining,
    "description": CONFIRMED.alt,
    "is_confirmed": True,
}


def uploaded(content=None, name="photo.jpg", **fields):
    content = content or telling_jpeg(quarters((900, 600)))
    return Image.objects.create(title="Photo", file=ContentFile(content, name=name), **fields)


def arrived(content):
    """A picture that is there before anybody begins to make its sizes."""
    image = Image(title="Photo", file=ContentFile(content, name="photo.jpg"))
    image.keep_bytes()
    return Image.objects.bulk_create([image])[0]  # which tells nobody


def large(**fields):
    """Just over what is made while somebody waits."""
    return uploaded(telling_jpeg(quarters((3200, 2000))), **fields)


def bytes_of(derived):
    with blobs.opened(derived.result) as file:
        return file.read()


def names(image):
    found = Derived.objects.filter(source=image.blob, recipe=recipe_of(image))
    return set(found.values_list("size", flat=True))


def test_a_small_picture_has_every_size_at_hand_and_each_is_made_once():
    image = uploaded(**RIGHTS)

    first = {name: keeping.at_hand(image, name) for name in SIZES}

    assert {name: (one.width, one.height) for name, one in first.items()} == {
        name: size.measures(900, 600) for name, size in SIZES.items()
    }
    assert {name: keeping.at_hand(image, name).pk for name in SIZES} == {
        name: one.pk for name, one in first.items()
    }


def test_a_size_that_is_there_costs_one_query(django_assert_num_queries):
    image = uploaded()
    keeping.make(image, ALL)

    with django_assert_num_queries(1):
        assert keeping.at_hand(image, "card").result.name


def test_whoever_takes_avif_gets_it_where_it_is_made_and_smaller():
    image = uploaded(coded(PillowImage.effect_noise((900, 600), 60).convert("RGB"), "JPEG"))
    keeping.make(image)
    assert keeping.rendition_of(image, "lead", avif=True).result.content_type == "image/webp"

    keeping.make(image, AVIF)

    either = keeping.rendition_of(image, "lead"), keeping.rendition_of(image, "lead.avif")
    smaller = min(either, key=lambda one: one.result.size)
    assert keeping.rendition_of(image, "lead", avif=True) == smaller
    assert keeping.rendition_of(image, "press", avif=True).result.content_type == "image/jpeg"


def test_a_large_picture_waits_for_the_worker_and_is_queued_once(
    django_capture_on_commit_callbacks,
):
    image = arrived(telling_jpeg(quarters((3200, 2000))))
    assert keeping.at_hand(image, "card") is None
    assert keeping.at_hand(image, "original").width == 3200

    with django_capture_on_commit_callbacks(execute=True):
        assert (keeping.ask_for([image]), keeping.ask_for([image])) == (1, 0)

    assert names(image) == set(ALL)
    assert keeping.ask_for([image], again=True) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_what_is_made_in_the_background_gives_way_and_its_database_work_does_not():
    def nobody_waits():
        for _ in range(2):
            yield os.getpriority(os.PRIO_PROCESS, 0)

    own = os.getpriority(os.PRIO_PROCESS, 0)

    assert set(giving_way.each(nobody_waits())) == {min(own + giving_way.NICE, 19)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
    broken = uploaded()
    replace_bytes(broken, b"GIF89a")
    assert keeping.make(broken, gives_way=True) == 0
    assert broken.render_error


def test_a_queued_picture_that_is_deleted_meanwhile_troubles_nobody(
    django_capture_on_commit_callbacks,
):
    image = uploaded()

    with django_capture_on_commit_callbacks(execute=True):
        keeping.ask_for([image])
        image.delete()

    assert not Derived.objects.exists()


def test_what_goes_out_in_every_size_says_what_was_confirmed_and_no_place():
    image = uploaded(**RIGHTS)
    keeping.make(image, ALL)

    for derived in Derived.objects.select_related("result"):
        content = bytes_of(derived)
        assert independent.confirmed_in(content) == CONFIRMED.as_json(), derived.size
        assert [secret for secret in SECRETS if secret in content] == [], derived.size


def test_what_nobody_confirmed_is_not_written():
    image = uploaded(**RIGHTS | {"is_confirmed": False})

    assert CONFIRMED.credit.encode() not in bytes_of(keeping.at_hand(image, "web"))


def changed(image, **fields):
    for name, value in fields.items():
        setattr(image, name, value)
    image.save()


@pytest.mark.parametrize(
    "change",
    [
        {"credit": "Cabestan"},
        {"focal_point_x": 9, "focal_point_y": 9, "focal_point_width": 9, "focal_point_height": 9},
        {"is_confirmed": False},
        {"taken_on": date(2020, 1, 1)},
    ],
    ids=["credit", "focal point", "confirmation", "date"],
)
def test_what_goes_into_a_size_makes_it_anew_and_leaves_the_old_one(change):
    image = uploaded(**RIGHTS)
    old = keeping.at_hand(image, "card")

    changed(image, **change)

    assert keeping.rendition_of(image, "card") is None
    assert keeping.at_hand(image, "card") != old
    assert bytes_of(Derived.objects.get(pk=old.pk))


def test_what_does_not_go_into_a_size_leaves_it():
    image = uploaded(**RIGHTS)
    old = keeping.at_hand(image, "card")

    changed(image, title="Another", uses="press", territories="FR")

    assert keeping.rendition_of(image, "card") == old


def test_a_replaced_file_has_sizes_of_its_own():
    image = uploaded()
    keeping.at_hand(image, "card")

    changed(image, file=ContentFile(coded(quarters((300, 200)), "PNG"), name="new.png"))

    assert keeping.at_hand(image, "wide").width == 300
    assert keeping.at_hand(image, "original").result.content_type == "image/png"


def test_saving_a_picture_queues_what_it_lacks(django_capture_on_commit_callbacks):
    from media.renditions import following  # noqa: F401 - from here on it follows

    with django_capture_on_commit_callbacks(execute=True):
        image = large(**RIGHTS)
    assert names(image) == set(ALL)

    with django_capture_on_commit_callbacks(execute=True):
        changed(image, credit="Cabestan")
    assert names(image) == set(ALL)

    with django_capture_on_commit_callbacks(execute=True) as queued:
        changed(image, title="Another title")
    assert queued == []


@pytest.mark.parametrize("scan", ["pending", "infected", "failed"])
def test_nothing_is_made_of_a_file_that_is_not_known_to_be_innocent(scan):
    image = uploaded()
    image.scan = scan

    assert keeping.at_hand(image, "card") is None
    assert keeping.ask_for([image]) == 0
    assert list(keeping.missing([image])) == []
    assert not Derived.objects.exists()


def replace_bytes(image, content):
    """As if these bytes had come in: uploads refuse most of them."""
    image.blob = blobs.keep(ContentFile(content))
    Image.objects.filter(pk=image.pk).update(blob=image.blob, file=image.blob.name)


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (telling_jpeg(quarters((900, 600)))[:9000], "cut_short"),
        (b"%PDF-1.4", "no_picture"),
        (png(20_000, 20_000, 1, 0, bytes(2501) * 20_000), "too_large"),
    ],
    ids=["cut off", "no picture", "400 megapixels"],
)
def test_a_picture_that_cannot_be_rendered_says_why_until_it_is_replaced(
    content, trouble, django_assert_num_queries
):
    image = uploaded()
    replace_bytes(image, content)

    assert keeping.at_hand(image, "card") is None

    assert Image.objects.get(pk=image.pk).render_error == trouble
    with django_assert_num_queries(2):  # and not one byte of it is read again
        assert keeping.at_hand(image, "card") is None
    assert str(keeping.Trouble(trouble).label)
    changed(image, file=ContentFile(coded(quarters(), "JPEG"), name="good.jpg"))
    assert keeping.at_hand(image, "card") is not None
    assert Image.objects.get(pk=image.pk).render_error == ""


def test_bytes_that_are_gone_from_the_storage_are_noted():
    image = uploaded()
    blobs.default_storage.discard(image.blob.name)

    assert keeping.make(image) == 0
    assert image.render_error == "gone"


def test_what_the_file_says_is_proposed():
    with blobs.opened(uploaded().blob) as file:
        found = said_by(file)

    assert (found.credit, found.creator, found.caption) == (
        "Old credit", "Somebody Else", "Old caption",
    )  # fmt: skip
    assert found.as_json()["taken_on"] == "2024-05-06"


def test_the_command_makes_what_is_missing_and_says_what_could_not_be_made():
    there, broken = uploaded(), uploaded(coded(quarters((80, 60)), "JPEG"))
    replace_bytes(broken, b"GIF89a")
    told = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("renditions", stdout=told, stderr=told, verbosity=0)

    assert ended.value.code == 1
    assert f"image {broken.pk}: " in told.getvalue()
    assert f"{len(ALL)} sizes made, 0 pictures had all, 0 not scanned" in told.getvalue()
    assert names(there) == set(ALL)
    replace_bytes(broken, coded(quarters(), "PNG"))
    told = StringIO()
    call_command("renditions", stdout=told, verbosity=0)
    assert "1 pictures had all" in told.getvalue()


def test_the_command_makes_again_what_somebody_took_out_of_the_storage():
    image = uploaded()
    lost = keeping.at_hand(image, "card").result
    blobs.default_storage.discard(lost.name)

    call_command("renditions", image=image.pk, stdout=StringIO(), verbosity=0)

    assert bytes_of(keeping.rendition_of(image, "card"))


@pytest.fixture
def admins_own():
    """Pictures as the admin shows them."""
    bases = Image.__bases__
    if AdminSizes not in Image.__mro__:
        Image.__bases__ = (AdminSizes, *bases)
    yield
    Image.__bases__ = bases


@pytest.mark.usefixtures("admins_own")
def test_the_admin_codes_no_original_anew_and_needs_no_threads():
    image = large()
    before = threading.active_count()
    seen = []
    watch = threading.Thread(target=lambda: seen.append(threading.active_count()))

    original = image.get_rendition("original")
    watch.start()
    watch.join()
    several = image.get_renditions("max-165x165", "max-800x600", "fill-600x338")

    assert (original.width, original.height) == (image.width, image.height)
    assert original.file.name == image.file.name
    assert not Rendition.objects.filter(filter_spec="original").exists()
    assert threading.active_count() == before
    sizes = {spec: (one.width, one.height) for spec, one in several.items()}
    assert sizes == {
        "max-165x165": (165, 103), "max-800x600": (800, 500), "fill-600x338": (600, 338),
    }  # fmt: skip


@pytest.mark.usefixtures("admins_own", "site")
def test_opening_a_picture_in_the_admin_codes_no_original_anew(client, make_user):
    image = large()
    client.force_login(make_user("chef@cabestan.example", is_superuser=True))

    answer = client.get(f"/editor/images/{image.pk}/")

    assert answer.status_code == 200
    assert set(Rendition.objects.values_list("filter_spec", flat=True)) == {"max-800x600"}


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_measures_of_a_picture_are_those_that_people_see_and_nothing_is_decoded(orientation):
    content = telling_jpeg(quarters((900, 600)), orientation)
    cut_in_the_middle = ContentFile(content[:12_000], name="photo.jpg")

    measured = PictureFile(Image(), Image._meta.get_field("file"), "photo.jpg")
    measured.file = cut_in_the_middle

    assert measured.get_image_dimensions() == ((600, 900) if orientation >= 5 else (900, 600))
    assert measured.tell() == 0


@pytest.mark.usefixtures("admins_own")
def test_the_admins_crops_keep_to_the_focal_point():
    photo = PillowImage.new("RGB", (3200, 2000), "white")
    photo.paste("red", (3000, 1800, 3200, 2000))
    focus = {"focal_point_x": 3100, "focal_point_y": 1900}
    focus |= {"focal_point_width": 200, "focal_point_height": 200}
    image = uploaded(coded(photo, "JPEG"), **focus)

    shown = PillowImage.open(image.get_rendition("fill-200x200-c100").file)

    assert shown.convert("RGB").getpixel((100, 100))[1] < 60
    assert image.focal_point_x == 3100


@pytest.mark.usefixtures("admins_own")
def test_the_admin_shows_what_wagtail_alone_would_not():
    for content, name in (
        (coded(quarters((2000, 1500)), "TIFF"), "scan.tif"),
        (coded(quarters((2000, 1500), "CMYK"), "JPEG"), "print.jpg"),
        (coded(quarters((2000, 1500), "RGBA"), "PNG"), "logo.png"),
    ):
        shown = PillowImage.open(uploaded(content, name).get_rendition("max-165x165").file)
        assert shown.size == (165, 123)
        assert shown.mode in {"RGB", "RGBA", "P"}


# Faults, caused for real.


def noisy(width=6000, height=4000):
    """A photo that takes a worker some seconds."""
    grain = PillowImage.effect_noise((width // 4, height // 4), 60).resize((width, height))
    return coded(grain.convert("RGB"), "JPEG", quality=92)


@pytest.fixture
def worker(settings, tmp_path):
    """Starts workers on this test's database and files, and ends them with it."""
    build_site()
    settings.MEDIA_ROOT = tmp_path / "media"
    running = []

    def start():
        command = [sys.executable, "-m", "tests.media.rendering"]
        command += [str(connection.settings_dict["NAME"]), str(settings.MEDIA_ROOT)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.communicate()


def until(happened, seconds=120):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def all_whole():
    """Every size that can be found is the bytes it says, and a picture to its last row."""
    for derived in Derived.objects.select_related("result"):
        content = bytes_of(derived)
        assert hashlib.sha256(content).hexdigest() == derived.result.sha256
        assert len(content) == derived.result.size
        with PillowImage.open(BytesIO(content)) as shown:
            shown.load()
            assert shown.size == (derived.width, derived.height)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="shares a database file")
def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_one_ends_it(worker):
    image = arrived(noisy())
    first = worker()
    assert first.stdout.readline() == "1\n"
    until(Derived.objects.exists)

    first.kill()
    assert first.wait() == -9

    assert 0 < len(names(image)) < len(ALL)
    all_whole()
    second = worker()
    assert second.stdout.readline() == "1\n"
    until(lambda: names(image) == set(ALL))
    all_whole()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="shares a database file")
def test_two_workers_at_once_make_each_size_once(worker):
    images = [arrived(noisy(2000 + 8 * number, 1200)) for number in range(3)]

    both = [worker(), worker()]

    until(lambda: all(names(image) == set(ALL) for image in images))
    assert Derived.objects.count() == 3 * len(ALL)
    assert [one.poll() for one in both] == [None, None]
    all_whole()


@pytest.fixture
def little_room(settings, tmp_path):
    """A storage on a disk of its own, of 4 MB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", tmp_path], check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount")
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_full_disk_leaves_nothing_half_and_is_made_up_for_when_there_is_room(little_room):
    image = uploaded(noisy(800, 600), **RIGHTS)
    filler = little_room / "filler"
    left = 30_000
    filler.write_bytes(bytes(free(little_room) - left))

    with pytest.raises(OSError, match="No space left"):
        keeping.make(image, ALL)
    assert keeping.at_hand(image, "press") is None  # readers get no error

    assert Image.objects.get(pk=image.pk).render_error == "storage"
    assert len(names(image)) < len(ALL)
    assert list(little_room.rglob("*.part")) == []
    all_whole()
    filler.unlink()
    keeping.make(image)
    assert names(image) >= set(SIZES)
    assert Image.objects.get(pk=image.pk).render_error == ""
    all_whole()


def free(folder):
    import os

    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


def test_confirmed_values_of_a_picture_are_those_that_were_typed():
    assert confirmed_of(Image(**RIGHTS)) == CONFIRMED
