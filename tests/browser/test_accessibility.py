"""Every kind of page, looked at by axe and gone through with the keyboard."""

from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import enrol_app, press_tab_through, sign_in
from tests.browser.findings import faults
from tests.browser.places import BY_NAME, in_both_languages

pytestmark = pytest.mark.browser


@in_both_languages
def test_no_page_has_a_serious_fault_in_light_or_dark(found_on, place, language):
    assert found_on(place, language).faults == []


def test_the_pages_of_a_second_factor_have_no_serious_fault(tab):
    opened = tab(reduced_motion="reduce")
    account = opened.portal.accounts["press-officer"]  # nobody else signs in as her
    found = []

    def look(*paths):
        for path, language in product(paths, ("en", "fr")):
            opened.go(f"{path}?language={language}")
            found.extend(faults(opened.page))

    sign_in(opened, account)
    look("/account/2fa/totp/activate/")  # asks for the password first
    enrol_app(opened, account)
    look("/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/totp/deactivate/")
    look("/account/2fa/webauthn/", "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/")
    opened.page.context.clear_cookies(name="sessionid")
    sign_in(opened, account)
    look("/account/2fa/authenticate/")

    assert urlsplit(opened.page.url).path == "/account/2fa/authenticate/"
    assert found == []


def test_the_reading_room_of_the_api_has_no_serious_fault_of_ours(tab):
    opened = tab(language="en", reduced_motion="reduce")
    opened.go("/api/v1/docs")
    expect(opened.page.get_by_role("heading", name="Fil Rouge")).to_be_visible()

    # Swagger UI's own colours and controls are not ours to judge.
    assert faults(opened.page, where="{exclude: [['#swagger-ui']]}") == []


def test_the_first_key_offers_to_skip_to_the_content(tab):
    opened = BY_NAME["home-employee"].visit(tab, "fr")
    page = opened.page

    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("width", [390, 1440])
def test_all_of_home_is_reached_with_the_tab_key_and_each_stop_is_seen(tab, width):
    opened = BY_NAME["home-employee"].visit(tab, "fr", width=width, reduced_motion="reduce")

    stops = press_tab_through(opened.page)

    assert [stop["html"] for stop in stops if not stop["seen"]] == []
    assert opened.page.evaluate("window.unreached()") == []


def test_the_account_menu_opens_and_closes_with_the_keyboard(tab):
    opened = BY_NAME["home-employee"].visit(tab, "fr")
    page = opened.page
    menu = page.locator("#account")

    page.locator("button.me").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")

    expect(menu).to_be_hidden()
    expect(page.locator("button.me")).to_be_focused()
