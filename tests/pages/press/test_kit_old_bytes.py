"""Bytes that were replaced: in older archives for those who may have the file, if they are good."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from cms.accounts import identity
from media.admin.withdrawing import lift, withdraw
from media.blobs import Blob
from media.models import Document
from tests.media import clamd
from tests.pages.press.conftest import item, kit, paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    """Two documents; the first had other bytes in the first version, with a virus that none saw."""
    replaced = paper("Dossier", content=b"%PDF-1.4 before " + clamd.EICAR)
    page = kit(room, items=[item("document", replaced), item("document", paper("Entretien"))])
    replaced.file = ContentFile(b"%PDF-1.4 after", name=replaced.filename)
    replaced.save()
    return page


def anchor(page):
    return page.items.get_prep_value()[0]["id"]


def documents(api, page, version, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"kits/{page.entry_key}/v{version}.zip?{text}")
    if answer.status_code != 200:
        return answer.status_code
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    return [archive.read(one) for one in archive.namelist() if one.startswith("documents/")]


def has_old_bytes(found):
    return any(clamd.EICAR in one for one in found)


def set_up(settings, address):
    settings.CLAMD_URL, settings.CLAMD_TIMEOUT, settings.CLAMD_MAX_BYTES = address, 20, 100 << 20
    settings.SERVE_UNSCANNED = False


def old_blob(page):
    return Blob.objects.exclude(pk__in=Document.objects.values("blob")).get()


def test_old_bytes_are_in_the_version_that_had_them_for_whoever_may_have_the_file(api, page):
    assert has_old_bytes(documents(api, page, 1))
    assert not has_old_bytes(documents(api, page, 2))
    assert clamd.EICAR in api.get(f"kits/{page.entry_key}/v1.zip?items={anchor(page)}").content


@clamd.NEEDED
def test_old_bytes_found_infected_later_leave_in_no_way(api, page, settings, scanner, capsys):
    href = f"kits/{page.entry_key}/v1.zip"
    started = api.get(href, Range="bytes=0-9")
    assert started.status_code == 206
    set_up(settings, scanner)

    call_command("scan", all=True)

    assert old_blob(page).scan == "infected"
    assert "infected" in capsys.readouterr().err
    assert set(Document.objects.values_list("scan", flat=True)) == {"clean"}
    (left,) = documents(api, page, 1)
    assert clamd.EICAR not in left
    assert len(documents(api, page, 2)) == 2
    assert len(documents(api, page, 2, since=1)) == 1
    assert documents(api, page, 1, items=anchor(page)) == 404
    assert documents(api, page, 1, items=anchor(page), size="web") == 404
    resumed = api.get(href, Range="bytes=10-", If_Range=started["ETag"])
    assert resumed.status_code == 200
    assert clamd.EICAR not in b"".join(resumed)
    tagged = f"{href}?tag=" + started["ETag"].strip('"')
    assert api.get(tagged).status_code == 412


def test_old_bytes_whose_scan_failed_wait_and_come_back_when_they_are_clean(
    api, page, settings, tmp_path
):
    set_up(settings, f"unix://{tmp_path}/nobody")

    with pytest.raises(SystemExit):
        call_command("scan", all=True)

    assert old_blob(page).scan == "failed"
    Document.objects.update(scan="clean")  # the files themselves were seen again, by another way
    Blob.objects.exclude(pk=old_blob(page).pk).update(scan="clean")
    for one in Document.objects.all():
        one.save()
    assert not has_old_bytes(documents(api, page, 1))
    assert len(documents(api, page, 2)) == 2

    Blob.objects.filter(pk=old_blob(page).pk).update(scan="clean")
    assert has_old_bytes(documents(api, page, 1))


def test_old_bytes_of_a_file_that_was_withdrawn_leave_in_no_way(api, page):
    asset = page.items[0].value["document"]
    asset.refresh_from_db()

    withdraw(asset, because="Accord retiré", at=identity.now())

    (left,) = documents(api, page, 1)
    assert clamd.EICAR not in left
    assert documents(api, page, 1, items=anchor(page)) == 404
    assert all(clamd.EICAR not in one for one in documents(api, page, 2))
    assert api.get(f"/files/{asset.file_key}").status_code == 404

    lift(asset)
    assert has_old_bytes(documents(api, page, 1))


@clamd.NEEDED
def test_bytes_known_for_a_virus_stay_so_when_they_come_in_again_without_a_scanner(
    api, page, settings, scanner, room
):
    set_up(settings, scanner)
    call_command("scan", all=True)
    settings.CLAMD_URL, settings.SERVE_UNSCANNED = "", True

    again = paper("Encore", content=b"%PDF-1.4 before " + clamd.EICAR)
    other = paper("Autre", content=b"%PDF-1.4 other")
    kit(room, "Encore", items=[item("document", again), item("document", other)])

    assert (again.scan, other.scan) == ("infected", "unscanned")
    assert api.get(f"/files/{again.file_key}").status_code == 404
    assert api.get(f"/files/{other.file_key}").status_code == 200


def test_the_migration_gives_bytes_the_worst_that_was_said_of_their_files(db):
    from importlib import import_module

    from django.apps import apps

    migration = import_module("media.migrations.0006_scans_of_bytes")
    clean, bad = paper("Un", content=b"%PDF-1.4 one"), paper("Deux", content=b"%PDF-1.4 two")
    twin = paper("Trois", content=b"%PDF-1.4 two")
    Document.objects.filter(pk=clean.pk).update(scan="clean")
    Document.objects.filter(pk=bad.pk).update(scan="clean")
    Document.objects.filter(pk=twin.pk).update(scan="failed")

    migration.take_over(apps, None)

    clean.blob.refresh_from_db()
    bad.blob.refresh_from_db()
    assert (clean.blob.scan, bad.blob.scan) == ("clean", "failed")
