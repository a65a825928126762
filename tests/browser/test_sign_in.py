"""Each way in, from the door to the other side: password, mailed code, passkey, second factor."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, code_of, confirm, enrol_app, leave_app, sign_in

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE)
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
REFUSE = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no')) }"


def sign_out(tab, base):
    tab.page.goto(f"{base}/account/logout/")
    tab.page.locator("main .btn.main").click()
    expect(tab.page.locator("button.me")).to_have_count(0)


def arrive(tab, path):
    tab.page.wait_for_url(lambda url: urlsplit(url).path == path)


def test_the_password_opens_the_door_and_leads_to_where_one_was_going(tab, portal):
    opened = tab()
    guide = "/fr/guides/kdm-en-urgence/"

    assert opened.go(guide).status == 404
    opened.page.locator("main").get_by_role("link", name="Se connecter").click()
    sign_in(opened, portal.accounts["employee"], then=guide)

    expect(opened.page).to_have_url(f"{portal.base}{guide}")
    expect(opened.page.locator("article.read h1")).to_be_visible()


def test_a_wrong_password_is_told_in_words_that_do_not_say_who_is_known(tab, portal):
    known = portal.accounts["pool-licences"]["email"]
    told = []

    for email in (known, "personne@cabestan.example"):
        opened = tab()
        opened.go("/account/login/")
        opened.page.locator("details.by-password summary").click()
        opened.page.locator("#id_email").fill(email)
        opened.page.locator("#id_password").fill("une-autre-phrase")
        opened.page.locator("#id_password").press("Enter")
        told.append(opened.page.locator(".errors").inner_text())
        assert opened.complaints == []

    assert told[0] == told[1]


def test_the_mailed_code_opens_the_door(tab, portal):
    opened = tab()
    email = portal.accounts["employee"]["email"]

    opened.go("/account/login/?next=/fr/guides/")
    opened.page.locator("#id_email").fill(email)
    opened.page.locator("button[value=code]").click()
    arrive(opened, "/account/login/code/confirm/")
    opened.page.locator("#id_code").fill(portal.mailed_code(email))
    opened.page.locator("#id_code").press("Enter")

    expect(opened.page).to_have_url(f"{portal.base}/fr/guides/")
    assert opened.complaints == []


def test_a_passkey_is_made_and_opens_the_door_alone_and_as_a_second_step(tab, portal):
    opened, base = tab(), portal.by_name
    page, account = opened.page, portal.accounts["pool-exploitants"]
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    sign_in(opened, account, base=base)
    page.goto(f"{base}/account/2fa/webauthn/add/")
    confirm(opened, account)
    page.locator("#passkey-use").click()
    arrive(opened, "/account/2fa/recovery-codes/")

    sign_out(opened, base)
    page.goto(f"{base}/account/login/?next=/account/tokens/")
    page.locator("#passkey-use").click()
    arrive(opened, "/account/tokens/")

    sign_out(opened, base)
    sign_in(opened, account, base=base)
    arrive(opened, "/account/2fa/authenticate/")
    page.locator("#passkey-use").click()
    arrive(opened, "/account/access/")

    assert opened.complaints == []


def test_a_device_that_refuses_is_answered_with_words(tab, portal):
    opened = tab()
    page = opened.page
    page.goto(f"{portal.by_name}/account/login/")
    page.evaluate(REFUSE)

    expect(page.locator("#passkey-failed")).to_be_hidden()
    page.locator("#passkey-use").click()

    expect(page.locator("#passkey-failed")).to_be_visible()
    assert opened.complaints == []


def test_without_a_script_the_door_does_not_offer_what_needs_one(tab):
    opened = tab(java_script_enabled=False)
    opened.go("/account/login/")

    expect(opened.page.locator("button[value=code]")).to_be_visible()
    expect(opened.page.locator("details.by-password summary")).to_be_visible()
    expect(opened.page.locator("#passkey-use")).to_be_hidden()


def test_an_authenticator_app_is_set_up_and_asked_for_from_then_on(tab, portal):
    opened, account = tab(), portal.accounts["administrator"]
    page = opened.page

    sign_in(opened, account)
    secret = enrol_app(opened, account)
    sign_out(opened, portal.base)

    sign_in(opened, account, then="/fr/guides/")
    arrive(opened, "/account/2fa/authenticate/")
    page.locator("#id_code").fill("000000")
    page.locator("#id_code").press("Enter")
    expect(page.locator("#id_code_error")).to_be_visible()
    # A code opens once; the next one is good already, for telephones that are ahead.
    page.locator("#id_code").fill(code_of(secret, later=1))
    page.locator("#id_code").press("Enter")

    expect(page).to_have_url(f"{portal.base}/fr/guides/")
    leave_app(opened, account)
    assert opened.complaints == []
