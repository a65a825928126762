"""A group with a new name is called by it everywhere, from the next request on."""

import pytest
from django.test import Client

from tests.factories import article, restrict, restricted_block

pytestmark = pytest.mark.django_db

BEFORE, AFTER = "Salariés", "Équipe du siège"


@pytest.fixture
def page(section, staff):
    page = article(section, story=[restricted_block([staff], ("text", "<p>Dedans</p>"))])
    restrict(page, staff)
    return page


@pytest.fixture
def employee(make_user, staff, token_of):
    return token_of(make_user(groups=[staff]))


@pytest.fixture
def editor(make_user):
    client = Client()
    client.force_login(make_user("chef@cabestan.example", is_superuser=True))
    return client


def rename(group):
    group.name = AFTER
    group.save()


def test_a_restricted_section_names_its_readers_as_they_are_called_now(api, page, staff, employee):
    def readers():
        (block,) = api.get(f"entries/{page.entry_key}", token=employee).json()["body"]
        return block["readers"]

    assert readers() == [[BEFORE]]

    rename(staff)

    assert readers() == [[AFTER]]


def test_a_person_is_told_their_groups_as_they_are_called_now(api, staff, employee):
    assert api.get("me", token=employee).json()["groups"] == [BEFORE]

    rename(staff)

    assert api.get("me", token=employee).json()["groups"] == [AFTER]


def test_the_editor_is_told_who_will_see_a_page_and_its_section_as_they_are_called_now(
    editor, page, staff
):
    def told():
        content = editor.get(f"/editor/pages/{page.pk}/edit/").content.decode()
        panel = content.split('<div class="fr-audience">')[1].split("</div>")[0]
        who, part = panel.split("fr-audience__part")
        return [name for text in (who, part) for name in (BEFORE, AFTER) if name in text]

    assert told() == [BEFORE, BEFORE]

    rename(staff)

    assert told() == [AFTER, AFTER]
