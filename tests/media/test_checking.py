"""What comes in is what it says it is, small enough, and named so that nothing is misled."""

import io
import re
import struct

import pytest
from django.conf import settings as configured
from django.utils import translation

from media import archives, sniffing
from media.checking import Checked, Refused, check, safe_name
from media.kinds import FIELDS, SLIDES, WORD
from tests.media import documents
from tests.media.documents import docx, package, paragraph, pdf, picture, pptx


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def refused(content, name, field="document"):
    file = io.BytesIO(content)
    file.read(2)
    with pytest.raises(Refused) as caught:
        check(file, name, field)
    assert caught.value.field == field
    assert file.tell() == 0
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (pdf("Dossier"), "dossier.pdf", "application/pdf"),
        (b"\n\n" + pdf("Dossier"), "Dossier de PRESSE.PDF", "application/pdf"),
        (docx(paragraph("mot")), "note.docx", WORD),
        (package({"word/document.xml": "x", "a": "b"}), "note.docx", WORD),
        (pptx("mot"), "plan.pptx", SLIDES),
        ("Été".encode("cp1252"), "note.txt", "text/plain"),
        (b"a,b\n1,2\n", "tarifs.csv", "text/csv"),
        (b"# Titre\n", "lisez-moi.md", "text/markdown"),
        (b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n", "vo.vtt", "text/vtt"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "logo.svg", "image/svg+xml"),
        (package({"photo.txt": "x"}), "photos.zip", "application/zip"),
    ],
)
def test_a_document_that_is_what_its_name_says_comes_in(content, name, content_type):
    checked = check(io.BytesIO(content), name, "document")

    assert checked == Checked(content_type, name.rpartition(".")[2].lower())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"])
def test_pictures_come_in_with_their_measures(kind):
    checked = check(io.BytesIO(picture(kind)), f"photo.{kind.lower()}", "picture")

    assert checked == Checked(f"image/{kind.lower()}", kind.lower(), 60, 40)


