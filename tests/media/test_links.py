"""Links that stand for a reader: good for one file and an hour, and only while the reader may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cms.accounts import tokens
from cms.accounts.models import Token
from media import links
from tests.factories import article, document, picture, restrict

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(section, staff):
    """A document that only staff reads."""
    file = document(content=b"%PDF-1.4 for staff")
    restrict(article(section, story=[("file", {"document": file, "title": ""})]), staff)
    return file


@pytest.fixture
def colleague(make_user, staff):
    return make_user(groups=[staff])


def link_of(api, file, token, query=""):
    answer = api.get(f"files/{file.file_key}/link{query}", token=token)
    assert answer.status_code == 200, answer.content
    return answer.json()["href"]


def test_a_link_opens_the_file_to_a_client_that_sends_nothing(secret, colleague, api, token_of):
    href = link_of(api, secret, token_of(colleague))

    answer = Client().get(href)

    assert answer.getvalue() == b"%PDF-1.4 for staff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert Client().get(f"/files/{secret.file_key}").status_code == 404


def test_a_link_is_made_only_for_who_may_have_the_file(secret, make_user, api, token_of):
    stranger = token_of(make_user("autre@presse.example"))

    assert api.get(f"files/{secret.file_key}/link", token=stranger).status_code == 404
    assert api.get(f"files/{secret.file_key}/link").status_code == 404


def test_who_is_not_known_needs_no_link(section, api):
    image = picture()
    article(section, lead_image=image)

    assert api.get(f"files/{image.file_key}/link").status_code == 401


def test_a_link_is_for_one_file_and_one_size(section, secret, colleague, api, token_of):
    image = picture()
    restricted = article(section, lead_image=image)
    restrict(restricted, *colleague.groups.all())
    href = link_of(api, image, token_of(colleague), "?rendition=card")
    key = href.partition("?k=")[2]

    assert Client().get(href).status_code == 200
    for other in (f"{image.file_key}/lead", image.file_key, secret.file_key):
        assert Client().get(f"/files/{other}?k={key}").status_code == 401


@pytest.mark.parametrize("key", ["", "a", "a.b.c", "6a95b3ee.1.x", "ffffffffffff.1.x", "-1.1.x"])
def test_what_is_no_link_is_401_and_never_anonymous(section, key):
    image = picture()
    article(section, lead_image=image)

    assert Client().get(f"/files/{image.file_key}?k={key}").status_code == 401


def test_a_link_dies_with_its_hour(secret, colleague):
    made = tokens.create(colleague, name="t", scopes=["read"], days=1, at=timezone.now())
    before = timezone.now() - timedelta(seconds=1)
    late = links._signed(secret.file_key, None, made.record.pk, before)
    good = links._signed(secret.file_key, None, made.record.pk, before + timedelta(minutes=1))

    assert Client().get(f"/files/{secret.file_key}?k={late}").status_code == 401
    assert Client().get(f"/files/{secret.file_key}?k={good}").status_code == 200


@pytest.mark.parametrize("end", ["token revoked", "token deleted", "person gone", "group left"])
def test_a_link_dies_with_what_it_stands_for_on_the_next_request(
    secret, colleague, api, token_of, end
):
    href = link_of(api, secret, token_of(colleague))
    assert Client().get(href).status_code == 200

    if end == "token revoked":
        tokens.revoke(Token.objects.get(), timezone.now())
    elif end == "token deleted":
        Token.objects.all().delete()
    elif end == "person gone":
        colleague.is_active = False
        colleague.save()
    else:
        colleague.groups.clear()

    assert Client().get(href).status_code == (404 if end == "group left" else 401)


def test_signed_in_people_have_links_by_a_token_that_they_see_and_revoke(secret, colleague):
    client = Client()
    client.force_login(colleague)
    hrefs = [client.get(f"/api/v1/files/{secret.file_key}/link").json()["href"] for _ in range(2)]
    token = Token.objects.get(user=colleague)
    assert Client().get(hrefs[0]).status_code == 200

    tokens.revoke(token, timezone.now())

    assert (token.name, token.scopes) == ("Links to files", "read")
    assert hrefs[0] == hrefs[1]
    assert Client().get(hrefs[0]).status_code == 401


def test_the_moment_is_told_and_is_not_before_it_was_asked_for(secret, colleague, api, token_of):
    asked = timezone.now()
    told = api.get(f"files/{secret.file_key}/link?seconds=3600", token=token_of(colleague)).json()[
        "expires_at"
    ]

    assert told.endswith("Z")
    until = timezone.datetime.fromisoformat(told)
    assert timedelta(hours=1) <= until - asked <= timedelta(hours=1.3)


@pytest.mark.parametrize(
    "query", ["?seconds=59", "?seconds=86401", "?seconds=x", "?rendition=huge", "?size=card"]
)
def test_wrong_questions_are_named(secret, colleague, api, token_of, query):
    answer = api.get(f"files/{secret.file_key}/link{query}", token=token_of(colleague))

    assert answer.status_code == 422


def test_a_document_has_no_sizes(secret, colleague, api, token_of):
    answer = api.get(f"files/{secret.file_key}/link?rendition=card", token=token_of(colleague))

    assert answer.status_code == 422


def test_a_film_behind_a_link_seeks(secret, colleague, api, token_of):
    href = link_of(api, secret, token_of(colleague))

    assert Client().get(href, headers={"Range": "bytes=0-3"}).getvalue() == b"%PDF"
