"""A passkey from its making to the open door, with Chromium's own virtual authenticator."""

import os
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import sync_playwright

from cms.accounts.models import User
from tests.conftest import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CAMILLE, PASSWORD = "camille@cabestan.example", "phrase-de-passe"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def chromium(**options):
    """A page in a fresh browser, and what its console complained about."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_context(**options).new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
        )
        yield page, complaints
        browser.close()


@pytest.fixture
def camille():
    cache.clear()
    build_site()
    return User.objects.create_user(CAMILLE, PASSWORD)


def sign_in_with_password(page, base):
    page.goto(f"{base}/account/login/?next=/account/access/")
    page.click("details summary")
    page.fill("#id_email", CAMILLE)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def arrive(page, path):
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def sign_out(page, base):
    page.goto(f"{base}/account/logout/")
    page.click("main button.main")
    page.wait_for_load_state()


def test_a_passkey_is_made_and_opens_the_door_alone_and_as_a_second_step(live_server, camille):
    base = live_server.url

    with chromium() as (page, complaints):
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        sign_in_with_password(page, base)
        arrive(page, "/account/access/")
        page.goto(f"{base}/account/2fa/webauthn/add/")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.click("#passkey-use")
        arrive(page, "/account/2fa/recovery-codes/")

        sign_out(page, base)
        page.goto(f"{base}/account/login/?next=/account/tokens/")
        page.click("#passkey-use")
        arrive(page, "/account/tokens/")

        sign_out(page, base)
        sign_in_with_password(page, base)
        arrive(page, "/account/2fa/authenticate/")
        page.click("#passkey-use")
        arrive(page, "/account/access/")

    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert key.user == camille
    assert key.last_used_at is not None
    assert key.wrap().is_passwordless is True
    assert complaints == []


def test_a_device_that_refuses_is_answered_with_words(live_server, camille):
    refuse = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no')) }"

    with chromium() as (page, complaints):
        page.goto(f"{live_server.url}/account/login/")
        page.evaluate(refuse)
        before = page.is_visible("#passkey-failed")
        page.click("#passkey-use")
        page.wait_for_selector("#passkey-failed", state="visible")

    assert before is False
    assert complaints == []


def test_without_a_script_the_door_has_every_way_but_the_passkey(live_server, camille):
    with chromium(java_script_enabled=False) as (page, _complaints):
        page.goto(f"{live_server.url}/account/login/?next=/account/access/")
        has_passkey = page.is_visible("#passkey-use")
        sign_in_with_password(page, live_server.url)
        page.wait_for_load_state()
        landed = page.url

    assert has_passkey is False
    assert landed == f"{live_server.url}/account/access/"
