"""Words are kept for the same bytes once, and those who wait for them are told."""

import pytest
from django.core.management import call_command
from django.utils import translation

from media.extraction import keeping
from media.models import Document, FileText
from tests.factories import document
from tests.media.documents import encrypted_pdf, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


@pytest.fixture
def told():
    """The blobs that listeners were told of."""
    heard = []
    keeping.on_read(heard.append)
    yield heard
    keeping._told.remove(heard.append)


def words(file):
    return FileText.objects.get(blob=file.blob)


def test_the_words_of_a_document_are_kept_by_page(told):
    file = document(content=pdf("Générique", "Fin"))

    keeping.ask_for(file)

    kept = words(file)
    assert (kept.state, kept.note) == ("read", "")
    assert kept.pages == [[1, "Générique"], [2, "Fin"]]
    assert told == [file.blob]


def test_the_same_bytes_are_read_once(told):
    content = pdf("Générique")
    for file in (document(content=content), document(content=content)):
        keeping.ask_for(file)

    assert FileText.objects.filter(pages=[[1, "Générique"]]).count() == 1
    assert len(told) == 1


def test_what_holds_no_words_is_not_asked_about(told):
    file = document(content=b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" * 200)

    keeping.ask_for(file)

    assert file.content_type == "audio/mpeg"
    assert not FileText.objects.filter(blob=file.blob).exists()
    assert told == []


def test_editors_are_told_in_their_language_what_was_found():
    file = document(content=encrypted_pdf("Fermé", user="secret"))
    keeping.ask_for(file)

    with translation.override("en"):
        assert "password" in keeping.said_of(words(file))
        assert keeping.said_of(FileText(state="read")) == "read"


def test_a_document_whose_bytes_are_missing_says_so():
    file = document(content=pdf("Perdu"))
    file.file.storage.discard(file.blob.name)

    kept = keeping.extract(file.blob.pk)

    assert kept.state == "failed"
    assert "missing" in kept.note


def test_a_blob_that_went_in_the_meantime_is_no_error(told):
    assert keeping.extract(0) is None
    assert told == []


def test_the_command_reads_what_was_not_read(capsys):
    file = document(content=pdf("Plus tard"))
    FileText.objects.filter(blob=file.blob).delete()

    call_command("texts", verbosity=0)
    call_command("texts", verbosity=0)

    assert words(file).pages == [[1, "Plus tard"]]
    assert capsys.readouterr().out.splitlines() == ["1 read", "Every document was read already."]


def test_replaced_bytes_have_words_of_their_own():
    file = document(content=pdf("Avant"))
    keeping.ask_for(file)
    file.file = document(content=pdf("Après")).file
    file = Document.objects.exclude(pk=file.pk).get()

    keeping.ask_for(file)

    assert words(file).pages == [[1, "Après"]]
