"""Documents that kill their readers: these die in a cage, and the worker tells the editor."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from media.extraction import cage, text_of
from media.extraction.extracted import SAID
from media.kinds import SLIDES, WORD
from tests.media import documents
from tests.media.documents import docx, paragraph, pdf, pptx

PDF = "application/pdf"
GOOD = pdf("Bonjour", "encore")
FAILED = {SAID["damaged"], SAID["slow"]}


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert psutil.Process().children(recursive=True) == []
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "make",
    [
        documents.flate_bomb,
        documents.xobject_recursion,
        documents.page_loop,
        lambda: GOOD[: len(GOOD) // 2],
        lambda: os.urandom(5_000),
        lambda: b"<!doctype html><title>Not a PDF",
        lambda: b"",
    ],
    ids=["flate bomb", "recursion", "page loop", "truncated", "garbage", "web page", "empty"],
)
def test_a_pdf_that_is_a_trap_fails_with_a_message(make):
    found = text_of(io.BytesIO(make()), PDF)

    assert found.state == "failed"
    assert found.note in FAILED
    assert found.pages == ()


def test_a_pdf_nested_without_end_is_survived():
    assert text_of(io.BytesIO(documents.deep_nesting()), PDF).state in {"empty", "failed"}


def test_a_pdf_that_kills_the_first_reader_is_read_by_the_second():
    words = b"BT /F 9 Tf 9 9 Td (Survivant) Tj ET"
    resources = b"/Resources<</Font<</F 6 0 R>>/XObject<</X 5 0 R>>>>"
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + resources
    trap = documents.raw_pdf(
        documents.CATALOGUE,
        b"<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R%s>>" % resources,
        documents.stream(words),
        documents.stream(b"/X Do /X Do", form),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 8 0 R%s>>" % resources,
        documents.stream(b"/X Do /X Do"),
    )

    found = text_of(io.BytesIO(trap), PDF)

    assert found.state == "read"
    assert found.pages[0] == (1, "Survivant")


@pytest.mark.parametrize(
    ("make", "state", "reason"),
    [
        (documents.docx_bomb, "too_large", "bomb"),
        (documents.lying_docx, "failed", "damaged"),
        (documents.xml_bomb, "failed", "bomb"),
        (lambda: docx(paragraph("mot"))[:-40], "failed", "damaged"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected", "password"),
        (lambda: b"no package", "failed", "damaged"),
        (lambda: pptx("Des diapositives"), "failed", "damaged"),
        (lambda: docx("<w:p>" * 100 + "</w:p>" * 99), "failed", "damaged"),
    ],
    ids=["bomb", "lying", "entities", "cut", "encrypted", "garbage", "mislabelled", "malformed"],
)
def test_a_word_document_that_is_a_trap_is_refused_with_a_message(make, state, reason):
    found = text_of(io.BytesIO(make()), WORD)

    assert (found.state, found.note, found.pages) == (state, SAID[reason], ())


def test_a_presentation_that_points_out_of_itself_reads_nothing_there():
    found = text_of(io.BytesIO(pptx("Ici", target="../../../../../../etc/passwd")), SLIDES)

    assert found.state == "empty"


def test_a_document_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(cage, "WALL_SECONDS", 1)
    pile = "e" + "\u0301\u0316" * 400_000  # composing it takes quadratic time

    found = text_of(io.BytesIO(pile.encode()), "text/plain")

    assert (found.state, found.note) == ("failed", SAID["slow"])


def test_a_file_beyond_the_limit_is_not_opened(monkeypatch):
    monkeypatch.setattr(cage, "LARGEST", 10)

    found = text_of(io.BytesIO(b"eleven byte"), "text/plain")

    assert (found.state, found.note) == ("too_large", SAID["size"])


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "open('/tmp/left-by-a-document', 'w')",
        "__import__('socket').socket()",
        "__import__('os').pipe()",
        "bytearray(2 << 30)",
    ],
)
def test_nothing_can_be_opened_from_inside_the_cage(attempt):
    code = (
        "import sys, socket, os; sys.path.append(sys.argv[1]); "
        "from media.caged.reading import lock; lock('pdf')\n"
        f"try:\n {attempt}\n"
        "except (OSError, MemoryError) as error: print(type(error).__name__, end='')\n"
        "else: print('done', end='')"
    )
    root = Path(__file__).resolve().parents[2]

    ran = subprocess.run(
        [sys.executable, "-I", "-c", code, str(root)], capture_output=True, text=True, check=False
    )

    assert ran.stdout in {"OSError", "MemoryError"}, ran.stderr
