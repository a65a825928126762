"""Every kind of page, looked at by axe and gone through with the keyboard."""

import pytest
from axe_core_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import enrol_app, press_tab_through, sign_in
from tests.browser.places import BY_NAME, in_both_languages

pytestmark = pytest.mark.browser

LOOKS = {
    "light, 1440 px": ({"width": 1440, "height": 1000}, "light"),
    "dark, 390 px": ({"width": 390, "height": 844}, "dark"),
}
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


def faults(page):
    """What axe finds serious or critical in each look, in one line each."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for look, (viewport, scheme) in LOOKS.items():
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [
            f"{look}: {one['id']}: {' '.join(node['target'])}: {node['html'][:160]}"
            for one in page.evaluate(RUN)["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]
    return found


@in_both_languages
def test_no_page_has_a_serious_fault_in_light_or_dark(tab, place, language):
    opened = place.visit(tab, language, reduced_motion="reduce")

    assert faults(opened.page) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_of_a_second_factor_have_no_serious_fault(tab, language):
    opened = tab(language=language, reduced_motion="reduce")
    account = opened.portal.accounts["journalist" if language == "fr" else "administrator"]
    sign_in(opened, account)
    found = []

    enrol_app(opened, account, look=lambda: found.extend(faults(opened.page)))
    for path in ("/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/webauthn/add/"):
        opened.go(path)
        found += faults(opened.page)
    opened.page.context.clear_cookies(name="sessionid")
    sign_in(opened, account)
    expect(opened.page).to_have_url(f"{opened.portal.base}/account/2fa/authenticate/")
    found += faults(opened.page)

    assert found == []


def test_the_reading_room_of_the_api_has_no_serious_fault_of_ours(tab):
    opened = tab(language="en", reduced_motion="reduce")
    opened.go("/api/v1/docs")
    expect(opened.page.get_by_role("heading", name="Fil Rouge")).to_be_visible()

    assert faults(opened.page) == []


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
