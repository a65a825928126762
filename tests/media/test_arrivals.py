"""What comes into the library is read and scanned without anybody asking."""

import pytest

from media import arrivals, quarantine
from media.models import Document, FileText, Scan
from tests.factories import document
from tests.media import clamd
from tests.media.documents import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


def test_a_document_is_read_when_it_comes():
    assert arrivals.see_to

    file = document(content=pdf("Générique"))

    assert FileText.objects.get(blob=file.blob).pages == [[1, "Générique"]]


def test_a_file_that_waits_for_the_scanner_is_scanned_when_it_is_saved(settings):
    file = document(content=pdf("Dossier"))
    told = []
    quarantine.on_scanned(lambda blob, state: told.append((blob.pk, state)))

    with clamd.impostor(clamd.answers(b"stream: OK\0")) as address:
        settings.CLAMD_URL = address
        file.scan = Scan.PENDING
        file.save()

    quarantine._told.pop()
    assert Document.objects.get(pk=file.pk).scan == Scan.CLEAN
    assert told == [(file.blob.pk, Scan.CLEAN)]
