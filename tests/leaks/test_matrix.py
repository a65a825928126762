"""Persona × state × channel: no leak, and nothing wrongly hidden."""

import pytest
from django.db import transaction
from django.urls import get_resolver

from cms.api import api as reader_api
from tests.leaks import media_channels  # noqa: F401 - registers its channels
from tests.leaks.channels import CHANNELS
from tests.leaks.world import EVERYBODY, build

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once: the channels only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", CHANNELS)
def test_each_channel_shows_each_persona_exactly_what_they_may_read(world, name):
    channel = CHANNELS[name]

    wrong = []
    for case in world.cases:
        for persona in world.personas.values():
            found = channel.look(world, persona, case)
            if found and persona.name not in channel.expected(case):
                wrong.append(f"LEAK to {persona.name}: {case.state}")
            elif not found and persona.name in channel.expected(case):
                wrong.append(f"hidden from {persona.name}: {case.state}")

    assert wrong == []


# Routes that show no entry of anybody, each with the reason.
WITHOUT_ENTRIES = {
    "api:get_me": "the reader, to themselves",
    "api:list_types": "the types of pages, the same for all",
    "api:post_records": "writes; answers with what was sent",
    "api:openapi-json": "the document of the API",
    "api:openapi-view": "its reading room",
    "api:api-root": "nothing but a redirect",
    "root": "a redirect",
    "health_live": "the process",
    "health_ready": "the database",
    "styleguide": "components with words of their own",
    "search_clicked": "answers nothing, whatever it is told",
    "search_saved": "what the person typed, to themselves",
    "search_saved_open": "a redirect to what the person typed",
    "search_saved_address": "the address of their own feed, once",
    "search_saved_remove": "a redirect",
    "search_report": "what is searched for, in the admin, behind a permission",
    "view_as": "an administrator chooses through whose eyes to look",
    "view_as_stop": "a redirect",
    "press_accreditation": "a form, the same for all",
    "press_accreditation_sent": "the same words whatever was sent",
    "press_accreditation_confirm": "what one asked for, by a secret that was mailed",
    "press_accreditation_confirmed": "the same words for all",
    "press_accreditation_mine": "one's own standing",
    "press_accreditation_renew": "a redirect",
    "press_accreditation_erase": "a redirect",
    "press_accreditation_terms": "the terms, which are public",
    "press_downloads": "what one took, to oneself",
    "downloads_report": "who took what, in the admin, behind a permission",
    "downloads_person": "the same of one person",
    "downloads_notices": "the same of notices",
    "images_with_states": "the library, in the admin, behind its permissions",
    "images_with_states_results": "the same",
    "documents_with_states": "the same of documents",
    "documents_with_states_results": "the same",
    "file_withdraw": "an editor's action, in the admin",
    "file_lift": "the same",
    "uploads": "one's own uploads, in the admin",
    "upload": "the same",
    "search_refused": "what a server refused, in the admin, behind a permission",
}
OTHER_DOORS = ("account_", "mfa_", "wagtail", "socialaccount_", "usersessions_")


def test_every_route_for_readers_is_a_channel_or_says_why_not():
    covered = {route for channel in CHANNELS.values() for route in channel.covers}

    routes = {name for name in _names(get_resolver()) if not name.startswith(OTHER_DOORS)}
    routes |= {
        f"api:{operation.operation_id}"
        for _, router in reader_api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if operation.operation_id  # a HEAD stands beside the GET that is named
    }
    assert routes - covered - set(WITHOUT_ENTRIES) == set()


def _names(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = getattr(pattern, "namespace", None)
            if inner and inner != "api":
                continue  # the editor's own namespaces stand behind Wagtail's check
            yield from _names(pattern, namespace)
        elif pattern.name and "editor/" not in str(pattern.pattern) and _is_ours(pattern):
            yield pattern.name


def _is_ours(pattern):
    module = getattr(pattern.callback, "__module__", "")
    return module.startswith(("cms.", "media.", "pages.", "search."))


def test_every_persona_is_in_the_matrix(world):
    assert set(world.personas) == EVERYBODY
