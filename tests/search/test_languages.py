"""Texts in the reader's own language come before others that are about as good."""

from datetime import UTC, datetime

import pytest

from cms.access import gates
from cms.access.reader import Reader, grants_of
from cms.entries import ingest
from search import service
from search.contract import Filters
from search.curation.models import Synonym
from search.service import Asked

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def load(*texts):
    raws = [
        {
            "id": f"n{number}", "type": "sheet", "locale": locale, "readers": [], "title": title,
            "body": body, "published_at": "2026-01-01T00:00:00Z",
        }
        for number, (locale, title, body) in enumerate(texts)
    ]  # fmt: skip
    assert all(one.status == "stored" for one in ingest.store("src", raws, at=NOON))


def find(text, **fields):
    known = gates.all_gates(gates.state().version)
    reader = Reader(grants_of(person=None, groups=frozenset(), gates=known), NOON)
    found = service.search(Asked(text=text, **fields), reader).found
    return [hit.card["locale"] for hit in found.hits], found.count


@pytest.mark.django_db
class TestTheReadersLanguage:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_comes_first_among_translations(self, language):
        load(("fr", "Planning", "cabestan"), ("en", "Planning", "cabestan"))

        locales, count = find("cabestan", language=language)

        assert locales[0] == language
        assert count == 2

    def test_does_not_hide_what_is_much_better(self):
        filler = "rien à voir ici " * 40
        load(("fr", "Autre chose", f"{filler} cabestan {filler}"), ("en", "Cabestan", "cabestan"))

        assert find("cabestan", language="fr")[0] == ["en", "fr"]

    def test_synonyms_of_another_language_do_not_add_up(self):
        Synonym.objects.create(words="affiche, poster, one-sheet, artwork")
        load(
            ("en", "Poster artwork", "The poster, the one-sheet and the artwork of a poster."),
            ("fr", "Commander", "Une affiche pour chaque salle du réseau, et un présentoir."),
        )

        assert find("affiche", language="fr")[0] == ["fr", "en"]

    def test_says_nothing_where_a_language_is_chosen(self):
        load(("fr", "Planning", "cabestan"), ("en", "Planning", "cabestan"))
        chosen = Filters(locales=("fr", "en"))

        plain = find("cabestan", filters=chosen)

        assert find("cabestan", filters=chosen, language="fr") == plain
        assert find("cabestan", filters=chosen, language="en") == plain

    def test_is_that_of_the_pages_address(self, client, site):
        load(("fr", "Planning", "cabestan"), ("en", "Planning", "cabestan"))

        french, english = (
            client.get(f"/{code}/search/?q=cabestan").content.decode() for code in ("fr", "en")
        )

        assert french.index('data-key="src-n0"') < french.index('data-key="src-n1"')
        assert english.index('data-key="src-n1"') < english.index('data-key="src-n0"')

    def test_is_that_of_the_header_in_the_api(self, client):
        load(("fr", "Planning", "cabestan"), ("en", "Planning", "cabestan"))

        answers = [
            client.get("/api/v1/search?q=cabestan", headers={"accept-language": asked})
            for asked in ("fr-CH, en;q=0.5", "en-GB, fr;q=0.5", "de")
        ]

        firsts = [answer.json()["items"][0]["locale"] for answer in answers]
        assert firsts[:2] == ["fr", "en"]
        assert all("Accept-Language" in answer["Vary"] for answer in answers)
