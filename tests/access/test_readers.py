"""Whatever decides access counts on the very next request, in every process, plain SQL included."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from cms.access.models import AccessState
from cms.accounts import identity, tokens
from cms.accounts.models import Organisation, Token
from tests.access.around_the_code import close_in_sql, sql
from tests.factories import article, restrict, subsection


@pytest.fixture
def secret_article(section, staff):
    hidden = subsection(section)
    restrict(hidden, staff)
    return article(hidden, "Secret")


@pytest.fixture
def member(make_user, staff):
    return make_user(groups=[staff])


def status(api, page, token=None):
    return api.get(f"entries/{page.entry_key}", token=token).status_code


CLOSINGS = {
    "left the group": lambda user, staff: user.groups.remove(staff),
    "left the group, in SQL": lambda user, staff: sql(
        "DELETE FROM accounts_user_groups WHERE user_id = %s", user.pk
    ),
    "another group, in SQL": lambda user, staff: sql(
        "UPDATE accounts_user_groups SET group_id = %s WHERE user_id = %s",
        Group.objects.create(name="Autre").pk,
        user.pk,
    ),
    "the group is gone": lambda user, staff: staff.delete(),
}


@pytest.mark.parametrize("event", CLOSINGS)
def test_losing_the_group_closes_on_the_next_request(
    api, secret_article, member, staff, token_of, event
):
    token = token_of(member)
    assert status(api, secret_article, token) == 200

    CLOSINGS[event](member, staff)

    assert status(api, secret_article, token) == 404


REFUSALS = {
    "token revoked": lambda user, at: tokens.revoke(Token.objects.get(), at),
    "token revoked, in SQL": lambda user, at: (
        sql("UPDATE accounts_token SET revoked_at = now()")
        if connection.vendor == "postgresql"
        else sql("UPDATE accounts_token SET revoked_at = '2026-01-01 00:00:00'")
    ),
    "token expired": lambda user, at: Token.objects.update(expires_at=at - timedelta(seconds=1)),
    "token deleted": lambda user, at: Token.objects.all().delete(),
    "deactivated": lambda user, at: type(user).objects.filter(pk=user.pk).update(is_active=False),
    "deactivated, in SQL": lambda user, at: sql("UPDATE accounts_user SET is_active = false"),
    "user deleted": lambda user, at: user.delete(),
}


@pytest.mark.parametrize("event", REFUSALS)
def test_a_token_that_is_no_longer_good_is_refused_on_the_next_request(
    api, secret_article, member, token_of, event
):
    token = token_of(member)
    assert status(api, secret_article, token) == 200

    REFUSALS[event](member, identity.now())

    answer = api.get(f"entries/{secret_article.entry_key}", token=token)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_joining_a_group_opens_on_the_next_request(api, secret_article, make_user, staff, token_of):
    user = make_user()
    token = token_of(user)
    assert status(api, secret_article, token) == 404

    user.groups.add(staff)

    assert status(api, secret_article, token) == 200


def test_privacy_written_in_plain_sql_closes_on_the_next_request(api, section, staff):
    page = article(section)
    assert status(api, page) == 200

    close_in_sql(section)

    assert status(api, page) == 404


def test_privacy_removed_in_plain_sql_opens_on_the_next_request(api, section):
    restrict(section, kind="login")
    page = article(section)
    assert status(api, page) == 404

    sql("DELETE FROM wagtailcore_pageviewrestriction")

    assert status(api, page) == 200


def test_everything_an_organisation_opened_closes_when_it_expires(
    api, secret_article, make_user, staff, token_of
):
    cinema = Organisation.objects.create(name="Cinéma du Port")
    cinema.groups.add(staff)
    token = token_of(make_user(organisation=cinema))
    assert status(api, secret_article, token) == 200

    Organisation.objects.update(expires_at=identity.now() - timedelta(seconds=1))

    assert status(api, secret_article, token) == 401


def test_an_organisation_expires_by_itself(api, secret_article, make_user, staff, token_of):
    soon = identity.now() + timedelta(seconds=0.3)
    cinema = Organisation.objects.create(name="Cinéma du Port", expires_at=soon)
    cinema.groups.add(staff)
    token = token_of(make_user(organisation=cinema))
    assert status(api, secret_article, token) == 200

    while identity.now() < soon:
        pass

    assert status(api, secret_article, token) == 401


def test_signing_out_closes_a_copied_session_cookie(secret_article, member):
    here, elsewhere = Client(), Client()
    here.force_login(member)
    elsewhere.cookies.update(here.cookies)
    address = f"/api/v1/entries/{secret_article.entry_key}"
    assert elsewhere.get(address).status_code == 200

    here.logout()

    assert elsewhere.get(address).status_code == 404


def test_a_changed_password_closes_other_sessions(secret_article, member):
    client = Client()
    client.force_login(member)
    address = f"/api/v1/entries/{secret_article.entry_key}"
    assert client.get(address).status_code == 200

    member.set_password("une-autre-phrase")
    member.save()

    assert client.get(address).status_code == 404


def test_an_invalid_token_is_never_anonymous(api, section):
    page = article(section)

    for token in ("fr_wrong", "x", "fr_" + "a" * 5000):
        assert status(api, page, token) == 401
    assert status(api, page) == 200


def test_without_access_state_nothing_is_shown(api, section):
    page = article(section)
    AccessState.objects.all().delete()

    assert status(api, page) in {404, 503}


def test_deleting_all_of_a_clauses_groups_lets_in_nobody_not_even_administrators(
    api, secret_article, make_user, staff, token_of
):
    token = token_of(make_user("admin@cabestan.example", is_superuser=True))
    assert status(api, secret_article, token) == 200

    staff.delete()

    assert status(api, secret_article, token) == 404


def test_last_use_is_noted_without_touching_access(api, section, member, token_of):
    token = token_of(member)
    before = AccessState.objects.get().version

    api.get("me", token=token)

    assert Token.objects.get().last_used_at is not None
    assert AccessState.objects.get().version == before
