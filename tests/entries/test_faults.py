"""Faults of the database, caused for real."""

import pytest
from django.db import close_old_connections, connection, connections

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


def test_a_database_that_cannot_be_reached_is_a_problem_that_says_when_to_try_again(page, api):
    forget_process()
    settings = connection.settings_dict
    kept = dict(settings)
    connection.close()
    missing = "/nowhere/at/all.sqlite3" if connection.vendor == "sqlite" else kept["NAME"]
    settings.update({"NAME": missing, "PORT": "1"})

    try:
        answer = api.get("entries")
    finally:
        connection.close()
        settings.update(kept)

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"
    assert api.get("entries").status_code == 200
