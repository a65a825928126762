"""People and organisations in the admin."""

import pytest
from django.test import Client

from cms.accounts.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db):
    user = User.objects.create_superuser("admin@cabestan.example", "phrase-de-passe")
    client = Client()
    client.force_login(user)
    return client


def test_a_person_is_made_with_their_organisation(administrator):
    cinema = Organisation.objects.create(name="Cinéma du Port")

    answer = administrator.post(
        "/editor/users/new/",
        {
            "email": "Maia.Le-Goff@port.example",
            "first_name": "Maïa",
            "last_name": "Le Goff",
            "organisation": cinema.pk,
            "job_title": "programmatrice",
            "language": "fr",
        },
    )

    assert answer.status_code == 302, answer.context["form"].errors
    made = User.objects.get(first_name="Maïa")
    assert (made.organisation, made.job_title) == (cinema, "programmatrice")
    assert not made.has_usable_password()


def test_the_form_of_a_person_shows_their_organisation(administrator):
    user = User.objects.create_user("a@cabestan.example", None)

    assert (
        'name="organisation"'
        in administrator.get(f"/editor/users/edit/{user.pk}/").content.decode()
    )


def test_organisations_are_listed_and_made(administrator):
    answer = administrator.post(
        "/editor/snippets/accounts/organisation/add/",
        {"name": "Le Goéland", "kind": "exhibitor", "sponsor": "", "expires_at": ""},
    )

    assert answer.status_code == 302
    listed = administrator.get("/editor/snippets/accounts/organisation/").content.decode()
    assert "Le Goéland" in listed
