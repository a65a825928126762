"""The words of documents, as search gets them."""

import io

import pytest

from media.extraction import text_of
from media.extraction.extracted import SAID
from media.kinds import SLIDES, WORD
from tests.media import documents
from tests.media.documents import docx, encrypted_pdf, paragraph, pdf, pptx

PDF = "application/pdf"


def read(content, content_type):
    found = text_of(io.BytesIO(content), content_type)
    assert (found.state, found.note) == ("read", "")
    return dict(found.pages)


def test_a_pdf_is_read_page_by_page():
    found = read(pdf("Le générique de début", "", "L’ourse dort".replace("’", "'")), PDF)

    assert found == {1: "Le générique de début", 3: "L'ourse dort"}


def test_a_word_broken_at_the_end_of_a_line_is_one_word_again():
    found = read(pdf("Les exploi-\ntants de cinéma"), PDF)

    assert found == {1: "Les exploitants de cinéma"}


def test_a_pdf_with_only_an_owner_password_is_read():
    assert read(encrypted_pdf("Ouvert à tous", user=""), PDF) == {1: "Ouvert à tous"}


def test_a_pdf_with_a_password_says_so():
    found = text_of(io.BytesIO(encrypted_pdf("Fermé", user="secret")), PDF)

    assert (found.state, found.note, found.pages) == ("protected", SAID["password"], ())


def test_pages_without_words_are_taken_for_scanned_ones():
    found = text_of(io.BytesIO(pdf("", "")), PDF)

    assert (found.state, found.note) == ("empty", SAID["scanned"])


def test_word_gives_paragraphs_tables_and_notes_once():
    cells = "".join(f"<w:tc>{paragraph(word)}</w:tc>" for word in ("Ville", "Salle"))
    table = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{paragraph('Encadré')}</mc:Choice>"
        f"<mc:Fallback>{paragraph('Encadré')}</mc:Fallback></mc:AlternateContent>"
    )
    deleted = "<w:p><w:del><w:r><w:delText>Rayé</w:delText></w:r></w:del></w:p>"
    notes = f"<w:footnotes {documents.W}>{paragraph('Une note')}</w:footnotes>"

    found = read(
        docx(paragraph("Dossier") + table + twice + deleted, **{"word/footnotes.xml": notes}), WORD
    )

    assert found[1].split() == ["Dossier", "Ville", "Salle", "Encadré", "Une", "note"]


def test_slides_come_in_their_order_with_tables_and_speaker_notes():
    found = read(pptx("Un|deux", "Trois", notes={1: "Ne pas oublier"}), SLIDES)

    assert {number: text.split() for number, text in found.items()} == {
        1: ["Un", "deux", "Ne", "pas", "oublier"],
        2: ["Trois"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("content_type", ["text/plain", "text/csv", "text/vtt", "text/x-tex"])
def test_plain_text_is_read_in_whatever_charset(encoding, content_type):
    assert read("Œuvre à l’été".encode(encoding), content_type) == {1: "Œuvre à l’été"}


def test_chinese_is_read():
    assert read("花样年华".encode(), "text/plain") == {1: "花样年华"}


def test_characters_that_databases_refuse_and_forms_that_search_would_miss_are_gone():
    found = read("a\0b \x02c\x1bd ﬁn\u00ad ale\ufeff \ud7ff".encode(), "text/plain")[1]

    assert found.startswith("ab cd fin ale")
    assert not [one for one in found if ord(one) < 32]


@pytest.mark.parametrize("content", [b"", b" \n\t", "\u200b\0".encode()])
def test_a_text_without_words_is_empty(content):
    assert text_of(io.BytesIO(content), "text/plain").state == "empty"


@pytest.mark.parametrize("content_type", ["application/zip", "image/jpeg", "text/html", ""])
def test_other_kinds_are_not_read(content_type):
    found = text_of(io.BytesIO(b"<p>words"), content_type)

    assert (found.state, found.note) == ("empty", SAID["other_kind"])


def test_a_long_text_is_cut_and_said_so():
    found = text_of(io.BytesIO(b"mot " * 2_000_000), "text/plain")

    assert (found.state, found.note) == ("read", SAID["cut"])
    assert found.length <= 5_000_000


def test_a_pdf_of_too_many_pages_is_cut():
    leaves = b" ".join(b"3 0 R" for _ in range(2_100))
    resources = b"/Resources<</Font<</F 5 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R%s>>" % resources
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    many = documents.raw_pdf(
        documents.CATALOGUE,
        b"<</Type/Pages/Kids[%s]/Count 2100>>" % leaves,
        page,
        documents.stream(b"BT /F 9 Tf 9 9 Td (mot) Tj ET"),
        font,
    )

    found = text_of(io.BytesIO(many), "application/pdf")

    assert (found.state, found.note, len(found.pages)) == ("read", SAID["cut"], 2_000)


def test_a_file_on_disk_is_read_without_a_copy(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("Sur le disque")
    with path.open("rb") as file:
        file.read(3)
        assert text_of(file, "text/plain").pages == ((1, "Sur le disque"),)


def test_notes_fit_their_column():
    assert max(map(len, SAID.values())) <= 300
