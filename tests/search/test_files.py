"""Texts of files are found as parts of the entry that holds them, and their file is named."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from cms.access import gates
from cms.access.reader import NEVER, Reader, grants_of
from cms.access.rule import PUBLIC
from cms.entries import ingest
from cms.entries.models import Entry, Part
from search import documents, service
from search.curation.explaining import explain
from search.documents import LONGEST_TEXT
from search.engines.embedded import filing
from search.engines.embedded.stretches import STRETCH, stretches
from search.models import Passage
from search.service import Asked

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def reader(at=NOON):
    known = gates.all_gates(gates.state().version)
    return Reader(grants_of(person=None, groups=frozenset(), gates=known), at)


def hold(text, *, title="Dossier.pdf", **window):
    """An entry that holds a file with this text."""
    (stored,) = ingest.store(
        "src",
        [
            {
                "id": "kit", "type": "sheet", "locale": "fr", "readers": [], "title": "La marquise",
                "body": "Une affiche pour la salle.", "published_at": "2026-01-01T00:00:00Z",
            }
        ],
        at=NOON,
    )  # fmt: skip
    entry = Entry.objects.get(key=stored.key)
    Part.objects.create(
        entry=entry, anchor="file-1", position=9, kind="file", file="document-5", title=title,
        body="[]", text=text, gate_id=gates.intern(PUBLIC), **window,
    )  # fmt: skip
    filing.file([entry.pk])
    return entry


def find(text, *, at=NOON, **fields):
    return service.search(Asked(text=text, **fields), reader(at)).found


@pytest.mark.django_db
class TestAFile:
    def test_is_named_where_only_its_text_has_the_word(self, client):
        hold("Le projectionniste arrive à l’aube.")

        (item,) = client.get("/api/v1/search?q=projectionniste").json()["items"]

        assert item["file"] == {
            "id": "document-5",
            "name": "Dossier.pdf",
            "href": "/files/document-5",
            "text": "Le <mark>projectionniste</mark> arrive à l’aube.",
        }

    def test_is_not_named_where_the_page_has_more_of_the_words(self):
        hold("La salle.")

        (hit,) = find("affiche salle").hits

        assert [one.file for one in hit.passages] == ["document-5"]
        assert hit.file is None

    def test_is_found_by_its_name(self):
        hold("Rien.", title="Contrat-type.pdf")

        (hit,) = find("contrat").hits

        assert (hit.file.title, hit.file.file) == ("Contrat-type.pdf", "document-5")

    def test_is_told_on_the_page_of_results(self, client, site):
        hold("Le projectionniste arrive à l’aube.")

        page = client.get("/fr/search/?q=projectionniste").content.decode()

        assert 'href="/files/document-5"' in page
        assert "Dossier.pdf" in page

    def test_opens_and_closes_without_indexing(self):
        hold("projectionniste", opens_at=NOON, closes_at=NOON + timedelta(hours=1))
        second = timedelta(seconds=1)

        counts = [
            find("projectionniste", at=at, is_exact=True).count
            for at in (NOON - second, NOON, NOON + timedelta(hours=1))
        ]

        assert counts == [0, 1, 0]

    def test_goes_with_its_part(self):
        entry = hold("projectionniste")

        Part.objects.filter(entry=entry, kind="file").delete()

        assert find("projectionniste", is_exact=True).count == 0
        assert find("affiche").count == 1

    def test_whoever_asks_why_is_told_that_it_is_not_open_yet(self):
        entry = hold("projectionniste", opens_at=NOON + timedelta(days=1), closes_at=NEVER)

        told = explain("projectionniste", "", reader(), entry.key)

        lines = [line for step in told.steps for line in step.lines]
        assert any("Dossier.pdf" in line for line in lines)
        assert not any("projectionniste”: in" in line for line in lines)


@pytest.mark.django_db
class TestALongText:
    def test_of_five_megabytes_is_filed_and_found(self):
        letters = "abcdefghijklmnopqrst"
        entry = hold(" ".join("".join(one) for one in product(letters, repeat=5) if one[0] < "j"))

        found = find("aaaaa aabcd")

        assert found.count == 1
        (hit,) = found.hits
        assert hit.file.file == "document-5"
        assert Passage.objects.filter(entry=entry).count() == 1 + -(-LONGEST_TEXT // STRETCH)
        # Beyond what is read nothing is found.
        assert find("imnop", is_exact=True).count == 0

    @pytest.mark.parametrize(
        "text",
        [
            "".join(chr(0x4E00 + number % 20_000) for number in range(130_000)),
            "".join(chr(0x20000 + number * 7 % 40_000) for number in range(130_000)),
            "é" * 200_000,
            "a-b-c-d-e " * 20_000,
            "x" + " " * 150_000 + "y",
        ],
        ids=["chinese", "rare-chinese", "one-word", "compounds", "nothing"],
    )
    def test_of_any_kind_fits_into_the_index(self, text):
        hold(text)

        assert find("affiche").count == 1

    def test_what_is_shown_is_the_stretch_with_the_words(self):
        hold("rien " * 40_000 + "le projectionniste de nuit " + "rien " * 40_000)

        (hit,) = find("projectionniste nuit").hits

        assert "<mark>projectionniste</mark> de <mark>nuit</mark>" in hit.file.text

    def test_is_not_worth_more_for_being_long(self):
        hold("salle " * 90_000)
        ingest.store(
            "src",
            [
                {
                    "id": "other", "type": "sheet", "locale": "fr", "readers": [],
                    "title": "Salle marquise", "published_at": "2026-01-01T00:00:00Z",
                }
            ],
            at=NOON,
        )  # fmt: skip

        assert find("salle marquise").hits[0].key == "src-other"

    def test_is_cut_between_words_and_nothing_is_lost(self):
        text = "affiche bobine " * 9000

        pieces = list(stretches(text))

        assert "".join(piece for _, piece in pieces) == text
        assert all(text[start : start + len(piece)] == piece for start, piece in pieces)
        assert all(len(piece) <= STRETCH for _, piece in pieces)
        assert {word for _, piece in pieces for word in piece.split()} == {"affiche", "bobine"}

    def test_many_of_them_are_read_in_batches(self, monkeypatch):
        monkeypatch.setattr(documents, "AT_ONCE", 100)
        entry = hold("mot " * 40)

        assert list(documents.in_batches([entry.pk + 1, entry.pk])) == [[entry.pk + 1], [entry.pk]]
