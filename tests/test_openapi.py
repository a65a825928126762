"""The document of the API is committed: a change of the contract is a visible difference."""

import json
from pathlib import Path

import pytest
import schemathesis
from django.contrib.auth.models import Group
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from cms.accounts.models import User
from cms.api import api as reader_api
from pages.models import SectionPage
from tests.conftest import build_site
from tests.factories import article, document, restrict, restricted_block

SNAPSHOT = Path(__file__).with_name("openapi.json")


def document_of_the_api():
    return json.loads(
        json.dumps(reader_api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    )


def test_the_committed_document_is_the_present_one():
    """`make openapi` writes it anew."""
    assert json.loads(SNAPSHOT.read_text()) == document_of_the_api()


def test_every_operation_says_what_it_does_and_how_it_fails():
    for path, operations in document_of_the_api()["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["operationId"], path
            assert {"401", "404"} <= {str(code) for code in operation["responses"]}, path


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())

PERSONAS = ["anonymous", "employee", "administrator"]


@pytest.fixture
def tokens(db, token_of):
    """A site with something in every state, and a token for each persona."""
    staff = Group.objects.create(name="Salariés")
    home = build_site()
    section = home.add_child(
        instance=SectionPage(
            title="Actualités", slug="actualites", locale=home.locale, show_in_menus=True
        )
    )
    article(
        section,
        "Pour tous",
        story=[
            ("text", "<p>Texte</p>"),
            ("file", {"document": document(), "title": ""}),
            restricted_block([staff], ("text", "<p>Dedans</p>")),
        ],
    )
    restrict(article(section), staff)
    employee = User.objects.create_user("e@cabestan.example", None)
    employee.groups.add(staff)
    administrator = User.objects.create_user("a@cabestan.example", None, is_superuser=True)
    return {
        "anonymous": None,
        "employee": token_of(employee, "read", "ingest"),
        "administrator": token_of(administrator, "read", "ingest"),
    }


@pytest.fixture(autouse=True)
def _one_connection():
    """The test's own transaction is what the application must see: it may not close connections."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("persona", PERSONAS)
@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_api_and_every_answer_is_as_documented(case, persona, tokens):
    headers = {"Authorization": f"Bearer {tokens[persona]}"} if tokens[persona] else {}

    response = case.call(headers=headers)

    case.validate_response(
        response,
        excluded_checks=[
            schemathesis.checks.CHECKS.get_one("ignored_auth"),
            schemathesis.checks.CHECKS.get_one("positive_data_acceptance"),
            schemathesis.checks.CHECKS.get_one("negative_data_rejection"),
        ],
    )
