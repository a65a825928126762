"""The demo company, served as anybody serves it, and Chromium in front of it.

The site is loaded once a session into a folder of its own. ``BROWSER_SITE`` names a folder that
holds a loaded one (a ``VAR_DIR`` of ``manage.py demo``): it is copied instead, which saves the
loading. No test reaches anything but this machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.browser.findings import look_at
from tests.ports import free_port

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
NO_CHROMIUM = f"there is no Chromium at {CHROMIUM}: install it, or set CHROMIUM to where it is"
# Names other than this machine's lead nowhere.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
NOT_FROM_OUTSIDE = ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "EMAIL_URL", "PORT")
CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
PATIENCE = 20_000
"""Milliseconds: a shared machine may be slow, and waiting costs nothing when it is not."""


@dataclass(frozen=True)
class Portal:
    """The running demo: where it is, whom it knows, the mail that it sent."""

    port: int
    folder: Path
    accounts: dict

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def by_name(self):
        """The same by a name, which passkeys ask for."""
        return f"http://localhost:{self.port}"

    def titles(self, persona, **parameters):
        """The titles that the API lists to a persona, newest first."""
        token = self.accounts[persona]["token"]
        request = Request(
            f"{self.base}/api/v1/entries?{urlencode(parameters)}",
            headers={"Authorization": f"Bearer {token}"},
        )
        with urlopen(request) as answer:
            return [card["title"] for card in json.load(answer)["items"]]

    def mailed_code(self, email):
        """The code that went to an address. Mail is sent by the worker: it may take a moment."""
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:
            for letter in (self.folder / "mail").glob("*"):
                text = letter.read_text()
                if f"To: {email}" in text and (code := CODE.search(text)):
                    return code[1]
            time.sleep(0.05)
        raise AssertionError(f"No code was mailed to {email}.")


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    if not Path(CHROMIUM).exists():
        pytest.skip(NO_CHROMIUM)
    folder = tmp_path_factory.mktemp("portal") / "var"
    if loaded := os.environ.get("BROWSER_SITE"):
        shutil.copytree(loaded, folder, ignore=shutil.ignore_patterns("static"))
    environment = {
        **{name: value for name, value in os.environ.items() if name not in NOT_FROM_OUTSIDE},
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "VAR_DIR": str(folder),
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"]
    port = free_port()
    log = folder.parent / "log.txt"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*manage, "--port", str(port)],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as server,
    ):
        try:
            if not any("Ctrl-C" in line for line in server.stdout):
                pytest.fail(f"The demo did not start:\n{log.read_text()[-2000:]}")
            said = subprocess.run(
                [*manage, "--accounts"], env=environment, capture_output=True, check=True
            )
            yield Portal(port=port, folder=folder, accounts=json.loads(said.stdout)["accounts"])
        finally:
            server.terminate()


# One browser a module, not a session: while Playwright runs, its event loop keeps Django's
# database away from every other test of the process.
@pytest.fixture(scope="module")
def chromium(portal):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", NOWHERE]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions():
    """Cookies of those who have signed in once."""
    return {}


@dataclass
class Tab:
    """A page of a browser, and what went wrong on it that nobody would see."""

    page: object
    portal: Portal
    complaints: list = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._asked)

    def go(self, path):
        """Open a path of the portal, and give the answer."""
        return self.page.goto(f"{self.portal.base}{path}")

    def _said(self, line):
        # Chromium also reports that a page which is not there was not there.
        about_itself = line.location.get("url") == self.page.url and "Failed to load" in line.text
        if line.type == "error" and not about_itself:
            self.complaints.append(f"console: {line.text}")

    def _failed(self, error):
        # The browser's own: an animation between pages that the next page overtook.
        if not str(error).startswith("Transition was"):
            self.complaints.append(f"error: {error}")

    def _asked(self, request):
        asked = urlsplit(request.url)
        if asked.scheme in {"http", "https"} and asked.port != self.portal.port:
            self.complaints.append(f"elsewhere: {request.url}")


@pytest.fixture
def tab(chromium, portal, sessions):
    """Open a tab in a context of its own, signed in as a persona or not."""
    contexts = []

    def fresh(*, language="fr", width=1440, height=1000, **options):
        context = chromium.new_context(
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
            viewport={"width": width, "height": height},
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "django_language", "value": language, "url": portal.base}])
        return Tab(context.new_page(), portal)

    def opened(persona=None, **options):
        if persona is None:
            return fresh(**options)
        # Each portal has its own sessions, and a test may have ended one.
        key = (portal.base, persona)
        if key in sessions:
            found = fresh(storage_state=sessions[key], **options)
            if found.page.request.get(f"{portal.base}/api/v1/me").json()["email"]:
                return found
        door = fresh()
        sign_in(door, portal.accounts[persona])
        assert door.page.url.endswith("/account/access/"), f"{persona} is at {door.page.url}"
        sessions[key] = door.page.context.storage_state()
        return fresh(storage_state=sessions[key], **options)

    yield opened
    for context in contexts:
        with suppress(Exception):
            context.close()


@pytest.fixture(scope="session")
def findings():
    """What was found on the pages looked at so far."""
    return {}


@pytest.fixture
def found_on(tab, findings):
    """What is found on a page in a language. Each is looked at once, for all tests."""

    def found(place, language):
        if (place, language) not in findings:
            findings[place, language] = look_at(place.visit(tab, language, reduced_motion="reduce"))
        return findings[place, language]

    return found


def sign_in(tab, account, *, then="/account/access/", base=None):
    """By the password, through the door."""
    page = tab.page
    page.goto(f"{base or tab.portal.base}/account/login/?next={then}")
    page.locator("details.by-password summary").click()
    page.locator("#id_email").fill(account["email"])
    page.locator("#id_password").fill(account["password"])
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/account/login/")


def confirm(tab, account):
    """Say once more that it is you, where what follows asks for it."""
    if urlsplit(tab.page.url).path == "/account/reauthenticate/":
        tab.page.locator("#id_password").fill(account["password"])
        tab.page.locator("#id_password").press("Enter")
        tab.page.wait_for_url(lambda url: urlsplit(url).path != "/account/reauthenticate/")


def enrol_app(tab, account, look=lambda: None):
    """Set up an authenticator app, and give its secret. ``look`` is called on each page."""
    page = tab.page
    tab.go("/account/2fa/totp/activate/")
    look()
    confirm(tab, account)
    look()
    secret = page.locator("#secret").input_value()
    page.locator("#id_code").fill(code_of(secret))
    page.locator("#id_code").press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/account/2fa/totp/activate/")
    return secret


def leave_app(tab, account):
    """Turn the app off again: other tests sign in as this person by the password alone."""
    tab.go("/account/2fa/totp/deactivate/")
    confirm(tab, account)
    tab.page.locator("main form button[type=submit]").first.click()
    tab.page.wait_for_url(lambda url: urlsplit(url).path != "/account/2fa/totp/deactivate/")


def code_of(secret, *, later=0):
    """What the app shows, or will show some periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


SEEN = """
() => {
  const one = document.activeElement
  if (one === document.body) return null
  const style = getComputedStyle(one)
  const box = one.getBoundingClientRect()
  const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  const isThere = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth
  one.dataset.reached = ''
  return {html: one.outerHTML.slice(0, 160), seen: isOutlined && isThere}
}
"""
UNREACHED = """
window.unreached = () => [...document.querySelectorAll('a[href], button, input, select, summary')]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0)
  .filter((one) => !('reached' in one.dataset))
  .map((one) => one.outerHTML.slice(0, 160))
"""


def press_tab_through(page, *, most=400):
    """Press Tab until the page is left. Gives each stop, and whether its focus was seen."""
    page.evaluate(UNREACHED)
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if (stop := page.evaluate(SEEN)) is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"After {most} stops the end of the page is not reached.")
