"""What nothing names any more goes, and nothing else does, whoever is uploading or killed."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from media import blobs, sweeping
from media.blobs import Blob
from media.kits.models import KitVersion
from media.models import Derived, Document, FileText
from media.renditions import keeping
from media.renditions.recipes import recipe_of
from media.storage import PrivateStorage
from pages.management.commands.work import Work
from tests.conftest import build_site
from tests.factories import document
from tests.media.pictures import coded, quarters
from tests.media.takers import publish_kit
from tests.media.test_renditions_kept import changed, uploaded

pytestmark = pytest.mark.django_db
OLD = timedelta(days=30)
CONTENT = b"%PDF-1.4 the same bytes"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def age():
    """All that is there has been there for a month."""
    then = datetime.now(UTC) - OLD
    Blob.objects.update(created_at=then)
    for file in files():
        os.utime(file, (then.timestamp(), then.timestamp()))


def files():
    return [one for one in Path(configured.MEDIA_ROOT).rglob("*") if one.is_file()]


def other():
    return coded(quarters((700, 500)), "JPEG")


def content_of(asset):
    with blobs.opened(asset.blob) as file:
        return file.read()


def sweep(days=7, **options):
    before = datetime.now(UTC) - timedelta(days=days)
    return [one for one in sweeping.sweep(before, **options) if one is not None]


def stored():
    """The digests in the storage, and those in rows: the same, and each file is what it says."""
    there = {file.name: file.read_bytes() for file in files()}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in there.items()} == {
        name: name for name in there
    }
    assert set(there) == set(Blob.objects.values_list("sha256", flat=True))
    return set(there)


def test_what_a_deleted_and_a_replaced_file_left_goes_and_what_is_named_stays():
    deleted, replaced, kept = document(content=b"%PDF-1.4 a"), uploaded(), uploaded(other())
    keeping.make(replaced)
    was = replaced.blob
    FileText.objects.get_or_create(blob=deleted.blob)
    deleted.delete()
    changed(replaced, file=ContentFile(content_of(replaced) + b"x", name="new.jpg"))
    keeping.make(replaced)
    now = set(Derived.objects.filter(source=replaced.blob).values_list("result__sha256", flat=True))
    age()

    gone = sweep()

    assert not Blob.objects.filter(pk__in=[was.pk, deleted.blob_id]).exists()
    assert stored() == {replaced.sha256, kept.sha256} | now
    assert {one.kind for one in gone} == {sweeping.SIZE, sweeping.BLOB}
    assert sweep() == []


def test_sizes_of_an_old_recipe_go_once_those_of_the_new_one_have_been_there_as_long():
    image = uploaded(credit="Cabestan", is_confirmed=True)
    keeping.make(image)
    old = recipe_of(image)
    age()
    changed(image, credit="Cabestan / Anaïs Le Goff")

    # Nothing took their place yet, or it did a moment ago.
    assert sweep() == []
    keeping.make(image)
    assert sweep() == []
    age()
    gone = sweep()

    assert {one.kind for one in gone} == {sweeping.SIZE, sweeping.BLOB}
    assert not Derived.objects.filter(recipe=old).exists()
    assert keeping.make(image) == 0
    stored()


def test_an_older_version_of_a_kit_keeps_what_it_was_made_of(site, client):
    image = uploaded(credit="Cabestan", is_confirmed=True)
    keeping.make(image)
    publish_kit(image, key="dossier-8")
    changed(image, credit="Cabestan / Anaïs Le Goff")
    keeping.make(image)
    publish_kit(image, key="dossier-8")
    before = client.get("/api/v1/kits/dossier-8/v1.zip").getvalue()
    age()

    sweep()

    assert client.get("/api/v1/kits/dossier-8/v1.zip").getvalue()[:2] == before[:2] == b"PK"
    assert Derived.objects.values("recipe").distinct().count() == 2
    image.delete()
    sweep()
    assert Derived.objects.values("recipe").distinct().count() == 2
    stored()


def test_whoever_took_a_size_still_hears_that_it_was_replaced(site, client, make_user):
    image = uploaded(credit="Cabestan", is_confirmed=True)
    publish_kit(image)
    person = make_user()
    client.force_login(person)
    copy = client.get(f"/files/{image.file_key}/press").getvalue()
    address = f"/api/v1/copies/{hashlib.sha256(copy).hexdigest()}"
    changed(image, file=ContentFile(other(), name="new.jpg"))
    publish_kit(image)
    KitVersion.objects.filter(number=1).delete()
    keeping.make(image)
    told = client.get(address).json()["state"]
    age()

    assert sweep() != []

    assert client.get(address).json()["state"] == told == "replaced"


def test_what_came_in_lately_stays_and_so_does_what_is_on_its_way(folder):
    blobs.keep(ContentFile(CONTENT))
    (folder / "blobs/ab").mkdir(parents=True)
    (folder / f"blobs/ab/ab{'0' * 62}").write_bytes(b"no row yet")
    (folder / "blobs/ab/.half.part").write_bytes(b"half")

    assert sweep() == []
    assert len(files()) == 3


def test_bytes_without_a_row_go(folder):
    kept = document()
    (folder / "blobs/ab").mkdir(parents=True, exist_ok=True)
    (folder / f"blobs/ab/ab{'0' * 62}").write_bytes(b"no row ever")
    (folder / "blobs/ab/.half.part").write_bytes(b"half")
    age()

    gone = sweep()

    assert {(one.kind, one.bytes) for one in gone} == {(sweeping.BYTES, 4), (sweeping.BYTES, 11)}
    assert stored() == {kept.sha256}


def test_every_reference_that_keeps_a_blob_is_known():
    assert {(model.__name__, field) for model, field in sweeping.naming()} == {
        ("Image", "blob"),
        ("Document", "blob"),
        ("Video", "blob"),
        ("Derived", "result"),
        ("KitItem", "source"),
    }


def test_the_command_says_what_would_go_and_what_went():
    document(content=CONTENT).delete()
    age()

    def said(*arguments):
        out = StringIO()
        call_command("media", "sweep", *arguments, stdout=out)
        return out.getvalue()

    trial = said("--dry-run")
    assert f"blob blobs/{DIGEST[:2]}/{DIGEST}" in trial
    assert "Would remove 0 sizes" in trial
    assert stored() == {DIGEST}
    assert "0 blobs" in said("--days", "90")
    assert "1 blobs (23" in said()
    assert files() == []
    with pytest.raises(CommandError, match="at least 1"):
        said("--days", "0")


def test_the_worker_sweeps():
    document(content=CONTENT).delete()
    age()
    work = Work(every=1, interval=1)

    work.begin_sweep()
    while work.sweep():
        pass

    assert files() == []


class Refusing(PrivateStorage):
    """A storage that gives nothing up, as one whose key may only write."""

    def discard(self, name):
        raise PermissionError(13, "may not", name)


def with_storage(settings, cls):
    name = f"{cls.__module__}.{cls.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": name}}


def test_a_storage_that_gives_nothing_up_keeps_its_rows_and_ends_neither_command_nor_worker(
    settings,
):
    document(content=CONTENT).delete()
    age()
    with_storage(settings, Refusing)

    with pytest.raises(CommandError, match="may not"):
        call_command("media", "sweep")
    work = Work(every=1, interval=1)
    work.begin_sweep()

    assert work.sweep() is False
    assert stored() == {DIGEST}


# Killed, and several at once.


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sweep_killed_around_its_deletion_leaves_nothing_that_is_not_mended(folder, moment):
    build_site()
    document(content=CONTENT).delete()
    age()
    command = [sys.executable, "-m", "tests.media.sweeping"]
    command += [str(connection.settings_dict["NAME"]), str(folder), moment]

    assert subprocess.run(command, timeout=120).returncode == -9

    assert bool(files()) is (moment == "before")
    assert Blob.objects.count() == 1  # nobody's row, with bytes or without
    again = document(content=CONTENT)
    assert content_of(again) == CONTENT
    assert sweep() == []
    again.delete()
    age()
    assert len(sweep()) == 1
    assert stored() == set()


class Slow(PrivateStorage):
    """Stops amid a deletion, until told to go on."""

    begun, go_on = threading.Event(), threading.Event()

    def discard(self, name):
        self.begun.set()
        assert self.go_on.wait(60)
        super().discard(name)


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of locks on rows")
@pytest.mark.parametrize("has_row", [True, False], ids=["a blob", "bytes without a row"])
def test_the_same_bytes_that_come_in_amid_their_deletion_are_there_afterwards(settings, has_row):
    build_site()
    Slow.begun.clear()
    Slow.go_on.clear()
    document(content=CONTENT).delete()
    if not has_row:
        Blob.objects.all().delete()
    age()
    with_storage(settings, Slow)
    sweeper = in_thread(sweep)
    assert Slow.begun.wait(60)
    uploader = in_thread(lambda: document(content=CONTENT))
    until_somebody_waits()

    Slow.go_on.set()
    sweeper.join(60)
    uploader.join(60)

    assert stored() == {DIGEST}
    assert Document.objects.get().blob.sha256 == DIGEST


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of locks on rows")
def test_a_blob_that_is_just_being_named_is_left_alone():
    build_site()
    document(content=CONTENT).delete()
    age()
    found = []
    with transaction.atomic():
        document(content=CONTENT)
        sweeper = in_thread(lambda: found.append(sweep()))
        sweeper.join(60)

    assert found == [[]]
    assert stored() == {DIGEST}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_uploads_and_deletions_beside_sweeps_lose_nothing():
    build_site()
    age()
    until, troubles = time.monotonic() + 4, []

    def upload(number):
        while time.monotonic() < until:
            one = document(content=CONTENT + b"%d" % (number % 2))
            assert content_of(Document.objects.get(pk=one.pk)).startswith(CONTENT)
            one.delete()

    def clean():
        while time.monotonic() < until:
            Blob.objects.update(created_at=datetime.now(UTC) - OLD)
            sweep()

    def run(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            troubles.append(repr(error))

    works = [*(lambda number=number: upload(number) for number in range(3)), clean, clean]
    for thread in [in_thread(lambda work=work: run(work)) for work in works]:
        thread.join(120)

    assert troubles == []
    age()
    sweep()
    assert stored() == set()


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits():
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
