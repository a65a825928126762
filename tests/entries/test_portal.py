"""The portal's pages: rendered from entries, few queries, and the same refusal for all."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from pages.base.topics import Topic
from pages.models import BriefPage, GuidancePage, RumourPage
from tests.factories import article, picture, restrict, restricted_block

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(section, staff):
    """An article with everything, and three that are related to it."""
    topic = Topic.objects.create(name="Sorties", slug="sorties")
    page = article(
        section,
        "Tout",
        lead_image=picture(),
        story=[
            ("text", "<p>Texte</p>"),
            restricted_block([staff], ("text", "<p>Dedans</p>")),
        ],
    )
    for one in (page, *(article(section) for _ in range(3))):
        one.topics.add(topic)
        one.save()
    return page


def test_an_article_takes_four_queries_at_most(
    full, make_user, staff, django_assert_max_num_queries
):
    client = Client()
    client.force_login(make_user(groups=[staff]))
    client.get(full.get_url())

    with django_assert_max_num_queries(4):
        answer = client.get(full.get_url())

    assert "Dedans" in answer.content.decode()


def test_an_article_for_a_stranger_takes_four_queries_at_most(
    full, client, django_assert_max_num_queries
):
    client.get(full.get_url())

    with django_assert_max_num_queries(4):
        client.get(full.get_url())


@pytest.mark.parametrize(
    ("model", "fields", "shown"),
    [
        (BriefPage, {"facts": [("line", "<p>Un fait</p>")]}, "Un fait"),
        (
            RumourPage,
            {"claim": "Le bureau ferme.", "status": "false", "answer": "Il déménage."},
            "Il déménage.",
        ),
        (GuidancePage, {}, "Titre"),
    ],
)
def test_every_news_type_has_its_page(section, client, model, fields, shown):
    page = section.add_child(
        instance=model(title="Titre", slug="titre", locale=section.locale, **fields)
    )

    answer = client.get(page.get_url())

    assert answer.status_code == 200
    assert shown in answer.content.decode()


def test_hidden_and_missing_pages_look_the_same(section, client, staff):
    page = article(section, slug="cachee")
    restrict(page, staff)

    hidden = client.get("/fr/actualites/cachee/")
    missing = client.get("/fr/actualites/absente/")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(b"cachee", b"X") == missing.content.replace(b"absente", b"X")
    assert b"account/login" in hidden.content


def test_pages_are_never_kept_by_a_shared_cache(full, client):
    answer = client.get(full.get_url())

    assert answer["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer["Vary"]


def test_the_policy_forbids_inline_styles_and_scripts(full, client):
    policy = client.get(full.get_url())["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy


def test_the_documentation_of_the_api_runs_under_a_strict_policy(site, client):
    answer = client.get("/api/v1/docs")

    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_the_root_leads_to_the_language_of_the_browser(site, client):
    assert client.get("/", headers={"Accept-Language": "en"})["Location"] == "/en/"
    assert client.get("/", headers={"Accept-Language": "fr"})["Location"] == "/fr/"


def test_a_feed_address_opens_with_its_token_until_it_is_revoked(
    section, staff, make_user, token_of, client
):
    from cms.accounts import identity, tokens
    from cms.accounts.models import Token

    restrict(section, staff)
    article(section, "Interne")
    address = f"/feeds/{section.entry_key}.atom?token={token_of(make_user(groups=[staff]), 'feed')}"
    assert "Interne" in client.get(address).content.decode()
    assert client.get(address.partition("?")[0]).status_code == 404

    tokens.revoke(Token.objects.get(), identity.now())

    assert client.get(address).status_code == 404


def test_a_reading_token_is_no_feed_address(section, make_user, token_of, client):
    address = f"/feeds/{section.entry_key}.atom?token={token_of(make_user(), 'read')}"

    assert client.get(address).status_code == 404


def test_an_unknown_feed_format_is_a_404(section, client):
    assert client.get(f"/feeds/{section.entry_key}.exe").status_code == 404


@pytest.mark.parametrize("cursor", ["nonsense", "a" * 3000, "%00"])
def test_a_cursor_that_is_not_ours_is_a_404(section, client, cursor):
    assert client.get(f"/fr/actualites/?cursor={cursor}").status_code == 404


def test_health_tells_the_operator(site, client):
    assert client.get("/health/live").json()["status"] == "live"
    assert client.get("/health/ready").json()["status"] == "ready"


def test_the_styleguide_is_for_editors_where_there_is_no_demo(site, make_user, staff, settings):
    settings.DEMO = False
    editors = Group.objects.create(name="Rédaction")
    editors.permissions.add(Permission.objects.get(codename="access_admin"))
    stranger, employee, editor = Client(), Client(), Client()
    employee.force_login(make_user(groups=[staff]))
    editor.force_login(make_user("chef@cabestan.example", groups=[staff, editors]))

    assert stranger.get("/styleguide/", follow=True).status_code == 404
    assert employee.get("/styleguide/", follow=True).status_code == 404
    assert editor.get("/styleguide/").status_code == 200
