"""A new process has read what its first search needs."""

import logging

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
