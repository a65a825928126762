"""The admin's upload forms: what is refused says why and leaves nothing behind."""

import io
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from media.blobs import Blob
from media.models import Document, Image
from tests.factories import article, document
from tests.factories import picture as kept_picture
from tests.media import documents
from tests.media.documents import docx, paragraph, pdf, picture

pytestmark = pytest.mark.django_db
AJAX = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def editor(site, client, make_user):
    user = make_user("redaction@cabestan.example", is_superuser=True, language="en")
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return client


def upload(client, kind, name, content):
    """As the uploader of many files sends one."""
    answer = client.post(
        reverse(f"{'wagtailimages' if kind == 'image' else 'wagtaildocs'}:add_multiple"),
        {"files[]": SimpleUploadedFile(name, content), "title": "A file"},
        headers=AJAX,
    )
    assert answer.status_code == 200
    return json.loads(answer.content)


def stored(settings):
    return sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def bomb():
    return docx(paragraph("x" * (32 << 20)))


@pytest.mark.parametrize(
    ("kind", "name", "content", "says"),
    [
        ("document", "dossier.pdf", b"<!doctype html><script>x</script>", "web page"),
        ("document", "dossier.exe", documents.program(), "Windows program"),
        ("document", "dossier.docx", documents.pptx("x"), ".pptx"),
        ("document", "dossier.docx", bomb(), "overwhelm"),
        ("document", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><g>", "SVG"),
        ("image", "photo.jpg", documents.program(), "Windows program"),
        ("image", "photo.jpg", picture("PNG"), ".png"),
        ("image", "photo.png", documents.png(20_000, 20_000), "120 million pixels"),
        ("image", "photo.jpg", picture()[:30], "damaged"),
        ("image", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    ],
    ids=["html", "exe", "mislabelled", "bomb", "svg", "program", "png", "pixels", "cut", "drawing"],
)
def test_a_refused_upload_says_why_and_leaves_nothing(editor, settings, kind, name, content, says):
    before = stored(settings)

    answer = upload(editor, kind, name, content)

    assert answer["success"] is False
    assert says in answer["error_message"]
    assert not Document.objects.exists()
    assert not Image.objects.exists()
    assert not Blob.objects.exists()
    assert stored(settings) == before


@pytest.mark.parametrize("name", ["../../../etc/x.pdf", "a\u202efdp.pdf", "é" * 300 + ".pdf"])
def test_names_are_defused_and_nothing_is_stored_under_them(editor, settings, name):
    answer = upload(editor, "document", name, pdf("Bonjour"))

    assert answer["success"] is True
    kept = Document.objects.get()
    assert not {"/", "\\", "\u202e"} & set(kept.filename)
    assert kept.filename.endswith(".pdf")
    assert kept.file.name == kept.blob.name
    assert not Path(settings.MEDIA_ROOT, "..", "..", "..", "etc", "x.pdf").exists()


def test_an_svg_is_stored_without_its_script(editor):
    upload(
        editor,
        "document",
        "logo.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><path d='M0 0'/></svg>",
    )

    with Document.objects.get().file.open() as file:
        content = file.read()
    assert b"script" not in content
    assert b"M0 0" in content


def test_a_picture_with_a_program_behind_it_is_sent_so_that_nothing_runs(section, client):
    polyglot = picture() + b"<?php system($_GET['c']); ?><script>alert(1)</script>"
    image = kept_picture()
    image.file = SimpleUploadedFile("photo.php.jpg", polyglot)
    image.save()
    article(section, lead_image=image)

    answer = client.get(f"/files/{image.file_key}")

    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"<?php" not in b"".join(client.get(f"/files/{image.file_key}/card"))


def test_the_same_document_is_noticed_after_many_came_and_names_the_first(editor):
    first = document("Dossier", content=pdf("Bonjour"))
    with first.file.open() as file:
        same = file.read()

    answer = upload(editor, "document", "encore.pdf", same)

    assert answer["success"] is True
    assert "very file already" in answer["form"]
    assert reverse("wagtaildocs:edit", args=[first.pk]) in answer["form"]


def chooser(client, **data):
    return client.post(
        reverse("wagtaildocs_chooser:create"),
        {
            "document-chooser-upload-title": "Encore",
            "document-chooser-upload-collection": Collection.get_first_root_node().pk,
            **{f"document-chooser-upload-{name}": value for name, value in data.items()},
        },
    )


def test_in_the_chooser_the_editor_decides_about_the_same_document(editor):
    content = pdf("Bonjour")
    document("Dossier", content=content)

    asked = chooser(editor, file=SimpleUploadedFile("encore.pdf", content), duplicate="ask")
    assert "very file already" in asked.content.decode()
    assert "Keep both" in asked.content.decode()
    assert Document.objects.count() == 1

    chooser(editor, file=SimpleUploadedFile("encore.pdf", content), duplicate="both")
    assert Document.objects.count() == 2


def test_the_same_bytes_are_stored_once(editor, settings):
    upload(editor, "document", "un.pdf", content := pdf("Bonjour"))
    before = stored(settings)
    upload(editor, "document", "deux.pdf", content)

    assert stored(settings) == before
    assert Document.objects.count() == 2


def test_replacing_a_file_keeps_the_bytes_that_others_hold(editor):
    content = pdf("Bonjour")
    one, other = document("Un", content=content), document("Autre", content=content)

    editor.post(
        reverse("wagtaildocs:edit", args=[one.pk]),
        {
            "title": "Un",
            "collection": one.collection_id,
            "file": SimpleUploadedFile("un.pdf", pdf("Nouveau")),
            "territories": "",
        },
    )

    one.refresh_from_db()
    assert one.sha256 != other.sha256
    with other.file.open() as file:
        assert io.BytesIO(file.read()).getvalue() == content
