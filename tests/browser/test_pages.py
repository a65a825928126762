"""Every kind of page as browsers get it: narrow and wide, quiet, light, and without a script."""

import json
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from cms.entries import types
from tests.browser.conftest import sign_in
from tests.browser.findings import faults, sideways
from tests.browser.places import BY_NAME, PLACES, in_both_languages

pytestmark = pytest.mark.browser

FIRST_PAGE = 150_000
"""Bytes of HTML, CSS, JavaScript and SVG, uncompressed."""
WORDS = {"document", "stylesheet", "script"}


@in_both_languages
def test_no_page_scrolls_sideways(found_on, place, language):
    assert found_on(place, language).sideways == {}


@in_both_languages
def test_no_page_gets_wider_for_a_long_word(found_on, place, language):
    assert found_on(place, language).stretched == {}


@in_both_languages
def test_no_page_complains_or_breaks_its_policy(found_on, place, language):
    assert found_on(place, language).complaints == []


def test_the_reading_room_of_the_api_works_and_keeps_to_this_machine(tab):
    opened = tab(language="en")
    opened.go("/api/v1/docs")
    page = opened.page

    page.locator("#operations-default-list_entries, .opblock-summary-get").first.click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()

    assert opened.complaints == []


@pytest.mark.parametrize(
    "place",
    [BY_NAME["home-visitor"], BY_NAME["home-employee"], BY_NAME["door"]],
    ids=lambda place: place.name,
)
def test_a_first_page_weighs_less_than_150_kilobytes_without_its_photographs(tab, place):
    opened = tab(place.persona)
    weights = {}

    def weigh(response):
        path = urlsplit(response.url).path
        if response.request.resource_type in WORDS or path.endswith(".svg"):
            weights[path] = len(response.body())

    opened.page.on("requestfinished", lambda request: weigh(request.response()))
    opened.go(place.fr)
    opened.page.wait_for_load_state("networkidle")

    assert place.fr in weights
    assert sum(weights.values()) < FIRST_PAGE, weights


def test_reading_signing_in_and_changing_language_need_no_script(tab, portal):
    opened = tab(java_script_enabled=False)
    page = opened.page

    opened.go("/fr/presse/")
    page.locator("main .list h3 a").first.click()
    expect(page.locator("article.read h1")).to_be_visible()

    sign_in(opened, portal.accounts["employee"], then="/fr/")
    expect(page).to_have_url(f"{portal.base}/fr/")
    expect(page.locator(".masthead .nav")).to_contain_text("Guides")

    page.locator(".masthead .langs a[lang=en]").click()
    expect(page).to_have_url(f"{portal.base}/en/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Skip to content")).to_have_count(1)

    page.locator("button.me").click()
    page.locator("#account").get_by_role("link", name="Sign out").click()
    page.locator("main button.main").click()
    expect(page.locator("main [role=status]")).to_be_visible()
    expect(page.locator("button.me")).to_have_count(0)


def test_the_page_for_a_fault_of_the_server_is_a_page_like_the_others(tab):
    opened = tab(reduced_motion="reduce")
    page, failed = opened.page, []
    page.on("response", lambda answer: answer.ok or failed.append(urlsplit(answer.url).path))
    # As Django renders it where nothing else can be rendered; styles come from the portal.
    fault = {"status": 500, "content_type": "text/html", "body": render_to_string("500.html")}
    page.route("**/fr/panne/", lambda route: route.fulfill(**fault))

    opened.go("/fr/panne/")

    expect(page.get_by_role("heading", name="Le fil s’est rompu.")).to_be_visible()
    assert failed == ["/fr/panne/"]
    assert opened.complaints == []
    assert sideways(page) == {}
    assert faults(page) == []


def test_every_kind_of_page_is_here(portal):
    assert len({place.name for place in PLACES}) == len(PLACES)
    assert {one.slug for one in types.all_types()} <= {
        type_at(portal, place, language) for place in PLACES for language in ("fr", "en")
    }


def type_at(portal, place, language):
    """The type of the entry that is shown at a place, as the API tells whoever looks there."""
    path = urlsplit(place.en if language == "en" and place.en else place.fr).path
    token = portal.accounts[place.persona]["token"] if place.persona else ""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = Request(
        f"{portal.base}/api/v1/entries/by-path?{urlencode({'path': path})}", headers=headers
    )
    try:
        with urlopen(asked) as answer:
            return json.load(answer)["type"]
    except HTTPError:
        return None