@pytest.mark.parametrize(
    ("content", "name", "field", "says"),
    [
        (b"<!doctype html><script>x</script>", "dossier.pdf", "document", "web page (HTML)"),
        (documents.program(), "photo.jpg", "picture", "a Windows program"),
        (b"<?php system('id');", "note.txt", "document", "a PHP program"),
        (b"#!/bin/sh\nrm -rf /\n", "note.md", "document", "a shell program"),
        (b"<html><body>", "note.txt", "document", "a web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "photo.jpg", "picture", "SVG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.docx", "document", "old Office"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nhi\n", "vo.vtt", "captions", "WEBVTT"),
        (pdf("x"), "film.mp4", "video", "MP4"),
        (documents.program(), "orders.jsonl", "records", "JSON"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_a_remedy(content, name, field, says):
    message = refused(content, name, field)

    assert says in message
    assert str(FIELDS[field].remedy) in message


@pytest.mark.parametrize(
    ("content", "name", "field", "right"),
    [
        (pptx("mot"), "plan.docx", "document", "“.pptx”"),
        (picture("PNG"), "photo.jpg", "picture", "“.png”"),
        (pdf("x"), "dossier", "document", "“.pdf”"),
        (pdf("x"), "dossier.exe", "document", "“.pdf”"),
    ],
)
def test_a_mislabelled_file_is_told_its_right_name(content, name, field, right):
    assert right in refused(content, name, field)


def test_an_empty_file_is_refused():
    assert "empty" in refused(b"", "note.txt")


def test_macros_are_refused():
    content = package({"word/document.xml": "x", "word/vbaProject.bin": "x"})

    assert "macros" in refused(content, "note.docx")


@pytest.mark.parametrize(
    "content",
    [
        documents.docx_bomb(),
        package({"word/document.xml": "x", "../../etc/cron.d/x": "x"}),
        package({"word/document.xml": "x", "C:\\x.exe": "x"}),
        package({"word/document.xml": "x", **{f"m{number}": "" for number in range(10_001)}}),
        package({"word/document.xml": "x", **{f"{n}.bin": b"\0" * 9_000_000 for n in range(40)}}),
    ],
    ids=["one large member", "out of it", "a drive", "too many", "many large ones"],
)
def test_packages_that_would_overwhelm_are_refused_before_they_are_unpacked(content):
    assert "overwhelm" in refused(content, "note.docx")


@pytest.mark.parametrize("content", [docx(paragraph("mot"))[:-40], b"PK\x03\x04" + b"\0" * 500])
def test_a_package_that_was_cut_off_is_refused(content):
    assert "damaged" in refused(content, "photos.zip")


def test_files_beyond_the_limit_are_refused_with_both_figures(settings):
    settings.UPLOAD_PICTURE_BYTES = 2048

    message = refused(picture("JPEG") + b"\0" * 3000, "photo.jpg", "picture")

    assert re.search(r"3.6.*2.0", message)


@pytest.mark.parametrize("size", [(20_000, 20_000), (12_000, 11_000), (2_000_000_000, 1)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(size):
    assert "120 million pixels" in refused(documents.png(*size), "photo.png", "picture")


def test_a_picture_of_many_frames_counts_all_of_them(settings):
    settings.UPLOAD_PICTURE_PIXELS = 5_000
    from PIL import Image

    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    assert "pixels" in refused(out.getvalue(), "photo.gif", "picture")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_without_a_body_is_refused(kind):
    assert "damaged" in refused(picture(kind)[:24], f"photo.{kind.lower()}", "picture")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Affiche.jpg", "Affiche.jpg"),
        ("a\0b.pdf", "ab.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("Dossier de presse – L’Ourse.pdf", "Dossier de presse – L’Ourse.pdf"),
        ("花样年华.pdf", "花样年华.pdf"),
        ("Caf\u0065\u0301.pdf", "Café.pdf"),
        ("", "file"),
        ("..", "file"),
        ("\u200b", "file"),
    ],
)
def test_names_stay_readable_and_lead_nowhere(name, shown):
    assert safe_name(name) == shown


@pytest.mark.parametrize("name", ["é" * 300 + ".pdf", "花" * 300 + ".pdf", "x." + "y" * 300])
def test_long_names_are_cut_before_their_extension(name):
    shown = safe_name(name)

    assert len(shown.encode()) <= 255
    assert len(shown) >= 40
    if name.endswith(".pdf"):
        assert shown.endswith(".pdf")


def test_the_admin_offers_what_the_fields_take():
    assert set(configured.WAGTAILDOCS_EXTENSIONS) == set(FIELDS["document"].extensions)
    assert set(configured.WAGTAILIMAGES_EXTENSIONS) <= set(FIELDS["picture"].extensions)


def test_whatever_the_reader_of_a_format_raises_is_a_refusal():
    avif = picture("AVIF")
    ends = [avif.replace(b"ispe", b"xxxx", 1), avif.replace(b"av01", b"xxxx"), avif[:60]]
    tiff = picture("TIFF").replace(struct.pack("<H", 256), struct.pack("<H", 9), 2)

    for content in ends:
        assert "damaged" in refused(content, "photo.avif", "picture")
    assert "damaged" in refused(tiff, "photo.tiff", "picture")


def test_a_tiff_bomb_is_refused_by_its_header():
    entries = struct.pack("<HHHIIHHIIHHII", 3, 256, 4, 1, 30_000, 257, 4, 1, 30_000, 258, 3, 1, 8)
    tiff = b"II*\0" + struct.pack("<I", 8) + entries + b"\0" * 40

    assert refused(tiff, "photo.tiff", "picture")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (package({"docProps/app.xml": "x" * 9_000, "word/document.xml": "x"}, 0), WORD),
        (pptx("mot"), SLIDES),
        (docx(paragraph("mot"))[:-40], "application/zip"),
        (documents.docx_bomb(), "application/zip"),
    ],
)
def test_packages_tell_what_they_are_by_their_parts(content, content_type):
    file = io.BytesIO(content)

    assert archives.true_type(file, sniffing.type_of(content)) == content_type
    assert file.tell() == 0
    assert archives.true_type(io.BytesIO(b"x"), "image/png") == "image/png"
