"""A new process has read what its first search needs."""

import logging
import subprocess
import sys

import pytest
from django.db import connection

from cms.accounts import identity
from cms.entries import ingest
from search import correction, warming
from search.engines.embedded import engine
from search.models import Word


@pytest.mark.django_db(transaction=True)
def test_words_and_sizes_are_known_before_anybody_searches(django_assert_num_queries):
    at = identity.now()
    record = {
        "id": "1", "type": "sheet", "locale": "fr", "readers": [], "title": "Affiche",
        "body": "présentoir", "published_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    ingest.store("src", [record], at=at)

    warming.begin().join()

    with django_assert_num_queries(0):
        assert correction.nearest("presentoie") == [(1, "presentoir")]
        assert engine._sizes is not None
    assert Word.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_ready_keeps_no_process_from_starting(caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_word RENAME TO gone")
    try:
        with caplog.at_level(logging.INFO, logger="search.warming"):
            warming.begin().join()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE gone RENAME TO search_word")

    assert "search_not_warmed" in caplog.text


@pytest.mark.parametrize(("url", "is_there"), [("http://127.0.0.1:9", True), ("", False)])
def test_the_client_of_elasticsearch_is_there_where_it_is_asked(url, is_there):
    asked = (
        "import sys, django; django.setup(); from django.conf import settings; "
        f"settings.ELASTICSEARCH_URL = {url!r}; from search import warming; "
        "warming.begin().join(); print('elasticsearch' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout

    assert told.split()[-1] == str(is_there)
