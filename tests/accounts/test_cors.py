"""A front end on another origin: what its browser may ask, send and see."""

import pytest

pytestmark = pytest.mark.django_db

FRONT = "https://front.example"


@pytest.fixture(autouse=True)
def _one_front(settings):
    settings.CORS_ALLOWED_ORIGINS = [FRONT]
    settings.API_RATE = 10


def words(value):
    return {word.strip().lower() for word in value.split(",")}


def asked_before(client, origin, *, method="GET", path="/api/v1/entries"):
    """What a browser asks before it sends a token."""
    return client.options(
        path,
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization",
        },
    )


def test_a_token_may_be_sent_from_a_front_on_the_list_and_from_no_other(client, site):
    allowed, refused = asked_before(client, FRONT), asked_before(client, "https://evil.example")

    assert allowed.status_code == 200
    assert allowed["Access-Control-Allow-Origin"] == FRONT
    assert "authorization" in words(allowed["Access-Control-Allow-Headers"])
    assert "get" in words(allowed["Access-Control-Allow-Methods"])
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert "Access-Control-Allow-Headers" not in refused.headers


def test_pages_of_the_portal_allow_no_other_origin(client, site):
    page = asked_before(client, FRONT, path="/fr/")

    assert "Access-Control-Allow-Origin" not in page.headers


def test_a_front_sees_each_header_that_says_where_it_stands(client, site, make_user, token_of):
    token = token_of(make_user("lectrice@cabestan.example"))

    answer = client.get(
        "/api/v1/entries", headers={"origin": FRONT, "authorization": f"Bearer {token}"}
    )

    shown = words(answer["Access-Control-Expose-Headers"])
    told = {name.lower() for name in answer.headers if name.startswith("RateLimit-")}
    assert told == {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}
    assert told | {"etag", "retry-after"} <= shown
