"""Faults of the database, caused for real."""

from contextlib import contextmanager

import pytest
from django.db import close_old_connections, connection, connections
from django.test import Client
from django.urls import get_resolver

from pages.models import SectionPage
from tests.conftest import build_site, forget_process
from tests.factories import article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page():
    home = build_site()
    section = home.add_child(
        instance=SectionPage(title="Actualités", slug="actualites", locale=home.locale)
    )
    return article(section)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to lose")
@pytest.mark.parametrize("address", ["entries", "entries/{key}", "home", "me"])
def test_a_lost_connection_costs_a_reader_nothing(page, api, address):
    address = address.format(key=page.entry_key)
    assert api.get(address).status_code == 200

    cut_off()

    assert api.get(address).status_code == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to lose")
def test_a_lost_connection_costs_a_visitor_of_the_portal_nothing(page, client):
    assert client.get(page.get_url()).status_code == 200

    cut_off()
    close_old_connections()  # as a request begins; the test client leaves that out

    assert client.get(page.get_url()).status_code == 200


def cut_off():
    """Let the server end our own connection, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


@contextmanager
def no_database():
    """While it lasts, no connection can be made."""
    forget_process()
    settings = connection.settings_dict
    kept = dict(settings)
    connection.close()
    missing = "/nowhere/at/all.sqlite3" if connection.vendor == "sqlite" else kept["NAME"]
    settings.update({"NAME": missing, "PORT": "1"})
    try:
        yield
    finally:
        connection.close()
        settings.update(kept)


def test_a_database_that_cannot_be_reached_is_a_problem_that_says_when_to_try_again(page, api):
    with no_database():
        answer = api.get("entries")

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"
    assert api.get("entries").status_code == 200


def test_a_page_that_needs_a_database_which_is_away_is_answered_by_a_page_that_needs_none(page):
    visitor = Client(raise_request_exception=False)

    with no_database():
        answer = visitor.get(page.get_url())

    assert answer.status_code == 500
    assert "<h1>Le fil s’est rompu.</h1>" in answer.content.decode()
    assert "The page could not be made." in answer.content.decode()
    assert visitor.get(page.get_url()).status_code == 200


def test_the_page_for_a_fault_asks_the_database_nothing(page, rf, django_assert_num_queries):
    fault = get_resolver().resolve_error_handler(500)

    with django_assert_num_queries(0):
        answer = fault(rf.get(page.get_url()))

    assert answer.status_code == 500
